/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h: a growing byte buffer with a mandatory upper bound. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

/*
 *	buf_init(&b, LIMIT_BANNER_BYTES);
 *	buf_put(&b, p, n);                  // any number of times
 *	if (buf_overflowed(&b)) …           // tested once, at the end
 *	buf_done(&b);
 */
struct buf {
	char *data; /* owned; always NUL-terminated once something was put; NULL before */
	size_t len;
	size_t size;   /* allocated bytes */
	size_t cap;    /* at most this many bytes are kept */
	bool overflow; /* sticky: something did not fit and was dropped */
};

void buf_init(struct buf *b, size_t cap);
void buf_done(struct buf *b);

/* Forgets the content and the overflow; keeps the memory. */
void buf_clear(struct buf *b);

/* Appends what fits under the cap; the rest is dropped and the overflow set. */
void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
__attribute__((format(printf, 2, 3))) void buf_printf(struct buf *b, const char *format, ...);

bool buf_overflowed(const struct buf *b);

/* The content as a string, "" when empty; valid until the next change. */
const char *buf_text(const struct buf *b);

#endif
