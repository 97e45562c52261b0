/* SPDX-License-Identifier: Apache-2.0 */
/* objects.h: the objects that findings speak of, each once, with the rules that name it. */
#ifndef CLI_OBJECTS_H
#define CLI_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "inventory/inventory.h"

struct object_mention {
	uint32_t rule; /* its place in the score */
	bool unknown;
};

struct object {
	char *kind; /* owned, as the others; "" where a finding has NULL */
	char *id;
	char *name;
	struct object_mention *mentions; /* each rule once with each verdict */
	size_t count;
	size_t size; /* allocated */
	bool failed[RULE_SEVERITY_N];
	bool unknown[RULE_SEVERITY_N];
};

/* Zeroed: of nothing. */
struct objects {
	struct object *list; /* owned */
	size_t count;
	size_t size;     /* allocated */
	uint32_t *slots; /* owned: a hash table of places in the list, each plus 1 */
	size_t slot_count;
};

/* Notes the object of a finding; place: of the rule in the score. */
void objects_add(struct objects *r, const struct ruling *f, size_t place);

/*
 * The worst first: what is blocked, what may be (a blocker is not known), what has warnings; then
 * by kind and name.  Nothing can be added any more.
 */
void objects_sort(struct objects *r);

/* "blocked", "undetermined", or "ready", as the summary counts machines; static. */
const char *objects_state(const struct object *e);

void objects_done(struct objects *r);

#endif
