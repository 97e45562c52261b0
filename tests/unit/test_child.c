/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/child.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/unit/unit.h"

enum { LONG_MS = 20000, SHORT_MS = 200, HUGE_INPUT = 1 << 20 };

struct bench {
	struct event_base *base;
	struct child *child;
	bool starting;
	unsigned calls;
	struct child_end end;
	char said[CHILD_SAID_BYTES + 1];
	struct span took;
};

static void on_end(void *owner, const struct child_end *end)
{
	struct bench *b = owner;

	assert_false(b->starting);
	b->calls++;
	b->end = *end;
	assert_true(strlen(end->said) <= CHILD_SAID_BYTES);
	strcpy(b->said, end->said); /* allowed: measured */
	(void)event_base_loopbreak(b->base);
}

static struct child *start(struct bench *b, const char *script, const char *input, int64_t ms,
			   struct err *ret_err)
{
	char shell[] = "/bin/sh";
	char option[] = "-c";
	char path[] = "PATH=/usr/bin:/bin";
	char node[] = "BANKSMAN_NODE=n1";
	AUTO(text) char *copy = xstrdup(script);
	char *argv[] = { shell, option, copy, NULL };
	char *env[] = { path, node, NULL };

	return child_start(&(struct child_parts){ .base = b->base,
						  .argv = argv,
						  .env = env,
						  .input = input,
						  .timeout = span_of_ms(ms),
						  .done = on_end,
						  .owner = b },
			   ret_err);
}

/* Runs a script to its end. */
static void run_with(struct bench *b, const char *script, const char *input, int64_t ms)
{
	struct mono begun = mono_now();
	struct err err;

	*b = (struct bench){ .base = event_base_new(), .starting = true };
	(void)signal(SIGPIPE, SIG_IGN);
	b->child = start(b, script, input, ms, &err);
	b->starting = false;
	assert_non_null(b->child);
	(void)event_base_dispatch(b->base);
	assert_int_equal(b->calls, 1);
	b->took = mono_sub(mono_now(), begun);
	child_free(b->child);
	event_base_free(b->base);
}

static void run(struct bench *b, const char *script, int64_t ms)
{
	run_with(b, script, "{}", ms);
}

static void assert_status(const struct bench *b, int status)
{
	assert_true(b->end.ended);
	assert_false(b->end.timed_out);
	assert_true(WIFEXITED(b->end.status));
	assert_int_equal(WEXITSTATUS(b->end.status), status);
}

TEST(test_child_input_arrives_and_output_is_heard)
{
	struct bench b;

	run_with(&b, "cat; echo \" $BANKSMAN_NODE $PWD\" >&2; exit 3", "hello", LONG_MS);
	assert_status(&b, 3);
	assert_string_equal(b.said, "hello n1 /\n");
}

TEST(test_child_environment_is_ours_alone)
{
	struct bench b;

	assert_int_equal(setenv("BANKSMAN_SECRET", "x", 1), 0);
	run(&b, "echo \"<$BANKSMAN_SECRET>\"", LONG_MS);
	assert_string_equal(b.said, "<>\n");
}

/* Not even one that is left open over exec, as libcurl's sockets are. */
TEST(test_child_has_three_descriptors)
{
	struct bench b;
	int fd = dup(STDERR_FILENO);

	assert_true(fd > STDERR_FILENO);
	run(&b, "ls -l /proc/self/fd | grep -c '[0-3] ->'; ls /proc/self/fd | wc -w", LONG_MS);
	(void)close(fd);
	assert_status(&b, 0);
	/* ls has one of its own: the folder. */
	assert_string_equal(b.said, "4\n4\n");
}

TEST(test_child_signals_are_as_at_a_login)
{
	struct bench b;

	run(&b, "kill -s PIPE $$; echo still here", LONG_MS);
	assert_true(WIFSIGNALED(b.end.status));
	assert_int_equal(WTERMSIG(b.end.status), SIGPIPE);
}

TEST(test_child_that_does_not_exist_is_said)
{
	char path[] = "/nowhere/at/all";
	char *argv[] = { path, NULL };
	struct bench b = { .base = event_base_new() };
	struct err err;

	assert_null(child_start(&(struct child_parts){ .base = b.base,
						       .argv = argv,
						       .env = argv,
						       .input = "",
						       .timeout = span_of_ms(LONG_MS),
						       .done = on_end,
						       .owner = &b },
				&err));
	assert_int_equal(err.code, ENOENT);
	assert_string_equal(err.text, "cannot run /nowhere/at/all: No such file or directory");
	event_base_free(b.base);
}

TEST(test_child_need_not_read_its_input)
{
	AUTO(text) char *huge = xcalloc(1, HUGE_INPUT + 1);
	struct bench b;

	memset(huge, 'x', HUGE_INPUT);
	run_with(&b, "exec <&-; echo closed", huge, LONG_MS);
	assert_status(&b, 0);
	run_with(&b, "echo not read", huge, LONG_MS);
	assert_status(&b, 0);
	run_with(&b, "wc -c", huge, LONG_MS);
	assert_string_equal(b.said, "1048576\n");
}

TEST(test_child_that_never_ends_is_ended)
{
	struct bench b;

	run(&b, "echo begun; while :; do sleep 1; done", SHORT_MS);
	assert_true(b.end.ended && b.end.timed_out);
	assert_string_equal(b.said, "begun\n");
	assert_in_range(span_ms(b.took), SHORT_MS - 50, 10000);
}

