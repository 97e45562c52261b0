/* SPDX-License-Identifier: Apache-2.0 */
/* launch.c: see launch.h. */
#include "daemon/launch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/place.h"
#include "probes/verdict.h"

enum {
	REGULAR_IN_A_ROW = 3, /* so many go before one that is wanted in between */
	CATCH_UP = 4          /* separations that a late loop may leave out at once */
};

struct launch {
	struct launch_parts parts;
	struct launch_limits limits;
	struct list ready[2]; /* regular ones, and those wanted in between */
	unsigned regular;     /* of the former started since the last of the latter */
	struct list under_way;
	size_t in_flight;
	size_t waiting;         /* ready or at their places */
	struct mono last_start; /* of one held back: when it was allowed */
	bool held_back;         /* the first of those ready is, for the separation alone */
};

static struct attempt *attempt_of(struct link *k)
{
	return container_of(k, struct attempt, link);
}

struct launch *launch_new(const struct launch_parts *parts)
{
	struct launch *l = xcalloc(1, sizeof *l);

	l->parts = *parts;
	l->limits = (struct launch_limits){ .in_flight = 1, .per_address = 1 };
	list_init(&l->ready[false]);
	list_init(&l->ready[true]);
	list_init(&l->under_way);
	return l;
}

void launch_free(struct launch *l)
{
	if (l == NULL)
		return;
	MUST(l->in_flight == 0 && l->waiting == 0);
	free(l);
}

void launch_limit(struct launch *l, const struct launch_limits *limits)
{
	l->limits = *limits;
}

static void make_ready(struct launch *l, struct attempt *a)
{
	list_push_back(&l->ready[!a->due.regular], &a->link);
}

void launch_put(struct launch *l, struct attempt *a)
{
	a->probe = NULL;
	a->launch = l;
	make_ready(l, a);
	l->waiting++;
}

void launch_hasten(struct launch *l, struct attempt *a)
{
	if (a->probe != NULL)
		return;
	link_remove(&a->link);
	make_ready(l, a);
}

/* The first that waits at p may try again. */
static void free_a_seat(struct launch *l, struct place *p)
{
	struct link *k = list_first(&p->waiting);

	if (k == NULL)
		return;
	link_remove(k);
	make_ready(l, attempt_of(k));
}

static void leave(struct launch *l, struct attempt *a)
{
	link_remove(&a->link);
	if (a->probe == NULL) {
		l->waiting--;
	} else {
		a->probe = NULL;
		l->in_flight--;
		a->place->in_flight--;
	}
	/* One that was ready may have held the seat for those that wait. */
	free_a_seat(l, a->place);
}

void launch_take_back(struct launch *l, struct attempt *a)
{
	probe_abort(a->probe);
	leave(l, a);
}

void launch_restart(struct launch *l)
{
	struct link *k;

	while ((k = list_first(&l->under_way)) != NULL) {
		struct attempt *a = attempt_of(k);

		launch_take_back(l, a);
		a->again = true;
		launch_put(l, a);
	}
}

static void on_verdict(void *owner, struct verdict *v)
{
	struct attempt *a = owner;
	struct launch *l = a->launch;

	leave(l, a);
	l->parts.done(l->parts.owner, a, v);
}

static void start(struct launch *l, struct attempt *a)
{
	link_remove(&a->link);
	list_push_back(&l->under_way, &a->link);
	l->regular = a->due.regular ? l->regular + 1 : 0;
	l->waiting--;
	l->in_flight++;
	a->place->in_flight++;
	l->parts.prepare(l->parts.owner, a);
	a->began = mono_now();
	a->began_at = wall_now();
	a->probe = probe_start(l->parts.prober, &a->spec, on_verdict, a);
}

/* The first whose place has room; the others go and wait there. */
static struct attempt *first_of(struct launch *l, struct list *ready)
{
	struct link *k;

	while ((k = list_first(ready)) != NULL) {
		struct attempt *a = attempt_of(k);

		if (a->place->in_flight < l->limits.per_address)
			return a;
		link_remove(k);
		list_push_back(&a->place->waiting, k);
	}
	return NULL;
}

/*
 * When thousands are lost at once, each of them is looked at several times in a second: neither
 * may those looks hold up the grid, nor the grid the confirmation of a loss.
 */
static struct attempt *next_ready(struct launch *l)
{
	bool between = l->regular >= REGULAR_IN_A_ROW;
	struct attempt *a = first_of(l, &l->ready[between]);

	return a != NULL ? a : first_of(l, &l->ready[!between]);
}

/*
 * Those held back go in step: was the loop late, they catch up.  With the separation after each
 * late start, a loop that is a little late each time would fall back further and further.
 */
static struct mono in_step(const struct launch *l, struct mono allowed, struct mono now)
{
	struct mono least = { .ns = now.ns - CATCH_UP * l->limits.separation.ns };

	return mono_before(allowed, least) ? least : allowed;
}

bool launch_turn(struct launch *l, struct span *ret_wait)
{
	struct attempt *a;

	while (l->in_flight < l->limits.in_flight && (a = next_ready(l)) != NULL) {
		struct mono allowed = mono_add(l->last_start, l->limits.separation);
		struct mono now = mono_now();

		if (mono_before(now, allowed)) {
			l->held_back = true;
			*ret_wait = mono_sub(allowed, now);
			return true;
		}
		l->last_start = l->held_back ? in_step(l, allowed, now) : now;
		start(l, a);
	}
	l->held_back = false;
	return false;
}

size_t launch_in_flight(const struct launch *l)
{
	return l->in_flight;
}

size_t launch_waiting(const struct launch *l)
{
	return l->waiting;
}
