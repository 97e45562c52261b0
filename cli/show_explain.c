/* SPDX-License-Identifier: Apache-2.0 */
/* show_explain.c: all that matters of one endpoint, on one screen; see show.h. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "cli/availability.h"
#include "cli/got.h"
#include "cli/mark.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "report/meaning.h"
#include "report/table.h"

enum { LABEL_COLUMNS = 14, WORD_SIZE = 64, NAME_SIZE = 300, TEXT_SIZE = 1024, LINE_BYTES = 4096 };

/* "Label         text", wrapped; nothing for no text. */
static void put_field(const struct show *how, const char *label, const char *text, struct buf *out)
{
	if (text[0] == '\0')
		return;
	buf_printf(out, "%-*s", LABEL_COLUMNS, label);
	term_wrap(out, text, LABEL_COLUMNS, LABEL_COLUMNS, how->term.width);
}

static void put_line(const struct show *how, const char *label, struct buf *line, struct buf *out)
{
	put_field(how, label, buf_text(line), out);
	buf_clear(line);
}

/* Why it is not clear: of the port, else of the service, else of the certificate; "" when it is. */
static void find_reason(const json_t *e, char ret_reason[WORD_SIZE])
{
	const json_t *service = got_object(e, "service");
	const json_t *trust = got_object(e, "trust");

	got_text(e, "reason", ret_reason, WORD_SIZE);
	if (strcmp(ret_reason, "ok") == 0 && !got_is(service, "state", "serving"))
		got_text(service, "reason", ret_reason, WORD_SIZE);
	if ((ret_reason[0] == '\0' || strcmp(ret_reason, "ok") == 0) &&
	    !got_is(trust, "reason", "trusted"))
		got_text(trust, "reason", ret_reason, WORD_SIZE);
	if (strcmp(ret_reason, "ok") == 0)
		ret_reason[0] = '\0';
}

static void put_title(const struct show *how, const json_t *e, struct buf *out)
{
	enum mark mark = mark_of(e);
	const char *sign = mark_sign(mark, &how->term);
	size_t indent = term_columns(sign) + 1;
	char name[NAME_SIZE];
	char address[WORD_SIZE];
	char state[WORD_SIZE];
	char reason[WORD_SIZE];
	struct buf line;

	buf_init(&line, LINE_BYTES);
	got_text(e, "address", address, sizeof address);
	got_text(e, "state", state, sizeof state);
	find_reason(e, reason);
	buf_printf(&line, "%s%s%s  %s", got_text(e, "name", name, sizeof name),
		   address[0] != '\0' ? "  " : "", address, state);
	if (reason[0] != '\0')
		buf_printf(&line, " (%s)", reason);
	if (got_true(e, "flapping"))
		buf_puts(&line, ", flapping");
	buf_printf(out, "%s%s%s ", how->term.colour ? mark_colour(mark) : "", sign,
		   how->term.colour ? "\033[0m" : "");
	term_wrap(out, buf_text(&line), indent, indent, how->term.width);
	buf_done(&line);
}

/* What it is for, and what fails while it is not clear. */
static void put_meaning(const json_t *e, struct buf *line)
{
	char role[WORD_SIZE];
	char check[WORD_SIZE];
	char purpose[TEXT_SIZE];
	enum mark mark = mark_of(e);

	got_text(e, "role", role, sizeof role);
	got_text(e, "check", check, sizeof check);
	if (got_text(e, "purpose", purpose, sizeof purpose)[0] != '\0')
		buf_printf(line, "%s; ", purpose);
	switch (mark) {
	case MARK_GOOD:
	case MARK_WARNING:
		buf_printf(line, "the way is clear; if it were not, %s",
			   meaning_effect(role, check));
		break;
	case MARK_BAD:
		buf_puts(line, meaning_effect(role, check));
		if (got_is(e, "severity", "warning"))
			buf_puts(line, "; not needed at every site");
		break;
	case MARK_UNKNOWN:
		buf_printf(line, "not known whether it is clear; if it is not, %s",
			   meaning_effect(role, check));
		break;
	}
}

