/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/matrix.h"

#include "base/err.h"
#include "report/exit.h"
#include "tests/unit/drawn.h"
#include "tests/unit/unit.h"

static struct matrix made(const struct matrix_told *told)
{
	struct matrix m;
	struct err err;

	assert_true(matrix_make(told, &m, &err));
	return m;
}

TEST(test_matrix_nodes_are_columns_and_endpoints_rows)
{
	struct matrix m = drawn_matrix("b:902 dc1 .x-\n"
				       "b:443 dc1 ..?\n"
				       "a:9 - ...\n");

	assert_int_equal(m.node_count, 3);
	assert_string_equal(m.nodes[1].name, "n2");
	assert_int_equal(m.row_count, 3);
	assert_string_equal(m.rows[0].endpoint, "b:443");
	assert_string_equal(m.rows[1].endpoint, "b:902");
	assert_string_equal(m.rows[1].provider, "dc1");
	assert_string_equal(m.rows[1].host, "b");
	assert_string_equal(m.rows[1].port, "902");
	assert_string_equal(m.rows[2].endpoint, "a:9"); /* those of no provider come last */
	assert_int_equal(matrix_at(&m, 1, 0), MATRIX_OPEN);
	assert_int_equal(matrix_at(&m, 1, 1), MATRIX_FILTERED);
	assert_int_equal(matrix_at(&m, 1, 2), MATRIX_NOT_WATCHED);
	assert_int_equal(m.rows[1].count.open, 1);
	assert_int_equal(m.rows[1].count.lost, 1);
	assert_int_equal(m.nodes[2].count.unknown, 1);
	assert_int_equal(m.time.ms, INT64_C(1795615200000));
	assert_int_equal(m.nodes[0].seen.ms, INT64_C(1795615190000));
	matrix_done(&m);
}

TEST(test_matrix_open_port_may_fail_to_serve)
{
	struct drawn d = drawn_new("a:443 - .f\nb:443 - fx\n");
	struct matrix_told told = drawn_told(&d);
	struct matrix m;

	(void)json_array_append_new(
		d.failing, /* lost meanwhile */
		drawn_sample(json_pack("{s:s,s:s}", "node", "n2", "endpoint", "b:443"), "0"));
	m = made(&told);
	assert_int_equal(matrix_at(&m, 0, 0), MATRIX_OPEN);
	assert_int_equal(matrix_at(&m, 0, 1), MATRIX_FAILING);
	assert_int_equal(matrix_at(&m, 1, 1), MATRIX_FILTERED);
	assert_int_equal(m.rows[0].count.open, 2);
	assert_int_equal(m.rows[0].count.failing, 1);
	assert_int_equal(m.rows[0].count.lost, 0);
	assert_int_equal(m.nodes[1].count.failing, 1);
	assert_int_equal(matrix_status(&m), STATUS_NOT_CLEAR);
	matrix_done(&m);
	drawn_free(&d);
	m = drawn_matrix("a:443 - ?f\n");
	assert_int_equal(matrix_status(&m), STATUS_NOT_CLEAR);
	matrix_done(&m);
}

TEST(test_matrix_nodes_are_in_natural_order)
{
	struct matrix m = drawn_matrix("a:1 - ............\n");

	assert_string_equal(m.nodes[1].name, "n2");
	assert_string_equal(m.nodes[9].name, "n10");
	matrix_done(&m);
}

TEST(test_matrix_of_several_addresses_the_worst_counts)
{
	struct drawn d = drawn_new("a:1 - x\na:2 - .\n");
	struct matrix_told told = drawn_told(&d);
	struct matrix m;

	(void)json_array_append_new(d.states,
				    drawn_sample(json_pack("{s:s,s:s,s:s}", "node", "n1",
							   "endpoint", "a:1", "state", "open"),
						 "1"));
	m = made(&told);
	assert_int_equal(matrix_at(&m, 0, 0), MATRIX_FILTERED);
	matrix_done(&m);
	drawn_free(&d);
}

TEST(test_matrix_exported_endpoint_is_ours)
{
	json_t *states = json_pack(
		"[o]",
		drawn_sample(json_pack("{s:s,s:s,s:s,s:s}", "instance", "10.0.0.1:9902", "endpoint",
				       "metrics", "exported_endpoint", "a:1", "state", "open"),
			     "1"));
	struct matrix_told told = { .states = states };
	struct matrix m = made(&told);

	assert_int_equal(m.row_count, 1);
	assert_string_equal(m.rows[0].endpoint, "a:1");
	assert_string_equal(m.nodes[0].name, "10.0.0.1:9902");
	matrix_done(&m);
	json_decref(states);
}

