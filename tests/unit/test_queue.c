/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/queue.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/unit.h"

static void put(struct queue *q, enum message_kind kind, int64_t endpoint)
{
	queue_put(q, message_new(kind, endpoint, (struct wall){ 0 }, 0));
}

/* Takes everything; the endpoints of the messages in their order as a text. */
static char *taken(struct queue *q)
{
	struct list l;
	char *text = xstrdup("");

	list_init(&l);
	queue_done(q, queue_take(q, SIZE_MAX, &l), 0);
	for (struct link *k; (k = list_first(&l)) != NULL;) {
		struct message *m = container_of(k, struct message, order);
		char *longer = xasprintf("%s%lld ", text, (long long)m->endpoint);

		free(text);
		text = longer;
		link_remove(k);
		message_free(m);
	}
	return text;
}

static void expect_taken(struct queue *q, const char *want)
{
	char *text = taken(q);

	assert_string_equal(text, want);
	free(text);
}

static struct store_stats stats_of(struct queue *q)
{
	struct store_stats s = { 0 };

	queue_stats(q, &s);
	return s;
}

TEST(test_queue_keeps_the_order_of_all_kinds)
{
	struct queue *q = queue_new();

	put(q, MESSAGE_ENDPOINT, 1);
	put(q, MESSAGE_SAMPLES, 2);
	put(q, MESSAGE_SPAN, 3);
	put(q, MESSAGE_TOUCH, 4);
	assert_int_equal(stats_of(q).queued, 4);
	expect_taken(q, "1 2 3 4 ");
	assert_int_equal(stats_of(q).queued, 0);
	queue_free(q);
}

TEST(test_queue_taken_messages_count_until_done)
{
	struct queue *q = queue_new();
	struct list l;

	list_init(&l);
	put(q, MESSAGE_SPAN, 1);
	put(q, MESSAGE_SPAN, 2);
	put(q, MESSAGE_SPAN, 3);
	assert_int_equal(queue_take(q, 2, &l), 2);
	assert_int_equal(stats_of(q).queued, 3);
	queue_done(q, 1, 1);
	assert_int_equal(stats_of(q).queued, 1);
	assert_int_equal(stats_of(q).lost, 1);
	for (struct link *k; (k = list_first(&l)) != NULL;) {
		link_remove(k);
		message_free(container_of(k, struct message, order));
	}
	queue_free(q);
}

TEST(test_queue_full_of_samples_gives_up_the_oldest_and_counts)
{
	struct queue *q = queue_new();

	queue_limit(q, MESSAGE_SAMPLES, 3);
	put(q, MESSAGE_SPAN, 100);
	for (int i = 1; i <= 5; i++)
		put(q, MESSAGE_SAMPLES, i);
	put(q, MESSAGE_SPAN, 101);
	assert_int_equal(stats_of(q).dropped, 2);
	assert_int_equal(stats_of(q).lost, 0);
	expect_taken(q, "100 3 4 5 101 ");
	queue_free(q);
}

TEST(test_queue_full_of_spans_counts_what_is_lost)
{
	struct queue *q = queue_new();

	queue_limit(q, MESSAGE_SPAN, 2);
	for (int i = 1; i <= 5; i++)
		put(q, MESSAGE_SPAN, i);
	assert_int_equal(stats_of(q).dropped, 0);
	assert_int_equal(stats_of(q).lost, 3);
	assert_int_equal(queue_lost(q), 3);
	expect_taken(q, "4 5 ");
	queue_free(q);
}

TEST(test_queue_out_of_bytes_gives_up_samples_before_anything_else)
{
	struct queue *q = queue_new();

	queue_limit_bytes(q, 4 * sizeof(struct message));
	put(q, MESSAGE_SPAN, 1);
	put(q, MESSAGE_SAMPLES, 2);
	put(q, MESSAGE_ENDPOINT, 3);
	put(q, MESSAGE_SAMPLES, 4);
	put(q, MESSAGE_EVENT, 5);
	put(q, MESSAGE_SPAN, 6);
	expect_taken(q, "1 3 5 6 ");
	assert_int_equal(stats_of(q).dropped, 2);
	queue_free(q);
}

