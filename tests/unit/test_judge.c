/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/judge.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "inventory/guard.h"
#include "inventory/script.h"
#include "inventory/stock.h"
#include "tests/unit/drawer.h"
#include "tests/unit/pears.h"
#include "tests/unit/unit.h"

/* Rules over an empty inventory, with a limit of a second. */
struct court {
	struct drawer d;
	struct scripts *scripts;
	struct stock *stock;
	struct stock_ears ears;
	struct judge judge;
	char notice[200];
	struct err err;
};

static struct court t;

static void on_notice(void *owner, const char *file, const char *text)
{
	(void)snprintf(owner, sizeof t.notice, "%s: %s", file, text);
}

static void open_court(const char *rules)
{
	memset(&t, 0, sizeof t);
	drawer_init(&t.d);
	t.scripts = xcalloc(1, sizeof *t.scripts);
	if (!script_parse(t.scripts, "my.sql", rules, false, &t.err))
		fail_msg("%s", t.err.text);
	t.ears.notice = on_notice;
	t.ears.notice_owner = t.notice;
	t.stock = stock_new(drawer_path(&t.d, "db"), t.scripts, &t.ears, &t.err);
	if (t.stock == NULL || !stock_settle(t.stock, &t.err))
		fail_msg("%s", t.err.text);
	t.judge = (struct judge){
		.rules = guard_open(drawer_path(&t.d, "db"), true, &t.err),
		.engine = stock_guard(t.stock),
		.scripts = t.scripts,
		.ears = &t.ears,
		.limit = span_of_ms(1000),
	};
	assert_non_null(t.judge.rules);
	assert_true(guard_run(t.judge.engine, "INSERT INTO asked DEFAULT VALUES", &t.err));
}

static void close_court(void)
{
	guard_close(t.judge.rules);
	stock_free(t.stock);
	script_free(t.scripts);
	drawer_done(&t.d);
}

#define RULE(sql) PEARS_RULE("my.rule", "info") sql "\n"

static void expect_error(const char *rules, const char *error)
{
	open_court(rules);
	assert_false(judge_run(&t.judge, &t.err));
	if (strstr(t.err.text, error) == NULL)
		fail_msg("'%s' is not in '%s'", error, t.err.text);
	close_court();
}

TEST(test_judge_rule_that_is_none_is_refused)
{
	expect_error(RULE("SELECT 'fail', 'vm', 1, 2, 3"),
		     "rule my.rule: my.sql:7: not the columns");
	expect_error(RULE("SELECT 'fail', 'vm', 1, 2, 3, 'm'; SELECT 1"), "more than one SELECT");
	expect_error(RULE("SELECT 'bad', 'vm', 1, 2, 3, 'm'"), "neither 'fail' nor 'unknown'");
	expect_error(RULE("SELECT NULL, 'vm', 1, 2, 3, 'm'"), "neither 'fail' nor 'unknown'");
	expect_error(RULE("SELECT 'fail', 'vm', 1, 2, 3, NULL"), "without kind or message");
	expect_error(RULE("SELECT 'fail', 'vm', 1, CAST(x'ff' AS TEXT), 3, 'm'"), "no UTF-8");
	expect_error(RULE("SELECT 'fail',\n\n'vm', 1, 2, 3, FROM"), "rule my.rule: my.sql:9:");
	expect_error(RULE("DELETE FROM vm"), "my.sql:7: not authorized");
	expect_error(
		RULE("INSERT INTO vm (type) VALUES ('x') RETURNING 'fail', 'vm', 1, 2, 3, 'm'"),
		"not authorized");
	expect_error(RULE("SELECT 'fail', 'vm', 1, 2, 3, sql FROM sqlite_schema"), "prohibited");
}

TEST(test_judge_rule_that_never_ends_is_stopped)
{
	expect_error(RULE("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
			  " SELECT 'fail', 'vm', i, i, i, 'm' FROM n WHERE i < 0"),
		     "rule my.rule: my.sql:7: ran longer than 1 s");
}

