/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/overrun.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inventory/guard.h"
#include "tests/unit/unit.h"

enum { SAID_SIZE = 500 };

/* Minutes within one function. */
static const char slow[] =
	"SELECT instr(printf('%.*c', 30000000, 'a'), printf('%.*c', 15000000, 'a') || 'b')";

/* A child that works for ever, watched as `what`: how it ends, and what it says. */
static int end_of(const char *what, char said[SAID_SIZE])
{
	size_t len = 0;
	ssize_t n;
	int pipes[2];
	int status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct err e;

		(void)dup2(pipes[1], STDERR_FILENO);
		overrun_watch((struct span){ 0 }, what);
		(void)guard_run(guard_open(":memory:", false, &e), slow, &e);
		_exit(99);
	}
	(void)close(pipes[1]);
	while ((n = read(pipes[0], said + len, SAID_SIZE - 1 - len)) > 0)
		len += (size_t)n;
	said[len] = '\0';
	(void)close(pipes[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	return status;
}

TEST(test_overrun_ends_what_looks_at_no_clock_and_says_why)
{
	char said[SAID_SIZE];
	int status = end_of("rule my.rule: my\033.sql:7", said);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), OVERRUN_STATUS);
	assert_string_equal(said, "banksman: rule my.rule: my?.sql:7: runs too long, and cannot "
				  "be interrupted\n");
}

TEST(test_overrun_name_of_any_length_is_cut)
{
	char name[2 * SAID_SIZE];
	char said[SAID_SIZE];

	memset(name, 'x', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	assert_int_equal(WEXITSTATUS(end_of(name, said)), OVERRUN_STATUS);
	assert_non_null(strstr(said, "xxx: runs too long, and cannot be interrupted\n"));
}

TEST(test_overrun_done_is_no_end)
{
	overrun_watch((struct span){ 0 }, "x");
	overrun_done();
	assert_int_equal(alarm(0), 0);
	overrun_done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_overrun_ends_what_looks_at_no_clock_and_says_why),
		cmocka_unit_test(test_overrun_name_of_any_length_is_cut),
		cmocka_unit_test(test_overrun_done_is_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
