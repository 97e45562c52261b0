/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_query.c: what a client of the socket may send.  The first byte says what the rest is: a
 * request's head, a query string, a pattern (up to a line end) and an address, a time, or the body
 * that asks for a silence.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/when.h"
#include "daemon/match.h"
#include "daemon/mutes.h"
#include "daemon/request.h"
#include "daemon/silenceapi.h"

enum { HEAD, QUERY, PATTERN, TIME, SILENCE, KINDS };

static void params_must_be_sound(const struct request *r)
{
	MUST(r->param_count <= REQUEST_PARAMS);
	for (size_t i = 0; i < r->param_count; i++) {
		MUST(r->params[i].key[0] != '\0');
		MUST(request_param(r, r->params[i].key) == r->params[i].value);
	}
}

static void try_head(struct input in)
{
	char *copy = xmemdup(in.data, in.len);
	size_t len = request_head_len(copy, in.len);
	struct request r;
	int refused;

	MUST(len <= in.len);
	if (len > 0) {
		/* No shorter part is a whole head, too. */
		MUST(request_head_len(copy, len - 1) == 0);
		refused = request_parse(copy, len, &r);
		MUST(refused == 0 || (refused >= 400 && refused <= 505));
		if (refused == 0) {
			MUST(r.path[0] == '/' || strcmp(r.path, "*") == 0);
			MUST(r.method < METHOD_N && r.body_len <= REQUEST_BODY_BYTES);
			params_must_be_sound(&r);
			request_done(&r);
		}
	}
	free(copy);
}

static void try_query(struct input in)
{
	char *text = input_line(&in);
	struct request r = { .path = "" };

	if (request_parse_query(text, &r) == 0)
		params_must_be_sound(&r);
	free(text);
}

static void try_pattern(struct input in)
{
	char *text = input_line(&in);
	char *name = input_line(&in);
	char *host = input_line(&in);
	char *address = input_line(&in);
	struct match_subject s = {
		.name = name, .host = host, .provider = "dc1", .port = 902, .documented_port = 443
	};
	struct pattern p;

	if (!addr_parse(address, 902, &s.address))
		s.address = (struct addr){ 0 };
	if (pattern_parse(text, &p)) {
		MUST(strcmp(p.text, text) == 0);
		MUST(pattern_match(&p, &s) < MATCH_N);
		s.name = text;
		MUST(pattern_match(&p, &s) == MATCH_EXACT);
	} else {
		MUST(text[0] == '\0' || strlen(text) >= PATTERN_BYTES);
	}
	free(text);
	free(name);
	free(host);
	free(address);
}

static void try_time(struct input in)
{
	char *text = input_line(&in);
	char again[WHEN_TEXT_SIZE];
	struct wall t;
	struct wall back;

	if (when_parse(text, (struct wall){ 0 }, &t)) {
		when_format(t, again);
		if (again[0] != '\0')
			MUST(when_parse_time(again, &back) && back.ms == t.ms);
	}
	free(text);
}

static void try_silence(struct input in)
{
	char *body = xstrndup((const char *)in.data, in.len);
	struct silence s = { .id = 1 };
	struct err err = { .text = "" };

	if (silenceapi_read(body, (struct wall){ 0 }, &s, &err)) {
		MUST(s.id == 0 && s.until.ms > s.from.ms && s.pattern.text[0] != '\0');
		MUST(s.why[0] != '\0' && strlen(s.why) < sizeof s.why && s.by[0] == '\0');
		MUST(s.any_kind || s.kind < ALERT_KIND_N);
	} else {
		MUST(s.id == 1 && err.text[0] != '\0');
	}
	free(body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };

	switch (input_byte(&in) % KINDS) {
	case HEAD:
		try_head(in);
		break;
	case QUERY:
		try_query(in);
		break;
	case PATTERN:
		try_pattern(in);
		break;
	case TIME:
		try_time(in);
		break;
	default:
		try_silence(in);
	}
	return 0;
}
