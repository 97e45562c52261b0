/* SPDX-License-Identifier: Apache-2.0 */
/* test_notify.c: a socket of our own in the place of the service manager's. */
#include "daemon/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/must.h"
#include "tests/unit/unit.h"

enum { MESSAGE_BYTES = 1024, LINE_BYTES = 2048, PATIENCE_S = 10 };

static char folder[] = "/tmp/banksman-notify.XXXXXX";
static char path[sizeof folder + sizeof "/socket"];
static int manager = -1; /* where messages arrive */
static char message[MESSAGE_BYTES];

static void listen_at(const char *name, size_t len)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	manager = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	MUST(manager >= 0 && len <= sizeof un.sun_path);
	memcpy(un.sun_path, name, len);
	MUST(bind(manager, (struct sockaddr *)&un,
		  (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) == 0);
}

/* The next message that has arrived; "" when there is none. */
static const char *received(void)
{
	ssize_t n = recv(manager, message, sizeof message - 1, 0);

	message[n < 0 ? 0 : n] = '\0';
	return message;
}

static int set_up(__attribute__((unused)) void **state)
{
	(void)snprintf(path, sizeof path, "%s/socket", folder);
	listen_at(path, strlen(path) + 1);
	log_set_level(LOG_LEVEL_NOTICE);
	return setenv("NOTIFY_SOCKET", path, 1) | unsetenv("WATCHDOG_USEC") |
	       unsetenv("WATCHDOG_PID");
}

static int tear_down(__attribute__((unused)) void **state)
{
	(void)unsetenv("NOTIFY_SOCKET");
	notify_stopping(); /* closes what a test has left open */
	(void)close(manager);
	return unlink(path);
}

static int make_folder(__attribute__((unused)) void **state)
{
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int drop_folder(__attribute__((unused)) void **state)
{
	return rmdir(folder);
}

/* What a call writes to standard error. */
static const char *complaint_of(void call(void))
{
	static char line[LINE_BYTES];
	int kept = dup(STDERR_FILENO);
	int ends[2];
	ssize_t n;

	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	assert_true(kept >= 0 && dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
	call();
	(void)dup2(kept, STDERR_FILENO);
	n = read(ends[0], line, sizeof line - 1);
	line[n < 0 ? 0 : n] = '\0';
	(void)close(kept);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return line;
}

/* ---- what is said */

TEST(test_notify_ready_and_status_arrive)
{
	notify_ready("running");
	assert_string_equal(received(), "READY=1\nSTATUS=running");
	notify_status("42 endpoints, 1 closed");
	assert_string_equal(received(), "STATUS=42 endpoints, 1 closed");
	assert_string_equal(received(), "");
}

TEST(test_notify_alive_arrives)
{
	notify_alive();
	assert_string_equal(received(), "WATCHDOG=1");
}

TEST(test_notify_reloading_says_when)
{
	notify_reloading((struct mono){ .ns = INT64_C(98765432109876) });
	assert_string_equal(received(), "RELOADING=1\nMONOTONIC_USEC=98765432109\n"
					"STATUS=reading the configuration again");
}

TEST(test_notify_reloading_the_longest_time_fits)
{
	notify_reloading((struct mono){ .ns = INT64_MAX });
	assert_memory_equal(received(), "RELOADING=1\nMONOTONIC_USEC=9223372036854775\n", 43);
}

TEST(test_notify_stopping_arrives_and_closes)
{
	int next = dup(STDERR_FILENO);

	(void)close(next);
	notify_alive();
	assert_int_equal(fcntl(next, F_GETFD), FD_CLOEXEC);
	notify_stopping();
	assert_int_equal(fcntl(next, F_GETFD), -1);
	assert_string_equal(received(), "WATCHDOG=1");
	assert_string_equal(received(), "STOPPING=1\nSTATUS=stopping");
}

/* A status that breaks the line would be further assignments. */
TEST(test_notify_status_stays_one_line_and_bounded)
{
	char text[MESSAGE_BYTES];

	notify_status("a\nMAINPID=1\r\n");
	assert_string_equal(received(), "STATUS=a?MAINPID=1??");
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	notify_ready(text);
	assert_memory_equal(received(), "READY=1\nSTATUS=xxx", 18);
	assert_in_range(strlen(message), 200, 300);
}

/* ---- where to */

TEST(test_notify_abstract_socket_is_told)
{
	char name[64];
	int len;

	(void)close(manager);
	len = snprintf(name, sizeof name, "@banksman-notify-%d", (int)getpid());
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	name[0] = '\0';
	listen_at(name, (size_t)len);
	notify_ready("running");
	assert_string_equal(received(), "READY=1\nSTATUS=running");
}

TEST(test_notify_without_a_socket_nothing_is_sent_or_said)
{
	(void)setenv("NOTIFY_SOCKET", "", 1);
	assert_string_equal(complaint_of(notify_alive), "");
	(void)unsetenv("NOTIFY_SOCKET");
	assert_string_equal(complaint_of(notify_alive), "");
	assert_string_equal(complaint_of(notify_stopping), "");
	assert_string_equal(received(), "");
}

TEST(test_notify_unusable_sockets_are_complained_of)
{
	char too_long[sizeof((struct sockaddr_un *)0)->sun_path + 1];
	const char *unusable[] = { "/", "@", "run/socket", "vsock:2:1234", too_long };

	memset(too_long, '/', sizeof too_long - 1);
	too_long[sizeof too_long - 1] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(unusable); i++) {
		(void)setenv("NOTIFY_SOCKET", unusable[i], 1);
		assert_non_null(strstr(complaint_of(notify_alive), "Invalid argument"));
	}
	assert_string_equal(received(), "");
}

TEST(test_notify_socket_that_is_gone_is_complained_of)
{
	const char *line;

	(void)setenv("NOTIFY_SOCKET", "/nowhere/socket", 1);
	line = complaint_of(notify_alive);
	assert_non_null(strstr(line, " warn: the service manager could not be told"));
	assert_non_null(strstr(line, "No such file or directory socket=/nowhere/socket"));
	assert_non_null(strstr(line, "message=WATCHDOG\n"));
}

/* ---- under pressure */

/* The queue of a manager that does not read is full long before. */
TEST(test_notify_manager_that_does_not_read_is_not_waited_for)
{
	int arrived = 0;
	int sent = 20000;

	log_set_level(LOG_LEVEL_ERROR);
	(void)alarm(PATIENCE_S); /* the default of SIGALRM ends the test */
	for (int i = 0; i < sent; i++)
		notify_alive();
	(void)alarm(0);
	while (received()[0] != '\0')
		arrived++;
	assert_in_range(arrived, 1, sent - 1);
	notify_alive();
	assert_string_equal(received(), "WATCHDOG=1");
}

TEST(test_notify_sign_of_life_goes_out_when_no_file_may_be_opened)
{
	struct rlimit before, none;

	notify_ready("running");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), -1);
	notify_alive();
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_string_equal(received(), "READY=1\nSTATUS=running");
	assert_string_equal(received(), "WATCHDOG=1");
}

