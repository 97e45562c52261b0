/* SPDX-License-Identifier: Apache-2.0 */
/* buf.c: see buf.h. */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

enum { BUF_FIRST_BYTES = 256 };

void buf_init(struct buf *b, size_t cap)
{
	MUST(cap > 0);
	*b = (struct buf){ .cap = cap };
}

void buf_done(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ .cap = b->cap };
}

void buf_clear(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data != NULL)
		b->data[0] = '\0';
}

static void reserve(struct buf *b, size_t need)
{
	size_t size = b->size > 0 ? b->size : BUF_FIRST_BYTES;

	while (size < need)
		size *= 2;
	if (size == b->size)
		return;
	b->data = xreallocarray(b->data, size, 1);
	b->size = size;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
	size_t room = b->cap - b->len;

	if (n > room) {
		b->overflow = true;
		n = room;
	}
	if (n == 0)
		return;
	reserve(b, b->len + n + 1);
	memcpy(b->data + b->len, p, n);
	b->len += n;
	b->data[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	buf_puts(b, text);
	free(text);
}

bool buf_overflowed(const struct buf *b)
{
	return b->overflow;
}

const char *buf_text(const struct buf *b)
{
	return b->data != NULL ? b->data : "";
}
