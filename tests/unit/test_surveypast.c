/* SPDX-License-Identifier: Apache-2.0 */
/* Findings in a real history: begun, changed, ended, over restarts and trouble. */
#include "daemon/surveypast.h"

#include <event2/event.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/remarks.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

enum { MANY = 1000 };

static struct kept k;
static struct remarks *remarks;
static struct surveypast *past;
static unsigned reads, unreads;
static int64_t machines; /* of the last judgement that was read; -1: there is none */

static void on_read(void *owner, const json_t *last)
{
	MUST(owner == &k);
	reads++;
	machines = last != NULL ? json_integer_value(json_object_get(last, "machines")) : -1;
}

static void on_unread(void *owner, const char *why)
{
	MUST(owner == &k && why[0] != '\0');
	unreads++;
}

static void open_all(void)
{
	kept_open(&k);
	kept_start(&k);
	remarks = remarks_new();
	past = surveypast_new(&(struct surveypast_parts){ .base = k.base,
							  .store = k.store,
							  .remarks = remarks,
							  .owner = &k,
							  .read = on_read,
							  .unread = on_unread });
	reads = unreads = 0;
}

static void close_all(void)
{
	surveypast_free(past);
	remarks_free(remarks);
	kept_close(&k);
}

static bool was_read(__attribute__((unused)) struct kept *kept)
{
	return reads > 0;
}

/* A life of the daemon begins. */
static void begin(void)
{
	open_all();
	surveypast_read(past);
	kept_wait(&k, was_read);
}

static int set_up(__attribute__((unused)) void **state)
{
	kept_init(&k, NULL);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	kept_done(&k);
	return 0;
}

struct ending {
	struct wall last, at;
};

static void on_ended(void *owner, struct remark *m)
{
	const struct ending *e = owner;

	surveypast_end(past, m, e->last, e->at);
}

/* Rule r.NNN of each number is found at at_ms; what was found before was at last_ms. */
static void judge(const int *numbers, size_t count, const char *message, int64_t last_ms,
		  int64_t at_ms)
{
	struct ending e = { .last = { last_ms }, .at = { at_ms } };
	struct store_judgement j = { .at = e.at, .machines = count, .counts = "{}", .files = "[]" };
	struct err err;

	remarks_begin(remarks);
	for (size_t i = 0; i < count; i++) {
		char rule[16];
		struct remark m = { .rule = rule,
				    .kind = "vm",
				    .id = "vm-1",
				    .name = "it's \"web\" \303\274",
				    .plan = "",
				    .message = message,
				    .severity = RULE_BLOCKER,
				    .first = e.at };

		(void)snprintf(rule, sizeof rule, "r.%05d", numbers[i]);
		MUST(remarks_add(remarks, &m, &err));
	}
	remarks_commit(remarks, on_ended, &e);
	surveypast_changed(past, &j);
}

static bool is_written(struct kept *kept)
{
	AUTO(text) char *count = kept_sql(kept->path, "SELECT count(*) FROM judgement");

	return strtol(count, NULL, 10) >= machines;
}

/* So many judgements are there: each is written behind what it found. */
static void until_judgements(int64_t count)
{
	int64_t before = machines;

	machines = count;
	kept_wait(&k, is_written);
	machines = before;
	kept_settle(&k);
}

static void expect_rows(const char *rows)
{
	kept_expect(&k,
		    "SELECT group_concat(row, '; ') FROM (SELECT rule || ' ' || message || ' ' ||"
		    " first_ms || ' ' || coalesce(last_ms, '-') || ' ' || coalesce(ended_ms, '-')"
		    " AS row FROM finding ORDER BY rule, first_ms)",
		    rows);
}

TEST(test_surveypast_findings_begin_change_and_end)
{
	begin();
	assert_int_equal(machines, -1);
	judge((int[]){ 1, 2 }, 2, "x", 0, 1000);
	until_judgements(1);
	expect_rows("r.00001 x 1000 - -; r.00002 x 1000 - -");
	judge((int[]){ 2, 3 }, 2, "x", 1000, 2000);
	until_judgements(2);
	expect_rows("r.00001 x 1000 1000 2000; r.00002 x 1000 - -; r.00003 x 2000 - -");
	judge((int[]){ 1, 2 }, 2, "y", 2000, 3000);
	until_judgements(3);
	expect_rows("r.00001 x 1000 1000 2000; r.00001 y 3000 - -; r.00002 y 1000 - -; "
		    "r.00003 x 2000 2000 3000");
	kept_expect(&k,
		    "SELECT DISTINCT name || severity || verdict || kind || object FROM finding",
		    "it's \"web\" \303\274blockerfailvmvm-1");
	close_all();
}

