/* SPDX-License-Identifier: Apache-2.0 */
/* scalar.c: see scalar.h. */
#include "inventory/scalar.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"

static void keep(struct scalar *s, const char *p, size_t n)
{
	if (s->to != NULL)
		buf_put(s->to, p, n);
	if (s->key != NULL)
		buf_put(s->key, p, n);
}

/* ---- strings */

static void keep_escape(struct scalar *s, unsigned value)
{
	char text[8];

	MUST(snprintf(text, sizeof text, "\\u%04x", value & 0xffff) == 6);
	keep(s, text, 6);
}

/* The first half of a pair stands alone. */
static void high_done(struct scalar *s)
{
	if (s->high == 0)
		return;
	keep_escape(s, 0xfffd);
	s->high = 0;
}

static void escape_done(struct scalar *s)
{
	bool is_high = (s->hex & 0xfc00) == 0xd800;
	bool is_low = (s->hex & 0xfc00) == 0xdc00;

	s->token = TOKEN_STRING;
	if (is_low && s->high != 0) {
		keep_escape(s, s->high);
		keep_escape(s, s->hex);
		s->high = 0;
		return;
	}
	high_done(s);
	if (s->hex == 0)
		s->bad_null = true;
	if (is_high)
		s->high = s->hex;
	else
		keep_escape(s, is_low || s->hex == 0 ? 0xfffd : s->hex);
}

static bool hex_step(struct scalar *s, char ch, struct err *ret_err)
{
	unsigned digit = ch >= '0' && ch <= '9'   ? (unsigned)(ch - '0')
			 : ch >= 'a' && ch <= 'f' ? (unsigned)(ch - 'a') + 10
			 : ch >= 'A' && ch <= 'F' ? (unsigned)(ch - 'A') + 10
						  : 16;

	if (digit == 16)
		return err_set(ret_err, 0, "'\\u' without four hexadecimal digits");
	s->hex = s->hex << 4 | digit;
	if (++s->hex_n == 4)
		escape_done(s);
	return true;
}

static bool escape_step(struct scalar *s, char ch, struct err *ret_err)
{
	char text[2] = { '\\', ch };

	if (ch == 'u') {
		s->token = TOKEN_HEX;
		s->hex_n = s->hex = 0;
		return true;
	}
	if (ch == '\0' || strchr("\"\\/bfnrt", ch) == NULL)
		return err_set(ret_err, 0, "a backslash before what needs none");
	high_done(s);
	keep(s, text, 2);
	s->token = TOKEN_STRING;
	return true;
}

static void utf8_bad(struct scalar *s)
{
	keep(s, "\xef\xbf\xbd", 3);
	s->utf8_n = 0;
	s->bad_utf8 = true;
}

static void utf8_begin(struct scalar *s, unsigned char ch)
{
	s->utf8_want = ch >= 0xc2 && ch <= 0xdf   ? 2
		       : ch >= 0xe0 && ch <= 0xef ? 3
		       : ch >= 0xf0 && ch <= 0xf4 ? 4
						  : 0;
	s->utf8[0] = (char)ch;
	s->utf8_n = 1;
	if (s->utf8_want == 0)
		utf8_bad(s);
}

/* The next byte of a character; false when it is none, and stands for itself. */
static bool utf8_step(struct scalar *s, unsigned char ch)
{
	unsigned char first = (unsigned char)s->utf8[0];
	bool second = s->utf8_n == 1;
	unsigned char least = second && first == 0xe0   ? 0xa0
			      : second && first == 0xf0 ? 0x90
							: 0x80;
	unsigned char most = second && first == 0xed ? 0x9f : second && first == 0xf4 ? 0x8f : 0xbf;

	if (ch < least || ch > most) {
		utf8_bad(s);
		return false;
	}
	s->utf8[s->utf8_n++] = (char)ch;
	if (s->utf8_n == s->utf8_want) {
		keep(s, s->utf8, s->utf8_n);
		s->utf8_n = 0;
	}
	return true;
}

static void done(struct scalar *s)
{
	s->token = TOKEN_NONE;
	s->to = s->key = NULL;
}

static const char *string_end(struct scalar *s, const char *p)
{
	s->key = NULL;
	keep(s, p, 1);
	done(s);
	return p + 1;
}

static bool is_plain(unsigned char ch)
{
	return ch >= ' ' && ch < 0x80 && ch != '"' && ch != '\\';
}

