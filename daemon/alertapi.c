/* SPDX-License-Identifier: Apache-2.0 */
/* alertapi.c: see alertapi.h. */
#include "daemon/alertapi.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/alertfilter.h"
#include "daemon/alerting.h"
#include "daemon/courier.h"
#include "daemon/exchange.h"
#include "daemon/ledger.h"
#include "daemon/params.h"
#include "daemon/past.h"
#include "daemon/reply.h"
#include "daemon/store.h"
#include "daemon/view.h"
#include "report/json.h"

/* Alerts of a piece: looked at, and sent. */
enum { PIECE_LOOKS = 1000, PIECE = 32 };

/* ---- one alert */

static json_t *delivery(const char *sink, const struct telling *t)
{
	json_t *o = report_object();

	report_set_text(o, "sink", sink);
	if (t->revision > 0)
		report_set_number(o, "revision", t->revision);
	if (t->refused > 0)
		report_set_number(o, "refused", t->refused);
	report_set(o, "ended", json_boolean(t->ended));
	view_set_time(o, "at", t->at);
	return o;
}

static json_t *deliveries(const struct alert *a, const struct courier *c)
{
	json_t *list = report_array();

	for (int slot = 0; slot < ALERT_SINKS_MAX; slot++) {
		const struct telling *t = &a->told[slot];
		const char *sink = courier_name(c, slot);

		if (sink != NULL && (t->revision > 0 || t->refused > 0))
			report_append(list, delivery(sink, t));
	}
	return list;
}

static json_t *json_of(const struct alert *a, const struct courier *c)
{
	json_t *o = report_object();

	report_set_number(o, "serial", (long long)a->serial);
	report_set_text(o, "alertname", alert_kind_name(a->kind));
	report_set_text(o, "severity", severity_name(a->severity));
	report_set_text(o, "state", alert_active(a) ? "active" : "resolved");
	report_set_text(o, "subject", a->subject);
	if (a->endpoint != 0)
		report_set_number(o, "endpoint", a->endpoint);
	view_set_time(o, "starts", a->starts);
	view_set_time(o, "ends", a->ends);
	report_set_number(o, "revision", a->revision);
	report_set_number(o, "coalesced", a->coalesced);
	report_set(o, "silenced", json_boolean(a->silenced));
	report_set(o, "labels", json_incref(a->labels));
	report_set(o, "annotations", json_incref(a->annotations));
	report_set(o, "deliveries", deliveries(a, c));
	return o;
}

/* ---- those of now */

struct listing {
	struct exchange *exchange;
	struct ledger *ledger;   /* borrowed */
	struct courier *courier; /* borrowed */
	struct alertfilter filter;
	uint64_t seen; /* the serial of the last that was looked at */
	uint64_t sent; /* …and that was sent */
	size_t left;   /* of the page */
	size_t sink;   /* the next one to be sent */
	bool begun;
	bool any;  /* an element was put */
	bool more; /* there is one that the page has no room for */
	bool all;  /* alerts have been sent; sinks follow */
};

static void put_json(struct buf *out, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	MUST(text != NULL);
	buf_puts(out, text);
	free(text);
	json_decref(value);
}

static void put_alert(struct listing *g, const struct alert *a, struct buf *out)
{
	buf_puts(out, g->any ? "," : "");
	put_json(out, json_of(a, g->courier));
	g->any = true;
	g->sent = a->serial;
	g->left--;
}

/* The next alerts; false: those were the last.  Serials rise along the ledger. */
static bool put_alerts(struct listing *g, struct buf *out)
{
	size_t looks = PIECE_LOOKS;
	size_t room = PIECE;

	for (struct alert *a = NULL; (a = ledger_next(g->ledger, a)) != NULL;) {
		if (a->serial <= g->seen)
			continue;
		if (looks-- == 0 || room == 0)
			return true;
		if (alertfilter_fits(&g->filter, a->kind, a->severity, a->labels)) {
			g->more = g->left == 0;
			if (g->more)
				return false;
			put_alert(g, a, out);
			room--;
		}
		g->seen = a->serial;
	}
	return false;
}

/* Each sink counts what it is still to be told, all along the ledger: one at a time. */
static bool put_sink(struct listing *g, struct buf *out)
{
	if (g->sink >= courier_count(g->courier))
		return false;
	buf_puts(out, g->sink > 0 ? "," : "");
	put_json(out, courier_json(g->courier, g->sink++));
	return true;
}

