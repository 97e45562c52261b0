/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/script.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "tests/unit/drawer.h"
#include "tests/unit/unit.h"

#define RULE_HEAD "-- severity: warning\n-- title: T\n-- why: W\n-- remedy: R\n-- source: S\n"

static struct err e;

static struct scripts *parsed(const char *text)
{
	struct scripts *s = xcalloc(1, sizeof *s);

	if (!script_parse(s, "x.sql", text, false, &e))
		fail_msg("%s", e.text);
	return s;
}

static void expect_error(const char *text, const char *error)
{
	struct scripts *s = xcalloc(1, sizeof *s);

	assert_false(script_parse(s, "x.sql", text, false, &e));
	if (strstr(e.text, error) == NULL)
		fail_msg("'%s' is not in '%s'", error, e.text);
	script_free(s);
}

TEST(test_script_format_has_kinds_lists_and_titles)
{
	struct scripts *s =
		parsed("-- SPDX-License-Identifier: Apache-2.0\n"
		       "-- FORMAT pear-1\n-- title: Pears\n-- lists: a  bc\n\n"
		       "-- KIND vm\n-- match: list = 'a'\n--   AND body->>'$.x' = 1\n"
		       "-- A remark.\nINSERT INTO vm SELECT 1;\n-- one more\nSELECT 2;\n"
		       "-- KIND host\n-- match: 0\nSELECT 3;\n");

	assert_int_equal(s->formats_n, 1);
	assert_string_equal(s->formats[0].id, "pear-1");
	assert_string_equal(s->formats[0].title, "Pears");
	assert_int_equal(s->lists_n, 2);
	assert_string_equal(s->lists[0], "a");
	assert_string_equal(s->lists[1], "bc");
	assert_int_equal(s->kinds_n, 2);
	assert_string_equal(s->kinds[0].id, "vm");
	assert_string_equal(s->kinds[0].match, "list = 'a' AND body->>'$.x' = 1");
	assert_string_equal(s->kinds[0].sql.text,
			    "INSERT INTO vm SELECT 1;\n-- one more\nSELECT 2;\n");
	assert_int_equal(s->kinds[0].sql.line, 10);
	assert_string_equal(s->kinds[0].sql.place, "x.sql");
	assert_string_equal(s->kinds[1].sql.text, "SELECT 3;\n");
	script_free(s);
}

TEST(test_script_rule_has_headers_and_absent_ones_are_null)
{
	struct scripts *s =
		parsed("-- RULE a.b\r\n-- severity: blocker\r\n-- category: Critical\r\n"
		       "-- title: No: not so\r\n-- why: First.\r\n--   Second.\r\n"
		       "--\tThird.\r\n-- remedy: Run x --y\r\n-- source: here\r\n"
		       "-- note: odd\r\nSELECT 1\r\n");
	const struct rule *r = &s->rules[0].rule;

	assert_int_equal(s->rules_n, 1);
	assert_string_equal(r->id, "a.b");
	assert_int_equal(r->severity, RULE_BLOCKER);
	assert_string_equal(r->category, "Critical");
	assert_null(r->page);
	assert_string_equal(r->title, "No: not so");
	assert_string_equal(r->why, "First. Second.");
	assert_string_equal(r->remedy, "Run x --y");
	assert_string_equal(r->source, "here");
	assert_string_equal(r->note, "odd");
	assert_string_equal(r->place, "x.sql");
	script_free(s);
}

TEST(test_script_what_is_wrong_is_told_with_its_line)
{
	expect_error("SELECT 1;\n", "x.sql:1: SQL before any FORMAT, KIND or RULE");
	expect_error("-- KIND vm\n-- match: 1\nSELECT 1;\n", "x.sql:1: a KIND before any FORMAT");
	expect_error("-- FORMAT a b\n", "x.sql:1: an id of at most 100 letters");
	expect_error("\n-- FORMAT a\n-- colour: red\n", "x.sql:3: FORMAT has no 'colour:'");
	expect_error("-- FORMAT a\n-- match: 1\n", "FORMAT has no 'match:'");
	expect_error("-- FORMAT a\n-- title: b\n-- title: c\n", "'title:' a second time");
	expect_error("-- FORMAT a\n", "x.sql:1: FORMAT a without 'title:'");
	expect_error("-- FORMAT a\n-- title: b\nSELECT 1;\n", "FORMAT a takes no SQL");
	expect_error("-- FORMAT a\n--   more\n", "x.sql:2: this line continues nothing");
	expect_error("-- FORMAT a\n-- title: b\n-- KIND c\nSELECT 1;\n", "KIND c without 'match:'");
	expect_error("-- RULE r\n" RULE_HEAD, "x.sql:1: RULE r without SQL");
	expect_error("-- RULE r\n" RULE_HEAD "\n-- only a remark\n", "RULE r without SQL");
	expect_error("-- RULE r\n-- severity: bad\n-- title: T\n-- why: W\n-- remedy: R\n"
		     "-- source: S\nSELECT 1\n",
		     "severity 'bad' is none of blocker, warning, info");
}

