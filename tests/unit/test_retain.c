/* SPDX-License-Identifier: Apache-2.0 */
/* Passes of retention over a database, under a clock of the test's own. */
#include "daemon/retain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/db.h"
#include "daemon/known.h"
#include "daemon/queue.h"
#include "daemon/writer.h"
#include "probes/reason.h"
#include "tests/unit/chance.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

#define T0   INT64_C(1767225600000)
#define HOUR INT64_C(3600000)
#define DAY  (24 * HOUR)

static struct kept k;
static struct db *d;
static struct known *known;
static struct writer w;
static struct retain r;

static int set_up(__attribute__((unused)) void **state)
{
	struct err e;
	bool is_new;

	kept_init(&k, NULL);
	known = known_new();
	d = db_open(k.path, DB_WRITE, known, &is_new, &e);
	MUST(d != NULL);
	w = (struct writer){ .db = d, .known = known };
	r = (struct retain){ .conf = { .keep = span_of_ms(90 * DAY),
				       .keep_samples = span_of_ms(14 * DAY),
				       .max_bytes = 1 << 30 } };
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	db_close(d);
	known_free(known);
	kept_done(&k);
	return 0;
}

/* All turns of one pass; each is bounded, and so is their number. */
static void pass_at(int64_t now_ms, int64_t believed_ms)
{
	struct retain_times times = { { now_ms }, { believed_ms } };

	retain_begin(&r);
	for (int turns = 0; r.stage != RETAIN_DONE; turns++) {
		assert_true(turns < 20000);
		if (!retain_turn(&r, d, &times))
			fail_msg("%s", db_error(d)->text);
	}
}

static void pass(int64_t now_ms)
{
	pass_at(now_ms, now_ms);
}

static void apply(const struct message *m)
{
	known_begin(known);
	assert_true(db_begin(d, false));
	if (!writer_apply(&w, m))
		fail_msg("%s", db_error(d)->text);
	assert_true(db_commit(d));
	known_commit(known);
}

static void enrol(int64_t id)
{
	AUTO(text) char *name = xasprintf("e%lld", (long long)id);

	apply(&(struct message){ .kind = MESSAGE_ENDPOINT,
				 .endpoint = id,
				 .described = { .id = id,
						.provider = "",
						.role = "esxi",
						.name = name,
						.host = "h",
						.address = "",
						.check = "tcp" } });
}

static void put(const struct store_samples *s)
{
	apply(&(struct message){ .kind = MESSAGE_SAMPLES, .endpoint = s->endpoint, .samples = *s });
}

static void put_span(int64_t id, int reason, int64_t since)
{
	apply(&(struct message){ .kind = MESSAGE_SPAN,
				 .endpoint = id,
				 .span = { .endpoint = id,
					   .aspect = ASPECT_PORT,
					   .value = reason,
					   .since = { since },
					   .event = true,
					   .from = STATE_NOTHING } });
}

/* Ended at `ends`; 0: it lasts. */
static void put_alert(const char *identity, int64_t endpoint, int64_t ends, bool settled)
{
	struct message *m = message_alert(&(struct store_alert){ .identity = identity,
								 .name = "Test",
								 .subject = "",
								 .severity = "info",
								 .endpoint = endpoint,
								 .starts = { T0 - HOUR },
								 .ends = { ends },
								 .revision = 1,
								 .settled = settled,
								 .labels = "{}",
								 .annotations = "{}" });

	apply(m);
	message_free(m);
	apply(&(struct message){ .kind = MESSAGE_DELIVERY,
				 .delivery = { .identity = identity,
					       .starts = { T0 - HOUR },
					       .sink = "ops",
					       .at = { T0 } } });
}

static void put_silence(int64_t id, int64_t until)
{
	apply(&(struct message){ .kind = MESSAGE_SILENCE,
				 .silence = { .id = id,
					      .pattern = "*",
					      .name = "",
					      .from = { T0 - HOUR },
					      .until = { until },
					      .why = "w",
					      .by = "root" } });
}