/* Puts names in place of {name}, {host}, {way} and {hop}. */
static void fill(const char *template, const json_t *e, const char *hop, struct buf *line)
{
	char name[NAME_SIZE];
	char host[NAME_SIZE];
	char address[WORD_SIZE];
	char way[NAME_SIZE + WORD_SIZE];

	got_text(e, "name", name, sizeof name);
	got_text(e, "host", host, sizeof host);
	got_text(e, "address", address, sizeof address);
	(void)snprintf(way, sizeof way,
		       strchr(address, ':') != NULL ? "[%s]:%" PRId64 : "%s:%" PRId64,
		       address[0] != '\0' ? address : host, got_number(e, "port", 0));
	meaning_put(template,
		    &(struct meaning_names){ .name = name, .host = host, .way = way, .hop = hop },
		    line);
}

/* Who stands in the way, as ICMP or the last trace said; "" when nobody did. */
static void find_hop(const json_t *o, char ret_hop[WORD_SIZE])
{
	const json_t *icmp = got_object(got_object(o, "endpoint"), "icmp");

	if (got_text(icmp, "from", ret_hop, WORD_SIZE)[0] == '\0' &&
	    got_text(got_object(o, "span"), "offender", ret_hop, WORD_SIZE)[0] == '\0')
		got_text(got_object(o, "trace"), "by", ret_hop, WORD_SIZE);
}

static void put_since(const struct show *how, const json_t *o, struct buf *line)
{
	const json_t *e = got_object(o, "endpoint");
	const json_t *event = got_object(o, "event");
	char text[MOMENT_TEXT_SIZE];
	char span[MOMENT_SPAN_SIZE];
	char before[WORD_SIZE];
	char after[WORD_SIZE];
	char kind[WORD_SIZE];
	char reason[WORD_SIZE];
	struct wall t;

	if (!got_time(event, "time", &t) && !got_time(e, "since", &t))
		return;
	moment_format(t, text);
	moment_format_span(how->now.ms > t.ms ? how->now.ms - t.ms : 0, span);
	buf_printf(line, "%s, %s ago", text, span);
	if (event == NULL)
		return;
	got_text(event, "before", before, sizeof before);
	got_text(event, "after", after, sizeof after);
	buf_printf(line, ": %s", got_text(event, "kind", kind, sizeof kind));
	if (before[0] != '\0')
		buf_printf(line, " %s %s", before, how->term.utf8 ? "→" : "->");
	buf_printf(line, "%s%s", after[0] != '\0' ? " " : "", after);
	got_text(event, "reason", reason, sizeof reason);
	if (reason[0] != '\0' && strcmp(reason, "ok") != 0 && strcmp(reason, after) != 0)
		buf_printf(line, " (%s)", reason);
}

/* "rejected by 10.1.7.1 (admin-prohibited)", "silent-beyond 10.1.7.1, traced 12 min ago" */
static void put_hop(const struct show *how, const json_t *o, struct buf *line)
{
	const json_t *trace = got_object(o, "trace");
	char hop[WORD_SIZE];
	char outcome[WORD_SIZE];
	char by[WORD_SIZE];
	char span[MOMENT_SPAN_SIZE];
	struct wall t;

	find_hop(o, hop);
	if (got_is(got_object(o, "endpoint"), "state", "open"))
		return; /* an old trace explains nothing */
	if (trace == NULL) {
		if (hop[0] != '\0')
			buf_printf(line, "rejected by %s", hop);
		return;
	}
	got_text(trace, "by", by, sizeof by);
	buf_printf(line, "%s%s%s", got_text(trace, "outcome", outcome, sizeof outcome),
		   by[0] != '\0' ? " " : "", by);
	if (got_time(trace, "time", &t)) {
		moment_format_span(how->now.ms > t.ms ? how->now.ms - t.ms : 0, span);
		buf_printf(line, ", traced %s ago", span);
	}
	if (hop[0] != '\0' && strcmp(hop, by) != 0)
		buf_printf(line, "; rejected by %s", hop);
}

