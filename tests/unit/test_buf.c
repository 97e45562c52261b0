/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"

TEST(test_buf_new_is_empty_text)
{
	struct buf b;

	buf_init(&b, 10);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(b.len, 0);
	assert_false(buf_overflowed(&b));
	buf_done(&b);
}

TEST(test_buf_put_up_to_the_cap_fits)
{
	struct buf b;

	buf_init(&b, 6);
	buf_puts(&b, "abc");
	buf_put(&b, "def", 3);
	assert_string_equal(buf_text(&b), "abcdef");
	assert_false(buf_overflowed(&b));
	buf_put(&b, "", 0);
	buf_put(&b, NULL, 0);
	assert_false(buf_overflowed(&b));
	buf_done(&b);
}

TEST(test_buf_put_over_the_cap_keeps_what_fits)
{
	struct buf b;

	buf_init(&b, 5);
	buf_puts(&b, "abc");
	buf_puts(&b, "defg");
	assert_string_equal(buf_text(&b), "abcde");
	assert_true(buf_overflowed(&b));
	buf_done(&b);
}

TEST(test_buf_clear_forgets_content_and_overflow)
{
	struct buf b;

	buf_init(&b, 3);
	buf_clear(&b);
	buf_puts(&b, "abcd");
	buf_clear(&b);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(b.len, 0);
	assert_false(buf_overflowed(&b));
	buf_puts(&b, "xyz");
	assert_string_equal(buf_text(&b), "xyz");
	buf_done(&b);
}

TEST(test_buf_growth_over_many_puts_keeps_every_byte)
{
	enum { N = 3000 };
	struct buf b;

	buf_init(&b, N);
	for (int i = 0; i < N; i++) {
		char c = (char)('a' + i % 26);

		buf_put(&b, &c, 1);
		assert_int_equal(strlen(buf_text(&b)), i + 1);
	}
	for (int i = 0; i < N; i++)
		assert_int_equal(b.data[i], 'a' + i % 26);
	assert_false(buf_overflowed(&b));
	buf_done(&b);
}

TEST(test_buf_bytes_with_nul_are_kept)
{
	struct buf b;

	buf_init(&b, 16);
	buf_put(&b, "a\0b", 3);
	assert_int_equal(b.len, 3);
	assert_memory_equal(b.data, "a\0b", 4);
	buf_done(&b);
}

TEST(test_buf_printf_is_bounded_too)
{
	struct buf b;

	buf_init(&b, 8);
	buf_printf(&b, "%d-%s", 12, "ab");
	assert_string_equal(buf_text(&b), "12-ab");
	buf_printf(&b, "%s", "cdef");
	assert_string_equal(buf_text(&b), "12-abcde");
	assert_true(buf_overflowed(&b));
	buf_done(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_buf_new_is_empty_text),
	cmocka_unit_test(test_buf_put_up_to_the_cap_fits),
	cmocka_unit_test(test_buf_put_over_the_cap_keeps_what_fits),
	cmocka_unit_test(test_buf_clear_forgets_content_and_overflow),
	cmocka_unit_test(test_buf_growth_over_many_puts_keeps_every_byte),
	cmocka_unit_test(test_buf_bytes_with_nul_are_kept),
	cmocka_unit_test(test_buf_printf_is_bounded_too),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
