/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include "base/must.h"
#include "tests/unit/unit.h"
#include "tests/unit/words.h"

TEST(test_options_check_asks_for_everything_cold_and_fails_on_blockers)
{
	struct words l = words_taken(VERB_CHECK, "vms.json");
	const struct options *o = &l.options;

	assert_null(o->ask.plan);
	assert_int_equal(o->ask.warm, -1);
	assert_null(o->ask.target_namespace);
	assert_null(o->ask.release);
	assert_null(o->rules);
	assert_int_equal(o->baseline_count, 0);
	assert_int_equal(o->only, RULE_INFO);
	assert_int_equal(o->fail_on, RULE_BLOCKER);
	assert_false(o->fail_never || o->compare_forklift);
	assert_int_equal(o->output, OUTPUT_TABLE);
	words_done(&l);
}

TEST(test_options_check_takes_each)
{
	struct words l = words_taken(
		VERB_CHECK,
		"--plan|mtv/wave-1|--warm|--target-namespace|vm-prod|--release|2.11.1|"
		"--rules|r.d|--baseline|a|--baseline|b|--only|warning|--fail-on|warning|"
		"--compare-forklift|-o|html|-|vms.json");
	const struct options *o = &l.options;

	assert_string_equal(o->ask.plan, "mtv/wave-1");
	assert_int_equal(o->ask.warm, 1);
	assert_string_equal(o->ask.target_namespace, "vm-prod");
	assert_string_equal(o->ask.release, "2.11.1");
	assert_string_equal(o->rules, "r.d");
	assert_int_equal(o->baseline_count, 2);
	assert_string_equal(o->baselines[1], "b");
	assert_int_equal(o->only, RULE_WARNING);
	assert_int_equal(o->fail_on, RULE_WARNING);
	assert_true(o->compare_forklift);
	assert_int_equal(o->output, OUTPUT_HTML);
	assert_int_equal(o->word_count, 2);
	assert_string_equal(o->words[0], "-");
	words_done(&l);
	l = words_taken(VERB_CHECK, "--cold|--fail-on|never|a");
	assert_int_equal(l.options.ask.warm, 0);
	assert_true(l.options.fail_never);
	words_done(&l);
}

TEST(test_options_check_refuses_what_it_cannot_mean)
{
	static const struct {
		const char *words, *complaint;
	} cases[] = {
		{ "", "which exports? Name files, or - for standard input" },
		{ "--warm|--cold|a", "--cold: a migration is either warm or cold" },
		{ "--only|bad|a", "--only: 'bad' is none of info, warning, blocker" },
		{ "--only|blokcer|a",
		  "--only: 'blokcer' is none of info, warning, blocker (did you mean 'blocker'?)" },
		{ "--fail-on|info|a", "--fail-on: 'info' is none of blocker, warning, never" },
		{ "--release|main|a", "--release: 'main' is not a release such as 2.3 or 2.11.1" },
		{ "--target-namespace|Prod|a",
		  "--target-namespace: 'Prod' is not the name of a namespace" },
		{ "--target-namespace|-a|a",
		  "--target-namespace: '-a' is not the name of a namespace" },
		{ "--plan||a", "--plan: is followed by no name" },
		{ "--rules||a", "--rules: is followed by no name" },
		{ "-|a|-", "standard input (-) can be read only once" },
		{ "-|--baseline|-", "standard input (-) can be read only once" },
		{ "--compare-forklift|-o|csv|a",
		  "--compare-forklift has no place in csv and junit" },
		{ "-o|yaml|a", "--output: 'yaml' is none of table|wide|json|html|junit|csv" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		words_refused(VERB_CHECK, cases[i].words, cases[i].complaint);
	words_refused(VERB_ENDPOINTS, "", "which exports? Name files, or - for standard input");
	words_refused(VERB_ENDPOINTS, "-o|table|a", "--output table needs --live");
	words_refused(VERB_ENDPOINTS, "--socket|/s|a", "--socket needs --live");
	words_refused(VERB_ENDPOINTS, "--timeout|3s|a", "--timeout needs --live");
	words_refused(VERB_ENDPOINTS, "--live|-o|yaml", "--live takes --output table or json");
	words_refused(VERB_RULES, "--plan|a", "unknown option '--plan'");
}

TEST(test_options_endpoints_are_yaml_unless_said)
{
	struct words l = words_taken(VERB_ENDPOINTS, "a");

	assert_int_equal(l.options.output, OUTPUT_YAML);
	words_done(&l);
	l = words_taken(VERB_ENDPOINTS, "-o|json|a");
	assert_int_equal(l.options.output, OUTPUT_JSON);
	words_done(&l);
}

TEST(test_options_endpoints_live_are_a_table_unless_said)
{
	struct words l = words_taken(VERB_ENDPOINTS, "--live");

	assert_true(l.options.live);
	assert_int_equal(l.options.output, OUTPUT_TABLE);
	words_done(&l);
	l = words_taken(VERB_ENDPOINTS, "--live|-o|json|--socket|/s|vc");
	assert_int_equal(l.options.output, OUTPUT_JSON);
	assert_int_equal(l.options.word_count, 1);
	words_done(&l);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_options_check_asks_for_everything_cold_and_fails_on_blockers),
	cmocka_unit_test(test_options_check_takes_each),
	cmocka_unit_test(test_options_check_refuses_what_it_cannot_mean),
	cmocka_unit_test(test_options_endpoints_are_yaml_unless_said),
	cmocka_unit_test(test_options_endpoints_live_are_a_table_unless_said),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
