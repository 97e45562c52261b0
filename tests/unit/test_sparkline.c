/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/sparkline.h"

#include "base/must.h"
#include "report/term.h"
#include "tests/unit/unit.h"

static const struct term ascii = { 0 };
static const struct term full = { .utf8 = true };

static void assert_curve(const struct sparkline_point *points, size_t count, const struct term *t,
			 const char *want, int64_t want_low, int64_t want_high)
{
	struct sparkline s = { .to = { .ms = 80 }, .points = points, .count = count };
	struct buf got;
	int64_t low = -7;
	int64_t high = -7;

	buf_init(&got, 4096);
	sparkline_put(&s, t, 8, &got, &low, &high);
	assert_string_equal(buf_text(&got), want);
	assert_int_equal(low, want_low);
	assert_int_equal(high, want_high);
	buf_done(&got);
}

TEST(test_sparkline_without_points_is_blank)
{
	assert_curve(NULL, 0, &ascii, "", 0, 0);
}

TEST(test_sparkline_heights_follow_the_values)
{
	static const struct sparkline_point points[] = {
		{ { 0 }, 100 },  { { 10 }, 200 }, { { 20 }, 300 }, { { 30 }, 400 },
		{ { 40 }, 500 }, { { 50 }, 600 }, { { 60 }, 700 }, { { 79 }, 800 },
	};

	assert_curve(points, ARRAY_LEN(points), &full, "▁▂▃▄▅▆▇█", 100, 800);
	assert_curve(points, ARRAY_LEN(points), &ascii, "_.-:=+*#", 100, 800);
}

TEST(test_sparkline_cell_is_the_mean_of_what_answered)
{
	static const struct sparkline_point points[] = {
		{ { 0 }, 100 },
		{ { 1 }, 300 },
		{ { 2 }, SPARKLINE_LOST },
		{ { 70 }, 400 },
	};

	assert_curve(points, ARRAY_LEN(points), &ascii, "_      #", 200, 400);
}

TEST(test_sparkline_losses_and_gaps_differ)
{
	static const struct sparkline_point points[] = {
		{ { 0 }, 5 },
		{ { 10 }, SPARKLINE_LOST },
		{ { 11 }, SPARKLINE_LOST },
		{ { 30 }, 5 },
	};

	assert_curve(points, ARRAY_LEN(points), &ascii, "_x _", 5, 5);
	assert_curve(points, ARRAY_LEN(points), &full, "▁× ▁", 5, 5);
}

TEST(test_sparkline_noise_looks_like_noise)
{
	static const struct sparkline_point points[] = { { { 0 }, 1000 }, { { 10 }, 1010 } };

	assert_curve(points, ARRAY_LEN(points), &ascii, "__", 1000, 1010);
}

TEST(test_sparkline_points_beyond_the_window_do_not_count)
{
	static const struct sparkline_point points[] = {
		{ { -1 }, 9 },
		{ { 80 }, 9 },
		{ { INT64_MAX }, 9 },
		{ { 79 }, 3 },
	};

	assert_curve(points, ARRAY_LEN(points), &ascii, "       _", 3, 3);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sparkline_without_points_is_blank),
	cmocka_unit_test(test_sparkline_heights_follow_the_values),
	cmocka_unit_test(test_sparkline_cell_is_the_mean_of_what_answered),
	cmocka_unit_test(test_sparkline_losses_and_gaps_differ),
	cmocka_unit_test(test_sparkline_noise_looks_like_noise),
	cmocka_unit_test(test_sparkline_points_beyond_the_window_do_not_count),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
