/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/grid.h"

#include <string.h>

#include "base/must.h"
#include "report/term.h"
#include "tests/unit/unit.h"

static const struct grid_column columns[] = {
	{ .title = "NAME" },
	{ .title = "EMPTY" },
	{ .title = "N", .right = true },
	{ .title = "WHAT", .prose = true },
};

static struct grid made(void)
{
	struct grid g;

	grid_init(&g, columns, ARRAY_LEN(columns));
	grid_row(&g, MARK_BAD);
	grid_set(&g, 0, "esx04");
	grid_set(&g, 2, "7");
	grid_set(&g, 3, "one two three four five six seven eight nine ten eleven twelve");
	grid_row(&g, MARK_GOOD);
	grid_set(&g, 0, "x");
	grid_set(&g, 2, "12345");
	grid_set(&g, 1, "");
	return g;
}

static void assert_grid(const struct grid *g, const struct term *t, const char *want)
{
	struct buf got;

	buf_init(&got, 8192);
	grid_put(g, t, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

TEST(test_grid_without_a_width_is_one_line_a_row)
{
	struct grid g = made();

	assert_grid(&g, &(struct term){ 0 },
		    "     NAME       N  WHAT\n"
		    "FAIL esx04      7  one two three four five six seven eight nine ten eleven "
		    "twelve\n"
		    "ok   x      12345  -\n");
	grid_done(&g);
}

TEST(test_grid_prose_is_below_when_there_is_no_room)
{
	struct grid g = made();

	assert_grid(&g, &(struct term){ .utf8 = true, .width = 40 },
		    "  NAME       N\n"
		    "✗ esx04      7\n"
		    "    one two three four five six seven\n"
		    "    eight nine ten eleven twelve\n"
		    "✓ x      12345\n");
	assert_grid(&g, &(struct term){ .utf8 = true, .width = 65 },
		    "  NAME       N  WHAT\n"
		    "✗ esx04      7  one two three four five six seven eight nine ten\n"
		    "                eleven twelve\n"
		    "✓ x      12345  -\n");
	grid_done(&g);
}

TEST(test_grid_without_rows_is_nothing)
{
	struct grid g;

	grid_init(&g, columns, ARRAY_LEN(columns));
	assert_grid(&g, &(struct term){ 0 }, "");
	grid_done(&g);
}

TEST(test_grid_no_line_ends_with_a_blank)
{
	struct grid g = made();

	for (size_t width = 40; width < 120; width++) {
		struct buf got;

		buf_init(&got, 8192);
		grid_put(&g, &(struct term){ .width = width }, &got);
		assert_null(strstr(buf_text(&got), " \n"));
		buf_done(&got);
	}
	grid_done(&g);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_grid_without_a_width_is_one_line_a_row),
	cmocka_unit_test(test_grid_prose_is_below_when_there_is_no_room),
	cmocka_unit_test(test_grid_without_rows_is_nothing),
	cmocka_unit_test(test_grid_no_line_ends_with_a_blank),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
