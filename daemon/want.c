/* SPDX-License-Identifier: Apache-2.0 */
/* want.c: see want.h. */
#include "daemon/want.h"

#include "daemon/store.h"

enum {
	HISTORY_MS = 2000, /* how long the history is waited for */
	ENDED_MS = 5 * 60 * 1000,
	IDLE_MS = 60 * 60 * 1000
};

/*
 * Nothing is told that a killed process would not know of again; in trouble it is told all the
 * same.  Before its first commit the history is neither writable nor in trouble.
 */
static bool history_is_well(struct store *s)
{
	struct store_stats stats;

	if (s == NULL)
		return false;
	store_stats(s, &stats);
	return stats.writable || stats.trouble[0] == '\0';
}

struct survey want_survey(const struct wanter *w, struct mono now)
{
	return (struct survey){ .now = now,
				.free = !history_is_well(w->store),
				.wait = span_of_ms(IDLE_MS) };
}

static void wait_until(struct survey *s, struct mono then)
{
	struct span wait = mono_sub(then, s->now);

	if (wait.ns < s->wait.ns)
		s->wait = wait;
}

static bool kept(const struct wanter *w, const struct alert *a, struct survey *s)
{
	struct mono latest = mono_add(a->put, span_of_ms(HISTORY_MS));

	if (s->free || !mono_before(s->now, latest) || store_kept(w->store, a->ticket))
		return true;
	wait_until(s, latest);
	return false;
}

bool want_owed(const struct wanter *w, const struct alert *a)
{
	const struct telling *t = &a->told[w->slot];

	return t->revision != a->revision && t->refused != a->revision &&
	       (t->revision > 0 || (!a->silenced && a->severity >= w->least));
}

/* The end was told, and need not be repeated any more. */
static bool over(const struct telling *t, struct mono now)
{
	return t->end.ns != 0 && !mono_before(now, mono_add(t->end, span_of_ms(ENDED_MS)));
}

static enum want want_reminder(const struct wanter *w, const struct alert *a, struct survey *s)
{
	const struct telling *t = &a->told[w->slot];
	struct mono due = mono_add(t->told, w->resend);

	if (!w->reminded || t->revision != a->revision || (!alert_active(a) && over(t, s->now)))
		return WANT_NOTHING;
	/* What an earlier process told may be forgotten by now. */
	if (t->told.ns == 0 || !mono_before(s->now, due))
		return WANT_REMINDER;
	wait_until(s, due);
	if (!alert_active(a))
		wait_until(s, mono_add(t->end, span_of_ms(ENDED_MS)));
	due.ns -= w->resend.ns / 4;
	return mono_before(s->now, due) ? WANT_NOTHING : WANT_SPARE;
}

enum want want_now(const struct wanter *w, const struct alert *a, struct survey *s)
{
	if (!want_owed(w, a))
		return want_reminder(w, a, s);
	return kept(w, a, s) ? WANT_OWED : WANT_NOTHING;
}

bool want_no_more(const struct wanter *w, const struct alert *a, struct mono now)
{
	const struct telling *t = &a->told[w->slot];

	if (alert_active(a) || want_owed(w, a))
		return false;
	return !w->reminded || t->revision != a->revision || over(t, now);
}
