/* SPDX-License-Identifier: Apache-2.0 */
/* show_status.c: the daemon and its endpoints; see show.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "cli/got.h"
#include "cli/grid.h"
#include "cli/judgement.h"
#include "cli/mark.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "cli/summary.h"
#include "report/finding.h"
#include "report/table.h"

enum { NAME_SIZE = 300, WORD_SIZE = 64, SENTENCE_SIZE = 1024, LINE_BYTES = 4096 };

enum column {
	COLUMN_NAME,
	COLUMN_ADDRESS,
	COLUMN_PROVIDER,
	COLUMN_CHECK,
	COLUMN_STATE,
	COLUMN_SINCE,
	COLUMN_SERVICE,
	COLUMN_TRUST,
	COLUMN_LOSS,
	COLUMN_RTT,
	COLUMN_WHAT,
	COLUMN_N
};

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_NAME] = { .title = "ENDPOINT" },
	[COLUMN_ADDRESS] = { .title = "ADDRESS" },
	[COLUMN_PROVIDER] = { .title = "PROVIDER" },
	[COLUMN_CHECK] = { .title = "CHECK" },
	[COLUMN_STATE] = { .title = "STATE" },
	[COLUMN_SINCE] = { .title = "FOR", .right = true },
	[COLUMN_SERVICE] = { .title = "SERVICE" },
	[COLUMN_TRUST] = { .title = "CERTIFICATE" },
	[COLUMN_LOSS] = { .title = "LOST", .right = true },
	[COLUMN_RTT] = { .title = "RTT", .right = true },
	[COLUMN_WHAT] = { .title = "WHAT", .prose = true },
};

/* ---- the daemon */

/* "12 filtered, 3 failing": what there is of each. */
static void put_counts(const json_t *counts, struct buf *out)
{
	static const char *const words[][2] = {
		{ "open", "open" },
		{ "closed", "closed" },
		{ "filtered", "filtered" },
		{ "unreachable", "unreachable" },
		{ "unresolved", "unresolved" },
		{ "unknown", "unknown" },
		{ "unobserved", "not observed yet" },
		{ "failing", "open but failing" },
		{ "untrusted", "with an untrusted certificate" },
		{ "flapping", "flapping" },
	};
	const char *comma = ": ";

	buf_printf(out, "%" PRId64 " endpoints", got_number(counts, "total", 0));
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		int64_t n = got_number(counts, words[i][0], 0);

		if (n <= 0)
			continue;
		buf_printf(out, "%s%" PRId64 " %s", comma, n, words[i][1]);
		comma = ", ";
	}
}

/* Hosts that are not watched, though exports name them. */
static void put_strangers(const struct show *how, const json_t *daemon, struct buf *out)
{
	int64_t n =
		got_number(got_object(got_object(daemon, "inventory"), "hosts"), "strangers", 0);
	char text[SENTENCE_SIZE];

	if (n <= 0)
		return;
	(void)snprintf(text, sizeof text,
		       "%" PRId64 " host%s that the exports name %s not watched: no vCenter or "
		       "engine that is watched is said to be theirs",
		       n, n == 1 ? "" : "s", n == 1 ? "is" : "are");
	mark_put_line(MARK_WARNING, &how->term, text, out);
}

/* What keeps the daemon from doing all of its work, a line each. */
static void put_troubles(const struct show *how, const json_t *daemon, struct buf *out)
{
	const json_t *store = got_object(daemon, "store");
	char text[SENTENCE_SIZE];
	struct buf line;

	buf_init(&line, LINE_BYTES);
	if (store != NULL && !got_true(store, "writable")) {
		got_text(store, "trouble", text, sizeof text);
		buf_printf(&line,
			   "the history is not being written: %s; %" PRId64 " waiting, %" PRId64
			   " given up",
			   text[0] != '\0' ? text : "no reason given",
			   got_number(store, "queued", 0), got_number(store, "dropped", 0));
		mark_put_line(MARK_BAD, &how->term, buf_text(&line), out);
		buf_clear(&line);
	}
	got_text(got_object(daemon, "configuration"), "error", text, sizeof text);
	if (text[0] != '\0') {
		buf_printf(&line, "the configuration was not reloaded, the old one stays: %s",
			   text);
		mark_put_line(MARK_WARNING, &how->term, buf_text(&line), out);
		buf_clear(&line);
	}
	got_text(got_object(daemon, "configuration"), "listen_error", text, sizeof text);
	if (text[0] != '\0') {
		buf_printf(&line, "it does not listen as its configuration says: %s", text);
		mark_put_line(MARK_WARNING, &how->term, buf_text(&line), out);
	}
	buf_done(&line);
}

