/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox.c: see outbox.h.  A telling under way knows its alerts by their serials alone: any of
 * them may change, end or be gone before the sink answers.
 *
 * What is owed (a revision that the sink does not have) goes before reminders, oldest first.
 */
#include "daemon/outbox.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/ledger.h"
#include "daemon/suspects.h"
#include "daemon/want.h"

enum {
	BACKOFF_MS = 1000,
	BACKOFF_MAX_MS = 30 * 1000,
	JITTER_PCT = 20,
	COMPLAIN_MS = 60 * 1000,
	ALONE_AFTER = 3, /* failures in a row: then one alert at a time is tried */
	IDLE_MS = 60 * 60 * 1000
};

struct outbox {
	char *name; /* owned */
	struct wanter wanter;
	const struct sink_class *class;
	struct sink *sink;     /* owned */
	struct ledger *ledger; /* borrowed */
	void *owner;
	void (*wake)(void *owner);

	bool telling;
	bool answered; /* the answer waits for the next turn */
	struct sink_answer answer;
	struct flight *flight; /* owned; class->batch of them; ascending by serial */
	size_t flight_count;
	struct suspects suspects;
	bool suspected;         /* what is told now is a portion of those */
	unsigned failures;      /* in a row */
	struct mono not_before; /* no telling before it, after a failure */
	uint64_t last_alone;    /* serial of who was tried alone last */
	struct mono complained; /* of a refusal; ns 0: never */
	uint64_t chance;        /* never 0 */
	struct outbox_stats stats;
};

/* One alert as it is being told. */
struct flight {
	uint64_t serial;
	unsigned revision;
	bool ended;
};

/* ---- what is told next */

static void pack(struct outbox *o, const struct alert *a, const struct alert **batch)
{
	MUST(o->flight_count < o->class->batch);
	batch[o->flight_count] = a;
	o->flight[o->flight_count++] = (struct flight){ .serial = a->serial,
							.revision = a->revision,
							.ended = !alert_active(a) };
}

static int by_serial(const void *key, const void *member)
{
	uint64_t a = *(const uint64_t *)key;
	uint64_t b = *(const uint64_t *)member;

	return a < b ? -1 : a > b;
}

/* What is still wanted of the next portion that has any such. */
static void pack_suspects(struct outbox *o, struct survey *s, const struct alert **batch)
{
	uint64_t *serials;
	size_t count;

	while (o->flight_count == 0 && (serials = suspects_pop(&o->suspects, &count)) != NULL) {
		for (struct alert *a = NULL; (a = ledger_next(o->ledger, a)) != NULL;)
			if (bsearch(&a->serial, serials, count, sizeof *serials, by_serial) !=
				    NULL &&
			    want_now(&o->wanter, a, s) >= WANT_REMINDER)
				pack(o, a, batch);
		free(serials);
	}
	o->suspected = o->flight_count > 0;
}

/*
 * Something may be wrong with one alert alone, and the sink does not say so: then each has its
 * turn, lest one of them stands in the way of all.
 */
static void pack_alone(struct outbox *o, struct survey *s, const struct alert **batch)
{
	const struct alert *first = NULL;
	const struct alert *next = NULL;

	for (struct alert *a = NULL; next == NULL && (a = ledger_next(o->ledger, a)) != NULL;) {
		if (want_now(&o->wanter, a, s) < WANT_REMINDER)
			continue;
		if (first == NULL)
			first = a;
		if (a->serial > o->last_alone)
			next = a;
	}
	if (next == NULL)
		next = first;
	if (next == NULL)
		return;
	o->last_alone = next->serial;
	pack(o, next, batch);
}

/* Owed ones first, then reminders; those due soon only in a batch that is made anyway. */
static void pack_batch(struct outbox *o, struct survey *s, const struct alert **batch)
{
	size_t left[WANT_N] = { 0 };
	size_t room = o->class->batch;

	for (struct alert *a = NULL; (a = ledger_next(o->ledger, a)) != NULL;)
		left[want_now(&o->wanter, a, s)]++;
	left[WANT_NOTHING] = 0;
	if (left[WANT_REMINDER] == 0)
		left[WANT_SPARE] = 0;
	for (int w = WANT_OWED; w > WANT_NOTHING; w--) {
		left[w] = left[w] < room ? left[w] : room;
		room -= left[w];
	}
	if (room == o->class->batch)
		return;
	for (struct alert *a = NULL; (a = ledger_next(o->ledger, a)) != NULL;) {
		enum want w = want_now(&o->wanter, a, s);

		if (left[w] == 0)
			continue;
		left[w]--;
		pack(o, a, batch);
	}
}

