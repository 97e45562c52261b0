/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue.h: what goes between the loop and the store thread: messages to be written one way,
 * questions to and fro.  Nothing here waits but queue_wait().
 *
 * What one may lose is bounded first: the oldest samples go when there are too many, and
 * everything that goes is counted.
 */
#ifndef DAEMON_QUEUE_H
#define DAEMON_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/list.h"
#include "daemon/store.h"
#include "probes/cert.h"

struct queue;

enum message_kind {
	MESSAGE_SAMPLES, /* the least worth first: what is given up when all is too much */
	MESSAGE_TOUCH,
	MESSAGE_TRACE,
	MESSAGE_CERTIFICATE,
	MESSAGE_EVENT,
	MESSAGE_SPAN,
	MESSAGE_RETIRE,
	MESSAGE_ENDPOINT,
	MESSAGE_N
};

/* A certificate shown by an endpoint. */
struct sight {
	uint8_t sha1[SHA1_BYTES];
	uint8_t sha256[SHA256_BYTES];
	uint8_t spki_sha256[SHA256_BYTES];
	struct wall not_before;
	struct wall not_after;
	bool self_signed;
	const uint8_t *der; /* of the leaf */
	size_t der_len;
	const char *subject;
	const char *issuer;
};

/* A path trace in words. */
struct walk {
	const char *target;
	const char *outcome;
	const char *reason;
	const char *hop;
	const char *hops; /* JSON */
};

struct message {
	struct link order; /* on the queue, or on the list of whoever took it */
	struct link kin;   /* those of one kind, on the queue */
	enum message_kind kind;
	int64_t endpoint;
	struct wall at;  /* what it is about */
	struct mono put; /* when it came */
	size_t bytes;
	void *memory; /* owned: what the pointers below point into */
	union {
		struct store_endpoint described;
		struct store_span span;
		struct store_samples samples;
		struct {
			enum aspect aspect;
			unsigned count;
		} touch;
		struct sight sight;
		struct walk walk;
		struct store_event event;
	};
};

/* memory_bytes: of m->memory, zeroed. */
struct message *message_new(enum message_kind kind, int64_t endpoint, struct wall at,
			    size_t memory_bytes);
void message_free(struct message *m);

/* Worth a commit at once, and one that reaches the disk. */
bool message_urgent(const struct message *m);

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

/* Lets tests have their own bounds: messages of each kind, and bytes of all. */
void queue_limit(struct queue *q, enum message_kind kind, size_t count);
void queue_limit_bytes(struct queue *q, size_t bytes);

/* ---- the loop's side */

/* Takes m over. */
void queue_put(struct queue *q, struct message *m);

/* Takes a over; too many questions at once are answered here and now with an error. */
void queue_ask(struct queue *q, struct ask *a);
void queue_cancel(struct queue *q, struct ask *a);

/* The next answer, the caller's now; NULL when there is none. */
struct ask *queue_take_answer(struct queue *q);

/* A database was made anew since the last call. */
bool queue_take_fresh(struct queue *q);

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

/* Moves up to `most` messages in their order to the end of `into`; they go on counting. */
size_t queue_take(struct queue *q, size_t most, struct list *into);

/* Messages that were taken are written (or refused: lost) and freed. */
void queue_done(struct queue *q, size_t written, size_t refused);

/* The next question that nobody cancelled, the caller's until queue_answer(). */
struct ask *queue_take_ask(struct queue *q);
void queue_answer(struct queue *q, struct ask *a);
void queue_say_fresh(struct queue *q);

#endif
