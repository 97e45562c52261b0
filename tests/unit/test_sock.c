/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/sock.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/must.h"
#include "tests/unit/unit.h"

enum { PATIENCE_MS = 5000 };

/* A socket bound to a free port of host; *ret_addr is where. */
static int bound(const char *host, struct addr *ret_addr)
{
	socklen_t len;
	int fd;

	MUST(addr_parse(host, 0, ret_addr));
	len = addr_len(ret_addr);
	fd = socket(addr_family(ret_addr), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || bind(fd, &ret_addr->sa, len) != 0) {
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	MUST(getsockname(fd, &ret_addr->sa, &len) == 0);
	return fd;
}

static int listening(const char *host, int backlog, struct addr *ret_addr)
{
	int fd = bound(host, ret_addr);

	MUST(fd < 0 || listen(fd, backlog) == 0);
	return fd;
}

/* Connects, waits until that is decided; *ret_fd is the caller's, -1 when it failed at once. */
static struct sock_outcome connected(const struct addr *target, enum sock_manner manner,
				     int *ret_fd)
{
	struct sock_outcome out = { 0 };
	bool connecting;
	int error;

	*ret_fd = -1;
	error = sock_connect(target, manner, 0, span_of_ms(PATIENCE_MS), ret_fd, &connecting);
	assert_true(connecting);
	if (error != 0) {
		out.reason = reason_of_errno(error);
		return out;
	}
	do {
		struct pollfd p = { .fd = *ret_fd, .events = POLLOUT };

		assert_int_equal(poll(&p, 1, PATIENCE_MS), 1);
		sock_outcome(*ret_fd, target, &out);
	} while (out.pending);
	return out;
}

static uint16_t port_of(int fd)
{
	struct addr a = { 0 };
	socklen_t len = sizeof a;

	MUST(getsockname(fd, &a.sa, &len) == 0);
	return addr_port(&a);
}

/* The port of the next peer that accept() gives; 0: nobody waits. */
static uint16_t accepted(int listener)
{
	struct addr peer = { 0 };
	socklen_t len = sizeof peer;
	int fd = accept(listener, &peer.sa, &len);

	if (fd < 0) {
		assert_true(errno == EAGAIN || errno == ECONNABORTED);
		return 0;
	}
	(void)close(fd);
	return addr_port(&peer);
}

TEST(test_sock_polite_connect_stands_and_is_accepted)
{
	struct addr target;
	int listener = listening("127.0.0.1", 5, &target);
	int fd;
	struct sock_outcome out = connected(&target, SOCK_POLITE, &fd);

	assert_int_equal(out.reason, REASON_OK);
	assert_int_equal(out.os_error, 0);
	assert_false(out.pending || out.icmp.present);
	assert_true(out.rtt_us > 0);
	assert_int_equal(out.retransmits, 0);
	assert_int_equal(accepted(listener), port_of(fd));
	(void)close(fd);
	(void)close(listener);
}

TEST(test_sock_silent_connect_is_never_accepted)
{
	struct addr target;
	int listener = listening("127.0.0.1", 5, &target);
	int silent;
	int polite;

	for (int i = 0; i < 10; i++) {
		assert_int_equal(connected(&target, SOCK_SILENT, &silent).reason, REASON_OK);
		(void)close(silent);
	}
	assert_int_equal(connected(&target, SOCK_POLITE, &polite).reason, REASON_OK);
	assert_int_equal(accepted(listener), port_of(polite));
	assert_int_equal(accepted(listener), 0);
	(void)close(polite);
	(void)close(listener);
}

TEST(test_sock_port_without_listener_is_refused)
{
	struct addr target;
	int owner = bound("127.0.0.1", &target);
	int fd;

	for (int manner = SOCK_POLITE; manner <= SOCK_SILENT; manner++) {
		struct sock_outcome out = connected(&target, (enum sock_manner)manner, &fd);

		assert_int_equal(out.reason, REASON_REFUSED);
		if (fd < 0)
			continue;
		assert_int_equal(out.os_error, ECONNREFUSED);
		assert_int_equal(out.rtt_us, -1);
		(void)close(fd);
	}
	(void)close(owner);
}

TEST(test_sock_v6_connect_stands)
{
	struct addr target;
	int listener = listening("::1", 5, &target);
	int fd;

	if (listener < 0)
		skip();
	assert_int_equal(connected(&target, SOCK_SILENT, &fd).reason, REASON_OK);
	(void)close(fd);
	assert_int_equal(accepted(listener), 0);
	(void)close(listener);
}

/* Linux drops the SYN to a full accept queue: one more than the backlog. */
TEST(test_sock_unanswered_connect_is_pending)
{
	struct addr target;
	int listener = listening("127.0.0.1", 0, &target);
	int first;
	int second = -1;
	bool connecting;
	struct sock_outcome out;

	assert_int_equal(connected(&target, SOCK_POLITE, &first).reason, REASON_OK);
	assert_int_equal(sock_connect(&target, SOCK_POLITE, 0, span_of_ms(PATIENCE_MS), &second,
				      &connecting),
			 0);
	sock_outcome(second, &target, &out);
	assert_true(out.pending);
	assert_int_equal(out.reason, REASON_OK);
	assert_int_equal(out.rtt_us, -1);
	(void)close(second);
	(void)close(first);
	(void)close(listener);
}

static int option_of(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof value;

	MUST(getsockopt(fd, level, name, &value, &len) == 0);
	return value;
}

TEST(test_sock_ttl_and_patience_reach_the_kernel)
{
	static const struct {
		int64_t patience_ms;
		int retries;
	} cases[] = { { 1, 2 }, { 5000, 7 }, { 3600000, 127 } };
	struct addr target;
	int listener = listening("127.0.0.1", 5, &target);

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		bool connecting;
		int fd = -1;

		assert_int_equal(sock_connect(&target, SOCK_POLITE, 7,
					      span_of_ms(cases[i].patience_ms), &fd, &connecting),
				 0);
		assert_true(connecting);
		assert_int_equal(option_of(fd, IPPROTO_IP, IP_TTL), 7);
		assert_int_equal(option_of(fd, IPPROTO_IP, IP_RECVERR), 1);
		assert_int_equal(option_of(fd, IPPROTO_TCP, TCP_SYNCNT), cases[i].retries);
		(void)close(fd);
	}
	(void)close(listener);
}