/* count chunks of 60 slots, a slot each 10 s, from start on; every value `us`. */
static void put_many(int64_t id, int64_t start, int count, int32_t us)
{
	for (int i = 0; i < count; i++) {
		struct store_samples s = { .endpoint = id,
					   .start = { start + i * INT64_C(600000) },
					   .interval = span_of_ms(10000),
					   .count = STORE_CHUNK };

		for (int n = 0; n < STORE_CHUNK; n++)
			s.rtt_us[n] = us;
		put(&s);
	}
}

static int by_size(const void *a, const void *b)
{
	return *(const int32_t *)a - *(const int32_t *)b;
}

/* What the roll-up of one hour must be, computed the slow way. */
static char *naive(const int32_t *slots, size_t count)
{
	int32_t *sorted = xcalloc(count, sizeof *sorted);
	size_t n = 0, lost = 0, not_run = 0, pairs = 0;
	int64_t sum = 0, jitter = 0;
	char *text;

	for (size_t i = 0; i < count; i++) {
		lost += slots[i] == SAMPLE_LOST;
		not_run += slots[i] == SAMPLE_NOT_RUN;
		if (slots[i] < 0)
			continue;
		sorted[n++] = slots[i];
		sum += slots[i];
		if (i > 0 && slots[i - 1] >= 0) {
			jitter += labs((long)slots[i] - slots[i - 1]);
			pairs++;
		}
	}
	MUST(n > 0 && pairs > 0);
	qsort(sorted, n, sizeof *sorted, by_size);
	text = xasprintf("%zu %zu %zu %d %lld %d %d %d %lld", n + lost, lost, not_run, sorted[0],
			 (long long)((sum + (int64_t)n / 2) / (int64_t)n),
			 sorted[(n * 50 + 99) / 100 - 1], sorted[(n * 95 + 99) / 100 - 1],
			 sorted[n - 1],
			 (long long)((jitter + (int64_t)pairs / 2) / (int64_t)pairs));
	free(sorted);
	return text;
}

/* Chunks of odd lengths that begin and end anywhere, misses at their borders included. */
TEST(test_retain_rollup_is_what_a_naive_count_gives)
{
	enum { SLOTS = 3 * 360 };
	static int32_t slots[SLOTS];
	struct chance c = { 7 };

	enrol(1);
	for (int i = 0; i < SLOTS; i++) {
		unsigned dice = chance_below(&c, 10);

		slots[i] = dice == 0   ? SAMPLE_LOST
			   : dice == 1 ? SAMPLE_NOT_RUN
				       : (int32_t)chance_below(&c, 2000000);
	}
	for (int at = 0; at < SLOTS;) {
		struct store_samples s = { .endpoint = 1,
					   .start = { T0 + at * INT64_C(10000) },
					   .interval = span_of_ms(10000) };
		int len = 1 + (int)chance_below(&c, STORE_CHUNK);

		for (; s.count < len && at < SLOTS; s.count++)
			s.rtt_us[s.count] = slots[at++];
		put(&s);
	}
	pass(T0 + 10 * HOUR);
	for (int h = 0; h < 3; h++) {
		AUTO(text) char *want = naive(slots + h * 360, 360);
		AUTO(text)
		char *sql = xasprintf(
			"SELECT count || ' ' || lost || ' ' || not_run || ' ' || min_us || ' ' ||"
			" mean_us || ' ' || p50_us || ' ' || p95_us || ' ' || max_us || ' ' ||"
			" jitter_us FROM rollup WHERE hour_ms = %lld",
			(long long)(T0 + h * HOUR));

		kept_expect(&k, sql, want);
	}
	kept_expect(&k, "SELECT count(*) FROM rollup", "3");
}

