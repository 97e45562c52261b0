/* SPDX-License-Identifier: Apache-2.0 */
/* round.c: see round.h. */
#include "daemon/round.h"

#include <stdlib.h>

#include "base/mem.h"
#include "daemon/addresses.h"
#include "daemon/agenda.h"
#include "daemon/alarms.h"
#include "daemon/launch.h"
#include "daemon/lookups.h"
#include "daemon/observe.h"
#include "daemon/spec.h"
#include "daemon/store.h"
#include "daemon/trusts.h"
#include "probes/names.h"
#include "probes/verdict.h"

enum { IDLE_MS = 60 * 60 * 1000 };

const double round_bucket_seconds[ROUND_BUCKETS] = { 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
						     0.01,   0.025,   0.05,   0.1,   0.5,    1 };

struct round {
	struct round_parts parts;
	struct observer observer;
	struct registry *registry; /* owned */
	struct agenda *agenda;     /* owned */
	struct launch *launch;     /* owned */
	struct lookups *lookups;   /* owned */
	struct trusts *trusts;     /* owned; of the conf in force */
	const struct conf *conf;   /* borrowed; NULL before the first */
	bool ending;               /* the end of the process is not that of the endpoints */
	struct round_stats stats;
};

/* ---- due: from the schedule to an attempt */

static void count_late(struct round *r, struct span late)
{
	double seconds = (double)late.ns / 1e9;
	size_t i = 0;

	while (i < ROUND_BUCKETS && seconds > round_bucket_seconds[i])
		i++;
	r->stats.late[i]++;
	r->stats.late_seconds += seconds;
}

static void count_start(struct round *r, const struct attempt *a)
{
	if (a->depth == DEPTH_SERVE) {
		r->stats.served++;
		return;
	}
	r->stats.started++;
	if (a->due.regular)
		count_late(r, mono_sub(mono_now(), a->due.at));
}

static void queue(struct round *r, struct endpoint *e, enum depth depth, const struct due *due)
{
	struct attempt **slot = depth == DEPTH_REACH ? &e->reaching : &e->serving;
	struct attempt *a;

	r->stats.skipped += due->skipped;
	a = *slot;
	if (a != NULL) { /* not over yet: one that came in between serves the grid time as well */
		if (due->regular && !a->due.regular) {
			a->due = *due;
			launch_hasten(r->launch, a);
		} else {
			r->stats.skipped += due->regular;
		}
		return;
	}
	a = xcalloc(1, sizeof *a);
	a->endpoint = e;
	a->place = e->place;
	a->depth = depth;
	a->due = *due;
	*slot = a;
	launch_put(r->launch, a);
}

static void on_due(struct round *r, const struct agenda_item *item)
{
	switch (item->kind) {
	case AGENDA_REACH:
		queue(r, item->endpoint, DEPTH_REACH, &item->due);
		return;
	case AGENDA_SERVE:
		queue(r, item->endpoint, DEPTH_SERVE, &item->due);
		return;
	case AGENDA_FORGET:
		observe_unserved(&r->observer, item->endpoint);
		return;
	case AGENDA_NAME:
		lookups_put(r->lookups, item->host, item->due.regular);
		return;
	}
}

/* ---- attempts */

static void prepare(void *owner, struct attempt *a)
{
	struct round *r = owner;

	a->spec = spec_of(a->endpoint, a->depth, r->conf, r->trusts);
	if (!a->again)
		count_start(r, a);
}

static void on_verdict(void *owner, struct attempt *a, struct verdict *v)
{
	struct round *r = owner;
	struct endpoint *e = a->endpoint;
	int64_t late_ms = span_ms(mono_sub(a->began, a->due.at));
	struct occasion when = { .regular = a->due.regular,
				 .slot = a->due.slot,
				 .now = mono_now(),
				 .began = a->began,
				 .at = a->began_at,
				 .grid = { .ms = a->began_at.ms - late_ms } };
	struct next_looks next;

	r->stats.local += v->reason == REASON_LOCAL;
	store_hold(r->parts.store); /* a change, its event and its alerts: all or nothing */
	if (a->depth == DEPTH_REACH) {
		e->reaching = NULL;
		observe_reach(&r->observer, e, v, &when, &next);
	} else {
		e->serving = NULL;
		observe_serve(&r->observer, e, v, &when, &next);
	}
	store_release(r->parts.store);
	if (a->depth == DEPTH_SERVE && e->unserved)
		agenda_ordered(r->agenda, e, when.now);
	free(a);
	agenda_want(r->agenda, e, next.reach);
	agenda_want_service(r->agenda, e, next.serve);
	if (next.also != NULL)
		agenda_want_service(r->agenda, next.also, when.now);
	/* Mostly nothing follows before the next grid time, which is known already. */
	if (observe_wants_more(&next) || launch_waiting(r->launch) > 0)
		r->parts.wake(r->parts.owner);
}

