/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_parse.c: numbers, lengths of time, hosts, versions and fingerprints; three lines of text. */
#include "tests/fuzz/fuzz.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/parse.h"
#include "probes/cert.h"

#define YEAR_MS (INT64_C(366) * 86400 * 1000)

static void number(const char *text)
{
	uint64_t value = 0;
	uint64_t again;
	uint16_t port = 0;
	bool is_number = parse_u64(text, 0, UINT64_MAX, &value);
	bool is_port = parse_port(text, &port);

	MUST(is_number || text[0] == '\0' || strspn(text, "0123456789") != strlen(text) ||
	     strlen(text) >= 20);
	MUST(is_port == (is_number && value >= 1 && value <= UINT16_MAX));
	MUST(!is_port || port == value);
	if (!is_number)
		return;
	MUST(parse_u64(text, value, value, &again) && again == value);
	MUST(value == 0 || !parse_u64(text, 0, value - 1, &again));
	MUST(value == UINT64_MAX || !parse_u64(text, value + 1, UINT64_MAX, &again));
	char *shown = xasprintf("%" PRIu64, value);
	MUST(parse_u64(shown, 0, UINT64_MAX, &again) && again == value);
	free(shown);
}

static void span(const char *text)
{
	struct span d;
	struct span again;
	char *shown;

	if (!parse_span(text, &d))
		return;
	MUST(span_ms(d) >= 1 && span_ms(d) <= 10 * YEAR_MS && d.ns % 1000000 == 0);
	shown = xasprintf("%" PRId64 "ms", span_ms(d));
	MUST(parse_span(shown, &again) && again.ns == d.ns);
	free(shown);
	shown = xasprintf("%" PRId64 ".%03ds", span_ms(d) / 1000, (int)(span_ms(d) % 1000));
	MUST(parse_span(shown, &again) && again.ns == d.ns);
	free(shown);
}

static void hex(const char *text)
{
	size_t cap = strlen(text) / 2 + 1;
	uint8_t *bytes = xcalloc(1, cap);
	uint8_t *again;
	char *shown;
	size_t len;
	size_t again_len;

	if (parse_hex(text, cap, bytes, &len)) {
		MUST(len >= 1 && len <= strlen(text) / 2);
		shown = xcalloc(2, len + 1);
		again = xcalloc(1, len);
		for (size_t i = 0; i < len; i++)
			MUST(snprintf(shown + 2 * i, 3, "%02x", bytes[i]) == 2);
		MUST(parse_hex(shown, len, again, &again_len) && again_len == len);
		MUST(memcmp(bytes, again, len) == 0);
		MUST(!parse_hex(text, len - 1, again, &again_len));
		free(shown);
		free(again);
	}
	free(bytes);
}

static void pin(const char *text)
{
	char shown[FINGERPRINT_TEXT_SIZE];
	struct pin p;
	struct pin again;
	struct err e;

	if (!pin_parse(text, &p, &e)) {
		MUST(memchr(e.text, '\0', sizeof e.text) != NULL && e.text[0] != '\0');
		return;
	}
	MUST(p.len == SHA1_BYTES || p.len == SHA256_BYTES);
	fingerprint_format(p.bytes, p.len, shown);
	MUST(strlen(shown) == p.len * 3 - 1);
	MUST(pin_parse(shown, &again, &e) && again.len == p.len);
	MUST(memcmp(p.bytes, again.bytes, p.len) == 0);
}

/* With a port behind it, and an IPv6 address in brackets, a host stays what it is. */
static void host_and_port(const char *host, uint16_t port)
{
	bool v6 = strchr(host, ':') != NULL;
	char *text = xasprintf("%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", (unsigned)port);
	char again[LIMIT_HOST_BYTES];
	uint16_t again_port;

	MUST(parse_hostport(text, again, sizeof again, &again_port));
	MUST(strcmp(again, host) == 0 && again_port == port);
	free(text);
}

static void hostport(const char *text)
{
	char *host = xcalloc(1, LIMIT_HOST_BYTES);
	char *again = xcalloc(1, LIMIT_HOST_BYTES);
	uint16_t port;
	uint16_t again_port;

	if (parse_hostport(text, host, LIMIT_HOST_BYTES, &port)) {
		MUST(memchr(host, '\0', LIMIT_HOST_BYTES) != NULL && host[0] != '\0');
		MUST(strstr(text, host) != NULL);
		MUST(parse_hostport(text, again, strlen(host) + 1, &again_port));
		MUST(strcmp(again, host) == 0 && again_port == port);
		MUST(!parse_hostport(text, again, strlen(host), &again_port));
		if (parse_is_host(host))
			host_and_port(host, port != 0 ? port : 1);
	}
	free(host);
	free(again);
}

static void address(const char *text)
{
	char shown[ADDR_TEXT_SIZE];
	char host[ADDR_TEXT_SIZE];
	struct addr a;
	struct addr again;
	uint16_t port;

	if (!addr_parse(text, 902, &a))
		return;
	MUST(parse_is_host(text));
	/* An interface's name has none of these, though the system looks up "lo:x" as "lo". */
	MUST(fuzz_shown(text) && strpbrk(text, " /[]") == NULL);
	MUST(strchr(text, '%') == NULL || strchr(strchr(text, '%'), ':') == NULL);
	MUST(addr_present(&a) && addr_port(&a) == 902);
	addr_format(&a, shown);
	MUST(addr_parse(shown, 902, &again) && addr_same_host(&a, &again));
	addr_format_port(&a, shown);
	MUST(parse_hostport(shown, host, sizeof host, &port) && port == 902);
	MUST(addr_parse(host, 902, &again) && addr_same_host(&a, &again));
}

static void name(const char *text)
{
	char host[LIMIT_HOST_BYTES];
	struct addr a;
	uint16_t port;

	if (!parse_is_host(text) || addr_parse(text, 0, &a))
		return;
	MUST(strlen(text) <= 254 && fuzz_shown(text) && strpbrk(text, " :/@[]%=#,") == NULL);
	if (strlen(text) >= sizeof host)
		return; /* 253 and a final dot */
	MUST(parse_hostport(text, host, sizeof host, &port));
	MUST(strcmp(host, text) == 0 && port == 0);
	if (text[strlen(text) - 1] != '.') {
		char *dotted = xasprintf("%s.", text);

		MUST(parse_is_host(dotted));
		free(dotted);
	}
}

/* A strict order: nothing is older than itself, and never both ways; it carries over. */
static void versions(const char *a, const char *b, const char *c)
{
	MUST(!parse_version_older(a, a));
	MUST(!parse_version_older(a, b) || !parse_version_older(b, a));
	if (parse_version_older(a, b) && parse_version_older(b, c))
		MUST(parse_version_older(a, c));
	if (!parse_version_older(a, b) && !parse_version_older(b, a))
		MUST(parse_version_older(a, c) == parse_version_older(b, c));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	char *line[3];

	for (size_t i = 0; i < ARRAY_LEN(line); i++) {
		line[i] = input_line(&in);
		number(line[i]);
		span(line[i]);
		hex(line[i]);
		pin(line[i]);
		hostport(line[i]);
		address(line[i]);
		name(line[i]);
	}
	versions(line[0], line[1], line[2]);
	for (size_t i = 0; i < ARRAY_LEN(line); i++)
		free(line[i]);
	return 0;
}