TEST(test_retain_rolls_up_hours_once_they_are_over)
{
	enrol(1);
	put_many(1, T0 + 30 * 60000, 6, 100); /* half an hour, and half the next */
	pass(T0 + HOUR + 10 * 60000);
	kept_expect(&k, "SELECT count(*) FROM rollup", "0");
	pass(T0 + HOUR + 20 * 60000);
	kept_expect(&k, "SELECT group_concat(hour_ms || ' ' || count) FROM rollup",
		    "1767225600000 180");
	pass(T0 + 5 * HOUR);
	pass(T0 + 5 * HOUR);
	kept_expect(&k, "SELECT group_concat(count) FROM rollup", "180,180");
}

TEST(test_retain_goes_on_after_a_gap)
{
	enrol(1);
	put_many(1, T0, 6, 100);
	put_many(1, T0 + 5 * DAY + 20 * 60000, 2, 100);
	pass(T0 + 6 * DAY);
	kept_expect(&k,
		    "SELECT group_concat(count || ' ' || (hour_ms - 1767225600000)) FROM rollup",
		    "360 0,120 432000000");
}

TEST(test_retain_late_samples_change_their_hour)
{
	enrol(1);
	put_many(1, T0, 2, 100);
	put_many(1, T0 + HOUR + 5 * 60000, 5, 100);
	pass(T0 + 5 * HOUR);
	kept_expect(&k, "SELECT group_concat(count) FROM rollup", "120,300");
	put_many(1, T0 + 55 * 60000, 1, 100); /* reaches into the second hour */
	kept_expect(&k, "SELECT group_concat(count) FROM rollup", "150,330");
}

TEST(test_retain_hour_without_an_answer_has_no_times)
{
	enrol(1);
	put_many(1, T0, 6, SAMPLE_LOST);
	pass(T0 + 5 * HOUR);
	kept_expect(&k, "SELECT count || ' ' || lost || ' ' || (p50_us IS NULL) FROM rollup",
		    "360 360 1");
}

TEST(test_retain_forgets_each_kind_at_its_age)
{
	enrol(1);
	enrol(2);
	put_many(1, T0, 12, 100);
	put_many(1, T0 + 10 * DAY, 6, 100);
	put_span(1, REASON_OK, T0);
	put_span(1, REASON_REFUSED, T0 + HOUR);
	put_span(1, REASON_OK, T0 + 10 * DAY);
	pass(T0 + 13 * DAY);
	kept_expect(&k, "SELECT count(*) FROM sample", "18");
	pass(T0 + 20 * DAY);
	kept_expect(&k, "SELECT count(*) FROM sample", "6");
	kept_expect(&k, "SELECT group_concat(count) FROM rollup", "360,360,360");
	pass(T0 + 90 * DAY + HOUR + 1);
	kept_expect(&k, "SELECT count(*) FROM sample", "0");
	kept_expect(&k, "SELECT group_concat(count) FROM rollup", "360");
	kept_expect(&k, "SELECT group_concat(id) FROM span", "2,3");
	kept_expect(&k, "SELECT group_concat(id) FROM event", "3");
	pass(T0 + 200 * DAY);
	kept_expect(&k, "SELECT group_concat(id) FROM span", "3"); /* it lasts */
	kept_expect(&k, "SELECT count(*) FROM rollup", "0");
	kept_expect(&k, "SELECT count(*) FROM endpoint", "2");
}

/* The clock is far ahead of what is believed: hours are over, but nothing is old. */
TEST(test_retain_rolls_up_by_the_clock_and_forgets_by_what_is_believed)
{
	enrol(1);
	put_many(1, T0, 6, 100);
	put_span(1, REASON_OK, T0);
	put_span(1, REASON_REFUSED, T0 + HOUR);
	pass_at(T0 + 36500 * DAY, T0 + HOUR);
	kept_expect(&k, "SELECT group_concat(count) FROM rollup", "360");
	kept_expect(&k, "SELECT count(*) FROM sample", "6");
	kept_expect(&k, "SELECT count(*) FROM span", "2");
	kept_expect(&k, "SELECT count(*) FROM event", "2");
}

