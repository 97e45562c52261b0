/* SPDX-License-Identifier: Apache-2.0 */
/* show_alerts.c: what is wrong, and who was told; see show.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "cli/got.h"
#include "cli/grid.h"
#include "cli/mark.h"
#include "cli/moment.h"
#include "cli/show.h"

enum { WORD_SIZE = 64, NAME_SIZE = 300, TEXT_SIZE = 1500, WHAT_BYTES = 8192, LINE_BYTES = 4096 };

enum column {
	COLUMN_SEVERITY,
	COLUMN_SINCE,
	COLUMN_FOR,
	COLUMN_ALERT,
	COLUMN_TARGET,
	COLUMN_ADDRESS,
	COLUMN_PROVIDER,
	COLUMN_STATE,
	COLUMN_TOLD,
	COLUMN_WHAT,
	COLUMN_N
};

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_SEVERITY] = { .title = "SEVERITY" },
	[COLUMN_SINCE] = { .title = "SINCE" },
	[COLUMN_FOR] = { .title = "FOR", .right = true },
	[COLUMN_ALERT] = { .title = "ALERT" },
	[COLUMN_TARGET] = { .title = "TARGET" },
	[COLUMN_ADDRESS] = { .title = "ADDRESS" },
	[COLUMN_PROVIDER] = { .title = "PROVIDER" },
	[COLUMN_STATE] = { .title = "STATE" },
	[COLUMN_TOLD] = { .title = "TOLD" },
	[COLUMN_WHAT] = { .title = "WHAT", .prose = true },
};

/* How much it matters now: what has ended comes last. */
enum rank { RANK_CRITICAL, RANK_WARNING, RANK_OTHER, RANK_ENDED, RANK_N };

static enum rank rank_of(const json_t *a)
{
	struct wall ends;

	if (got_time(a, "ends", &ends))
		return RANK_ENDED;
	if (got_is(a, "severity", "critical"))
		return RANK_CRITICAL;
	return got_is(a, "severity", "warning") ? RANK_WARNING : RANK_OTHER;
}

static enum mark mark_of_rank(enum rank r)
{
	switch (r) {
	case RANK_CRITICAL:
		return MARK_BAD;
	case RANK_WARNING:
	case RANK_OTHER:
		return MARK_WARNING;
	case RANK_ENDED:
	case RANK_N:
		break;
	}
	return MARK_GOOD;
}

/* ---- one alert */

/* How long ago t was, or was to another moment. */
static void format_between(struct wall from, struct wall to, char ret_text[MOMENT_SPAN_SIZE])
{
	moment_format_span(to.ms > from.ms ? to.ms - from.ms : 0, ret_text);
}

static void set_times(const struct show *how, struct grid *g, const json_t *a, bool past)
{
	char moment[MOMENT_TEXT_SIZE];
	char span[MOMENT_SPAN_SIZE];
	struct wall ends = how->now;
	struct wall starts;
	bool ended = got_time(a, "ends", &ends);

	if (got_time(a, "starts", &starts)) {
		moment_format(starts, moment);
		grid_set(g, COLUMN_SINCE, how->wide || past ? moment : "");
		format_between(starts, ends, span);
		grid_set(g, COLUMN_FOR, span);
	}
	if (ended)
		grid_set(g, COLUMN_STATE, "ended");
	else if (got_true(a, "silenced"))
		grid_set(g, COLUMN_STATE, "silenced");
	else if (past)
		grid_set(g, COLUMN_STATE, "lasts");
}

/* Those who know of it as it is now: "am, log". */
static void set_told(struct grid *g, const json_t *a)
{
	const json_t *list = got_list(a, "deliveries");
	int64_t revision = got_number(a, "revision", -1);
	char name[NAME_SIZE];
	struct buf told;

	buf_init(&told, LINE_BYTES);
	for (size_t i = 0; i < got_count(list); i++) {
		const json_t *d = got_element(list, i);

		if (got_number(d, "revision", 0) == revision)
			buf_printf(&told, "%s%s", told.len > 0 ? ", " : "",
				   got_text(d, "sink", name, sizeof name));
		else if (got_number(d, "refused", 0) == revision)
			buf_printf(&told, "%snot %s", told.len > 0 ? ", " : "",
				   got_text(d, "sink", name, sizeof name));
	}
	grid_set(g, COLUMN_TOLD, buf_text(&told));
	buf_done(&told);
}

