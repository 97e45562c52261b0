/* SPDX-License-Identifier: Apache-2.0 */
/* escape.c: see escape.h. */
#include "inventory/escape.h"

#include "base/buf.h"
#include "inventory/utf8.h"

/* Appends what stands for the byte at text, and returns how many bytes that was. */
static size_t put_one(struct buf *b, const char *text, size_t n)
{
	unsigned char c = (unsigned char)*text;
	size_t len = utf8_length(text, n);

	if (len > 1)
		buf_put(b, text, len);
	else if (len == 0 || c == '\0')
		buf_puts(b, "\xef\xbf\xbd");
	else if (c == '"' || c == '\\')
		buf_put(b, (const char[]){ '\\', (char)c }, 2);
	else if (c == '\n')
		buf_puts(b, "\\n");
	else if (c == '\t')
		buf_puts(b, "\\t");
	else
		buf_printf(b, "\\u%04x", c);
	return len > 1 ? len : 1;
}

void escape_put(struct buf *b, const char *text, size_t n)
{
	size_t done = 0;

	buf_put(b, "\"", 1);
	while (done < n) {
		size_t plain = done;

		while (plain < n && text[plain] >= ' ' && text[plain] != '"' && text[plain] != '\\')
			plain++;
		buf_put(b, text + done, plain - done);
		done = plain;
		if (done < n)
			done += put_one(b, text + done, n - done);
	}
	buf_put(b, "\"", 1);
}
