/* SPDX-License-Identifier: Apache-2.0 */
/* names.h: all addresses of a name, both families asked at once and told apart. */
#ifndef PROBES_NAMES_H
#define PROBES_NAMES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "base/clock.h"
#include "probes/reason.h"

struct names_lookup;
struct resolver;

struct names_result {
	/*
	 * REASON_OK when there is an address; else the more telling of what the two families
	 * were answered, one of REASON_DNS_* or REASON_LOCAL.
	 */
	enum reason reason;
	const struct addr *addrs; /* borrowed for the call; IPv4 first; port 0 */
	size_t count;
	bool v4_answered; /* asked, and "there is none" counts as an answer */
	bool v6_answered;
	enum reason v4; /* what became of each that was asked */
	enum reason v6;
};

typedef void names_done_fn(void *owner, const struct names_result *result);

/*
 * Asks for the addresses of name (copied) of family (AF_INET, AF_INET6, AF_UNSPEC: both).
 * done runs once, from the loop, at the latest after timeout; never from inside this call.
 */
struct names_lookup *names_start(struct resolver *r, const char *name, int family,
				 struct span timeout, names_done_fn *done, void *owner);

/* Forgets the waiter: done will not run.  NULL is allowed. */
void names_cancel(struct names_lookup *l);

#endif
