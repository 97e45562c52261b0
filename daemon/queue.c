/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue.c: see queue.h.
 *
 * One FIFO keeps the order, for a span must not overtake its endpoint or its touches; a second
 * list for each kind finds the oldest of that kind.  One lock for all; it is held for a few
 * instructions, never over a call into SQLite.
 */
#include "daemon/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"

enum {
	GROUP_MS = 250,    /* messages that can wait are committed together */
	GROUP_COUNT = 200, /* or when there are so many */
	ASKS_MAX = 256,
	QUEUE_BYTES = 96 << 20,
};

/* How many of a kind may wait for a database that cannot be written. */
static const size_t limits[MESSAGE_N] = {
	[MESSAGE_SAMPLES] = 20000,     [MESSAGE_TOUCH] = 20000,     [MESSAGE_TRACE] = 2000,
	[MESSAGE_CERTIFICATE] = 20000, [MESSAGE_EVENT] = 50000,     [MESSAGE_SPAN] = 100000,
	[MESSAGE_RETIRE] = 50000,      [MESSAGE_ENDPOINT] = 100000,
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int fd; /* eventfd towards the loop */
	struct list order;
	struct list kin[MESSAGE_N];
	size_t count[MESSAGE_N]; /* on the queue */
	size_t limit[MESSAGE_N];
	size_t total; /* on the queue */
	size_t taken; /* off it, not done yet */
	size_t urgent;
	size_t bytes;
	size_t limit_bytes;
	uint64_t lost_samples;
	uint64_t lost_records;
	struct list asked;
	struct list answered;
	size_t asks;
	bool fresh;
	bool stop;
	struct mono stop_by;
};

/* ---- messages */

struct message *message_new(enum message_kind kind, int64_t endpoint, struct wall at,
			    size_t memory_bytes)
{
	struct message *m = xcalloc(1, sizeof *m);

	m->kind = kind;
	m->endpoint = endpoint;
	m->at = at;
	m->put = mono_now();
	m->bytes = sizeof *m + memory_bytes;
	m->memory = memory_bytes > 0 ? xcalloc(1, memory_bytes) : NULL;
	return m;
}

void message_free(struct message *m)
{
	if (m == NULL)
		return;
	MUST(!link_on_list(&m->order) && !link_on_list(&m->kin));
	free(m->memory);
	free(m);
}

bool message_urgent(const struct message *m)
{
	switch (m->kind) {
	case MESSAGE_ENDPOINT:
	case MESSAGE_RETIRE:
	case MESSAGE_SPAN:
	case MESSAGE_EVENT:
		return true;
	case MESSAGE_SAMPLES:
	case MESSAGE_TOUCH:
	case MESSAGE_TRACE:
	case MESSAGE_CERTIFICATE:
	case MESSAGE_N:
		return false;
	}
	return false;
}

/* ---- the queue */

struct queue *queue_new(void)
{
	struct queue *q = xcalloc(1, sizeof *q);
	pthread_condattr_t attr;

	q->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (q->fd < 0) {
		free(q);
		return NULL;
	}
	MUST(pthread_condattr_init(&attr) == 0 &&
	     pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) == 0 &&
	     pthread_cond_init(&q->wake, &attr) == 0 && pthread_mutex_init(&q->lock, NULL) == 0);
	(void)pthread_condattr_destroy(&attr);
	list_init(&q->order);
	list_init(&q->asked);
	list_init(&q->answered);
	for (size_t i = 0; i < MESSAGE_N; i++) {
		list_init(&q->kin[i]);
		q->limit[i] = limits[i];
	}
	q->limit_bytes = QUEUE_BYTES;
	return q;
}

static void ask_free(struct ask *a)
{
	buf_done(&a->json);
	free(a);
}

static void asks_free(struct list *l)
{
	for (struct link *k; (k = list_first(l)) != NULL;) {
		link_remove(k);
		ask_free(container_of(k, struct ask, on));
	}
}

