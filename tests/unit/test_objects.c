/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/objects.h"

#include <stdio.h>

#include "cli/score.h"
#include "tests/unit/unit.h"

static const struct rule blocker = { .id = "b", .severity = RULE_BLOCKER };
static const struct rule warning = { .id = "w", .severity = RULE_WARNING };
static const struct rule info = { .id = "i", .severity = RULE_INFO };

static struct ruling of(const struct rule *r, bool unknown, const char *id, const char *name)
{
	return (struct ruling){
		.rule = r, .unknown = unknown, .kind = "vm", .id = id, .name = name, .message = "."
	};
}

TEST(test_objects_is_each_once_with_each_rule_once)
{
	struct objects all = { 0 };
	struct ruling a = of(&blocker, false, "1", "a");
	struct ruling other = of(&blocker, false, "2", "a");
	struct ruling none = of(&warning, true, NULL, NULL);

	objects_add(&all, &a, 0);
	objects_add(&all, &a, 0);
	objects_add(&all, &other, 0);
	objects_add(&all, &none, 1);
	a.unknown = true;
	objects_add(&all, &a, 0);
	assert_int_equal(all.count, 3);
	assert_int_equal(all.list[0].count, 2);
	assert_string_equal(all.list[1].id, "2");
	assert_string_equal(all.list[2].name, "");
	objects_done(&all);
}

TEST(test_objects_are_sorted_the_worst_first)
{
	struct objects all = { 0 };
	struct ruling list[] = { of(&info, false, "1", "z"),    of(&warning, true, "2", "y"),
				 of(&warning, false, "3", "x"), of(&blocker, true, "4", "w"),
				 of(&blocker, false, "5", "v"), of(&blocker, false, "6", "a") };
	static const char *const want[] = { "6", "5", "4", "3", "2", "1" };
	static const char *const states[] = { "blocked", "blocked", "undetermined",
					      "ready",   "ready",   "ready" };

	for (size_t i = 0; i < 6; i++)
		objects_add(&all, &list[i], 0);
	objects_sort(&all);
	for (size_t i = 0; i < 6; i++) {
		assert_string_equal(all.list[i].id, want[i]);
		assert_string_equal(objects_state(&all.list[i]), states[i]);
	}
	objects_done(&all);
}

TEST(test_objects_may_be_many)
{
	enum { MANY = 5000 };
	struct objects all = { 0 };

	for (int round = 0; round < 2; round++)
		for (int i = 0; i < MANY; i++) {
			char id[16];
			struct ruling r = of(round == 0 ? &blocker : &info, false, id, "same");

			(void)snprintf(id, sizeof id, "vm-%d", i);
			objects_add(&all, &r, (size_t)round);
		}
	assert_int_equal(all.count, MANY);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(all.list[i].count, 2);
	objects_done(&all);
}

TEST(test_score_counts_by_rule_and_severity)
{
	struct score score = { 0 };
	struct ruling list[] = { of(&blocker, false, "1", "a"), of(&blocker, true, "2", "b"),
				 of(&warning, false, "1", "a"), of(&blocker, false, "3", "c") };

	for (size_t i = 0; i < 4; i++)
		(void)score_add(&score, &list[i]);
	assert_int_equal(score_place(&score, &info), 2);
	assert_int_equal(score_place(&score, &blocker), 0);
	assert_int_equal(score.count, 3);
	assert_int_equal(score.rules[0].failed, 2);
	assert_int_equal(score.rules[0].unknown, 1);
	assert_int_equal(score.rules[2].failed + score.rules[2].unknown, 0);
	assert_int_equal(score.failed[RULE_BLOCKER], 2);
	assert_int_equal(score.unknown[RULE_BLOCKER], 1);
	assert_int_equal(score.failed[RULE_WARNING], 1);
	score_done(&score);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_objects_is_each_once_with_each_rule_once),
	cmocka_unit_test(test_objects_are_sorted_the_worst_first),
	cmocka_unit_test(test_objects_may_be_many),
	cmocka_unit_test(test_score_counts_by_rule_and_severity),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
