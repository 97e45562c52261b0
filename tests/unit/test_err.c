/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

TEST(test_err_set_returns_false_with_code_and_text)
{
	struct err e;

	assert_false(err_set(&e, EINVAL, "%s: %d", "line", 7));
	assert_int_equal(e.code, EINVAL);
	assert_string_equal(e.text, "line: 7");
	assert_false(err_set(&e, 0, "%s", ""));
	assert_int_equal(e.code, 0);
	assert_string_equal(e.text, "");
}

TEST(test_err_add_puts_the_context_in_front)
{
	struct err e;

	(void)err_set(&e, ENOENT, "no such file");
	assert_false(err_add(&e, "hosts.%s", "txt"));
	assert_false(err_add(&e, "probe"));
	assert_string_equal(e.text, "probe: hosts.txt: no such file");
	assert_int_equal(e.code, ENOENT);
}

TEST(test_err_add_its_own_text_as_argument_is_safe)
{
	struct err e;

	(void)err_set(&e, 0, "%d%% of it", 100);
	assert_false(err_add(&e, "%s", "a%sb"));
	assert_string_equal(e.text, "a%sb: 100% of it");
}

TEST(test_err_text_too_long_is_cut_at_its_end)
{
	char longer[400];
	struct err e;

	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_false(err_set(&e, 0, "%s", longer));
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_false(err_add(&e, "front"));
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_memory_equal(e.text, "front: xxx", 10);
	assert_false(err_add(&e, "%s", longer));
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_memory_equal(e.text, "xxxxx", 5);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_err_set_returns_false_with_code_and_text),
	cmocka_unit_test(test_err_add_puts_the_context_in_front),
	cmocka_unit_test(test_err_add_its_own_text_as_argument_is_safe),
	cmocka_unit_test(test_err_text_too_long_is_cut_at_its_end),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
