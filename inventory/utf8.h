/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.h: characters of outside text (RFC 3629). */
#ifndef INVENTORY_UTF8_H
#define INVENTORY_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* Bytes of the character that text begins with; 0: it begins with none.  n is not 0. */
size_t utf8_length(const char *text, size_t n);

/* All of text is well-formed. */
bool utf8_is(const char *text, size_t n);

/* Appends a character; U+FFFD for what is none. */
void utf8_put(struct buf *b, uint32_t character);

#endif