/* "in flight 3, waiting 0, …": how the daemon itself is. */
static void put_inside(const struct show *how, const json_t *daemon, struct buf *out)
{
	const json_t *schedule = got_object(daemon, "schedule");
	const json_t *store = got_object(daemon, "store");
	const json_t *configuration = got_object(daemon, "configuration");
	char text[SENTENCE_SIZE];
	double late;
	struct buf line;

	buf_init(&line, LINE_BYTES);
	buf_printf(&line,
		   "%" PRId64 " checks in flight, %" PRId64 " waiting, %" PRId64 " made, %" PRId64
		   " skipped, %" PRId64 " impossible here",
		   got_number(schedule, "in_flight", 0), got_number(schedule, "waiting", 0),
		   got_number(schedule, "started", 0) + got_number(schedule, "served", 0),
		   got_number(schedule, "skipped", 0), got_number(schedule, "local", 0));
	if (got_real(schedule, "lateness_p99_ms", &late))
		buf_printf(&line, "; 99 of 100 at most %.3g ms late", late);
	term_wrap(out, buf_text(&line), 0, 2, how->term.width);
	buf_clear(&line);
	if (store != NULL) {
		buf_printf(&line, "history: %.1f MiB, %" PRId64 " waiting, %" PRId64 " given up",
			   (double)got_number(store, "bytes", 0) / 1048576,
			   got_number(store, "queued", 0), got_number(store, "dropped", 0));
		term_wrap(out, buf_text(&line), 0, 2, how->term.width);
		buf_clear(&line);
	}
	if (got_text(configuration, "path", text, sizeof text)[0] != '\0') {
		buf_printf(&line, "configuration: %s, %" PRId64 " targets", text,
			   got_number(configuration, "targets", 0));
		term_wrap(out, buf_text(&line), 0, 2, how->term.width);
	}
	buf_done(&line);
}

static void put_daemon(const struct show *how, const json_t *daemon, struct buf *out)
{
	const json_t *names = got_object(daemon, "names");
	int64_t unresolved = got_number(names, "unresolved", 0);
	char node[NAME_SIZE];
	char version[WORD_SIZE];
	char now[MOMENT_TEXT_SIZE] = "";
	char up[MOMENT_SPAN_SIZE];
	struct wall time;
	struct buf line;

	buf_init(&line, LINE_BYTES);
	moment_format_span(got_number(daemon, "uptime_s", 0) * 1000, up);
	if (got_time(daemon, "time", &time))
		moment_format(time, now);
	buf_printf(&line, "banksmand %s on %s, up %s%s%s",
		   got_text(daemon, "version", version, sizeof version),
		   got_text(daemon, "node", node, sizeof node), up, now[0] != '\0' ? ", " : "",
		   now);
	term_wrap(out, buf_text(&line), 0, 2, how->term.width);
	buf_clear(&line);
	put_counts(got_object(daemon, "endpoints"), &line);
	if (unresolved > 0)
		buf_printf(&line, "; %" PRId64 " of %" PRId64 " names cannot be resolved",
			   unresolved, got_number(names, "total", 0));
	term_wrap(out, buf_text(&line), 0, 2, how->term.width);
	buf_done(&line);
	if (got_object(daemon, "inventory") != NULL)
		judgement_put(how, got_object(daemon, "inventory"), "inventory: ", out);
	if (how->wide)
		put_inside(how, daemon, out);
	put_troubles(how, daemon, out);
	put_strangers(how, daemon, out);
}

