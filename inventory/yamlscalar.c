/* SPDX-License-Identifier: Apache-2.0 */
/* yamlscalar.c: see yamlscalar.h. */
#include "inventory/yamlscalar.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "inventory/escape.h"

enum { NUMBER_SIZE = 80 };

static const struct {
	const char *json;
	const char *text[10];
} words[] = {
	{ "null", { "", "~", "null", "Null", "NULL" } },
	{ "true", { "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON" } },
	{ "true", { "y", "Y" } },
	{ "false", { "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF" } },
	{ "false", { "n", "N" } },
};

static const char *find_word(const char *text, size_t n)
{
	if (n > strlen("false"))
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		for (size_t k = 0; k < ARRAY_LEN(words[i].text) && words[i].text[k] != NULL; k++)
			if (strlen(words[i].text[k]) == n && memcmp(words[i].text[k], text, n) == 0)
				return words[i].json;
	return NULL;
}

static size_t digits(const char *text)
{
	return strspn(text, "0123456789");
}

/* 0x1f, 0b101, 0o17 and 017; whole is without its sign. */
static bool put_based(struct buf *out, const char *sign, const char *whole)
{
	const char *at = whole + 1;
	uint64_t value;
	char *end;
	int base = 8;

	if (whole[0] != '0' || whole[1] == '\0')
		return false;
	if (strchr("xXbBoO", *at) != NULL) {
		base = *at == 'x' || *at == 'X' ? 16 : *at == 'b' || *at == 'B' ? 2 : 8;
		at++;
	}
	/* strtoull takes blanks, signs and a second "0x" */
	if (at[strspn(at, "0123456789abcdefABCDEF")] != '\0' || *at == '\0')
		return false;
	errno = 0;
	value = strtoull(at, &end, base);
	if (errno != 0 || *end != '\0')
		return false;
	buf_printf(out, "%s%" PRIu64, sign, value);
	return true;
}

/* [0-9]*[.][0-9]*([eE][-+]?[0-9]+)? with a digit before the exponent, as JSON writes it. */
static bool put_decimal(struct buf *out, const char *sign, const char *text)
{
	size_t before = digits(text);
	const char *at = text + before;
	const char *fraction = *at == '.' ? ++at : at;
	size_t after = digits(fraction);
	size_t leading = strspn(text, "0");
	size_t power;

	at = fraction + after;
	if (before + after == 0 || (before == 0 && after == 0))
		return false;
	power = *at == 'e' || *at == 'E' ? 1 + strspn(at + 1, "+-") : 0;
	if (power > 2 || (power == 0 && *at != '\0') ||
	    (power > 0 && (digits(at + power) == 0 || at[power + digits(at + power)] != '\0')))
		return false;
	if (isinf(strtod(text, NULL)))
		return false;
	leading = leading < before ? leading : before > 0 ? before - 1 : 0;
	buf_puts(out, sign);
	if (before == 0)
		buf_puts(out, "0");
	buf_put(out, text + leading, before - leading);
	if (after > 0)
		buf_printf(out, ".%.*s", (int)after, fraction);
	buf_puts(out, at);
	return true;
}

static bool put_number(struct buf *out, const char *text, size_t n)
{
	char plain[NUMBER_SIZE];
	size_t len = 0;
	const char *sign = n > 0 && text[0] == '-' ? "-" : "";
	const char *at;

	if (n == 0 || n >= sizeof plain || strchr("0123456789+-.", text[0]) == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] != '_')
			plain[len++] = text[i];
	plain[len] = '\0';
	at = plain + (plain[0] == '-' || plain[0] == '+');
	return put_based(out, sign, at) || put_decimal(out, sign, at);
}

void yamlscalar_put(struct buf *out, const char *text, size_t n)
{
	const char *word = find_word(text, n);

	if (word != NULL)
		buf_puts(out, word);
	else if (!put_number(out, text, n))
		escape_put(out, text, n);
}
