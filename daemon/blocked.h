/* SPDX-License-Identifier: Apache-2.0 */
/*
 * blocked.h: policy: which plans are told to be blocked (InventoryBlocked), and when that ends.  Like
 * alarms.h it follows states: what ought to be raised is compared with what is.  Pure.
 */
#ifndef DAEMON_BLOCKED_H
#define DAEMON_BLOCKED_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct conf;
struct ledger;

/* Each is an alert; of the rest it is said how many they are. */
enum { BLOCKED_PLANS_MAX = 200 };

struct blocked_plan {
	char *plan; /* owned; "": what is in no plan, or concerns all */
	uint64_t machines, total, rules;
	json_t *worst; /* owned: [["rule", objects], …] */
};

/* Zeroed: none. */
struct blocked {
	struct blocked_plan *list; /* owned */
	size_t count;
	uint64_t more; /* plans that are not on it */
};

/* From {"plan","machines","total","rules","worst"}; false: it is none. */
__attribute__((warn_unused_result)) bool blocked_add(struct blocked *b, const json_t *o);
void blocked_done(struct blocked *b);

/* All that the inventory as of `at` blocks; what lasts and is not among it ends, for `why`. */
void blocked_judge(const struct blocked *b, struct ledger *l, const struct conf *conf,
		   struct wall at, const char *why);

#endif
