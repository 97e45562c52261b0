/* SPDX-License-Identifier: Apache-2.0 */
/* rota.c: see rota.h. */
#include "daemon/rota.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/discovered.h"
#include "daemon/kubecall.h"
#include "daemon/kubecut.h"
#include "daemon/schedule.h"

enum { TIMEOUT_MS = 60000, RETRY_LEAST_MS = 5000, RETRY_MOST_MS = 300000 };

struct item {
	struct kubeobject object;
	struct job job; /* planned while it is wanted and not asked about */
	bool wanted;
	bool answered;     /* at least once */
	bool anew;         /* wanted again since it was asked for */
	unsigned failures; /* in a row */
	struct mono due;
};

struct rota {
	struct rota_parts parts;
	struct item **items; /* owned; in order */
	size_t count;
	size_t size;
	size_t unanswered;
	struct schedule *schedule; /* owned */
	struct item *asked;        /* into items; NULL: no question is under way */
	struct event timer;
	struct kubecut *cut;
	bool garbled;
	unsigned failures;  /* in a row */
	struct mono resume; /* nothing is asked before; after a failure */
	struct kubewatch_stats stats;
};

/* ---- items */

/* Where o is (*ret_there), or belongs. */
static size_t place(const struct rota *r, const struct kubeobject *o, bool *ret_there)
{
	size_t low = 0;
	size_t high = r->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = kubeobject_compare(&r->items[middle]->object, o);

		if (order == 0) {
			*ret_there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_there = false;
	return low;
}

static struct item *insert(struct rota *r, size_t at)
{
	struct item *i = xcalloc(1, sizeof *i);

	if (r->count == r->size) {
		r->size = r->size > 0 ? 2 * r->size : 16;
		r->items = xreallocarray(r->items, r->size, sizeof(struct item *));
	}
	memmove(&r->items[at + 1], &r->items[at], (r->count - at) * sizeof(struct item *));
	r->items[at] = i;
	r->count++;
	r->unanswered++;
	r->stats.listed = false;
	i->due = mono_now();
	return i;
}

/* What is under way is planned again when it has ended. */
static void plan_item(struct rota *r, struct item *i)
{
	schedule_remove(r->schedule, &i->job);
	if (i->wanted && i != r->asked)
		schedule_want(r->schedule, &i->job, i->due);
}

static struct mono later(struct span d)
{
	uint32_t n;

	/* From three quarters to five quarters of it: not all nodes at once. */
	evutil_secure_rng_get_bytes(&n, sizeof n);
	d.ns = d.ns - d.ns / 4 + (int64_t)((double)d.ns / 2 * ((double)n / UINT32_MAX));
	return mono_add(mono_now(), d);
}

static void plan(struct rota *r)
{
	struct timeval wait;
	struct mono next;

	(void)event_del(&r->timer);
	if (r->asked != NULL || !schedule_next(r->schedule, &next))
		return;
	wait = span_timeval(mono_sub(mono_before(next, r->resume) ? r->resume : next, mono_now()));
	(void)event_add(&r->timer, &wait);
}

/* ---- one question */

static bool on_object(void *owner, const char *text, size_t len)
{
	struct rota *r = owner;
	json_t *o = json_loadb(text, len, JSON_ALLOW_NUL, NULL);

	if (o != NULL)
		r->parts.object(r->parts.owner, &r->asked->object, o);
	r->garbled = o == NULL;
	json_decref(o);
	return !r->garbled;
}

static bool on_bytes(void *owner, const char *data, size_t len)
{
	struct rota *r = owner;

	return kubecut_feed(r->cut, data, len);
}

static struct mono retry(unsigned failures)
{
	int64_t wait = RETRY_LEAST_MS;

	for (unsigned i = 1; i < failures && wait < RETRY_MOST_MS; i++)
		wait *= 2;
	return later(span_of_ms(wait < RETRY_MOST_MS ? wait : RETRY_MOST_MS));
}

/* The others come first: it may be the trouble of this one alone. */
static void failed(struct rota *r, const char *why)
{
	char text[KUBEWATCH_TROUBLE_SIZE];

	r->stats.failures++;
	r->resume = retry(++r->failures);
	r->asked->due = retry(++r->asked->failures);
	text_printf(text, sizeof text, "%s", why);
	if (strcmp(text, r->stats.trouble) == 0)
		return;
	memcpy(r->stats.trouble, text, sizeof text);
	log_warn("%s does not tell of %s, continuing with what is known: %s", r->parts.teller,
		 r->parts.what, text);
}

/* One that is not to be had is trouble, however well the others go. */
static void judge(struct rota *r)
{
	if (r->stats.trouble[0] == '\0')
		return;
	for (size_t i = 0; i < r->count; i++)
		if (r->items[i]->failures > 0)
			return;
	r->stats.trouble[0] = '\0';
	log_notice("%s tells of %s again", r->parts.teller, r->parts.what);
}

static void went_well(struct rota *r)
{
	r->stats.heard = wall_now();
	r->unanswered -= !r->asked->answered;
	r->asked->answered = true;
	r->asked->wanted = r->parts.again || r->asked->anew;
	r->asked->due = later(r->parts.rest);
	r->stats.listed = r->unanswered == 0;
}

/* It went before it was asked for; a watch will say so. */
static void not_there(struct rota *r)
{
	r->asked->wanted = r->parts.again || r->asked->anew;
	r->asked->due = later(r->parts.rest);
}

/* The question under way has ended. */
static void end_question(struct rota *r)
{
	struct item *i = r->asked;

	r->asked = NULL;
	plan_item(r, i);
	plan(r);
}

/* 206: the inventory has not read everything yet. */
static void on_answer(void *owner, const struct fetch_reply *reply)
{
	struct rota *r = owner;
	bool well = (reply->status == 200 || reply->status == 206) && kubecut_complete(r->cut);
	char why[KUBEWATCH_TROUBLE_SIZE];

	r->stats.left_out = kubecut_left_out(r->cut);
	r->parts.ended(r->parts.owner, &r->asked->object, well && reply->status == 200);
	kubecall_say(reply, why, sizeof why);
	if (well || reply->status == 404) {
		r->failures = r->asked->failures = 0;
		judge(r);
	}
	if (well)
		went_well(r);
	else if (reply->status == 404)
		not_there(r);
	else
		failed(r,
		       r->garbled || reply->status == 200 ? "what it says is no JSON object" : why);
	end_question(r);
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	struct rota *r = data;
	struct kubecall_question q = { .accept = "application/json",
				       .timeout = span_of_ms(TIMEOUT_MS),
				       .take = on_bytes };
	AUTO(text) char *target = NULL;
	struct mono next;
	struct due due;
	struct err err;

	(void)fd;
	(void)what;
	/* The timer has said that its time has come. */
	if (!schedule_next(r->schedule, &next) || !schedule_take(r->schedule, next, &due))
		return;
	r->asked = container_of(due.job, struct item, job);
	r->asked->anew = false;
	r->stats.lists++;
	r->garbled = false;
	kubecut_begin(r->cut, r->parts.list ? KUBECUT_LIST : KUBECUT_WATCH);
	target = r->parts.target(r->parts.owner, &r->asked->object);
	q.target = target;
	r->parts.begun(r->parts.owner, &r->asked->object);
	if (kubecall_ask(r->parts.call, &q, on_answer, r, &err))
		return;
	failed(r, err.text);
	end_question(r);
}

/* ---- the outside */

void rota_want(struct rota *r, const struct kubeobject *o)
{
	bool there;
	size_t at = place(r, o, &there);
	struct item *i = there ? r->items[at] : NULL;

	if (i != NULL && i->answered && strcmp(i->object.version, o->version) == 0)
		return;
	if (i == NULL && r->count == DISCOVERED_MAX)
		return;
	if (i == NULL)
		i = insert(r, at);
	i->object = *o;
	i->wanted = true;
	i->anew = true;
	plan_item(r, i);
	plan(r);
}

static void forget(struct rota *r, struct item *i)
{
	if (r->asked != NULL && r->asked == i) {
		kubecall_stop(r->parts.call);
		r->asked = NULL;
	}
	r->unanswered -= !i->answered;
	schedule_remove(r->schedule, &i->job);
	free(i);
}

void rota_drop(struct rota *r, const struct kubeobject *o)
{
	bool there;
	size_t at = place(r, o, &there);

	if (!there)
		return;
	forget(r, r->items[at]);
	r->count--;
	memmove(&r->items[at], &r->items[at + 1], (r->count - at) * sizeof(struct item *));
	judge(r);
	plan(r);
}

void rota_prune(struct rota *r, bool (*keep)(void *owner, const struct kubeobject *o))
{
	size_t kept = 0;

	for (size_t i = 0; i < r->count; i++)
		if (keep(r->parts.owner, &r->items[i]->object))
			r->items[kept++] = r->items[i];
		else
			forget(r, r->items[i]);
	r->count = kept;
	judge(r);
	plan(r);
}

struct rota *rota_new(const struct rota_parts *parts)
{
	struct rota *r = xcalloc(1, sizeof *r);

	r->parts = *parts;
	r->cut = kubecut_new(on_object, r);
	r->schedule = schedule_new();
	MUST(evtimer_assign(&r->timer, parts->base, on_timer, r) == 0);
	return r;
}

void rota_free(struct rota *r)
{
	if (r == NULL)
		return;
	(void)event_del(&r->timer);
	kubecall_free(r->parts.call);
	kubecut_free(r->cut);
	schedule_free(r->schedule);
	for (size_t i = 0; i < r->count; i++)
		free(r->items[i]);
	free(r->items);
	free(r);
}

const struct kubewatch_stats *rota_stats(struct rota *r)
{
	return &r->stats;
}