static void set_wide(struct grid *g, const json_t *a)
{
	const json_t *labels = got_object(a, "labels");
	char text[NAME_SIZE];

	grid_set(g, COLUMN_ADDRESS, got_text(labels, "address", text, sizeof text));
	grid_set(g, COLUMN_PROVIDER, got_text(labels, "provider", text, sizeof text));
	set_told(g, a);
}

/* What it is about: an endpoint, else all of a provider or plan, else this node. */
static void set_target(struct grid *g, const json_t *a)
{
	const json_t *labels = got_object(a, "labels");
	char target[NAME_SIZE];
	char text[NAME_SIZE + WORD_SIZE];

	if (got_text(labels, "target", target, sizeof target)[0] != '\0')
		text_printf(text, sizeof text, "%s", target);
	else if (got_text(labels, "provider", target, sizeof target)[0] != '\0')
		text_printf(text, sizeof text, "provider %s", target);
	else if (got_text(labels, "plan", target, sizeof target)[0] != '\0')
		text_printf(text, sizeof text, "plan %s", target);
	else
		text_printf(text, sizeof text, "node %s",
			    got_text(labels, "node", target, sizeof target));
	grid_set(g, COLUMN_TARGET, text);
}

static void put_part(struct buf *out, const json_t *annotations, const char *key,
		     const char *before)
{
	char text[TEXT_SIZE];

	if (got_text(annotations, key, text, sizeof text)[0] != '\0')
		buf_printf(out, "%s%s%s", out->len > 0 ? "; " : "", before, text);
}

/* All that is known of it. */
static void put_more(struct buf *out, const json_t *annotations)
{
	char moment[MOMENT_TEXT_SIZE];
	struct wall good;

	put_part(out, annotations, "hop", "hop ");
	put_part(out, annotations, "trace", "the way: ");
	if (got_time(annotations, "last_good", &good)) {
		moment_format(good, moment);
		buf_printf(out, "; last good %s", moment);
	}
	put_part(out, annotations, "impact", "");
	put_part(out, annotations, "remedy", "what to do: ");
}

static void put_end(const struct show *how, struct buf *out, const json_t *a)
{
	char span[MOMENT_SPAN_SIZE];
	char why[TEXT_SIZE];
	struct wall ends;

	if (!got_time(a, "ends", &ends))
		return;
	got_text(got_object(a, "annotations"), "resolution", why, sizeof why);
	format_between(ends, how->now, span);
	buf_printf(out, "; ended %s ago%s%s", span, why[0] != '\0' ? ": " : "", why);
}

static void set_what(const struct show *how, struct grid *g, const json_t *a)
{
	const json_t *annotations = got_object(a, "annotations");
	struct buf what;

	buf_init(&what, WHAT_BYTES);
	put_part(&what, annotations, "summary", "");
	if (how->wide)
		put_more(&what, annotations);
	put_end(how, &what, a);
	grid_set(g, COLUMN_WHAT, buf_text(&what));
	buf_done(&what);
}

static void add(const struct show *how, struct grid *g, const json_t *a, bool past)
{
	char text[NAME_SIZE];

	grid_row(g, mark_of_rank(rank_of(a)));
	grid_set(g, COLUMN_SEVERITY, got_text(a, "severity", text, sizeof text));
	grid_set(g, COLUMN_ALERT, got_text(a, "alertname", text, sizeof text));
	set_times(how, g, a, past);
	set_target(g, a);
	set_what(how, g, a);
	if (how->wide)
		set_wide(g, a);
}

/* ---- those who are told */

