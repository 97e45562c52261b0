/* SPDX-License-Identifier: Apache-2.0 */
/* Every statement prepares on the migrated schema, and none walks through a table unawares. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/db.h"
#include "daemon/dbfunc.h"
#include "daemon/migrate.h"
#include "tests/unit/unit.h"

#pragma GCC diagnostic ignored "-Woverlength-strings"
#define STMT(upper, name, may_scan, sql) { name, may_scan, sql },
static const struct {
	const char *name;
	bool may_scan;
	const char *sql;
} statements[] = {
#include "history_statements.inc"
};
#undef STMT

static sqlite3 *raw;

static int set_up(__attribute__((unused)) void **state)
{
	struct err e;
	bool is_new;
	char path[] = "/tmp/statements-XXXXXX";
	int fd = mkstemp(path);

	MUST(fd >= 0 && sqlite3_open(path, &raw) == SQLITE_OK);
	MUST(dbfunc_register(raw, NULL) == SQLITE_OK);
	MUST(migrate(raw, &is_new, &e) && is_new);
	MUST(remove(path) == 0);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	return sqlite3_close(raw);
}

/*
 * A step of a plan that reads a whole table or sorts.  min() over an index is called a search
 * even without a bound, which would stand in parentheses.  json_each() and what a WITH made
 * are no tables of ours, and neither are single rows.
 */
static bool walks(const char *step)
{
	if (strstr(step, "USE TEMP B-TREE") != NULL)
		return true;
	if (strncmp(step, "SEARCH ", 7) == 0)
		return strstr(step, "USING COVERING INDEX") != NULL && strchr(step, '(') == NULL;
	if (strncmp(step, "SCAN ", 5) != 0)
		return false;
	return strstr(step, "json_each") == NULL && strstr(step, "CONSTANT ROW") == NULL &&
	       strstr(step, "(subquery") == NULL;
}

static bool plan_walks(const char *sql)
{
	AUTO(text) char *explain = xasprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *s = NULL;
	bool found = false;

	assert_int_equal(sqlite3_prepare_v2(raw, explain, -1, &s, NULL), SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW)
		found = found || walks((const char *)sqlite3_column_text(s, 3));
	(void)sqlite3_finalize(s);
	return found;
}

TEST(test_statements_all_prepare)
{
	for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
		sqlite3_stmt *s = NULL;
		const char *tail = NULL;
		int rc = sqlite3_prepare_v2(raw, statements[i].sql, -1, &s, &tail);

		if (rc != SQLITE_OK)
			fail_msg("%s: %s", statements[i].name, sqlite3_errmsg(raw));
		if (tail[strspn(tail, " \n")] != '\0')
			fail_msg("%s: more than one statement", statements[i].name);
		(void)sqlite3_finalize(s);
		assert_string_equal(db_statement_name((enum statement)i), statements[i].name);
	}
	assert_int_equal(ARRAY_LEN(statements), STATEMENT_N);
}

TEST(test_statements_plans_search_unless_marked)
{
	for (size_t i = 0; i < ARRAY_LEN(statements); i++)
		if (plan_walks(statements[i].sql) && !statements[i].may_scan)
			fail_msg("%s: its plan reads a whole table or sorts", statements[i].name);
}

TEST(test_statements_marks_are_needed)
{
	for (size_t i = 0; i < ARRAY_LEN(statements); i++)
		if (statements[i].may_scan && !plan_walks(statements[i].sql))
			fail_msg("%s: is marked (scan: ...) for nothing", statements[i].name);
}

/* The schema as SQLite has it, one line for each thing; tests/unit/history.schema is the rest. */
TEST(test_statements_schema_is_the_golden_one)
{
	FILE *f = fopen("tests/unit/history.schema", "re");
	char want[200];
	sqlite3_stmt *s = NULL;

	assert_non_null(f);
	assert_int_equal(
		sqlite3_prepare_v2(raw,
				   "SELECT m.name || '.' || x.name || ' ' || x.type"
				   "  || iif(x.\"notnull\", ' not null', '') FROM sqlite_schema m,"
				   " pragma_table_info(m.name) x WHERE m.type = 'table'"
				   " AND m.name NOT LIKE 'sqlite_%' UNION ALL "
				   "SELECT 'index ' || name FROM sqlite_schema WHERE type = 'index'"
				   " AND name NOT LIKE 'sqlite_%'",
				   -1, &s, NULL),
		SQLITE_OK);
	while (sqlite3_step(s) == SQLITE_ROW) {
		assert_non_null(fgets(want, sizeof want, f));
		want[strcspn(want, "\n")] = '\0';
		assert_string_equal((const char *)sqlite3_column_text(s, 0), want);
	}
	assert_null(fgets(want, sizeof want, f));
	(void)sqlite3_finalize(s);
	(void)fclose(f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_statements_all_prepare),
	cmocka_unit_test(test_statements_plans_search_unless_marked),
	cmocka_unit_test(test_statements_marks_are_needed),
	cmocka_unit_test(test_statements_schema_is_the_golden_one),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
