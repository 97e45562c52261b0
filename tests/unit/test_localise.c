/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/localise.h"

#include "tests/unit/drawn.h"
#include "tests/unit/unit.h"

/* The sentences of a drawing, a line each. */
static void assert_localised(const char *drawing, const char *want)
{
	struct matrix m = drawn_matrix(drawing);
	struct locales l;
	struct buf got;

	localise(&m, &l);
	buf_init(&got, 8192);
	for (size_t i = 0; i < l.count; i++) {
		localise_put(&m, &l.list[i], &got);
		buf_puts(&got, "\n");
	}
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
	locales_done(&l);
	matrix_done(&m);
}

TEST(test_localise_nothing_lost_is_nothing_said)
{
	assert_localised("a:1 - ..\nb:1 - .?\n", "");
	assert_localised("", "");
}

TEST(test_localise_a_node_that_lost_everything)
{
	assert_localised("a:1 - .x.\nb:1 - .x.\nc:1 - .c.\n", "node n2 lost 3 of 3\n");
	assert_localised("a:1 - .xx.\nb:1 - .xx.\n",
			 "2 of 4 nodes (n2, n3) lost 2 of 2 each (filtered)\n");
	assert_localised("a:1 - xx\nb:1 - xx\n", "all 2 nodes lost 2 of 2 each (filtered)\n");
	assert_localised("a:1 - .xx\nb:1 - .xx\nc:1 - .-x\n",
			 "2 of 3 nodes (n2, n3) lost all that they watch (filtered)\n");
}

TEST(test_localise_what_a_node_does_not_know_it_has_not_lost)
{
	assert_localised("a:1 - .x\nb:1 - .x\nc:1 - .x\nd:1 - .?\n",
			 "node n2 lost 3 of 4 (filtered)\n");
	assert_localised("a:1 - .x\nb:1 - .x\nc:1 - .?\nd:1 - .?\n",
			 "node n2 lost 2 of 4: a:1, b:1 (filtered)\n");
}

TEST(test_localise_an_endpoint_that_everybody_lost)
{
	assert_localised("a:1 - ...\nb:1 - ccc\n", "all 3 nodes lost b:1 (closed)\n");
	assert_localised("a:1 - ....\nb:1 - cx?-\n", "all 2 nodes that can tell lost b:1\n");
}

TEST(test_localise_some_nodes_lost_an_endpoint)
{
	assert_localised("a:1 - .....\nb:1 - .x.x.\n",
			 "2 of 5 nodes (n2, n4) lost b:1 (filtered)\n");
	assert_localised("a:1 - .....\nb:1 - xxx.x\n",
			 "4 of 5 nodes (all but n4) lost b:1 (filtered)\n");
	assert_localised("a:1 - ....................\nb:1 - xxxxxxxxx...........\n",
			 "9 of 20 nodes (n1, n2, n3, n4, n5, n6 and 3 more) lost b:1 (filtered)\n");
	assert_localised("a:1 - ..\nb:1 - x.\n", "node n1 lost b:1 (filtered)\n");
}

TEST(test_localise_one_endpoint_does_not_tell_a_node_from_itself)
{
	assert_localised("a:1 - ..x\n", "node n3 lost a:1 (filtered)\n");
	assert_localised("a:1 - xxx\n", "all 3 nodes lost a:1 (filtered)\n");
	assert_localised("a:1 - x\nb:1 - .\n", "node n1 lost a:1 (filtered)\n");
}

TEST(test_localise_nodes_and_endpoints_are_told_apart)
{
	assert_localised("a:1 - .x..\nb:1 - xxxx\nc:1 - .xx.\nd:1 - .x..\n",
			 "node n2 lost 4 of 4 (filtered)\n"
			 "all 4 nodes lost b:1 (filtered)\n"
			 "2 of 4 nodes (n2, n3) lost c:1 (filtered)\n");
}

