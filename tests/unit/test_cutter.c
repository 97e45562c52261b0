/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/cutter.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/caught.h"
#include "tests/unit/unit.h"

static const char *const lists[] = { "items", "vm" };

static struct caught c;

static int set_up(__attribute__((unused)) void **state)
{
	caught_init(&c);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	caught_done(&c);
	return 0;
}

/* In pieces of one size; false: c.err says why not. */
static bool cut_pieces(const char *json, size_t n, size_t piece)
{
	struct cutter *k = cutter_new(lists, ARRAY_LEN(lists), &c.sink);
	bool ok = true;

	buf_clear(&c.records);
	for (size_t at = 0; ok && at < n; at += piece)
		ok = cutter_put(k, json + at, n - at < piece ? n - at : piece, &c.err);
	ok = ok && cutter_end(k, &c.err);
	cutter_free(k);
	return ok;
}

/* The records, which must be the same in pieces of any size. */
static void expect_bytes(const char *json, size_t n, const char *records)
{
	static const size_t pieces[] = { 1, 2, 3, 7, 4096 };

	for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
		if (!cut_pieces(json, n, pieces[i]))
			fail_msg("%s: %s", json, c.err.text);
		assert_string_equal(buf_text(&c.records), records);
	}
}

static void expect(const char *json, const char *records)
{
	expect_bytes(json, strlen(json), records);
}

static void expect_error(const char *json, const char *text)
{
	for (size_t piece = 1; piece < 5; piece += 3) {
		assert_false(cut_pieces(json, strlen(json), piece));
		if (strstr(c.err.text, text) == NULL)
			fail_msg("%s: '%s' is not in '%s'", json, text, c.err.text);
	}
}

TEST(test_cutter_array_is_cut_into_its_elements)
{
	expect("[ {\"a\": [1, {\"b\":2}] } , \"x\",3]",
	       "|$[0]|{\"a\":[1,{\"b\":2}]}\n|$[1]|\"x\"\n|$[2]|3\n");
	expect("[]", "");
	expect("[[1,2],[]]", "|$[0]|[1,2]\n|$[1]|[]\n");
}

TEST(test_cutter_values_may_follow_each_other)
{
	expect("{\"a\":1}\n{\"b\":2} [3]\t4 null",
	       "|$|{\"a\":1}\n|$|{\"b\":2}\n|$[0]|3\n|$|4\n|$|null\n");
	expect("", "");
	expect(" \r\n", "");
}

TEST(test_cutter_object_is_cut_at_a_list)
{
	expect("{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[{\"a\":1},2],\"metadata\":{}}",
	       "items|$.items[0]|{\"a\":1}\nitems|$.items[1]|2\n");
	expect("{\"metadata\":{\"items\":[1]},\"items\":[]}{\"x\":1}", "|$|{\"x\":1}\n");
	expect("{\"vm\":[1],\"link\":[{}],\"items\":[2,3]}",
	       "vm|$.vm[0]|1\nitems|$.items[0]|2\nitems|$.items[1]|3\n");
}

TEST(test_cutter_object_without_a_list_in_front_is_whole)
{
	expect("{\"name\":\"x\",\"items\":[1]}", "|$|{\"name\":\"x\",\"items\":[1]}\n");
	expect("{\"items\":{\"items\":[1]},\"vm\":[2]}",
	       "|$|{\"items\":{\"items\":[1]},\"vm\":[2]}\n");
	expect("{\"item\":[1]}", "|$|{\"item\":[1]}\n");
	expect("[{\"items\":[1]}]", "|$[0]|{\"items\":[1]}\n");
	expect("{}", "|$|{}\n");
}

TEST(test_cutter_numbers_and_words_are_those_of_json)
{
	expect("[0,-0,10,1.50,1e5,1E+05,-2.5e-3,true,false,null]",
	       "|$[0]|0\n|$[1]|-0\n|$[2]|10\n|$[3]|1.50\n|$[4]|1e5\n|$[5]|1E+05\n|$[6]|-2.5e-3\n"
	       "|$[7]|true\n|$[8]|false\n|$[9]|null\n");
	expect_error("[01]", "line 1, byte 3, in $[1]: a comma is missing");
	expect_error("[1.]", "a number breaks off");
	expect_error("-", "a number breaks off");
	expect_error("1e", "a number breaks off");
	expect_error("[.5]", "no JSON value");
	expect_error("[NaN]", "no JSON value");
	expect_error("[nul]", "no JSON value");
}

TEST(test_cutter_bad_structure_is_told_with_its_place)
{
	expect_error("{\"items\":[{},\n{},\n{\"a\" 1}]}",
		     "line 3, byte 24, in $.items[2]: a colon is missing");
	expect_error("[1 2]", "a comma is missing");
	expect_error("[1,]", "']' where a value");
	expect_error("{\"a\":}", "'}' where a value");
	expect_error("{\"a\":1,}", "'}' where a value");
	expect_error("{a:1}", "in quotation marks is missing");
	expect_error("[}", "'}' closes nothing");
	expect_error("]", "']' closes nothing");
	expect_error("[1", "the file ends within a value");
	expect_error("\"x", "the file ends within a value");
	expect_error("{\"items\":[1]", "the file ends within a value");
	expect_error("[1]x", "no JSON value");
}

