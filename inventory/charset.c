/* SPDX-License-Identifier: Apache-2.0 */
/* charset.c: see charset.h. */
#include "inventory/charset.h"

#include <string.h>

#include "base/buf.h"
#include "inventory/utf8.h"

enum { REPLACEMENT = 0xfffd };

static void put_unit(struct charset *c, uint16_t unit, struct buf *out)
{
	bool low = unit >= 0xdc00 && unit <= 0xdfff;

	if (c->high != 0 && low) {
		utf8_put(out, 0x10000 + ((c->high & 0x3ffU) << 10 | (unit & 0x3ffU)));
		c->high = 0;
		return;
	}
	if (c->high != 0)
		utf8_put(out, REPLACEMENT);
	c->high = unit >= 0xd800 && unit <= 0xdbff ? unit : 0;
	if (c->high == 0)
		utf8_put(out, unit);
}

static void put_utf16(struct charset *c, const char *bytes, size_t n, struct buf *out)
{
	bool big = c->which == CHARSET_UTF16BE;

	for (size_t i = 0; i < n; i++) {
		unsigned char first = (unsigned char)c->held[0];
		unsigned char second = (unsigned char)bytes[i];

		if (c->held_len == 0) {
			c->held[c->held_len++] = bytes[i];
			continue;
		}
		c->held_len = 0;
		put_unit(c, (uint16_t)(big ? first << 8 | second : second << 8 | first), out);
	}
}

static void put_known(struct charset *c, const char *bytes, size_t n, struct buf *out)
{
	if (c->which == CHARSET_BYTES)
		buf_put(out, bytes, n);
	else
		put_utf16(c, bytes, n, out);
}

/* The first bytes are there, or all of them. */
static void decide(struct charset *c, struct buf *out)
{
	char head[sizeof c->held];
	size_t n = c->held_len;
	size_t mark = 0;

	memcpy(head, c->held, sizeof head);
	c->held_len = 0;
	c->which = CHARSET_BYTES;
	if (n == 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0) {
		mark = 3;
	} else if (n >= 2 && memcmp(head, "\xff\xfe", 2) == 0) {
		c->which = CHARSET_UTF16LE;
		mark = 2;
	} else if (n >= 2 && memcmp(head, "\xfe\xff", 2) == 0) {
		c->which = CHARSET_UTF16BE;
		mark = 2;
	}
	put_known(c, head + mark, n - mark, out);
}

void charset_put(struct charset *c, const char *bytes, size_t n, struct buf *out)
{
	while (c->which == CHARSET_UNKNOWN && n > 0) {
		c->held[c->held_len++] = *bytes++;
		n--;
		if (c->held_len == sizeof c->held)
			decide(c, out);
	}
	if (n > 0)
		put_known(c, bytes, n, out);
}

void charset_end(struct charset *c, struct buf *out)
{
	if (c->which == CHARSET_UNKNOWN)
		decide(c, out);
	if (c->which != CHARSET_BYTES && (c->held_len > 0 || c->high != 0))
		utf8_put(out, REPLACEMENT);
	c->held_len = 0;
	c->high = 0;
}

void charset_put_1252(struct buf *out, const char *text, size_t n)
{
	/* 0x80 to 0x9f; the rest is as in Unicode */
	static const uint16_t upper[] = {
		0x20ac, 0xfffd, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
		0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0xfffd, 0x017d, 0xfffd,
		0xfffd, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
		0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0xfffd, 0x017e, 0x0178,
	};

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		utf8_put(out, c >= 0x80 && c < 0xa0 ? upper[c - 0x80] : c);
	}
}
