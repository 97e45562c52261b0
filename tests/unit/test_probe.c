/* SPDX-License-Identifier: Apache-2.0 */
/* test_probe.c: attempts in a real loop at real listeners; nobody accepts unless a test does. */
#include "probes/probe.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/must.h"
#include "probes/machine.h"
#include "probes/prober.h"
#include "tests/unit/unit.h"

enum { PATIENCE_MS = 5000, TURN_MS = 10, SETTLE_MS = 50, FDS = 256 };

static struct event_base *loop;
static struct prober *prober;
static int name_server; /* a UDP socket that never answers */
static int fds_before;

static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < FDS; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* A socket bound to a free port of 127.0.0.1; *ret_addr is where. */
static int bound(int type, struct addr *ret_addr)
{
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	socklen_t len;

	MUST(fd >= 0 && addr_parse("127.0.0.1", 0, ret_addr));
	len = addr_len(ret_addr);
	MUST(bind(fd, &ret_addr->sa, len) == 0 && getsockname(fd, &ret_addr->sa, &len) == 0);
	return fd;
}

static int listening(struct addr *ret_addr)
{
	int fd = bound(SOCK_STREAM, ret_addr);

	MUST(listen(fd, 8) == 0);
	return fd;
}

static int set_up(__attribute__((unused)) void **state)
{
	struct addr a;
	struct err e;
	char servers[32];

	fds_before = open_fds();
	name_server = bound(SOCK_DGRAM, &a);
	(void)snprintf(servers, sizeof servers, "127.0.0.1:%u", (unsigned)addr_port(&a));
	loop = prober_loop_new();
	MUST(loop != NULL);
	prober = prober_new(loop, servers, &e);
	MUST(prober != NULL);
	return 0;
}

/* Nothing of any attempt may be left by now. */
static int tear_down(__attribute__((unused)) void **state)
{
	prober_free(prober);
	event_base_free(loop);
	(void)close(name_server);
	return open_fds() == fds_before ? 0 : -1;
}

struct seen {
	unsigned calls;
	enum reason reason;
	enum service service;
	int os_error;
};

static void on_done(void *owner, struct verdict *v)
{
	struct seen *s = owner;

	s->calls++;
	s->reason = v->reason;
	s->service = v->service;
	s->os_error = v->os_error;
}

static void turn(void)
{
	struct timeval tick = span_timeval(span_of_ms(TURN_MS));

	MUST(event_base_loopexit(loop, &tick) == 0 && event_base_dispatch(loop) >= 0);
}

static void turn_for(int64_t ms)
{
	struct mono end = mono_add(mono_now(), span_of_ms(ms));

	while (mono_before(mono_now(), end))
		turn();
}

/* Runs the loop until the attempt has ended, and then some more: it must not end twice. */
static void await(const struct seen *s)
{
	struct mono end = mono_add(mono_now(), span_of_ms(PATIENCE_MS));

	while (s->calls == 0 && mono_before(mono_now(), end))
		turn();
	turn_for(SETTLE_MS);
	assert_int_equal(s->calls, 1);
}

static struct probe_spec spec_of(const struct addr *a, enum depth depth, enum dialect dialect)
{
	return (struct probe_spec){ .host = "127.0.0.1",
				    .address = *a,
				    .depth = depth,
				    .dialect = dialect,
				    .timeout = span_of_ms(PATIENCE_MS) };
}

/* Starts an attempt and finds out how it ends; it never ends inside probe_start(). */
static struct seen outcome(const struct probe_spec *spec)
{
	struct seen s = { 0 };

	assert_non_null(probe_start(prober, spec, on_done, &s));
	assert_int_equal(s.calls, 0);
	await(&s);
	return s;
}

static struct seen reached(const char *host, uint16_t port)
{
	struct probe_spec spec;
	struct addr a;

	MUST(addr_parse(host, port, &a));
	spec = spec_of(&a, DEPTH_REACH, DIALECT_TCP);
	return outcome(&spec);
}

/* --- a loop that is late -------------------------------------------------- */

static struct seen outcome_of_stalled_loop(const struct addr *a, enum depth depth)
{
	struct probe_spec spec = spec_of(a, depth, DIALECT_TCP);
	struct seen s = { 0 };

