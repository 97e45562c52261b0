/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/launch.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/place.h"
#include "probes/verdict.h"
#include "tests/unit/unit.h"

enum { ATTEMPTS = 8, PLACES = 2 };

/* In place of probes/probe.c: an attempt ends when the test says so. */
struct probe {
	probe_done_fn *done;
	void *owner;
};

static unsigned aborted;
static struct mono now = { .ns = INT64_C(1000000000) };

struct mono __wrap_mono_now(void);
struct mono __wrap_mono_now(void)
{
	return now;
}

struct probe *__wrap_probe_start(struct prober *b, const struct probe_spec *spec,
				 probe_done_fn *done, void *owner);
void __wrap_probe_abort(struct probe *p);

struct probe *__wrap_probe_start(struct prober *b, const struct probe_spec *spec,
				 probe_done_fn *done, void *owner)
{
	struct probe *p = xcalloc(1, sizeof *p);

	assert_null(b);
	assert_non_null(spec->host);
	p->done = done;
	p->owner = owner;
	return p;
}

void __wrap_probe_abort(struct probe *p)
{
	aborted += p != NULL;
	free(p);
}

struct site {
	struct launch *launch;
	struct places *places;
	struct place *place[PLACES];
	struct attempt attempts[ATTEMPTS];
	unsigned prepared, done;
	struct attempt *last;
};

static void prepare(void *owner, struct attempt *a)
{
	((struct site *)owner)->prepared++;
	a->spec = (struct probe_spec){ .host = "web" };
}

static void on_done(void *owner, struct attempt *a, struct verdict *v)
{
	struct site *s = owner;

	assert_int_equal(v->reason, REASON_REFUSED);
	assert_null(a->probe);
	s->done++;
	s->last = a;
}

/* Attempts 0 to 3 are at the first place, the others at the second. */
static void site_init(struct site *s, unsigned in_flight, unsigned per_address)
{
	*s = (struct site){ .places = places_new() };
	s->launch = launch_new(
		&(struct launch_parts){ .owner = s, .prepare = prepare, .done = on_done });
	launch_limit(s->launch,
		     &(struct launch_limits){ .in_flight = in_flight, .per_address = per_address });
	for (int i = 0; i < PLACES; i++) {
		struct addr addr;

		assert_true(addr_parse(i == 0 ? "10.0.0.1" : "10.0.0.2", 902, &addr));
		s->place[i] = places_take(s->places, &addr);
	}
	for (int i = 0; i < ATTEMPTS; i++)
		s->attempts[i].place = s->place[i / (ATTEMPTS / PLACES)];
	aborted = 0;
}

static void site_done(struct site *s)
{
	assert_int_equal(launch_in_flight(s->launch), 0);
	assert_int_equal(launch_waiting(s->launch), 0);
	for (int i = 0; i < PLACES; i++)
		places_release(s->places, s->place[i]);
	launch_free(s->launch);
	places_free(s->places);
}

static void put(struct site *s, int first, int last)
{
	for (int i = first; i <= last; i++)
		launch_put(s->launch, &s->attempts[i]);
}

static void turn(struct site *s)
{
	struct span wait;

	assert_false(launch_turn(s->launch, &wait));
}

static bool under_way(const struct site *s, int i)
{
	return s->attempts[i].probe != NULL;
}

static void end(struct site *s, int i)
{
	struct probe *p = s->attempts[i].probe;
	struct verdict v = { .reason = REASON_REFUSED };
	struct probe was;

	assert_non_null(p);
	was = *p;
	free(p);
	was.done(was.owner, &v);
	assert_ptr_equal(s->last, &s->attempts[i]);
}

static void end_all(struct site *s)
{
	bool any = true;

	while (any) {
		any = false;
		turn(s);
		for (int i = 0; i < ATTEMPTS; i++)
			if (under_way(s, i)) {
				end(s, i);
				any = true;
			}
	}
}

TEST(test_launch_starts_what_was_put_and_hands_it_back)
{
	struct site s;

	site_init(&s, 8, 8);
	put(&s, 0, 1);
	assert_int_equal(launch_waiting(s.launch), 2);
	turn(&s);
	assert_int_equal(launch_in_flight(s.launch), 2);
	assert_int_equal(launch_waiting(s.launch), 0);
	assert_int_equal(s.prepared, 2);
	end(&s, 1);
	end(&s, 0);
	assert_int_equal(s.done, 2);
	site_done(&s);
}