TEST(test_child_that_ignores_sigterm_is_killed)
{
	struct bench b;

	run(&b, "trap '' TERM; while :; do sleep 1; done", SHORT_MS);
	assert_true(b.end.ended && b.end.timed_out);
	assert_int_equal(WTERMSIG(b.end.status), SIGKILL);
	assert_in_range(span_ms(b.took), SHORT_MS + 1900, SHORT_MS + 20000);
}

/* It would hold the pipes open for ever; it goes with its group. */
TEST(test_child_grandchild_is_not_waited_for_and_does_not_stay)
{
	struct bench b;
	pid_t grandchild;

	run(&b, "sleep 1000 & echo $!", LONG_MS);
	assert_status(&b, 0);
	assert_in_range(span_ms(b.took), 0, 5000);
	grandchild = (pid_t)strtol(b.said, NULL, 10);
	assert_true(grandchild > 1);
	for (int i = 0; i < 5000 && kill(grandchild, 0) == 0; i++) {
		char path[64];
		char words[512] = "";
		int fd;

		/* A zombie until init waits for it, where there is one. */
		assert_true(snprintf(path, sizeof path, "/proc/%d/stat", grandchild) > 0);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return;
		assert_true(read(fd, words, sizeof words - 1) >= 0);
		(void)close(fd);
		if (strstr(words, ") Z ") != NULL)
			return;
		(void)poll(NULL, 0, 1);
	}
	assert_int_equal(kill(grandchild, 0), -1);
}

TEST(test_child_that_talks_without_end_is_cut_off)
{
	struct bench b;

	run(&b, "exec yes", LONG_MS);
	assert_true(WIFSIGNALED(b.end.status));
	assert_int_equal(WTERMSIG(b.end.status), SIGPIPE);
	assert_int_equal(strlen(b.said), CHILD_SAID_BYTES);
}

TEST(test_child_freed_under_way_is_gone)
{
	struct bench b = { .base = event_base_new() };
	struct err err;

	b.child = start(&b, "trap '' TERM; while :; do sleep 1; done", "", LONG_MS, &err);
	assert_non_null(b.child);
	child_free(b.child);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(b.calls, 0);
	event_base_free(b.base);
}

static size_t heard_bytes, heard_most;

static bool on_heard(void *owner, const char *data, size_t len)
{
	const struct bench *b = owner;

	assert_int_equal(b->calls, 0);
	heard_bytes += len;
	for (size_t i = 0; i < len; i++)
		assert_true(data[i] == 'x' || data[i] == '\n');
	return heard_bytes < heard_most;
}

/* Runs a script whose standard output is listened to. */
static void run_heard(struct bench *b, const char *script, size_t most)
{
	char shell[] = "/bin/sh";
	char option[] = "-c";
	char path[] = "PATH=/usr/bin:/bin";
	AUTO(text) char *copy = xstrdup(script);
	char *argv[] = { shell, option, copy, NULL };
	char *env[] = { path, NULL };
	struct err err;

	*b = (struct bench){ .base = event_base_new() };
	heard_bytes = 0;
	heard_most = most;
	(void)signal(SIGPIPE, SIG_IGN);
	b->child = child_start(&(struct child_parts){ .base = b->base,
						      .argv = argv,
						      .env = env,
						      .input = "",
						      .timeout = span_of_ms(LONG_MS),
						      .done = on_end,
						      .heard = on_heard,
						      .owner = b },
			       &err);
	assert_non_null(b->child);
	(void)event_base_dispatch(b->base);
	child_free(b->child);
	event_base_free(b->base);
}

TEST(test_child_whoever_listens_hears_all_of_it)
{
	struct bench b;

	run_heard(&b, "yes xxxxxxx | head -c 1000000; echo trouble >&2", SIZE_MAX);
	assert_status(&b, 0);
	assert_int_equal(heard_bytes, 1000000);
	assert_string_equal(b.said, "trouble\n");
	run_heard(&b, "ls /proc/self/fd | wc -w >&2", SIZE_MAX);
	assert_string_equal(b.said, "4\n");
}

TEST(test_child_dies_of_talking_to_nobody)
{
	struct bench b;

	run_heard(&b, "exec yes xxxxxxx", 100000);
	assert_true(b.end.ended && WIFSIGNALED(b.end.status));
	assert_int_equal(WTERMSIG(b.end.status), SIGPIPE);
	assert_in_range(heard_bytes, 100000, 110000);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_child_input_arrives_and_output_is_heard),
	cmocka_unit_test(test_child_environment_is_ours_alone),
	cmocka_unit_test(test_child_has_three_descriptors),
	cmocka_unit_test(test_child_signals_are_as_at_a_login),
	cmocka_unit_test(test_child_that_does_not_exist_is_said),
	cmocka_unit_test(test_child_need_not_read_its_input),
	cmocka_unit_test(test_child_that_never_ends_is_ended),
	cmocka_unit_test(test_child_that_ignores_sigterm_is_killed),
	cmocka_unit_test(test_child_grandchild_is_not_waited_for_and_does_not_stay),
	cmocka_unit_test(test_child_that_talks_without_end_is_cut_off),
	cmocka_unit_test(test_child_freed_under_way_is_gone),
	cmocka_unit_test(test_child_whoever_listens_hears_all_of_it),
	cmocka_unit_test(test_child_dies_of_talking_to_nobody),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