TEST(test_queue_urgent_wakes_at_once_and_others_wait_to_be_many)
{
	struct queue *q = queue_new();
	struct mono now = mono_now();
	struct mono far = mono_add(now, span_of_ms(60000));

	assert_int_equal(queue_wait(q, now, true), QUEUE_TIME);
	put(q, MESSAGE_SAMPLES, 1);
	assert_int_equal(queue_wait(q, mono_now(), true), QUEUE_TIME);
	for (int i = 0; i < 199; i++)
		put(q, MESSAGE_SAMPLES, 1);
	assert_int_equal(queue_wait(q, far, true), QUEUE_MESSAGES);
	free(taken(q));
	put(q, MESSAGE_SAMPLES, 1);
	put(q, MESSAGE_SPAN, 1);
	assert_int_equal(queue_wait(q, far, true), QUEUE_MESSAGES);
	assert_int_equal(queue_wait(q, mono_now(), false), QUEUE_TIME);
	free(taken(q));
	put(q, MESSAGE_SAMPLES, 1); /* alone: it is old enough in a moment */
	assert_int_equal(queue_wait(q, far, true), QUEUE_MESSAGES);
	assert_true(mono_before(mono_now(), far));
	queue_stop(q, (struct span){ 0 });
	assert_int_equal(queue_wait(q, far, true), QUEUE_STOP);
	queue_free(q);
}

static struct message *alert(int64_t endpoint, uint64_t ticket)
{
	struct message *m = message_new(MESSAGE_ALERT, endpoint, (struct wall){ 0 }, 0);

	m->ticket = ticket;
	return m;
}

/* A touch, a span and an alert that belong together, of one endpoint. */
static void put_bundle(struct queue *q, int64_t endpoint, uint64_t ticket)
{
	struct list l;

	list_init(&l);
	list_push_back(&l, &message_new(MESSAGE_TOUCH, endpoint, (struct wall){ 0 }, 0)->order);
	list_push_back(&l, &message_new(MESSAGE_SPAN, endpoint, (struct wall){ 0 }, 0)->order);
	list_push_back(&l, &alert(endpoint, ticket)->order);
	queue_put_all(q, &l);
	assert_true(list_empty(&l));
}

static size_t take(struct queue *q, size_t most)
{
	struct list l;
	size_t n;

	list_init(&l);
	n = queue_take(q, most, &l);
	for (struct link *k; (k = list_first(&l)) != NULL;) {
		link_remove(k);
		message_free(container_of(k, struct message, order));
	}
	return n;
}

TEST(test_queue_bundle_is_not_cut)
{
	struct queue *q = queue_new();

	put(q, MESSAGE_SPAN, 1);
	put_bundle(q, 2, 1);
	put_bundle(q, 3, 2);
	put(q, MESSAGE_SPAN, 4);
	assert_int_equal(take(q, 1), 1);
	assert_int_equal(take(q, 1), 3);
	assert_int_equal(take(q, 3), 3);
	assert_int_equal(take(q, 3), 1);
	queue_free(q);
}

TEST(test_queue_bundle_is_given_up_as_one_and_as_late_as_its_best)
{
	struct queue *q = queue_new();

	queue_limit(q, MESSAGE_TOUCH, 1);
	queue_limit(q, MESSAGE_SPAN, 1);
	queue_limit(q, MESSAGE_ALERT, 6);
	put(q, MESSAGE_SPAN, 1);
	put_bundle(q, 2, 1);
	put(q, MESSAGE_SPAN, 3);
	put(q, MESSAGE_TOUCH, 4);
	put_bundle(q, 5, 2);
	put_bundle(q, 6, 3);
	put(q, MESSAGE_TOUCH, 7);
	assert_int_equal(stats_of(q).lost, 5);
	expect_taken(q, "3 5 5 5 6 6 6 7 ");
	queue_free(q);
}

TEST(test_queue_bundle_that_is_too_large_is_not_kept_in_part)
{
	struct queue *q = queue_new();

	queue_limit(q, MESSAGE_ALERT, 2);
	put_bundle(q, 1, 1);
	assert_int_equal(stats_of(q).lost, 3);
	assert_true(queue_kept(q, 1));
	expect_taken(q, "");
	queue_free(q);
}

static void on_answer(void *owner, const struct answer *a)
{
	(void)owner;
	(void)a;
}

static struct ask *ask_new(struct queue *q)
{
	struct ask *a = xcalloc(1, sizeof *a);

	a->done = on_answer;
	a->queue = q;
	return a;
}

