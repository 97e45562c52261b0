/* SPDX-License-Identifier: Apache-2.0 */
/* unresolved.h: names that cannot be looked up, and the alert NameUnresolved; see alarms.h. */
#ifndef DAEMON_UNRESOLVED_H
#define DAEMON_UNRESOLVED_H

#include <stdbool.h>

#include "base/clock.h"

struct conf;
struct host;
struct ledger;
struct registry;

/* Everything is borrowed. */
struct unresolved {
	const struct conf *conf;
	const struct registry *registry;
	struct ledger *ledger;
	bool dns_lost; /* no server answers: one alert for all names */
};

/* The alerts of an earlier process are taken up: that of all names, and h's own. */
void unresolved_restore(struct unresolved *u);
void unresolved_began(const struct unresolved *u, struct host *h);

/* h is not watched any more. */
void unresolved_over(const struct unresolved *u, struct host *h, struct wall at);

/* h was looked up.  isolated: everything is lost, which is an alert of its own. */
void unresolved_judge(struct unresolved *u, struct host *h, bool isolated, struct wall at);

/* No name is watched any more: nobody would find that the servers answer again. */
void unresolved_sweep(struct unresolved *u, struct wall at);

#endif
