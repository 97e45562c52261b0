/* SPDX-License-Identifier: Apache-2.0 */
/* test_builtin.c: every SQL that is built in is SQL, and may do what it does. */
#include <sqlite3.h>

#include "inventory/guard.h"
#include "inventory/script.h"
#include "inventory/statement.h"
#include "inventory/stock.h"
#include "tests/unit/drawer.h"
#include "tests/unit/unit.h"

static const struct span for_ever;
static const struct stock_ears ears;
static struct drawer d;
static struct scripts *scripts;
static struct stock *stock;
static struct err e;

static int set_up(__attribute__((unused)) void **state)
{
	drawer_init(&d);
	scripts = script_load(NULL, &e);
	if (scripts != NULL)
		stock = stock_new(drawer_path(&d, "db"), scripts, &ears, &e);
	if (stock == NULL)
		fail_msg("%s", e.text);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	stock_free(stock);
	script_free(scripts);
	drawer_done(&d);
	return 0;
}

static void expect_prepares(const struct script_sql *sql)
{
	struct guard *g = stock_guard(stock);
	const char *p = sql->text;

	while (*p != '\0') {
		sqlite3_stmt *s = NULL;

		if (!guard_prepare(g, &p, &s, &e)) {
			(void)guard_where(sql, p, &e);
			fail_msg("%s", e.text);
		}
		(void)sqlite3_finalize(s);
	}
}

TEST(test_builtin_import_scripts_prepare)
{
	assert_true(scripts->kinds_n > 0);
	guard_set(stock_guard(stock), GUARD_IMPORT, for_ever);
	for (size_t i = 0; i < scripts->kinds_n; i++)
		expect_prepares(&scripts->kinds[i].sql);
	guard_set(stock_guard(stock), GUARD_ENGINE, for_ever);
}

TEST(test_builtin_statements_of_the_engine_prepare)
{
	struct script_sql sql = { .place = "engine.sql", .line = 1 };

	for (enum statement_id i = 0; i < STATEMENT_N; i++) {
		sql.text = statement_sql(i);
		expect_prepares(&sql);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builtin_import_scripts_prepare),
		cmocka_unit_test(test_builtin_statements_of_the_engine_prepare),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