static void drop_attempt(struct round *r, struct attempt **slot)
{
	if (*slot == NULL)
		return;
	launch_take_back(r->launch, *slot);
	free(*slot);
	*slot = NULL;
}

/* ---- names */

static void on_names(void *owner, struct host *h, const struct names_result *result)
{
	struct round *r = owner;
	struct occasion when = {
		.regular = h->regular, .now = mono_now(), .began = h->asked, .at = wall_now()
	};
	struct buf before;
	struct mono next;

	addresses_list(h, &before);
	store_hold(r->parts.store);
	observe_name(&r->observer, h, result, &when, &next);
	store_release(r->parts.store);
	agenda_want_name(r->agenda, h, next);
	if (result->reason == REASON_OK &&
	    registry_addresses(r->registry, h, result->addrs, result->count, result->v4_answered,
			       result->v6_answered))
		addresses_changed(h, when.at, &before, r->parts.store);
	buf_done(&before);
	r->parts.wake(r->parts.owner);
}

/* ---- what begins and ends */

static void plan(struct round *r, struct endpoint *e)
{
	if (agenda_plan(r->agenda, e, mono_now()))
		return;
	drop_attempt(r, &e->serving);
	observe_unserved(&r->observer, e);
}

static void endpoint_began(void *owner, struct endpoint *e)
{
	struct round *r = owner;

	observe_put_endpoint(&r->observer, e);
	if (r->parts.alarms != NULL)
		alarms_began(r->parts.alarms, e);
	plan(r, e);
}

static void endpoint_changed(void *owner, struct endpoint *e)
{
	struct round *r = owner;

	observe_put_endpoint(&r->observer, e);
	agenda_want_service(r->agenda, e, mono_now());
}

static void endpoint_ended(void *owner, struct endpoint *e)
{
	struct round *r = owner;

	drop_attempt(r, &e->reaching);
	drop_attempt(r, &e->serving);
	agenda_remove(r->agenda, e);
	observe_flush(&r->observer, e);
	if (r->parts.alarms != NULL && !r->ending)
		alarms_over(r->parts.alarms, e, wall_now());
	if (r->parts.store != NULL && !r->ending)
		store_retire(r->parts.store, e->id, wall_now());
}

static void host_began(void *owner, struct host *h)
{
	struct round *r = owner;

	observe_put_host(&r->observer, h);
	if (h->numeric)
		return;
	if (r->parts.alarms != NULL)
		alarms_name_began(r->parts.alarms, h);
	agenda_plan_name(r->agenda, h, mono_now());
	agenda_want_name(r->agenda, h, mono_now());
}

static void host_ended(void *owner, struct host *h)
{
	struct round *r = owner;

	agenda_remove_name(r->agenda, h);
	lookups_take_back(r->lookups, h);
	if (r->parts.alarms != NULL && !r->ending && !h->numeric)
		alarms_name_over(r->parts.alarms, h, wall_now());
	if (r->parts.store != NULL && !r->ending && !h->numeric)
		store_retire(r->parts.store, h->id, wall_now());
}

static void past_gone(void *owner, int64_t id)
{
	struct round *r = owner;

	if (r->parts.store != NULL)
		store_retire(r->parts.store, id, wall_now());
}

/* ---- the outside */

struct round *round_new(const struct round_parts *parts)
{
	struct round *r = xcalloc(1, sizeof *r);
	struct keeper keeper = { .owner = r,
				 .host_began = host_began,
				 .host_ended = host_ended,
				 .endpoint_began = endpoint_began,
				 .endpoint_changed = endpoint_changed,
				 .endpoint_ended = endpoint_ended,
				 .past_gone = past_gone };

