/* SPDX-License-Identifier: Apache-2.0 */
/* plan.h: which ports of a host to ask, and how; no network, no clock. */
#ifndef CLI_PLAN_H
#define CLI_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "probes/probe.h"
#include "probes/role.h"

struct err;
struct host;
struct options;
struct truststore;

enum { EXPIRY_WARNING_DAYS = 30 };

struct plan_item {
	uint16_t port; /* where to connect */
	enum dialect dialect;
	const struct port_rule *rule; /* NULL: not a documented port */
	bool asked; /* the person named this port, more than where a documented one is */
};

struct plan {
	struct plan_item *items; /* owned */
	size_t count;
};

/*
 * The ports of h.  When the role is not known and no port was named, that is one
 * item with DIALECT_IDENTIFY; plan_follow() then names the others.  False when
 * the ports that were named do not fit the host.
 */
__attribute__((warn_unused_result)) bool plan_make(const struct host *h, const struct options *o,
						   struct plan *ret_plan, struct err *ret_err);

/* The ports that a host found to be of role found has beyond the one that told so. */
void plan_follow(enum role found, const struct options *o, struct plan *ret_plan);

/* An item with DIALECT_IDENTIFY whose host is of role found: how to ask it as that. */
void plan_told(enum role found, struct plan_item *item);

/* The first whose absence is no mere warning, else the first. */
const struct plan_item *plan_gravest(const struct plan *p);

void plan_done(struct plan *p);

/* The attempt; h, o and trust are borrowed by the result. */
struct probe_spec plan_spec(const struct plan_item *item, const struct host *h,
			    const struct addr *address, const struct options *o,
			    const struct truststore *trust);

#endif
