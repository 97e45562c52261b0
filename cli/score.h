/* SPDX-License-Identifier: Apache-2.0 */
/* score.h: how often each rule was not kept, or could not be told. */
#ifndef CLI_SCORE_H
#define CLI_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "inventory/inventory.h"

struct score_rule {
	const struct rule *rule; /* borrowed from the inventory */
	uint64_t failed;
	uint64_t unknown;
};

/* Zeroed: of nothing. */
struct score {
	struct score_rule *rules; /* owned; in the order in which they were added */
	size_t count;
	size_t size; /* allocated */
	size_t last; /* where the last finding's rule stands */
	uint64_t failed[RULE_SEVERITY_N];
	uint64_t unknown[RULE_SEVERITY_N];
};

/* Counts a finding, and returns where its rule stands. */
size_t score_add(struct score *t, const struct ruling *f);

/* Where the rule stands, which is added if it was not there. */
size_t score_place(struct score *t, const struct rule *r);

void score_done(struct score *t);

/* "blocker", "warning", "info"; static. */
const char *score_severity(enum rule_severity s);

#endif
