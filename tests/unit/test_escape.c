/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/escape.h"

#include <string.h>

#include "base/buf.h"
#include "inventory/utf8.h"
#include "tests/unit/unit.h"

#define FFFD "\xef\xbf\xbd"

static void assert_escaped(const char *text, size_t n, const char *want)
{
	struct buf b;

	buf_init(&b, 1024);
	escape_put(&b, text, n);
	assert_string_equal(buf_text(&b), want);
	buf_done(&b);
}

TEST(test_escape_what_json_forbids_is_escaped)
{
	assert_escaped("", 0, "\"\"");
	assert_escaped("a \"b\" \\c/", 9, "\"a \\\"b\\\" \\\\c/\"");
	assert_escaped("\n\t\r\x01\x1f\x7f", 6, "\"\\n\\t\\u000d\\u0001\\u001f\x7f\"");
	assert_escaped("a\0b", 3, "\"a" FFFD "b\"");
}

TEST(test_escape_characters_stay_and_broken_ones_are_replaced)
{
	assert_escaped("\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", 9,
		       "\"\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\"");
	assert_escaped("\xc3", 1, "\"" FFFD "\"");
	assert_escaped("\xfc\x62", 2, "\"" FFFD "b\"");
	assert_escaped("\xc0\x80", 2, "\"" FFFD FFFD "\"");
	assert_escaped("\xed\xa0\x80", 3, "\"" FFFD FFFD FFFD "\"");
	assert_escaped("\xf4\x90\x80\x80", 4, "\"" FFFD FFFD FFFD FFFD "\"");
	assert_escaped("\xe0\x80\x80x", 4, "\"" FFFD FFFD FFFD "x\"");
}

TEST(test_escape_utf8_characters_are_written_as_they_are_read)
{
	struct buf b;
	static const uint32_t characters[] = { 1,      0x7f,   0x80,   0x7ff,   0x800,   0xd7ff,
					       0xe000, 0xfffd, 0xffff, 0x10000, 0x10ffff };
	static const size_t lengths[] = { 1, 1, 2, 2, 3, 3, 3, 3, 3, 4, 4 };

	buf_init(&b, 64);
	for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		buf_clear(&b);
		utf8_put(&b, characters[i]);
		assert_int_equal(b.len, lengths[i]);
		assert_int_equal(utf8_length(b.data, b.len), lengths[i]);
	}
	buf_clear(&b);
	utf8_put(&b, 0xd800);
	utf8_put(&b, 0x110000);
	assert_string_equal(buf_text(&b), FFFD FFFD);
	buf_done(&b);
	assert_true(utf8_is("", 0));
	assert_true(utf8_is("a\xc3\xbc", 3));
	assert_false(utf8_is("a\xc3", 2));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_escape_what_json_forbids_is_escaped),
	cmocka_unit_test(test_escape_characters_stay_and_broken_ones_are_replaced),
	cmocka_unit_test(test_escape_utf8_characters_are_written_as_they_are_read),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
