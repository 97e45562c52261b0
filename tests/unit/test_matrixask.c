/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/matrixask.h"

#include "cli/pattern.h"
#include "tests/unit/unit.h"

static void assert_query(enum matrixask which, const char *node_label, const char *const *wanted,
			 size_t count, const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	matrixask_put(which, node_label, wanted, count, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

TEST(test_matrixask_queries_are_as_written)
{
	assert_query(MATRIXASK_STATES, NULL, NULL, 0,
		     "max by (node, instance, endpoint, exported_endpoint, state) "
		     "(banksman_endpoint_state)");
	assert_query(MATRIXASK_FAILING, "host", NULL, 0,
		     "max by (host, endpoint, exported_endpoint) "
		     "(banksman_endpoint_service_up == 0)");
	assert_query(MATRIXASK_COUNTS, "host", NULL, 0,
		     "sum by (host, state) (banksman_endpoints)");
}

TEST(test_matrixask_labels_are_quoted)
{
	static const char *const wanted[] = { "cluster=prod", "x=a\"b\\c\nd=e" };

	assert_query(MATRIXASK_COUNTS, NULL, wanted, 2,
		     "sum by (node, instance, state) "
		     "(banksman_endpoints{cluster=\"prod\",x=\"a\\\"b\\\\c\\nd=e\"})");
	assert_query(MATRIXASK_SEEN, "n", wanted, 1,
		     "max by (n) (timestamp(banksman_build_info{cluster=\"prod\"}) or "
		     "max_over_time(timestamp(banksman_build_info{cluster=\"prod\"})[1h:30s]))");
}

TEST(test_matrixask_names_of_labels)
{
	assert_true(matrixask_is_label("node"));
	assert_true(matrixask_is_label("_n1=x y"));
	assert_false(matrixask_is_label(""));
	assert_false(matrixask_is_label("=x"));
	assert_false(matrixask_is_label("1n"));
	assert_false(matrixask_is_label("a-b"));
	assert_false(matrixask_is_label("a)or(b"));
}

TEST(test_pattern_names_endpoints_as_people_do)
{
	const struct pattern_subject s = { "esx04.example.com:902", "esx04.example.com", "902",
					   "dc1" };
	static const char *const fit[] = { "esx04.example.com:902",
					   "ESX04.example.com",
					   "esx04",
					   "esx04:902",
					   "esx04.example",
					   ":902",
					   "dc1",
					   "DC1",
					   "esx*",
					   "*:902",
					   "esx0?.*:*",
					   "dc?" };
	static const char *const misfit[] = { "esx0", "esx04:443", ":443", "902", "dc", "x*", "" };

	for (size_t i = 0; i < sizeof fit / sizeof fit[0]; i++)
		if (!pattern_fits(fit[i], &s))
			fail_msg("%s does not fit", fit[i]);
	for (size_t i = 0; i < sizeof misfit / sizeof misfit[0]; i++)
		if (pattern_fits(misfit[i], &s))
			fail_msg("%s fits", misfit[i]);
}

TEST(test_pattern_addresses_have_no_labels)
{
	const struct pattern_subject s = { "10.1.7.14:902", "10.1.7.14", "902", "" };

	assert_true(pattern_fits("10.1.7.14", &s));
	assert_true(pattern_fits("10.1.7.14:902", &s));
	assert_true(pattern_fits("10.1.7.*", &s));
	assert_false(pattern_fits("10.1", &s));
	assert_false(pattern_fits("10.1:902", &s));
	assert_false(pattern_fits("*x", &s)); /* nor has nothing one: there is no provider */
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_matrixask_queries_are_as_written),
	cmocka_unit_test(test_matrixask_labels_are_quoted),
	cmocka_unit_test(test_matrixask_names_of_labels),
	cmocka_unit_test(test_pattern_names_endpoints_as_people_do),
	cmocka_unit_test(test_pattern_addresses_have_no_labels),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
