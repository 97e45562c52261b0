/* SPDX-License-Identifier: Apache-2.0 */
/* utf8.c: see utf8.h. */
#include "inventory/utf8.h"

#include "base/buf.h"
#include "base/must.h"

enum { REPLACEMENT = 0xfffd, CHARACTER_MAX = 0x10ffff };

static bool is_surrogate(uint32_t c)
{
	return c >= 0xd800 && c <= 0xdfff;
}

size_t utf8_length(const char *text, size_t n)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)text;
	size_t len = p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
	uint32_t c;

	if (p[0] < 0x80)
		return 1;
	if (len == 0 || len > n)
		return 0;
	c = p[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3fU);
	}
	return c < least[len] || c > CHARACTER_MAX || is_surrogate(c) ? 0 : len;
}

bool utf8_is(const char *text, size_t n)
{
	size_t len;

	for (size_t i = 0; i < n; i += len) {
		len = utf8_length(text + i, n - i);
		if (len == 0)
			return false;
	}
	return true;
}

void utf8_put(struct buf *b, uint32_t c)
{
	char bytes[4];
	size_t len;

	if (c > CHARACTER_MAX || is_surrogate(c))
		c = REPLACEMENT;
	len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	bytes[0] = (char)(len == 1 ? c : (0xf00U >> len & 0xf0U) | c);
	buf_put(b, bytes, len);
}
