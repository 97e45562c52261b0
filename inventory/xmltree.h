/* SPDX-License-Identifier: Apache-2.0 */
/* xmltree.h: elements of XML to the JSON that oVirt's API would have sent instead. */
#ifndef INVENTORY_XMLTREE_H
#define INVENTORY_XMLTREE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "inventory/xmlsafe.h"

struct xmltree_member {
	const char *name; /* within names of the level */
	size_t name_at;
	size_t at; /* of its value in values of the level */
	size_t len;
};

struct xmltree_level {
	struct buf name;
	struct buf names;  /* of the members, each with its NUL */
	struct buf values; /* of the members, as JSON */
	struct buf text;
	struct xmltree_member *members; /* owned */
	size_t count;
	size_t size;
};

struct xmltree {
	struct xmltree_level levels[XMLSAFE_DEPTH]; /* of open elements */
	unsigned depth;
	size_t held; /* bytes of all levels */
};

void xmltree_init(struct xmltree *t);
void xmltree_done(struct xmltree *t);

/* False, here and below: the whole is larger than 64 MiB, or has an element of a million members. */

/* An element begins, at most XMLSAFE_DEPTH within each other; attributes as in xmlsafe.h. */
bool xmltree_open(struct xmltree *t, const char *name, const char **attributes);

bool xmltree_text(struct xmltree *t, const char *text, size_t n);

/*
 * The innermost element ends; its value is a member of the one around it.  An element
 * with text alone is a string, any other an object; of members with one name, and of
 * one whose plural the element is called, the object has an array.
 */
bool xmltree_close(struct xmltree *t);

/* The same for an element that nothing is around, or whose value goes elsewhere: to out. */
bool xmltree_close_into(struct xmltree *t, struct buf *out);

/* "vms" of "vm", "custom_properties" of "custom_property", "addresses" of "address". */
bool xmltree_is_plural(const char *plural, const char *name);

#endif
