/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/guard.h"

#include <sys/stat.h>

#include "base/must.h"
#include "inventory/script.h"
#include "tests/unit/drawer.h"
#include "tests/unit/unit.h"

static const struct span for_ever;
static struct drawer d;
static struct guard *g;
static struct err e;

static int set_up(__attribute__((unused)) void **state)
{
	drawer_init(&d);
	g = guard_open(drawer_path(&d, "db"), false, &e);
	assert_non_null(g);
	assert_true(guard_run(g,
			      "CREATE TABLE vm (id INTEGER PRIMARY KEY, name TEXT) STRICT;"
			      "CREATE INDEX vm_name ON vm (name);"
			      "CREATE TABLE record (id INTEGER PRIMARY KEY, body TEXT);"
			      "CREATE TABLE finding (id INTEGER PRIMARY KEY);"
			      "CREATE TABLE source (id INTEGER PRIMARY KEY);"
			      "CREATE VIEW odd AS SELECT * FROM vm WHERE json_valid(name);"
			      "INSERT INTO vm VALUES (1, 'a')",
			      &e));
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	guard_close(g);
	drawer_done(&d);
	return 0;
}

static bool run(enum guard_mode mode, const char *sql)
{
	bool ok;

	guard_set(g, mode, for_ever);
	ok = guard_run(g, sql, &e);
	guard_set(g, GUARD_ENGINE, for_ever);
	return ok;
}

static void expect_denied(enum guard_mode mode, const char *sql)
{
	if (run(mode, sql))
		fail_msg("%s: allowed", sql);
}

static const char *const never[] = {
	"ATTACH '/tmp/other.db' AS other",
	"DETACH main",
	"PRAGMA query_only = 0",
	"PRAGMA database_list",
	"SELECT * FROM pragma_database_list",
	"SELECT * FROM pragma_table_info('vm')",
	"SELECT * FROM sqlite_schema",
	"SELECT * FROM sqlite_temp_schema",
	"SELECT * FROM dbstat",
	"SELECT * FROM sqlite_dbpage",
	"UPDATE sqlite_dbpage SET data = ''",
	"SELECT load_extension('/tmp/x.so')",
	"SELECT readfile('/etc/passwd')",
	"SELECT writefile('/tmp/banksman-was-here', 'x')",
	"SELECT fts3_tokenizer('simple')",
	"CREATE TABLE x (y)",
	"CREATE TEMP TABLE x (y)",
	"CREATE VIEW x AS SELECT 1",
	"CREATE TRIGGER x AFTER INSERT ON vm BEGIN SELECT 1; END",
	"CREATE VIRTUAL TABLE x USING fts5 (y)",
	"CREATE INDEX x ON vm (name)",
	"DROP TABLE vm",
	"ALTER TABLE vm RENAME TO vn",
	"REINDEX",
	"ANALYZE",
	"VACUUM",
	"VACUUM INTO '/tmp/banksman-was-here'",
	"BEGIN",
	"COMMIT",
	"SAVEPOINT x",
	"INSERT INTO finding VALUES (1)",
	"DELETE FROM source",
};

TEST(test_guard_scripts_reach_nothing_but_tables)
{
	struct stat st;

	for (size_t i = 0; i < ARRAY_LEN(never); i++) {
		expect_denied(GUARD_IMPORT, never[i]);
		expect_denied(GUARD_RULE, never[i]);
		expect_denied(GUARD_MATCH, never[i]);
	}
	assert_int_not_equal(stat("/tmp/banksman-was-here", &st), 0);
}

TEST(test_guard_rules_read_and_do_not_write)
{
	assert_true(run(GUARD_RULE, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1"
				    " FROM n WHERE i < 9) SELECT * FROM n, vm, odd"));
	assert_true(run(GUARD_RULE, "SELECT a.value FROM json_each('[1]') AS a, json_tree('[2]')"));
	expect_denied(GUARD_RULE, "INSERT INTO vm VALUES (2, 'b')");
	expect_denied(GUARD_RULE, "UPDATE vm SET name = 'b'");
	expect_denied(GUARD_RULE, "DELETE FROM vm");
}

TEST(test_guard_rules_do_not_read_what_was_imported)
{
	assert_true(run(GUARD_RULE, "SELECT id FROM record"));
	expect_denied(GUARD_RULE, "SELECT * FROM record");
	expect_denied(GUARD_RULE, "SELECT 1 FROM record WHERE body GLOB 's*'");
}

