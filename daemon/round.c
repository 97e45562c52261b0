/* SPDX-License-Identifier: Apache-2.0 */
/* round.c: see round.h. */
#include "daemon/round.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/addresses.h"
#include "daemon/alarms.h"
#include "daemon/launch.h"
#include "daemon/lookups.h"
#include "daemon/observe.h"
#include "daemon/place.h"
#include "daemon/polite.h"
#include "daemon/schedule.h"
#include "daemon/served.h"
#include "daemon/store.h"
#include "daemon/trusts.h"
#include "probes/names.h"
#include "probes/verdict.h"

enum { JOB_REACH, JOB_SERVE, JOB_NAME };

enum {
	/* A way that was open a moment ago is given this and a multiple of its round-trip time. */
	SURPRISE_MS = 500,
	CONFIRM_MS = 300,
	RTT_FACTOR = 4,
	IDLE_MS = 60 * 60 * 1000,
};

const double round_bucket_seconds[ROUND_BUCKETS] = { 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
						     0.01,   0.025,   0.05,   0.1,   0.5,    1 };

struct round {
	struct round_parts parts;
	struct observer observer;
	struct registry *registry; /* owned */
	struct schedule *schedule; /* owned */
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

/* A port that is not open is not asked for its service, and no address too often. */
static void due_serve(struct round *r, struct endpoint *e, const struct due *due, struct mono now)
{
	int16_t port = e->states[ASPECT_PORT].declared;
	struct due served = *due;

	served.regular = due->regular || e->serve_owed;
	e->serve_owed = false;
	if (port != STATE_NOTHING && port != REASON_OK && !aspect_unknown(ASPECT_PORT, port)) {
		e->serve_turn.ns = 0;
		return;
	}
	if (e->serving == NULL && mono_before(now, polite_turn(r->conf, e, now))) {
		e->serve_owed = served.regular;
		schedule_want(r->schedule, &e->serve, e->serve_turn);
		return;
	}
	e->serve_turn.ns = 0;
	queue(r, e, DEPTH_SERVE, &served);
}

static void on_due(struct round *r, const struct due *due, struct mono now)
{
	switch (due->job->kind) {
	case JOB_REACH:
		queue(r, container_of(due->job, struct endpoint, reach), DEPTH_REACH, due);
		return;
	case JOB_SERVE:
		due_serve(r, container_of(due->job, struct endpoint, serve), due, now);
		return;
	case JOB_NAME:
		lookups_put(r->lookups, container_of(due->job, struct host, job), due->regular);
		return;
	default:
		MUST(false);
	}
}

/* ---- attempts */

static struct span least(struct span a, struct span b)
{
	return a.ns < b.ns ? a : b;
}

/*
 * A silent drop shows itself by silence alone.  Where an answer used to come in a millisecond,
 * waiting for seconds tells no more than several short looks do, and tells it later.
 */
static struct span patience(const struct endpoint *e)
{
	struct span most = e->target->conf->timeout;
	const struct state *s = &e->states[ASPECT_PORT];
	int64_t allowance = s->surprises > 0 ? CONFIRM_MS : SURPRISE_MS;

