/* SPDX-License-Identifier: Apache-2.0 */
/* ledger.c: see ledger.h. */
#include "daemon/ledger.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/mutes.h"
#include "daemon/store.h"

struct ledger {
	struct ledger_parts parts;
	struct list alerts; /* oldest first */
	void *tree;         /* the same, by kind and subject */
	size_t count;
	uint64_t last_serial;
	uint32_t slots; /* where sinks are */
};

_Static_assert(ALERT_SINKS_MAX <= 32, "slots are bits");

/* ---- finding */

static int compare(const void *one, const void *other)
{
	const struct alert *a = one;
	const struct alert *b = other;

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return strcmp(a->subject, b->subject);
}

struct alert *ledger_find(const struct ledger *l, enum alert_kind kind, const char *subject)
{
	AUTO(text) char *copy = xstrdup(subject);
	struct alert key = { .kind = kind, .subject = copy };
	struct alert *const *found = tfind(&key, &l->tree, compare);

	return found != NULL ? *found : NULL;
}

struct alert *ledger_active(const struct ledger *l, enum alert_kind kind, const char *subject)
{
	struct alert *a = ledger_find(l, kind, subject);

	return a != NULL && alert_active(a) ? a : NULL;
}

struct alert *ledger_next(const struct ledger *l, const struct alert *a)
{
	struct link *k = a == NULL ? list_first(&l->alerts) : list_next(&l->alerts, &a->link);

	return k != NULL ? container_of(k, struct alert, link) : NULL;
}

size_t ledger_count(const struct ledger *l)
{
	return l->count;
}

size_t ledger_active_count(const struct ledger *l, enum severity severity)
{
	size_t n = 0;

	for (struct alert *a = NULL; (a = ledger_next(l, a)) != NULL;)
		n += alert_active(a) && a->severity == severity;
	return n;
}

/* ---- what the history is told */

static void put(struct ledger *l, struct alert *a, bool settled)
{
	AUTO(text) char *identity = alert_identity(a->kind, a->subject);
	AUTO(text) char *labels = json_dumps(a->labels, JSON_COMPACT);
	AUTO(text) char *annotations = json_dumps(a->annotations, JSON_COMPACT);

	a->put = mono_now();
	if (l->parts.store == NULL)
		return;
	MUST(labels != NULL && annotations != NULL);
	a->ticket = store_put_alert(l->parts.store,
				    &(struct store_alert){ .identity = identity,
							   .name = alert_kind_name(a->kind),
							   .subject = a->subject,
							   .severity = severity_name(a->severity),
							   .endpoint = a->endpoint,
							   .starts = a->starts,
							   .ends = a->ends,
							   .revision = a->revision,
							   .coalesced = a->coalesced,
							   .silenced = a->silenced,
							   .settled = settled,
							   .labels = labels,
							   .annotations = annotations });
}

static void put_telling(struct ledger *l, const struct alert *a, int slot, const char *sink)
{
	AUTO(text) char *identity = alert_identity(a->kind, a->subject);
	const struct telling *t = &a->told[slot];

	if (l->parts.store != NULL)
		store_put_delivery(l->parts.store,
				   &(struct store_delivery){ .identity = identity,
							     .starts = a->starts,
							     .sink = sink,
							     .revision = t->revision,
							     .refused = t->refused,
							     .ended = t->ended,
							     .at = t->at });
}

/* There is more to tell of a. */
static void revise(struct ledger *l, struct alert *a)
{
	a->revision++;
	put(l, a, false);
	if (l->parts.changed != NULL)
		l->parts.changed(l->parts.owner);
}

/* ---- coming and going */

static void insert(struct ledger *l, struct alert *a)
{
	void *at;

	a->serial = ++l->last_serial;
	at = tsearch(a, &l->tree, compare);
	MUST(at != NULL && *(struct alert **)at == a);
	list_push_back(&l->alerts, &a->link);
	l->count++;
}

