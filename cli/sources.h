/* SPDX-License-Identifier: Apache-2.0 */
/* sources.h: the nodes from which connections are opened, as a person lists them. */
#ifndef CLI_SOURCES_H
#define CLI_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"

struct err;

enum { SOURCES_MAX = 16384, SOURCES_ADDRESSES = 8 };

struct source {
	char *name;                           /* owned; a DNS name or an address */
	struct addr addrs[SOURCES_ADDRESSES]; /* those that were listed; port 0 */
	size_t addr_count;
};

/* Zeroed: of nothing. */
struct sources {
	struct source *list; /* owned */
	size_t count;
};

/*
 * A list of len bytes, a node a line: "NAME", "ADDRESS", or "NAME ADDRESS...".  Blank lines and
 * "# comments" are ignored.  False with "file:line: why".
 */
__attribute__((warn_unused_result)) bool sources_parse(struct sources *s, const char *file,
						       const char *text, size_t len,
						       struct err *ret_err);

/* The same of a file, or standard input ("-"); it must name a node. */
__attribute__((warn_unused_result)) bool sources_read(struct sources *s, const char *path,
						      struct err *ret_err);
void sources_done(struct sources *s);

#endif
