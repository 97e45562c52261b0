/* SPDX-License-Identifier: Apache-2.0 */
/* escape.h: outside text as a string of JSON. */
#ifndef INVENTORY_ESCAPE_H
#define INVENTORY_ESCAPE_H

#include <stddef.h>

struct buf;

/*
 * Appends text in quotes (RFC 8259).  A byte that is no UTF-8, and NUL, which ends a
 * text in SQLite, become U+FFFD.
 */
void escape_put(struct buf *b, const char *text, size_t n);

#endif
