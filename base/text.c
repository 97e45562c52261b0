/* SPDX-License-Identifier: Apache-2.0 */
/* text.c: see text.h. */
#include "base/text.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

/* Well-formed UTF-8 by its first byte (RFC 3629): length, and the bounds of the second byte. */
static const struct {
	unsigned char first, last;
	unsigned char length;
	unsigned char second_min, second_max;
} utf8_rows[] = {
	{ 0xc2, 0xc2, 2, 0xa0, 0xbf }, /* U+0080 to U+009F are control characters */
	{ 0xc3, 0xdf, 2, 0x80, 0xbf }, { 0xe0, 0xe0, 3, 0xa0, 0xbf }, { 0xe1, 0xec, 3, 0x80, 0xbf },
	{ 0xed, 0xed, 3, 0x80, 0x9f }, { 0xee, 0xef, 3, 0x80, 0xbf }, { 0xf0, 0xf0, 4, 0x90, 0xbf },
	{ 0xf1, 0xf3, 4, 0x80, 0xbf }, { 0xf4, 0xf4, 4, 0x80, 0x8f },
};

/* Length of the printable sequence of more than one byte at p, 0 when there is none. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	for (size_t i = 0; i < ARRAY_LEN(utf8_rows); i++) {
		size_t n = utf8_rows[i].length;

		if (p[0] < utf8_rows[i].first || p[0] > utf8_rows[i].last)
			continue;
		if (n > left || p[1] < utf8_rows[i].second_min || p[1] > utf8_rows[i].second_max)
			return 0;
		for (size_t k = 2; k < n; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return n;
	}
	return 0;
}

/*
 * What turns or breaks the line that it stands in: U+061C, U+200E, U+200F, U+2028 to U+202E,
 * U+2066 to U+2069.
 */
static bool moves_text(const unsigned char *p, size_t n)
{
	if (n == 2 && p[0] == 0xd8 && p[1] == 0x9c)
		return true;
	if (n != 3 || p[0] != 0xe2)
		return false;
	if (p[1] == 0x80)
		return p[2] == 0x8e || p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae);
	return p[1] == 0x81 && p[2] >= 0xa6 && p[2] <= 0xa9;
}

/* U+FFFE and U+FFFF, which are none; XML forbids them (XML 1.0, 2.2). */
static bool is_no_character(const unsigned char *p, size_t n)
{
	return n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe;
}

size_t text_next(const char *text, size_t len, bool *ret_fit)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n = utf8_length(p, len);

	*ret_fit = n > 0 ? !moves_text(p, n) && !is_no_character(p, n) : p[0] >= ' ' && p[0] <= '~';
	return n > 0 ? n : 1;
}

void text_set(char *field, size_t size, const char *text, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < size;) {
		bool fit;
		size_t n = text_next(text + i, len - i, &fit);

		if (!fit) {
			field[used++] = '?';
			i += n;
			continue;
		}
		if (used + n >= size)
			break;
		memcpy(field + used, text + i, n);
		used += n;
		i += n;
	}
	field[used] = '\0';
}

void text_printf(char *field, size_t size, const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	text_set(field, size, text, strlen(text));
	free(text);
}