static void pack_next(struct outbox *o, struct survey *s, const struct alert **batch)
{
	if (o->failures >= ALONE_AFTER) {
		suspects_clear(&o->suspects);
		pack_alone(o, s, batch);
		return;
	}
	pack_suspects(o, s, batch);
	if (o->flight_count == 0)
		pack_batch(o, s, batch);
}

/* ---- the answer */

static uint64_t *serials_of(const struct outbox *o)
{
	uint64_t *serials = xcalloc(o->flight_count, sizeof *serials);

	for (size_t i = 0; i < o->flight_count; i++)
		serials[i] = o->flight[i].serial;
	return serials;
}

static void mark_taken(struct outbox *o, struct alert *a, const struct flight *f, struct mono now)
{
	struct telling *t = &a->told[o->wanter.slot];
	unsigned before = t->revision > t->refused ? t->revision : t->refused;
	bool news = f->revision != t->revision;

	if (f->ended && (!t->ended || t->end.ns == 0))
		t->end = now;
	t->revision = f->revision;
	t->ended = f->ended;
	t->told = now;
	t->at = wall_now();
	if (!news)
		return;
	o->stats.taken++;
	o->stats.coalesced += f->revision > before ? f->revision - before - 1 : 0;
	ledger_told(o->ledger, a, o->wanter.slot, o->name);
}

/* One line a minute: the others are counted. */
static void mark_refused(struct outbox *o, struct alert *a, const struct flight *f, struct mono now)
{
	o->stats.refused++;
	a->told[o->wanter.slot].refused = f->revision;
	ledger_told(o->ledger, a, o->wanter.slot, o->name);
	if (o->complained.ns != 0 &&
	    mono_before(now, mono_add(o->complained, span_of_ms(COMPLAIN_MS))))
		return;
	o->complained = now;
	log_warn("an alert was refused, continuing without: %s sink=\"%s\" alertname=%s "
		 "subject=\"%s\" revision=%u",
		 o->answer.detail, o->name, alert_kind_name(a->kind), a->subject, f->revision);
}

/* Those of the flight that still are. */
static void mark(struct outbox *o, struct mono now)
{
	size_t i = 0;

	for (struct alert *a = NULL;
	     i < o->flight_count && (a = ledger_next(o->ledger, a)) != NULL;) {
		while (i < o->flight_count && o->flight[i].serial < a->serial)
			i++;
		if (i == o->flight_count || o->flight[i].serial != a->serial)
			continue;
		if (o->answer.outcome == SINK_TAKEN)
			mark_taken(o, a, &o->flight[i], now);
		else
			mark_refused(o, a, &o->flight[i], now);
	}
}

/* xorshift64: nothing depends on its quality. */
static struct span jitter(struct outbox *o, int64_t ms)
{
	int64_t range = ms * JITTER_PCT / 100;

	o->chance ^= o->chance << 13;
	o->chance ^= o->chance >> 7;
	o->chance ^= o->chance << 17;
	return span_of_ms(ms - range + (int64_t)(o->chance % (uint64_t)(2 * range + 1)));
}

static void answered_well(struct outbox *o)
{
	if (o->failures > 0)
		log_notice("a sink can be told again sink=\"%s\" failures=%u", o->name,
			   o->failures);
	o->failures = 0;
	o->not_before.ns = 0;
	o->stats.failing = false;
	o->stats.trouble[0] = '\0';
}

static void failed(struct outbox *o, struct mono now)
{
	int64_t ms = BACKOFF_MS;

	for (unsigned i = 0; i < o->failures && ms < BACKOFF_MAX_MS; i++)
		ms *= 2;
	if (ms > BACKOFF_MAX_MS)
		ms = BACKOFF_MAX_MS;
	if (o->failures++ == 0)
		log_warn("a sink cannot be told, continuing to try: %s sink=\"%s\"",
			 o->answer.detail, o->name);
	if (o->suspected) {
		uint64_t *serials = serials_of(o);

		suspects_push(&o->suspects, serials, o->flight_count);
		free(serials);
	}
	o->not_before = mono_add(now, jitter(o, ms));
	o->stats.failures++;
	o->stats.failing = true;
	text_printf(o->stats.trouble, sizeof o->stats.trouble, "%s", o->answer.detail);
}