TEST(test_retain_forgets_a_retired_endpoint_with_its_last_row)
{
	enrol(1);
	put_span(1, REASON_OK, T0);
	apply(&(struct message){ .kind = MESSAGE_RETIRE, .endpoint = 1, .at = { T0 + HOUR } });
	pass(T0 + 50 * DAY);
	kept_expect(&k, "SELECT count(*) FROM endpoint", "1");
	pass(T0 + 100 * DAY);
	pass(T0 + 100 * DAY);
	kept_expect(&k, "SELECT count(*) FROM endpoint", "0");
	kept_expect(&k, "PRAGMA foreign_key_check", "");
}

/* What the writer is told of is remembered no longer than it is of use. */
TEST(test_retain_writer_forgets_who_was_retired_and_finds_it_again)
{
	enrol(1);
	enrol(2);
	put_span(1, REASON_OK, T0);
	apply(&(struct message){ .kind = MESSAGE_RETIRE, .endpoint = 1, .at = { T0 + HOUR } });
	known_tidy(known);
	assert_null(known_find(known, 1));
	assert_non_null(known_find(known, 2));
	put_many(1, T0, 1, 100); /* a late one */
	kept_expect(&k, "SELECT group_concat(endpoint_id) FROM sample", "1");
	known_tidy(known);
	assert_null(known_find(known, 1));
	enrol(1);
	known_tidy(known);
	assert_int_equal(known_find(known, 1)->now.row, 1);
	kept_expect(&k, "SELECT group_concat(id) FROM endpoint WHERE retired_ms IS NULL", "1,2");
}

TEST(test_retain_forgets_alerts_that_everybody_knows_to_have_ended)
{
	enrol(1);
	put_alert("settled", 1, T0, true);
	put_alert("settled late", 1, T0 + DAY, true);
	put_alert("not settled", 0, T0, false);
	put_alert("lasts", 0, 0, false);
	put_silence(1, T0);
	put_silence(2, T0 + DAY);
	apply(&(struct message){ .kind = MESSAGE_RETIRE, .endpoint = 1, .at = { T0 } });
	pass(T0 + 90 * DAY + HOUR);
	kept_expect(&k, "SELECT group_concat(identity) FROM (SELECT * FROM alert ORDER BY id)",
		    "settled late,not settled,lasts");
	kept_expect(&k, "SELECT count(*) FROM delivery", "3");
	kept_expect(&k, "SELECT group_concat(id) FROM silence", "2");
	kept_expect(&k, "SELECT count(*) FROM endpoint", "1"); /* somebody still speaks of it */
	pass(T0 + 92 * DAY);
	pass(T0 + 92 * DAY);
	kept_expect(&k, "SELECT group_concat(identity) FROM (SELECT * FROM alert ORDER BY id)",
		    "not settled,lasts");
	kept_expect(&k, "SELECT count(*) FROM endpoint", "0");
	kept_expect(&k, "PRAGMA foreign_key_check", "");
}

TEST(test_retain_deletes_many_rows_in_bounded_turns)
{
	int turns = 0;

	enrol(1);
	free(kept_sql(k.path, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			      " WHERE i < 3000) INSERT INTO event (at_ms, kind)"
			      " SELECT i, 'x' FROM n"));
	r.stage = RETAIN_EVENTS;
	while (r.stage == RETAIN_EVENTS) {
		assert_true(retain_turn(&r, d, &(struct retain_times){ { T0 }, { T0 } }));
		turns++;
	}
	assert_int_equal(turns, 7);
	kept_expect(&k, "SELECT count(*) FROM event", "0");
}

static int64_t used_bytes(void)
{
	int64_t bytes, unused;

	assert_true(db_size(d, &bytes, &unused));
	return bytes - unused;
}