	spec.timeout = span_of_ms(100);
	assert_non_null(probe_start(prober, &spec, on_done, &s));
	MUST(poll(NULL, 0, 300) == 0);
	assert_int_equal(s.calls, 0);
	await(&s);
	return s;
}

TEST(test_probe_stalled_loop_open_port_is_open)
{
	struct addr a;
	int fd = listening(&a);

	assert_int_equal(outcome_of_stalled_loop(&a, DEPTH_REACH).reason, REASON_OK);
	assert_int_equal(outcome_of_stalled_loop(&a, DEPTH_SERVE).reason, REASON_OK);
	(void)close(fd);
}

TEST(test_probe_stalled_loop_closed_port_is_refused)
{
	struct addr a;
	int fd = bound(SOCK_STREAM, &a);

	assert_int_equal(outcome_of_stalled_loop(&a, DEPTH_REACH).reason, REASON_REFUSED);
	assert_int_equal(outcome_of_stalled_loop(&a, DEPTH_SERVE).reason, REASON_REFUSED);
	(void)close(fd);
}

TEST(test_probe_stalled_loop_banner_in_time_is_heard)
{
	struct addr a;
	int fd = listening(&a);
	struct probe_spec spec = spec_of(&a, DEPTH_SERVE, DIALECT_AUTHD);
	struct seen s = { 0 };
	int peer;

	spec.timeout = span_of_ms(300);
	assert_non_null(probe_start(prober, &spec, on_done, &s));
	peer = accept(fd, NULL, NULL);
	MUST(peer >= 0);
	turn();
	MUST(send(peer, "SSH-2.0-x\r\n", 11, MSG_NOSIGNAL) == 11 && poll(NULL, 0, 500) == 0);
	await(&s);
	assert_int_equal(s.reason, REASON_OK);
	assert_int_equal(s.service, SERVICE_BANNER_MISMATCH);
	(void)close(peer);
	(void)close(fd);
}

/* --- the end comes once, and from the loop --------------------------------- */

TEST(test_probe_done_open_and_closed_ports_come_once)
{
	struct addr a;
	int fd = listening(&a);
	struct seen s = reached("127.0.0.1", addr_port(&a));

	assert_int_equal(s.reason, REASON_OK);
	assert_int_equal(s.service, SERVICE_UNTRIED);
	(void)close(fd);
	assert_int_equal(reached("127.0.0.1", addr_port(&a)).reason, REASON_REFUSED);
}

TEST(test_probe_done_unroutable_address_comes_from_the_loop)
{
	assert_int_equal(reached("255.255.255.255", 9).reason, REASON_NET_UNREACHABLE);
}

TEST(test_probe_done_without_descriptors_is_local)
{
	struct rlimit before;
	struct rlimit none;
	struct probe_spec spec;
	struct seen s = { 0 };
	struct addr a;

	MUST(addr_parse("127.0.0.1", 9, &a) && getrlimit(RLIMIT_NOFILE, &before) == 0);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	spec = spec_of(&a, DEPTH_REACH, DIALECT_TCP);
	MUST(setrlimit(RLIMIT_NOFILE, &none) == 0);
	assert_non_null(probe_start(prober, &spec, on_done, &s));
	MUST(setrlimit(RLIMIT_NOFILE, &before) == 0);
	assert_int_equal(s.calls, 0);
	await(&s);
	assert_int_equal(s.reason, REASON_LOCAL);
	assert_int_equal(s.os_error, EMFILE);
}

TEST(test_probe_done_link_local_without_scope_is_local)
{
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		skip();
	(void)close(fd);
	assert_int_equal(reached("fe80::1", 9).reason, REASON_LOCAL);
}

/* --- aborted in every stage ------------------------------------------------ */

/* Starts an attempt and lets it come as far as stage. */
static struct probe *led_to(enum stage stage, const struct probe_spec *spec, struct seen *s)
{
	struct mono end = mono_add(mono_now(), span_of_ms(PATIENCE_MS));
	struct probe *p = probe_start(prober, spec, on_done, s);

	while (s->calls == 0 && p->stage != stage && mono_before(mono_now(), end))
		turn();
	assert_int_equal(s->calls, 0);
	assert_int_equal(p->stage, stage);
	return p;
}

