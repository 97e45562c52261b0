/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/matrixshow.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "tests/unit/drawn.h"
#include "tests/unit/unit.h"

typedef void put_fn(const struct matrixshow *how, struct buf *out);

/* Owned. */
static char *shown(const struct matrix *m, const struct matrixshow *with, bool problems,
		   put_fn *put)
{
	struct matrixshow how = *with;
	struct matrixlines lines;
	struct locales locales;
	struct buf out;

	localise(m, &locales);
	matrixlines_make(m, how.by_provider, problems, &lines);
	how.matrix = m;
	how.locales = &locales;
	how.lines = &lines;
	buf_init(&out, 1 << 20);
	put(&how, &out);
	matrixlines_done(&lines);
	locales_done(&locales);
	return out.data != NULL ? out.data : xstrdup("");
}

static void assert_shown(const char *drawing, const struct matrixshow *how, bool problems,
			 put_fn *put, const char *want)
{
	struct matrix m = drawn_matrix(drawing);
	AUTO(text) char *got = shown(&m, how, problems, put);

	assert_string_equal(got, want);
	matrix_done(&m);
}

static const char small[] = "esx1:443 dc1 ...\nesx1:902 dc1 .x.\nesx2:902 dc1 .xo\n";

TEST(test_matrixshow_a_column_for_each_node_where_there_is_room)
{
	assert_shown(small, &(struct matrixshow){ .term = { .utf8 = true, .width = 55 } }, false,
		     matrixshow_table,
		     "  ENDPOINT  n1  n2        n3\n"
		     "✓ esx1:443  ✓   ✓         ✓\n"
		     "✗ esx1:902  ✓   filtered  ✓\n"
		     "✗ esx2:902  ✓   filtered  unobserved\n"
		     "\n"
		     "✗ node n2 lost 2 of 3: port 902 everywhere (filtered)\n"
		     "3 nodes, 3 endpoints: 1 open from every node, 2 not\n");
}

TEST(test_matrixshow_what_is_open_and_fails_is_told_apart_from_what_is_lost)
{
	static const char drawing[] = "a:443 dc1 .ff\nb:443 dc1 x..\n";

	assert_shown(drawing, &(struct matrixshow){ .term = { .utf8 = true, .width = 55 } }, false,
		     matrixshow_table,
		     "  ENDPOINT  n1        n2       n3\n"
		     "✗ a:443     ✓         failing  failing\n"
		     "✗ b:443     filtered  ✓        ✓\n"
		     "\n"
		     "✗ node n1 lost b:443 (filtered)\n"
		     "✗ a:443 is open, and what serves there is not as it\n"
		     "  should be (seen from n2, n3)\n"
		     "3 nodes, 2 endpoints: 0 open from every node, 1 not, 1\n"
		     "failing\n");
	assert_shown(drawing, &(struct matrixshow){ .wide = false }, false, matrixshow_csv,
		     "endpoint,provider,host,port,role,severity,n1,n2,n3\r\n"
		     "a:443,dc1,a,443,esxi,blocker,open,failing,failing\r\n"
		     "b:443,dc1,b,443,esxi,blocker,filtered,open,open\r\n");
}

TEST(test_matrixshow_sums_the_nodes_up_where_there_is_none)
{
	assert_shown("esx1:443 dc1 ....................\nesx1:902 dc2 ..x..............c.c\n",
		     &(struct matrixshow){ .term = { .utf8 = true, .width = 90 } }, false,
		     matrixshow_table,
		     "  ENDPOINT  PROVIDER  NODES  WHAT\n"
		     "✓ esx1:443  dc1       20/20  open\n"
		     "✗ esx1:902  dc2       17/20  filtered from n3; closed from n18, n20\n"
		     "\n"
		     "✗ 3 of 20 nodes (n3, n18, n20) lost esx1:902\n"
		     "20 nodes, 2 endpoints: 1 open from every node, 1 not\n");
}

