/* SPDX-License-Identifier: Apache-2.0 */
/* reload.c: see reload.h. */
#include "daemon/reload.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/exchange.h"
#include "daemon/reply.h"
#include "report/json.h"

/* Who waits for the outcome. */
struct waiter {
	struct link link;
	struct exchange *exchange;
};

struct reload {
	struct reload_parts parts;
	struct span pause;
	struct mono allowed; /* from then on; ns 0: at once */
	struct event later;  /* pending: one is wanted */
	bool file;           /* …of the file, not only what was discovered */
	struct list waiters;
};

static void answer(struct exchange *x, const struct reload_outcome *how)
{
	json_t *o;

	if (how->refused.text[0] != '\0') {
		reply_fail(x, 422, NULL, "%s", how->refused.text);
		return;
	}
	o = report_object();
	report_set(o, "reloaded", json_true());
	report_set_text(o, "listen_error", how->deaf.text);
	reply_json(x, 200, o);
}

static void waiter_free(struct waiter *w)
{
	link_remove(&w->link);
	free(w);
}

static void on_gone(void *owner)
{
	waiter_free(owner);
}

static void merge(struct reload *r)
{
	r->parts.merge(r->parts.owner);
	r->allowed = mono_add(mono_now(), r->pause);
}

static void load(struct reload *r)
{
	struct reload_outcome how = { .refused = { .text = "" } };
	struct link *k;

	r->file = false;
	r->parts.load(r->parts.owner, &how);
	r->allowed = mono_add(mono_now(), r->pause);
	while ((k = list_first(&r->waiters)) != NULL) {
		struct waiter *w = container_of(k, struct waiter, link);
		struct exchange *x = w->exchange;

		waiter_free(w);
		answer(x, &how);
	}
}

static void on_later(evutil_socket_t fd, short what, void *data)
{
	struct reload *r = data;

	(void)fd;
	(void)what;
	if (r->file)
		load(r);
	else
		merge(r);
}

/* Whether it may be now; else it will be later. */
static bool now_or_later(struct reload *r)
{
	struct mono now = mono_now();
	struct timeval wait;

	if (event_pending(&r->later, EV_TIMEOUT, NULL) != 0)
		return false;
	if (!mono_before(now, r->allowed))
		return true;
	wait = span_timeval(mono_sub(r->allowed, now));
	(void)event_add(&r->later, &wait);
	return false;
}

void reload_want(struct reload *r)
{
	r->file = true;
	if (now_or_later(r))
		load(r);
}

void reload_want_merge(struct reload *r)
{
	if (now_or_later(r))
		merge(r);
}

void reload_order(struct reload *r, struct exchange *x)
{
	struct waiter *w = xcalloc(1, sizeof *w);

	w->exchange = x;
	list_push_back(&r->waiters, &w->link);
	exchange_watch(x, &(struct exchange_watcher){ .owner = w, .gone = on_gone });
	reload_want(r);
}

void reload_set_pause(struct reload *r, struct span pause)
{
	r->pause = pause;
}

struct reload *reload_new(const struct reload_parts *parts)
{
	struct reload *r = xcalloc(1, sizeof *r);

	r->parts = *parts;
	list_init(&r->waiters);
	MUST(evtimer_assign(&r->later, parts->base, on_later, r) == 0);
	return r;
}

void reload_free(struct reload *r)
{
	if (r == NULL)
		return;
	MUST(list_empty(&r->waiters));
	(void)event_del(&r->later);
	free(r);
}