TEST(test_matrix_match_and_provider_choose_rows)
{
	struct drawn d = drawn_new("a:902 dc1 .\nb:902 dc2 x\nb:443 dc2 .\n");
	struct matrix_told told = drawn_told(&d);
	struct matrix m;

	told.provider = "dc1";
	m = made(&told);
	assert_int_equal(m.row_count, 1);
	assert_int_equal(matrix_status(&m), STATUS_CLEAR); /* what is lost is not asked for */
	matrix_done(&m);
	told.provider = NULL;
	told.match = ":902";
	m = made(&told);
	assert_int_equal(m.row_count, 2);
	assert_int_equal(matrix_status(&m), STATUS_NOT_CLEAR);
	matrix_done(&m);
	told.match = "nothing";
	m = made(&told);
	assert_int_equal(m.row_count, 0);
	assert_int_equal(m.nodes[0].word, MATRIX_IDLE);
	assert_int_equal(matrix_status(&m), STATUS_LOCAL);
	matrix_done(&m);
	drawn_free(&d);
}

static void assert_status(const char *text, int status)
{
	struct matrix m = drawn_matrix(text);

	assert_int_equal(matrix_status(&m), status);
	matrix_done(&m);
}

TEST(test_matrix_status_is_clear_lost_or_unknown)
{
	assert_status("a:1 - ..\n", STATUS_CLEAR);
	assert_status("a:1 - .-\na:2 - .-\n", STATUS_LOCAL); /* n2 has some, and tells of none */
	assert_status("a:1 - .-\na:2 - ..\n", STATUS_CLEAR);
	assert_status("a:1 - .x\na:2 - ?.\n", STATUS_NOT_CLEAR);
	assert_status("a:1 - .?\n", STATUS_LOCAL);
	assert_status("a:1 - .o\n", STATUS_LOCAL);
	assert_status("", STATUS_LOCAL);
}

static void set_value(json_t *sample, const char *value)
{
	(void)json_array_set_new(json_object_get(sample, "value"), 1, json_string(value));
}

TEST(test_matrix_nodes_that_say_less_are_told_apart)
{
	struct drawn d = drawn_new("a:1 - ..----\n");
	struct matrix_told told = drawn_told(&d);
	struct matrix m;

	set_value(json_array_get(d.seen, 1), "1795615000"); /* n2: 200 s ago */
	set_value(json_array_get(d.counts, 2), "41");       /* n3: counts alone */
	set_value(json_array_get(d.counts, 3), "0");        /* n4: watches nothing */
	(void)json_array_remove(d.counts, 4);               /* n5: not heard */
	set_value(json_array_get(d.counts, 4), "NaN");      /* n6: no number */
	m = made(&told);
	assert_int_equal(m.nodes[0].word, MATRIX_HEARD);
	assert_int_equal(m.nodes[1].word, MATRIX_STALE);
	assert_int_equal(m.nodes[2].word, MATRIX_SUMMARY);
	assert_true(m.nodes[2].total > 40 && m.nodes[2].total < 42);
	assert_int_equal(m.nodes[3].word, MATRIX_IDLE);
	assert_int_equal(m.nodes[4].word, MATRIX_SILENT);
	assert_int_equal(m.nodes[5].word, MATRIX_SILENT);
	assert_int_equal(matrix_heard_count(&m), 2);
	assert_int_equal(matrix_status(&m), STATUS_LOCAL);
	matrix_done(&m);
	drawn_free(&d);
}

TEST(test_matrix_states_of_a_newer_daemon_are_not_known)
{
	json_t *states =
		json_pack("[o]", drawn_sample(json_pack("{s:s,s:s,s:s}", "node", "n1", "endpoint",
							"a:1", "state", "sideways"),
					      "1"));
	struct matrix_told told = { .states = states };
	struct matrix m = made(&told);

	assert_int_equal(matrix_at(&m, 0, 0), MATRIX_UNKNOWN);
	matrix_done(&m);
	json_decref(states);
}

TEST(test_matrix_names_are_made_fit_to_be_shown)
{
	json_t *states =
		json_pack("[o]", drawn_sample(json_pack("{s:s,s:s,s:s}", "node", "n\033[31m",
							"endpoint", "a\n1", "state", "open"),
					      "1"));
	struct matrix_told told = { .states = states };
	struct matrix m = made(&told);

	assert_string_equal(m.nodes[0].name, "n?[31m");
	assert_string_equal(m.rows[0].endpoint, "a?1");
	matrix_done(&m);
	json_decref(states);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_matrix_nodes_are_columns_and_endpoints_rows),
	cmocka_unit_test(test_matrix_open_port_may_fail_to_serve),
	cmocka_unit_test(test_matrix_nodes_are_in_natural_order),
	cmocka_unit_test(test_matrix_of_several_addresses_the_worst_counts),
	cmocka_unit_test(test_matrix_exported_endpoint_is_ours),
	cmocka_unit_test(test_matrix_match_and_provider_choose_rows),
	cmocka_unit_test(test_matrix_status_is_clear_lost_or_unknown),
	cmocka_unit_test(test_matrix_nodes_that_say_less_are_told_apart),
	cmocka_unit_test(test_matrix_states_of_a_newer_daemon_are_not_known),
	cmocka_unit_test(test_matrix_names_are_made_fit_to_be_shown),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
