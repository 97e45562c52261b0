/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/schedule.h"

#include "base/must.h"
#include "tests/unit/unit.h"

/* Small numbers are easier to follow: here a second has 1000 ns. */
#define SECOND INT64_C(1000)

static struct mono at(int64_t ns)
{
	return (struct mono){ ns };
}

static struct span every(int64_t ns)
{
	return (struct span){ ns };
}

/* The next due time; -1 when nothing is planned. */
static int64_t next(const struct schedule *s)
{
	struct mono due;

	return schedule_next(s, &due) ? due.ns : -1;
}

static struct due take(struct schedule *s, int64_t now)
{
	struct due due = { 0 };

	if (!schedule_take(s, at(now), &due))
		fail_msg("nothing is due at %lld", (long long)now);
	return due;
}

static void assert_nothing_due(struct schedule *s, int64_t now)
{
	struct due due;

	assert_false(schedule_take(s, at(now), &due));
}

static void assert_regular(const struct due *due, const struct job *job, int64_t at_ns,
			   int64_t slot, uint64_t skipped)
{
	assert_ptr_equal(due->job, job);
	assert_true(due->regular);
	assert_int_equal(due->at.ns, at_ns);
	assert_int_equal(due->slot, slot);
	assert_int_equal(due->skipped, skipped);
}

static void assert_wanted(const struct due *due, const struct job *job, int64_t at_ns)
{
	assert_ptr_equal(due->job, job);
	assert_false(due->regular);
	assert_int_equal(due->at.ns, at_ns);
	assert_int_equal(due->skipped, 0);
}

TEST(test_schedule_empty_has_nothing_due)
{
	struct schedule *s = schedule_new();

	assert_int_equal(schedule_count(s), 0);
	assert_int_equal(next(s), -1);
	assert_nothing_due(s, INT64_MAX);
	schedule_free(s);
	schedule_free(NULL);
}

TEST(test_schedule_first_grid_time_is_the_next_one_after_now)
{
	static const struct {
		int64_t interval;
		uint64_t seed;
		int64_t now, first;
	} cases[] = {
		{ 10, 3, 0, 3 },
		{ 10, 3, 2, 3 },
		{ 10, 3, 3, 13 },
		{ 10, 3, 4, 13 },
		{ 10, 3, 13, 23 },
		{ 10, 10, 0, 10 },
		{ 10, 23, 1000, 1003 },
		{ 1, 7, 5, 6 },
		{ 10, UINT64_MAX, 0, 5 },
		{ INT64_C(1) << 58, UINT64_MAX, 5, (INT64_C(1) << 58) - 1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct schedule *s = schedule_new();
		struct job job = { 0 };

		schedule_add(s, &job, every(cases[i].interval), cases[i].seed, at(cases[i].now));
		assert_int_equal(next(s), cases[i].first);
		assert_int_equal(schedule_count(s), 1);
		schedule_free(s);
	}
}

TEST(test_schedule_grid_times_come_one_by_one_with_their_numbers)
{
	struct schedule *s = schedule_new();
	struct job job = { .kind = 7 };

	schedule_add(s, &job, every(10 * SECOND), 3 * SECOND, at(500 * SECOND));
	for (int64_t slot = 50; slot < 60; slot++) {
		int64_t time = (slot * 10 + 3) * SECOND;
		struct due due;

		assert_nothing_due(s, time - 1);
		due = take(s, time);
		assert_regular(&due, &job, time, slot, 0);
		assert_nothing_due(s, time);
		assert_int_equal(next(s), time + 10 * SECOND);
	}
	assert_int_equal(job.kind, 7);
	schedule_free(s);
}

TEST(test_schedule_late_job_keeps_its_grid)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 0, at(0));
	due = take(s, 130);
	assert_regular(&due, &job, 100, 1, 0);
	due = take(s, 299);
	assert_regular(&due, &job, 200, 2, 0);
	due = take(s, 300);
	assert_regular(&due, &job, 300, 3, 0);
	schedule_free(s);
}

TEST(test_schedule_job_that_missed_grid_times_runs_once_and_tells_how_many)
{
	static const struct {
		int64_t now, at_ns, slot;
		uint64_t skipped;
	} cases[] = {
		{ 199, 100, 1, 0 }, { 200, 200, 2, 1 },    { 299, 200, 2, 1 },
		{ 300, 300, 3, 2 }, { 1050, 1000, 10, 9 }, { 1000000, 1000000, 10000, 9999 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct schedule *s = schedule_new();
		struct job job = { 0 };
		struct due due;

		schedule_add(s, &job, every(100), 0, at(0));
		due = take(s, cases[i].now);
		assert_regular(&due, &job, cases[i].at_ns, cases[i].slot, cases[i].skipped);
		assert_nothing_due(s, cases[i].now);
		assert_int_equal(next(s), cases[i].at_ns + 100);
		schedule_free(s);
	}
}

TEST(test_schedule_wish_comes_between_and_leaves_the_grid_alone)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 0, at(0));
	schedule_want(s, &job, at(40));
	assert_int_equal(next(s), 40);
	assert_nothing_due(s, 39);
	due = take(s, 45);
	assert_wanted(&due, &job, 40);
	assert_int_equal(next(s), 100);
	due = take(s, 100);
	assert_regular(&due, &job, 100, 1, 0);
	schedule_free(s);
}

