/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <string.h>
#include <sys/time.h>

#include "base/must.h"
#include "tests/unit/unit.h"

TEST(test_clock_mono_never_goes_back)
{
	struct mono earlier = mono_now();

	for (int i = 0; i < 1000; i++) {
		struct mono now = mono_now();

		assert_false(mono_before(now, earlier));
		earlier = now;
	}
}

TEST(test_clock_wall_is_of_this_century)
{
	char text[WALL_TEXT_SIZE];

	wall_format(wall_now(), text);
	assert_memory_equal(text, "20", 2);
}

TEST(test_clock_mono_sum_and_difference_agree)
{
	struct mono t = { .ns = 5000000000 };
	struct mono later = mono_add(t, span_of_ms(250));

	assert_int_equal(later.ns, 5250000000);
	assert_int_equal(mono_sub(later, t).ns, 250000000);
	assert_int_equal(mono_sub(t, later).ns, -250000000);
	assert_true(mono_before(t, later));
	assert_false(mono_before(later, t));
	assert_false(mono_before(t, t));
}

TEST(test_clock_span_units_are_cut)
{
	struct span d = { .ns = 1999999 };

	assert_int_equal(span_ms(d), 1);
	assert_int_equal(span_us(d), 1999);
	assert_int_equal(span_of_ms(-3).ns, -3000000);
	assert_int_equal(span_ms(span_of_ms(-3)), -3);
}

TEST(test_clock_timeval_is_rounded_up_and_never_negative)
{
	static const struct {
		int64_t ns;
		long seconds, us;
	} cases[] = {
		{ 0, 0, 0 },         { -1, 0, 0 },         { INT64_MIN, 0, 0 },
		{ 1, 0, 1 },         { 1000, 0, 1 },       { 1001, 0, 2 },
		{ 999999001, 1, 0 }, { 1000000000, 1, 0 }, { 2500000000, 2, 500000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct timeval tv = span_timeval((struct span){ cases[i].ns });

		assert_int_equal(tv.tv_sec, cases[i].seconds);
		assert_int_equal(tv.tv_usec, cases[i].us);
	}
}

TEST(test_clock_format_is_rfc3339_in_utc)
{
	static const struct {
		int64_t ms;
		const char *text;
	} cases[] = {
		{ 0, "1970-01-01T00:00:00Z" },
		{ 999, "1970-01-01T00:00:00Z" },
		{ -1, "1969-12-31T23:59:59Z" },
		{ -1000, "1969-12-31T23:59:59Z" },
		{ -1001, "1969-12-31T23:59:58Z" },
		{ INT64_C(1795388054123), "2026-11-22T22:54:14Z" },
		{ INT64_C(951782400000), "2000-02-29T00:00:00Z" },
		{ INT64_C(253402300799999), "9999-12-31T23:59:59Z" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[WALL_TEXT_SIZE];

		wall_format((struct wall){ cases[i].ms }, text);
		assert_string_equal(text, cases[i].text);
	}
}

/* RFC 3339: date-fullyear has four digits. */
TEST(test_clock_format_early_years_have_four_digits)
{
	char text[WALL_TEXT_SIZE];

	wall_format((struct wall){ INT64_C(-62135596800000) }, text);
	assert_string_equal(text, "0001-01-01T00:00:00Z");
	wall_format((struct wall){ INT64_C(-30610224000000) }, text);
	assert_string_equal(text, "1000-01-01T00:00:00Z");
	wall_format((struct wall){ INT64_C(-30610224001000) }, text);
	assert_string_equal(text, "0999-12-31T23:59:59Z");
}

TEST(test_clock_format_outside_of_years_1_to_9999_is_empty)
{
	static const int64_t outside[] = { INT64_C(253402300800000), INT64_C(-62135596800001),
					   INT64_MAX, INT64_MIN };

	for (size_t i = 0; i < ARRAY_LEN(outside); i++) {
		char text[WALL_TEXT_SIZE] = "left over";

		wall_format((struct wall){ outside[i] }, text);
		assert_string_equal(text, "");
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_clock_mono_never_goes_back),
	cmocka_unit_test(test_clock_wall_is_of_this_century),
	cmocka_unit_test(test_clock_mono_sum_and_difference_agree),
	cmocka_unit_test(test_clock_span_units_are_cut),
	cmocka_unit_test(test_clock_timeval_is_rounded_up_and_never_negative),
	cmocka_unit_test(test_clock_format_is_rfc3339_in_utc),
	cmocka_unit_test(test_clock_format_early_years_have_four_digits),
	cmocka_unit_test(test_clock_format_outside_of_years_1_to_9999_is_empty),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