static void take_off(struct queue *q, struct message *m)
{
	link_remove(&m->order);
	link_remove(&m->kin);
	q->count[m->kind]--;
	q->total--;
	q->bytes -= m->bytes;
	q->urgent -= message_urgent(m);
}

void queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	for (struct link *k; (k = list_first(&q->order)) != NULL;) {
		struct message *m = container_of(k, struct message, order);

		take_off(q, m);
		message_free(m);
	}
	asks_free(&q->asked);
	asks_free(&q->answered);
	(void)close(q->fd);
	(void)pthread_cond_destroy(&q->wake);
	(void)pthread_mutex_destroy(&q->lock);
	free(q);
}

static void lock(struct queue *q)
{
	MUST(pthread_mutex_lock(&q->lock) == 0);
}

static void unlock(struct queue *q)
{
	MUST(pthread_mutex_unlock(&q->lock) == 0);
}

static void wake_thread(struct queue *q)
{
	MUST(pthread_cond_signal(&q->wake) == 0);
}

/* A counter that is full is readable too. */
static void wake_loop(struct queue *q)
{
	uint64_t one = 1;

	if (write(q->fd, &one, sizeof one) < 0)
		MUST(errno == EAGAIN);
}

void queue_limit(struct queue *q, enum message_kind kind, size_t count)
{
	lock(q);
	q->limit[kind] = count;
	unlock(q);
}

void queue_limit_bytes(struct queue *q, size_t bytes)
{
	lock(q);
	q->limit_bytes = bytes;
	unlock(q);
}

static void give_up_oldest(struct queue *q, enum message_kind kind)
{
	struct message *m = container_of(list_first(&q->kin[kind]), struct message, kin);

	take_off(q, m);
	if (kind == MESSAGE_SAMPLES)
		q->lost_samples++;
	else
		q->lost_records++;
	message_free(m);
}

static void make_room(struct queue *q)
{
	for (size_t kind = 0; kind < MESSAGE_N; kind++) {
		while (q->count[kind] > q->limit[kind])
			give_up_oldest(q, (enum message_kind)kind);
		while (q->bytes > q->limit_bytes && q->count[kind] > 0)
			give_up_oldest(q, (enum message_kind)kind);
	}
}

void queue_put(struct queue *q, struct message *m)
{
	bool wake;

	lock(q);
	list_push_back(&q->order, &m->order);
	list_push_back(&q->kin[m->kind], &m->kin);
	q->count[m->kind]++;
	q->total++;
	q->bytes += m->bytes;
	q->urgent += message_urgent(m);
	/* The first one makes the thread look at the clock, the next ones need not. */
	wake = message_urgent(m) || q->total == 1 || q->total == GROUP_COUNT;
	make_room(q);
	if (wake)
		wake_thread(q);
	unlock(q);
}

void queue_ask(struct queue *q, struct ask *a)
{
	lock(q);
	if (q->asks >= ASKS_MAX) {
		(void)snprintf(a->error, sizeof a->error,
			       "%d questions are waiting already: ask again later", ASKS_MAX);
		list_push_back(&q->answered, &a->on);
		wake_loop(q);
	} else {
		list_push_back(&q->asked, &a->on);
		q->asks++;
		wake_thread(q);
	}
	unlock(q);
}

void queue_cancel(struct queue *q, struct ask *a)
{
	lock(q);
	a->done = NULL;
	unlock(q);
}

struct ask *queue_take_answer(struct queue *q)
{
	struct ask *a = NULL;
	struct link *k;

	lock(q);
	k = list_first(&q->answered);
	if (k != NULL) {
		link_remove(k);
		a = container_of(k, struct ask, on);
	}
	unlock(q);
	return a;
}

bool queue_take_fresh(struct queue *q)
{
	bool fresh;

	lock(q);
	fresh = q->fresh;
	q->fresh = false;
	unlock(q);
	return fresh;
}

void queue_stop(struct queue *q, struct span patience)
{
	lock(q);
	q->stop = true;
	q->stop_by = mono_add(mono_now(), patience);
	wake_thread(q);
	unlock(q);
}

