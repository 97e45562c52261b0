/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c: see ask.h. */
#include "daemon/ask.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/exchange.h"
#include "daemon/params.h"
#include "daemon/registry.h"
#include "daemon/reply.h"
#include "daemon/store.h"
#include "daemon/view.h"
#include "report/json.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

/* A question under way. */
struct asking {
	struct exchange *exchange;
	struct ask *ask;
	json_t *reply;   /* what stands in front of the rows; owned */
	const char *key; /* of the rows; static */
};

static void asking_free(struct asking *g)
{
	json_decref(g->reply);
	free(g);
}

static void on_gone(void *owner)
{
	struct asking *g = owner;

	store_ask_cancel(g->ask);
	asking_free(g);
}

static void set_next(json_t *o, int64_t next)
{
	char text[32];

	if (next == 0)
		return;
	(void)snprintf(text, sizeof text, "%" PRId64, next);
	report_set_text(o, "next", text);
}

static void on_answer(void *owner, const struct answer *a)
{
	struct asking *g = owner;
	struct exchange *x = g->exchange;
	json_t *o = json_incref(g->reply);

	if (a->error != NULL) {
		json_decref(o);
		reply_fail(x, 503, NULL, "the history does not answer: %s", a->error);
	} else {
		set_next(o, a->next);
		reply_rows(x, o, g->key, a->json, a->len);
	}
	asking_free(g);
}

/* Asks; the answer is reply with the rows under key.  reply is taken over. */
static void put_question(const struct asker *a, struct exchange *x, const struct question *q,
			 const struct asking *how)
{
	struct asking *g = xcalloc(1, sizeof *g);

	*g = *how;
	g->exchange = x;
	exchange_watch(x, &(struct exchange_watcher){ .owner = g, .gone = on_gone });
	g->ask = store_ask(a->store, q, on_answer, g);
}

static bool has_history(const struct asker *a, struct exchange *x)
{
	if (a->store != NULL)
		return true;
	reply_fail(x, 503, "no-history", "this daemon keeps no history (history.path is empty)");
	return false;
}

/* "limit" and "after"; q->kind is set. */
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

static bool take_window(struct exchange *x, struct question *q, struct wall now)
{
	if (!params_time(x, "from", now, &q->from) || !params_time(x, "to", now, &q->to))
		return false;
	if (q->from.ms < q->to.ms)
		return true;
	reply_fail(x, 400, NULL, "from is not before to");
	return false;
}

static const struct question everything = { .from = { .ms = INT64_MIN },
					    .to = { .ms = INT64_MAX } };

/* ---- one endpoint's history */

static json_t *subject(const struct asker *a, int64_t id)
{
	const struct endpoint *e = registry_find(a->registry, id);
	const struct host *h = e == NULL ? registry_find_host(a->registry, id) : NULL;
	json_t *o = report_object();
	char address[ADDR_TEXT_SIZE];

	report_set_number(o, "id", id);
	if (e != NULL) {
		addr_format(&e->addr, address);
		report_set_text(o, "name", e->target->conf->name);
		report_set_text(o, "address", address);
	} else if (h != NULL) {
		report_set_text(o, "name", h->name);
	}
	return o;
}

static bool take_history(const struct asker *a, struct exchange *x, struct question *q,
			 struct asking *how)
{
	static const char *const names[] = { "spans", "samples", "rollups", "summary" };
	static const enum question_kind kinds[] = { QUESTION_SPANS, QUESTION_SAMPLES,
						    QUESTION_ROLLUPS, QUESTION_SUMMARY };
	static const char *const aspects[] = { "port", "service", "trust", "name" };
	struct wall now = wall_now();
	size_t resolution = 0;
	size_t aspect = ASPECT_N;

