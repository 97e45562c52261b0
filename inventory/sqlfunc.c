/* SPDX-License-Identifier: Apache-2.0 */
/* sqlfunc.c: see sqlfunc.h.  Every argument may come from a hostile file. */
#include "inventory/sqlfunc.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/must.h"
#include "inventory/rename.h"

enum {
	HEX_DIGITS_MAX = 64,
	WHOLE_DIGITS = 18,
	VERSION_PARTS = 16,
	UUID_TEXT_SIZE = 37,
	MAC_TEXT_SIZE = 18,
	FINGERPRINT_SIZE = HEX_DIGITS_MAX / 2 * 3,
};

static const char blanks[] = " \t\r\n\v\f";

/* The argument without blanks around it, not ended by NUL; NULL of NULL and of a blob. */
static const char *trimmed(sqlite3_value *v, size_t *ret_len)
{
	bool is_text = sqlite3_value_type(v) != SQLITE_NULL && sqlite3_value_type(v) != SQLITE_BLOB;
	const char *p = is_text ? (const char *)sqlite3_value_text(v) : NULL;
	size_t n;

	if (p == NULL)
		return NULL;
	p += strspn(p, blanks);
	n = strlen(p);
	while (n > 0 && strchr(blanks, p[n - 1]) != NULL)
		n--;
	*ret_len = n;
	return p;
}

static void result(sqlite3_context *ctx, const char *text, size_t n)
{
	sqlite3_result_text64(ctx, text, n, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static bool among(const char *p, size_t n, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(words[i]) == n && strncasecmp(p, words[i], n) == 0)
			return true;
	return false;
}

static void f_truth(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	static const char *const yes[] = { "1", "true", "yes" };
	static const char *const no[] = { "0", "false", "no" };
	size_t n;
	const char *p = trimmed(argv[0], &n);

	(void)argc;
	if (p != NULL && among(p, n, yes, ARRAY_LEN(yes)))
		sqlite3_result_int(ctx, 1);
	else if (p != NULL && among(p, n, no, ARRAY_LEN(no)))
		sqlite3_result_int(ctx, 0);
}

static void f_whole(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	size_t n, at = 0, digits;
	int64_t value = 0;
	const char *p = trimmed(argv[0], &n);

	(void)argc;
	if (sqlite3_value_type(argv[0]) == SQLITE_INTEGER) {
		sqlite3_result_value(ctx, argv[0]);
		return;
	}
	if (p == NULL)
		return;
	if (n > 0 && (*p == '-' || *p == '+'))
		at++;
	for (digits = 0; at < n && isdigit((unsigned char)p[at]); at++, digits++)
		if (digits < WHOLE_DIGITS)
			value = value * 10 + (p[at] - '0');
	if (digits == 0 || digits > WHOLE_DIGITS)
		return;
	if (at < n && p[at] == '.')
		for (at++; at < n && isdigit((unsigned char)p[at]); at++)
			;
	if (at == n)
		sqlite3_result_int64(ctx, *p == '-' ? -value : value);
}

static void f_text(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	int type = sqlite3_value_type(argv[0]);

	(void)argc;
	if (type == SQLITE_TEXT)
		sqlite3_result_value(ctx, argv[0]);
	else if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
		result(ctx, (const char *)sqlite3_value_text(argv[0]),
		       (size_t)sqlite3_value_bytes(argv[0]));
}

/* ---- hexadecimal */

/* The digits of v without the separators among them; 0 when there is anything else, or too many. */
static size_t hex_digits(sqlite3_value *v, const char *separators, bool upper,
			 char ret_digits[HEX_DIGITS_MAX])
{
	size_t n, count = 0;
	const char *p = trimmed(v, &n);

	for (size_t i = 0; p != NULL && i < n; i++) {
		unsigned char ch = (unsigned char)p[i];

		if (strchr(separators, ch) != NULL)
			continue;
		if (!isxdigit(ch) || count == HEX_DIGITS_MAX)
			return 0;
		ret_digits[count++] = (char)(upper ? toupper(ch) : tolower(ch));
	}
	return count;
}

/* The digits with a colon after each pair. */
static size_t pairs(const char *digits, size_t n, char *to)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (i > 0 && i % 2 == 0)
			to[len++] = ':';
		to[len++] = digits[i];
	}
	return len;
}

static void f_mac(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	char digits[HEX_DIGITS_MAX];
	char text[MAC_TEXT_SIZE];

	(void)argc;
	if (hex_digits(argv[0], ":.-", false, digits) == 12)
		result(ctx, text, pairs(digits, 12, text));
}

static void f_uuid(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	char digits[HEX_DIGITS_MAX];
	char text[UUID_TEXT_SIZE];
	int len;

	(void)argc;
	if (hex_digits(argv[0], "{} -", false, digits) != 32)
		return;
	len = snprintf(text, sizeof text, "%.8s-%.4s-%.4s-%.4s-%.12s", digits, digits + 8,
		       digits + 12, digits + 16, digits + 20);
	result(ctx, text, (size_t)len);
}

static void f_fingerprint(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	char digits[HEX_DIGITS_MAX];
	char text[FINGERPRINT_SIZE];
	size_t len, n = hex_digits(argv[0], ": ", true, digits);

	(void)argc;
	if (n == 40 || n == 64)
		result(ctx, text, pairs(digits, n, text));
	else if (trimmed(argv[0], &len) != NULL && len == 0)
		result(ctx, "", 0);
}

/* ---- addresses */

struct ip {
	int family;
	unsigned char bytes[16];
};

