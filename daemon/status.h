/* SPDX-License-Identifier: Apache-2.0 */
/* status.h: how the daemon is, for programs. */
#ifndef DAEMON_STATUS_H
#define DAEMON_STATUS_H

#include <jansson.h>
#include <stddef.h>

#include "base/clock.h"

struct conf;
struct courier;
struct discovery;
struct ledger;
struct round;
struct store;
struct survey;

/* Everything is borrowed. */
struct status_facts {
	const struct round *round;
	struct store *store; /* NULL: no history is kept */
	const struct conf *conf;
	struct wall started;
	struct wall loaded;  /* the configuration in force */
	const char *refused; /* why the last attempt at another failed; "": it did not */
	const char *deaf;    /* where conf wants us to listen and we do not; "": nowhere */
	size_t connections;
	const struct ledger *ledger;   /* NULL: nobody keeps alerts */
	const struct courier *courier; /* NULL: …or tells of them */
	const struct discovery *discovery;
	const struct survey *survey; /* NULL: nobody judges an inventory */
};

/* {"node":…, "endpoints":{…}, …} */
json_t *status_json(const struct status_facts *f);

#endif
