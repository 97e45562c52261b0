/* SPDX-License-Identifier: Apache-2.0 */
/* hosts.h: the machines that a person names, on the command line or in a list. */
#ifndef CLI_HOSTS_H
#define CLI_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "cli/portmap.h"
#include "probes/role.h"

struct err;

enum { HOSTS_MAX = 65536 };

struct host {
	enum role role;                    /* ROLE_NONE: not said */
	char name[LIMIT_HOST_BYTES];       /* a DNS name or a numeric address */
	struct portmap port;               /* actual 0: none given */
	char image[LIMIT_REFERENCE_BYTES]; /* the image reference of a registry; else "" */
};

struct hosts {
	struct host *host; /* owned */
	size_t count;
	size_t size; /* allocated */
};

/*
 * One line: "role=host", "host", "host:port", "[v6]:port", "host:902=19902" (902
 * is reached on 19902) or an image reference when the role is registry.  role is
 * the one to take when the line names none.  Blanks around it and "# comments"
 * are ignored; name is "" when nothing is left.
 */
__attribute__((warn_unused_result)) bool
hosts_parse_line(const char *line, enum role role, struct host *ret_host, struct err *ret_err);

/* A whole list of len bytes; errors carry "file:line".  Appends to h. */
__attribute__((warn_unused_result)) bool hosts_parse_text(struct hosts *h, const char *file,
							  const char *text, size_t len,
							  enum role role, struct err *ret_err);

/* One argument: a host as above, or "@FILE", or "@-" for standard input.  Appends to h. */
__attribute__((warn_unused_result)) bool hosts_add(struct hosts *h, const char *argument,
						   enum role role, struct err *ret_err);

/* All the words of a command line, for addresses of family (AF_UNSPEC: any). */
__attribute__((warn_unused_result)) bool
hosts_add_all(struct hosts *h, char *const *words, enum role role, int family, struct err *ret_err);

void hosts_done(struct hosts *h);

/* The role of that name; ROLE_NONE with a message (and a suggestion) when there is none. */
enum role hosts_role(const char *name, struct err *ret_err);

#endif
