/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trace.c: see trace.h.  A few TTLs are tried at once; a TTL at which the target
 * or a rejecting device answers ends the way, and higher ones are given up.
 */
#include "probes/trace.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/prober.h"
#include "probes/sock.h"

/* At once: few while hops answer, for the target's sake; more once there is only silence. */
enum { TRACE_MAGIC = 0x7ace, WINDOW_POLITE = 4, WINDOW_SILENT = 16 };

/* One TTL being tried. */
struct leg {
	struct event ev;
	struct trace *trace; /* borrowed: the owner */
	struct mono started;
	unsigned ttl;
	int fd; /* owned; -1: not under way */
};

struct trace {
	unsigned magic;
	struct prober *prober; /* borrowed: outlives the trace */
	struct span hop_timeout;
	trace_done_fn *done;
	void *owner;
	struct event end; /* delivers the result from the loop */
	struct leg legs[WINDOW_SILENT];
	unsigned window;
	unsigned running;
	unsigned next_ttl;
	unsigned last_ttl; /* no higher one needs to be tried */
	struct trace_result result;
};

static const char *const outcomes[TRACE_OUTCOME_N] = {
	[TRACE_REACHED] = "reached",           [TRACE_REFUSED] = "refused",
	[TRACE_REJECTED_BY] = "rejected-by",   [TRACE_SILENT_BEYOND] = "silent-beyond",
	[TRACE_TTL_EXCEEDED] = "ttl-exceeded", [TRACE_LOCAL] = "local",
};

const char *trace_outcome_name(enum trace_outcome o)
{
	return outcomes[o];
}

static void leg_stop(struct leg *g)
{
	if (g->fd < 0)
		return;
	(void)event_del(&g->ev);
	(void)close(g->fd);
	g->fd = -1;
	g->trace->running--;
}

static void trace_free(struct trace *t)
{
	for (size_t i = 0; i < ARRAY_LEN(t->legs); i++)
		leg_stop(&t->legs[i]);
	(void)event_del(&t->end);
	t->magic = 0;
	free(t);
}

/* The way ends at ttl; what is under way beyond it is given up. */
static void end_at(struct trace *t, unsigned ttl, enum trace_outcome outcome, enum reason r)
{
	if (ttl > t->last_ttl)
		return;
	t->last_ttl = ttl;
	t->result.outcome = outcome;
	t->result.reason = r;
	for (size_t i = 0; i < ARRAY_LEN(t->legs); i++)
		if (t->legs[i].fd >= 0 && t->legs[i].ttl > ttl)
			leg_stop(&t->legs[i]);
}

static void fail_locally(struct trace *t, int error, bool connecting)
{
	t->result.outcome = TRACE_LOCAL;
	t->result.reason = connecting ? reason_of_errno(error) : REASON_LOCAL;
	t->result.os_error = error;
	t->next_ttl = t->last_ttl + 1;
	for (size_t i = 0; i < ARRAY_LEN(t->legs); i++)
		leg_stop(&t->legs[i]);
}

static void answered(struct leg *g, const struct sock_outcome *out, struct mono now)
{
	struct trace *t = g->trace;
	struct hop *hop = &t->result.hops[g->ttl - 1];
	unsigned ttl = g->ttl;

	hop->icmp = out->icmp;
	hop->from = out->icmp.present ? out->icmp.from : t->result.target;
	hop->rtt_us = out->rtt_us >= 0 ? out->rtt_us : (int32_t)span_us(mono_sub(now, g->started));
	t->window = WINDOW_POLITE;
	leg_stop(g);
	if (out->reason == REASON_OK)
		end_at(t, ttl, TRACE_REACHED, REASON_OK);
	else if (out->reason == REASON_REFUSED || out->reason == REASON_RESET)
		end_at(t, ttl, TRACE_REFUSED, out->reason);
	else if (!out->icmp.present)
		fail_locally(t, out->os_error, true);
	else if (out->reason != REASON_TTL_EXCEEDED)
		end_at(t, ttl, TRACE_REJECTED_BY, out->reason);
}

/* Silence is not an end: a hop may keep quiet and let others through. */
static void silent(struct leg *g)
{
	g->trace->window = WINDOW_SILENT;
	leg_stop(g);
}

