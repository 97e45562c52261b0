/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs together is seen together, whoever looks and whatever is between. */
#include "daemon/batch.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/db.h"
#include "daemon/known.h"
#include "daemon/life.h"
#include "daemon/queue.h"
#include "daemon/writer.h"
#include "probes/reason.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

static struct kept k;
static struct db *d;
static struct known *known;
static struct queue *queue;
static struct batch batch;
static struct writer writer;

static int set_up(__attribute__((unused)) void **state)
{
	struct err e;
	bool is_new;

	kept_init(&k, NULL);
	known = known_new();
	d = db_open(k.path, DB_WRITE, known, &is_new, &e);
	MUST(d != NULL);
	queue = queue_new();
	MUST(queue != NULL);
	batch_init(&batch, queue);
	writer = (struct writer){ .db = d, .known = known };
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	batch_done(&batch);
	queue_free(queue);
	db_close(d);
	known_free(known);
	kept_done(&k);
	return 0;
}

static struct message *event(int64_t n, const char *detail)
{
	struct message *m = message_new(MESSAGE_EVENT, 0, (struct wall){ n }, 0);

	m->event = (struct store_event){
		.at = { n }, .kind = "k", .before = "", .after = "", .detail = detail
	};
	return m;
}

static struct message *alert(int64_t n)
{
	AUTO(text) char *identity = xasprintf("Test %lld", (long long)n);
	struct message *m = message_alert(&(struct store_alert){ .identity = identity,
								 .name = "Test",
								 .subject = "",
								 .severity = "info",
								 .starts = { n },
								 .revision = 1,
								 .labels = "{}",
								 .annotations = "{}" });

	m->ticket = (uint64_t)n;
	return m;
}

static void put_pair(int64_t n, const char *detail)
{
	struct list l;

	list_init(&l);
	list_push_back(&l, &event(n, detail)->order);
	list_push_back(&l, &alert(n)->order);
	queue_put_all(queue, &l);
}

static enum batch_result commit(void)
{
	const struct life life = { .node = "n", .version = "v" };

	return batch_commit(&batch, &writer, &life, BATCH_GO_ON, (struct wall){ 1 });
}

#define BOTH "SELECT (SELECT count(*) FROM event) || ' ' || (SELECT count(*) FROM alert)"

TEST(test_batch_boundary_does_not_cut_a_bundle)
{
	for (int i = 1; i < BATCH_MAX; i++)
		queue_put(queue, event(i, ""));
	put_pair(BATCH_MAX, "");
	put_pair(BATCH_MAX + 1, "");
	assert_int_equal(batch_take(&batch), BATCH_MAX + 1);
	kept_expect(&k, BOTH, "0 0");
	assert_int_equal(commit(), BATCH_WRITTEN);
	kept_expect(&k, BOTH, "1000 1");
	assert_true(queue_kept(queue, BATCH_MAX));
	assert_false(queue_kept(queue, BATCH_MAX + 1));
	assert_int_equal(batch_take(&batch), 2);
	assert_int_equal(commit(), BATCH_WRITTEN);
	kept_expect(&k, BOTH, "1001 2");
	assert_true(queue_kept(queue, BATCH_MAX + 1));
}

/* What the schema will not take goes with its bundle; what stood around it stays. */
TEST(test_batch_refused_message_takes_its_bundle_along)
{
	struct store_stats stats = { 0 };
	sqlite3 *raw;

	MUST(sqlite3_open(k.path, &raw) == SQLITE_OK);
	MUST(sqlite3_exec(raw, "CREATE UNIQUE INDEX one ON event (detail)", NULL, NULL, NULL) ==
	     SQLITE_OK);
	MUST(sqlite3_close(raw) == SQLITE_OK);
	put_pair(1, "a");
	put_pair(2, "a");
	put_pair(3, "b");
	assert_int_equal(batch_take(&batch), 6);
	assert_int_equal(commit(), BATCH_REFUSED);
	kept_expect(&k, BOTH, "0 0");
	assert_false(queue_kept(queue, 1));
	assert_int_equal(batch_take(&batch), 4);
	assert_int_equal(commit(), BATCH_WRITTEN);
	kept_expect(&k, "SELECT group_concat(starts_ms) FROM alert", "1,3");
	kept_expect(&k, "SELECT group_concat(at_ms) FROM event WHERE kind = 'k'", "1,3");
	kept_expect(&k, "SELECT count(*) FROM event WHERE kind = 'lost'", "1");
	assert_true(queue_kept(queue, 3)); /* 2 was given up for good */
	queue_stats(queue, &stats);
	assert_int_equal(stats.lost, 2);
}

