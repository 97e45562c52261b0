/* SPDX-License-Identifier: Apache-2.0 */
#include "base/when.h"

#include "base/must.h"
#include "tests/unit/unit.h"

/* 2026-11-25T14:05:06.789Z */
#define NOW_MS INT64_C(1795615506789)

static void assert_time(const char *text, int64_t ms)
{
	struct wall t = { 0 };

	if (!when_parse_time(text, &t))
		fail_msg("refused: %s", text);
	if (t.ms != ms)
		fail_msg("%s: %jd, not %jd", text, (intmax_t)t.ms, (intmax_t)ms);
}

TEST(test_when_utc_is_read_to_the_millisecond)
{
	assert_time("2026-11-25T14:05:06.789Z", NOW_MS);
	assert_time("2026-11-25T14:05:06Z", NOW_MS - 789);
	assert_time("2026-11-25t14:05:06.7z", NOW_MS - 89);
	assert_time("2026-11-25T14:05:06.7899999999999999999999Z", NOW_MS);
	assert_time("1970-01-01T00:00:00Z", 0);
	assert_time("1969-12-31T23:59:59.999Z", -1);
}

TEST(test_when_offset_is_taken_off)
{
	assert_time("2026-11-25T15:05:06.789+01:00", NOW_MS);
	assert_time("2026-11-25T08:35:06.789-05:30", NOW_MS);
	assert_time("2026-11-26T03:05:06.789+13:00", NOW_MS);
}

TEST(test_when_plus_that_became_a_blank_is_a_plus)
{
	assert_time("2026-11-25T15:05:06.789 01:00", NOW_MS);
}

TEST(test_when_blank_stands_for_the_letter)
{
	assert_time("2026-11-25 14:05:06.789Z", NOW_MS);
}

TEST(test_when_leap_days_and_seconds_are_counted)
{
	assert_time("2024-02-29T00:00:00Z", INT64_C(1709164800000));
	assert_time("2000-02-29T00:00:00Z", INT64_C(951782400000));
	assert_time("2016-12-31T23:59:60Z", INT64_C(1483228800000));
	assert_time("0001-01-01T00:00:00Z", INT64_C(-62135596800000));
	assert_time("9999-12-31T23:59:59.999Z", INT64_C(253402300799999));
}

TEST(test_when_what_is_no_time_is_refused)
{
	static const char *const wrong[] = {
		"",
		"2026",
		"2026-11-25",
		"2026-11-25T14:05:06",
		"2026-11-25T14:05Z",
		"2026-11-25T14:05:06.Z",
		"2026-11-25T14:05:06Zx",
		"2026-11-25T14:05:06+1:00",
		"2026-11-25T14:05:06+0100",
		"2026-11-25T24:00:00Z",
		"2026-11-25T14:60:00Z",
		"2026-11-25T14:05:61Z",
		"2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z",
		"2026-13-01T00:00:00Z",
		"2026-00-01T00:00:00Z",
		"2026-11-00T00:00:00Z",
		"0000-01-01T00:00:00Z",
		" 2026-11-25T14:05:06Z",
		"-026-11-25T14:05:06Z",
		"20261-1-25T14:05:06Z",
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		struct wall t = { .ms = 42 };

		if (when_parse_time(wrong[i], &t))
			fail_msg("taken: %s", wrong[i]);
		assert_int_equal(t.ms, 42);
	}
}

TEST(test_when_span_is_back_from_now)
{
	struct wall now = { .ms = NOW_MS };
	struct wall t;

	assert_true(when_parse("7d", now, &t));
	assert_int_equal(t.ms, NOW_MS - INT64_C(7) * 86400 * 1000);
	assert_true(when_parse("250ms", now, &t));
	assert_int_equal(t.ms, NOW_MS - 250);
	assert_true(when_parse("now", now, &t));
	assert_int_equal(t.ms, NOW_MS);
	assert_true(when_parse("1970-01-01T00:00:00Z", now, &t));
	assert_int_equal(t.ms, 0);
	assert_false(when_parse("7", now, &t));
	assert_false(when_parse("tomorrow", now, &t));
}

TEST(test_when_format_has_milliseconds_and_is_read_again)
{
	static const int64_t times[] = { NOW_MS, 0, -1, INT64_C(-62135596800000),
					 INT64_C(253402300799999) };

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		char text[WHEN_TEXT_SIZE];

		when_format((struct wall){ .ms = times[i] }, text);
		assert_time(text, times[i]);
	}
}

TEST(test_when_format_outside_of_years_1_to_9999_is_empty)
{
	char text[WHEN_TEXT_SIZE] = "left over";

	when_format((struct wall){ .ms = INT64_MIN }, text);
	assert_string_equal(text, "");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_when_utc_is_read_to_the_millisecond),
	cmocka_unit_test(test_when_offset_is_taken_off),
	cmocka_unit_test(test_when_plus_that_became_a_blank_is_a_plus),
	cmocka_unit_test(test_when_blank_stands_for_the_letter),
	cmocka_unit_test(test_when_leap_days_and_seconds_are_counted),
	cmocka_unit_test(test_when_what_is_no_time_is_refused),
	cmocka_unit_test(test_when_span_is_back_from_now),
	cmocka_unit_test(test_when_format_has_milliseconds_and_is_read_again),
	cmocka_unit_test(test_when_format_outside_of_years_1_to_9999_is_empty),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