TEST(test_schedule_wish_and_grid_time_that_are_both_due_are_one)
{
	static const int64_t wishes[] = { 0, 1, 50, 99, 100, 101, 150, 199 };

	for (size_t i = 0; i < ARRAY_LEN(wishes); i++) {
		struct schedule *s = schedule_new();
		struct job job = { 0 };
		struct due due;

		schedule_add(s, &job, every(100), 0, at(0));
		schedule_want(s, &job, at(wishes[i]));
		due = take(s, 199);
		assert_regular(&due, &job, 100, 1, 0);
		assert_nothing_due(s, 199);
		assert_int_equal(next(s), 200);
		schedule_free(s);
	}
}

TEST(test_schedule_wish_behind_the_grid_time_stays)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 0, at(0));
	schedule_want(s, &job, at(125));
	due = take(s, 100);
	assert_regular(&due, &job, 100, 1, 0);
	assert_int_equal(next(s), 125);
	due = take(s, 125);
	assert_wanted(&due, &job, 125);
	assert_int_equal(next(s), 200);
	schedule_free(s);
}

TEST(test_schedule_earlier_of_two_wishes_stays)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 0, at(0));
	schedule_want(s, &job, at(60));
	schedule_want(s, &job, at(30));
	schedule_want(s, &job, at(70));
	due = take(s, 80);
	assert_wanted(&due, &job, 30);
	assert_nothing_due(s, 99);
	schedule_free(s);
}

TEST(test_schedule_wish_in_the_past_is_due_at_once)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 0, at(5000));
	schedule_want(s, &job, at(-7));
	due = take(s, 5000);
	assert_wanted(&due, &job, -7);
	assert_int_equal(next(s), 5100);
	schedule_free(s);
}

TEST(test_schedule_job_without_interval_runs_once_when_it_is_wanted)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(0), 12345, at(50));
	assert_int_equal(schedule_count(s), 0);
	assert_nothing_due(s, INT64_MAX);
	for (int64_t i = 1; i <= 3; i++) {
		schedule_want(s, &job, at(i * 100));
		assert_int_equal(schedule_count(s), 1);
		due = take(s, i * 100);
		assert_wanted(&due, &job, i * 100);
		assert_int_equal(schedule_count(s), 0);
		assert_int_equal(job.place, 0);
	}
	schedule_free(s);
}

TEST(test_schedule_removed_job_that_is_wanted_runs_once)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 0, at(0));
	schedule_want(s, &job, at(10));
	schedule_remove(s, &job);
	assert_nothing_due(s, INT64_MAX);
	schedule_want(s, &job, at(500));
	due = take(s, 700);
	assert_wanted(&due, &job, 500);
	assert_nothing_due(s, INT64_MAX);
	schedule_free(s);
}

TEST(test_schedule_added_again_to_the_same_grid_loses_neither_slot_nor_wish)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 7, at(0));
	schedule_want(s, &job, at(150));
	/* Late for its first grid time, and then again right after it was taken. */
	schedule_add(s, &job, every(100), 107, at(110));
	due = take(s, 110);
	assert_regular(&due, &job, 7 + 100, 1, 1);
	schedule_add(s, &job, every(100), 7, at(110));
	assert_nothing_due(s, 149);
	due = take(s, 150);
	assert_wanted(&due, &job, 150);
	due = take(s, 207);
	assert_regular(&due, &job, 207, 2, 0);
	assert_int_equal(schedule_count(s), 1);
	schedule_free(s);
}

/* The phase is also that of INT64_MAX, which stands for no grid time. */
TEST(test_schedule_taken_and_removed_and_added_again_does_not_repeat_the_slot)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), INT64_MAX % 100, at(0));
	(void)take(s, 7);
	schedule_remove(s, &job);
	schedule_add(s, &job, every(100), INT64_MAX % 100, at(7));
	assert_nothing_due(s, 106);
	due = take(s, 107);
	assert_regular(&due, &job, 107, 1, 0);
	schedule_free(s);
}

TEST(test_schedule_added_again_moves_to_the_new_grid_and_keeps_its_wish)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 0, at(0));
	schedule_want(s, &job, at(75));
	schedule_add(s, &job, every(60), 10, at(30));
	assert_int_equal(schedule_count(s), 1);
	due = take(s, 70);
	assert_regular(&due, &job, 70, 1, 0);
	due = take(s, 75);
	assert_wanted(&due, &job, 75);
	/* The same interval with another phase, and the other way round. */
	schedule_add(s, &job, every(60), 20, at(100));
	assert_int_equal(next(s), 140);
	schedule_add(s, &job, every(120), 20, at(100));
	assert_int_equal(next(s), 140);
	schedule_add(s, &job, every(60), 20, at(200));
	assert_int_equal(next(s), 260);
	schedule_free(s);
}

