/* SPDX-License-Identifier: Apache-2.0 */
/* show_history.c: one endpoint over a window of time; see show.h. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/availability.h"
#include "cli/curve.h"
#include "cli/got.h"
#include "cli/grid.h"
#include "cli/mark.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "cli/span.h"
#include "cli/timeline.h"
#include "report/table.h"

enum {
	LABEL_COLUMNS = 7,
	WIDTH_DEFAULT = 80,
	ROWS_USUAL = 20,
	WORD_SIZE = 64,
	TEXT_SIZE = 1024,
	LINE_BYTES = 4096
};

struct window {
	struct wall from;
	struct wall to;
};

enum column {
	COLUMN_FROM,
	COLUMN_FOR,
	COLUMN_STATE,
	COLUMN_REASON,
	COLUMN_COUNT,
	COLUMN_DETAIL,
	COLUMN_N
};

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_FROM] = { .title = "FROM" },
	[COLUMN_FOR] = { .title = "FOR", .right = true },
	[COLUMN_STATE] = { .title = "STATE" },
	[COLUMN_REASON] = { .title = "REASON" },
	[COLUMN_COUNT] = { .title = "CHECKS", .right = true },
	[COLUMN_DETAIL] = { .title = "DETAIL", .prose = true },
};

static enum phase phase_of(const json_t *span)
{
	static const enum phase phases[] = { [MARK_GOOD] = PHASE_GOOD,
					     [MARK_WARNING] = PHASE_WARNING,
					     [MARK_BAD] = PHASE_BAD,
					     [MARK_UNKNOWN] = PHASE_UNKNOWN };
	char state[WORD_SIZE];

	return phases[mark_of_state(got_text(span, "state", state, sizeof state))];
}

static bool window_of(const json_t *o, struct window *ret_window)
{
	return got_time(o, "from", &ret_window->from) && got_time(o, "to", &ret_window->to) &&
	       ret_window->from.ms < ret_window->to.ms;
}

static size_t bar_width(const struct show *how)
{
	size_t all = how->term.width > 0 ? how->term.width : WIDTH_DEFAULT;

	return all > LABEL_COLUMNS + 1 ? all - LABEL_COLUMNS : 1;
}

/* "2026-11-24 15:05:06 CET        2026-11-25 15:05:06 CET", if there is room. */
static void put_axis(const struct window *w, size_t width, struct buf *out)
{
	char from[MOMENT_TEXT_SIZE];
	char to[MOMENT_TEXT_SIZE];
	size_t both;

	moment_format(w->from, from);
	moment_format(w->to, to);
	both = term_columns(from) + term_columns(to);
	if (both + 2 <= width)
		buf_printf(out, "%*s%s%*s%s\n", LABEL_COLUMNS, "", from, (int)(width - both), "",
			   to);
}

static void put_bar(const struct show *how, const json_t *list, const struct window *w,
		    struct buf *out)
{
	size_t count = got_count(list);
	struct timeline_span *spans = xcalloc(count + 1, sizeof *spans);
	struct timeline line = { .from = w->from, .to = w->to, .spans = spans };

	for (size_t i = 0; i < count; i++) {
		const json_t *o = got_element(list, i);
		struct timeline_span *s = &spans[line.count];

		if (!got_time(o, "from", &s->from))
			continue;
		s->to = how->now.ms < w->to.ms ? how->now : w->to;
		(void)got_time(o, "to", &s->to);
		s->phase = phase_of(o);
		line.count++;
	}
	buf_printf(out, "%-*s", LABEL_COLUMNS, "state");
	timeline_put(&line, &how->term, bar_width(how), out);
	buf_puts(out, "\n");
	put_axis(w, bar_width(how), out);
	buf_printf(out, "%*s", LABEL_COLUMNS, "");
	timeline_put_legend(&line, &how->term, bar_width(how), out);
	buf_puts(out, "\n");
	free(spans);
}

static void put_rtts(const struct show *how, const json_t *o, const struct window *w,
		     struct buf *out)
{
	struct curve c = curve_read(o);
	struct sparkline line = {
		.from = w->from, .to = w->to, .points = c.points, .count = c.count
	};
	char low_text[RTT_TEXT_SIZE];
	char high_text[RTT_TEXT_SIZE];
	int64_t low;
	int64_t high;

