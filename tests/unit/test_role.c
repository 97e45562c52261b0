/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/role.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/parse.h"
#include "tests/unit/unit.h"

TEST(test_role_names_are_there_and_found_again)
{
	for (enum role r = ROLE_NONE + 1; r < ROLE_N; r++) {
		assert_non_null(role_name(r));
		assert_int_equal(role_find(role_name(r)), r);
	}
}

TEST(test_role_none_and_unknown_are_not_found)
{
	assert_string_equal(role_name(ROLE_NONE), "none");
	assert_int_equal(role_find("none"), ROLE_N);
	assert_int_equal(role_find(""), ROLE_N);
	assert_int_equal(role_find("VCENTER"), ROLE_N);
	assert_int_equal(role_find("vcenter "), ROLE_N);
}

TEST(test_role_dialect_names_are_there_and_differ)
{
	for (enum dialect d = DIALECT_TCP; d < DIALECT_N; d++) {
		assert_non_null(dialect_name(d));
		for (enum dialect e = DIALECT_TCP; e < d; e++)
			assert_string_not_equal(dialect_name(d), dialect_name(e));
	}
}

TEST(test_role_every_port_rule_is_whole)
{
	size_t n;
	const struct port_rule *rules = port_rules(&n);

	assert_true(n > 0);
	for (size_t i = 0; i < n; i++) {
		const struct port_rule *p = &rules[i];

		assert_true(p->role > ROLE_NONE && p->role < ROLE_N);
		assert_true(p->port > 0);
		assert_string_equal(p->protocol, "TCP");
		assert_true(p->dialect < DIALECT_N);
		assert_true(strcmp(p->severity, "blocker") == 0 ||
			    strcmp(p->severity, "warning") == 0);
		assert_true(p->since[0] != '\0');
		assert_true(p->until[0] == '\0' || !parse_version_older(p->until, p->since));
		assert_true(p->source[0] != '\0' && p->destination[0] != '\0');
		assert_true(p->purpose[0] != '\0' && p->document[0] != '\0');
		assert_ptr_equal(port_rule_find(p->role, p->port), p);
	}
}

TEST(test_role_every_role_of_the_table_has_a_rule)
{
	size_t n;
	const struct port_rule *rules = port_rules(&n);

	for (enum role r = ROLE_NONE + 1; r < ROLE_N; r++) {
		size_t count = 0;

		for (size_t i = 0; i < n; i++)
			count += rules[i].role == r;
		if (count == 0)
			fail_msg("%s has no rule", role_name(r));
	}
}

TEST(test_role_rule_that_nobody_asks_for_is_not_found)
{
	assert_null(port_rule_find(ROLE_NONE, 443));
	assert_null(port_rule_find(ROLE_VCENTER, 902));
	assert_null(port_rule_find(ROLE_ESXI, 0));
}

/* Field i of a tab-separated row, in place; "-" means none in all but the port. */
static const char *field(char **rest)
{
	char *text = strsep(rest, "\t\n");

	assert_non_null(text);
	return strcmp(text, "-") == 0 ? "" : text;
}

static void assert_row(const struct port_rule *p, char *line)
{
	uint16_t port;

	assert_string_equal(role_name(p->role), field(&line));
	assert_true(parse_port(field(&line), &port));
	assert_int_equal(p->port, port);
	assert_string_equal(p->protocol, field(&line));
	assert_string_equal(dialect_name(p->dialect), field(&line));
	assert_string_equal(p->severity, field(&line));
	assert_string_equal(p->since, field(&line));
	assert_string_equal(p->until, field(&line));
	assert_string_equal(p->source, field(&line));
	assert_string_equal(p->destination, field(&line));
	assert_string_equal(p->purpose, field(&line));
	assert_string_equal(p->min_version, field(&line));
	assert_string_equal(p->document, field(&line));
	assert_true(line == NULL || *line == '\0');
}

/* Programs run in the project's folder. */
TEST(test_role_rules_are_the_rows_of_the_schema)
{
	FILE *f = fopen("schema/ports.tsv", "re");
	size_t n;
	const struct port_rule *rules = port_rules(&n);
	size_t row = 0;
	char *line = NULL;
	size_t size = 0;

	assert_non_null(f);
	while (getline(&line, &size, f) > 0) {
		if (line[0] == '#' || line[0] == '\n')
			continue;
		assert_true(row < n);
		assert_row(&rules[row++], line);
	}
	assert_int_equal(row, n);
	free(line);
	(void)fclose(f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_role_names_are_there_and_found_again),
	cmocka_unit_test(test_role_none_and_unknown_are_not_found),
	cmocka_unit_test(test_role_dialect_names_are_there_and_differ),
	cmocka_unit_test(test_role_every_port_rule_is_whole),
	cmocka_unit_test(test_role_every_role_of_the_table_has_a_rule),
	cmocka_unit_test(test_role_rule_that_nobody_asks_for_is_not_found),
	cmocka_unit_test(test_role_rules_are_the_rows_of_the_schema),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
