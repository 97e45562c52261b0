/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/timeline.h"

#include "base/must.h"
#include "report/term.h"
#include "tests/unit/unit.h"

static const struct term ascii = { 0 };

static void assert_bar(const struct timeline_span *spans, size_t count, int64_t length,
		       size_t width, const char *want)
{
	struct timeline l = { .from = { .ms = 1000 },
			      .to = { .ms = 1000 + length },
			      .spans = spans,
			      .count = count };
	struct buf got;

	buf_init(&got, 4096);
	timeline_put(&l, &ascii, width, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

#define SPAN(a, b, what)                                                                           \
	{                                                                                          \
		.from = { .ms = 1000 + (a) }, .to = { .ms = 1000 + (b) }, .phase = what            \
	}

TEST(test_timeline_without_spans_saw_nothing)
{
	assert_bar(NULL, 0, 100, 5, ".....");
	assert_bar(NULL, 0, 1, 3, "...");
}

TEST(test_timeline_spans_fill_their_cells)
{
	static const struct timeline_span spans[] = {
		SPAN(0, 40, PHASE_GOOD),
		SPAN(40, 60, PHASE_BAD),
		SPAN(60, 80, PHASE_UNKNOWN),
		SPAN(80, 90, PHASE_WARNING),
	};

	assert_bar(spans, ARRAY_LEN(spans), 100, 10, "====__??~.");
	assert_bar(spans, ARRAY_LEN(spans), 100, 5, "==_?~");
	assert_bar(spans, ARRAY_LEN(spans), 100, 1, "x");
}

TEST(test_timeline_short_outage_is_seen)
{
	static const struct timeline_span spans[] = {
		SPAN(0, 500000, PHASE_GOOD),
		SPAN(500000, 500001, PHASE_BAD),
		SPAN(500001, 1000000, PHASE_GOOD),
	};
	static const struct timeline_span moment[] = {
		SPAN(0, 1000000, PHASE_GOOD),
		SPAN(300000, 300000, PHASE_BAD),
	};

	assert_bar(spans, ARRAY_LEN(spans), 1000000, 10, "=====x====");
	assert_bar(moment, ARRAY_LEN(moment), 1000000, 10, "===x======");
}

TEST(test_timeline_spans_beyond_the_window_are_cut)
{
	static const struct timeline_span spans[] = {
		SPAN(-500, 20, PHASE_BAD), SPAN(90, 5000, PHASE_GOOD), SPAN(-900, -100, PHASE_GOOD),
		SPAN(100, 200, PHASE_BAD), SPAN(60, 50, PHASE_BAD),
	};

	assert_bar(spans, ARRAY_LEN(spans), 100, 10, "__.......=");
}

TEST(test_timeline_more_cells_than_milliseconds_stay_in_bounds)
{
	static const struct timeline_span spans[] = { SPAN(0, 2, PHASE_GOOD),
						      SPAN(2, 3, PHASE_BAD) };
	struct timeline l = {
		.from = { .ms = 1000 }, .to = { .ms = 1003 }, .spans = spans, .count = 2
	};
	struct buf got;

	buf_init(&got, 4096);
	timeline_put(&l, &ascii, 9, &got);
	assert_int_equal(got.len, 9);
	assert_int_equal(got.data[8], '_');
	buf_done(&got);
}

TEST(test_timeline_ten_thousand_years_fit)
{
	static const struct timeline_span spans[] = {
		{ .from = { .ms = INT64_MIN }, .to = { .ms = INT64_MAX }, .phase = PHASE_GOOD },
	};
	struct timeline l = { .from = { .ms = INT64_C(-62135596800000) },
			      .to = { .ms = INT64_C(253402300799999) },
			      .spans = spans,
			      .count = 1 };
	struct buf got;

	buf_init(&got, 4096);
	timeline_put(&l, &ascii, 300, &got);
	assert_int_equal(got.len, 300);
	assert_int_equal(got.data[0], '=');
	assert_int_equal(got.data[299], '=');
	buf_done(&got);
}

TEST(test_timeline_colours_and_characters_of_the_terminal)
{
	static const struct timeline_span spans[] = { SPAN(0, 50, PHASE_GOOD),
						      SPAN(50, 99, PHASE_BAD) };
	static const struct term full = { .terminal = true, .colour = true, .utf8 = true };
	struct timeline l = {
		.from = { .ms = 1000 }, .to = { .ms = 1100 }, .spans = spans, .count = 2
	};
	struct buf got;

	buf_init(&got, 4096);
	timeline_put(&l, &full, 4, &got);
	assert_string_equal(buf_text(&got), "\033[32m██\033[0m\033[1;31m▁▁\033[0m");
	buf_clear(&got);
	timeline_put_legend(&l, &full, 4, &got);
	assert_string_equal(buf_text(&got), "█ clear  ▁ not clear");
	buf_clear(&got);
	timeline_put_legend(&l, &ascii, 1, &got);
	assert_string_equal(buf_text(&got), "x partly not clear");
	buf_done(&got);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_timeline_without_spans_saw_nothing),
	cmocka_unit_test(test_timeline_spans_fill_their_cells),
	cmocka_unit_test(test_timeline_short_outage_is_seen),
	cmocka_unit_test(test_timeline_spans_beyond_the_window_are_cut),
	cmocka_unit_test(test_timeline_more_cells_than_milliseconds_stay_in_bounds),
	cmocka_unit_test(test_timeline_ten_thousand_years_fit),
	cmocka_unit_test(test_timeline_colours_and_characters_of_the_terminal),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
