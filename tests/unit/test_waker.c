/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/waker.h"

#include <event2/event.h>

#include "tests/unit/unit.h"

struct site {
	struct event_base *base;
	struct waker *waker;
	unsigned calls;
	unsigned enough; /* calls, after which the loop is left */
	struct span wait;
	struct mono last;
};

static struct span on_call(void *owner)
{
	struct site *s = owner;

	s->last = mono_now();
	if (++s->calls == s->enough)
		assert_int_equal(event_base_loopbreak(s->base), 0);
	return s->wait;
}

static void site_init(struct site *s)
{
	*s = (struct site){ .base = event_base_new() };
	assert_non_null(s->base);
	s->waker = waker_new(s->base, on_call, s);
	assert_non_null(s->waker);
}

static void site_done(struct site *s)
{
	waker_free(s->waker);
	event_base_free(s->base);
}

TEST(test_waker_nobody_asked_calls_nobody)
{
	struct site s;

	site_init(&s);
	assert_int_equal(event_base_loop(s.base, EVLOOP_NONBLOCK), 0);
	assert_int_equal(s.calls, 0);
	site_done(&s);
}

TEST(test_waker_now_calls_once_and_from_the_loop)
{
	struct site s;

	site_init(&s);
	s.wait = span_of_ms(60 * 60 * 1000);
	waker_now(s.waker);
	waker_now(s.waker);
	assert_int_equal(s.calls, 0);
	assert_int_equal(event_base_loop(s.base, EVLOOP_NONBLOCK), 0);
	assert_int_equal(s.calls, 1);
	assert_int_equal(event_base_loop(s.base, EVLOOP_NONBLOCK), 0);
	assert_int_equal(s.calls, 1);
	site_done(&s);
}

TEST(test_waker_calls_after_the_wait_and_never_before)
{
	struct site s;
	struct mono began = mono_now();

	site_init(&s);
	s.wait = (struct span){ .ns = 1500000 };
	s.enough = 4;
	waker_now(s.waker);
	assert_int_equal(event_base_dispatch(s.base), 0);
	assert_int_equal(s.calls, 4);
	assert_true(mono_sub(s.last, began).ns >= 3 * s.wait.ns);
	site_done(&s);
}

static void on_other(evutil_socket_t fd, short what, void *data)
{
	struct site *s = data;

	(void)fd;
	(void)what;
	assert_int_equal(event_base_loopbreak(s->base), 0);
}

/* Whoever wants to be called at once, for ever, starves nobody. */
TEST(test_waker_no_wait_is_no_end_and_leaves_room_for_others)
{
	static const struct timeval soon = { .tv_usec = 2000 };
	struct site s;

	site_init(&s);
	waker_now(s.waker);
	assert_int_equal(event_base_once(s.base, -1, EV_TIMEOUT, on_other, &s, &soon), 0);
	assert_int_equal(event_base_dispatch(s.base), 0);
	assert_true(s.calls > 1);
	site_done(&s);
}

TEST(test_waker_free_of_nothing_is_harmless)
{
	waker_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_waker_nobody_asked_calls_nobody),
	cmocka_unit_test(test_waker_now_calls_once_and_from_the_loop),
	cmocka_unit_test(test_waker_calls_after_the_wait_and_never_before),
	cmocka_unit_test(test_waker_no_wait_is_no_end_and_leaves_room_for_others),
	cmocka_unit_test(test_waker_free_of_nothing_is_harmless),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
