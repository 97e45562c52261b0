/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <stdlib.h>

#include "base/must.h"
#include "tests/unit/unit.h"
#include "tests/unit/words.h"

TEST(test_options_of_matrix_are_taken)
{
	struct words l = words_taken(
		VERB_MATRIX,
		"--prometheus|http://p:9090|--token-file|t|--ca|c|--label|a=b=c|--label|d=|"
		"--node-label|host|--match|:902|--provider|dc1|--by|provider|--problems|-owide|"
		"--timeout|5s");
	const struct options_matrix *m = &l.options.matrix;

	assert_string_equal(m->url, "http://p:9090");
	assert_string_equal(m->token_file, "t");
	assert_string_equal(l.options.ca_file, "c");
	assert_int_equal(m->label_count, 2);
	assert_string_equal(m->labels[0], "a=b=c");
	assert_string_equal(m->labels[1], "d=");
	assert_string_equal(m->node_label, "host");
	assert_string_equal(m->match, ":902");
	assert_string_equal(m->provider, "dc1");
	assert_true(m->by_provider && l.options.problems);
	assert_int_equal(l.options.output, OUTPUT_WIDE);
	assert_int_equal(span_ms(l.options.timeout), 5000);
	words_done(&l);
	l = words_taken(VERB_MATRIX, "--prometheus|http://p:9090");
	assert_int_equal(span_ms(l.options.timeout), 30000);
	assert_null(l.options.matrix.node_label);
	assert_false(l.options.matrix.by_provider);
	words_done(&l);
}

TEST(test_options_prometheus_comes_from_the_environment)
{
	struct words l;

	MUST(setenv("BANKSMAN_PROMETHEUS", "http://e", 1) == 0); /* NOLINT(concurrency-mt-unsafe) */
	l = words_taken(VERB_MATRIX, "");
	assert_string_equal(l.options.matrix.url, "http://e");
	words_done(&l);
	l = words_taken(VERB_MATRIX, "--prometheus|http://p");
	assert_string_equal(l.options.matrix.url, "http://p");
	words_done(&l);
	MUST(unsetenv("BANKSMAN_PROMETHEUS") == 0); /* NOLINT(concurrency-mt-unsafe) */
}

TEST(test_options_of_matrix_that_are_none_are_refused)
{
	words_refused(VERB_MATRIX, "",
		      "which Prometheus? --prometheus URL, or BANKSMAN_PROMETHEUS");
	words_refused(VERB_MATRIX, "--prometheus|http://p|esx04",
		      "matrix takes no argument; --match PATTERN chooses endpoints");
	words_refused(VERB_MATRIX, "--prometheus|", "--prometheus: is followed by no URL");
	words_refused(VERB_MATRIX, "--label|prod",
		      "--label: 'prod' is not a label such as cluster=prod");
	words_refused(VERB_MATRIX, "--label|a-b=c",
		      "--label: 'a-b=c' is not a label such as cluster=prod");
	words_refused(VERB_MATRIX,
		      "--label|a=|--label|a=|--label|a=|--label|a=|--label|a=|--label|a="
		      "|--label|a=|--label|a=|--label|a=",
		      "--label: more than 8 labels");
	words_refused(VERB_MATRIX, "--node-label|a=b",
		      "--node-label: 'a=b' is not the name of a label such as node");
	words_refused(VERB_MATRIX, "--by|node", "--by: 'node' is neither endpoint nor provider");
	words_refused(VERB_MATRIX, "--prometheus|http://p|--by|provider|-ojson",
		      "-o json has endpoints; --by has no place there");
	words_refused(VERB_MATRIX, "-oyaml", "--output: 'yaml' is none of table|wide|json|csv");
	words_refused(VERB_MATRIX, "--insecure", "unknown option '--insecure'");
}

TEST(test_options_of_a_request_sheet_are_taken)
{
	struct words l = words_taken(
		VERB_PORTS, "--matrix|n.txt|--no-resolve|--role|esxi|a|@b|-ocsv|--timeout|1s");

	assert_string_equal(l.options.nodes_file, "n.txt");
	assert_true(l.options.no_resolve);
	assert_int_equal(l.options.word_count, 2);
	assert_int_equal(l.options.output, OUTPUT_CSV);
	words_done(&l);
	l = words_taken(VERB_PORTS, "--matrix|-|a");
	assert_string_equal(l.options.nodes_file, "-");
	assert_int_equal(span_ms(l.options.timeout), 3000);
	words_done(&l);
}

TEST(test_options_of_a_request_sheet_that_are_none_are_refused)
{
	words_refused(VERB_PORTS, "--matrix|n.txt",
		      "to which targets? Such as esxi=esx01.example.com, or @FILE");
	words_refused(VERB_PORTS, "--matrix||a", "--matrix: is followed by no file name");
	words_refused(VERB_PORTS, "--matrix|-|@-", "standard input (-) can be read only once");
	words_refused(VERB_PORTS, "--no-resolve",
		      "--no-resolve, --resolver, --family and --timeout need --matrix");
	words_refused(VERB_PORTS, "esx01",
		      "ports takes targets with --matrix NODES alone; --role chooses the rows");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_options_of_matrix_are_taken),
	cmocka_unit_test(test_options_prometheus_comes_from_the_environment),
	cmocka_unit_test(test_options_of_matrix_that_are_none_are_refused),
	cmocka_unit_test(test_options_of_a_request_sheet_are_taken),
	cmocka_unit_test(test_options_of_a_request_sheet_that_are_none_are_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
