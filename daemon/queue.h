/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue.h: what goes between the loop and the store thread: messages to be written one way,
 * questions to and fro.  Nothing here waits but queue_wait().
 */
#ifndef DAEMON_QUEUE_H
#define DAEMON_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/list.h"
#include "daemon/message.h"
#include "daemon/store.h"

struct queue;

/* One question and its answer.  The loop frees it. */
struct ask {
	struct link on; /* asked or answered */
	struct question question;
	struct queue *queue; /* borrowed: the one that it is on */
	answer_fn *done;     /* NULL: cancelled */
	void *owner;
	struct buf json;
	int64_t next;
	char error[240]; /* "": well */
};

struct queue *queue_new(void);

/* With all that is on it.  NULL is allowed. */
void queue_free(struct queue *q);

/* Lets tests have their own bounds: messages of each worth, and bytes of all. */
void queue_limit(struct queue *q, enum message_kind worth, size_t count);
void queue_limit_bytes(struct queue *q, size_t bytes);

/* ---- the loop's side */

/* Takes m over. */
void queue_put(struct queue *q, struct message *m);

/*
 * Takes over all that are on the list, which is empty then, as one bundle: together they are
 * taken from the queue, and together given up, as late as the best of them would be.
 */
void queue_put_all(struct queue *q, struct list *messages);

/* Takes a over; too many questions at once are answered here and now with an error. */
void queue_ask(struct queue *q, struct ask *a);
void queue_cancel(struct queue *q, struct ask *a);

/* The next answer, the caller's now; NULL when there is none. */
struct ask *queue_take_answer(struct queue *q);

/* A database was made anew since the last call. */
bool queue_take_fresh(struct queue *q);

/* Further tickets were kept, or queue_say_news() was called, since the last call. */
bool queue_take_news(struct queue *q);

/* The message of this ticket, and those of all before it, were done or given up. */
bool queue_kept(struct queue *q, uint64_t ticket);

/* The thread shall end, at patience from now at the latest. */
void queue_stop(struct queue *q, struct span patience);

/* Readable when there may be answers or news. */
int queue_fd(const struct queue *q);

/* Makes queue_fd() unreadable again. */
void queue_drain_fd(struct queue *q);

/* Fills in what the queue knows: queued, dropped, lost. */
void queue_stats(struct queue *q, struct store_stats *stats);

/* Messages given up or refused, but for samples. */
uint64_t queue_lost(struct queue *q);

/* ---- the thread's side */

enum queue_wake {
	QUEUE_TIME,     /* it is `until` */
	QUEUE_MESSAGES, /* enough, urgent ones, or old enough */
	QUEUE_ASKS,
	QUEUE_STOP
};

/*
 * Waits until there is something to do, at most until `until`.  messages: these count;
 * else only questions and the end do.
 */
enum queue_wake queue_wait(struct queue *q, struct mono until, bool messages);

/* When the thread must have ended; false: it need not end. */
bool queue_stopping(struct queue *q, struct mono *ret_deadline);

/*
 * Moves up to `most` messages in their order to the end of `into`, or more: the last bundle is
 * not cut.  They go on counting.
 */
size_t queue_take(struct queue *q, size_t most, struct list *into);

/* Messages that were taken are written (or refused: lost) and freed. */
void queue_done(struct queue *q, size_t written, size_t refused);

/* The next question that nobody cancelled, the caller's until queue_answer(). */
struct ask *queue_take_ask(struct queue *q);
void queue_answer(struct queue *q, struct ask *a);
void queue_say_fresh(struct queue *q);
void queue_say_news(struct queue *q);

#endif
