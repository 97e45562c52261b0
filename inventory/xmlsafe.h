/* SPDX-License-Identifier: Apache-2.0 */
/*
 * xmlsafe.h: expat within bounds: no document type, and with it no entities of its own, at
 * most XMLSAFE_DEPTH levels, no tag or comment of more than a megabyte.
 */
#ifndef INVENTORY_XMLSAFE_H
#define INVENTORY_XMLSAFE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { XMLSAFE_DEPTH = 100 };

/* When one fails, parsing ends; its reason gets the line in front. */
struct xmlsafe_calls {
	/* attributes: name, value, name, value, NULL. */
	bool (*open)(void *owner, const char *name, const char **attributes, struct err *);
	bool (*close)(void *owner, const char *name, struct err *);
	bool (*text)(void *owner, const char *text, size_t n, struct err *);
};

struct xmlsafe;

/* calls and owner are borrowed. */
struct xmlsafe *xmlsafe_new(const struct xmlsafe_calls *calls, void *owner);
void xmlsafe_free(struct xmlsafe *x);

/* After a failure only xmlsafe_free() may follow. */
bool xmlsafe_put(struct xmlsafe *x, const char *bytes, size_t n, struct err *ret_err);
bool xmlsafe_end(struct xmlsafe *x, struct err *ret_err);

/* The value of the attribute, or NULL; the name without its prefix counts. */
const char *xmlsafe_attribute(const char **attributes, const char *name);

/* What follows the prefix. */
const char *xmlsafe_local(const char *name);

#endif
