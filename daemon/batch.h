/* SPDX-License-Identifier: Apache-2.0 */
/*
 * batch.h: messages on their way from the queue into one transaction.  They stay in the batch
 * until their commit has succeeded.
 */
#ifndef DAEMON_BATCH_H
#define DAEMON_BATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"

struct life;
struct queue;
struct writer;

enum { BATCH_MAX = 1000 }; /* messages, or more for a bundle that begins before */

struct batch {
	struct queue *queue; /* borrowed */
	struct list list;
	size_t count;
	uint64_t said_lost; /* records given up of which the journal knows */
};

void batch_init(struct batch *b, struct queue *queue);

/* Frees what is left. */
void batch_done(struct batch *b);

/* Takes messages from the queue when none is left; how many there are now. */
size_t batch_take(struct batch *b);

enum batch_words {
	BATCH_GO_ON, /* a sign of life only beside an urgent message: it costs a page */
	BATCH_ALIVE,
	BATCH_FLUSH, /* also what the writer keeps in memory */
	BATCH_END    /* and the last word of this life */
};

enum batch_result {
	BATCH_WRITTEN,
	BATCH_REFUSED, /* a message will never be taken: it (and its bundle) was given up */
	BATCH_FAILED   /* db_error() says why; the transaction is the caller's to roll back */
};

/* Durable when a message is urgent, or with the last words. */
enum batch_result batch_commit(struct batch *b, struct writer *w, const struct life *life,
			       enum batch_words words, struct wall now);

#endif
