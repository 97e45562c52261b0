/* SPDX-License-Identifier: Apache-2.0 */
/*
 * queue.c: see queue.h.
 *
 * One lock for all; it is held for a few instructions, never over a call into SQLite.
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
#include "daemon/backlog.h"

enum {
	GROUP_MS = 250,    /* messages that can wait are committed together */
	GROUP_COUNT = 200, /* or when there are so many */
	ASKS_MAX = 256,
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	int fd; /* eventfd towards the loop */
	struct backlog backlog;
	size_t taken;         /* off it, not done yet */
	uint64_t refused;     /* of all that were taken */
	uint64_t kept_ticket; /* up to here all are done */
	struct list asked;
	struct list answered;
	size_t asks;
	bool fresh;
	bool news;
	bool stop;
	struct mono stop_by;
};

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
	backlog_init(&q->backlog);
	list_init(&q->asked);
	list_init(&q->answered);
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

void queue_free(struct queue *q)
{
	if (q == NULL)
		return;
	backlog_done(&q->backlog);
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

void queue_limit(struct queue *q, enum message_kind worth, size_t count)
{
	lock(q);
	q->backlog.limit[worth] = count;
	unlock(q);
}

void queue_limit_bytes(struct queue *q, size_t bytes)
{
	lock(q);
	q->backlog.limit_bytes = bytes;
	unlock(q);
}

static void say_news(struct queue *q)
{
	q->news = true;
	wake_loop(q);
}

/* Messages leave in the order of their tickets: those in hand before any that was given up since. */
static void keep_tickets(struct queue *q)
{
	if (q->taken > 0 || q->kept_ticket == q->backlog.left_ticket)
		return;
	q->kept_ticket = q->backlog.left_ticket;
	say_news(q);
}

void queue_put_all(struct queue *q, struct list *messages)
{
	size_t before;
	bool urgent;

	lock(q);
	before = q->backlog.total;
	urgent = backlog_put(&q->backlog, messages);
	keep_tickets(q);
	/* The first one makes the thread look at the clock, the next ones need not. */
	if (urgent || before == 0 || (before < GROUP_COUNT && q->backlog.total >= GROUP_COUNT))
		wake_thread(q);
	unlock(q);
}

void queue_put(struct queue *q, struct message *m)
{
	struct list one;

	list_init(&one);
	list_push_back(&one, &m->order);
	queue_put_all(q, &one);
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

bool queue_take_news(struct queue *q)
{
	bool news;

	lock(q);
	news = q->news;
	q->news = false;
	unlock(q);
	return news;
}

bool queue_kept(struct queue *q, uint64_t ticket)
{
	bool kept;

	lock(q);
	kept = ticket <= q->kept_ticket;
	unlock(q);
	return kept;
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
	stats->queued = q->backlog.total + q->taken;
	stats->dropped = q->backlog.lost_samples;
	stats->lost = q->backlog.lost_records + q->refused;
	unlock(q);
}

uint64_t queue_lost(struct queue *q)
{
	uint64_t lost;

	lock(q);
	lost = q->backlog.lost_records + q->refused;
	unlock(q);
	return lost;
}

/* ---- the thread's side */

/* When the messages that wait are due; false when none waits. */
static bool due_at(const struct queue *q, struct mono *ret_due)
{
	const struct message *first = backlog_first(&q->backlog);

	if (first == NULL)
		return false;
	*ret_due = first->put;
	if (q->backlog.urgent == 0 && q->backlog.total < GROUP_COUNT)
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
	size_t n;

	lock(q);
	n = backlog_take(&q->backlog, most, into);
	q->taken += n;
	unlock(q);
	return n;
}

void queue_done(struct queue *q, size_t written, size_t refused)
{
	lock(q);
	MUST(q->taken >= written + refused);
	q->taken -= written + refused;
	q->refused += refused;
	keep_tickets(q);
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

void queue_say_news(struct queue *q)
{
	lock(q);
	say_news(q);
	unlock(q);
}