	r->parts = *parts;
	r->parts.pasts = NULL;
	r->observer = (struct observer){ .store = parts->store, .alarms = parts->alarms };
	r->agenda = agenda_new();
	r->launch = launch_new(&(struct launch_parts){
		.prober = parts->prober, .owner = r, .prepare = prepare, .done = on_verdict });
	r->lookups = lookups_new(
		&(struct lookups_parts){ .prober = parts->prober, .owner = r, .done = on_names });
	r->registry = registry_new(&keeper, parts->pasts);
	return r;
}

void round_free(struct round *r)
{
	if (r == NULL)
		return;
	r->ending = true;
	registry_free(r->registry);
	lookups_free(r->lookups);
	launch_free(r->launch);
	agenda_free(r->agenda);
	trusts_free(r->trusts);
	free(r);
}

/* Another family than before: what is under way does not ask for it. */
static void plan_names(struct round *r, bool another_family)
{
	struct mono now = mono_now();

	for (struct host *h = NULL; (h = registry_next_host(r->registry, h)) != NULL;) {
		if (h->numeric)
			continue;
		agenda_plan_name(r->agenda, h, now);
		if (!another_family)
			continue;
		lookups_take_back(r->lookups, h);
		agenda_want_name(r->agenda, h, now);
	}
}

bool round_configure(struct round *r, const struct conf *conf, struct err *ret_err)
{
	struct trusts *fresh = trusts_new(conf, ret_err);
	struct trusts *old = r->trusts;
	bool another_family;

	if (fresh == NULL)
		return false;
	launch_restart(r->launch); /* what is under way borrows from the old conf */
	another_family = r->conf != NULL && r->conf->probe.family != conf->probe.family;
	r->conf = conf;
	r->observer.conf = conf;
	agenda_configure(r->agenda, conf);
	r->trusts = fresh;
	launch_limit(r->launch, &(struct launch_limits){ .in_flight = conf->probe.max_in_flight,
							 .per_address = conf->probe.per_address,
							 .separation = conf->probe.separation });
	if (r->parts.alarms != NULL)
		alarms_configure(r->parts.alarms, conf, r->registry);
	registry_reconcile(r->registry, conf);
	plan_names(r, another_family);
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r->registry, e)) != NULL;)
		plan(r, e);
	trusts_free(old);
	r->parts.wake(r->parts.owner);
	return true;
}

static struct span least(struct span a, struct span b)
{
	return a.ns < b.ns ? a : b;
}

struct span round_turn(struct round *r)
{
	struct span wait = span_of_ms(registry_go_on(r->registry, REGISTRY_STEP) ? 0 : IDLE_MS);
	struct mono now = mono_now();
	struct span soon;
	struct mono next;
	struct agenda_item item;

	while (agenda_take(r->agenda, now, &item))
		on_due(r, &item);
	lookups_turn(r->lookups, r->conf->probe.family, r->conf->probe.timeout);
	if (launch_turn(r->launch, &soon))
		wait = least(wait, soon);
	if (agenda_next(r->agenda, &next))
		wait = least(wait, mono_sub(next, mono_now()));
	return wait;
}

void round_flush(struct round *r)
{
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r->registry, e)) != NULL;)
		observe_flush(&r->observer, e);
}

void round_put_all(struct round *r)
{
	for (struct host *h = NULL; (h = registry_next_host(r->registry, h)) != NULL;)
		observe_put_host_again(&r->observer, h);
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r->registry, e)) != NULL;)
		observe_put_again(&r->observer, e);
}

void round_want(struct round *r, struct endpoint *e)
{
	struct mono now = mono_now();

	agenda_want(r->agenda, e, now);
	agenda_order_service(r->agenda, e, now);
	r->parts.wake(r->parts.owner);
}

void round_look(struct round *r, struct endpoint *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		agenda_want(r->agenda, list[i], mono_now());
	r->parts.wake(r->parts.owner);
}

struct registry *round_registry(const struct round *r)
{
	return r->registry;
}

void round_stats(const struct round *r, struct round_stats *ret_stats)
{
	*ret_stats = r->stats;
	ret_stats->in_flight = launch_in_flight(r->launch);
	ret_stats->waiting = launch_waiting(r->launch);
}
