/* SPDX-License-Identifier: Apache-2.0 */
/* findingapi.c: see findingapi.h. */
#include "daemon/findingapi.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "daemon/exchange.h"
#include "daemon/findingfilter.h"
#include "daemon/params.h"
#include "daemon/past.h"
#include "daemon/remarks.h"
#include "daemon/reply.h"
#include "daemon/store.h"
#include "daemon/survey.h"
#include "daemon/surveysum.h"
#include "daemon/view.h"
#include "report/json.h"

/* Findings of a piece: looked at, and sent. */
enum { PIECE_LOOKS = 4000, PIECE = 64 };

/* A place in the listing: the most severe first, and as the set has them. */
struct place {
	uint64_t number; /* of the set */
	uint64_t at;     /* RULE_SEVERITY_N rounds through it */
};

struct listing {
	struct exchange *exchange;
	const struct survey *survey; /* borrowed */
	struct findingfilter filter;
	struct place place;
	struct place next; /* where the page behind this one begins */
	size_t left;       /* of the page */
	bool begun, any, more;
};

/* ---- one finding */

static json_t *object_of(const struct remark *m)
{
	json_t *o = report_object();

	report_set_text(o, "kind", m->kind);
	report_set_text(o, "id", m->id);
	report_set_text(o, "name", m->name);
	return o;
}

static json_t *json_of(const struct listing *g, const struct remark *m, struct wall judged)
{
	const struct rule_text *r = survey_rule(g->survey, m->rule);
	json_t *o = report_object();

	report_set_text(o, "rule", m->rule);
	report_set_text(o, "severity", remark_severity(m->severity));
	report_set_text(o, "forklift_category", r != NULL ? r->category : "");
	report_set_text(o, "verdict", remark_verdict(m->unknown));
	report_set(o, "object", object_of(m));
	report_set_text(o, "plan", m->plan);
	report_set_text(o, "message", m->message);
	report_set_text(o, "title", r != NULL ? r->title : "");
	report_set_text(o, "remedy", r != NULL ? r->remedy : "");
	view_set_time(o, "first_seen", m->first);
	view_set_time(o, "last_seen", judged);
	return o;
}

json_t *findingapi_head(const struct survey *survey)
{
	json_t *o = report_object();
	struct survey_facts f;

	survey_facts(survey, &f);
	report_set_text(o, "directory", f.directory);
	view_set_time(o, "judged", f.judged);
	view_set_time(o, "judging", f.judging);
	report_set_text(o, "trouble", f.trouble);
	if (f.judged.ms == 0)
		return o;
	report_set_number(o, "took_ms", span_ms(f.took));
	report_set(o, "summary", surveysum_json(&f.summary));
	if (f.files != NULL)
		report_set(o, "files", json_deep_copy(f.files));
	if (json_array_size(f.notices) > 0)
		report_set(o, "notices", json_deep_copy(f.notices));
	return o;
}

/* ---- pieces */

static void put_json(struct buf *out, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	MUST(text != NULL);
	buf_puts(out, text);
	free(text);
	json_decref(value);
}

static void put_head(const struct listing *g, struct buf *out)
{
	json_t *head = findingapi_head(g->survey);
	char *text = json_dumps(head, JSON_COMPACT);
	size_t len;

	MUST(text != NULL);
	json_decref(head);
	len = strlen(text);
	buf_put(out, text, len - 1);
	buf_printf(out, "%s\"findings\":[", len > 2 ? "," : "");
	free(text);
}

/* NULL: of another round than this one. */
static const struct remark *remark_at(const struct listing *g, const struct remarks *r)
{
	size_t count = remarks_count(r);
	const struct remark *m = remarks_at(r, (size_t)(g->place.at % count));
	uint64_t round = RULE_SEVERITY_N - 1 - g->place.at / count;

	return (uint64_t)m->severity == round ? m : NULL;
}

/* The next ones; false: those were the last. */
static bool put_findings(struct listing *g, struct buf *out)
{
	const struct remarks *r = survey_remarks(g->survey);
	uint64_t end = (uint64_t)remarks_count(r) * RULE_SEVERITY_N;
	struct survey_facts f;
	size_t room = PIECE;

	survey_facts(g->survey, &f);
	if (g->place.number != remarks_number(r)) {
		g->more = true; /* and whoever asks for it is told why there is none */
		g->next = g->place;
		return false;
	}
	for (size_t looks = 0; g->place.at < end; looks++, g->place.at++) {
		const struct remark *m = remark_at(g, r);

		if (looks == PIECE_LOOKS || room == 0)
			return true;
		if (m == NULL || !findingfilter_fits(&g->filter, m))
			continue;
		g->more = g->left == 0;
		g->next = g->place;
		if (g->more)
			return false;
		buf_puts(out, g->any ? "," : "");
		put_json(out, json_of(g, m, f.judged));
		g->any = true;
		g->left--;
		room--;
	}
	return false;
}