TEST(test_cutter_strings_stay_as_they_are_written)
{
	expect("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\xc3\xa9\xf0\x9f\x9a\x9c\"]",
	       "|$[0]|\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\xc3\xa9\xf0\x9f\x9a\x9c\"\n");
	expect_error("[\"\\x41\"]", "a backslash before what needs none");
	expect_error("[\"\\u12g4\"]", "without four hexadecimal digits");
	expect_error("[\"a\nb\"]", "a control character in a string");
	expect_bytes("[\"a\",\"\"]", 8, "|$[0]|\"a\"\n|$[1]|\"\"\n");
}

TEST(test_cutter_what_is_no_utf8_becomes_a_replacement_and_is_told_once)
{
	expect("[\"\xff|\xc3|\xe2\x82|\xed\xa0\x80|\xc0\xaf|\xf4\x90\x80\x80\"]",
	       "|$[0]|\"\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd|"
	       "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd|"
	       "\xef\xbf\xbd\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"\n");
	buf_clear(&c.notices);
	assert_true(cut_pieces("[\"\xff\",\"\xff\"]", 9, 1));
	assert_string_equal(buf_text(&c.notices), "is not all UTF-8: such bytes became U+FFFD\n");
}

/* SQLite 3.40 ends a JSON text at \u0000 and makes bad UTF-8 of half a pair. */
TEST(test_cutter_null_and_half_a_pair_become_replacements)
{
	expect("[\"a\\u0000b\",\"\\ud83d\\ude00\",\"\\ud83d\",\"\\ud83dx\",\"\\ude00\"]",
	       "|$[0]|\"a\\ufffdb\"\n|$[1]|\"\\ud83d\\ude00\"\n|$[2]|\"\\ufffd\"\n"
	       "|$[3]|\"\\ufffdx\"\n|$[4]|\"\\ufffd\"\n");
	expect("\"\\ud83d\\ud83d\\ude00\\n\"", "|$|\"\\ufffd\\ud83d\\ude00\\n\"\n");
	buf_clear(&c.notices);
	assert_true(cut_pieces("\"\\u0000\"", 8, 8));
	assert_string_equal(buf_text(&c.notices), "has characters U+0000: they became U+FFFD\n");
}

TEST(test_cutter_byte_order_marks_stand_only_before_values)
{
	expect("\xef\xbb\xbf[1]\n\xef\xbb\xbf{\"a\":2}", "|$[0]|1\n|$|{\"a\":2}\n");
	expect_error("[\xef\xbb\xbf"
		     "1]",
		     "no JSON value");
	expect_error("\xef\xbb[1]", "half a byte order mark");
	expect_error("\xef\xbb", "ends within a value");
}

TEST(test_cutter_nesting_has_a_bound)
{
	char *deep = xcalloc(1, 2 * (CUTTER_DEPTH + 1) + 1);

	memset(deep, '[', CUTTER_DEPTH);
	memset(deep + CUTTER_DEPTH, ']', CUTTER_DEPTH);
	assert_true(cut_pieces(deep, strlen(deep), 5));
	memset(deep, '[', CUTTER_DEPTH + 1);
	expect_error(deep, "nested more than 100 deep");
	free(deep);
}

TEST(test_cutter_record_has_a_bound_and_white_space_does_not_count)
{
	size_t n = CUTTER_RECORD_BYTES + 16;
	char *json = xcalloc(1, n + 1);

	memset(json, ' ', n);
	json[0] = '[';
	json[n - 1] = ']';
	assert_true(cut_pieces(json, n, 1 << 16));
	memset(json + 2, 'x', n - 4);
	json[1] = json[n - 2] = '"';
	assert_false(cut_pieces(json, n, 1 << 16));
	assert_non_null(strstr(c.err.text, "in $[0]: a record of more than 16 MiB"));
	free(json);
}

TEST(test_cutter_failure_of_the_sink_is_a_failure)
{
	c.pieces = 0;
	c.refuse_from = 2;
	assert_false(cut_pieces("[1,2,3]", 7, 7));
	assert_string_equal(c.err.text, "line 1, byte 5, in $[1]: refused");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cutter_array_is_cut_into_its_elements),
		cmocka_unit_test(test_cutter_values_may_follow_each_other),
		cmocka_unit_test(test_cutter_object_is_cut_at_a_list),
		cmocka_unit_test(test_cutter_object_without_a_list_in_front_is_whole),
		cmocka_unit_test(test_cutter_numbers_and_words_are_those_of_json),
		cmocka_unit_test(test_cutter_bad_structure_is_told_with_its_place),
		cmocka_unit_test(test_cutter_strings_stay_as_they_are_written),
		cmocka_unit_test(
			test_cutter_what_is_no_utf8_becomes_a_replacement_and_is_told_once),
		cmocka_unit_test(test_cutter_null_and_half_a_pair_become_replacements),
		cmocka_unit_test(test_cutter_byte_order_marks_stand_only_before_values),
		cmocka_unit_test(test_cutter_nesting_has_a_bound),
		cmocka_unit_test(test_cutter_record_has_a_bound_and_white_space_does_not_count),
		cmocka_unit_test(test_cutter_failure_of_the_sink_is_a_failure),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
