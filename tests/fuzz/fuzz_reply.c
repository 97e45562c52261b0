/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_reply.c: what answers on the daemon's socket.  The first byte chooses what is made of it
 * and for which terminal; a line end, then the body of the reply.
 */
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "cli/mark.h"
#include "cli/response.h"
#include "cli/show.h"
#include "cli/viadaemon.h"
#include "report/exit.h"

static show_fn *const shows[] = {
	show_status, show_probe, show_choice, show_history, show_at,
	show_events, show_event, show_certs,  show_explain, show_findings
};

/* Lines of text without control characters: what is shown may hold colours alone. */
static void must_be_sound(const struct buf *out, const struct show *how)
{
	char *text = xstrndup(buf_text(out), out->len);
	char *rest = text;

	MUST(strlen(text) == out->len);
	for (char *line; (line = strsep(&rest, "\n")) != NULL;)
		MUST(how->term.colour || fuzz_shown(line));
	free(text);
}

static void show_it(const json_t *o, unsigned choice)
{
	struct show how = { .term = { .terminal = true,
				      .utf8 = (choice & 0x10) != 0,
				      .colour = (choice & 0x20) != 0,
				      .width = (choice & 0x40) != 0 ? 80 : 0 },
			    .wide = (choice & 0x80) != 0,
			    .now = { .ms = INT64_C(1795615200000) } };
	struct buf out;

	buf_init(&out, 1 << 26);
	shows[choice % 16 % ARRAY_LEN(shows)](&how, o, &out);
	must_be_sound(&out, &how);
	buf_done(&out);
}

static void results(const json_t *o)
{
	json_t *made = viadaemon_results(o);
	int status = mark_status(json_object_get(o, "endpoints"));

	MUST(json_is_array(json_object_get(made, "results")));
	MUST(status == STATUS_CLEAR || status == STATUS_NOT_CLEAR);
	json_decref(made);
}

static bool on_object(void *owner, json_t *o)
{
	size_t *count = owner;

	MUST(json_is_object(o));
	json_decref(o);
	(*count)++;
	return true;
}

/* A stream in two pieces is the same as in one. */
static void stream(const struct input *in)
{
	const char *text = (const char *)in->data;
	size_t half = in->len / 2;
	size_t counts[2] = { 0 };
	bool ok[2] = { true, true };

	for (int pieces = 0; pieces < 2; pieces++) {
		struct response_lines l;
		struct err err;

		response_lines_init(&l, on_object, &counts[pieces]);
		if (pieces == 1)
			ok[1] = response_lines_put(&l, text, half, &err) &&
				response_lines_put(&l, text + half, in->len - half, &err);
		else
			ok[0] = response_lines_put(&l, text, in->len, &err);
		if (!ok[pieces])
			MUST_FIELD(err.text);
		response_lines_done(&l);
	}
	MUST(ok[0] == ok[1] && counts[0] == counts[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = { 200, 400, 403, 404, 422, 503 };
	struct input in = { data, size };
	unsigned choice = input_byte(&in);
	struct err err = { 0 };
	json_t *o = NULL;
	int status;

	(void)input_byte(&in);
	stream(&in);
	for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
		status = response_read(statuses[i], (const char *)in.data, in.len, &o, &err);
		MUST((status == STATUS_CLEAR) == (o != NULL));
		MUST(status == STATUS_CLEAR || err.text[0] != '\0');
		MUST_FIELD(err.text);
		if (o == NULL)
			continue;
		show_it(o, choice);
		results(o);
		json_decref(o);
		o = NULL;
	}
	return 0;
}
