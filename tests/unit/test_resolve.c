/* SPDX-License-Identifier: Apache-2.0 */
/* test_resolve.c: lookups against a small DNS server on the same event loop. */
#include "probes/resolve.h"

#include <errno.h>
#include <event2/event.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/must.h"
#include "probes/prober.h"
#include "tests/unit/unit.h"

enum { HEADER = 12, RECORD = 16, PACKET = 4096, TYPE_A = 1, TYPE_AAAA = 28, LONG_MS = 20000 };
enum { SERVFAIL = 2, NXDOMAIN = 3, REFUSED = 5 };

struct bench {
	struct event_base *base;
	struct resolver *resolver;
	struct event *serving; /* owned; NULL: nobody listens */
	int fd;
	struct event *listening; /* owned; for what does not fit a datagram */
	int tcp_fd;
	struct event *stream; /* owned; the one connection there may be */
	int stream_fd;
	struct addr addr;
	unsigned asked; /* questions that came */
	bool starting;  /* lookup_start() is running */
	/* What came of the lookup. */
	unsigned calls;
	bool called_inside;
	enum reason reason;
	struct addr addrs[LIMIT_ADDRS_PER_NAME];
	size_t count;
};

static uint16_t get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/* One A record that points back to the question's name. */
static size_t put_record(uint8_t *p, unsigned last_byte)
{
	const uint8_t record[RECORD] = { 0xc0, HEADER, 0, TYPE_A, 0,  1, 0, 0,
					 0,    60,     0, 4,      10, 0, 0, (uint8_t)last_byte };

	memcpy(p, record, RECORD);
	return RECORD;
}

static bool asked_for(const uint8_t *packet, const char *label)
{
	return packet[HEADER] == strlen(label) &&
	       memcmp(packet + HEADER + 1, label, strlen(label)) == 0;
}

/* Makes the question at p (len bytes) its answer; 0: no answer at all. */
static size_t answer(uint8_t *p, size_t len)
{
	size_t end = HEADER + strnlen((char *)p + HEADER, len - HEADER) + 1 + 4;
	bool v4 = get16(p + end - 4) == TYPE_A;
	unsigned records = asked_for(p, "one") ? 1 : asked_for(p, "many") ? 100 : 0;
	unsigned code = asked_for(p, "servfail")  ? SERVFAIL
			: asked_for(p, "refused") ? REFUSED
			: asked_for(p, "nx")      ? NXDOMAIN
						  : 0;

	if (asked_for(p, "silent"))
		return 0;
	if (!v4)
		records = 0;
	p[2] = 0x81; /* a reply, recursion desired … */
	p[3] = (uint8_t)(0x80 | code);
	p[6] = 0;
	p[7] = (uint8_t)records;
	memset(p + 8, 0, 4);
	for (unsigned i = 0; i < records; i++)
		end += put_record(p + end, 1 + i / 2); /* each address twice */
	if (asked_for(p, "garbage"))
		end = HEADER + 2;
	return end;
}

static void on_question(evutil_socket_t fd, __attribute__((unused)) short what, void *data)
{
	struct bench *b = data;
	uint8_t packet[PACKET] = { 0 };
	struct addr from = { 0 };
	socklen_t from_len = sizeof from;
	ssize_t n = recvfrom(fd, packet, 512, 0, &from.sa, &from_len);
	size_t len;

	if (n < HEADER)
		return;
	b->asked++;
	len = answer(packet, (size_t)n);
	if (len > 0)
		(void)sendto(fd, packet, len, 0, &from.sa, from_len);
}

/* One segment is one question: nothing lies between us and c-ares. */
static void on_stream(evutil_socket_t fd, __attribute__((unused)) short what, void *data)
{
	struct bench *b = data;
	uint8_t packet[PACKET] = { 0 };
	ssize_t n = recv(fd, packet, 512, 0);
	size_t len;

	if (n < 2 + HEADER) {
		(void)event_del(b->stream);
		return;
	}
	b->asked++;
	len = answer(packet + 2, (size_t)n - 2);
	packet[0] = (uint8_t)(len >> 8);
	packet[1] = (uint8_t)len;
	(void)send(fd, packet, len + 2, MSG_NOSIGNAL);
}

static void on_client(evutil_socket_t fd, __attribute__((unused)) short what, void *data)
{
	struct bench *b = data;

	MUST(b->stream == NULL);
	b->stream_fd = accept(fd, NULL, NULL);
	MUST(b->stream_fd >= 0);
	b->stream = event_new(b->base, b->stream_fd, EV_READ | EV_PERSIST, on_stream, b);
	MUST(b->stream != NULL && event_add(b->stream, NULL) == 0);
}