TEST(test_guard_import_writes_the_tables)
{
	assert_true(run(GUARD_IMPORT, "INSERT INTO vm SELECT 2, name FROM vm;"
				      "UPDATE vm SET name = 'c' WHERE id = 2;"
				      "DELETE FROM vm WHERE id = 2;"
				      "INSERT INTO record (body) VALUES ('x')"));
}

TEST(test_guard_match_sees_no_table)
{
	assert_true(run(GUARD_MATCH, "SELECT json_type('1'), truth('yes')"));
	assert_true(run(GUARD_MATCH, "SELECT EXISTS (SELECT 1 FROM json_each('[1]'))"));
	expect_denied(GUARD_MATCH, "SELECT name FROM vm");
	expect_denied(GUARD_MATCH, "SELECT (SELECT count(*) FROM vm)");
	expect_denied(GUARD_MATCH, "DELETE FROM vm");
}

TEST(test_guard_read_only_connection_cannot_write_whatever_the_mode)
{
	struct guard *r = guard_open(drawer_path(&d, "db"), true, &e);

	assert_non_null(r);
	assert_true(guard_run(r, "SELECT * FROM vm", &e));
	assert_false(guard_run(r, "INSERT INTO vm VALUES (7, 'x')", &e));
	assert_false(guard_run(r, "CREATE TEMP TABLE x (y)", &e));
	guard_close(r);
}

TEST(test_guard_time_is_limited)
{
	guard_set(g, GUARD_RULE, span_of_ms(1000));
	assert_false(guard_run(g,
			       "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
			       " SELECT count(*) FROM n",
			       &e));
	assert_string_equal(e.text, "ran longer than 1 s");
	guard_set(g, GUARD_ENGINE, for_ever);
	assert_true(guard_run(g, "SELECT * FROM vm", &e));
}

TEST(test_guard_sizes_are_limited)
{
	static const char *const large[] = {
		"SELECT length(zeroblob(100000000))",
		"SELECT length(replace(hex(zeroblob(1000000)), '0', hex(zeroblob(100))))",
		"SELECT 'x' LIKE hex(zeroblob(10000))",
	};

	for (size_t i = 0; i < ARRAY_LEN(large); i++)
		expect_denied(GUARD_RULE, large[i]);
}

TEST(test_guard_double_quotes_are_no_strings)
{
	expect_denied(GUARD_RULE, "SELECT \"fail\" FROM vm");
}

TEST(test_guard_error_of_a_script_names_its_line)
{
	struct script_sql sql = { "SELECT 1;\n\nSELECT\n  nowhere;\n", "x.sql", 10 };

	assert_false(guard_run_script(g, &sql, &e));
	assert_string_equal(e.text, "x.sql:13: no such column: nowhere");
	sql.text = "SELECT 1;\n\nINSERT INTO vm VALUES (1, 'again');\n";
	assert_false(guard_run_script(g, &sql, &e));
	assert_string_equal(e.text, "x.sql:12: UNIQUE constraint failed: vm.id");
}

TEST(test_guard_foreign_file_is_an_error)
{
	drawer_put(&d, "none",
		   "this is no database, and longer than a header of one would be: "
		   "it needs a hundred bytes, and has some more");
	assert_null(guard_open(drawer_path(&d, "none"), true, &e));
	assert_null(guard_open("/nonexistent/db", false, &e));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guard_scripts_reach_nothing_but_tables),
		cmocka_unit_test(test_guard_rules_read_and_do_not_write),
		cmocka_unit_test(test_guard_rules_do_not_read_what_was_imported),
		cmocka_unit_test(test_guard_import_writes_the_tables),
		cmocka_unit_test(test_guard_match_sees_no_table),
		cmocka_unit_test(test_guard_read_only_connection_cannot_write_whatever_the_mode),
		cmocka_unit_test(test_guard_time_is_limited),
		cmocka_unit_test(test_guard_sizes_are_limited),
		cmocka_unit_test(test_guard_double_quotes_are_no_strings),
		cmocka_unit_test(test_guard_error_of_a_script_names_its_line),
		cmocka_unit_test(test_guard_foreign_file_is_an_error),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