TEST(test_matrixshow_problems_are_the_lines_that_are_not_all_open)
{
	assert_shown(small, &(struct matrixshow){ .term = { .utf8 = true, .width = 80 } }, true,
		     matrixshow_table,
		     "  ENDPOINT  n1  n2        n3\n"
		     "✗ esx1:902  ✓   filtered  ✓\n"
		     "✗ esx2:902  ✓   filtered  unobserved\n"
		     "\n"
		     "✗ node n2 lost 2 of 3: port 902 everywhere (filtered)\n"
		     "3 nodes, 3 endpoints: 1 open from every node, 2 not\n");
	assert_shown("a:1 - .\n", &(struct matrixshow){ .term = { .utf8 = true, .width = 80 } },
		     true, matrixshow_table, "1 node, 1 endpoint: 1 open from every node\n");
}

TEST(test_matrixshow_by_provider_counts)
{
	assert_shown("a:1 dc1 .x\nb:1 dc1 .x\nc:1 - ..\n",
		     &(struct matrixshow){ .by_provider = true, .term = { .width = 80 } }, false,
		     matrixshow_table,
		     "     ENDPOINT       n1   n2\n"
		     "FAIL dc1            2/2  0/2\n"
		     "ok   (no provider)  ok   ok\n"
		     "\n"
		     "FAIL node n2 lost 2 of 3: everything of provider dc1 (filtered)\n"
		     "2 nodes, 3 endpoints: 1 open from every node, 2 not\n");
	assert_shown("a:1 dc1 .x\nb:1 dc1 .x\nc:1 - .-\n",
		     &(struct matrixshow){ .by_provider = true }, false, matrixshow_csv,
		     "provider,n1,n2\r\ndc1,2/2,0/2\r\n(no provider),open,\r\n");
}

TEST(test_matrixshow_csv_has_a_column_for_each_node)
{
	assert_shown(small, &(struct matrixshow){ .wide = false }, false, matrixshow_csv,
		     "endpoint,provider,host,port,role,severity,n1,n2,n3\r\n"
		     "esx1:443,dc1,esx1,443,esxi,blocker,open,open,open\r\n"
		     "esx1:902,dc1,esx1,902,esxi,blocker,open,filtered,open\r\n"
		     "esx2:902,dc1,esx2,902,esxi,blocker,open,filtered,unobserved\r\n");
}

TEST(test_matrixshow_json_says_it_all)
{
	struct matrix m = drawn_matrix("a:1 dc1 .x\n");
	AUTO(text)
	char *text = shown(&m, &(struct matrixshow){ .wide = true }, false, matrixshow_json);
	json_t *got = json_loads(text, 0, NULL);
	json_t *want = json_pack(
		"{s:s,s:[{s:s,s:s,s:s,s:i,s:i,s:i,s:i},{s:s,s:s,s:s,s:i,s:i,s:i,s:i}],"
		"s:[{s:s,s:s,s:s,s:s,s:i,s:s,s:i,s:i,s:i,s:i,s:{s:s,s:s}}],"
		"s:[{s:s,s:[s],s:[s],s:b,s:b,s:s}]}",
		"time", "2026-11-25T14:00:00Z", "nodes", "node", "n1", "word", "heard", "seen",
		"2026-11-25T13:59:50Z", "open", 1, "failing", 0, "lost", 0, "unknown", 0, "node",
		"n2", "word", "heard", "seen", "2026-11-25T13:59:50Z", "open", 0, "failing", 0,
		"lost", 1, "unknown", 0, "endpoints", "endpoint", "a:1", "provider", "dc1", "role",
		"esxi", "host", "a", "port", 1, "severity", "blocker", "open", 1, "failing", 0,
		"lost", 1, "unknown", 0, "states", "n1", "open", "n2", "filtered", "losses",
		"sentence", "node n2 lost a:1 (filtered)", "nodes", "n2", "endpoints", "a:1",
		"everything", 0, "everybody", 0, "state", "filtered");

	assert_non_null(want);
	if (!json_equal(got, want))
		fail_msg("%s", text);
	json_decref(got);
	json_decref(want);
	matrix_done(&m);
}

