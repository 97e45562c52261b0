/* SPDX-License-Identifier: Apache-2.0 */
/*
 * metrics.h: what Prometheus asks for, as its text format 0.0.4 or as OpenMetrics 1.0, one family
 * at a time.  docs/metrics.md describes them.  No clock, no input or output.
 */
#ifndef DAEMON_METRICS_H
#define DAEMON_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"
#include "daemon/conf.h"
#include "daemon/round.h"
#include "daemon/store.h"

struct courier;
struct discovery;
struct ledger;
struct survey;

/* What they tell of; borrowed. */
struct metrics_facts {
	const struct registry *registry;
	enum metrics_detail detail;
	struct round_stats round;
	bool has_store;
	struct store_stats store; /* meaningful with has_store */
	struct wall started;
	struct wall loaded; /* the configuration in force; ms 0: not told */
	bool loaded_well;   /* …the last attempt at another, and listens as this one says */
	size_t connections;
	const struct ledger *ledger;       /* NULL: nobody keeps alerts */
	const struct courier *courier;     /* NULL: …or tells of them */
	const struct discovery *discovery; /* NULL: nobody discovers anything */
	const struct survey *survey;       /* NULL: nobody judges an inventory */
};

enum metrics_format { METRICS_PROMETHEUS, METRICS_OPENMETRICS };

/* The Content-Type; static. */
const char *metrics_type(enum metrics_format f);

/* There are so many families; those of endpoints are empty unless the detail wants them. */
size_t metrics_count(void);

/* Appends family i with its HELP and TYPE, nothing when it has no sample; the last ends the text. */
void metrics_put(const struct metrics_facts *facts, size_t i, enum metrics_format format,
		 struct buf *out);

#endif
