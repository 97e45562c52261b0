/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/door.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/event.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/must.h"
#include "daemon/exchange.h"
#include "daemon/http.h"
#include "tests/unit/unit.h"

static struct event_base *base;
static struct door *door;
static struct err err;

static void serve(void *owner, struct exchange *x)
{
	(void)owner;
	exchange_reply(x, 204, "", "", 0);
}

static int set_up(__attribute__((unused)) void **state)
{
	base = event_base_new();
	MUST(base != NULL);
	door = door_new(&(struct http_parts){ .base = base, .serve = serve });
	door_limit(door, 8);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	door_free(door);
	event_base_free(base);
	return 0;
}

static struct sockaddr_in place(const char *address, uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };

	MUST(inet_pton(AF_INET, address, &in.sin_addr) == 1);
	return in;
}

/* One where nothing listens. */
static uint16_t free_port(void)
{
	struct sockaddr_in in = place("0.0.0.0", 0);
	socklen_t len = sizeof in;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	MUST(fd >= 0 && bind(fd, (struct sockaddr *)&in, sizeof in) == 0 &&
	     getsockname(fd, (struct sockaddr *)&in, &len) == 0 && close(fd) == 0);
	return ntohs(in.sin_port);
}

static bool open_at(const char *address, uint16_t port)
{
	char where[64];

	(void)snprintf(where, sizeof where, "%s:%u", address, port);
	return door_open_tcp(door, where, &err);
}

/* -1: refused. */
static int knock(const char *address, uint16_t port)
{
	struct sockaddr_in in = place(address, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	MUST(fd >= 0);
	if (connect(fd, (struct sockaddr *)&in, sizeof in) == 0)
		return fd;
	assert_int_equal(errno, ECONNREFUSED);
	MUST(close(fd) == 0);
	return -1;
}

static bool answers(const char *address, uint16_t port)
{
	int fd = knock(address, port);

	return fd >= 0 && close(fd) == 0;
}

TEST(test_door_narrower_address_with_the_same_port_takes_the_place)
{
	uint16_t port = free_port();

	assert_true(open_at("0.0.0.0", port));
	assert_true(answers("127.0.0.2", port));
	assert_true(open_at("127.0.0.1", port));
	assert_true(answers("127.0.0.1", port));
	assert_false(answers("127.0.0.2", port));
	assert_true(open_at("0.0.0.0", port));
	assert_true(answers("127.0.0.2", port));
}

TEST(test_door_address_of_another_machine_leaves_it_where_it_was)
{
	uint16_t port = free_port();

	assert_true(open_at("127.0.0.1", port));
	assert_false(open_at("192.0.2.1", port));
	assert_non_null(strstr(err.text, "192.0.2.1"));
	assert_true(answers("127.0.0.1", port));
	assert_false(open_at("192.0.2.1", free_port()));
	assert_true(answers("127.0.0.1", port));
}

TEST(test_door_place_of_another_process_leaves_it_where_it_was)
{
	uint16_t port = free_port();
	struct sockaddr_in in = place("127.0.0.2", port);
	int other = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	MUST(other >= 0 && bind(other, (struct sockaddr *)&in, sizeof in) == 0 &&
	     listen(other, 1) == 0);
	assert_true(open_at("127.0.0.1", port));
	assert_false(open_at("0.0.0.0", port));
	assert_true(answers("127.0.0.1", port));
	MUST(close(other) == 0);
	assert_true(open_at("0.0.0.0", port));
}

/* Who came in by the wider door does not stay. */
TEST(test_door_other_address_cuts_the_connections)
{
	uint16_t port = free_port();
	int fd;

	assert_true(open_at("0.0.0.0", port));
	fd = knock("127.0.0.2", port);
	assert_true(fd >= 0);
	while (door_connections(door) == 0)
		MUST(event_base_loop(base, EVLOOP_ONCE) == 0);
	assert_true(open_at("127.0.0.1", port));
	assert_int_equal(door_connections(door), 0);
	MUST(close(fd) == 0);
}

TEST(test_door_nowhere_is_nowhere)
{
	uint16_t port = free_port();

	assert_true(open_at("127.0.0.1", port));
	assert_true(door_open_tcp(door, "", &err));
	assert_false(answers("127.0.0.1", port));
}

static char folder[64];
static char path[80];

static bool open_path(void)
{
	return door_open_local(door, path, 0600, NULL, &err);
}

static bool path_answers(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool well;

	(void)snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
	well = fd >= 0 && connect(fd, (struct sockaddr *)&un, sizeof un) == 0;
	MUST(close(fd) == 0);
	return well;
}

static int set_up_folder(void **state)
{
	(void)snprintf(folder, sizeof folder, "/tmp/door-XXXXXX");
	MUST(mkdtemp(folder) != NULL);
	(void)snprintf(path, sizeof path, "%s/socket", folder);
	return set_up(state);
}

static int tear_down_folder(void **state)
{
	(void)tear_down(state);
	return rmdir(folder); /* nothing is left in it */
}

TEST(test_door_socket_that_was_deleted_is_made_again)
{
	struct stat first, second;

	assert_true(open_path() && path_answers());
	MUST(lstat(path, &first) == 0);
	assert_true(open_path());
	MUST(lstat(path, &second) == 0);
	assert_int_equal(first.st_ino, second.st_ino); /* untouched while it is there */
	MUST(unlink(path) == 0);
	assert_false(path_answers());
	assert_true(open_path() && path_answers());
}

TEST(test_door_socket_of_another_in_its_place_is_told_and_left)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	int other = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(open_path());
	MUST(unlink(path) == 0);
	(void)snprintf(un.sun_path, sizeof un.sun_path, "%s", path);
	MUST(other >= 0 && bind(other, (struct sockaddr *)&un, sizeof un) == 0 &&
	     listen(other, 1) == 0);
	assert_false(open_path());
	assert_non_null(strstr(err.text, "another process listens there"));
	MUST(close(other) == 0);
	assert_true(open_path()); /* nobody answers there any more */
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(
		test_door_narrower_address_with_the_same_port_takes_the_place, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_door_address_of_another_machine_leaves_it_where_it_was,
					set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_door_place_of_another_process_leaves_it_where_it_was,
					set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_door_other_address_cuts_the_connections, set_up,
					tear_down),
	cmocka_unit_test_setup_teardown(test_door_nowhere_is_nowhere, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_door_socket_that_was_deleted_is_made_again,
					set_up_folder, tear_down_folder),
	cmocka_unit_test_setup_teardown(test_door_socket_of_another_in_its_place_is_told_and_left,
					set_up_folder, tear_down_folder),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
