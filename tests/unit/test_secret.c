/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/unit/unit.h"

/* What comes of a file with this content; NULL: it is refused. */
static char *read_back(const char *text, bool token)
{
	char path[] = "/tmp/banksman-secret-XXXXXX";
	int fd = mkstemp(path);
	struct secret s;
	struct err err;
	char *content = NULL;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	(void)close(fd);
	if (token ? secret_read_token(path, &s, &err) : secret_read(path, &s, &err)) {
		assert_int_equal(strlen(s.data), s.len);
		content = xstrdup(s.data);
		secret_clear(&s);
		assert_null(s.data);
	} else {
		assert_non_null(strstr(err.text, path));
	}
	(void)unlink(path);
	return content;
}

static void expect(const char *text, bool token, const char *content)
{
	AUTO(text) char *got = read_back(text, token);

	if (content == NULL)
		assert_null(got);
	else
		assert_string_equal(got, content);
}

TEST(test_secret_end_of_the_line_is_not_part_of_it)
{
	expect("key", false, "key");
	expect("key\n", false, "key");
	expect("a key with blanks\r\n", false, "a key with blanks");
	expect("key\n\n", false, "key\n");
}

TEST(test_secret_empty_one_is_none)
{
	expect("", false, NULL);
	expect("\n", false, NULL);
}

TEST(test_secret_token_fits_a_header)
{
	expect("eyJ.abc-_~+/=\n", true, "eyJ.abc-_~+/=");
	expect("a b\n", true, NULL);
	expect("a\nX-Header: b\n", true, NULL);
	expect("\xc3\xa4\n", true, NULL);
}

TEST(test_secret_large_one_is_refused)
{
	AUTO(text) char *large = xcalloc(1, SECRET_BYTES + 2);

	memset(large, 'x', SECRET_BYTES);
	expect(large, false, large);
	large[SECRET_BYTES] = 'x';
	expect(large, false, NULL);
}

TEST(test_secret_is_in_a_regular_file)
{
	static const struct {
		const char *path;
		const char *why;
	} rows[] = {
		{ "/nowhere", "/nowhere: No such file" },
		{ "/dev/zero", "/dev/zero: it is not a regular file" },
		{ "/tmp", "/tmp: it is not a regular file" },
	};
	struct secret s;
	struct err err;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_false(secret_read(rows[i].path, &s, &err));
		assert_non_null(strstr(err.text, rows[i].why));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_secret_end_of_the_line_is_not_part_of_it),
	cmocka_unit_test(test_secret_empty_one_is_none),
	cmocka_unit_test(test_secret_token_fits_a_header),
	cmocka_unit_test(test_secret_large_one_is_refused),
	cmocka_unit_test(test_secret_is_in_a_regular_file),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
