/* SPDX-License-Identifier: Apache-2.0 */
/* charset.h: what programs on Windows write, to UTF-8. */
#ifndef INVENTORY_CHARSET_H
#define INVENTORY_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;

/* A stream of bytes in UTF-8 or UTF-16, by its byte order mark; zeroed, it is at its beginning. */
struct charset {
	enum { CHARSET_UNKNOWN, CHARSET_BYTES, CHARSET_UTF16LE, CHARSET_UTF16BE } which;
	char held[3]; /* too few to tell, or half a unit */
	size_t held_len;
	uint16_t high; /* surrogate that waits for its low one; 0: none */
};

/* Appends what bytes hold, without a byte order mark; what is not UTF-16 stays as it is. */
void charset_put(struct charset *c, const char *bytes, size_t n, struct buf *out);

/* All was put. */
void charset_end(struct charset *c, struct buf *out);

/* Appends text of Windows-1252. */
void charset_put_1252(struct buf *out, const char *text, size_t n);

#endif