static void drop(struct ledger *l, struct alert *a)
{
	MUST(tdelete(a, &l->tree, compare) != NULL);
	link_remove(&a->link);
	l->count--;
	alert_free(a);
}

struct ledger *ledger_new(const struct ledger_parts *parts)
{
	struct ledger *l = xcalloc(1, sizeof *l);

	l->parts = *parts;
	list_init(&l->alerts);
	return l;
}

void ledger_free(struct ledger *l)
{
	struct link *k;

	if (l == NULL)
		return;
	while ((k = list_first(&l->alerts)) != NULL)
		drop(l, container_of(k, struct alert, link));
	free(l);
}

void ledger_settle(struct ledger *l, struct alert *a)
{
	MUST(!alert_active(a));
	put(l, a, true);
	drop(l, a);
}

/* Somebody has not been told of a as it is now, and would have been. */
static bool missed(const struct ledger *l, const struct alert *a)
{
	for (int slot = 0; slot < ALERT_SINKS_MAX; slot++) {
		const struct telling *t = &a->told[slot];

		if ((l->slots >> slot & 1) != 0 && t->revision != a->revision &&
		    t->refused != a->revision && (!a->silenced || t->revision > 0))
			return true;
	}
	return false;
}

void ledger_use_slots(struct ledger *l, uint32_t slots)
{
	l->slots = slots;
	for (struct alert *a = NULL; (a = ledger_next(l, a)) != NULL;)
		for (int slot = 0; slot < ALERT_SINKS_MAX; slot++)
			if ((slots >> slot & 1) == 0)
				a->told[slot] = (struct telling){ 0 };
}

static bool muted(const struct ledger *l, const struct alert *a, struct wall now)
{
	return l->parts.mutes != NULL &&
	       mutes_match_labels(l->parts.mutes, a->kind, a->labels, now);
}

/* A new instance, in the place of an ended one of which not everybody may know. */
static struct alert *begin(struct ledger *l, const struct alert_draft *d, struct alert *before)
{
	struct alert *a = xcalloc(1, sizeof *a);

	*a = (struct alert){ .kind = d->kind,
			     .severity = d->severity,
			     .subject = xstrdup(d->subject),
			     .endpoint = d->endpoint,
			     .starts = d->starts,
			     .labels = d->labels,
			     .annotations = d->annotations };
	if (before != NULL) {
		if (a->starts.ms <= before->starts.ms) /* a clock that was set back */
			a->starts.ms = before->starts.ms + 1;
		a->coalesced = before->coalesced + missed(l, before);
		ledger_settle(l, before);
	}
	insert(l, a);
	a->silenced = muted(l, a, wall_now());
	return a;
}

static bool same(const struct alert *a, const struct alert_draft *d)
{
	return a->severity == d->severity && json_equal(a->labels, d->labels) &&
	       json_equal(a->annotations, d->annotations);
}

/* What was learned on the way goes too: of another reason it may not be true. */
static void change(struct alert *a, const struct alert_draft *d)
{
	a->severity = d->severity;
	json_decref(a->labels);
	a->labels = d->labels;
	json_decref(a->annotations);
	a->annotations = d->annotations;
}

struct alert *ledger_raise(struct ledger *l, const struct alert_draft *d)
{
	struct alert *a = ledger_find(l, d->kind, d->subject);

	if (a != NULL && alert_active(a)) {
		a->endpoint = d->endpoint;
		if (same(a, d)) {
			json_decref(d->labels);
			json_decref(d->annotations);
			return a;
		}
		change(a, d);
		a->silenced = muted(l, a, wall_now()); /* its labels may be others */
	} else {
		a = begin(l, d, a);
		log_info("alert %s %s: %s severity=%s", alert_kind_name(a->kind), a->subject,
			 alert_annotation(a, "summary"), severity_name(a->severity));
	}
	revise(l, a);
	return a;
}

static bool set_annotation(struct alert *a, const char *key, const char *value)
{
	if (strcmp(alert_annotation(a, key), value) == 0)
		return false;
	if (value[0] == '\0')
		(void)json_object_del(a->annotations, key);
	else
		MUST(json_object_set_new(a->annotations, key, json_string(value)) == 0);
	return true;
}

