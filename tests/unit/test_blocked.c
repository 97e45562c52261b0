/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/blocked.h"

#include <string.h>

#include "base/must.h"
#include "daemon/conf.h"
#include "daemon/ledger.h"
#include "daemon/mutes.h"
#include "tests/unit/unit.h"

static struct conf conf = { .node = "n1" };
static struct mutes *mutes;
static struct ledger *l;
static struct blocked b;

static int begin(__attribute__((unused)) void **state)
{
	mutes = mutes_new(NULL);
	l = ledger_new(&(struct ledger_parts){ .mutes = mutes });
	ledger_use_slots(l, 1);
	return 0;
}

static int end(__attribute__((unused)) void **state)
{
	blocked_done(&b);
	ledger_free(l);
	mutes_free(mutes);
	return 0;
}

static void add(const char *plan, int machines, int total, int rules, const char *worst)
{
	json_t *o = json_pack("{s:s, s:i, s:i, s:i, s:o}", "plan", plan, "machines", machines,
			      "total", total, "rules", rules, "worst", json_loads(worst, 0, NULL));

	MUST(o != NULL && blocked_add(&b, o));
	json_decref(o);
}

static void judge(int64_t at_ms)
{
	blocked_judge(&b, l, &conf, (struct wall){ .ms = at_ms }, "no blocker fails any more");
}

static const struct alert *active(const char *plan)
{
	return ledger_active(l, ALERT_INVENTORY_BLOCKED, plan);
}

TEST(test_blocked_one_alert_for_each_plan)
{
	const struct alert *a;

	add("", 0, 0, 1, "[[\"page.ca\",1]]");
	add("ns/wave-1", 12, 40, 7,
	    "[[\"page.iso\",12],[\"page.name\",3],[\"a\",1],[\"b\",1],[\"c\",1]]");
	judge(1000);
	assert_int_equal(ledger_count(l), 2);
	a = active("ns/wave-1");
	assert_non_null(a);
	assert_int_equal(a->severity, SEVERITY_WARNING);
	assert_int_equal(a->starts.ms, 1000);
	assert_string_equal(alert_label(a, "plan"), "ns/wave-1");
	assert_string_equal(alert_label(a, "node"), "n1");
	assert_string_equal(alert_annotation(a, "machines"), "12");
	assert_string_equal(alert_annotation(a, "rules"),
			    "page.iso (12), page.name (3), a (1), b (1), c (1) and 2 more");
	assert_string_equal(alert_annotation(a, "summary"),
			    "12 of 40 machines of plan ns/wave-1 cannot be migrated as things are: "
			    "page.iso (12), page.name (3), a (1), b (1), c (1) and 2 more");
	a = active("");
	assert_non_null(a);
	assert_string_equal(alert_label(a, "plan"), "");
	assert_string_equal(alert_annotation(a, "summary"),
			    "machines cannot be migrated as things are: page.ca (1)");
}

TEST(test_blocked_the_same_again_is_no_news)
{
	add("ns/wave-1", 1, 2, 1, "[[\"page.iso\",1]]");
	judge(1000);
	judge(2000);
	assert_int_equal(active("ns/wave-1")->revision, 1);
	assert_int_equal(active("ns/wave-1")->starts.ms, 1000);
	blocked_done(&b);
	add("ns/wave-1", 2, 2, 1, "[[\"page.iso\",2]]");
	judge(3000);
	assert_int_equal(active("ns/wave-1")->revision, 2);
	assert_int_equal(active("ns/wave-1")->starts.ms, 1000);
}

TEST(test_blocked_ends_when_no_blocker_fails)
{
	const struct alert *a;

	add("", 3, 9, 1, "[[\"page.iso\",3]]");
	add("ns/wave-1", 1, 2, 1, "[[\"page.iso\",1]]");
	judge(1000);
	blocked_done(&b);
	add("", 3, 9, 1, "[[\"page.iso\",3]]");
	judge(2000);
	assert_non_null(active(""));
	assert_null(active("ns/wave-1"));
	a = ledger_find(l, ALERT_INVENTORY_BLOCKED, "ns/wave-1");
	if (a != NULL) { /* whoever was told is to hear of its end */
		assert_int_equal(a->ends.ms, 2000);
		assert_string_equal(alert_annotation(a, "resolution"), "no blocker fails any more");
	}
	blocked_done(&b);
	judge(3000);
	assert_null(active(""));
}

TEST(test_blocked_other_alerts_are_left_alone)
{
	struct alert_draft d = { .kind = ALERT_STORE_FAILING,
				 .severity = SEVERITY_WARNING,
				 .subject = "",
				 .starts = { 1 },
				 .labels = json_object(),
				 .annotations = json_object() };

	(void)ledger_raise(l, &d);
	judge(1000);
	assert_non_null(ledger_active(l, ALERT_STORE_FAILING, ""));
}

TEST(test_blocked_more_plans_than_alerts_are_counted)
{
	b.more = 17;
	judge(1000);
	assert_string_equal(alert_annotation(active(""), "summary"),
			    "machines cannot be migrated as things are; 17 further plans are "
			    "blocked");
	add("", 1, 0, 1, "[[\"page.iso\",1]]");
	judge(2000);
	assert_string_equal(alert_annotation(active(""), "summary"),
			    "1 machine cannot be migrated as things are: page.iso (1); 17 further "
			    "plans are blocked");
	b.more = 0;
	blocked_done(&b);
	judge(3000);
	assert_null(active(""));
}

/* They come from outside, and go into log lines. */
TEST(test_blocked_names_are_made_fit_to_be_shown)
{
	add("ns/a\nb", 1, 1, 1, "[[\"x\\ny\",1],7,[8,9]]");
	judge(1000);
	assert_non_null(active("ns/a?b"));
	assert_string_equal(alert_annotation(active("ns/a?b"), "rules"), "x?y (1), ? (0), ? (9)");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

static const struct CMUnitTest tests[] = {
	EACH(test_blocked_one_alert_for_each_plan),
	EACH(test_blocked_the_same_again_is_no_news),
	EACH(test_blocked_ends_when_no_blocker_fails),
	EACH(test_blocked_other_alerts_are_left_alone),
	EACH(test_blocked_more_plans_than_alerts_are_counted),
	EACH(test_blocked_names_are_made_fit_to_be_shown),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
