/* SPDX-License-Identifier: Apache-2.0 */
/*
 * round.h: the daemon's work, over and over.  Read this first: it is the only file that knows
 * the whole chain.
 *
 *	conf -> registry -> agenda -"due"-> round -> probes/probe -> verdict
 *	                                        |
 *	                    store <- samples ---+--- state -> change -> span, event, log line
 *	                                                `--> alarms -> alert
 *
 * One loop thread; no file, no SQL.  It owns no timer: round_turn() says when it wants to be
 * called next, so that a simulation can be its clock.
 */
#ifndef DAEMON_ROUND_H
#define DAEMON_ROUND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "daemon/conf.h"
#include "daemon/registry.h"

struct alarms;
struct prober;
struct round;
struct store;

/* Everything is borrowed and outlives the round. */
struct round_parts {
	struct prober *prober;
	struct store *store;             /* NULL: no history is kept */
	const struct store_pasts *pasts; /* until round_new() returns; NULL: none */
	void (*wake)(void *owner);       /* round_turn() is wanted now: something has ended */
	void *owner;
	struct alarms *alarms; /* NULL: nobody is alarmed */
};

struct round *round_new(const struct round_parts *parts);

/* Ends what is under way, without a verdict. */
void round_free(struct round *r);

/*
 * Watches what conf says from now on; conf is borrowed until the next call.  Attempts under
 * way are made again.  False when a CA file of conf cannot be read: then nothing changed.
 */
__attribute__((warn_unused_result)) bool round_configure(struct round *r, const struct conf *conf,
							 struct err *ret_err);

/* Starts what is due.  Returns how long it can wait until the next call. */
struct span round_turn(struct round *r);

/* Writes the samples and counts that wait in memory to the store. */
void round_flush(struct round *r);

/* Every endpoint and its declared states are put to the store again: its database is new. */
void round_put_all(struct round *r);

/* Wants both checks of e made now, and its serve check though others make it. */
void round_want(struct round *r, struct endpoint *e);

/* Wants a look at the ports of these now. */
void round_look(struct round *r, struct endpoint *const *list, size_t count);

struct registry *round_registry(const struct round *r);

/* Lateness of regular starts, in buckets of at most these upper bounds. */
enum { ROUND_BUCKETS = 12 };
extern const double round_bucket_seconds[ROUND_BUCKETS];

struct round_stats {
	uint64_t started; /* reach checks */
	uint64_t served;  /* serve checks */
	uint64_t skipped; /* grid times given up */
	uint64_t local;   /* checks that could not be run */
	size_t in_flight;
	size_t waiting;                   /* due, and held back by a cap */
	uint64_t late[ROUND_BUCKETS + 1]; /* not cumulative; the last: later than all bounds */
	double late_seconds;              /* sum */
};

void round_stats(const struct round *r, struct round_stats *ret_stats);

#endif