	if (c.count > 0) {
		buf_printf(out, "%-*s", LABEL_COLUMNS, "rtt");
		sparkline_put(&line, &how->term, bar_width(how), out, &low, &high);
		table_format_rtt(low, low_text);
		table_format_rtt(high, high_text);
		buf_printf(out, "\n%*s%s to %s", LABEL_COLUMNS, "", low_text, high_text);
		if (c.lost > 0)
			buf_printf(out, "; %s: no answer", how->term.utf8 ? "×" : "x");
		buf_puts(out, "\n");
	}
	curve_done(&c);
}

/* How long it lasted; what lasts still says so. */
static void set_length(const struct show *how, struct grid *g, const json_t *span)
{
	char length[MOMENT_SPAN_SIZE];
	char text[MOMENT_SPAN_SIZE + sizeof "so far "];
	struct wall from;
	struct wall to = how->now;
	bool ended = got_time(span, "to", &to);

	if (!got_time(span, "from", &from))
		return;
	moment_format_span(to.ms > from.ms ? to.ms - from.ms : 0, length);
	(void)snprintf(text, sizeof text, "%s%s", ended ? "" : "so far ", length);
	grid_set(g, COLUMN_FOR, text);
}

static void add_span(const struct show *how, struct grid *g, const json_t *span)
{
	char text[TEXT_SIZE];
	char time[MOMENT_TEXT_SIZE];
	struct wall from;

	grid_row(g, mark_of_state(got_text(span, "state", text, sizeof text)));
	grid_set(g, COLUMN_STATE, text);
	if (got_time(span, "from", &from)) {
		moment_format(from, time);
		grid_set(g, COLUMN_FROM, time);
	}
	set_length(how, g, span);
	grid_set(g, COLUMN_REASON, got_text(span, "reason", text, sizeof text));
	grid_set(g, COLUMN_DETAIL, span_detail(span, text, sizeof text));
	if (how->wide) {
		(void)snprintf(text, sizeof text, "%" PRId64, got_number(span, "count", 0));
		grid_set(g, COLUMN_COUNT, text);
	}
}

static void put_spans(const struct show *how, const json_t *list, struct buf *out)
{
	size_t count = got_count(list);
	size_t most = how->limit > 0 ? how->limit : ROWS_USUAL;
	struct grid g;

	grid_init(&g, columns, COLUMN_N);
	for (size_t i = 0; i < count && i < most; i++)
		add_span(how, &g, got_element(list, i));
	grid_put(&g, &how->term, out);
	grid_done(&g);
	if (count > most)
		buf_printf(out, "and %zu earlier (--limit %zu)\n", count - most, count);
}

static void put_head(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *e = got_object(o, "endpoint");
	char name[TEXT_SIZE];
	char address[WORD_SIZE];
	char aspect[WORD_SIZE];
	struct buf line;

	got_text(e, "name", name, sizeof name);
	got_text(e, "address", address, sizeof address);
	got_text(o, "aspect", aspect, sizeof aspect);
	buf_init(&line, LINE_BYTES);
	buf_printf(&line, "%s%s%s%s", name, address[0] != '\0' ? "  " : "", address,
		   aspect[0] != '\0' ? "  " : "");
	buf_puts(&line, aspect);
	term_wrap(out, buf_text(&line), 0, 2, how->term.width);
	buf_done(&line);
}

static void put_summary(const struct show *how, const json_t *summary, struct buf *out)
{
	struct buf text;

	if (summary == NULL)
		return;
	buf_init(&text, TEXT_SIZE);
	buf_puts(&text, "In all: ");
	availability_put(summary, &text);
	buf_puts(&text, ".");
	buf_puts(out, "\n");
	term_wrap(out, buf_text(&text), 0, 0, how->term.width);
	buf_done(&text);
}

void show_history(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *spans = got_list(o, "spans");
	struct window w;

	put_head(how, o, out);
	if (window_of(o, &w)) {
		buf_puts(out, "\n");
		put_bar(how, spans, &w, out);
		put_rtts(how, o, &w, out);
	}
	buf_puts(out, "\n");
	if (got_count(spans) > 0)
		put_spans(how, spans, out);
	else
		buf_puts(out, "Nothing was recorded in this time.\n");
	put_summary(how, got_object(o, "summary"), out);
}
