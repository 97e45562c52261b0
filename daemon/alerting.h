/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alerting.h: everything about alerts, made, tied together and kept going.
 *
 *	round --> alarms --> ledger --> courier --> sinks
 *	             |          ^
 *	          tracer      mutes
 */
#ifndef DAEMON_ALERTING_H
#define DAEMON_ALERTING_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"

struct alarms;
struct alerting;
struct conf;
struct courier;
struct event_base;
struct ledger;
struct mutes;
struct prober;
struct round;
struct store;
struct store_pasts;

/* Everything is borrowed and outlives the alerting; pasts for the call, conf until the next. */
struct alerting_parts {
	struct event_base *base;
	struct prober *prober;
	struct store *store;             /* NULL: no history is kept */
	const struct store_pasts *pasts; /* what earlier processes left */
	const struct conf *conf;
};

/* NULL: a sink cannot be made, see ret_err. */
struct alerting *alerting_new(const struct alerting_parts *parts, struct err *ret_err);
void alerting_free(struct alerting *a);

/* From here on there is somebody to look, and things happen. */
void alerting_start(struct alerting *a, struct round *round);

/* Sinks and maintenance windows of conf; false: the sinks of before go on, see ret_err. */
__attribute__((warn_unused_result)) bool
alerting_configure(struct alerting *a, const struct conf *conf, struct err *ret_err);

/* What of a configuration is not in force, in a sentence; "": all is. */
void alerting_note_configuration(struct alerting *a, const char *trouble);

/* The database is a new one. */
void alerting_put_all(struct alerting *a);

/* Silences have changed. */
void alerting_mute_again(struct alerting *a);

struct alarms *alerting_alarms(const struct alerting *a);
struct courier *alerting_courier(const struct alerting *a);
struct ledger *alerting_ledger(const struct alerting *a);
struct mutes *alerting_mutes(const struct alerting *a);

#endif