int queue_fd(const struct queue *q)
{
	return q->fd;
}

void queue_drain_fd(struct queue *q)
{
	uint64_t count;

	if (read(q->fd, &count, sizeof count) < 0)
		MUST(errno == EAGAIN || errno == EINTR);
}

void queue_stats(struct queue *q, struct store_stats *stats)
{
	lock(q);
	stats->queued = q->total + q->taken;
	stats->dropped = q->lost_samples;
	stats->lost = q->lost_records;
	unlock(q);
}

uint64_t queue_lost(struct queue *q)
{
	uint64_t lost;

	lock(q);
	lost = q->lost_records;
	unlock(q);
	return lost;
}

/* ---- the thread's side */

/* When the messages that wait are due; false when none waits. */
static bool due_at(const struct queue *q, struct mono *ret_due)
{
	struct link *first = list_first(&q->order);

	if (first == NULL)
		return false;
	*ret_due = container_of(first, struct message, order)->put;
	if (q->urgent == 0 && q->total < GROUP_COUNT)
		*ret_due = mono_add(*ret_due, span_of_ms(GROUP_MS));
	return true;
}

static bool awake(const struct queue *q, bool messages, struct mono now, struct mono *until,
		  enum queue_wake *ret_wake)
{
	struct mono due = { 0 };
	bool some = messages && due_at(q, &due);

	if (q->stop)
		*ret_wake = QUEUE_STOP;
	else if (!list_empty(&q->asked))
		*ret_wake = QUEUE_ASKS;
	else if (some && !mono_before(now, due))
		*ret_wake = QUEUE_MESSAGES;
	else if (!mono_before(now, *until))
		*ret_wake = QUEUE_TIME;
	else {
		if (some && mono_before(due, *until))
			*until = due;
		return false;
	}
	return true;
}

enum queue_wake queue_wait(struct queue *q, struct mono until, bool messages)
{
	enum queue_wake wake = QUEUE_TIME;

	lock(q);
	for (;;) {
		struct mono sooner = until;
		struct timespec ts;

		if (awake(q, messages, mono_now(), &sooner, &wake))
			break;
		ts = (struct timespec){ .tv_sec = sooner.ns / 1000000000,
					.tv_nsec = sooner.ns % 1000000000 };
		(void)pthread_cond_timedwait(&q->wake, &q->lock, &ts);
	}
	unlock(q);
	return wake;
}

bool queue_stopping(struct queue *q, struct mono *ret_deadline)
{
	bool stop;

	lock(q);
	stop = q->stop;
	if (stop)
		*ret_deadline = q->stop_by;
	unlock(q);
	return stop;
}

size_t queue_take(struct queue *q, size_t most, struct list *into)
{
	size_t n = 0;
	struct link *k;

	lock(q);
	for (; n < most && (k = list_first(&q->order)) != NULL; n++) {
		struct message *m = container_of(k, struct message, order);

		take_off(q, m);
		list_push_back(into, &m->order);
	}
	q->taken += n;
	unlock(q);
	return n;
}

void queue_done(struct queue *q, size_t written, size_t refused)
{
	lock(q);
	MUST(q->taken >= written + refused);
	q->taken -= written + refused;
	q->lost_records += refused;
	unlock(q);
}

struct ask *queue_take_ask(struct queue *q)
{
	struct ask *a = NULL;

	lock(q);
	for (struct link *k; a == NULL && (k = list_first(&q->asked)) != NULL;) {
		link_remove(k);
		q->asks--;
		a = container_of(k, struct ask, on);
		if (a->done == NULL) { /* cancelled: the loop frees it */
			list_push_back(&q->answered, k);
			wake_loop(q);
			a = NULL;
		}
	}
	unlock(q);
	return a;
}

void queue_answer(struct queue *q, struct ask *a)
{
	lock(q);
	list_push_back(&q->answered, &a->on);
	wake_loop(q);
	unlock(q);
}

void queue_say_fresh(struct queue *q)
{
	lock(q);
	q->fresh = true;
	wake_loop(q);
	unlock(q);
}