TEST(test_launch_full_waits_and_goes_on_in_order)
{
	struct site s;

	site_init(&s, 2, 8);
	put(&s, 0, 3);
	turn(&s);
	assert_true(under_way(&s, 0) && under_way(&s, 1));
	assert_false(under_way(&s, 2));
	turn(&s);
	assert_int_equal(launch_in_flight(s.launch), 2);
	end(&s, 0);
	turn(&s);
	assert_true(under_way(&s, 2));
	assert_false(under_way(&s, 3));
	end_all(&s);
	assert_int_equal(s.done, 4);
	site_done(&s);
}

TEST(test_launch_full_place_does_not_hold_up_another)
{
	struct site s;

	site_init(&s, 8, 1);
	put(&s, 0, 4);
	turn(&s);
	assert_true(under_way(&s, 0) && under_way(&s, 4));
	assert_int_equal(launch_in_flight(s.launch), 2);
	assert_int_equal(launch_waiting(s.launch), 3);
	end(&s, 0);
	turn(&s);
	assert_true(under_way(&s, 1));
	assert_false(under_way(&s, 2) || under_way(&s, 3));
	end_all(&s);
	assert_int_equal(s.done, 5);
	site_done(&s);
}

TEST(test_launch_take_back_is_silent_wherever_it_is)
{
	struct site s;

	site_init(&s, 8, 1);
	put(&s, 0, 2);
	turn(&s);
	put(&s, 4, 4);
	launch_take_back(s.launch, &s.attempts[4]); /* ready */
	launch_take_back(s.launch, &s.attempts[1]); /* at its place */
	assert_int_equal(aborted, 0);
	launch_take_back(s.launch, &s.attempts[0]); /* under way */
	assert_int_equal(aborted, 1);
	turn(&s);
	assert_true(under_way(&s, 2));
	launch_take_back(s.launch, &s.attempts[2]);
	assert_int_equal(s.done, 0);
	site_done(&s);
}

/* The one that got the free seat goes before it takes it: it is the next one's. */
TEST(test_launch_take_back_of_a_ready_one_leaves_its_seat_to_the_next)
{
	struct site s;

	site_init(&s, 8, 1);
	put(&s, 0, 2);
	turn(&s);
	end(&s, 0);
	launch_take_back(s.launch, &s.attempts[1]);
	turn(&s);
	assert_true(under_way(&s, 2));
	end_all(&s);
	assert_int_equal(s.done, 2);
	site_done(&s);
}

TEST(test_launch_restart_makes_those_under_way_again)
{
	struct site s;

	site_init(&s, 2, 8);
	put(&s, 0, 2);
	turn(&s);
	assert_int_equal(s.prepared, 2);
	launch_restart(s.launch);
	assert_int_equal(aborted, 2);
	assert_int_equal(launch_in_flight(s.launch), 0);
	assert_int_equal(launch_waiting(s.launch), 3);
	assert_true(s.attempts[0].again);
	assert_true(s.attempts[1].again);
	assert_false(s.attempts[2].again);
	turn(&s);
	assert_int_equal(s.prepared, 4);
	end_all(&s);
	assert_int_equal(s.done, 3);
	site_done(&s);
}

TEST(test_launch_smaller_limits_hold_from_the_next_start_on)
{
	struct site s;

	site_init(&s, 8, 8);
	put(&s, 0, 3);
	turn(&s);
	launch_limit(s.launch, &(struct launch_limits){ .in_flight = 1, .per_address = 1 });
	put(&s, 4, 5);
	turn(&s);
	assert_int_equal(launch_in_flight(s.launch), 4);
	for (int i = 0; i < 4; i++)
		end(&s, i);
	turn(&s);
	assert_int_equal(launch_in_flight(s.launch), 1);
	end_all(&s);
	site_done(&s);
}

/* 0 to 3 are wanted in between, 4 to 7 are regular. */
static void put_mixed(struct site *s)
{
	site_init(s, 1, 8);
	for (int i = 4; i <= 7; i++)
		s->attempts[i].due.regular = true;
	put(s, 0, 7);
}

static void expect_order(struct site *s, const int *order, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		turn(s);
		assert_true(under_way(s, order[i]));
		end(s, order[i]);
	}
	site_done(s);
}

