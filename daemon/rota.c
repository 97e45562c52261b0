/* SPDX-License-Identifier: Apache-2.0 */
/* rota.c: see rota.h. */
#include "daemon/rota.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/util.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/discovered.h"
#include "daemon/kubecall.h"
#include "daemon/kubecut.h"

enum { TIMEOUT_MS = 60000, RETRY_LEAST_MS = 5000, RETRY_MOST_MS = 300000 };

struct item {
	struct kubeobject object;
	bool wanted;
	bool answered;     /* at least once */
	bool anew;         /* wanted again since it was asked for */
	unsigned failures; /* in a row */
	struct mono due;
};

struct rota {
	struct rota_parts parts;
	struct item **items; /* owned */
	size_t count;
	size_t size;
	struct item *asked; /* into items; NULL: no question is under way */
	struct event timer;
	struct kubecut *cut;
	bool garbled;
	unsigned failures;  /* in a row */
	struct mono resume; /* nothing is asked before; after a failure */
	struct kubewatch_stats stats;
};

/* ---- items */

static struct item *find(const struct rota *r, const struct kubeobject *o, size_t *ret_at)
{
	for (size_t i = 0; i < r->count; i++)
		if (kubeobject_compare(&r->items[i]->object, o) == 0) {
			*ret_at = i;
			return r->items[i];
		}
	return NULL;
}

/* The one that is due first; NULL: none is wanted. */
static struct item *first(const struct rota *r)
{
	struct item *found = NULL;

	for (size_t i = 0; i < r->count; i++)
		if (r->items[i]->wanted &&
		    (found == NULL || mono_before(r->items[i]->due, found->due)))
			found = r->items[i];
	return found;
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
	struct item *next = first(r);
	struct timeval wait;

	(void)event_del(&r->timer);
	if (r->asked != NULL || next == NULL)
		return;
	wait = span_timeval(
		mono_sub(mono_before(next->due, r->resume) ? r->resume : next->due, mono_now()));
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
	for (size_t i = 0; i < r->count; i++)
		if (r->items[i]->failures > 0)
			return;
	if (r->stats.trouble[0] == '\0')
		return;
	r->stats.trouble[0] = '\0';
	log_notice("%s tells of %s again", r->parts.teller, r->parts.what);
}

static void went_well(struct rota *r)
{
	r->stats.heard = wall_now();
	r->asked->answered = true;
	r->asked->wanted = r->parts.again || r->asked->anew;
	r->asked->due = later(r->parts.rest);
	r->stats.listed = true;
	for (size_t i = 0; i < r->count; i++)
		r->stats.listed = r->stats.listed && r->items[i]->answered;
}

/* It went before it was asked for; a watch will say so. */
static void not_there(struct rota *r)
{
	r->asked->wanted = r->parts.again || r->asked->anew;
	r->asked->due = later(r->parts.rest);
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
	r->asked = NULL;
	plan(r);
}

static void on_timer(evutil_socket_t fd, short what, void *data)
{
	struct rota *r = data;
	struct kubecall_question q = { .accept = "application/json",
				       .timeout = span_of_ms(TIMEOUT_MS),
				       .take = on_bytes };
	AUTO(text) char *target = NULL;
	struct err err;

	(void)fd;
	(void)what;
	r->asked = first(r);
	if (r->asked == NULL)
		return;
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
	r->asked = NULL;
	plan(r);
}

/* ---- the outside */

void rota_want(struct rota *r, const struct kubeobject *o)
{
	size_t at;
	struct item *i = find(r, o, &at);

	if (i != NULL && i->answered && strcmp(i->object.version, o->version) == 0)
		return;
	if (i == NULL) {
		if (r->count == DISCOVERED_MAX)
			return;
		if (r->count == r->size) {
			r->size = r->size > 0 ? 2 * r->size : 16;
			r->items = xreallocarray(r->items, r->size, sizeof(struct item *));
		}
		i = xcalloc(1, sizeof *i);
		i->due = mono_now();
		r->items[r->count++] = i;
		r->stats.listed = false;
	}
	i->object = *o;
	i->wanted = true;
	i->anew = true;
	plan(r);
}

static void drop_at(struct rota *r, size_t at)
{
	if (r->asked == r->items[at]) {
		kubecall_stop(r->parts.call);
		r->asked = NULL;
	}
	free(r->items[at]);
	r->items[at] = r->items[--r->count];
}

void rota_drop(struct rota *r, const struct kubeobject *o)
{
	size_t at;

	if (find(r, o, &at) == NULL)
		return;
	drop_at(r, at);
	judge(r);
	plan(r);
}

void rota_prune(struct rota *r, bool (*keep)(void *owner, const struct kubeobject *o))
{
	for (size_t i = r->count; i > 0; i--)
		if (!keep(r->parts.owner, &r->items[i - 1]->object))
			drop_at(r, i - 1);
	judge(r);
	plan(r);
}

struct rota *rota_new(const struct rota_parts *parts)
{
	struct rota *r = xcalloc(1, sizeof *r);

	r->parts = *parts;
	r->cut = kubecut_new(on_object, r);
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
	for (size_t i = 0; i < r->count; i++)
		free(r->items[i]);
	free(r->items);
	free(r);
}

const struct kubewatch_stats *rota_stats(struct rota *r)
{
	return &r->stats;
}
