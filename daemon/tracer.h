/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tracer.h: path traces that nobody waits for: a few at once, and none of an endpoint that was
 * traced a moment ago.
 */
#ifndef DAEMON_TRACER_H
#define DAEMON_TRACER_H

#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"

struct prober;
struct trace_result;
struct tracer;

enum {
	TRACER_AT_ONCE = 8,
	TRACER_WAITING = 64,        /* more are not traced */
	TRACER_AGAIN_S = 5 * 60,    /* between two of one endpoint */
	TRACER_RECENT = 1024,       /* of how many that is remembered */
	TRACER_HOP_TIMEOUT_MS = 700 /* so that the longest silent way is known within 5 s */
};

struct tracer_parts {
	struct prober *prober; /* borrowed; outlives the tracer */
	void *owner;
	/* endpoint: its number in the history; t lives for the call. */
	void (*done)(void *owner, int64_t endpoint, const struct trace_result *t);
};

struct tracer *tracer_new(const struct tracer_parts *parts);

/* Ends what is under way, without done. */
void tracer_free(struct tracer *t);

/* Soon, from the loop, never from inside this call; or not, see above. */
void tracer_want(struct tracer *t, int64_t endpoint, const struct addr *target, struct mono now);

#endif
