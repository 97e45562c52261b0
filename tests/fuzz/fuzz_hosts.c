/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_hosts.c: a list of machines.  The first byte is the role of those that name none. */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

#include "base/err.h"
#include "base/parse.h"
#include "cli/hosts.h"
#include "cli/sources.h"

static void err_must_be_sound(const struct err *e)
{
	fuzz_must_field(e->text, sizeof e->text);
	MUST(e->text[0] != '\0');
}

static bool same(const struct host *a, const struct host *b)
{
	return a->role == b->role && strcmp(a->name, b->name) == 0 &&
	       strcmp(a->image, b->image) == 0 && a->port.documented == b->port.documented &&
	       a->port.actual == b->port.actual && a->port.mapped == b->port.mapped;
}

static void host_must_be_sound(const struct host *h)
{
	MUST(h->role >= ROLE_NONE && h->role < ROLE_N);
	MUST_FIELD(h->name);
	MUST_FIELD(h->image);
	MUST(parse_is_host(h->name));
	MUST((h->image[0] != '\0') == (h->role == ROLE_REGISTRY));
	MUST(h->port.mapped ? h->port.documented != 0 && h->port.actual != 0
			    : h->port.documented == h->port.actual);
}

/* A host written as a line of a list, in full; owned. */
static char *format(const struct host *h)
{
	bool v6 = strchr(h->name, ':') != NULL;
	char port[sizeof ":65535=65535"] = "";
	const char *role = h->role != ROLE_NONE ? role_name(h->role) : "";
	const char *equals = h->role != ROLE_NONE ? "=" : "";

	if (h->image[0] != '\0')
		return xasprintf("\t%s%s%s # %s", role, equals, h->image, h->name);
	if (h->port.mapped)
		MUST(snprintf(port, sizeof port, ":%u=%u", (unsigned)h->port.documented,
			      (unsigned)h->port.actual) > 0);
	else if (h->port.actual != 0)
		MUST(snprintf(port, sizeof port, ":%u", (unsigned)h->port.actual) > 0);
	return xasprintf(" %s%s%s%s%s%s\r", role, equals, v6 ? "[" : "", h->name, v6 ? "]" : "",
			 port);
}

static void round_trip(const struct host *h)
{
	char *line = format(h);
	struct host again;
	struct hosts one = { 0 };
	struct err e;

	MUST(hosts_parse_line(line, h->role, &again, &e) && same(h, &again));
	MUST(hosts_add(&one, line, h->role, &e) && one.count == 1 && same(h, &one.host[0]));
	hosts_done(&one);
	free(line);
}

/* Line by line the text gives the same hosts, and fails where it fails as a whole. */
static void compare(const struct hosts *h, struct input in, enum role role, bool ok)
{
	size_t count = 0;

	if (in.len >= 3 && memcmp(in.data, "\xef\xbb\xbf", 3) == 0)
		in = (struct input){ in.data + 3, in.len - 3 };
	while (in.len > 0) {
		size_t len;
		char *line = input_until(&in, '\n', &len);
		struct host host;
		struct err e;
		bool fine = strlen(line) == len && hosts_parse_line(line, role, &host, &e);

		free(line);
		if (!fine) {
			MUST(!ok && count == h->count);
			return;
		}
		if (host.name[0] != '\0') {
			MUST(count < h->count && same(&h->host[count], &host));
			count++;
		}
	}
	MUST(ok && count == h->count);
}

/* The same list as one of nodes. */
static void nodes(const char *text, size_t len)
{
	struct sources s = { 0 };
	struct err e;

	if (!sources_parse(&s, "list.txt", text, len, &e))
		err_must_be_sound(&e);
	for (size_t i = 0; i < s.count; i++) {
		MUST(parse_is_host(s.list[i].name));
		MUST(s.list[i].addr_count <= SOURCES_ADDRESSES);
		for (size_t k = 0; k < s.list[i].addr_count; k++)
			MUST(addr_present(&s.list[i].addrs[k]));
	}
	sources_done(&s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char prefix[] = "list.txt:";
	struct input in = { data, size };
	enum role role = (enum role)(input_byte(&in) % ROLE_N);
	char *text = xmemdup(in.data, in.len);
	struct hosts h = { 0 };
	struct err e;
	bool ok = hosts_parse_text(&h, "list.txt", text, in.len, role, &e);

	if (!ok) {
		err_must_be_sound(&e);
		MUST(strncmp(e.text, prefix, sizeof prefix - 1) == 0);
	}
	MUST(h.count <= h.size && h.count <= HOSTS_MAX);
	for (size_t i = 0; i < h.count; i++) {
		host_must_be_sound(&h.host[i]);
		round_trip(&h.host[i]);
	}
	compare(&h, in, role, ok);
	nodes(text, in.len);
	hosts_done(&h);
	MUST(h.count == 0 && h.host == NULL);
	free(text);
	return 0;
}