TEST(test_launch_regular_ones_go_before_others_but_not_for_ever)
{
	struct site s;

	put_mixed(&s);
	expect_order(&s, (const int[]){ 4, 5, 6, 0, 7, 1, 2, 3 }, ATTEMPTS);
}

TEST(test_launch_hastened_one_goes_with_the_regular_ones)
{
	struct site s;

	put_mixed(&s);
	turn(&s);
	launch_hasten(s.launch, &s.attempts[4]); /* under way already */
	s.attempts[0].due.regular = true;
	launch_hasten(s.launch, &s.attempts[0]);
	expect_order(&s, (const int[]){ 4, 5, 6, 1, 7, 0, 2, 3 }, ATTEMPTS);
}

TEST(test_launch_separation_asks_to_be_called_later)
{
	struct site s;
	struct span wait;

	site_init(&s, 8, 8);
	launch_limit(s.launch, &(struct launch_limits){ .in_flight = 8,
							.per_address = 8,
							.separation = { INT64_C(3600000000000) } });
	put(&s, 0, 1);
	assert_true(launch_turn(s.launch, &wait));
	/* A machine that has been up for less than the separation starts none yet. */
	assert_in_range(launch_in_flight(s.launch), 0, 1);
	assert_in_range(wait.ns, 1, INT64_C(3600000000000));
	launch_limit(s.launch, &(struct launch_limits){ .in_flight = 8, .per_address = 8 });
	end_all(&s);
	assert_int_equal(s.done, 2);
	site_done(&s);
}

static void separate(struct site *s)
{
	site_init(s, 8, 8);
	launch_limit(s->launch, &(struct launch_limits){ .in_flight = 8,
							 .per_address = 8,
							 .separation = span_of_ms(1) });
}

/* A turn after so long, that leaves some waiting for the rest of a separation. */
static void turn_after(struct site *s, int64_t us, int64_t rest_us, size_t in_flight)
{
	struct span wait;

	now.ns += us * 1000;
	assert_true(launch_turn(s->launch, &wait));
	assert_int_equal(span_us(wait), rest_us);
	assert_int_equal(launch_in_flight(s->launch), in_flight);
}

TEST(test_launch_late_turn_keeps_the_pace_of_those_held_back)
{
	struct site s;

	separate(&s);
	put(&s, 0, 7);
	turn_after(&s, 0, 1000, 1);
	turn_after(&s, 1300, 700, 2);
	turn_after(&s, 700, 1000, 3);
	turn_after(&s, 2500, 500, 5);
	now.ns += 5000000;
	turn(&s);
	end_all(&s);
	site_done(&s);
}

TEST(test_launch_very_late_turn_makes_up_for_a_few_only)
{
	struct site s;

	separate(&s);
	put(&s, 0, 7);
	turn_after(&s, 0, 1000, 1);
	turn_after(&s, 1000000, 1000, 6);
	turn_after(&s, 1000, 1000, 7);
	now.ns += 1000000;
	turn(&s);
	end_all(&s);
	site_done(&s);
}

TEST(test_launch_those_put_late_are_separated_all_the_same)
{
	struct site s;

	separate(&s);
	put(&s, 0, 0);
	turn(&s);
	now.ns += 50000000;
	put(&s, 1, 2);
	turn_after(&s, 0, 1000, 2);
	now.ns += 1000000;
	turn(&s);
	end_all(&s);
	site_done(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_launch_starts_what_was_put_and_hands_it_back),
	cmocka_unit_test(test_launch_full_waits_and_goes_on_in_order),
	cmocka_unit_test(test_launch_full_place_does_not_hold_up_another),
	cmocka_unit_test(test_launch_take_back_is_silent_wherever_it_is),
	cmocka_unit_test(test_launch_take_back_of_a_ready_one_leaves_its_seat_to_the_next),
	cmocka_unit_test(test_launch_restart_makes_those_under_way_again),
	cmocka_unit_test(test_launch_smaller_limits_hold_from_the_next_start_on),
	cmocka_unit_test(test_launch_regular_ones_go_before_others_but_not_for_ever),
	cmocka_unit_test(test_launch_hastened_one_goes_with_the_regular_ones),
	cmocka_unit_test(test_launch_separation_asks_to_be_called_later),
	cmocka_unit_test(test_launch_late_turn_keeps_the_pace_of_those_held_back),
	cmocka_unit_test(test_launch_very_late_turn_makes_up_for_a_few_only),
	cmocka_unit_test(test_launch_those_put_late_are_separated_all_the_same),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
