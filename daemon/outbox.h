/* SPDX-License-Identifier: Apache-2.0 */
/*
 * outbox.h: what one sink is still to be told, when, and in which portions.  The ledger is what
 * there is to tell; the outbox keeps only how far its sink has come.  No loop, no timer: time
 * comes from outside, so that a simulation can be its clock.
 *
 *	ready -- batch --> telling -- taken ----> ready
 *	  ^                   |------ refused --> half of it, down to the one that is refused
 *	  `---- backoff <-----'------ failed
 *
 * Due is an alert whose revision the sink has not taken, when the history has it (or cannot),
 * and that is not silenced unless the sink knows of it.  A sink that wants reminders is told
 * again of active alerts every `resend`, and of an end for five minutes.
 */
#ifndef DAEMON_OUTBOX_H
#define DAEMON_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/alert.h"
#include "daemon/sink.h"

struct ledger;
struct outbox;
struct store;

struct outbox_parts {
	const char *name;    /* of the sink; copied; unique */
	int slot;            /* in every alert's told[] */
	enum severity least; /* less severe ones are not told */
	const struct sink_class *class;
	struct sink *sink;     /* owned from now on */
	struct ledger *ledger; /* borrowed */
	struct store *store;   /* borrowed; NULL: no history is kept */
	struct span resend;
	void *owner;
	void (*wake)(void *owner); /* outbox_turn() is wanted: something has ended */
};

struct outbox *outbox_new(const struct outbox_parts *parts);

/* Closes the sink. */
void outbox_free(struct outbox *o);

/* Tells what is due.  Returns how long it can wait until the next call. */
struct span outbox_turn(struct outbox *o, struct mono now);

/* Nothing of a is due here, nor ever will be: it has ended. */
bool outbox_knows(const struct outbox *o, const struct alert *a, struct mono now);

struct outbox_stats {
	const char *name;
	const char *type;
	uint64_t taken;     /* alerts */
	uint64_t refused;   /* alerts that this sink will never take */
	uint64_t failures;  /* tellings that failed */
	uint64_t coalesced; /* tellings that a later one took the place of */
	struct wall told;   /* the last success; ms 0: none */
	bool failing;       /* the last telling failed */
	char trouble[240];  /* …why; "" when it did not */
};

void outbox_stats(const struct outbox *o, struct outbox_stats *ret_stats);

/* Alerts that are due and not told. */
struct outbox_owed {
	size_t count;
	struct wall oldest; /* since when the oldest of them waits; ms 0: none */
};

/* Looks at every alert of the ledger. */
void outbox_owed(const struct outbox *o, struct outbox_owed *ret_owed);

#endif
