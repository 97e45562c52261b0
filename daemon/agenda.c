/* SPDX-License-Identifier: Apache-2.0 */
/* agenda.c: see agenda.h. */
#include "daemon/agenda.h"

#include <stdlib.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "daemon/polite.h"
#include "daemon/registry.h"

enum { ORDERED_KEPT_MS = 60 * 1000 };

struct agenda {
	struct schedule *schedule; /* owned */
	const struct conf *conf;   /* borrowed; NULL before the first */
};

struct agenda *agenda_new(void)
{
	struct agenda *a = xcalloc(1, sizeof *a);

	a->schedule = schedule_new();
	return a;
}

void agenda_free(struct agenda *a)
{
	if (a == NULL)
		return;
	schedule_free(a->schedule);
	free(a);
}

void agenda_configure(struct agenda *a, const struct conf *conf)
{
	a->conf = conf;
}

/* ---- plans */

static void unplan_service(struct agenda *a, struct endpoint *e)
{
	schedule_remove(a->schedule, &e->serve);
	e->serve_turn.ns = 0;
	e->serve_owed = false;
}

bool agenda_plan(struct agenda *a, struct endpoint *e, struct mono now)
{
	const struct conf_target *t = e->target->conf;
	uint64_t seed = schedule_seed(a->conf->node, t->name) + (uint64_t)e->id;
	struct span serve = polite_interval(a->conf, t);

	e->unserved = serve.ns == 0;
	e->reach.kind = AGENDA_REACH;
	e->serve.kind = AGENDA_SERVE;
	schedule_add(a->schedule, &e->reach, t->interval, seed, now);
	e->ordered = e->ordered && e->unserved && t->serve_interval.ns > 0;
	if (!e->unserved)
		schedule_add(a->schedule, &e->serve, serve, seed, now);
	else if (!e->ordered)
		unplan_service(a, e);
	return !e->unserved || e->ordered;
}

void agenda_plan_name(struct agenda *a, struct host *h, struct mono now)
{
	h->job.kind = AGENDA_NAME;
	schedule_add(a->schedule, &h->job, a->conf->probe.name_interval,
		     schedule_seed(a->conf->node, h->name), now);
}

void agenda_remove(struct agenda *a, struct endpoint *e)
{
	schedule_remove(a->schedule, &e->reach);
	schedule_remove(a->schedule, &e->serve);
}

void agenda_remove_name(struct agenda *a, struct host *h)
{
	schedule_remove(a->schedule, &h->job);
}

/* ---- wishes */

static void want(struct agenda *a, struct job *j, struct mono t)
{
	if (t.ns != INT64_MAX)
		schedule_want(a->schedule, j, t);
}

void agenda_want(struct agenda *a, struct endpoint *e, struct mono t)
{
	want(a, &e->reach, t);
}

void agenda_want_service(struct agenda *a, struct endpoint *e, struct mono t)
{
	if (!e->unserved)
		want(a, &e->serve, t);
}

void agenda_order_service(struct agenda *a, struct endpoint *e, struct mono now)
{
	e->ordered = e->unserved && e->target->conf->serve_interval.ns > 0;
	if (!e->unserved || e->ordered)
		want(a, &e->serve, now);
}

void agenda_ordered(struct agenda *a, struct endpoint *e, struct mono now)
{
	e->ordered = false;
	want(a, &e->serve, mono_add(now, span_of_ms(ORDERED_KEPT_MS)));
}

void agenda_want_name(struct agenda *a, struct host *h, struct mono t)
{
	want(a, &h->job, t);
}

/* ---- due */

/* False: left out, or put off. */
static bool service_due(struct agenda *a, struct endpoint *e, struct mono now, struct due *due)
{
	int16_t port = e->states[ASPECT_PORT].declared;

	due->regular = due->regular || e->serve_owed;
	e->serve_owed = false;
	if (port != STATE_NOTHING && port != REASON_OK && !aspect_unknown(ASPECT_PORT, port)) {
		e->serve_turn.ns = 0;
		e->ordered = false;
		return false;
	}
	if (e->serving == NULL && mono_before(now, polite_turn(a->conf, e, now))) {
		e->serve_owed = due->regular;
		schedule_want(a->schedule, &e->serve, e->serve_turn);
		return false;
	}
	e->serve_turn.ns = 0;
	return true;
}

/* True: *i, of which due is known, is complete and to be done. */
static bool complete(struct agenda *a, struct mono now, struct agenda_item *i)
{
	i->kind = (enum agenda_kind)i->due.job->kind;
	i->endpoint = NULL;
	i->host = NULL;
	switch (i->kind) {
	case AGENDA_REACH:
		i->endpoint = container_of(i->due.job, struct endpoint, reach);
		return true;
	case AGENDA_SERVE:
		i->endpoint = container_of(i->due.job, struct endpoint, serve);
		if (!i->endpoint->unserved || i->endpoint->ordered)
			return service_due(a, i->endpoint, now, &i->due);
		i->kind = AGENDA_FORGET;
		return true;
	case AGENDA_FORGET: /* no job's */
		break;
	case AGENDA_NAME:
		i->host = container_of(i->due.job, struct host, job);
		return true;
	}
	MUST(false);
	return false;
}

bool agenda_take(struct agenda *a, struct mono now, struct agenda_item *ret_item)
{
	while (schedule_take(a->schedule, now, &ret_item->due))
		if (complete(a, now, ret_item))
			return true;
	return false;
}

bool agenda_next(const struct agenda *a, struct mono *ret_due)
{
	return schedule_next(a->schedule, ret_due);
}
