/* SPDX-License-Identifier: Apache-2.0 */
/* show_sinks.c: a test of those who are told, and what they are not told of; see show.h. */
#include <inttypes.h>
#include <stdio.h>

#include "base/must.h"
#include "base/text.h"
#include "cli/got.h"
#include "cli/grid.h"
#include "cli/mark.h"
#include "cli/moment.h"
#include "cli/show.h"

enum { WORD_SIZE = 64, NAME_SIZE = 600, TEXT_SIZE = 1024, LINE_BYTES = 4096 };

/* ---- a test */

enum test_column { TEST_SINK, TEST_TYPE, TEST_TIME, TEST_ANSWER, TEST_N };

static const struct grid_column test_columns[TEST_N] = {
	[TEST_SINK] = { .title = "SINK" },
	[TEST_TYPE] = { .title = "TYPE" },
	[TEST_TIME] = { .title = "TIME", .right = true },
	[TEST_ANSWER] = { .title = "ANSWER", .prose = true },
};

static void add_result(struct grid *g, const json_t *r)
{
	bool ok = got_true(r, "ok");
	int64_t ms = got_number(r, "ms", -1);
	char text[TEXT_SIZE];

	grid_row(g, ok ? MARK_GOOD : MARK_BAD);
	grid_set(g, TEST_SINK, got_text(r, "sink", text, sizeof text));
	grid_set(g, TEST_TYPE, got_text(r, "type", text, sizeof text));
	if (ms >= 0) {
		text_printf(text, sizeof text, "%" PRId64 " ms", ms);
		grid_set(g, TEST_TIME, text);
	}
	got_text(r, "detail", text, sizeof text);
	if (text[0] == '\0')
		text_printf(text, sizeof text, "%s", ok ? "taken" : "no reason given");
	grid_set(g, TEST_ANSWER, text);
}

void show_alerts_test(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "results");
	size_t count = got_count(list);
	size_t taken = 0;
	struct grid g;

	if (count == 0) {
		buf_puts(out, "There is no sink: nobody is told of alerts.\n");
		return;
	}
	grid_init(&g, test_columns, TEST_N);
	for (size_t i = 0; i < count; i++) {
		add_result(&g, got_element(list, i));
		taken += got_true(got_element(list, i), "ok");
	}
	grid_put(&g, &how->term, out);
	grid_done(&g);
	if (taken == count)
		buf_printf(out, "\n%s the test alert.\n",
			   count == 1 ? "The sink took" : "Every sink took");
	else
		buf_printf(out, "\n%zu of %zu sinks took the test alert.\n", taken, count);
}

/* ---- silences */

enum silence_column {
	SILENCE_ID,
	SILENCE_MATCH,
	SILENCE_ALERT,
	SILENCE_UNTIL,
	SILENCE_LEFT,
	SILENCE_BY,
	SILENCE_WHY,
	SILENCE_N
};

static const struct grid_column silence_columns[SILENCE_N] = {
	[SILENCE_ID] = { .title = "ID", .right = true },
	[SILENCE_MATCH] = { .title = "ENDPOINT" },
	[SILENCE_ALERT] = { .title = "ALERT" },
	[SILENCE_UNTIL] = { .title = "UNTIL" },
	[SILENCE_LEFT] = { .title = "LEFT", .right = true },
	[SILENCE_BY] = { .title = "BY" },
	[SILENCE_WHY] = { .title = "WHY", .prose = true },
};

static void add_silence(const struct show *how, struct grid *g, const json_t *s)
{
	char text[NAME_SIZE];
	char span[MOMENT_SPAN_SIZE];
	struct wall until;

	grid_row(g, MARK_WARNING);
	text_printf(text, sizeof text, "%" PRId64, got_number(s, "id", 0));
	grid_set(g, SILENCE_ID, text);
	grid_set(g, SILENCE_MATCH, got_text(s, "match", text, sizeof text));
	grid_set(g, SILENCE_ALERT, got_text(s, "alertname", text, sizeof text));
	grid_set(g, SILENCE_BY, got_text(s, "by", text, sizeof text));
	grid_set(g, SILENCE_WHY, got_text(s, "why", text, sizeof text));
	if (!got_time(s, "until", &until))
		return;
	moment_format(until, text);
	grid_set(g, SILENCE_UNTIL, how->wide ? text : "");
	moment_format_span(until.ms > how->now.ms ? until.ms - how->now.ms : 0, span);
	grid_set(g, SILENCE_LEFT, span);
}

void show_silences(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "silences");
	size_t count = got_count(list);
	struct grid g;

	if (count == 0) {
		buf_puts(out, "No silences.\n");
		return;
	}
	grid_init(&g, silence_columns, SILENCE_N);
	for (size_t i = 0; i < count; i++)
		add_silence(how, &g, got_element(list, i));
	grid_put(&g, &how->term, out);
	grid_done(&g);
}

void show_silence(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *s = got_object(o, "silence");
	int64_t count = got_number(o, "endpoints", 0);
	char match[NAME_SIZE];
	char alert[WORD_SIZE];
	char moment[MOMENT_TEXT_SIZE] = "-";
	struct wall until;
	struct buf line;

	got_text(s, "match", match, sizeof match);
	got_text(s, "alertname", alert, sizeof alert);
	if (got_time(s, "until", &until))
		moment_format(until, moment);
	buf_init(&line, LINE_BYTES);
	buf_printf(&line, "Silence %" PRId64 ": until %s nobody is told of %s of '%s'",
		   got_number(s, "id", 0), moment, alert[0] != '\0' ? alert : "alerts", match);
	buf_printf(&line, ", which %" PRId64 " endpoint%s called now.", count,
		   count == 1 ? " is" : "s are");
	term_wrap(out, buf_text(&line), 0, 2, how->term.width);
	buf_done(&line);
	if (count == 0)
		mark_put_line(MARK_WARNING, &how->term,
			      "nothing that is watched is called so: a silence wants the whole "
			      "first label of a host, or a pattern such as esx*",
			      out);
}
