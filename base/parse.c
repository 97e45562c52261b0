/* SPDX-License-Identifier: Apache-2.0 */
/* parse.c: see parse.h. */
#include "base/parse.h"

#include <ctype.h>
#include <string.h>

#include "base/addr.h"
#include "base/must.h"

enum { NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63, DECIMAL = 10 };

#define SPAN_MAX_MS (INT64_C(10) * 366 * 86400 * 1000)

bool parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');

		if (value > (UINT64_MAX - digit) / DECIMAL)
			return false;
		value = value * DECIMAL + digit;
	}
	if (p == text || *p != '\0' || value < min || value > max)
		return false;
	*ret_value = value;
	return true;
}

bool parse_port(const char *text, uint16_t *ret_port)
{
	uint64_t value;

	if (!parse_u64(text, 1, UINT16_MAX, &value))
		return false;
	*ret_port = (uint16_t)value;
	return true;
}

static bool unit_ms(const char *unit, int64_t *ret_ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {
		{ "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 }, { "d", 86400000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(units); i++)
		if (strcmp(unit, units[i].name) == 0) {
			*ret_ms = units[i].ms;
			return true;
		}
	return false;
}

/* Reads digits and at most three decimals as thousandths; advances *p. */
static bool thousandths(const char **p, int64_t *ret_value)
{
	int64_t value = 0;
	int decimals = -1;
	const char *start = *p;

	for (; decimals < 3; (*p)++) {
		if (**p == '.' && decimals < 0 && *p > start) {
			decimals = 0;
			continue;
		}
		if (!isdigit((unsigned char)**p))
			break;
		if (value > SPAN_MAX_MS)
			return false;
		value = value * DECIMAL + (**p - '0');
		if (decimals >= 0)
			decimals++;
	}
	if (*p == start || decimals == 0)
		return false;
	for (int i = decimals < 0 ? 0 : decimals; i < 3; i++)
		value *= DECIMAL;
	*ret_value = value;
	return true;
}

bool parse_span(const char *text, struct span *ret_span)
{
	const char *p = text;
	int64_t value;
	int64_t unit;

	if (!thousandths(&p, &value) || !unit_ms(p, &unit))
		return false;
	if (value > SPAN_MAX_MS * 1000 / unit || value * unit < 1000)
		return false;
	*ret_span = span_of_ms(value * unit / 1000);
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool parse_hex(const char *text, size_t cap, uint8_t *ret_bytes, size_t *ret_len)
{
	size_t len = 0;

	for (const char *p = text; *p != '\0'; p += 2) {
		if (*p == ':' && len > 0)
			p++;
		if (len == cap || hex_digit(p[0]) < 0 || hex_digit(p[1]) < 0)
			return false;
		ret_bytes[len++] = (uint8_t)(hex_digit(p[0]) * 16 + hex_digit(p[1]));
	}
	if (len == 0)
		return false;
	*ret_len = len;
	return true;
}

static bool copy_host(const char *from, size_t len, char *ret_host, size_t host_size)
{
	if (len == 0 || len >= host_size)
		return false;
	memcpy(ret_host, from, len);
	ret_host[len] = '\0';
	return true;
}

bool parse_hostport(const char *text, char *ret_host, size_t host_size, uint16_t *ret_port)
{
	const char *colon = strrchr(text, ':');
	const char *bracket = strchr(text, ']');

	*ret_port = 0;
	if (text[0] == '[') {
		if (bracket == NULL || memchr(text, ':', (size_t)(bracket - text)) == NULL ||
		    !copy_host(text + 1, (size_t)(bracket - text - 1), ret_host, host_size))
			return false;
		if (bracket[1] == '\0')
			return true;
		return bracket[1] == ':' && parse_port(bracket + 2, ret_port);
	}
	if (colon == NULL || strchr(text, ':') != colon)
		return copy_host(text, strlen(text), ret_host, host_size);
	return copy_host(text, (size_t)(colon - text), ret_host, host_size) &&
	       parse_port(colon + 1, ret_port);
}

static bool label_ok(const char *label, size_t len)
{
	if (len == 0 || len > LABEL_MAX_BYTES || label[0] == '-' || label[len - 1] == '-')
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)label[i]) && label[i] != '-' && label[i] != '_')
			return false;
	return true;
}

bool parse_is_host(const char *text)
{
	struct addr numeric;
	size_t len = strlen(text);

	if (addr_parse(text, 0, &numeric))
		return true;
	if (len > 0 && text[len - 1] == '.')
		len--;
	if (len == 0 || len > NAME_MAX_BYTES)
		return false;
	/* A name of digits and dots alone is a mistyped address, never a host. */
	if (strspn(text, "0123456789.") == strlen(text))
		return false;
	for (size_t start = 0; start <= len;) {
		const char *dot = memchr(text + start, '.', len - start);
		size_t end = dot != NULL ? (size_t)(dot - text) : len;

		if (!label_ok(text + start, end - start))
			return false;
		start = end + 1;
	}
	return true;
}

/* The number at *p, and *p moved behind it and one dot. */
static uint64_t next_number(const char **p)
{
	uint64_t value = 0;

	for (; isdigit((unsigned char)**p); (*p)++)
		if (value < UINT32_MAX)
			value = value * DECIMAL + (unsigned)(**p - '0');
	*p += strcspn(*p, ".");
	*p += **p == '.';
	return value;
}

bool parse_version_older(const char *version, const char *than)
{
	while (*version != '\0' || *than != '\0') {
		uint64_t a = next_number(&version);
		uint64_t b = next_number(&than);

		if (a != b)
			return a < b;
	}
	return false;
}