/* ---- the watchdog */

static void set_watchdog(const char *usec, const char *pid)
{
	(void)(usec != NULL ? setenv("WATCHDOG_USEC", usec, 1) : unsetenv("WATCHDOG_USEC"));
	(void)(pid != NULL ? setenv("WATCHDOG_PID", pid, 1) : unsetenv("WATCHDOG_PID"));
}

TEST(test_notify_watchdog_wants_half_of_its_time)
{
	struct span every = { 0 };
	char pid[16];

	(void)snprintf(pid, sizeof pid, "%d", (int)getpid());
	set_watchdog("30000000", pid);
	assert_true(notify_watchdog(&every));
	assert_int_equal(span_ms(every), 15000);
	set_watchdog("3", NULL);
	assert_true(notify_watchdog(&every));
	assert_int_equal(every.ns, 1500);
}

TEST(test_notify_watchdog_of_another_process_is_none)
{
	struct span every = { .ns = 7 };
	char pid[16];

	(void)snprintf(pid, sizeof pid, "%d", (int)getppid());
	set_watchdog("30000000", pid);
	assert_false(notify_watchdog(&every));
	set_watchdog("30000000", "");
	assert_false(notify_watchdog(&every));
	set_watchdog(NULL, NULL);
	assert_false(notify_watchdog(&every));
	assert_int_equal(every.ns, 7);
}

static void ask_watchdog(void)
{
	struct span every = { .ns = 7 };

	assert_false(notify_watchdog(&every));
	assert_int_equal(every.ns, 7);
}

TEST(test_notify_watchdog_with_a_time_that_is_none_is_complained_of)
{
	static const char *const wrong[] = { "", "0", "-1", "30s", "18446744073709551615" };

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++) {
		set_watchdog(wrong[i], NULL);
		assert_non_null(strstr(complaint_of(ask_watchdog), "WATCHDOG_USEC is no time"));
	}
}

#define WITH_MANAGER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_MANAGER(test_notify_ready_and_status_arrive),
	WITH_MANAGER(test_notify_alive_arrives),
	WITH_MANAGER(test_notify_reloading_says_when),
	WITH_MANAGER(test_notify_reloading_the_longest_time_fits),
	WITH_MANAGER(test_notify_stopping_arrives_and_closes),
	WITH_MANAGER(test_notify_status_stays_one_line_and_bounded),
	WITH_MANAGER(test_notify_abstract_socket_is_told),
	WITH_MANAGER(test_notify_without_a_socket_nothing_is_sent_or_said),
	WITH_MANAGER(test_notify_unusable_sockets_are_complained_of),
	WITH_MANAGER(test_notify_socket_that_is_gone_is_complained_of),
	WITH_MANAGER(test_notify_manager_that_does_not_read_is_not_waited_for),
	WITH_MANAGER(test_notify_sign_of_life_goes_out_when_no_file_may_be_opened),
	WITH_MANAGER(test_notify_watchdog_wants_half_of_its_time),
	WITH_MANAGER(test_notify_watchdog_of_another_process_is_none),
	WITH_MANAGER(test_notify_watchdog_with_a_time_that_is_none_is_complained_of),
};

int main(void)
{
	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
