/* SPDX-License-Identifier: Apache-2.0 */
/* degraded.h: checks that are lost on an open way, and the alert PathDegraded; see alarms.h. */
#ifndef DAEMON_DEGRADED_H
#define DAEMON_DEGRADED_H

#include <stdbool.h>

#include "base/clock.h"

struct conf;
struct endpoint;
struct ledger;

/* A regular check of e's port. */
void degraded_take(struct endpoint *e, bool lost, struct wall at);

/* Raises or ends the alert. */
void degraded_judge(struct ledger *l, const struct conf *conf, struct endpoint *e, struct wall at);

/*
 * An earlier process raised it.  What that one had lost is not known one by one: `most` of the
 * last looks, evenly spread.
 */
void degraded_restore(struct endpoint *e, unsigned most);

#endif
