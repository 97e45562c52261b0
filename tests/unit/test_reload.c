/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/reload.h"

#include <event2/event.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/must.h"
#include "daemon/exchange.h"
#include "tests/unit/unit.h"

enum { PAUSE_MS = 50, LOADS_MAX = 8, REPLY_BYTES = 4096 };

static struct event_base *base;
static struct reload *reload;
static struct mono loads[LOADS_MAX]; /* when each began */
static size_t count;
static struct reload_outcome outcome;

static void load(void *owner, struct reload_outcome *ret_outcome)
{
	(void)owner;
	MUST(count < LOADS_MAX);
	loads[count++] = mono_now();
	*ret_outcome = outcome;
}

static int set_up(__attribute__((unused)) void **state)
{
	(void)signal(SIGPIPE, SIG_IGN); /* as in the daemon */
	base = event_base_new();
	MUST(base != NULL);
	count = 0;
	outcome = (struct reload_outcome){ .refused = { .text = "" } };
	reload = reload_new(&(struct reload_parts){ .base = base, .load = load });
	reload_set_pause(reload, span_of_ms(PAUSE_MS));
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	reload_free(reload);
	event_base_free(base);
	return 0;
}

TEST(test_reload_storm_is_one_at_once_and_one_after_the_pause)
{
	reload_want(reload);
	assert_int_equal(count, 1);
	for (int i = 0; i < 1000; i++)
		reload_want(reload);
	assert_int_equal(count, 1);
	MUST(event_base_dispatch(base) >= 0); /* ends when nothing waits any more */
	assert_int_equal(count, 2);
	assert_false(mono_before(loads[1], mono_add(loads[0], span_of_ms(PAUSE_MS))));
}

TEST(test_reload_after_the_pause_is_at_once)
{
	reload_set_pause(reload, span_of_ms(0));
	for (size_t i = 0; i < 3; i++) {
		reload_want(reload);
		assert_int_equal(count, i + 1);
	}
}

/* ---- orders */

static struct exchange *exchanges[2];
static int clients[2];

static void serve(void *owner, struct exchange *x)
{
	(void)owner;
	reload_order(reload, x);
}

static void ended(void *owner, struct exchange *x)
{
	(void)owner;
	for (size_t i = 0; i < ARRAY_LEN(exchanges); i++)
		if (exchanges[i] == x)
			exchanges[i] = NULL;
}

static const struct exchange_keeper keeper = { .serve = serve, .ended = ended };

/* Client i orders one. */
static void order(size_t i)
{
	static const char request[] = "POST /v1/reload HTTP/1.0\r\n\r\n";
	int ends[2];

	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0);
	exchanges[i] = exchange_new(base, ends[0], &keeper);
	MUST(exchanges[i] != NULL && send(ends[1], request, sizeof request - 1, 0) > 0);
	clients[i] = ends[1];
}

/* Runs the loop until client i has its reply, and is gone. */
static void expect_reply(size_t i, const char *status, const char *body)
{
	char got[REPLY_BYTES];
	size_t len = 0;

	for (;;) {
		ssize_t n = recv(clients[i], got + len, sizeof got - 1 - len, 0);

		if (n == 0)
			break;
		if (n > 0)
			len += (size_t)n;
		else
			MUST(event_base_loop(base, EVLOOP_ONCE) == 0);
	}
	got[len] = '\0';
	assert_non_null(strstr(got, status));
	assert_non_null(strstr(got, body));
	MUST(close(clients[i]) == 0);
	while (exchanges[i] != NULL)
		MUST(event_base_loop(base, EVLOOP_ONCE) == 0);
}

TEST(test_reload_orders_are_answered_with_the_outcome_of_theirs)
{
	order(0);
	(void)snprintf(outcome.deaf.text, sizeof outcome.deaf.text, "no such address");
	expect_reply(0, " 200 ", "{\"reloaded\":true,\"listen_error\":\"no such address\"}");
	(void)snprintf(outcome.refused.text, sizeof outcome.refused.text, "x.yaml:1: nmae");
	order(0);
	order(1);
	expect_reply(0, " 422 ", "x.yaml:1: nmae");
	expect_reply(1, " 422 ", "x.yaml:1: nmae");
	assert_int_equal(count, 2);
	outcome = (struct reload_outcome){ .refused = { .text = "" } };
	order(0);
	expect_reply(0, " 200 ", "{\"reloaded\":true}");
}

TEST(test_reload_orderer_that_leaves_is_forgotten)
{
	reload_want(reload);
	order(0);
	MUST(close(clients[0]) == 0);
	MUST(event_base_dispatch(base) >= 0);
	assert_null(exchanges[0]);
	assert_int_equal(count, 2); /* it was wanted all the same */
}

TEST(test_reload_connection_that_is_cut_takes_its_order_along)
{
	reload_want(reload);
	order(0);
	MUST(event_base_loop(base, EVLOOP_ONCE) == 0);
	exchange_free(exchanges[0]);
	MUST(close(clients[0]) == 0);
	MUST(event_base_dispatch(base) >= 0);
	assert_int_equal(count, 2);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_reload_storm_is_one_at_once_and_one_after_the_pause,
					set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_reload_after_the_pause_is_at_once, set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_reload_orders_are_answered_with_the_outcome_of_theirs,
					set_up, tear_down),
	cmocka_unit_test_setup_teardown(test_reload_orderer_that_leaves_is_forgotten, set_up,
					tear_down),
	cmocka_unit_test_setup_teardown(test_reload_connection_that_is_cut_takes_its_order_along,
					set_up, tear_down),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
