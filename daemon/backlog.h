/* SPDX-License-Identifier: Apache-2.0 */
/*
 * backlog.h: messages that wait to be written, in their order, and not too many of them: what one
 * may lose goes first, the oldest of it first, and everything that goes is counted.
 */
#ifndef DAEMON_BACKLOG_H
#define DAEMON_BACKLOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/list.h"
#include "daemon/message.h"

/* Read only from outside, but for the limits. */
struct backlog {
	struct list order;
	struct list kin[MESSAGE_N]; /* by worth, as the next two */
	size_t count[MESSAGE_N];
	size_t limit[MESSAGE_N];
	size_t total;
	size_t urgent;
	size_t bytes;
	size_t limit_bytes;
	uint64_t lost_samples; /* given up */
	uint64_t lost_records; /* the same of all others */
	uint64_t last_bundle;
	uint64_t left_ticket; /* the last that was taken or given up */
};

void backlog_init(struct backlog *b);

/* Frees what is left. */
void backlog_done(struct backlog *b);

/*
 * Takes over all that are on the list, which is empty then, as one bundle.  Makes room where
 * there are too many.  True: one of them is urgent.
 */
bool backlog_put(struct backlog *b, struct list *messages);

/* Moves up to `most` messages to the end of `into`, or more: the last bundle is not cut. */
size_t backlog_take(struct backlog *b, size_t most, struct list *into);

/* The oldest; NULL: none waits. */
const struct message *backlog_first(const struct backlog *b);

#endif
