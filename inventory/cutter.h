/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cutter.h: JSON text of any length, in pieces of any size, cut into records.
 *
 * Any number of values may follow each other.  An array is cut into its elements (list "", place
 * "$[7]").  An object is cut at its members that are arrays and whose names are among the lists,
 * when nothing but apiVersion, kind and metadata stands before the first of them (list "items",
 * place "$.items[7]"); its other members are then left out.  Any other value is one record (list
 * "", place "$").
 *
 * What is handed on is valid JSON (RFC 8259) and UTF-8 without white space between tokens: bytes
 * that are no UTF-8, escapes of half a surrogate pair and of U+0000 become U+FFFD.
 */
#ifndef INVENTORY_CUTTER_H
#define INVENTORY_CUTTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "inventory/reader.h"

enum {
	CUTTER_RECORD_BYTES = 16 << 20, /* one record, white space aside */
	CUTTER_DEPTH = 100,             /* of nesting */
};

struct cutter;

/* lists: n names, borrowed.  Records and notices go to out; its put is not called. */
struct cutter *cutter_new(const char *const *lists, size_t n, const struct sink *out);
void cutter_free(struct cutter *c);

/* An error names place, line and byte; after one only cutter_free() may follow. */
bool cutter_put(struct cutter *c, const char *json, size_t n, struct err *ret_err);

/* Fails within a value. */
bool cutter_end(struct cutter *c, struct err *ret_err);

#endif