static const char *string_step(struct scalar *s, const char *p, const char *end,
			       struct err *ret_err)
{
	const char *start = p;

	if (s->utf8_n > 0)
		return utf8_step(s, (unsigned char)*p) ? p + 1 : p;
	if (*p == '\\') {
		s->token = TOKEN_ESCAPE;
		return p + 1;
	}
	high_done(s);
	if (*p == '"')
		return string_end(s, p);
	if ((unsigned char)*p >= 0x80) {
		utf8_begin(s, (unsigned char)*p);
		return p + 1;
	}
	while (p < end && is_plain((unsigned char)*p))
		p++;
	if (p == start) {
		(void)err_set(ret_err, 0, "a control character in a string, or no end of it");
		return NULL;
	}
	keep(s, start, (size_t)(p - start));
	return p;
}

/* ---- numbers and words */

#define DIGITS "0123456789"

/* What a number is after ch: its last part; '\0': ch is none of it. */
static char number_step(char part, char ch)
{
	/* + and x: an exponent, after its sign and with digits; f: with decimals */
	static const struct {
		const char *chars;
		char part, next;
	} steps[] = {
		{ "0", '-', '0' },    { "123456789", '-', '1' }, { ".", '0', '.' },
		{ "eE", '0', 'e' },   { DIGITS, '1', '1' },      { ".", '1', '.' },
		{ "eE", '1', 'e' },   { DIGITS, '.', 'f' },      { DIGITS, 'f', 'f' },
		{ "eE", 'f', 'e' },   { "+-", 'e', '+' },        { DIGITS, 'e', 'x' },
		{ DIGITS, '+', 'x' }, { DIGITS, 'x', 'x' },
	};

	if (ch >= '0' && ch <= '9' && (part == '1' || part == 'f'))
		return part; /* most of them */
	for (size_t i = 0; ch != '\0' && i < ARRAY_LEN(steps); i++)
		if (steps[i].part == part && strchr(steps[i].chars, ch) != NULL)
			return steps[i].next;
	return '\0';
}

bool scalar_end(struct scalar *s, struct err *ret_err)
{
	if (strchr("01fx", s->number) == NULL)
		return err_set(ret_err, 0, "a number breaks off");
	done(s);
	return true;
}

static const char *number_run(struct scalar *s, const char *p, const char *end, struct err *ret_err)
{
	const char *start = p;
	char part;

	while (p < end && (part = number_step(s->number, *p)) != '\0') {
		s->number = part;
		p++;
	}
	keep(s, start, (size_t)(p - start));
	return p < end && !scalar_end(s, ret_err) ? NULL : p;
}

static bool word_step(struct scalar *s, char ch, struct err *ret_err)
{
	if (ch != *s->word)
		return err_set(ret_err, 0, "no JSON value begins like this");
	keep(s, &ch, 1);
	if (*++s->word == '\0')
		done(s);
	return true;
}

/* ---- all */

bool scalar_begin(struct scalar *s, char ch, struct buf *to, struct buf *key, struct err *ret_err)
{
	if (ch == '"') {
		s->token = TOKEN_STRING;
	} else if (ch == '-' || (ch >= '0' && ch <= '9')) {
		s->token = TOKEN_NUMBER;
		s->number = ch == '-' || ch == '0' ? ch : '1';
	} else {
		s->word = ch == 't' ? "rue" : ch == 'f' ? "alse" : ch == 'n' ? "ull" : NULL;
		s->token = TOKEN_WORD;
		if (s->word == NULL)
			return err_set(ret_err, 0, "no JSON value begins like this");
	}
	s->to = to;
	keep(s, &ch, 1);
	s->key = key;
	return true;
}

const char *scalar_step(struct scalar *s, const char *p, const char *end, struct err *ret_err)
{
	bool ok = true;

	switch (s->token) {
	case TOKEN_NONE:
		break;
	case TOKEN_STRING:
		return string_step(s, p, end, ret_err);
	case TOKEN_ESCAPE:
		ok = escape_step(s, *p, ret_err);
		break;
	case TOKEN_HEX:
		ok = hex_step(s, *p, ret_err);
		break;
	case TOKEN_NUMBER:
		return number_run(s, p, end, ret_err);
	case TOKEN_WORD:
		ok = word_step(s, *p, ret_err);
		break;
	}
	return ok ? p + 1 : NULL;
}