TEST(test_retain_keeps_the_size_by_forgetting_the_oldest_samples)
{
	int64_t bytes, unused;

	enrol(1);
	enrol(2);
	put_many(1, T0, 1500, 123456);
	put_many(2, T0 + 5 * DAY, 1500, 123456);
	r.conf.max_bytes = used_bytes() * 2 / 3;
	put_span(1, REASON_OK, T0);
	put_span(1, REASON_REFUSED, T0 + HOUR);
	pass(T0 + 12 * DAY);
	assert_true(db_size(d, &bytes, &unused));
	assert_true(bytes <= r.conf.max_bytes);
	assert_true(used_bytes() > r.conf.max_bytes / 2); /* no more than needed */
	kept_expect(&k, "SELECT min(start_ms) > 1767225600000 + 2 * 86400000 FROM sample", "1");
	kept_expect(&k,
		    "SELECT count(*) FROM sample WHERE start_ms > 1767225600000 + 10 * 86400000"
		    " AND endpoint_id = 2",
		    "779");
	kept_expect(&k, "SELECT count(*) FROM span", "2");
	kept_expect(&k, "SELECT count(*) > 400 FROM rollup", "1");
	kept_expect(&k, "PRAGMA integrity_check", "ok");
}

TEST(test_retain_impossible_size_ends_with_what_may_not_go)
{
	enrol(1);
	put_many(1, T0, 100, 1);
	put_span(1, REASON_OK, T0);
	put_span(1, REASON_REFUSED, T0 + HOUR);
	put_alert("settled", 1, T0, true);
	put_alert("not settled", 1, T0, false);
	r.conf.max_bytes = 4096;
	pass(T0 + 5 * DAY);
	kept_expect(&k, "SELECT count(*) FROM sample", "0");
	kept_expect(&k, "SELECT count(*) FROM rollup", "0");
	kept_expect(&k, "SELECT group_concat(id) FROM span", "2");
	kept_expect(&k, "SELECT group_concat(identity) FROM alert", "not settled");
	kept_expect(&k, "SELECT count(*) FROM endpoint", "1");
}

/* The file says what it likes; a pass ends all the same. */
TEST(test_retain_rubbish_samples_end_the_pass)
{
	enrol(1);
	free(kept_sql(k.path, "INSERT INTO sample VALUES (100, 1, 0, 0, 10, 60, 'rubbish'),"
			      " (101, 1, 3600000, 0, -5, 9223372036854775807, '[1]'),"
			      " (102, 1, -9223372036854775808, 0, 0, 0, '')"));
	pass(T0);
	pass(0);
	pass(INT64_MAX / 2);
}

#define WITH_DB(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_DB(test_retain_rollup_is_what_a_naive_count_gives),
	WITH_DB(test_retain_rolls_up_hours_once_they_are_over),
	WITH_DB(test_retain_goes_on_after_a_gap),
	WITH_DB(test_retain_late_samples_change_their_hour),
	WITH_DB(test_retain_hour_without_an_answer_has_no_times),
	WITH_DB(test_retain_forgets_each_kind_at_its_age),
	WITH_DB(test_retain_rolls_up_by_the_clock_and_forgets_by_what_is_believed),
	WITH_DB(test_retain_forgets_a_retired_endpoint_with_its_last_row),
	WITH_DB(test_retain_writer_forgets_who_was_retired_and_finds_it_again),
	WITH_DB(test_retain_forgets_alerts_that_everybody_knows_to_have_ended),
	WITH_DB(test_retain_deletes_many_rows_in_bounded_turns),
	WITH_DB(test_retain_keeps_the_size_by_forgetting_the_oldest_samples),
	WITH_DB(test_retain_impossible_size_ends_with_what_may_not_go),
	WITH_DB(test_retain_rubbish_samples_end_the_pass),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
