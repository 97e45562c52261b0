/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/spool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "tests/unit/unit.h"

TEST(test_spool_gives_back_what_was_put)
{
	char bytes[16];
	struct spool s;
	struct err e = { 0 };
	struct stat st;

	spool_init(&s, 16);
	assert_true(spool_put(&s, "abc", 3, &e));
	assert_true(spool_put(&s, "", 0, &e));
	assert_true(spool_put(&s, "def", 3, &e));
	assert_true(spool_rewind(&s, &e));
	assert_int_equal(read(s.fd, bytes, sizeof bytes), 6);
	assert_memory_equal(bytes, "abcdef", 6);
	assert_int_equal(s.bytes, 6);
	/* nobody else can open it, and nothing is left behind */
	assert_int_equal(fstat(s.fd, &st), 0);
	assert_int_equal(st.st_nlink, 0);
	spool_done(&s);
	assert_int_equal(s.fd, -1);
}

TEST(test_spool_empty_file_can_be_read)
{
	char byte;
	struct spool s;
	struct err e = { 0 };

	spool_init(&s, 1);
	assert_true(spool_rewind(&s, &e));
	assert_int_equal(read(s.fd, &byte, 1), 0);
	spool_done(&s);
}

TEST(test_spool_has_a_cap)
{
	static const char bytes[1024] = { 0 };
	struct spool s;
	struct err e = { 0 };

	spool_init(&s, 2 << 20);
	for (size_t i = 0; i < 2048; i++)
		assert_true(spool_put(&s, bytes, sizeof bytes, &e));
	assert_false(spool_put(&s, bytes, 1, &e));
	assert_string_equal(e.text, "larger than 2 MiB");
	spool_done(&s);
}

TEST(test_spool_folder_that_is_not_there_is_told)
{
	struct spool s;
	struct err e = { 0 };

	spool_init(&s, 16);
	assert_int_equal(setenv("TMPDIR", "/nonexistent", 1), 0);
	assert_false(spool_put(&s, "abc", 3, &e));
	assert_string_equal(e.text, "cannot make a temporary file in /nonexistent: "
				    "No such file or directory");
	assert_int_equal(unsetenv("TMPDIR"), 0);
	spool_done(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_spool_gives_back_what_was_put),
	cmocka_unit_test(test_spool_empty_file_can_be_read),
	cmocka_unit_test(test_spool_has_a_cap),
	cmocka_unit_test(test_spool_folder_that_is_not_there_is_told),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