static bool readable(const struct queue *q)
{
	struct pollfd p = { .fd = queue_fd(q), .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

/* The one that was given up came last, and is not done before those in hand are. */
TEST(test_queue_tickets_are_kept_in_their_order)
{
	struct queue *q = queue_new();

	queue_limit(q, MESSAGE_ALERT, 2);
	queue_put(q, alert(1, 1));
	queue_put(q, alert(1, 2));
	assert_int_equal(take(q, 2), 2);
	queue_put(q, alert(1, 3));
	queue_put(q, alert(1, 4));
	queue_put(q, alert(1, 5)); /* 3 goes */
	assert_int_equal(stats_of(q).lost, 1);
	queue_done(q, 1, 0);
	assert_false(queue_kept(q, 1));
	assert_false(queue_kept(q, 3));
	assert_false(queue_take_news(q));
	assert_false(readable(q));
	queue_done(q, 0, 1); /* 2 was refused: for good */
	assert_true(queue_kept(q, 3));
	assert_false(queue_kept(q, 4));
	assert_true(readable(q));
	assert_true(queue_take_news(q));
	assert_false(queue_take_news(q));
	queue_put(q, alert(1, 6)); /* 4 goes, and nothing is in hand */
	assert_true(queue_kept(q, 4));
	assert_false(queue_kept(q, 5));
	queue_free(q);
}

TEST(test_queue_without_alerts_there_is_no_news)
{
	struct queue *q = queue_new();

	put(q, MESSAGE_SAMPLES, 1);
	put(q, MESSAGE_SPAN, 1);
	put(q, MESSAGE_DELIVERY, 1);
	queue_done(q, take(q, 3), 0);
	assert_false(readable(q));
	assert_false(queue_take_news(q));
	queue_say_news(q);
	assert_true(readable(q));
	assert_true(queue_take_news(q));
	queue_free(q);
}

TEST(test_queue_cancelled_question_is_not_worked_on)
{
	struct queue *q = queue_new();
	struct ask *a = ask_new(q);
	struct ask *b = ask_new(q);

	queue_ask(q, a);
	queue_ask(q, b);
	queue_cancel(q, a);
	assert_false(readable(q));
	assert_int_equal(queue_wait(q, mono_now(), false), QUEUE_ASKS);
	assert_ptr_equal(queue_take_ask(q), b);
	assert_null(queue_take_ask(q));
	queue_answer(q, b);
	assert_true(readable(q));
	queue_drain_fd(q);
	queue_drain_fd(q);
	assert_false(readable(q));
	assert_ptr_equal(queue_take_answer(q), a);
	assert_null(a->done);
	assert_ptr_equal(queue_take_answer(q), b);
	assert_null(queue_take_answer(q));
	free(a);
	free(b);
	queue_free(q);
}

TEST(test_queue_too_many_questions_are_answered_with_an_error)
{
	struct queue *q = queue_new();
	struct ask *a = NULL;

	while (a == NULL) {
		queue_ask(q, ask_new(q));
		a = queue_take_answer(q);
	}
	assert_non_null(strstr(a->error, "questions are waiting"));
	free(a);
	queue_free(q);
}

enum { CROWD = 20000 };

static void *put_many(void *data)
{
	for (int i = 0; i < CROWD; i++)
		put(data, i % 7 == 0 ? MESSAGE_SPAN : MESSAGE_SAMPLES, i);
	queue_stop(data, (struct span){ 0 });
	return NULL;
}

TEST(test_queue_two_threads_lose_nothing_and_keep_the_order)
{
	struct queue *q = queue_new();
	pthread_t thread;
	int64_t next = 0;
	struct list l;

	list_init(&l);
	assert_int_equal(pthread_create(&thread, NULL, put_many, q), 0);
	while (next < CROWD) {
		struct mono until = mono_add(mono_now(), span_of_ms(1000));

		(void)queue_wait(q, until, true);
		queue_done(q, queue_take(q, 100, &l), 0);
		for (struct link *k; (k = list_first(&l)) != NULL; next++) {
			struct message *m = container_of(k, struct message, order);

			assert_int_equal(m->endpoint, next);
			link_remove(k);
			message_free(m);
		}
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(stats_of(q).queued, 0);
	assert_int_equal(stats_of(q).dropped, 0);
	queue_free(q);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_queue_keeps_the_order_of_all_kinds),
	cmocka_unit_test(test_queue_taken_messages_count_until_done),
	cmocka_unit_test(test_queue_full_of_samples_gives_up_the_oldest_and_counts),
	cmocka_unit_test(test_queue_full_of_spans_counts_what_is_lost),
	cmocka_unit_test(test_queue_out_of_bytes_gives_up_samples_before_anything_else),
	cmocka_unit_test(test_queue_urgent_wakes_at_once_and_others_wait_to_be_many),
	cmocka_unit_test(test_queue_bundle_is_not_cut),
	cmocka_unit_test(test_queue_bundle_is_given_up_as_one_and_as_late_as_its_best),
	cmocka_unit_test(test_queue_bundle_that_is_too_large_is_not_kept_in_part),
	cmocka_unit_test(test_queue_tickets_are_kept_in_their_order),
	cmocka_unit_test(test_queue_without_alerts_there_is_no_news),
	cmocka_unit_test(test_queue_cancelled_question_is_not_worked_on),
	cmocka_unit_test(test_queue_too_many_questions_are_answered_with_an_error),
	cmocka_unit_test(test_queue_two_threads_lose_nothing_and_keep_the_order),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