TEST(test_script_ids_are_unique)
{
	expect_error("-- FORMAT a\n-- title: b\n-- FORMAT a\n-- title: b\n",
		     "x.sql:3: FORMAT a is already in");
	expect_error("-- FORMAT a\n-- title: b\n-- KIND c\n-- match: 1\nSELECT 1;\n"
		     "-- KIND c\n-- match: 1\nSELECT 1;\n",
		     "x.sql:6: KIND c is already in x.sql");
	expect_error("-- RULE r\n" RULE_HEAD "SELECT 1\n-- RULE r\n" RULE_HEAD "SELECT 1\n",
		     "RULE r is already in x.sql");
}

TEST(test_script_builtin_ones_are_there)
{
	struct scripts *s = script_load(NULL, &e);

	if (s == NULL)
		fail_msg("%s", e.text);
	assert_true(s->formats_n >= 4);
	assert_true(s->rules_n >= 50);
	for (size_t i = 0; i < s->rules_n; i++)
		assert_string_equal(s->rules[i].rule.place, "builtin");
	script_free(s);
}

TEST(test_script_folder_adds_its_files_in_order)
{
	struct scripts *builtin = script_load(NULL, &e);
	struct scripts *s;
	struct drawer d;

	drawer_init(&d);
	drawer_put(&d, "b.sql", "-- RULE second\n" RULE_HEAD "SELECT 1\n");
	drawer_put(&d, "a.sql", "-- RULE first\n" RULE_HEAD "SELECT 1\n");
	drawer_put(&d, ".hidden.sql", "nonsense");
	drawer_put(&d, "readme.txt", "nonsense");
	s = script_load(d.path, &e);
	if (s == NULL)
		fail_msg("%s", e.text);
	assert_int_equal(s->rules_n, builtin->rules_n + 2);
	assert_string_equal(s->rules[builtin->rules_n].rule.id, "first");
	assert_string_equal(s->rules[builtin->rules_n].rule.place, drawer_path(&d, "a.sql"));
	assert_string_equal(s->rules[builtin->rules_n + 1].rule.id, "second");
	script_free(s);
	script_free(builtin);
	drawer_done(&d);
}

static void expect_folder_error(const struct drawer *d, const char *error)
{
	assert_null(script_load(d->path, &e));
	if (strstr(e.text, error) == NULL)
		fail_msg("'%s' is not in '%s'", error, e.text);
}

TEST(test_script_folder_cannot_take_a_builtin_id)
{
	struct scripts *builtin = script_load(NULL, &e);
	struct drawer d;
	char *text = xasprintf("-- RULE %s\n" RULE_HEAD "SELECT 1\n", builtin->rules[0].rule.id);

	drawer_init(&d);
	drawer_put(&d, "a.sql", text);
	expect_folder_error(&d, "is already in rules/");
	free(text);
	script_free(builtin);
	drawer_done(&d);
}

TEST(test_script_files_that_are_none_are_refused)
{
	struct drawer d;
	char *large = xcalloc(1, SCRIPT_FILE_BYTES + 2);

	drawer_init(&d);
	assert_int_equal(mkfifo(drawer_path(&d, "a.sql"), 0600), 0);
	expect_folder_error(&d, "a.sql: not a regular file");
	assert_int_equal(remove(drawer_path(&d, "a.sql")), 0);
	drawer_put_bytes(&d, "a.sql", "-- \0", 4);
	expect_folder_error(&d, "a.sql: holds a NUL byte");
	drawer_put(&d, "a.sql", "-- \xff\n");
	expect_folder_error(&d, "a.sql: is not UTF-8");
	drawer_put(&d, "a.sql", "-- KIND vm\n-- match: 1\nSELECT 1;\n");
	expect_folder_error(&d, "a.sql:1: a KIND before any FORMAT");
	memset(large, '\n', SCRIPT_FILE_BYTES + 1);
	drawer_put(&d, "a.sql", large);
	expect_folder_error(&d, "a.sql: more than 1 MiB");
	free(large);
	drawer_done(&d);
	expect_folder_error(&d, "No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_script_format_has_kinds_lists_and_titles),
		cmocka_unit_test(test_script_rule_has_headers_and_absent_ones_are_null),
		cmocka_unit_test(test_script_what_is_wrong_is_told_with_its_line),
		cmocka_unit_test(test_script_ids_are_unique),
		cmocka_unit_test(test_script_builtin_ones_are_there),
		cmocka_unit_test(test_script_folder_adds_its_files_in_order),
		cmocka_unit_test(test_script_folder_cannot_take_a_builtin_id),
		cmocka_unit_test(test_script_files_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