void ledger_annotate(struct ledger *l, struct alert *a, const char *const pairs[])
{
	bool changed = false;

	for (; *pairs != NULL; pairs += 2)
		changed = set_annotation(a, pairs[0], pairs[1]) || changed;
	if (changed)
		revise(l, a);
}

void ledger_end(struct ledger *l, struct alert *a, struct wall at, const char *why)
{
	if (!alert_active(a))
		return;
	a->ends.ms = at.ms > a->starts.ms ? at.ms : a->starts.ms + 1;
	(void)set_annotation(a, "resolution", why);
	log_info("alert %s %s has ended: %s", alert_kind_name(a->kind), a->subject, why);
	revise(l, a);
}

void ledger_mute_again(struct ledger *l, struct wall now)
{
	bool changed = false;

	for (struct alert *a = NULL; (a = ledger_next(l, a)) != NULL;) {
		bool silenced = muted(l, a, now);

		if (silenced == a->silenced || !alert_active(a))
			continue; /* what ended in silence stays silent */
		a->silenced = silenced;
		put(l, a, false);
		changed = true;
	}
	if (changed && l->parts.changed != NULL)
		l->parts.changed(l->parts.owner);
}

void ledger_told(struct ledger *l, struct alert *a, int slot, const char *sink)
{
	MUST(slot >= 0 && slot < ALERT_SINKS_MAX);
	put_telling(l, a, slot, sink);
}

/* ---- from earlier processes */

/* An object of texts, as ours are; NULL: it is none. */
static json_t *texts_of(const char *text)
{
	json_t *o = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	const char *key;
	json_t *value;
	bool good = json_is_object(o);

	if (good)
		json_object_foreach(o, key, value) good = good && json_is_string(value);
	if (good)
		return o;
	json_decref(o);
	return NULL;
}

static struct alert *restored(const struct store_alert *s)
{
	struct alert *a = xcalloc(1, sizeof *a);

	a->labels = texts_of(s->labels);
	a->annotations = texts_of(s->annotations);
	if (a->labels == NULL || a->annotations == NULL || !alert_kind_parse(s->name, &a->kind) ||
	    !severity_parse(s->severity, &a->severity) || s->revision == 0) {
		alert_free(a);
		return NULL;
	}
	a->subject = xstrdup(s->subject);
	a->endpoint = s->endpoint;
	a->starts = s->starts;
	a->ends = s->ends;
	a->revision = s->revision;
	a->coalesced = s->coalesced;
	a->silenced = s->silenced;
	return a;
}

static void take(struct ledger *l, const struct store_past_alert *past,
		 int (*slot)(void *owner, const char *sink), void *owner)
{
	struct alert *a = restored(&past->alert);
	struct alert *before;

	if (a == NULL) {
		log_notice("an alert of the history cannot be read, continuing without: %s",
			   past->alert.identity);
		return;
	}
	before = ledger_find(l, a->kind, a->subject);
	if (before != NULL)
		drop(l, before); /* they come oldest first */
	for (size_t i = 0; i < past->delivery_count; i++) {
		const struct store_delivery *d = &past->deliveries[i];
		int at = slot(owner, d->sink);

		if (at >= 0 && at < ALERT_SINKS_MAX)
			/* What was refused may have been so for the settings of before. */
			a->told[at] = (struct telling){ .revision = d->revision,
							.at = d->at,
							.ended = d->ended };
	}
	insert(l, a);
}

void ledger_restore(struct ledger *l, const struct store_pasts *pasts,
		    int (*slot)(void *owner, const char *sink), void *owner)
{
	for (size_t i = 0; i < pasts->alert_count; i++)
		take(l, &pasts->alerts[i], slot, owner);
}

void ledger_put_all(struct ledger *l)
{
	for (struct alert *a = NULL; (a = ledger_next(l, a)) != NULL;)
		put(l, a, false);
}
