/* SPDX-License-Identifier: Apache-2.0 */
/* show_findings.c: what the rules say of the inventory; see show.h. */
#include "base/text.h"
#include "cli/got.h"
#include "cli/grid.h"
#include "cli/judgement.h"
#include "cli/mark.h"
#include "cli/moment.h"
#include "cli/show.h"

enum { TEXT_SIZE = 2100, NAME_SIZE = 600, WHAT_BYTES = 8192 };

enum column {
	COLUMN_SEVERITY,
	COLUMN_RULE,
	COLUMN_KIND,
	COLUMN_NAME,
	COLUMN_ID,
	COLUMN_PLAN,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_FOR,
	COLUMN_STATE,
	COLUMN_WHAT,
	COLUMN_N
};

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_SEVERITY] = { .title = "SEVERITY" },
	[COLUMN_RULE] = { .title = "RULE" },
	[COLUMN_KIND] = { .title = "KIND" },
	[COLUMN_NAME] = { .title = "NAME" },
	[COLUMN_ID] = { .title = "ID" },
	[COLUMN_PLAN] = { .title = "PLAN" },
	[COLUMN_FIRST] = { .title = "FIRST SEEN" },
	[COLUMN_LAST] = { .title = "LAST SEEN" },
	[COLUMN_FOR] = { .title = "FOR", .right = true },
	[COLUMN_STATE] = { .title = "STATE" },
	[COLUMN_WHAT] = { .title = "WHAT", .prose = true },
};

static bool is_unknown(const json_t *f)
{
	return got_is(f, "verdict", "unknown");
}

static enum mark mark_of_finding(const json_t *f)
{
	struct wall ended;

	if (got_time(f, "ended", &ended))
		return MARK_GOOD;
	if (is_unknown(f))
		return MARK_UNKNOWN;
	return got_is(f, "severity", "blocker") ? MARK_BAD : MARK_WARNING;
}

/* ---- one finding */

static void set_moment(struct grid *g, size_t column, const json_t *f, const char *key)
{
	char moment[MOMENT_TEXT_SIZE];
	struct wall t;

	if (!got_time(f, key, &t))
		return;
	moment_format(t, moment);
	grid_set(g, column, moment);
}

static void set_times(const struct show *how, struct grid *g, const json_t *f, bool past)
{
	char span[MOMENT_SPAN_SIZE];
	struct wall until = how->now;
	struct wall first;
	bool ended = got_time(f, "ended", &until);

	if (how->wide || past)
		set_moment(g, COLUMN_FIRST, f, "first_seen");
	if (how->wide)
		set_moment(g, COLUMN_LAST, f, "last_seen");
	if (got_time(f, "first_seen", &first)) {
		moment_format_span(until.ms > first.ms ? until.ms - first.ms : 0, span);
		grid_set(g, COLUMN_FOR, span);
	}
	if (past)
		grid_set(g, COLUMN_STATE, ended ? "ended" : "lasts");
}

static void put_part(struct buf *out, const json_t *f, const char *key, const char *before)
{
	char text[TEXT_SIZE];

	if (got_text(f, key, text, sizeof text)[0] != '\0')
		buf_printf(out, "%s%s%s", out->len > 0 ? "; " : "", before, text);
}

static void set_what(const struct show *how, struct grid *g, const json_t *f)
{
	struct buf what;

	buf_init(&what, WHAT_BYTES);
	put_part(&what, f, "message", is_unknown(f) ? "not known: " : "");
	if (how->wide)
		put_part(&what, f, "remedy", "what to do: ");
	grid_set(g, COLUMN_WHAT, buf_text(&what));
	buf_done(&what);
}

static void add(const struct show *how, struct grid *g, const json_t *f, bool past)
{
	const json_t *object = got_object(f, "object");
	char text[NAME_SIZE];

	grid_row(g, mark_of_finding(f));
	grid_set(g, COLUMN_SEVERITY, got_text(f, "severity", text, sizeof text));
	grid_set(g, COLUMN_RULE, got_text(f, "rule", text, sizeof text));
	grid_set(g, COLUMN_KIND, got_text(object, "kind", text, sizeof text));
	if (got_text(object, "name", text, sizeof text)[0] == '\0')
		got_text(object, "id", text, sizeof text);
	grid_set(g, COLUMN_NAME, text);
	if (how->wide)
		grid_set(g, COLUMN_ID, got_text(object, "id", text, sizeof text));
	grid_set(g, COLUMN_PLAN, got_text(f, "plan", text, sizeof text));
	set_times(how, g, f, past);
	set_what(how, g, f);
}

/* ---- all of them */

static void put_notices(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "notices");

	for (size_t i = 0; i < got_count(list); i++) {
		char file[NAME_SIZE];
		char text[NAME_SIZE];
		char line[2 * NAME_SIZE];

		text_printf(line, sizeof line, "%s: %s",
			    got_text(got_element(list, i), "file", file, sizeof file),
			    got_text(got_element(list, i), "text", text, sizeof text));
		mark_put_line(MARK_WARNING, &how->term, line, out);
	}
}

void show_findings(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "findings");
	bool past = json_object_get(o, "directory") == NULL;
	size_t count = got_count(list);
	struct grid g;

	grid_init(&g, columns, COLUMN_N);
	for (size_t i = 0; i < count; i++)
		add(how, &g, got_element(list, i), past);
	grid_put(&g, &how->term, out);
	grid_done(&g);
	if (count > 0)
		buf_puts(out, "\n");
	if (how->wide)
		put_notices(how, o, out);
	if (json_object_get(o, "next") != NULL)
		buf_printf(out, "These are %zu; there are more (--limit, -o json).\n", count);
	else if (count == 0)
		buf_puts(out, "No findings.\n");
	if (!past)
		judgement_put(how, o, "", out);
}
