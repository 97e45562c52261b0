/* SPDX-License-Identifier: Apache-2.0 */
/* tracer.c: see tracer.h. */
#include "daemon/tracer.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "probes/trace.h"

/* One trace, waiting or under way. */
struct walk {
	struct link link;
	struct tracer *tracer; /* borrowed: the owner */
	int64_t endpoint;
	struct addr target;
	struct trace *trace; /* owned; NULL: it waits */
};

struct tracer {
	struct tracer_parts parts;
	struct list waiting;
	struct list walking;
	size_t waits;
	size_t walks;
	struct {
		int64_t endpoint; /* 0: none */
		struct mono at;
	} recent[TRACER_RECENT]; /* a ring */
	size_t next;
};

struct tracer *tracer_new(const struct tracer_parts *parts)
{
	struct tracer *t = xcalloc(1, sizeof *t);

	t->parts = *parts;
	list_init(&t->waiting);
	list_init(&t->walking);
	return t;
}

static void walks_free(struct list *l)
{
	struct link *k;

	while ((k = list_first(l)) != NULL) {
		struct walk *w = container_of(k, struct walk, link);

		link_remove(k);
		trace_abort(w->trace);
		free(w);
	}
}

void tracer_free(struct tracer *t)
{
	if (t == NULL)
		return;
	walks_free(&t->waiting);
	walks_free(&t->walking);
	free(t);
}

static void start(struct tracer *t);

static void on_trace(void *owner, const struct trace_result *result)
{
	struct walk *w = owner;
	struct tracer *t = w->tracer;
	int64_t endpoint = w->endpoint;

	link_remove(&w->link);
	free(w);
	t->walks--;
	t->parts.done(t->parts.owner, endpoint, result);
	start(t);
}

static void start(struct tracer *t)
{
	struct link *k;

	while (t->walks < TRACER_AT_ONCE && (k = list_first(&t->waiting)) != NULL) {
		struct walk *w = container_of(k, struct walk, link);

		link_remove(k);
		t->waits--;
		list_push_back(&t->walking, k);
		t->walks++;
		w->trace = trace_start(t->parts.prober, &w->target, LIMIT_TRACE_HOPS,
				       span_of_ms(TRACER_HOP_TIMEOUT_MS), on_trace, w);
	}
}

static bool traced_lately(const struct tracer *t, int64_t endpoint, struct mono now)
{
	for (size_t i = 0; i < TRACER_RECENT; i++)
		if (t->recent[i].endpoint == endpoint &&
		    mono_before(now, mono_add(t->recent[i].at,
					      span_of_ms(INT64_C(1000) * TRACER_AGAIN_S))))
			return true;
	return false;
}

void tracer_want(struct tracer *t, int64_t endpoint, const struct addr *target, struct mono now)
{
	struct walk *w;

	if (t->waits >= TRACER_WAITING || traced_lately(t, endpoint, now))
		return;
	t->recent[t->next].endpoint = endpoint;
	t->recent[t->next].at = now;
	t->next = (t->next + 1) % TRACER_RECENT;
	w = xcalloc(1, sizeof *w);
	w->tracer = t;
	w->endpoint = endpoint;
	w->target = *target;
	list_push_back(&t->waiting, &w->link);
	t->waits++;
	start(t);
}
