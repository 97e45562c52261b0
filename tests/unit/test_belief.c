/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/belief.h"

#include <stdint.h>

#include "tests/unit/unit.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define YEAR   (365 * DAY)
#define T0     INT64_C(1795388054123) /* what time it is, when the clock is right */

/* A machine with its clocks, and a daemon that looks at them every second. */
static struct belief b;
static int64_t real_ms; /* since T0 */
static int64_t mono_ms;
static int64_t wrong_ms; /* of the wall clock */

static struct wall wall(void)
{
	return (struct wall){ T0 + real_ms + wrong_ms };
}

static struct mono mono(void)
{
	return (struct mono){ mono_ms * 1000000 };
}

static void start(int64_t left_ms)
{
	belief_begin(&b, (struct wall){ left_ms }, wall(), mono());
}

static int set_up(__attribute__((unused)) void **state)
{
	real_ms = wrong_ms = 0;
	mono_ms = 12345;
	start(0);
	return 0;
}

static void run(int64_t ms)
{
	for (int64_t i = 0; i < ms; i += SECOND) {
		real_ms += SECOND;
		mono_ms += SECOND;
		belief_look(&b, wall(), mono());
	}
}

static void sleep_for(int64_t ms)
{
	real_ms += ms;
}

/* Another process, perhaps after the machine had been off. */
static void restart(int64_t off_ms)
{
	int64_t left = b.at.ms;

	real_ms += off_ms;
	mono_ms = 5000;
	start(left);
}

static int64_t lag(void)
{
	return T0 + real_ms - belief_now(&b).ms;
}

TEST(test_belief_goes_with_a_clock_that_is_right)
{
	assert_int_equal(lag(), 0);
	run(3 * DAY);
	assert_int_equal(lag(), 0);
	restart(2 * SECOND);
	run(2 * HOUR);
	assert_int_equal(lag(), 0);
}

TEST(test_belief_step_ahead_that_is_put_right_costs_nothing)
{
	run(HOUR);
	wrong_ms = 73 * YEAR;
	run(59 * MINUTE);
	assert_int_equal(lag(), 0);
	wrong_ms = 0;
	run(2 * HOUR);
	assert_int_equal(lag(), 0);
}

TEST(test_belief_boot_far_ahead_costs_nothing_however_often)
{
	for (int i = 0; i < 20; i++) {
		wrong_ms = 73 * YEAR;
		restart(MINUTE);
		run(50 * MINUTE);
		assert_true(lag() >= 0);
		wrong_ms = 0;
		run(10 * MINUTE);
	}
	assert_true(lag() >= 0 && lag() <= 20 * MINUTE);
}

TEST(test_belief_clock_ahead_for_a_day_costs_three_weeks)
{
	wrong_ms = 73 * YEAR;
	run(DAY);
	assert_true(lag() < -21 * DAY && lag() > -23 * DAY);
	wrong_ms = 0;
	run(2 * HOUR);
	assert_int_equal(lag(), 0);
}

/* Nothing is older than the beginning of 1970, and nothing is lost by having been there. */
TEST(test_belief_boot_in_1970_forgets_nothing_and_is_over_at_once)
{
	run(HOUR);
	wrong_ms = -T0 - HOUR;
	restart(MINUTE);
	run(10 * HOUR);
	assert_true(belief_now(&b).ms < DAY);
	wrong_ms = 0;
	run(SECOND);
	assert_true(lag() >= 0 && lag() <= MINUTE + SECOND);
}

TEST(test_belief_machine_off_for_long_catches_up_in_days)
{
	restart(100 * DAY);
	run(HOUR - SECOND);
	assert_int_equal(lag(), 100 * DAY);
	run(2 * DAY);
	assert_true(lag() > 52 * DAY && lag() < 55 * DAY);
	run(3 * DAY);
	assert_int_equal(lag(), 0);
}

TEST(test_belief_machine_that_sleeps_every_night_keeps_up)
{
	for (int i = 0; i < 30; i++) {
		run(3 * HOUR);
		assert_int_equal(lag(), 0);
		sleep_for(21 * HOUR);
	}
}

/* The first start of all was under a wrong clock: later ones are not to believe it. */
TEST(test_belief_first_start_far_ahead_is_mended)
{
	wrong_ms = 73 * YEAR;
	start(0);
	run(30 * MINUTE);
	wrong_ms = 0;
	run(2 * HOUR);
	assert_int_equal(lag(), 0);
	wrong_ms = 73 * YEAR;
	restart(MINUTE);
	assert_true(lag() >= 0);
}

TEST(test_belief_clock_that_is_slewed_is_followed)
{
	for (int i = 0; i < 48; i++) {
		run(HOUR);
		wrong_ms -= 2 * SECOND;
	}
	run(SECOND);
	assert_int_equal(lag(), -wrong_ms);
}

TEST(test_belief_rubbish_in_the_file_is_no_time)
{
	static const int64_t rubbish[] = { INT64_MIN, -1, INT64_MAX };

	for (size_t i = 0; i < sizeof rubbish / sizeof *rubbish; i++) {
		start(rubbish[i]);
		run(MINUTE);
		assert_int_equal(lag(), 0);
	}
}

#define AT_T0(test) cmocka_unit_test_setup(test, set_up)

static const struct CMUnitTest tests[] = {
	AT_T0(test_belief_goes_with_a_clock_that_is_right),
	AT_T0(test_belief_step_ahead_that_is_put_right_costs_nothing),
	AT_T0(test_belief_boot_far_ahead_costs_nothing_however_often),
	AT_T0(test_belief_clock_ahead_for_a_day_costs_three_weeks),
	AT_T0(test_belief_boot_in_1970_forgets_nothing_and_is_over_at_once),
	AT_T0(test_belief_machine_off_for_long_catches_up_in_days),
	AT_T0(test_belief_machine_that_sleeps_every_night_keeps_up),
	AT_T0(test_belief_first_start_far_ahead_is_mended),
	AT_T0(test_belief_clock_that_is_slewed_is_followed),
	AT_T0(test_belief_rubbish_in_the_file_is_no_time),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