/* The next piece; false: it was the last. */
static bool put_piece(void *owner, struct buf *out)
{
	struct listing *g = owner;

	if (!g->begun)
		buf_puts(out, "{\"alerts\":[");
	g->begun = true;
	if (!g->all) {
		g->all = !put_alerts(g, out);
		buf_puts(out, g->all ? "],\"sinks\":[" : "");
		return true;
	}
	if (put_sink(g, out))
		return true;
	buf_puts(out, "]");
	if (g->more)
		buf_printf(out, ",\"next\":\"%" PRIu64 "\"", g->sent);
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

static void on_listing_gone(void *owner)
{
	free(owner);
}

static void list_now(const struct alertapi_parts *parts, const struct alertfilter *f,
		     const struct question *page, struct exchange *x)
{
	struct listing *g = xcalloc(1, sizeof *g);

	g->exchange = x;
	g->ledger = alerting_ledger(parts->alerting);
	g->courier = alerting_courier(parts->alerting);
	g->filter = *f;
	g->seen = (uint64_t)page->after;
	g->left = page->limit;
	exchange_watch(x, &(struct exchange_watcher){
				  .owner = g, .gone = on_listing_gone, .drained = send_piece });
	exchange_begin(x, "application/json");
	send_piece(g);
}

/* ---- what is asked */

bool alertapi_there(const struct alertapi_parts *parts, struct exchange *x)
{
	if (parts->alerting != NULL)
		return true;
	reply_fail(x, 503, NULL, "this daemon has no alerts");
	return false;
}

static bool take_page(struct exchange *x, struct question *q)
{
	uint64_t limit = PARAMS_LIMIT;
	uint64_t after = 0;

	if (!params_number(x, "limit", 1, PARAMS_LIMIT_MAX, &limit) ||
	    !params_number(x, "after", 1, INT64_MAX, &after))
		return false;
	q->limit = (unsigned)limit;
	q->after = (int64_t)after;
	return true;
}

static bool fits(const void *filter, const json_t *row)
{
	return alertfilter_fits_row(filter, row);
}

void alertapi_list(const struct alertapi_parts *parts, struct exchange *x)
{
	static const char *const names[] = { "match", "severity", "alertname", "history",
					     "from",  "to",       "limit",     "after" };
	struct question q = { .kind = QUESTION_ALERTS,
			      .from = { .ms = INT64_MIN },
			      .to = { .ms = INT64_MAX } };
	struct alertfilter f;
	bool history = false;

	if (!params_known(x, names, ARRAY_LEN(names)) || !alertapi_there(parts, x) ||
	    !params_flag(x, "history", &history) || !params_window(x, history, &q.from, &q.to) ||
	    !take_page(x, &q) || !alertfilter_read(x, parts->registry, &f))
		return;
	if (history)
		past_send(parts->store, &q,
			  &(struct past_want){ .key = "alerts",
					       .fits = alertfilter_all(&f) ? NULL : fits,
					       .filter = &f,
					       .size = sizeof f },
			  x);
	else
		list_now(parts, &f, &q, x);
}

/* ---- a test */

struct testing {
	struct exchange *exchange;
	struct courier_test *test;
};

static void on_tested(void *owner, const json_t *results)
{
	struct testing *t = owner;
	struct exchange *x = t->exchange;
	json_t *o = report_object();

	free(t);
	report_set(o, "results", json_deep_copy(results));
	reply_json(x, 200, o);
}

static void on_tester_gone(void *owner)
{
	struct testing *t = owner;

	courier_test_cancel(t->test);
	free(t);
}

void alertapi_test(const struct alertapi_parts *parts, struct exchange *x)
{
	struct testing *t;

	if (!params_known(x, NULL, 0) || !alertapi_there(parts, x))
		return;
	t = xcalloc(1, sizeof *t);
	t->exchange = x;
	t->test = courier_test(alerting_courier(parts->alerting), on_tested, t);
	if (t->test == NULL) {
		free(t);
		reply_fail(x, 429, NULL, "a test is under way already");
		return;
	}
	/* One that went away must not keep the next one from testing, for minutes. */
	exchange_watch(x, &(struct exchange_watcher){
				  .owner = t, .gone = on_tester_gone, .endless = true });
}