TEST(test_sock_family_unknown_is_not_about_the_peer)
{
	struct addr nowhere = { 0 };
	bool connecting = true;
	int fd = -1;

	assert_int_equal(sock_connect(&nowhere, SOCK_POLITE, 0, span_of_ms(1), &fd, &connecting),
			 EAFNOSUPPORT);
	assert_false(connecting);
	assert_int_equal(fd, -1);
}

TEST(test_sock_outcome_of_a_bad_descriptor_is_local)
{
	struct addr target;
	struct sock_outcome out;

	assert_true(addr_parse("127.0.0.1", 1, &target));
	sock_outcome(-1, &target, &out);
	assert_int_equal(out.reason, REASON_LOCAL);
	assert_int_equal(out.os_error, EBADF);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sock_polite_connect_stands_and_is_accepted),
	cmocka_unit_test(test_sock_silent_connect_is_never_accepted),
	cmocka_unit_test(test_sock_port_without_listener_is_refused),
	cmocka_unit_test(test_sock_v6_connect_stands),
	cmocka_unit_test(test_sock_unanswered_connect_is_pending),
	cmocka_unit_test(test_sock_ttl_and_patience_reach_the_kernel),
	cmocka_unit_test(test_sock_family_unknown_is_not_about_the_peer),
	cmocka_unit_test(test_sock_outcome_of_a_bad_descriptor_is_local),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