static void put_certificate(const struct show *how, const json_t *e, struct buf *line)
{
	const json_t *c = got_object(e, "certificate");
	const json_t *trust = got_object(e, "trust");
	char subject[TEXT_SIZE];
	char sha1[NAME_SIZE];
	char reason[WORD_SIZE];
	char span[MOMENT_SPAN_SIZE];
	struct wall end;

	if (c == NULL)
		return;
	buf_printf(line, "%s; %s", got_text(c, "subject", subject, sizeof subject),
		   got_text(trust, "reason", reason, sizeof reason)[0] != '\0' ? reason
									       : "not judged");
	if (got_time(c, "not_after", &end)) {
		bool over = end.ms <= how->now.ms;

		moment_format_span(over ? how->now.ms - end.ms : end.ms - how->now.ms, span);
		buf_printf(line, over ? "; expired %s ago" : "; expires in %s", span);
	}
	if (got_text(c, "sha1", sha1, sizeof sha1)[0] != '\0')
		buf_printf(line, "; SHA-1 %s", sha1);
}

static void put_availability(const json_t *o, struct buf *line)
{
	static const char *const windows[][2] = { { "24h", "24 h" }, { "7d", "7 d" } };
	const json_t *all = got_object(o, "availability");
	const char *between = "";

	for (size_t i = 0; i < ARRAY_LEN(windows); i++) {
		const json_t *summary = got_object(all, windows[i][0]);

		if (summary == NULL)
			continue;
		buf_printf(line, "%s%s: ", between, windows[i][1]);
		availability_put_brief(summary, line);
		between = " | ";
	}
}

static void put_next(const json_t *e, const struct meaning *m, const char *hop, struct buf *line)
{
	if (m != NULL)
		fill(m->next, e, hop, line);
	else if (mark_of(e) == MARK_GOOD)
		buf_puts(line, "none");
	else
		fill("banksman history {name} shows when it was otherwise", e, hop, line);
}

static void put_checked(const struct show *how, const json_t *e, struct buf *line)
{
	char text[MOMENT_SPAN_SIZE];
	char rtt[RTT_TEXT_SIZE];
	int64_t us = got_number(e, "rtt_us", -1);
	struct wall t;

	if (!got_time(e, "checked", &t))
		return;
	moment_format_span(how->now.ms > t.ms ? how->now.ms - t.ms : 0, text);
	buf_printf(line, "%s ago", text);
	if (us >= 0) {
		table_format_rtt(us, rtt);
		buf_printf(line, "; round-trip time %s", rtt);
	}
	if (got_number(e, "checks", 0) > 0)
		buf_printf(line, "; %" PRId64 " of %" PRId64 " checks lost since the start",
			   got_number(e, "losses", 0), got_number(e, "checks", 0));
}

void show_explain(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *e = got_object(o, "endpoint");
	char sentence[TEXT_SIZE];
	char reason[WORD_SIZE];
	char hop[WORD_SIZE];
	const struct meaning *m;
	struct buf line;

	find_reason(e, reason);
	find_hop(o, hop);
	m = meaning_find(reason);
	buf_init(&line, LINE_BYTES);
	put_title(how, e, out);
	buf_puts(out, "\n");
	put_field(how, "Outcome", got_text(e, "sentence", sentence, sizeof sentence), out);
	put_meaning(e, &line);
	put_line(how, "Meaning", &line, out);
	if (m != NULL)
		fill(m->cause, e, hop, &line);
	put_line(how, "Likely cause", &line, out);
	put_since(how, o, &line);
	put_line(how, "Last change", &line, out);
	put_hop(how, o, &line);
	put_line(how, "Hop", &line, out);
	put_certificate(how, e, &line);
	put_line(how, "Certificate", &line, out);
	put_availability(o, &line);
	put_line(how, "Availability", &line, out);
	put_field(how, "History", got_text(o, "history_error", sentence, sizeof sentence), out);
	put_checked(how, e, &line);
	put_line(how, "Last check", &line, out);
	put_next(e, m, hop, &line);
	put_line(how, "Next step", &line, out);
	buf_done(&line);
}