TEST(test_matrixshow_nodes_that_are_not_heard_are_told)
{
	struct drawn d = drawn_new("a:1 - .---\n");
	struct matrix_told told = drawn_told(&d);
	struct matrixshow how = { .term = { .utf8 = true, .width = 200 } };
	struct matrix m;
	struct err err;

	(void)json_array_set_new(json_object_get(json_array_get(d.counts, 1), "value"), 1,
				 json_string("41"));
	(void)json_array_set_new(json_object_get(json_array_get(d.counts, 2), "value"), 1,
				 json_string("0"));
	(void)json_array_remove(d.counts, 3);
	assert_true(matrix_make(&told, &m, &err));
	AUTO(text) char *got = shown(&m, &how, true, matrixshow_table);
	assert_string_equal(
		got,
		"? n2 tells counts alone, 0 of 41 not open: its daemon needs metrics.detail: "
		"endpoint\n"
		"? n3 watches nothing\n"
		"? no word of n4 for 10 s: its daemon is down, or Prometheus does not reach it\n"
		"1 node, 1 endpoint: 1 open from every node\n");
	matrix_done(&m);
	drawn_free(&d);
}

TEST(test_matrixshow_common_ends_of_names_are_left_out)
{
	struct matrix_node nodes[] = {
		{ .name = (char[]){ "w1.ocp.example.com" } },
		{ .name = (char[]){ "w12.ocp.example.com" } },
		{ .name = (char[]){ "gone" }, .word = MATRIX_SILENT },
	};
	struct matrix m = { .nodes = nodes, .node_count = 3 };

	assert_int_equal(matrix_suffix(&m), strlen(".ocp.example.com"));
	nodes[1].name = (char[]){ "w2.other.example.com" };
	assert_int_equal(matrix_suffix(&m), strlen(".example.com"));
	nodes[0].name = (char[]){ "10.1.6.2:9902" };
	nodes[1].name = (char[]){ "10.1.7.2:9902" };
	assert_int_equal(matrix_suffix(&m), strlen(":9902"));
	nodes[0].name = (char[]){ "10.1.6.2" };
	nodes[1].name = (char[]){ "10.1.7.2" };
	assert_int_equal(matrix_suffix(&m), 0);
	nodes[0].name = (char[]){ "a.b" };
	nodes[1].name = (char[]){ "a.b" };
	assert_int_equal(matrix_suffix(&m), strlen(".b"));
	m.node_count = 1;
	assert_int_equal(matrix_suffix(&m), 0);
}

/* Whatever the width: no line ends with a blank, and none of the node table is wider. */
TEST(test_matrixshow_fits_the_width)
{
	struct matrix m = drawn_matrix("esx1:443 dc1 ....................\n"
				       "esx1:902 dc2 ..x?.....o........c-\n");

	for (size_t width = 40; width < 160; width++) {
		struct matrixshow how = { .term = { .utf8 = true, .width = width } };
		AUTO(text) char *got = shown(&m, &how, false, matrixshow_table);
		char *rest = got;

		assert_null(strstr(got, " \n"));
		for (char *line; (line = strsep(&rest, "\n")) != NULL;)
			if (term_columns(line) > width)
				fail_msg("%zu columns of %zu: %s", term_columns(line), width, line);
	}
	matrix_done(&m);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_matrixshow_a_column_for_each_node_where_there_is_room),
	cmocka_unit_test(test_matrixshow_what_is_open_and_fails_is_told_apart_from_what_is_lost),
	cmocka_unit_test(test_matrixshow_sums_the_nodes_up_where_there_is_none),
	cmocka_unit_test(test_matrixshow_problems_are_the_lines_that_are_not_all_open),
	cmocka_unit_test(test_matrixshow_by_provider_counts),
	cmocka_unit_test(test_matrixshow_csv_has_a_column_for_each_node),
	cmocka_unit_test(test_matrixshow_json_says_it_all),
	cmocka_unit_test(test_matrixshow_nodes_that_are_not_heard_are_told),
	cmocka_unit_test(test_matrixshow_common_ends_of_names_are_left_out),
	cmocka_unit_test(test_matrixshow_fits_the_width),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