TEST(test_localise_endpoints_of_one_fate_are_one_sentence)
{
	assert_localised("a:443 dc1 ...\na:902 dc1 .xx\nb:443 dc1 ...\nb:902 dc1 .xx\n",
			 "2 of 3 nodes (n2, n3) lost 2 of 4: port 902 everywhere (filtered)\n");
	assert_localised("a:443 dc1 .xx\na:902 dc1 .xx\nb:443 dc1 ...\nb:902 dc1 ...\n",
			 "2 of 3 nodes (n2, n3) lost 2 of 4: every port of a (filtered)\n");
	assert_localised("a:1 dc1 xxx\nb:2 dc1 xxx\nc:3 dc2 ...\n",
			 "all 3 nodes lost 2 of 3: everything of provider dc1 (filtered)\n");
	assert_localised("a:1 - .x\nb:2 - .x\nc:3 - .x\nd:4 - .x\ne:5 - .x\nf:6 - .x\ng:7 - ..\n",
			 "node n2 lost 6 of 7: a:1, b:2, c:3, d:4 and 2 more (filtered)\n");
}

TEST(test_localise_one_port_of_most_hosts_is_not_listed)
{
	assert_localised("a:1 - .x\na:902 - .x\nb:902 - .x\nc:902 - .x\nd:902 - .x\ne:902 - .x\n"
			 "f:902 - ..\n",
			 "node n2 lost 6 of 7: a:1, a:902, b:902, c:902 and 2 more (filtered)\n");
	assert_localised("a:1 - ..\na:902 - .x\nb:902 - .x\nc:902 - .x\nd:902 - .x\ne:902 - .x\n"
			 "f:902 - ..\n",
			 "node n2 lost 5 of 7: port 902 at 5 of 6 hosts (filtered)\n");
}

TEST(test_localise_what_explains_most_comes_first)
{
	assert_localised("a:1 - .xx\nb:1 - x..\nc:1 - x..\nd:1 - x..\ne:1 - ...\n",
			 "node n1 lost 3 of 5: b:1, c:1, d:1 (filtered)\n"
			 "2 of 3 nodes (n2, n3) lost a:1 (filtered)\n");
}

TEST(test_localise_different_fates_are_sentences_of_their_own)
{
	assert_localised("a:1 - ....\nb:1 - x...\nc:1 - .x..\nd:1 - x.x.\ne:1 - x...\n",
			 "2 of 4 nodes (n1, n3) lost d:1 (filtered)\n"
			 "node n1 lost 2 of 5: b:1, e:1 (filtered)\n"
			 "node n2 lost c:1 (filtered)\n");
}

/* Every cell that is lost is in a locale, and no cell that is open is in one of everybody or of some. */
TEST(test_localise_every_loss_is_in_a_locale)
{
	static const char drawing[] = "a:1 - .x.x?.\nb:1 - xx.x.-\nc:1 - .x.x..\nd:1 - .x-xo.\n"
				      "e:1 - .xxx..\nf:1 - xxxxxx\ng:1 - .xc...\n";
	struct matrix m = drawn_matrix(drawing);
	struct locales l;

	localise(&m, &l);
	for (size_t r = 0; r < m.row_count; r++)
		for (size_t n = 0; n < m.node_count; n++) {
			bool found = false;

			for (size_t i = 0; i < l.count; i++) {
				bool row = false;
				bool node = false;

				for (size_t k = 0; k < l.list[i].row_count; k++)
					row = row || l.list[i].rows[k] == r;
				for (size_t k = 0; k < l.list[i].node_count; k++)
					node = node || l.list[i].nodes[k] == n;
				found = found || (row && node);
			}
			if (matrix_lost(matrix_at(&m, r, n)))
				assert_true(found);
			else if (matrix_at(&m, r, n) == MATRIX_OPEN)
				assert_false(found);
		}
	locales_done(&l);
	matrix_done(&m);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_localise_nothing_lost_is_nothing_said),
	cmocka_unit_test(test_localise_a_node_that_lost_everything),
	cmocka_unit_test(test_localise_what_a_node_does_not_know_it_has_not_lost),
	cmocka_unit_test(test_localise_an_endpoint_that_everybody_lost),
	cmocka_unit_test(test_localise_some_nodes_lost_an_endpoint),
	cmocka_unit_test(test_localise_one_endpoint_does_not_tell_a_node_from_itself),
	cmocka_unit_test(test_localise_nodes_and_endpoints_are_told_apart),
	cmocka_unit_test(test_localise_endpoints_of_one_fate_are_one_sentence),
	cmocka_unit_test(test_localise_one_port_of_most_hosts_is_not_listed),
	cmocka_unit_test(test_localise_what_explains_most_comes_first),
	cmocka_unit_test(test_localise_different_fates_are_sentences_of_their_own),
	cmocka_unit_test(test_localise_every_loss_is_in_a_locale),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
