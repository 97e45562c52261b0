/* SPDX-License-Identifier: Apache-2.0 */
/* show_events.c: what happened, and certificates; see show.h. */
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "cli/got.h"
#include "cli/grid.h"
#include "cli/mark.h"
#include "cli/moment.h"
#include "cli/show.h"

enum {
	WORD_SIZE = 64,
	NAME_SIZE = 300,
	TEXT_SIZE = 1024,
	WHAT_BYTES = 4096,
	CHANGE_SIZE = 3 * WORD_SIZE + 16
};

enum column { COLUMN_TIME, COLUMN_NAME, COLUMN_ADDRESS, COLUMN_WHAT, COLUMN_N };

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_TIME] = { .title = "TIME" },
	[COLUMN_NAME] = { .title = "ENDPOINT" },
	[COLUMN_ADDRESS] = { .title = "ADDRESS" },
	[COLUMN_WHAT] = { .title = "WHAT", .prose = true },
};

/* "open -> filtered (no-answer)"; "" when nothing is said to have changed. */
static void format_change(const struct show *how, const json_t *e, char ret_text[CHANGE_SIZE])
{
	const char *arrow = how->term.utf8 ? "→" : "->";
	char before[WORD_SIZE];
	char after[WORD_SIZE];
	char reason[WORD_SIZE];
	bool told;

	got_text(e, "before", before, sizeof before);
	got_text(e, "after", after, sizeof after);
	got_text(e, "reason", reason, sizeof reason);
	told = reason[0] != '\0' && strcmp(reason, "ok") != 0 && strcmp(reason, after) != 0;
	(void)snprintf(ret_text, CHANGE_SIZE, "%s%s%s%s%s%s%s%s", before,
		       before[0] != '\0' ? " " : "",
		       before[0] != '\0' && after[0] != '\0' ? arrow : "",
		       before[0] != '\0' && after[0] != '\0' ? " " : "", after, told ? " (" : "",
		       told ? reason : "", told ? ")" : "");
}

/* Changes of state are marked by where they led; other events by what they are. */
static enum mark mark_of_event(const json_t *e)
{
	static const struct {
		const char *kind;
		enum mark mark;
	} kinds[] = {
		{ "flapping", MARK_WARNING },    { "lost", MARK_WARNING },
		{ "certificate", MARK_WARNING }, { "addresses", MARK_WARNING },
		{ "steady", MARK_GOOD },         { "started", MARK_GOOD },
		{ "reloaded", MARK_GOOD },
	};
	char after[WORD_SIZE];

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (got_is(e, "kind", kinds[i].kind))
			return kinds[i].mark;
	return mark_of_state(got_text(e, "after", after, sizeof after));
}

static const char *time_of(const json_t *o, const char *key, char text[MOMENT_TEXT_SIZE])
{
	struct wall time;

	text[0] = '\0';
	if (got_time(o, key, &time))
		moment_format(time, text);
	return text;
}

/* "port open -> filtered (no-answer); detail" */
static void put_what(const struct show *how, const json_t *e, struct buf *out)
{
	char change[CHANGE_SIZE];
	char kind[WORD_SIZE];
	char detail[TEXT_SIZE];

	format_change(how, e, change);
	got_text(e, "kind", kind, sizeof kind);
	got_text(e, "detail", detail, sizeof detail);
	buf_printf(out, "%s%s%s", kind, change[0] != '\0' ? " " : "", change);
	if (detail[0] != '\0' && !got_is(e, "after", detail)) /* "open": that was said */
		buf_printf(out, "%s%s", out->len > 0 ? "; " : "", detail);
}

static void add_event(const struct show *how, struct grid *g, const json_t *e)
{
	char text[TEXT_SIZE];
	char time[MOMENT_TEXT_SIZE];
	struct buf what;

	grid_row(g, mark_of_event(e));
	grid_set(g, COLUMN_TIME, time_of(e, "time", time));
	grid_set(g, COLUMN_NAME, got_text(e, "name", text, sizeof text));
	if (how->wide)
		grid_set(g, COLUMN_ADDRESS, got_text(e, "address", text, sizeof text));
	buf_init(&what, WHAT_BYTES);
	put_what(how, e, &what);
	grid_set(g, COLUMN_WHAT, buf_text(&what));
	buf_done(&what);
}

void show_events(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "events");
	size_t count = got_count(list);
	struct grid g;

	if (count == 0) {
		buf_puts(out, "No events.\n");
		return;
	}
	grid_init(&g, columns, COLUMN_N);
	for (size_t i = 0; i < count; i++)
		add_event(how, &g, got_element(list, i));
	grid_put(&g, &how->term, out);
	grid_done(&g);
}

/* Columns cannot be aligned with what is still to come: words in the same order. */
void show_event(const struct show *how, const json_t *o, struct buf *out)
{
	enum mark mark = mark_of_event(o);
	char name[NAME_SIZE];
	char time[MOMENT_TEXT_SIZE];
	struct buf what;

	buf_init(&what, WHAT_BYTES);
	put_what(how, o, &what);
	got_text(o, "name", name, sizeof name);
	buf_printf(out, "%s%s%s %s  %s%s%s\n", how->term.colour ? mark_colour(mark) : "",
		   mark_sign(mark, &how->term), how->term.colour ? "\033[0m" : "",
		   time_of(o, "time", time), name, name[0] != '\0' ? "  " : "", buf_text(&what));
	buf_done(&what);
}
