/* SPDX-License-Identifier: Apache-2.0 */
/* alerting.c: see alerting.h. */
#include "daemon/alerting.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/alarms.h"
#include "daemon/courier.h"
#include "daemon/ledger.h"
#include "daemon/mutes.h"
#include "daemon/registry.h"
#include "daemon/round.h"
#include "daemon/store.h"
#include "daemon/tracer.h"

enum { TURN_MS = 1000 };

struct alerting {
	struct alerting_parts parts;
	struct mutes *mutes;
	struct ledger *ledger;
	struct courier *courier;
	struct alarms *alarms;
	struct tracer *tracer;
	struct round *round; /* borrowed; NULL: not started */
	struct wall muted;   /* when it was last asked who is silenced… */
	struct wall turns;   /* …and when the answer may be another */
	struct event turn;
};

static void on_changed(void *owner)
{
	struct alerting *a = owner;

	courier_wake(a->courier);
}

static void on_turn(evutil_socket_t fd, short what, void *data)
{
	struct timeval wait = span_timeval(span_of_ms(TURN_MS));
	struct alerting *a = data;
	struct wall now = wall_now();
	struct store_stats stats;

	(void)fd;
	(void)what;
	if (a->parts.store != NULL)
		store_stats(a->parts.store, &stats);
	alarms_turn(a->alarms, a->parts.store != NULL ? &stats : NULL, mono_now(), now);
	mutes_tidy(a->mutes, now);
	/* Many alerts times many silences are much to ask every second. */
	if (now.ms >= a->turns.ms || now.ms < a->muted.ms)
		alerting_mute_again(a);
	(void)event_add(&a->turn, &wait);
}

/* ---- where it is blocked */

static void look(void *owner, struct endpoint *const *list, size_t count)
{
	struct alerting *a = owner;

	if (a->round != NULL)
		round_look(a->round, list, count);
}

static void trace(void *owner, struct endpoint *e)
{
	struct alerting *a = owner;

	tracer_want(a->tracer, e->id, &e->addr, mono_now());
}

static void on_traced(void *owner, int64_t endpoint, const struct trace_result *t)
{
	struct alerting *a = owner;
	struct endpoint *e = registry_find(round_registry(a->round), endpoint);

	if (e == NULL)
		return;
	if (a->parts.store != NULL)
		store_put_trace(a->parts.store, endpoint, t, wall_now());
	alarms_traced(a->alarms, e, t);
}

/* ---- beginning and end */

static void restore(struct alerting *a)
{
	mutes_restore(a->mutes, a->parts.pasts, wall_now());
	ledger_restore(a->ledger, a->parts.pasts, courier_slot, a->courier);
	a->parts.pasts = NULL;
}

struct alerting *alerting_new(const struct alerting_parts *parts, struct err *ret_err)
{
	struct alerting *a = xcalloc(1, sizeof *a);

	a->parts = *parts;
	MUST(evtimer_assign(&a->turn, parts->base, on_turn, a) == 0);
	a->mutes = mutes_new(parts->store);
	a->ledger = ledger_new(&(struct ledger_parts){
		.store = parts->store, .mutes = a->mutes, .owner = a, .changed = on_changed });
	a->courier = courier_new(&(struct courier_parts){ .base = parts->base,
							  .prober = parts->prober,
							  .store = parts->store,
							  .ledger = a->ledger });
	mutes_configure(a->mutes, parts->conf);
	if (!courier_configure(a->courier, parts->conf, ret_err)) {
		alerting_free(a);
		return NULL;
	}
	restore(a);
	a->alarms = alarms_new(&(struct alarms_parts){
		.ledger = a->ledger, .owner = a, .look = look, .trace = trace });
	a->tracer = tracer_new(
		&(struct tracer_parts){ .prober = parts->prober, .owner = a, .done = on_traced });
	if (parts->store != NULL)
		store_on_kept(parts->store, on_changed, a);
	return a;
}

void alerting_free(struct alerting *a)
{
	if (a == NULL)
		return;
	if (a->parts.store != NULL)
		store_on_kept(a->parts.store, NULL, NULL);
	(void)event_del(&a->turn);
	tracer_free(a->tracer);
	alarms_free(a->alarms);
	courier_free(a->courier);
	ledger_free(a->ledger);
	mutes_free(a->mutes);
	free(a);
}

void alerting_start(struct alerting *a, struct round *round)
{
	a->round = round;
	on_turn(-1, 0, a);
	courier_wake(a->courier);
}

bool alerting_configure(struct alerting *a, const struct conf *conf, struct err *ret_err)
{
	mutes_configure(a->mutes, conf);
	alerting_mute_again(a);
	return courier_configure(a->courier, conf, ret_err);
}

void alerting_note_configuration(struct alerting *a, const char *trouble)
{
	alarms_configuration(a->alarms, trouble, wall_now());
}

void alerting_put_all(struct alerting *a)
{
	ledger_put_all(a->ledger);
}

void alerting_mute_again(struct alerting *a)
{
	a->muted = wall_now();
	a->turns = mutes_turn(a->mutes, a->muted);
	ledger_mute_again(a->ledger, a->muted);
}

struct alarms *alerting_alarms(const struct alerting *a)
{
	return a->alarms;
}

struct courier *alerting_courier(const struct alerting *a)
{
	return a->courier;
}

struct ledger *alerting_ledger(const struct alerting *a)
{
	return a->ledger;
}

struct mutes *alerting_mutes(const struct alerting *a)
{
	return a->mutes;
}
