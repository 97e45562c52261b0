/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/caught.h"
#include "tests/unit/unit.h"

static void assert_json_n(const char *yaml, size_t n, const char *want)
{
	struct caught c;

	caught_init(&c);
	if (!caught_read(&c, yaml_reader_new, yaml, n))
		fail_msg("%.100s: %s", yaml, c.err.text);
	assert_string_equal(buf_text(&c.text), want);
	caught_done(&c);
}

static void assert_json(const char *yaml, const char *want)
{
	assert_json_n(yaml, strlen(yaml), want);
}

static void assert_refused(const char *yaml, const char *why)
{
	struct caught c;

	caught_init(&c);
	if (caught_read(&c, yaml_reader_new, yaml, strlen(yaml)))
		fail_msg("taken: %.100s", yaml);
	if (strstr(c.err.text, why) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", why, c.err.text);
	caught_done(&c);
}

TEST(test_yaml_documents_become_json_each_on_its_line)
{
	assert_json("apiVersion: v1\nitems:\n- kind: Plan\n  spec: {warm: true, vms: []}\n"
		    "- kind: NetworkMap\nkind: List\n",
		    "{\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"Plan\",\"spec\":{\"warm\":true,"
		    "\"vms\":[]}},{\"kind\":\"NetworkMap\"}],\"kind\":\"List\"}\n");
	assert_json("a: 1\n---\n- 2\n---\nb\n", "{\"a\":1}\n[2]\n\"b\"\n");
	assert_json("---\n---\na: 1\n---\n", "{\"a\":1}\n");
	assert_json("", "");
	assert_json("# nothing\n", "");
	assert_json("{\"a\":\"b\",\"c\":[1,null,\"\\u00e9\\/\"]}",
		    "{\"a\":\"b\",\"c\":[1,null,\"\xc3\xa9/\"]}\n");
}

TEST(test_yaml_words_are_typed_as_kubernetes_does)
{
	assert_json("[~, null, NULL, nULL]", "[null,null,null,\"nULL\"]\n");
	assert_json("a:\nb:\n", "{\"a\":null,\"b\":null}\n");
	assert_json("[true, True, yes, on, y, tRUE]", "[true,true,true,true,true,\"tRUE\"]\n");
	assert_json("[false, FALSE, no, Off, N, none]",
		    "[false,false,false,false,false,\"none\"]\n");
	assert_json("['true', \"1\", !!str 1, ! 2, !mine 3, '']",
		    "[\"true\",\"1\",\"1\",\"2\",\"3\",\"\"]\n");
	assert_json("[!!int \"1\", !!bool \"true\", !!null \"\", !!float '1.0']",
		    "[1,true,null,1.0]\n");
	assert_json("a: |\n  true\nb: >-\n  1\n", "{\"a\":\"true\\n\",\"b\":\"1\"}\n");
}

TEST(test_yaml_numbers_are_written_as_json_has_them)
{
	assert_json("[0, 7, -7, +7, 4294967296, 123456789012345678901234567890]",
		    "[0,7,-7,7,4294967296,123456789012345678901234567890]\n");
	assert_json("[017, 0o17, 0x1F, -0x10, 0b101, 1_000, 08, 0xffffffffffffffff]",
		    "[15,15,31,-16,5,1000,8,18446744073709551615]\n");
	assert_json("[1.5, -.5, +1., 00.50, 1e3, 1.5E-3, 2.e+1, .5e1]",
		    "[1.5,-0.5,1,0.50,1e3,1.5E-3,2e+1,0.5e1]\n");
	assert_json("[1e999, 0x, 0b2, 0xg, 0x+1, 0x0x1, 0x1ffffffffffffffff, '-', +, ., 1e, 1e+]",
		    "[\"1e999\",\"0x\",\"0b2\",\"0xg\",\"0x+1\",\"0x0x1\",\"0x1ffffffffffffffff\","
		    "\"-\",\"+\",\".\",\"1e\",\"1e+\"]\n");
	assert_json("[12:30:45, 00:50:56:aa:bb:cc, 1.2.3, 2026-01-02, 10.0.0.1, .inf, .NaN, 1 2]",
		    "[\"12:30:45\",\"00:50:56:aa:bb:cc\",\"1.2.3\",\"2026-01-02\",\"10.0.0.1\","
		    "\".inf\",\".NaN\",\"1 2\"]\n");
}

TEST(test_yaml_keys_are_strings_and_stay_though_they_repeat)
{
	assert_json("{1: a, true: b, ~: c, 'x\"': d, 1: e}",
		    "{\"1\":\"a\",\"true\":\"b\",\"null\":\"c\",\"x\\\"\":\"d\",\"1\":\"e\"}\n");
	assert_refused("? [a, b]\n: c\n", "line 1: a key is neither text nor a number");
	assert_refused("x: 1\n? {a: b}\n: c\n", "line 2: a key is neither");
	assert_refused("a: &a [1]\n*a : 2\n", "line 2: a key is neither");
}

TEST(test_yaml_aliases_are_written_out)
{
	assert_json("a: &x {b: &y [1, two]}\nc: *x\nd: *y\n",
		    "{\"a\":{\"b\":[1,\"two\"]},\"c\":{\"b\":[1,\"two\"]},\"d\":[1,\"two\"]}\n");
	assert_json("- &x k\n- *x : *x\n- &x 5\n- *x : *x\n",
		    "[\"k\",{\"k\":\"k\"},5,{\"5\":5}]\n");
	/* the inner node took the name later than the outer one */
	assert_json("- &x [&x in]\n- *x\n", "[[\"in\"],\"in\"]\n");
	assert_refused("- *nothing\n", "line 1: an alias of nothing");
	assert_refused("a: &x 1\n---\nb: *x\n", "an alias of nothing");
	assert_refused("- 1\n- &x [*x]\n", "line 2: an alias within its node");
	assert_refused("- &x 1\n- &x [*x]\n", "line 2: an alias within its node");
	assert_refused("base: &b {a: 1}\nuse:\n  <<: *b\n", "line 3: merge keys (<<)");
	assert_json("{'<<': 1}", "{\"<<\":1}\n");
}

TEST(test_yaml_billion_laughs_are_refused)
{
	struct buf b;

	buf_init(&b, 8192);
	buf_puts(&b, "a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha]\n");
	for (int i = 1; i < 12; i++)
		buf_printf(&b, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i,
			   i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	assert_refused(buf_text(&b), "aliases stand for more than 64 MiB");
	buf_done(&b);
}

TEST(test_yaml_nesting_ends_at_100)
{
	struct buf b;
	struct caught c;

	buf_init(&b, 1024 * 1024);
	for (unsigned depth = 100; depth <= 101; depth++) {
		buf_clear(&b);
		for (unsigned i = 0; i < depth; i++)
			buf_puts(&b, "[");
		for (unsigned i = 0; i < depth; i++)
			buf_puts(&b, "]");
		caught_init(&c);
		assert_int_equal(caught_read(&c, yaml_reader_new, b.data, b.len), depth == 100);
		caught_done(&c);
	}
	/* and aliases do not go deeper than what they stand for */
	buf_clear(&b);
	buf_puts(&b, "- &a0 []\n");
	for (int i = 1; i <= 98; i++)
		buf_printf(&b, "- &a%d [*a%d]\n", i, i - 1);
	caught_init(&c);
	assert_true(caught_read(&c, yaml_reader_new, b.data, b.len));
	caught_done(&c);
	buf_puts(&b, "- [*a98]\n");
	assert_refused(buf_text(&b), "line 100: nested deeper than 100");
	buf_clear(&b);
	for (int i = 0; i < 500000; i++)
		buf_puts(&b, "[");
	assert_refused(buf_text(&b), "deeper");
	buf_done(&b);
}

TEST(test_yaml_encodings)
{
	assert_json("\xef\xbb\xbf"
		    "a: \xc3\xbc\n",
		    "{\"a\":\"\xc3\xbc\"}\n");
	assert_json_n("\xff\xfe{\0\"\0a\0\"\0:\0\xfc\0}\0", 16, "{\"a\":\"\xc3\xbc\"}\n");
	assert_json("a: \"x\\0y\\x1b\\u2028\"", "{\"a\":\"x\xef\xbf\xbdy\\u001b\xe2\x80\xa8\"}\n");
	assert_refused("a: b\nc: B\xfc"
		       "cher\n",
		       "byte 9: invalid");
	assert_refused("a: \x01\n", "control characters are not allowed");
}

TEST(test_yaml_errors_name_the_line)
{
	assert_refused("a: 1\nb: [1, 2\nc: 3\n", "line 3: ");
	assert_refused("a: 1\n\tb: 2\n", "line 2: ");
	assert_refused("a: \"never closed\n", "line 2: ");
	assert_refused("a: [1]\n - b\n", "line 2: ");
	assert_refused("%YAML 3.0\n---\na: 1\n", "incompatible");
}

TEST(test_yaml_long_documents_leave_in_pieces)
{
	struct caught c;
	struct buf b;

	buf_init(&b, 8 * 1024 * 1024);
	buf_puts(&b, "items:\n");
	for (int i = 0; i < 20000; i++)
		buf_printf(&b, "- {name: vm%d, memory: %d}\n", i, i);
	caught_init(&c);
	assert_true(caught_read(&c, yaml_reader_new, b.data, b.len));
	assert_true(c.pieces > 4);
	assert_non_null(strstr(buf_text(&c.text), "{\"name\":\"vm19999\",\"memory\":19999}]}\n"));
	caught_done(&c);
	caught_init(&c);
	c.refuse_from = 2;
	assert_false(caught_read_pieces(&c, yaml_reader_new, b.data, b.len, b.len));
	assert_string_equal(c.err.text, "refused");
	assert_int_equal(c.pieces, 2);
	caught_done(&c);
	buf_done(&b);
}

TEST(test_yaml_value_without_end_is_refused)
{
	struct caught c;
	size_t n = (size_t)17 * 1024 * 1024;
	char *bytes = malloc(n);

	assert_non_null(bytes);
	memset(bytes, 'x', n);
	bytes[0] = '"';
	caught_init(&c);
	assert_false(caught_read_pieces(&c, yaml_reader_new, bytes, n, n));
	assert_string_equal(c.err.text, "line 1: a value is larger than 16 MiB");
	caught_done(&c);
	free(bytes);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_yaml_documents_become_json_each_on_its_line),
	cmocka_unit_test(test_yaml_words_are_typed_as_kubernetes_does),
	cmocka_unit_test(test_yaml_numbers_are_written_as_json_has_them),
	cmocka_unit_test(test_yaml_keys_are_strings_and_stay_though_they_repeat),
	cmocka_unit_test(test_yaml_aliases_are_written_out),
	cmocka_unit_test(test_yaml_billion_laughs_are_refused),
	cmocka_unit_test(test_yaml_nesting_ends_at_100),
	cmocka_unit_test(test_yaml_encodings),
	cmocka_unit_test(test_yaml_errors_name_the_line),
	cmocka_unit_test(test_yaml_long_documents_leave_in_pieces),
	cmocka_unit_test(test_yaml_value_without_end_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
