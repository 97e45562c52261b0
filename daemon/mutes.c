/* SPDX-License-Identifier: Apache-2.0 */
/* mutes.c: see mutes.h.  All times are in UTC: a day has 1440 minutes, and begins at a multiple. */
#include "daemon/mutes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/conf.h"
#include "daemon/store.h"

enum { MS_PER_MINUTE = 60000, MS_PER_DAY = 86400000, MINUTES_PER_DAY = 1440 };
enum { DAYS_PER_WEEK = 7, THURSDAY = 4 /* 1 January 1970 */ };

/* A window of the configuration. */
struct window {
	struct pattern pattern;
	struct conf_window conf; /* its texts are not used */
};

struct mutes {
	struct store *store;    /* borrowed; NULL: none */
	struct list silences;   /* owned; by id */
	size_t count;           /* of silences, ended ones too until they are forgotten */
	int64_t max_id;         /* ever given */
	struct window *windows; /* owned */
	size_t window_count;
};

/* A stretch of time: from is in it, until is not. */
struct stretch {
	int64_t from;
	int64_t until;
};

static struct silence *silence_of(struct link *k)
{
	return container_of(k, struct silence, link);
}

struct mutes *mutes_new(struct store *store)
{
	struct mutes *m = xcalloc(1, sizeof *m);

	m->store = store;
	list_init(&m->silences);
	return m;
}

static void forget(struct mutes *m, struct silence *s)
{
	link_remove(&s->link);
	free(s);
	m->count--;
}

void mutes_free(struct mutes *m)
{
	if (m == NULL)
		return;
	while (!list_empty(&m->silences))
		forget(m, silence_of(list_first(&m->silences)));
	free(m->windows);
	free(m);
}

/* ---- silences */

static struct silence *append(struct mutes *m, const struct silence *s)
{
	struct silence *mine = xmemdup(s, sizeof *s);

	mine->link = (struct link){ .next = NULL };
	list_push_back(&m->silences, &mine->link);
	m->count++;
	return mine;
}

/* False: it has ended, or was kept by a program that knows more than this one. */
static bool restore(const struct store_silence *kept, struct wall now, struct silence *ret_silence)
{
	struct silence s = { .id = kept->id,
			     .any_kind = kept->name[0] == '\0',
			     .from = kept->from,
			     .until = kept->until };

	if (kept->until.ms <= now.ms || !pattern_parse(kept->pattern, &s.pattern) ||
	    (!s.any_kind && !alert_kind_parse(kept->name, &s.kind)))
		return false;
	text_set(s.why, sizeof s.why, kept->why, strlen(kept->why));
	text_set(s.by, sizeof s.by, kept->by, strlen(kept->by));
	*ret_silence = s;
	return true;
}

static int on_compare_ids(const void *a, const void *b)
{
	const struct store_past_silence *const *x = a;
	const struct store_past_silence *const *y = b;
	int64_t i = (*x)->silence.id;
	int64_t k = (*y)->silence.id;

	return (i > k) - (i < k);
}

void mutes_restore(struct mutes *m, const struct store_pasts *pasts, struct wall now)
{
	size_t count = pasts->silence_count;
	const struct store_past_silence **order = xcalloc(count + 1, sizeof(void *));

	for (size_t i = 0; i < count; i++)
		order[i] = &pasts->silences[i];
	qsort(order, count, sizeof(void *), on_compare_ids);
	for (size_t i = 0; i < count; i++) {
		struct silence s;

		if (order[i]->silence.id > m->max_id)
			m->max_id = order[i]->silence.id;
		if (m->count < SILENCES_MAX && restore(&order[i]->silence, now, &s))
			(void)append(m, &s);
	}
	if (pasts->max_silence > m->max_id)
		m->max_id = pasts->max_silence;
	free(order);
}

static void put(const struct mutes *m, const struct silence *s)
{
	const struct store_silence kept = {
		.id = s->id,
		.pattern = s->pattern.text,
		.name = s->any_kind ? "" : alert_kind_name(s->kind),
		.from = s->from,
		.until = s->until,
		.why = s->why,
		.by = s->by,
	};

	if (m->store != NULL)
		store_put_silence(m->store, &kept);
}

const struct silence *mutes_add(struct mutes *m, const struct silence *s)
{
	struct silence *mine;

	if (m->count >= SILENCES_MAX)
		return NULL;
	mine = append(m, s);
	mine->id = ++m->max_id;
	put(m, mine);
	return mine;
}

const struct silence *mutes_next(const struct mutes *m, const struct silence *s)
{
	struct link *k = s == NULL ? list_first(&m->silences) : list_next(&m->silences, &s->link);

	return k != NULL ? silence_of(k) : NULL;
}

bool mutes_end(struct mutes *m, int64_t id, struct wall now)
{
	for (struct link *k = list_first(&m->silences); k != NULL; k = list_next(&m->silences, k)) {
		struct silence *s = silence_of(k);

		if (s->id != id)
			continue;
		if (s->until.ms <= now.ms)
			return false;
		s->until = now;
		put(m, s);
		return true;
	}
	return false;
}

