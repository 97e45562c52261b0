/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

static void assert_set(const char *text, size_t len, const char *want)
{
	char field[64] = "left over from before";

	text_set(field, sizeof field, text, len);
	assert_string_equal(field, want);
}

TEST(test_text_printable_ascii_is_kept)
{
	assert_set("", 0, "");
	assert_set(" !az~", 5, " !az~");
	assert_set("abc", 2, "ab");
}

TEST(test_text_control_characters_become_question_marks)
{
	for (int c = 0; c < 256; c++) {
		char text[] = { 'a', (char)c, 'b' };
		char want[] = { 'a', c >= ' ' && c <= '~' ? (char)c : '?', 'b', '\0' };

		assert_set(text, sizeof text, want);
	}
}

TEST(test_text_valid_utf8_is_kept)
{
	static const char *const good[] = {
		"\xc2\xa0", /* U+00A0, the first behind the control characters */
		"\xc3\xbc",
		"\xdf\xbf", /* U+07FF */
		"\xe0\xa0\x80",
		"\xed\x9f\xbf", /* U+0800, U+D7FF */
		"\xee\x80\x80",
		"\xef\xbf\xbd", /* U+E000, U+FFFD */
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf", /* U+10000, U+10FFFF */
		"a\xc3\xbc"
		"b\xe2\x82\xac"
		"c",
	};

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		assert_set(good[i], strlen(good[i]), good[i]);
}

TEST(test_text_invalid_utf8_becomes_question_marks)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "\x80", "?" },                /* continuation alone */
		{ "\xc2", "?" },                /* nothing follows */
		{ "\xc2\x80", "??" },           /* U+0080 */
		{ "\xc2\x9b", "??" },           /* U+009B, a terminal's CSI */
		{ "\xc0\xaf", "??" },           /* overlong "/" */
		{ "\xc1\xbf", "??" },           /* overlong */
		{ "\xe0\x9f\xbf", "???" },      /* overlong U+07FF */
		{ "\xed\xa0\x80", "???" },      /* surrogate U+D800 */
		{ "\xf0\x8f\xbf\xbf", "????" }, /* overlong U+FFFF */
		{ "\xf4\x90\x80\x80", "????" }, /* U+110000 */
		{ "\xf5\x80\x80\x80", "????" },
		{ "a\xef\xbf\xbe\xef\xbf\xbf", "a??" }, /* U+FFFE, U+FFFF: well-formed, but none */
		{ "\xff\xfe", "??" },
		{ "\xe2\x82x", "??x" },          /* cut inside, then ASCII */
		{ "\xe2\xc3\xbc", "?\xc3\xbc" }, /* cut inside, then a good one */
		{ "a\xf0\x90\x80", "a???" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_set(cases[i].text, strlen(cases[i].text), cases[i].want);
}

TEST(test_text_what_turns_or_breaks_a_line_becomes_a_question_mark)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "a\xe2\x80\xaez", "a?z" },              /* U+202E, right to left from here */
		{ "a\xe2\x80\x8f\xe2\x80\xa8z", "a??z" }, /* U+200F, U+2028 */
		{ "a\xe2\x81\xa6z", "a?z" },              /* U+2066 */
		{ "\xe2\x80\x94", "\xe2\x80\x94" },       /* U+2014, a dash */
		{ "\xe2\x81\xaf", "\xe2\x81\xaf" },       /* U+206F */
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		assert_set(cases[i].text, strlen(cases[i].text), cases[i].want);
}

TEST(test_text_sequence_beyond_the_length_is_not_read)
{
	static const char text[] = "a\xc3\xbc";

	assert_set(text, 2, "a?");
}

TEST(test_text_too_long_is_cut_between_characters)
{
	static const struct {
		size_t size;
		const char *want;
	} cases[] = {
		{ 1, "" },          { 2, "a" },         { 3, "a" },
		{ 4, "a\xc3\xbc" }, { 6, "a\xc3\xbc" }, { 7, "a\xc3\xbc\xe2\x82\xac" },
	};
	static const char text[] = "a\xc3\xbc\xe2\x82\xac";

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char field[8];

		memset(field, 'x', sizeof field);
		text_set(field, cases[i].size, text, sizeof text - 1);
		assert_string_equal(field, cases[i].want);
		assert_int_equal(field[sizeof field - 1], 'x');
	}
}

TEST(test_text_printf_is_checked_and_cut)
{
	char field[8];

	text_printf(field, sizeof field, "%d %s", 42,
		    "\x1b"
		    "bcdefg");
	assert_string_equal(field, "42 ?bcd");
	text_printf(field, sizeof field, "%s", field);
	assert_string_equal(field, "42 ?bcd");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_text_printable_ascii_is_kept),
	cmocka_unit_test(test_text_control_characters_become_question_marks),
	cmocka_unit_test(test_text_valid_utf8_is_kept),
	cmocka_unit_test(test_text_invalid_utf8_becomes_question_marks),
	cmocka_unit_test(test_text_what_turns_or_breaks_a_line_becomes_a_question_mark),
	cmocka_unit_test(test_text_sequence_beyond_the_length_is_not_read),
	cmocka_unit_test(test_text_too_long_is_cut_between_characters),
	cmocka_unit_test(test_text_printf_is_checked_and_cut),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