static bool put_piece(void *owner, struct buf *out)
{
	struct listing *g = owner;

	if (!g->begun)
		put_head(g, out);
	g->begun = true;
	if (put_findings(g, out))
		return true;
	buf_puts(out, "]");
	if (g->more)
		buf_printf(out, ",\"next\":\"%" PRIu64 "-%" PRIu64 "\"", g->next.number,
			   g->next.at);
	buf_puts(out, "}\n");
	return false;
}

static void send_piece(void *owner)
{
	struct listing *g = owner;
	struct exchange *x = g->exchange;

	if (reply_piece(x, put_piece, g))
		return;
	free(g);
	exchange_end(x);
}

static void on_gone(void *owner)
{
	free(owner);
}

/* ---- what is asked */

/* "7-1200"; of another set than the one in force there is no next page. */
static bool take_place(struct exchange *x, const struct remarks *r, struct place *ret_place)
{
	const char *after = request_param(exchange_request(x), "after");
	uint64_t end = (uint64_t)remarks_count(r) * RULE_SEVERITY_N;
	struct place p = { .number = remarks_number(r) };
	const char *dash = after != NULL ? strchr(after, '-') : NULL;
	AUTO(text)
	char *number =
		xstrndup(dash != NULL ? after : "", dash != NULL ? (size_t)(dash - after) : 0);

	*ret_place = p;
	if (after == NULL)
		return true;
	if (dash == NULL || !parse_u64(number, 0, UINT64_MAX, &p.number) ||
	    !parse_u64(dash + 1, 0, UINT64_MAX, &p.at)) {
		reply_fail(x, 400, NULL, "after is the `next` of the page before");
		return false;
	}
	if (p.number != remarks_number(r) || p.at > end) {
		reply_fail(x, 409, "judged-again",
			   "the inventory was judged again meanwhile: ask from the beginning");
		return false;
	}
	*ret_place = p;
	return true;
}

static void list_now(const struct survey *survey, const struct findingfilter *f, size_t limit,
		     struct exchange *x)
{
	struct survey_facts facts;
	struct listing *g;
	struct place place;

	survey_facts(survey, &facts);
	if (facts.directory[0] == '\0') {
		reply_fail(x, 503, "no-inventory",
			   "this daemon judges no inventory (inventory.directory is empty)");
		return;
	}
	if (!take_place(x, survey_remarks(survey), &place))
		return;
	g = xcalloc(1, sizeof *g);
	*g = (struct listing){
		.exchange = x, .survey = survey, .filter = *f, .place = place, .left = limit
	};
	exchange_watch(x, &(struct exchange_watcher){
				  .owner = g, .gone = on_gone, .drained = send_piece });
	exchange_begin(x, "application/json");
	send_piece(g);
}

static bool fits(const void *filter, const json_t *row)
{
	return findingfilter_fits_row(filter, row);
}

void findingapi_list(const struct survey *survey, struct store *store, struct exchange *x)
{
	static const char *const names[] = { "severity", "verdict", "rule", "kind",
					     "name",     "plan",    "from", "to",
					     "history",  "limit",   "after" };
	struct question q = { .kind = QUESTION_FINDINGS,
			      .from = { .ms = INT64_MIN },
			      .to = { .ms = INT64_MAX } };
	uint64_t limit = PARAMS_LIMIT;
	uint64_t after = 0;
	struct findingfilter f;
	bool history = false;

	if (!params_known(x, names, ARRAY_LEN(names)) || !params_flag(x, "history", &history) ||
	    !params_window(x, history, &q.from, &q.to) ||
	    (history && !params_number(x, "after", 1, INT64_MAX, &after)) ||
	    !params_number(x, "limit", 1, PARAMS_LIMIT_MAX, &limit) || !findingfilter_read(x, &f))
		return;
	q.limit = (unsigned)limit;
	q.after = (int64_t)after;
	if (history)
		past_send(store, &q,
			  &(struct past_want){
				  .key = "findings", .fits = fits, .filter = &f, .size = sizeof f },
			  x);
	else
		list_now(survey, &f, (size_t)limit, x);
}