/* Binds both protocols to one port that is free for them. */
static void bind_both(struct bench *b)
{
	socklen_t len = sizeof b->addr.in;

	for (int tries = 0; tries < 20; tries++) {
		b->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		b->tcp_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		MUST(b->fd >= 0 && b->tcp_fd >= 0 && addr_parse("127.0.0.1", 0, &b->addr));
		MUST(bind(b->fd, &b->addr.sa, len) == 0 &&
		     getsockname(b->fd, &b->addr.sa, &len) == 0);
		if (bind(b->tcp_fd, &b->addr.sa, len) == 0 && listen(b->tcp_fd, 5) == 0)
			return;
		(void)close(b->fd);
		(void)close(b->tcp_fd);
	}
	MUST(false);
}

static int set_up(void **state)
{
	static struct bench bench;
	struct bench *b = &bench;
	char server[ADDR_TEXT_SIZE];
	struct err e;

	*b = (struct bench){ .base = prober_loop_new() };
	MUST(b->base != NULL);
	bind_both(b);
	b->serving = event_new(b->base, b->fd, EV_READ | EV_PERSIST, on_question, b);
	b->listening = event_new(b->base, b->tcp_fd, EV_READ | EV_PERSIST, on_client, b);
	MUST(b->serving != NULL && event_add(b->serving, NULL) == 0);
	MUST(b->listening != NULL && event_add(b->listening, NULL) == 0);
	addr_format_port(&b->addr, server);
	b->resolver = resolver_new(b->base, server, &e);
	MUST(b->resolver != NULL);
	*state = b;
	return 0;
}

static void stop(struct event **ev, int fd)
{
	if (*ev == NULL)
		return;
	event_free(*ev);
	*ev = NULL;
	(void)close(fd);
}

static void stop_serving(struct bench *b)
{
	stop(&b->serving, b->fd);
	stop(&b->listening, b->tcp_fd);
	stop(&b->stream, b->stream_fd);
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	resolver_free(b->resolver);
	stop_serving(b);
	event_base_free(b->base);
	return 0;
}

static void on_found(void *owner, const struct lookup_result *result)
{
	struct bench *b = owner;

	b->calls++;
	b->called_inside = b->starting;
	b->reason = result->reason;
	b->count = result->count;
	if (result->count > 0 && result->count <= LIMIT_ADDRS_PER_NAME)
		memcpy(b->addrs, result->addrs, result->count * sizeof *result->addrs);
	(void)event_base_loopbreak(b->base);
}

static struct lookup *begin(struct bench *b, const char *name, int family, int64_t ms)
{
	struct lookup *l;

	b->starting = true;
	l = lookup_start(b->resolver, name, family, span_of_ms(ms), on_found, b);
	b->starting = false;
	assert_int_equal(b->calls, 0);
	return l;
}

/* Runs the loop until the lookup is answered, at most this long. */
static void run(struct bench *b, int64_t ms)
{
	struct timeval limit = span_timeval(span_of_ms(ms));

	(void)event_base_loopexit(b->base, &limit);
	(void)event_base_dispatch(b->base);
}

static void find(struct bench *b, const char *name, int family)
{
	(void)begin(b, name, family, LONG_MS);
	run(b, LONG_MS);
	assert_int_equal(b->calls, 1);
	assert_false(b->called_inside);
}

static void assert_addr(const struct addr *a, const char *want)
{
	char text[ADDR_TEXT_SIZE];

	addr_format(a, text);
	assert_string_equal(text, want);
	assert_int_equal(addr_port(a), 0);
}

static void test_resolve_numeric_name_needs_no_server(void **state)
{
	struct bench *b = *state;

	find(b, "192.0.2.7", AF_INET);
	assert_int_equal(b->reason, REASON_OK);
	assert_int_equal(b->count, 1);
	assert_addr(&b->addrs[0], "192.0.2.7");
	assert_int_equal(b->asked, 0);
}

static void test_resolve_numeric_v6_name_needs_no_server(void **state)
{
	struct bench *b = *state;

	find(b, "2001:db8::7", AF_INET6);
	assert_int_equal(b->reason, REASON_OK);
	assert_int_equal(b->count, 1);
	assert_addr(&b->addrs[0], "2001:db8::7");
	assert_int_equal(b->asked, 0);
}

static void test_resolve_name_is_asked_for(void **state)
{
	struct bench *b = *state;

	find(b, "one.test", AF_INET);
	assert_int_equal(b->reason, REASON_OK);
	assert_int_equal(b->count, 1);
	assert_addr(&b->addrs[0], "10.0.0.1");
	assert_true(b->asked > 0);
}

static void test_resolve_many_addresses_are_cut_and_never_twice(void **state)
{
	struct bench *b = *state;

	find(b, "many.test", AF_INET);
	assert_int_equal(b->reason, REASON_OK);
	assert_int_equal(b->count, LIMIT_ADDRS_PER_NAME);
	for (size_t i = 0; i < b->count; i++)
		for (size_t j = 0; j < i; j++)
			assert_false(addr_same_host(&b->addrs[i], &b->addrs[j]));
}

static void test_resolve_other_family_has_no_data(void **state)
{
	struct bench *b = *state;

	find(b, "one.test", AF_INET6);
	assert_int_equal(b->reason, REASON_DNS_NODATA);
	assert_int_equal(b->count, 0);
}