TEST(test_schedule_added_again_without_interval_leaves_the_grid)
{
	struct schedule *s = schedule_new();
	struct job job = { 0 };
	struct due due;

	schedule_add(s, &job, every(100), 0, at(0));
	schedule_want(s, &job, at(150));
	schedule_add(s, &job, every(0), 0, at(10));
	due = take(s, 150);
	assert_wanted(&due, &job, 150);
	assert_int_equal(schedule_count(s), 0);

	schedule_add(s, &job, every(100), 0, at(150));
	schedule_add(s, &job, every(0), 0, at(160));
	assert_int_equal(schedule_count(s), 0);
	assert_int_equal(next(s), -1);
	schedule_free(s);
}

TEST(test_schedule_remove_of_any_job_leaves_the_others_in_order)
{
	enum { JOBS = 9 };

	for (size_t gone = 0; gone < JOBS; gone++) {
		struct schedule *s = schedule_new();
		struct job jobs[JOBS] = { 0 };

		for (size_t i = 0; i < JOBS; i++)
			schedule_add(s, &jobs[i], every(100), (i * 5 + 1) % JOBS + 1, at(0));
		schedule_remove(s, &jobs[gone]);
		schedule_remove(s, &jobs[gone]);
		assert_int_equal(schedule_count(s), JOBS - 1);
		assert_int_equal(jobs[gone].place, 0);
		for (int64_t t = 1; t <= JOBS; t++) {
			struct due due;

			if (t == (int64_t)((gone * 5 + 1) % JOBS + 1))
				continue;
			due = take(s, t);
			assert_true(due.job->grid.ns == t + 100 && due.job != &jobs[gone]);
		}
		assert_nothing_due(s, 100);
		schedule_free(s);
	}
}

TEST(test_schedule_free_takes_out_what_is_still_planned)
{
	struct schedule *s = schedule_new();
	struct job jobs[100] = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		schedule_add(s, &jobs[i], every(100), i, at(0));
	schedule_free(s);
	s = schedule_new();
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		assert_int_equal(jobs[i].place, 0);
		schedule_add(s, &jobs[i], every(1000), i, at(0));
	}
	assert_int_equal(schedule_count(s), ARRAY_LEN(jobs));
	schedule_free(s);
}

/* Computed apart: FNV-1a (64 bits) over both words and their NULs, then MurmurHash3's fmix64. */
TEST(test_schedule_seed_is_the_same_everywhere)
{
	assert_true(schedule_seed("", "") == UINT64_C(0xdb01c3104e99566d));
	assert_true(schedule_seed("n7", "esx04.example.com:902") == UINT64_C(0xe0df0a66972ad7f0));
	assert_true(schedule_seed("n7", "esx05.example.com:902") == UINT64_C(0xbadf88672b5b225e));
	assert_true(schedule_seed("worker-1.example.com", "[fd00::1]:443") ==
		    UINT64_C(0x38e8197c989ba57b));
	assert_true(schedule_seed("nöde", "vcenter.example.com:443") ==
		    UINT64_C(0xd9d34ea1f09480b3));
}

TEST(test_schedule_seed_tells_where_one_word_ends)
{
	assert_true(schedule_seed("ab", "c") != schedule_seed("a", "bc"));
	assert_true(schedule_seed("", "x") != schedule_seed("x", ""));
	assert_true(schedule_seed("a", "b") != schedule_seed("b", "a"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_schedule_empty_has_nothing_due),
	cmocka_unit_test(test_schedule_first_grid_time_is_the_next_one_after_now),
	cmocka_unit_test(test_schedule_grid_times_come_one_by_one_with_their_numbers),
	cmocka_unit_test(test_schedule_late_job_keeps_its_grid),
	cmocka_unit_test(test_schedule_job_that_missed_grid_times_runs_once_and_tells_how_many),
	cmocka_unit_test(test_schedule_wish_comes_between_and_leaves_the_grid_alone),
	cmocka_unit_test(test_schedule_wish_and_grid_time_that_are_both_due_are_one),
	cmocka_unit_test(test_schedule_wish_behind_the_grid_time_stays),
	cmocka_unit_test(test_schedule_earlier_of_two_wishes_stays),
	cmocka_unit_test(test_schedule_wish_in_the_past_is_due_at_once),
	cmocka_unit_test(test_schedule_job_without_interval_runs_once_when_it_is_wanted),
	cmocka_unit_test(test_schedule_removed_job_that_is_wanted_runs_once),
	cmocka_unit_test(test_schedule_added_again_to_the_same_grid_loses_neither_slot_nor_wish),
	cmocka_unit_test(test_schedule_taken_and_removed_and_added_again_does_not_repeat_the_slot),
	cmocka_unit_test(test_schedule_added_again_moves_to_the_new_grid_and_keeps_its_wish),
	cmocka_unit_test(test_schedule_added_again_without_interval_leaves_the_grid),
	cmocka_unit_test(test_schedule_remove_of_any_job_leaves_the_others_in_order),
	cmocka_unit_test(test_schedule_free_takes_out_what_is_still_planned),
	cmocka_unit_test(test_schedule_seed_is_the_same_everywhere),
	cmocka_unit_test(test_schedule_seed_tells_where_one_word_ends),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