static void put_sink(const struct show *how, const json_t *s, struct buf *out)
{
	bool failing = got_true(s, "failing");
	int64_t pending = got_number(s, "pending", 0);
	int64_t refused = got_number(s, "refused", 0);
	char name[NAME_SIZE];
	char trouble[TEXT_SIZE];
	char span[MOMENT_SPAN_SIZE];
	struct wall t;
	struct buf line;

	buf_init(&line, LINE_BYTES);
	buf_printf(&line, "sink %s: ", got_text(s, "sink", name, sizeof name));
	if (failing) {
		buf_puts(&line, "failing");
		if (got_time(s, "oldest", &t)) {
			format_between(t, how->now, span);
			buf_printf(&line, " for %s", span);
		}
		got_text(s, "trouble", trouble, sizeof trouble);
		buf_printf(&line, ": %s", trouble[0] != '\0' ? trouble : "no reason given");
	} else {
		buf_printf(&line, "%" PRId64 " taken", got_number(s, "taken", 0));
	}
	if (pending > 0)
		buf_printf(&line, "; %" PRId64 " wait%s", pending, pending == 1 ? "s" : "");
	if (refused > 0)
		buf_printf(&line, "; %" PRId64 " refused for good", refused);
	if (got_time(s, "told", &t)) {
		format_between(t, how->now, span);
		buf_printf(&line, "; last told %s ago", span);
	}
	mark_put_line(failing || refused > 0 ? MARK_WARNING : MARK_GOOD, &how->term,
		      buf_text(&line), out);
	buf_done(&line);
}

/* Those that are well are shown when everything is. */
static void put_sinks(const struct show *how, const json_t *sinks, struct buf *out)
{
	for (size_t i = 0; i < got_count(sinks); i++) {
		const json_t *s = got_element(sinks, i);

		if (how->wide || got_true(s, "failing") || got_number(s, "refused", 0) > 0)
			put_sink(how, s, out);
	}
}

/* ---- all of them */

static void put_counts(const struct show *how, const json_t *o, struct buf *out)
{
	static const char *const words[RANK_ENDED] = { "critical", "warning", "info" };
	const json_t *list = got_list(o, "alerts");
	size_t counts[RANK_N] = { 0 };
	size_t count = got_count(list);
	size_t silenced = 0;
	const char *comma = ": ";
	char next[WORD_SIZE];
	size_t lasting;
	struct buf line;

	for (size_t i = 0; i < count; i++) {
		enum rank r = rank_of(got_element(list, i));

		counts[r]++;
		silenced += r != RANK_ENDED && got_true(got_element(list, i), "silenced");
	}
	lasting = count - counts[RANK_ENDED];
	buf_init(&line, LINE_BYTES);
	if (lasting == 0)
		buf_puts(&line, "No alert lasts");
	else
		buf_printf(&line, "%zu alert%s", lasting, lasting == 1 ? " lasts" : "s last");
	for (size_t r = 0; r < RANK_ENDED; r++)
		if (counts[r] > 0) {
			buf_printf(&line, "%s%zu %s", comma, counts[r], words[r]);
			comma = ", ";
		}
	if (silenced > 0)
		buf_printf(&line, "; %zu %s silenced", silenced, silenced == 1 ? "is" : "are");
	if (got_text(o, "next", next, sizeof next)[0] != '\0')
		buf_puts(&line, "; there are more (--limit)");
	buf_puts(&line, ".");
	term_wrap(out, buf_text(&line), 0, 0, how->term.width);
	buf_done(&line);
}

/* What was: the newest first, as the daemon has it.  What is: the worst first, then the newest. */
static void put_alerts(const struct show *how, const json_t *list, bool past, struct buf *out)
{
	size_t count = got_count(list);
	struct grid g;

	grid_init(&g, columns, COLUMN_N);
	for (size_t i = 0; past && i < count; i++)
		add(how, &g, got_element(list, i), past);
	for (int r = 0; !past && r < RANK_N; r++)
		for (size_t i = count; i-- > 0;)
			if (rank_of(got_element(list, i)) == (enum rank)r)
				add(how, &g, got_element(list, i), past);
	grid_put(&g, &how->term, out);
	grid_done(&g);
	if (count > 0)
		buf_puts(out, "\n");
}

void show_alerts(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *sinks = got_list(o, "sinks");
	const json_t *list = got_list(o, "alerts");
	char next[WORD_SIZE];

	if (sinks == NULL && got_count(list) == 0) {
		buf_puts(out, "No alerts.\n");
		return;
	}
	put_alerts(how, list, sinks == NULL, out);
	if (sinks != NULL) {
		put_sinks(how, sinks, out);
		put_counts(how, o, out);
	} else {
		buf_printf(out, "%zu alert%s%s.\n", got_count(list),
			   got_count(list) == 1 ? "" : "s",
			   got_text(o, "next", next, sizeof next)[0] != '\0'
				   ? "; there are more (--limit)"
				   : "");
	}
}
