/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.h: names to addresses without blocking; one family at a time. */
#ifndef PROBES_RESOLVE_H
#define PROBES_RESOLVE_H

#include <stddef.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/err.h"
#include "probes/reason.h"

struct event_base;
struct lookup;
struct resolver;

/* servers: "addr[:port],…" or NULL for the system's configuration.  base is borrowed. */
struct resolver *resolver_new(struct event_base *base, const char *servers, struct err *ret_err);

/* All lookups must have ended or been cancelled. */
void resolver_free(struct resolver *r);

struct lookup_result {
	enum reason reason;       /* REASON_OK or one of REASON_DNS_*, REASON_LOCAL */
	const struct addr *addrs; /* borrowed for the call; port 0; without duplicates */
	size_t count;             /* >= 1 when REASON_OK; at most LIMIT_ADDRS_PER_NAME */
};

typedef void lookup_done_fn(void *owner, const struct lookup_result *result);

/*
 * Asks for the addresses of name (numeric ones included) of one family (AF_INET
 * or AF_INET6).  done runs once, from the loop, never from inside this call, at
 * the latest after timeout (REASON_DNS_TIMEOUT).  name is copied.
 */
struct lookup *lookup_start(struct resolver *r, const char *name, int family, struct span timeout,
			    lookup_done_fn *done, void *owner);

/* Forgets the waiter: done will not run.  NULL is allowed. */
void lookup_cancel(struct lookup *l);

#endif
