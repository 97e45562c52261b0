/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/quote.h"

#include "base/buf.h"
#include "base/must.h"
#include "tests/unit/unit.h"

typedef void quote_fn(const char *text, struct buf *out);

/* What turns a line: U+202E, U+2066, U+200F, U+061C. */
#define TURNS "\xe2\x80\xae\xe2\x81\xa6\xe2\x80\x8f\xd8\x9c"
#define LOST  "\xef\xbf\xbd"

static void assert_escaped(quote_fn *quote, const char *text, const char *want)
{
	struct buf out;

	buf_init(&out, 4096);
	quote(text, &out);
	assert_string_equal(buf_text(&out), want);
	buf_done(&out);
}

static void csv_field(const char *text, struct buf *out)
{
	quote_csv(text, true, out);
}

static void json_text(const char *text, struct buf *out)
{
	json_t *value = json_pack("[s]", text);

	assert_non_null(value);
	quote_json(value, out);
}

TEST(test_quote_plain_drives_no_terminal)
{
	assert_escaped(quote_plain, "erp-db \xc3\xbc \xe6\xbc\xa2", "erp-db \xc3\xbc \xe6\xbc\xa2");
	assert_escaped(quote_plain, "a\033[2Jb\nc\rd\x7f", "a?[2Jb?c?d?");
	assert_escaped(quote_plain, TURNS "x", "????x");
	assert_escaped(quote_plain,
		       "\xff\xc2\x9b"
		       "31m\xc3",
		       "???31m?");
}

TEST(test_quote_markup_begins_no_element_and_leaves_no_attribute)
{
	assert_escaped(quote_markup, "<script>alert(\"1\" & '2')</script>",
		       "&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;");
	assert_escaped(quote_markup, "]]>&amp;", "]]&gt;&amp;amp;");
	assert_escaped(quote_markup, "a\nb\tc\001d\033", "a b c" LOST "d" LOST);
	assert_escaped(quote_markup, TURNS, LOST LOST LOST LOST);
	assert_escaped(quote_markup, "\xc3\xbc\xf0\x9f\x98\x80", "\xc3\xbc\xf0\x9f\x98\x80");
}

TEST(test_quote_csv_is_no_formula)
{
	static const char *const formulas[][2] = {
		{ "=1+1", "'=1+1\r\n" },
		{ "+1", "'+1\r\n" },
		{ "-1", "'-1\r\n" },
		{ "@SUM(A1)", "'@SUM(A1)\r\n" },
		{ "\t=1", "'\t=1\r\n" },
		{ "\r=1", "\"'\r=1\"\r\n" },
		{ "a=1", "a=1\r\n" },
		{ "", "\r\n" },
		{ "=\"a\"", "\"'=\"\"a\"\"\"\r\n" },
	};

	for (size_t i = 0; i < ARRAY_LEN(formulas); i++)
		assert_escaped(csv_field, formulas[i][0], formulas[i][1]);
}

TEST(test_quote_csv_quotes_what_would_end_a_field)
{
	assert_escaped(csv_field, "a,b", "\"a,b\"\r\n");
	assert_escaped(csv_field, "a\"b", "\"a\"\"b\"\r\n");
	assert_escaped(csv_field, "a\nb", "\"a\nb\"\r\n");
	assert_escaped(csv_field, "a\033b" TURNS, "a" LOST "b" LOST LOST LOST LOST "\r\n");
}

TEST(test_quote_markdown_is_text)
{
	assert_escaped(quote_markdown, "a <b> *c* d_e | [f]",
		       "a \\<b\\> \\*c\\* d\\_e \\| \\[f\\]");
	assert_escaped(quote_markdown, "run `oc get -o <x>` *now*",
		       "run `oc get -o <x>` \\*now\\*");
	assert_escaped(quote_markdown, "a\nb", "a?b");
}

TEST(test_quote_json_is_the_same_text_and_turns_no_line)
{
	assert_escaped(json_text, "\"\n\033", "[\"\\\"\\n\\u001B\"]");
	assert_escaped(json_text, TURNS, "[\"\\u202e\\u2066\\u200f\\u061c\"]");
	assert_escaped(json_text, "\x7f\xc2\x85", "[\"\\u007f\\u0085\"]");
	assert_escaped(json_text, "\xc3\xbc\xf0\x9f\x98\x80", "[\"\xc3\xbc\xf0\x9f\x98\x80\"]");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_quote_plain_drives_no_terminal),
	cmocka_unit_test(test_quote_markup_begins_no_element_and_leaves_no_attribute),
	cmocka_unit_test(test_quote_csv_is_no_formula),
	cmocka_unit_test(test_quote_csv_quotes_what_would_end_a_field),
	cmocka_unit_test(test_quote_markdown_is_text),
	cmocka_unit_test(test_quote_json_is_the_same_text_and_turns_no_line),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