/* "10.1.2.3/24", "fe80::1%eth0": the address alone. */
static bool ip_of(sqlite3_value *v, struct ip *ret_ip)
{
	char text[INET6_ADDRSTRLEN];
	size_t n;
	const char *p = trimmed(v, &n);

	if (p == NULL)
		return false;
	for (size_t i = 0; i < n; i++)
		if (p[i] == '%' || p[i] == '/')
			n = i;
	if (n >= sizeof text)
		return false;
	memcpy(text, p, n);
	text[n] = '\0';
	ret_ip->family = memchr(text, ':', n) != NULL ? AF_INET6 : AF_INET;
	return inet_pton(ret_ip->family, text, ret_ip->bytes) == 1;
}

static void f_address(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	char text[INET6_ADDRSTRLEN];
	struct ip ip;

	(void)argc;
	if (ip_of(argv[0], &ip) && inet_ntop(ip.family, ip.bytes, text, sizeof text) != NULL)
		result(ctx, text, strlen(text));
}

static void f_family(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct ip ip;

	(void)argc;
	if (ip_of(argv[0], &ip))
		sqlite3_result_int(ctx, ip.family == AF_INET ? 4 : 6);
}

static void f_link_local(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct ip ip;

	(void)argc;
	if (!ip_of(argv[0], &ip))
		return;
	if (ip.family == AF_INET)
		sqlite3_result_int(ctx, ip.bytes[0] == 169 && ip.bytes[1] == 254);
	else
		sqlite3_result_int(ctx, ip.bytes[0] == 0xfe && (ip.bytes[1] & 0xc0) == 0x80);
}

static void f_url_host(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	size_t len;
	const char *p = trimmed(argv[0], &len);
	const char *host = p != NULL ? strstr(p, "://") : NULL;
	size_t n;

	(void)argc;
	if (host == NULL || host == p || !isalpha((unsigned char)*p))
		return;
	for (const char *q = p; q < host; q++)
		if (!isalnum((unsigned char)*q) && strchr("+.-", *q) == NULL)
			return;
	host += 3;
	n = strcspn(host, "/@");
	if (host[n] == '@')
		host += n + 1;
	if (*host == '[' && strchr(host, ']') != NULL)
		n = strcspn(++host, "]");
	else
		n = strcspn(host, "/:?# \t\r\n");
	if (n > 0)
		result(ctx, host, n);
}

/* ---- versions */

/* "v4.14.3-rc.1": the numbers in front; 0 when there is none. */
static size_t version_parts(sqlite3_value *v, uint64_t ret_parts[VERSION_PARTS])
{
	size_t n, count = 0;
	const char *p = trimmed(v, &n);

	if (p == NULL)
		return 0;
	p += *p == 'v' || *p == 'V';
	while (count < VERSION_PARTS && isdigit((unsigned char)*p)) {
		uint64_t part = 0;

		for (; isdigit((unsigned char)*p); p++)
			if (part < UINT64_MAX / 20)
				part = part * 10 + (uint64_t)(*p - '0');
		ret_parts[count++] = part;
		if (*p != '.')
			break;
		p++;
	}
	return count;
}

static void f_version_at_least(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	uint64_t is[VERSION_PARTS] = { 0 };
	uint64_t least[VERSION_PARTS] = { 0 };
	size_t i = 0;

	(void)argc;
	if (version_parts(argv[0], is) == 0 || version_parts(argv[1], least) == 0)
		return;
	while (i < VERSION_PARTS - 1 && is[i] == least[i])
		i++;
	sqlite3_result_int(ctx, is[i] >= least[i]);
}

/* ---- the rest */

static void f_renamed(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	size_t n;
	const char *p = trimmed(argv[0], &n);
	char name[RENAME_SIZE];

	(void)argc;
	if (p != NULL && rename_machine((const char *)sqlite3_value_text(argv[0]), name))
		result(ctx, name, strlen(name));
}

struct first {
	sqlite3_value *value; /* owned */
};

static void step_first(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct first *first = sqlite3_aggregate_context(ctx, sizeof *first);

	(void)argc;
	if (first != NULL && first->value == NULL && sqlite3_value_type(argv[0]) != SQLITE_NULL)
		first->value = sqlite3_value_dup(argv[0]);
}

static void final_first(sqlite3_context *ctx)
{
	struct first *first = sqlite3_aggregate_context(ctx, 0);

	if (first == NULL || first->value == NULL)
		return;
	sqlite3_result_value(ctx, first->value);
	sqlite3_value_free(first->value);
}

int sqlfunc_register(struct sqlite3 *raw)
{
	enum { PURE = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS };
	static const struct {
		const char *name;
		int args;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
	} functions[] = {
		{ "truth", 1, f_truth },
		{ "whole", 1, f_whole },
		{ "text", 1, f_text },
		{ "mac", 1, f_mac },
		{ "uuid", 1, f_uuid },
		{ "fingerprint", 1, f_fingerprint },
		{ "address", 1, f_address },
		{ "family", 1, f_family },
		{ "link_local", 1, f_link_local },
		{ "url_host", 1, f_url_host },
		{ "version_at_least", 2, f_version_at_least },
		{ "renamed", 1, f_renamed },
	};
	int rc =
		sqlite3_create_function(raw, "first", 1, PURE, NULL, NULL, step_first, final_first);

	for (size_t i = 0; rc == SQLITE_OK && i < ARRAY_LEN(functions); i++)
		rc = sqlite3_create_function(raw, functions[i].name, functions[i].args, PURE, NULL,
					     functions[i].call, NULL, NULL);
	return rc;
}