void mutes_tidy(struct mutes *m, struct wall now)
{
	struct link *next;

	for (struct link *k = list_first(&m->silences); k != NULL; k = next) {
		struct silence *s = silence_of(k);

		next = list_next(&m->silences, k);
		if (s->until.ms <= now.ms)
			forget(m, s);
	}
}

/* ---- windows */

void mutes_configure(struct mutes *m, const struct conf *conf)
{
	free(m->windows);
	m->windows = xcalloc(conf->window_count + 1, sizeof *m->windows);
	m->window_count = conf->window_count;
	for (size_t i = 0; i < conf->window_count; i++) {
		m->windows[i].conf = conf->windows[i];
		MUST(pattern_parse(conf->windows[i].match, &m->windows[i].pattern));
	}
}

/* The day's number, also before 1970. */
static int64_t day_of(struct wall t)
{
	return t.ms / MS_PER_DAY - (t.ms % MS_PER_DAY < 0);
}

/* When the window that comes again is, if it begins on that day. */
static bool stretch_of_day(const struct conf_window *w, int64_t day, struct stretch *ret_stretch)
{
	int64_t weekday = ((day + THURSDAY) % DAYS_PER_WEEK + DAYS_PER_WEEK) % DAYS_PER_WEEK;
	unsigned minutes =
		w->end > w->begin ? w->end - w->begin : w->end + MINUTES_PER_DAY - w->begin;

	ret_stretch->from = day * MS_PER_DAY + (int64_t)w->begin * MS_PER_MINUTE;
	ret_stretch->until = ret_stretch->from + (int64_t)minutes * MS_PER_MINUTE;
	return (w->days >> weekday & 1) != 0;
}

static bool covers(const struct stretch *s, struct wall t)
{
	return s->from <= t.ms && t.ms < s->until;
}

static bool window_lasts(const struct conf_window *w, struct wall now)
{
	const struct stretch once = { w->from.ms, w->until.ms };
	struct stretch s;

	if (w->from.ms != 0)
		return covers(&once, now);
	for (int64_t day = day_of(now) - 1; day <= day_of(now); day++)
		if (stretch_of_day(w, day, &s) && covers(&s, now))
			return true;
	return false;
}

/* ---- who is muted */

/* "esx1" is not meant to silence esx10; who wants that writes "esx1*". */
static bool fits(const struct pattern *p, const struct match_subject *s)
{
	return pattern_match(p, s) >= MATCH_LABEL;
}

bool mutes_match(const struct mutes *m, enum alert_kind kind, const struct match_subject *s,
		 struct wall now)
{
	for (const struct silence *q = mutes_next(m, NULL); q != NULL; q = mutes_next(m, q)) {
		const struct stretch stretch = { q->from.ms, q->until.ms };

		if (covers(&stretch, now) && (q->any_kind || q->kind == kind) &&
		    fits(&q->pattern, s))
			return true;
	}
	for (size_t i = 0; i < m->window_count; i++)
		if (window_lasts(&m->windows[i].conf, now) && fits(&m->windows[i].pattern, s))
			return true;
	return false;
}

bool mutes_match_labels(const struct mutes *m, enum alert_kind kind, const json_t *labels,
			struct wall now)
{
	struct match_subject s = alert_subject(labels);

	return mutes_match(m, kind, &s, now);
}

/* ---- when that changes */

static void take_earlier(int64_t t, struct wall now, int64_t *earliest)
{
	if (t > now.ms && t < *earliest)
		*earliest = t;
}

static void take_stretch(const struct stretch *s, struct wall now, int64_t *earliest)
{
	take_earlier(s->from, now, earliest);
	take_earlier(s->until, now, earliest);
}

/* From the one that began yesterday to the one of this day in a week. */
static void take_window(const struct conf_window *w, struct wall now, int64_t *earliest)
{
	const struct stretch once = { w->from.ms, w->until.ms };
	struct stretch s;

	if (w->from.ms != 0) {
		take_stretch(&once, now, earliest);
		return;
	}
	for (int64_t day = day_of(now) - 1; day <= day_of(now) + DAYS_PER_WEEK; day++)
		if (stretch_of_day(w, day, &s))
			take_stretch(&s, now, earliest);
}

struct wall mutes_turn(const struct mutes *m, struct wall now)
{
	int64_t earliest = INT64_MAX;

	for (const struct silence *q = mutes_next(m, NULL); q != NULL; q = mutes_next(m, q)) {
		const struct stretch stretch = { q->from.ms, q->until.ms };

		if (q->until.ms > now.ms)
			take_stretch(&stretch, now, &earliest);
	}
	for (size_t i = 0; i < m->window_count; i++)
		take_window(&m->windows[i].conf, now, &earliest);
	return (struct wall){ .ms = earliest };
}