static void refused(struct outbox *o, struct mono now)
{
	uint64_t *serials = serials_of(o);

	answered_well(o);
	if (o->flight_count == 1)
		mark(o, now);
	else
		suspects_split(&o->suspects, serials, o->flight_count);
	free(serials);
}

static void absorb(struct outbox *o, struct mono now)
{
	o->telling = o->answered = false;
	switch (o->answer.outcome) {
	case SINK_TAKEN:
		answered_well(o);
		o->stats.told = wall_now();
		mark(o, now);
		break;
	case SINK_REFUSED:
		refused(o, now);
		break;
	case SINK_FAILED:
		failed(o, now);
		break;
	}
	o->flight_count = 0;
	o->suspected = false;
}

static void on_answer(void *owner, const struct sink_answer *answer)
{
	struct outbox *o = owner;

	MUST(o->telling && !o->answered);
	o->answer = *answer;
	o->answered = true;
	o->wake(o->owner);
}

/* ---- a turn */

struct span outbox_turn(struct outbox *o, struct mono now)
{
	const struct alert *batch[SUSPECTS_BATCH_MAX];
	struct survey s;

	if (o->answered)
		absorb(o, now);
	if (o->telling)
		return span_of_ms(IDLE_MS);
	if (mono_before(now, o->not_before))
		return mono_sub(o->not_before, now);
	s = want_survey(&o->wanter, now);
	pack_next(o, &s, batch);
	if (o->flight_count > 0) {
		o->telling = true;
		o->class->tell(o->sink, batch, o->flight_count, on_answer, o);
	}
	return s.wait;
}

/* ---- how it is */

/* Since when the history, or what came of the looks, says what the sink is not told. */
static struct wall owed_since(const struct alert *a, struct mono now, struct wall clock)
{
	if (a->put.ns == 0) /* of an earlier process */
		return alert_active(a) ? a->starts : a->ends;
	return (struct wall){ .ms = clock.ms - span_ms(mono_sub(now, a->put)) };
}

void outbox_stats(const struct outbox *o, struct outbox_stats *ret_stats)
{
	*ret_stats = o->stats;
}

void outbox_owed(const struct outbox *o, struct outbox_owed *ret_owed)
{
	struct mono now = mono_now();
	struct wall clock = wall_now();

	*ret_owed = (struct outbox_owed){ 0 };
	for (struct alert *a = NULL; (a = ledger_next(o->ledger, a)) != NULL;) {
		struct wall since;

		if (!want_owed(&o->wanter, a))
			continue;
		since = owed_since(a, now, clock);
		if (ret_owed->count++ == 0 || since.ms < ret_owed->oldest.ms)
			ret_owed->oldest = since;
	}
}

bool outbox_knows(const struct outbox *o, const struct alert *a, struct mono now)
{
	return want_no_more(&o->wanter, a, now);
}

/* ---- start and end */

struct outbox *outbox_new(const struct outbox_parts *parts)
{
	struct outbox *o = xcalloc(1, sizeof *o);

	MUST(parts->slot >= 0 && parts->slot < ALERT_SINKS_MAX);
	MUST(parts->class->batch > 0 && parts->class->batch <= SUSPECTS_BATCH_MAX);
	o->name = xstrdup(parts->name);
	o->wanter = (struct wanter){ .slot = parts->slot,
				     .least = parts->least,
				     .reminded = parts->class->wants_reminders,
				     .resend = parts->resend,
				     .store = parts->store };
	o->class = parts->class;
	o->sink = parts->sink;
	o->ledger = parts->ledger;
	o->owner = parts->owner;
	o->wake = parts->wake;
	o->flight = xcalloc(o->class->batch, sizeof *o->flight);
	o->chance = (uint64_t)mono_now().ns << 6 | (uint64_t)parts->slot << 1 | 1;
	o->stats.name = o->name;
	o->stats.type = o->class->name;
	return o;
}

void outbox_free(struct outbox *o)
{
	if (o == NULL)
		return;
	o->class->close(o->sink);
	suspects_clear(&o->suspects);
	free(o->flight);
	free(o->name);
	free(o);
}