	q->to = now;
	q->from = (struct wall){ .ms = now.ms - DAY_MS };
	if (!params_endpoint(x, a->registry, &q->endpoint) || !take_page(x, q) ||
	    !params_word(x, "resolution", names, ARRAY_LEN(names), &resolution) ||
	    !params_word(x, "aspect", aspects, ARRAY_LEN(aspects), &aspect) ||
	    !take_window(x, q, now))
		return false;
	q->kind = kinds[resolution];
	how->key = names[resolution];
	if (aspect < ASPECT_N)
		q->aspect = aspects[aspect];
	if (q->endpoint != 0 && (q->aspect == NULL || q->kind == QUESTION_SPANS))
		return true;
	if (q->endpoint == 0)
		reply_fail(x, 400, NULL, "which endpoint? endpoint=ID or endpoint=esx04:902");
	else
		reply_fail(x, 400, NULL, "aspect goes with resolution=spans");
	return false;
}

void ask_history(const struct asker *a, struct exchange *x)
{
	static const char *const names[] = { "endpoint", "from",  "to",   "resolution",
					     "aspect",   "limit", "after" };
	struct question q = everything;
	struct asking how = { .key = NULL };

	if (!params_known(x, names, ARRAY_LEN(names)) || !has_history(a, x) ||
	    !take_history(a, x, &q, &how))
		return;
	how.reply = report_object();
	report_set(how.reply, "endpoint", subject(a, q.endpoint));
	report_set_text(how.reply, "resolution", how.key);
	view_set_time(how.reply, "from", q.from);
	view_set_time(how.reply, "to", q.to);
	put_question(a, x, &q, &how);
}

/* ---- everything */

void ask_at(const struct asker *a, struct exchange *x)
{
	static const char *const names[] = { "time", "endpoint", "limit", "after" };
	struct question q = everything;
	struct asking how = { .key = "endpoints" };

	q.kind = QUESTION_AT;
	if (!params_known(x, names, ARRAY_LEN(names)) || !has_history(a, x) ||
	    !params_time(x, "time", wall_now(), &q.from) ||
	    !params_endpoint(x, a->registry, &q.endpoint) || !take_page(x, &q))
		return;
	if (q.from.ms == INT64_MIN) {
		reply_fail(x, 400, NULL, "which moment? time=2026-11-25T03:12:00Z or time=90m");
		return;
	}
	how.reply = report_object();
	view_set_time(how.reply, "time", q.from);
	put_question(a, x, &q, &how);
}

void ask_events(const struct asker *a, struct exchange *x)
{
	static const char *const names[] = { "from",  "to",    "endpoint", "limit",
					     "after", "order", "follow" };
	static const char *const orders[] = { "desc", "asc" };
	struct question q = everything;
	size_t order = 0;

	q.kind = QUESTION_EVENTS;
	if (!params_known(x, names, ARRAY_LEN(names)) || !has_history(a, x) ||
	    !params_endpoint(x, a->registry, &q.endpoint) || !take_page(x, &q) ||
	    !params_word(x, "order", orders, ARRAY_LEN(orders), &order) ||
	    !take_window(x, &q, wall_now()))
		return;
	q.ascending = order == 1;
	put_question(a, x, &q, &(struct asking){ .key = "events", .reply = report_object() });
}

static void ask_rows(const struct asker *a, struct exchange *x, enum question_kind kind,
		     const char *key)
{
	static const char *const names[] = { "from", "to", "endpoint", "limit", "after" };
	struct question q = everything;

	q.kind = kind;
	if (!params_known(x, names, ARRAY_LEN(names)) || !has_history(a, x) ||
	    !params_endpoint(x, a->registry, &q.endpoint) || !take_page(x, &q) ||
	    !take_window(x, &q, wall_now()))
		return;
	put_question(a, x, &q, &(struct asking){ .key = key, .reply = report_object() });
}

void ask_certificates(const struct asker *a, struct exchange *x)
{
	ask_rows(a, x, QUESTION_CERTIFICATES, "certificates");
}

void ask_traces(const struct asker *a, struct exchange *x)
{
	ask_rows(a, x, QUESTION_TRACES, "traces");
}
