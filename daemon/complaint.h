/* SPDX-License-Identifier: Apache-2.0 */
/*
 * complaint.h: what the daemon has to say of itself: StoreFailing and ConfigurationInvalid; see
 * alarms.h.
 */
#ifndef DAEMON_COMPLAINT_H
#define DAEMON_COMPLAINT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct conf;
struct ledger;
struct store_stats;

/* Everything is borrowed; zeroed: nothing is wrong. */
struct complaints {
	const struct conf *conf;
	struct ledger *ledger;
	bool store_failing;
	struct mono store_ill; /* since when */
	uint64_t asides;       /* databases put away so far */
	struct mono aside;     /* the last of them */
};

void complaint_store(struct complaints *c, const struct store_stats *store, struct mono now,
		     struct wall at);

/* What of a configuration is not in force, in a sentence; "": all is. */
void complaint_configuration(const struct complaints *c, const char *trouble, struct wall at);

#endif
