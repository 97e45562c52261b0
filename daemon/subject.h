/* SPDX-License-Identifier: Apache-2.0 */
/*
 * subject.h: whose state is looked at, an endpoint's or a name's, and what the history and the
 * log are told of it.
 */
#ifndef DAEMON_SUBJECT_H
#define DAEMON_SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/aspect.h"

struct addr;
struct change;
struct endpoint;
struct host;
struct icmp;
struct observation;
struct state;
struct state_policy;
struct store;

/* Everything is borrowed. */
struct subject {
	int64_t id;
	const char *name;
	const struct addr *addr; /* with the port; NULL: a name's */
	enum aspect aspect;
	struct state *state;
	bool *span_open;
	const struct icmp *icmp; /* NULL: none */
	const char *detail;      /* "": nothing */
};

struct subject subject_of_endpoint(struct endpoint *e, enum aspect aspect, const struct icmp *icmp,
				   const char *detail);
struct subject subject_of_host(struct host *h, const char *detail);

/*
 * One look.  A span begins with a change, and with the first look of this process that agrees
 * with what an earlier one had declared.  store NULL: no history is kept.
 */
void subject_look(const struct subject *s, struct store *store, const struct state_policy *policy,
		  const struct observation *seen, struct change *ret_change);

/* The span that this process had begun goes to the store again: its database is new. */
void subject_put_again(const struct subject *s, struct store *store);

#endif
