/* SPDX-License-Identifier: Apache-2.0 */
/* yamlanchor.h: the named nodes of a YAML document, as JSON. */
#ifndef INVENTORY_YAMLANCHOR_H
#define INVENTORY_YAMLANCHOR_H

#include <stdbool.h>
#include <stddef.h>

/* A node that was, or is being, given a name. */
struct yamlanchor {
	const char *name; /* into own, or the name that is looked for */
	char *own;        /* owned */
	char *json;       /* owned; NULL while the node is open */
	size_t len;
	unsigned height; /* levels of lists and mappings, its own included */
};

/* Zeroed, it holds none. */
struct yamlanchors {
	void *tree;  /* of struct yamlanchor, owned */
	size_t held; /* bytes, bounded */
};

void yamlanchors_clear(struct yamlanchors *all);

/* The node of that name; NULL: there is none. */
struct yamlanchor *yamlanchors_find(const struct yamlanchors *all, const char *name);

/* The name speaks of a new node from now on; valid until yamlanchors_clear(). */
struct yamlanchor *yamlanchors_open(struct yamlanchors *all, const char *name);

/* The node is complete; another within may have taken its name.  False: 64 MiB are held. */
bool yamlanchors_close(struct yamlanchors *all, struct yamlanchor *a, const char *json, size_t n,
		       unsigned height);

#endif