TEST(test_judge_rule_that_runs_over_is_cut_and_told)
{
	struct inventory_summary s;

	open_court(RULE("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			" WHERE i < 100001) SELECT 'fail', 'x', i, i, i, 'm' FROM n"));
	t.judge.limit = span_of_ms(60 * 1000);
	assert_true(judge_run(&t.judge, &t.err));
	assert_true(judge_count(&t.judge, &s, &t.err));
	assert_int_equal(s.failed[RULE_INFO], 100000);
	assert_string_equal(t.notice,
			    "my.sql: rule my.rule: only the first 100000 findings are kept");
	close_court();
}

/* A hundred megabytes of texts. */
TEST(test_judge_rule_that_says_too_much_is_cut_and_told)
{
	struct inventory_summary s;

	open_court(RULE("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			" WHERE i < 50) SELECT 'fail', 'x', i, i, i, printf('%.*c', 2000000, 'm')"
			" FROM n"));
	t.judge.limit = span_of_ms(60 * 1000);
	assert_true(judge_run(&t.judge, &t.err));
	assert_true(judge_count(&t.judge, &s, &t.err));
	assert_int_equal(s.failed[RULE_INFO], 34);
	assert_string_equal(t.notice, "my.sql: rule my.rule: only the first 34 findings are kept");
	close_court();
}

/* Sixty values of thirty megabytes at once. */
TEST(test_judge_rule_that_takes_all_memory_is_stopped)
{
	char rule[4096] = RULE("SELECT 'fail', 'vm', 1, 2, 3, (SELECT count(*) FROM (SELECT 1");
	size_t len = strlen(rule) - 1;

	for (int i = 0; i < 60; i++)
		len += (size_t)snprintf(rule + len, sizeof rule - len,
					", hex(zeroblob(15000000 + random() %% 2)) AS a%d", i);
	(void)snprintf(rule + len, sizeof rule - len, " FROM asked ORDER BY 1, 2))\n");
	open_court(rule);
	t.judge.limit = span_of_ms(60 * 1000);
	assert_false(judge_run(&t.judge, &t.err));
	assert_string_equal(
		t.err.text,
		"rule my.rule: my.sql:7: out of memory, of which 1024 MiB are the most");
	close_court();
}

TEST(test_judge_exactly_as_many_rows_as_allowed_are_no_notice)
{
	open_court(RULE("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
			" WHERE i < 100000) SELECT 'fail', 'x', i, i, i, 'm' FROM n"));
	t.judge.limit = span_of_ms(60 * 1000);
	assert_true(judge_run(&t.judge, &t.err));
	assert_string_equal(t.notice, "");
	close_court();
}

/* Neither what a rule before it found, nor what the rules are asked to find. */
TEST(test_judge_rules_do_not_see_findings)
{
	expect_error(RULE("SELECT verdict, kind, ref, name, plan, message FROM finding"),
		     "prohibited");
}

static void on_ruling(void *owner, const struct ruling *r)
{
	struct buf *b = owner;

	buf_printf(b, "%s %s %s\n", r->rule->id, r->kind, r->message);
}

TEST(test_judge_tells_the_worst_first)
{
	struct buf b;

	open_court(PEARS_RULE("my.info", "info") "SELECT 'fail', 'a', 1, 2, 3, 'm'\n" PEARS_RULE(
		"my.block",
		"blocker") "SELECT 'unknown', 'a', 1, 2, 3, 'u' UNION ALL "
			   "SELECT 'fail', 'b', 1, 2, 3, 'f'\n" PEARS_RULE(
				   "my.warn", "warning") "SELECT 'fail', 'a', 1, 2, 3, "
							 "'m'\n" PEARS_RULE("my.again",
									    "blocker") "SELECT "
										       "'fail', "
										       "'a', 1, 2, "
										       "3, 'm'\n");
	buf_init(&b, 4096);
	assert_true(judge_run(&t.judge, &t.err));
	assert_true(judge_tell(&t.judge, on_ruling, &b, &t.err));
	assert_string_equal(buf_text(&b), "my.block b f\nmy.block a u\nmy.again a m\nmy.warn a m\n"
					  "my.info a m\n");
	buf_done(&b);
	close_court();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge_rule_that_is_none_is_refused),
		cmocka_unit_test(test_judge_rule_that_never_ends_is_stopped),
		cmocka_unit_test(test_judge_rule_that_runs_over_is_cut_and_told),
		cmocka_unit_test(test_judge_rule_that_says_too_much_is_cut_and_told),
		cmocka_unit_test(test_judge_rule_that_takes_all_memory_is_stopped),
		cmocka_unit_test(test_judge_exactly_as_many_rows_as_allowed_are_no_notice),
		cmocka_unit_test(test_judge_rules_do_not_see_findings),
		cmocka_unit_test(test_judge_tells_the_worst_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
