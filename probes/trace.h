/* SPDX-License-Identifier: Apache-2.0 */
/* trace.h: the way to a TCP port, hop by hop, without privilege. */
#ifndef PROBES_TRACE_H
#define PROBES_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/limits.h"
#include "probes/reason.h"

struct prober;
struct trace;

struct hop {
	uint8_t ttl;      /* 1 is the first router */
	struct addr from; /* who answered; empty: silent */
	int32_t rtt_us;   /* -1: silent */
	struct icmp icmp; /* what was answered, when not by the target itself */
};

enum trace_outcome {
	TRACE_REACHED,       /* the target's port is open */
	TRACE_REFUSED,       /* the target (or a firewall in its name) sent RST */
	TRACE_REJECTED_BY,   /* `by` sent an ICMP error about this connection */
	TRACE_SILENT_BEYOND, /* nothing answers behind `by` (empty: this machine) */
	TRACE_TTL_EXCEEDED,  /* still on the way after max_hops: farther, or a routing loop */
	TRACE_LOCAL,         /* this machine could not send, see reason and os_error */
	TRACE_OUTCOME_N
};

struct trace_result {
	struct addr target;
	struct hop hops[LIMIT_TRACE_HOPS]; /* ttl 1 to count; ends with the last that answered */
	size_t count;
	enum trace_outcome outcome;
	enum reason reason; /* REASON_OK, REASON_REFUSED, REASON_NO_ANSWER, … */
	int os_error;       /* with TRACE_LOCAL */
	struct addr by;     /* the last answering hop, or who rejected */
};

typedef void trace_done_fn(void *owner, const struct trace_result *result);

const char *trace_outcome_name(enum trace_outcome o);

/*
 * Sends TTL-limited connects to target and reads the ICMP errors that come back
 * (Linux queues them on unprivileged TCP sockets in SYN_SENT since 5.8).  The
 * target sees at most a handful of silent connects.  hop_timeout: how long one
 * hop may take.  max_hops: 1 to LIMIT_TRACE_HOPS.  done runs once, from the loop.
 */
struct trace *trace_start(struct prober *b, const struct addr *target, unsigned max_hops,
			  struct span hop_timeout, trace_done_fn *done, void *owner);

/* Ends t without calling done.  NULL is allowed. */
void trace_abort(struct trace *t);

#endif