static void test_resolve_unknown_name_does_not_exist(void **state)
{
	find(*state, "nx.test", AF_INET);
	assert_int_equal(((struct bench *)*state)->reason, REASON_DNS_NXDOMAIN);
}

static void test_resolve_servfail_and_refused_are_told_apart(void **state)
{
	struct bench *b = *state;

	find(b, "servfail.test", AF_INET);
	assert_int_equal(b->reason, REASON_DNS_SERVFAIL);
	b->calls = 0;
	find(b, "refused.test", AF_INET);
	assert_int_equal(b->reason, REASON_DNS_REFUSED);
}

static void test_resolve_reply_that_makes_no_sense_is_never_an_address(void **state)
{
	struct bench *b = *state;

	(void)begin(b, "garbage.test", AF_INET, 200);
	run(b, LONG_MS);
	assert_int_equal(b->calls, 1);
	assert_int_equal(b->count, 0);
	assert_true(b->reason == REASON_DNS_BAD_REPLY || b->reason == REASON_DNS_TIMEOUT);
}

static void test_resolve_silent_server_ends_with_the_timeout(void **state)
{
	struct bench *b = *state;

	(void)begin(b, "silent.test", AF_INET, 50);
	run(b, LONG_MS);
	assert_int_equal(b->calls, 1);
	assert_int_equal(b->reason, REASON_DNS_TIMEOUT);
	assert_true(b->asked > 0);
}

static void test_resolve_server_away_is_no_server(void **state)
{
	struct bench *b = *state;

	stop_serving(b);
	find(b, "one.test", AF_INET);
	assert_int_equal(b->reason, REASON_DNS_NO_SERVER);
}

static void test_resolve_cancel_before_the_answer_is_silent(void **state)
{
	struct bench *b = *state;
	struct lookup *l = begin(b, "one.test", AF_INET, LONG_MS);

	lookup_cancel(l);
	/* The second one's answer comes behind that to the first. */
	find(b, "one.test", AF_INET);
	assert_int_equal(b->calls, 1);
	assert_true(b->asked >= 2);
}

static void test_resolve_cancel_of_a_decided_lookup_is_silent(void **state)
{
	struct bench *b = *state;

	lookup_cancel(begin(b, "192.0.2.7", AF_INET, LONG_MS));
	lookup_cancel(NULL);
	(void)event_base_loop(b->base, EVLOOP_NONBLOCK);
	assert_int_equal(b->calls, 0);
}

static void test_resolve_free_with_answers_owed_is_clean(void **state)
{
	struct bench *b = *state;

	lookup_cancel(begin(b, "silent.test", AF_INET, LONG_MS));
	(void)begin(b, "silent.test", AF_INET, 10);
	run(b, LONG_MS);
	assert_int_equal(b->reason, REASON_DNS_TIMEOUT);
	/* tear_down() frees the resolver while both questions are open. */
}

static void on_found_cancel_other(void *owner, const struct lookup_result *result)
{
	struct lookup **other = owner;

	(void)result;
	lookup_cancel(*other);
	*other = NULL;
}

static void test_resolve_cancel_of_another_inside_done_is_silent(void **state)
{
	struct bench *b = *state;
	struct lookup *other = NULL;

	(void)lookup_start(b->resolver, "192.0.2.7", AF_INET, span_of_ms(LONG_MS),
			   on_found_cancel_other, &other);
	other = begin(b, "192.0.2.8", AF_INET, LONG_MS);
	(void)event_base_loop(b->base, EVLOOP_NONBLOCK);
	assert_null(other);
	assert_int_equal(b->calls, 0);
}

static void test_resolve_server_that_is_no_address_is_refused(void **state)
{
	struct bench *b = *state;
	struct err e = { 0 };

	assert_null(resolver_new(b->base, "dns.example", &e));
	assert_non_null(strstr(e.text, "is not a DNS server"));
	resolver_free(NULL);
}

#define with_bench(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	with_bench(test_resolve_numeric_name_needs_no_server),
	with_bench(test_resolve_numeric_v6_name_needs_no_server),
	with_bench(test_resolve_name_is_asked_for),
	with_bench(test_resolve_many_addresses_are_cut_and_never_twice),
	with_bench(test_resolve_other_family_has_no_data),
	with_bench(test_resolve_unknown_name_does_not_exist),
	with_bench(test_resolve_servfail_and_refused_are_told_apart),
	with_bench(test_resolve_reply_that_makes_no_sense_is_never_an_address),
	with_bench(test_resolve_silent_server_ends_with_the_timeout),
	with_bench(test_resolve_server_away_is_no_server),
	with_bench(test_resolve_cancel_before_the_answer_is_silent),
	with_bench(test_resolve_cancel_of_a_decided_lookup_is_silent),
	with_bench(test_resolve_cancel_of_another_inside_done_is_silent),
	with_bench(test_resolve_free_with_answers_owed_is_clean),
	with_bench(test_resolve_server_that_is_no_address_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
