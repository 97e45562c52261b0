/* SPDX-License-Identifier: Apache-2.0 */
/* order.c: see order.h. */
#include "daemon/order.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/exchange.h"
#include "daemon/registry.h"
#include "daemon/reply.h"
#include "daemon/roster.h"
#include "daemon/round.h"

enum { GRACE_MS = 5000, LOOK_MS = 25 };

/* One endpoint as it was when its checks were ordered. */
struct ordered {
	int64_t id;
	uint64_t checks;
	struct wall serve_checked;
};

struct order {
	struct exchange *exchange;
	const struct registry *registry; /* borrowed */
	struct roster *roster;           /* owned; of the endpoints, for the answer */
	struct event look;
	struct mono deadline;
	struct ordered list[ORDER_MAX]; /* in the order of the ids */
	size_t count;
};

static int compare(const void *a, const void *b)
{
	int64_t x = ((const struct ordered *)a)->id;
	int64_t y = ((const struct ordered *)b)->id;

	return (x > y) - (x < y);
}

/* A serve check that must wait for its turn at the address comes too late for us. */
static bool serve_done(const struct order *o, const struct ordered *was, const struct endpoint *e)
{
	return (e->unserved && !e->ordered) || e->serve_checked.ms != was->serve_checked.ms ||
	       (e->serving == NULL && !mono_before(e->serve.soon, o->deadline));
}

static bool all_done(const struct order *o)
{
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(o->registry, e)) != NULL;) {
		struct ordered key = { .id = e->id };
		const struct ordered *was = bsearch(&key, o->list, o->count, sizeof key, compare);

		if (was != NULL && (e->checks == was->checks || !serve_done(o, was, e)))
			return false;
	}
	return true;
}

static void look_later(struct order *o)
{
	struct timeval tv = span_timeval(span_of_ms(LOOK_MS));

	(void)event_add(&o->look, &tv);
}

static void order_free(struct order *o)
{
	(void)event_del(&o->look);
	free(o);
}

static void on_look(evutil_socket_t fd, short what, void *data)
{
	struct order *o = data;
	struct roster *roster = o->roster;
	struct exchange *x = o->exchange;

	(void)fd;
	(void)what;
	if (mono_before(mono_now(), o->deadline) && !all_done(o)) {
		look_later(o);
		return;
	}
	order_free(o);
	roster_send(roster, x);
}

static void on_gone(void *owner)
{
	struct order *o = owner;

	roster_free(o->roster);
	order_free(o);
}

static void begin(const struct order_parts *parts, struct exchange *x, struct roster *roster)
{
	struct order *o = xcalloc(1, sizeof *o);
	const struct place_in_roster *places = roster_places(roster);
	struct span most = { .ns = parts->conf->probe.timeout.ns + span_of_ms(GRACE_MS).ns };

	o->exchange = x;
	o->roster = roster;
	o->registry = round_registry(parts->round);
	o->deadline = mono_add(mono_now(), most);
	for (size_t i = 0; i < roster_count(roster); i++)
		if (places[i].n == 0)
			o->list[o->count++].id = places[i].id;
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(o->registry, e)) != NULL;) {
		struct ordered key = { .id = e->id };
		struct ordered *was = bsearch(&key, o->list, o->count, sizeof key, compare);

		if (was == NULL)
			continue;
		was->checks = e->checks;
		was->serve_checked = e->serve_checked;
		round_want(parts->round, e);
	}
	MUST(evtimer_assign(&o->look, parts->base, on_look, o) == 0);
	exchange_watch(x, &(struct exchange_watcher){ .owner = o, .gone = on_gone });
	look_later(o);
}

/* {"match":"…"} and nothing else. */
static bool take_match(struct exchange *x, struct pattern *ret_pattern)
{
	json_t *body = json_loads(exchange_body(x), JSON_REJECT_DUPLICATES, NULL);
	const char *match = json_string_value(json_object_get(body, "match"));
	bool ok = match != NULL && json_object_size(body) == 1 && pattern_parse(match, ret_pattern);

	json_decref(body);
	if (!ok)
		reply_fail(x, 400, NULL, "the body is {\"match\":\"esx04:902\"}");
	return ok;
}

void order_probe(const struct order_parts *parts, struct exchange *x)
{
	struct roster_filter f = { .limit = ORDER_MAX };
	struct roster *roster;
	size_t count;

	if (!take_match(x, &f.pattern))
		return;
	roster = roster_new(round_registry(parts->round), &f);
	count = roster_total(roster);
	if (count > 0 && count <= ORDER_MAX) {
		begin(parts, x, roster);
		return;
	}
	roster_free(roster);
	if (count == 0)
		reply_fail(x, 404, NULL, "no endpoint is called '%.64s'", f.pattern.text);
	else
		reply_fail(x, 400, "too-many",
			   "%zu endpoints are called '%.64s', at most %d can be "
			   "asked at once",
			   count, f.pattern.text, ORDER_MAX);
}