TEST(test_surveypast_goes_on_after_a_restart)
{
	begin();
	judge((int[]){ 1, 2, 3 }, 3, "x", 0, 1000);
	until_judgements(1);
	close_all();
	begin();
	assert_int_equal(machines, 3);
	assert_int_equal(remarks_count(remarks), 3);
	assert_true(remarks_at(remarks, 0)->put);
	assert_int_equal(remarks_at(remarks, 0)->first.ms, 1000);
	assert_string_equal(remarks_at(remarks, 0)->name, "it's \"web\" \303\274");
	judge((int[]){ 2, 4 }, 2, "x", 1000, 5000);
	until_judgements(2);
	expect_rows("r.00001 x 1000 1000 5000; r.00002 x 1000 - -; r.00003 x 1000 1000 5000; "
		    "r.00004 x 5000 - -");
	close_all();
}

/* What waits at the end of a process is put, however much it is. */
TEST(test_surveypast_many_are_written_in_parts_and_read_in_pages)
{
	static int numbers[MANY];
	size_t count = MANY;

	for (int i = 0; i < MANY; i++)
		numbers[i] = i;
	begin();
	judge(numbers, count, "x", 0, 1000);
	close_all();
	kept_expect(&k, "SELECT count(*), count(ended_ms) FROM finding", "1000");
	begin();
	assert_int_equal(remarks_count(remarks), MANY);
	judge(numbers, 1, "x", 1000, 2000);
	close_all();
	kept_expect(&k, "SELECT count(ended_ms) FROM finding", "999");
	kept_expect(&k, "SELECT count(*) FROM judgement", "2");
}

TEST(test_surveypast_skipped_past_is_compared_once_something_is_judged)
{
	begin();
	judge((int[]){ 1, 2 }, 2, "x", 0, 1000);
	until_judgements(1);
	close_all();
	open_all();
	surveypast_read(past);
	surveypast_skip(past); /* before it was answered */
	judge((int[]){ 2, 3 }, 2, "z", 0, 7000);
	until_judgements(2);
	assert_int_equal(reads, 0);
	expect_rows("r.00001 x 1000 1000 7000; r.00002 z 1000 - -; r.00003 z 7000 - -");
	close_all();
}

TEST(test_surveypast_everything_is_put_to_a_new_history)
{
	begin();
	judge((int[]){ 1, 2 }, 2, "x", 0, 1000);
	until_judgements(1);
	free(kept_sql(k.path, "DELETE FROM finding"));
	surveypast_fresh(past);
	judge((int[]){ 1, 2 }, 2, "x", 1000, 2000);
	until_judgements(2);
	expect_rows("r.00001 x 1000 - -; r.00002 x 1000 - -");
	close_all();
}

TEST(test_surveypast_question_says_what_lasts_and_what_does_not)
{
	struct question q = kept_question(QUESTION_FINDINGS, 0);
	AUTO(text) char *text = NULL;

	begin();
	judge((int[]){ 1 }, 1, "x", 0, 1000);
	until_judgements(1);
	judge((int[]){ 2 }, 1, "y", 1000, 2000);
	until_judgements(2);
	judge((int[]){ 2 }, 1, "y", 2000, 3000);
	until_judgements(3);
	text = kept_ask(&k, &q);
	assert_string_equal(
		text,
		"[{\"id\":2,\"rule\":\"r.00002\",\"severity\":\"blocker\",\"verdict\":\"fail\","
		"\"object\":{\"kind\":\"vm\",\"id\":\"vm-1\",\"name\":\"it's \\\"web\\\" "
		"\303\274\"},"
		"\"message\":\"y\",\"first_seen\":\"1970-01-01T00:00:02.000Z\","
		"\"last_seen\":\"1970-01-01T00:00:03.000Z\"},"
		"{\"id\":1,\"rule\":\"r.00001\",\"severity\":\"blocker\",\"verdict\":\"fail\","
		"\"object\":{\"kind\":\"vm\",\"id\":\"vm-1\",\"name\":\"it's \\\"web\\\" "
		"\303\274\"},"
		"\"message\":\"x\",\"first_seen\":\"1970-01-01T00:00:01.000Z\","
		"\"last_seen\":\"1970-01-01T00:00:01.000Z\",\"ended\":\"1970-01-01T00:00:02.000Z\"}"
		"]");
	close_all();
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	EACH(test_surveypast_findings_begin_change_and_end),
	EACH(test_surveypast_goes_on_after_a_restart),
	EACH(test_surveypast_many_are_written_in_parts_and_read_in_pages),
	EACH(test_surveypast_skipped_past_is_compared_once_something_is_judged),
	EACH(test_surveypast_everything_is_put_to_a_new_history),
	EACH(test_surveypast_question_says_what_lasts_and_what_does_not),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
