/* SPDX-License-Identifier: Apache-2.0 */
/* addressbook.h: the addresses of many names, looked up all together. */
#ifndef CLI_ADDRESSBOOK_H
#define CLI_ADDRESSBOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "probes/reason.h"

struct err;
struct options;

struct addressbook_entry {
	const char *name;   /* borrowed */
	struct addr *addrs; /* owned; IPv4 first; port 0 */
	size_t count;
	enum reason reason; /* why there is none */
};

/* Zeroed: of nothing. */
struct addressbook {
	struct addressbook_entry *list; /* owned */
	size_t count;
	size_t size; /* allocated */
	bool interrupted;
};

/* A name, once or several times; borrowed, and outlives the book. */
void addressbook_add(struct addressbook *b, const char *name);

/* Looks all of them up, as the options say.  False when this machine cannot. */
__attribute__((warn_unused_result)) bool
addressbook_look_up(struct addressbook *b, const struct options *o, struct err *ret_err);

/* NULL: the name was not added. */
const struct addressbook_entry *addressbook_find(const struct addressbook *b, const char *name);
void addressbook_done(struct addressbook *b);

#endif
