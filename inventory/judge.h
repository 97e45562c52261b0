/* SPDX-License-Identifier: Apache-2.0 */
/* judge.h: runs the rules and keeps what they say in the table finding. */
#ifndef INVENTORY_JUDGE_H
#define INVENTORY_JUDGE_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "inventory/inventory.h"

struct guard;
struct scripts;
struct stock_ears;

struct judge {
	struct guard *rules;  /* where rules run; borrowed, as all */
	struct guard *engine; /* where findings go */
	const struct scripts *scripts;
	const struct stock_ears *ears;
	struct span limit; /* of one rule */
};

/* What a rule that fails would have said nobody knows: with no ear for that, everything fails. */
bool judge_run(const struct judge *j, struct err *ret_err);

/* Hands out what was found, the worst first. */
bool judge_tell(const struct judge *j, ruling_fn *fn, void *owner, struct err *ret_err);

bool judge_count(const struct judge *j, struct inventory_summary *ret_summary, struct err *ret_err);

#endif