/* What the answering hops amount to when neither the target nor a rejection was found. */
static void conclude(struct trace *t)
{
	struct trace_result *r = &t->result;

	for (unsigned ttl = t->last_ttl; ttl >= 1 && r->count == 0; ttl--)
		if (addr_present(&r->hops[ttl - 1].from))
			r->count = ttl;
	if (r->count > 0)
		r->by = r->hops[r->count - 1].from;
	if (r->outcome != TRACE_SILENT_BEYOND)
		return;
	r->reason = REASON_NO_ANSWER;
	if (r->count > 0 && r->count == t->last_ttl) {
		r->outcome = TRACE_TTL_EXCEEDED;
		r->reason = REASON_TTL_EXCEEDED;
	}
}

static void on_end(evutil_socket_t fd, short what, void *data)
{
	struct trace *t = data;
	trace_done_fn *done = t->done;
	void *owner = t->owner;
	struct trace_result result;

	(void)fd;
	(void)what;
	MUST(t->magic == TRACE_MAGIC);
	if (t->result.outcome != TRACE_LOCAL)
		conclude(t);
	result = t->result;
	trace_free(t);
	done(owner, &result);
}

static void on_leg(evutil_socket_t fd, short what, void *data);

static bool leg_wait(struct leg *g)
{
	struct span left = mono_sub(mono_add(g->started, g->trace->hop_timeout), mono_now());
	struct timeval tv = span_timeval(left);

	return event_add(&g->ev, &tv) == 0;
}

static void leg_start(struct trace *t, struct leg *g)
{
	bool connecting;
	int error;

	g->ttl = t->next_ttl++;
	g->started = mono_now();
	error = sock_connect(&t->result.target, SOCK_SILENT, g->ttl, t->hop_timeout, &g->fd,
			     &connecting);
	if (error != 0) {
		fail_locally(t, error, connecting);
		return;
	}
	t->running++;
	MUST(event_assign(&g->ev, prober_loop(t->prober), g->fd, EV_WRITE, on_leg, g) == 0);
	if (!leg_wait(g))
		fail_locally(t, ENOMEM, false);
}

/* Keeps the window full; with nothing left to wait for, the end is due. */
static void go_on(struct trace *t)
{
	for (size_t i = 0; i < ARRAY_LEN(t->legs); i++)
		if (t->legs[i].fd < 0 && t->running < t->window && t->next_ttl <= t->last_ttl)
			leg_start(t, &t->legs[i]);
	if (t->running == 0)
		event_active(&t->end, EV_WRITE, 0);
}

static void on_leg(evutil_socket_t fd, short what, void *data)
{
	struct leg *g = data;
	struct trace *t = g->trace;
	struct sock_outcome out;

	MUST(t->magic == TRACE_MAGIC);
	/* Also when time is up: libevent reports the timeout alone when both are due. */
	sock_outcome(fd, &t->result.target, &out);
	if (!out.pending && out.reason != REASON_NO_ANSWER)
		answered(g, &out, mono_now());
	else if (!out.pending || what & EV_TIMEOUT || !leg_wait(g))
		silent(g);
	go_on(t);
}

struct trace *trace_start(struct prober *b, const struct addr *target, unsigned max_hops,
			  struct span hop_timeout, trace_done_fn *done, void *owner)
{
	struct trace *t = xcalloc(1, sizeof *t);

	MUST(max_hops >= 1 && max_hops <= LIMIT_TRACE_HOPS);
	t->magic = TRACE_MAGIC;
	t->prober = b;
	t->hop_timeout = hop_timeout;
	t->done = done;
	t->owner = owner;
	t->window = WINDOW_POLITE;
	t->next_ttl = 1;
	t->last_ttl = max_hops;
	t->result.target = *target;
	t->result.outcome = TRACE_SILENT_BEYOND;
	for (unsigned i = 0; i < LIMIT_TRACE_HOPS; i++)
		t->result.hops[i] = (struct hop){ .ttl = (uint8_t)(i + 1), .rtt_us = -1 };
	for (size_t i = 0; i < ARRAY_LEN(t->legs); i++)
		t->legs[i] = (struct leg){ .trace = t, .fd = -1 };
	MUST(event_assign(&t->end, prober_loop(b), -1, 0, on_end, t) == 0);
	go_on(t);
	return t;
}

void trace_abort(struct trace *t)
{
	if (t == NULL)
		return;
	MUST(t->magic == TRACE_MAGIC);
	trace_free(t);
}
