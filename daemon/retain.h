/* SPDX-License-Identifier: Apache-2.0 */
/*
 * retain.h: keeps the history small: rolls hours up, forgets what is old, keeps the file within
 * its bound.  Works in turns of a few milliseconds, each in a transaction of its own.
 */
#ifndef DAEMON_RETAIN_H
#define DAEMON_RETAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct db;

struct retain_conf {
	struct span keep; /* everything but samples */
	struct span keep_samples;
	int64_t max_bytes; /* of the database's pages */
};

enum retain_stage {
	RETAIN_ENDPOINTS, /* one by one: roll up, then forget samples and roll-ups */
	RETAIN_SPANS,
	RETAIN_EVENTS,
	RETAIN_TRACES,
	RETAIN_ALERTS,
	RETAIN_SILENCES,
	RETAIN_FINDINGS,
	RETAIN_JUDGEMENTS,
	RETAIN_RUNS,
	RETAIN_CERTIFICATES,
	RETAIN_SIZE, /* measure, and squeeze when it is too much */
	RETAIN_DONE
};

/* One pass over everything; zeroed memory but for conf is one that begins. */
struct retain {
	struct retain_conf conf;
	enum retain_stage stage;
	int64_t endpoint;   /* row being worked on; those below are done */
	int64_t samples_ms; /* squeezing: forget samples before this, whatever their age */
	int64_t rollups_ms;
	bool squeezed; /* something was forgotten to keep the size */
};

struct retain_times {
	struct wall now;      /* hours that are over by now are rolled up */
	struct wall believed; /* what is old by this is forgotten: belief.h */
};

void retain_begin(struct retain *r);

/*
 * One turn; r->stage is RETAIN_DONE after the last.  False: db_error() says why, and the turn
 * may be tried again.
 */
__attribute__((warn_unused_result)) bool retain_turn(struct retain *r, struct db *d,
						     const struct retain_times *t);

#endif