static void abort_in(enum stage stage, enum dialect dialect)
{
	struct addr a;
	int fd = listening(&a);
	struct probe_spec spec = spec_of(&a, DEPTH_SERVE, dialect);
	struct seen s = { 0 };
	struct probe *p = led_to(stage, &spec, &s);
	int before = open_fds();

	probe_abort(p);
	assert_int_equal(open_fds(), before - 1);
	turn_for(SETTLE_MS);
	assert_int_equal(s.calls, 0);
	(void)close(fd);
}

TEST(test_probe_abort_while_connecting_leaves_nothing)
{
	abort_in(STAGE_CONNECT, DIALECT_TCP);
}

TEST(test_probe_abort_before_the_banner_leaves_nothing)
{
	abort_in(STAGE_BANNER, DIALECT_AUTHD);
}

TEST(test_probe_abort_in_the_handshake_leaves_nothing)
{
	abort_in(STAGE_TLS, DIALECT_TLS);
}

TEST(test_probe_abort_before_the_reply_leaves_nothing)
{
	abort_in(STAGE_SERVICE, DIALECT_HTTP);
}

TEST(test_probe_abort_before_done_ran_leaves_nothing)
{
	struct probe_spec spec;
	struct seen s = { 0 };
	struct addr a;

	MUST(addr_parse("255.255.255.255", 9, &a));
	spec = spec_of(&a, DEPTH_SERVE, DIALECT_TLS);
	probe_abort(led_to(STAGE_DONE, &spec, &s));
	turn_for(SETTLE_MS);
	assert_int_equal(s.calls, 0);
}

TEST(test_probe_abort_during_a_lookup_leaves_nothing)
{
	static const char reply[] = "HTTP/1.1 401 Unauthorized\r\n"
				    "WWW-Authenticate: Bearer realm=\"http://token.example/t\"\r\n"
				    "Content-Length: 0\r\n\r\n";
	struct addr a;
	int fd = listening(&a);
	struct probe_spec spec = spec_of(&a, DEPTH_SERVE, DIALECT_REGISTRY);
	struct seen s = { 0 };
	struct probe *p;
	char request[1024];
	int peer;

	spec.plain = true;
	spec.image = "registry.example/x/y:1";
	p = led_to(STAGE_SERVICE, &spec, &s);
	peer = accept(fd, NULL, NULL);
	MUST(peer >= 0 && recv(peer, request, sizeof request, 0) > 0);
	MUST(send(peer, reply, sizeof reply - 1, MSG_NOSIGNAL) == sizeof reply - 1);
	for (int i = 0; i < 100 && s.calls == 0 && p->stage != STAGE_RESOLVE; i++)
		turn();
	assert_int_equal(s.calls, 0);
	assert_int_equal(p->stage, STAGE_RESOLVE);
	assert_non_null(p->serve->lookup);
	probe_abort(p);
	turn_for(SETTLE_MS);
	assert_int_equal(s.calls, 0);
	(void)close(peer);
	(void)close(fd);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_probe_stalled_loop_open_port_is_open),
	cmocka_unit_test(test_probe_stalled_loop_closed_port_is_refused),
	cmocka_unit_test(test_probe_stalled_loop_banner_in_time_is_heard),
	cmocka_unit_test(test_probe_done_open_and_closed_ports_come_once),
	cmocka_unit_test(test_probe_done_unroutable_address_comes_from_the_loop),
	cmocka_unit_test(test_probe_done_without_descriptors_is_local),
	cmocka_unit_test(test_probe_done_link_local_without_scope_is_local),
	cmocka_unit_test(test_probe_abort_while_connecting_leaves_nothing),
	cmocka_unit_test(test_probe_abort_before_the_banner_leaves_nothing),
	cmocka_unit_test(test_probe_abort_in_the_handshake_leaves_nothing),
	cmocka_unit_test(test_probe_abort_before_the_reply_leaves_nothing),
	cmocka_unit_test(test_probe_abort_before_done_ran_leaves_nothing),
	cmocka_unit_test(test_probe_abort_during_a_lookup_leaves_nothing),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