/* ---- somebody who looks all the time */

struct watcher {
	_Atomic bool stop;
	unsigned looks;
	unsigned halves; /* times that one was there without the others */
};

static void *watch(void *data)
{
	static const char sql[] = "SELECT 2 * (SELECT count(*) FROM alert) -"
				  " (SELECT count(*) FROM event WHERE kind = 'port') -"
				  " (SELECT count(*) FROM span)";
	struct watcher *w = data;
	sqlite3 *raw;
	sqlite3_stmt *s;

	MUST(sqlite3_open_v2(k.path, &raw, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
	MUST(sqlite3_busy_timeout(raw, 20000) == SQLITE_OK);
	MUST(sqlite3_prepare_v2(raw, sql, -1, &s, NULL) == SQLITE_OK);
	while (!atomic_load(&w->stop)) {
		MUST(sqlite3_step(s) == SQLITE_ROW);
		w->halves += sqlite3_column_int(s, 0) != 0;
		w->looks++;
		(void)sqlite3_reset(s);
	}
	(void)sqlite3_finalize(s);
	MUST(sqlite3_close(raw) == SQLITE_OK);
	return NULL;
}

/* A change and its alert, with what may be cut in between. */
static void put_change(int64_t n)
{
	AUTO(text) char *identity = xasprintf("Test %lld", (long long)n);
	bool open = n % 2 == 0;

	store_hold(k.store);
	kept_change(&k, 1, open ? REASON_REFUSED : REASON_OK, open ? REASON_OK : REASON_REFUSED, n);
	store_touch(k.store, 1, ASPECT_PORT, 1, (struct wall){ n });
	(void)store_put_alert(k.store, &(struct store_alert){ .identity = identity,
							      .name = "Test",
							      .subject = "",
							      .severity = "info",
							      .starts = { n },
							      .revision = 1,
							      .labels = "{}",
							      .annotations = "{}" });
	store_release(k.store);
	if (n % 3 == 0)
		store_touch(k.store, 1, ASPECT_PORT, 1, (struct wall){ n });
}

TEST(test_store_hold_is_seen_whole_or_not_at_all)
{
	struct watcher w = { .stop = false };
	pthread_t thread;

	kept_open(&k);
	kept_enrol(&k, 1);
	MUST(pthread_create(&thread, NULL, watch, &w) == 0);
	for (int64_t n = 1; n <= 3000; n++)
		put_change(n);
	kept_start(&k); /* several batches at once, then smaller ones */
	for (int64_t n = 3001; n <= 6000; n++)
		put_change(n);
	kept_settle(&k);
	atomic_store(&w.stop, true);
	MUST(pthread_join(thread, NULL) == 0);
	assert_true(w.looks > 10);
	assert_int_equal(w.halves, 0);
	kept_expect(&k, "SELECT count(*) FROM alert", "6000");
	kept_close(&k);
}

TEST(test_store_hold_with_nothing_in_between_puts_nothing)
{
	kept_open(&k);
	store_hold(k.store);
	store_release(k.store);
	assert_int_equal(kept_stats(&k).queued, 0);
	kept_close(&k);
}

#define WITH_BATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static int folder(__attribute__((unused)) void **state)
{
	kept_init(&k, NULL);
	return 0;
}

static int no_folder(__attribute__((unused)) void **state)
{
	kept_done(&k);
	return 0;
}

static const struct CMUnitTest tests[] = {
	WITH_BATCH(test_batch_boundary_does_not_cut_a_bundle),
	WITH_BATCH(test_batch_refused_message_takes_its_bundle_along),
	cmocka_unit_test_setup_teardown(test_store_hold_is_seen_whole_or_not_at_all, folder,
					no_folder),
	cmocka_unit_test_setup_teardown(test_store_hold_with_nothing_in_between_puts_nothing,
					folder, no_folder),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