	if (s->declared != REASON_OK || e->rtt_us < 0)
		return most;
	return least(most, (struct span){ .ns = allowance * 1000000 +
						INT64_C(1000) * RTT_FACTOR * e->rtt_us });
}

static void prepare(void *owner, struct attempt *a)
{
	struct round *r = owner;
	const struct endpoint *e = a->endpoint;
	const struct conf_target *t = e->target->conf;
	bool reach = a->depth == DEPTH_REACH;

	a->spec = (struct probe_spec){
		.host = t->host,
		.address = e->addr,
		.depth = a->depth,
		.dialect = t->dialect,
		.timeout = reach ? patience(e) : t->timeout,
		.trust = trusts_get(r->trusts, t->ca_file),
		.pin = t->pin,
		.expiry_warning = r->conf->probe.expiry_warning,
		.min_version = t->rule != NULL ? t->rule->min_version : NULL,
		.http_path = t->http_path,
		.http_status = t->http_status,
		.image = t->image,
		.plain = t->plain,
	};
	if (!a->again)
		count_start(r, a);
}

static void want(struct round *r, struct job *j, struct mono t)
{
	if (t.ns != INT64_MAX)
		schedule_want(r->schedule, j, t);
}

static void want_service(struct round *r, struct endpoint *e, struct mono t)
{
	if (!e->unserved)
		want(r, &e->serve, t);
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
	free(a);
	want(r, &e->reach, next.reach);
	want_service(r, e, next.serve);
	if (next.also != NULL)
		want_service(r, next.also, when.now);
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
	want(r, &h->job, next);
	if (result->reason == REASON_OK &&
	    registry_addresses(r->registry, h, result->addrs, result->count, result->v4_answered,
			       result->v6_answered))
		addresses_changed(h, when.at, &before, r->parts.store);
	buf_done(&before);
	r->parts.wake(r->parts.owner);
}

/* ---- what begins and ends */

static void leave_unserved(struct round *r, struct endpoint *e)
{
	schedule_remove(r->schedule, &e->serve);
	drop_attempt(r, &e->serving);
	e->serve_turn.ns = 0;
	e->serve_owed = false;
	observe_unserved(&r->observer, e);
}

static void plan(struct round *r, struct endpoint *e)
{
	const struct conf_target *t = e->target->conf;
	uint64_t seed = schedule_seed(r->conf->node, t->name) + (uint64_t)e->id;
	struct span serve = polite_interval(r->conf, t);
	struct mono now = mono_now();

	e->unserved = serve.ns == 0;
	e->reach.kind = JOB_REACH;
	e->serve.kind = JOB_SERVE;
	schedule_add(r->schedule, &e->reach, t->interval, seed, now);
	if (!e->unserved)
		schedule_add(r->schedule, &e->serve, serve, seed, now);
	else
		leave_unserved(r, e);
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
	want_service(r, e, mono_now());
}

static void endpoint_ended(void *owner, struct endpoint *e)
{
	struct round *r = owner;

	drop_attempt(r, &e->reaching);
	drop_attempt(r, &e->serving);
	schedule_remove(r->schedule, &e->reach);
	schedule_remove(r->schedule, &e->serve);
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
	h->job.kind = JOB_NAME;
	schedule_add(r->schedule, &h->job, r->conf->probe.name_interval,
		     schedule_seed(r->conf->node, h->name), mono_now());
	schedule_want(r->schedule, &h->job, mono_now());
}

static void host_ended(void *owner, struct host *h)
{
	struct round *r = owner;

	schedule_remove(r->schedule, &h->job);
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
	r->schedule = schedule_new();
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
	schedule_free(r->schedule);
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
		schedule_add(r->schedule, &h->job, r->conf->probe.name_interval,
			     schedule_seed(r->conf->node, h->name), now);
		if (!another_family)
			continue;
		lookups_take_back(r->lookups, h);
		schedule_want(r->schedule, &h->job, now);
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
	r->trusts = fresh;
	launch_limit(r->launch, &(struct launch_limits){ .in_flight = conf->probe.max_in_flight,
							 .per_address = conf->probe.per_address,
							 .separation = conf->probe.separation });
	if (r->parts.alarms != NULL)
		alarms_configure(r->parts.alarms, conf, r->registry);
	registry_reconcile(r->registry, conf);
	plan_names(r, another_family);
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r->registry, e)) != NULL;)
		plan(r, e); /* who is on its grid already stays there */
	trusts_free(old);
	r->parts.wake(r->parts.owner);
	return true;
}

struct span round_turn(struct round *r)
{
	struct span wait = span_of_ms(IDLE_MS);
	struct mono now = mono_now();
	struct span soon;
	struct mono next;
	struct due due;

	while (schedule_take(r->schedule, now, &due))
		on_due(r, &due, now);
	lookups_turn(r->lookups, r->conf->probe.family, r->conf->probe.timeout);
	if (launch_turn(r->launch, &soon))
		wait = least(wait, soon);
	if (schedule_next(r->schedule, &next))
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

	schedule_want(r->schedule, &e->reach, now);
	want_service(r, e, now);
	r->parts.wake(r->parts.owner);
}

void round_look(struct round *r, struct endpoint *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		schedule_want(r->schedule, &list[i]->reach, mono_now());
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