/* ---- the endpoints */

/* "failing (tls-alert)"; the reason is left out when it says no more than the state. */
static void set_pair(struct grid *g, size_t column, const json_t *o)
{
	char state[WORD_SIZE];
	char reason[WORD_SIZE];
	char text[2 * WORD_SIZE + 4];

	got_text(o, "state", state, sizeof state);
	got_text(o, "reason", reason, sizeof reason);
	if (reason[0] == '\0' || strcmp(reason, "ok") == 0 || strcmp(state, reason) == 0)
		(void)snprintf(text, sizeof text, "%s", state);
	else
		(void)snprintf(text, sizeof text, "%s (%s)", state, reason);
	grid_set(g, column, text);
}

static void set_wide(struct grid *g, const json_t *e)
{
	char text[NAME_SIZE];
	int64_t checks = got_number(e, "checks", 0);

	grid_set(g, COLUMN_PROVIDER, got_text(e, "provider", text, sizeof text));
	grid_set(g, COLUMN_CHECK, got_text(e, "check", text, sizeof text));
	set_pair(g, COLUMN_SERVICE, got_object(e, "service"));
	set_pair(g, COLUMN_TRUST, got_object(e, "trust"));
	if (checks > 0) {
		(void)snprintf(text, sizeof text, "%" PRId64 " of %" PRId64,
			       got_number(e, "losses", 0), checks);
		grid_set(g, COLUMN_LOSS, text);
	}
}

static void add_endpoint(const struct show *how, struct grid *g, const json_t *e)
{
	char text[SENTENCE_SIZE];
	char rtt[RTT_TEXT_SIZE];
	struct wall since;

	grid_row(g, mark_of(e));
	grid_set(g, COLUMN_NAME, got_text(e, "name", text, sizeof text));
	grid_set(g, COLUMN_ADDRESS, got_text(e, "address", text, sizeof text));
	got_text(e, "state", text, WORD_SIZE);
	if (got_true(e, "flapping"))
		(void)snprintf(text + strlen(text), sizeof text - strlen(text), " (flapping)");
	grid_set(g, COLUMN_STATE, text);
	if (got_time(e, "since", &since)) {
		moment_format_span(how->now.ms > since.ms ? how->now.ms - since.ms : 0, text);
		grid_set(g, COLUMN_SINCE, text);
	}
	table_format_rtt(got_number(e, "rtt_us", -1), rtt);
	grid_set(g, COLUMN_RTT, rtt);
	grid_set(g, COLUMN_WHAT, got_text(e, "sentence", text, sizeof text));
	if (how->wide)
		set_wide(g, e);
}

/* What is worst comes first, and then stays in the daemon's order. */
static void put_endpoints(const struct show *how, const json_t *list, struct buf *out)
{
	static const enum mark order[] = { MARK_BAD, MARK_UNKNOWN, MARK_WARNING, MARK_GOOD };
	size_t count = got_count(list);
	struct grid g;

	grid_init(&g, columns, COLUMN_N);
	for (size_t m = 0; m < ARRAY_LEN(order); m++)
		for (size_t i = 0; i < count; i++)
			if (mark_of(got_element(list, i)) == order[m])
				add_endpoint(how, &g, got_element(list, i));
	grid_put(&g, &how->term, out);
	grid_done(&g);
}

void show_status(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *daemon = got_object(o, "daemon");
	const json_t *list = got_list(o, "endpoints");

	if (daemon != NULL) {
		put_daemon(how, daemon, out);
		buf_puts(out, "\n");
	}
	put_endpoints(how, list, out);
	if (got_count(list) > 0)
		buf_puts(out, "\n");
	if (how->problems && got_count(list) == 0)
		term_wrap(out, "No problems.", 0, 0, how->term.width);
	else
		summary_put(how, o, out);
}
