/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/state.h"

#include "base/must.h"
#include "probes/reason.h"
#include "tests/unit/looks.h"
#include "tests/unit/unit.h"

TEST(test_state_unknown_is_neither_a_surprise_nor_its_end)
{
	struct state s = looks_open();
	struct change c = look(&s, REASON_LOCAL, 2000);

	assert_quiet(&c, REASON_OK, 1000);
	assert_int_equal(s.candidate, STATE_NOTHING);
	(void)look(&s, REASON_REFUSED, 3000);
	c = look_again(&s, REASON_LOCAL, 3250);
	assert_quiet(&c, REASON_OK, 1000);
	c = look(&s, REASON_LOCAL, 4000);
	assert_quiet(&c, REASON_OK, 1000);
	assert_int_equal(s.candidate, REASON_REFUSED);
	c = look(&s, REASON_REFUSED, 5000);
	assert_asks(&c, 500);
	(void)look_again(&s, REASON_REFUSED, 5500);
	c = look_again(&s, REASON_REFUSED, 6500);
	assert_declared(&c, REASON_OK, REASON_REFUSED, 3000);
}

TEST(test_state_unknown_three_times_on_the_grid_is_declared_from_the_first)
{
	static const struct {
		enum aspect aspect;
		int well, unknown;
	} cases[] = {
		{ ASPECT_PORT, REASON_OK, REASON_LOCAL },
		{ ASPECT_SERVICE, SERVICE_SERVING, SERVICE_LOCAL },
		{ ASPECT_NAME, REASON_OK, REASON_LOCAL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct state s;
		struct change c;

		state_init(&s);
		(void)look_on(&s, cases[i].aspect, cases[i].well, 1000);
		for (int k = 0; k < STATE_UNKNOWN_AFTER - 1; k++) {
			c = look_on(&s, cases[i].aspect, cases[i].unknown, 2000 + k);
			assert_quiet(&c, cases[i].well, 1000);
		}
		c = look_on(&s, cases[i].aspect, cases[i].unknown, 3000);
		assert_declared(&c, cases[i].well, cases[i].unknown, 2000);
		assert_true(c.word_changed);
		assert_false(c.first);
		for (int k = 0; k < 10; k++) {
			c = look_on(&s, cases[i].aspect, cases[i].unknown, 4000 + k);
			assert_quiet(&c, cases[i].unknown, 2000);
			assert_int_equal(s.unknowns, STATE_UNKNOWN_AFTER);
		}
	}
}

TEST(test_state_unknown_between_the_grid_does_not_count)
{
	struct state s = looks_open();
	struct change c;

	for (int i = 0; i < 50; i++) {
		c = look_again(&s, REASON_LOCAL, 2000 + i);
		assert_quiet(&c, REASON_OK, 1000);
	}
	(void)look(&s, REASON_LOCAL, 3000);
	(void)look(&s, REASON_LOCAL, 4000);
	(void)look_again(&s, REASON_LOCAL, 4500);
	c = look(&s, REASON_LOCAL, 5000);
	assert_declared(&c, REASON_OK, REASON_LOCAL, 3000);
}

TEST(test_state_unknown_counts_anew_once_anything_was_known)
{
	struct state s = looks_open();
	struct change c;

	for (int i = 0; i < 20; i++) {
		c = look(&s, REASON_LOCAL, 2000 + i * 100);
		c = look(&s, REASON_LOCAL, 2010 + i * 100);
		assert_quiet(&c, REASON_OK, 1000);
		c = i % 2 == 0 ? look_again(&s, REASON_OK, 2020 + i * 100)
			       : look_again(&s, REASON_REFUSED, 2020 + i * 100);
		assert_false(c.changed);
	}
}

TEST(test_state_after_unknown_what_was_known_before_is_back_at_once)
{
	struct state s = looks_blind();
	struct change c = look(&s, REASON_OK, 5000);

	assert_declared(&c, REASON_LOCAL, REASON_OK, 5000);
	assert_true(c.word_changed);
	assert_false(c.first);
	assert_int_equal(s.window, 0);
}

TEST(test_state_after_unknown_another_value_needs_its_confirmations)
{
	struct state s = looks_blind();
	struct change c = look(&s, REASON_NO_ANSWER, 5000);

	assert_asks(&c, 250);
	(void)look_again(&s, REASON_NO_ANSWER, 5250);
	(void)look_again(&s, REASON_NO_ANSWER, 5750);
	c = look_again(&s, REASON_NO_ANSWER, 6750);
	assert_declared(&c, REASON_LOCAL, REASON_NO_ANSWER, 5000);
	assert_int_equal(s.window, 1);

	s = looks_blind();
	(void)look(&s, REASON_NO_ANSWER, 5000);
	c = look_again(&s, REASON_OK, 5250);
	assert_declared(&c, REASON_LOCAL, REASON_OK, 5250);
	assert_int_equal(s.window, 0);
}

TEST(test_state_unknown_from_the_start_ends_with_the_first_value_that_is_well)
{
	struct state s;
	struct change c;

	state_init(&s);
	for (int i = 0; i < 10; i++)
		c = look(&s, REASON_LOCAL, 1000 + i);
	assert_quiet(&c, REASON_LOCAL, 1000);
	c = look(&s, REASON_OK, 2000);
	assert_declared(&c, REASON_LOCAL, REASON_OK, 2000);
	assert_false(c.first);
	assert_int_equal(s.window, 0);
}

TEST(test_state_unknown_from_the_start_ends_with_an_ill_value_that_is_confirmed)
{
	struct state s;
	struct change c;

	state_init(&s);
	(void)look(&s, REASON_LOCAL, 1000);
	c = look(&s, REASON_NO_ANSWER, 2000);
	assert_asks(&c, 250);
	(void)look_again(&s, REASON_NO_ANSWER, 2250);
	(void)look_again(&s, REASON_NO_ANSWER, 2500);
	c = look_again(&s, REASON_NO_ANSWER, 3000);
	assert_declared(&c, REASON_LOCAL, REASON_NO_ANSWER, 2000);
	assert_false(c.first);
	assert_int_equal(s.window, 0);
}

TEST(test_state_unknown_within_the_first_surprise_does_not_end_it)
{
	struct state s;
	struct change c;

	state_init(&s);
	(void)look(&s, REASON_NO_ANSWER, 1000);
	c = look_again(&s, REASON_LOCAL, 1250);
	assert_quiet(&c, STATE_NOTHING, 0);
	c = look(&s, REASON_NO_ANSWER, 2000);
	assert_asks(&c, 500);

	for (int i = 0; i < STATE_UNKNOWN_AFTER; i++)
		c = look(&s, REASON_LOCAL, 3000 + i);
	assert_declared(&c, STATE_NOTHING, REASON_LOCAL, 3000);
	assert_true(c.first);
	assert_int_equal(s.candidate, STATE_NOTHING);
}

/* Else a change would be dated back over a time in which nobody could look. */
TEST(test_state_blindness_ends_a_surprise_that_came_before)
{
	struct state s = looks_open();
	struct change c = look(&s, REASON_REFUSED, 2000);

	for (int i = 0; i < STATE_UNKNOWN_AFTER; i++)
		c = look(&s, REASON_LOCAL, 3000 + i);
	assert_declared(&c, REASON_OK, REASON_LOCAL, 3000);
	assert_int_equal(s.candidate, STATE_NOTHING);

	c = look(&s, REASON_REFUSED, 4000);
	assert_asks(&c, 250);
	for (int i = 0; i < 100; i++)
		c = look(&s, REASON_LOCAL, 5000 + i);
	assert_quiet(&c, REASON_LOCAL, 3000);
	c = look_insist(&s, ASPECT_PORT, REASON_REFUSED, 9000);
	assert_declared(&c, REASON_LOCAL, REASON_REFUSED, 9000);
}

TEST(test_state_restored_value_seen_again_is_no_change)
{
	struct state s;
	struct change c;

	state_restore(&s, ASPECT_PORT, REASON_REFUSED, (struct wall){ 500 });
	c = look(&s, REASON_REFUSED, 9000);
	assert_quiet(&c, REASON_REFUSED, 500);
}

TEST(test_state_restored_value_contradicted_needs_its_confirmations)
{
	struct state s;
	struct change c;

	state_restore(&s, ASPECT_PORT, REASON_OK, (struct wall){ 500 });
	c = look_insist(&s, ASPECT_PORT, REASON_REFUSED, 9000);
	assert_declared(&c, REASON_OK, REASON_REFUSED, 9000);
	assert_false(c.first);
	assert_true(c.word_changed);
}

TEST(test_state_restored_unknown_ends_with_the_first_value_that_is_well)
{
	struct state s;
	struct change c;

	state_restore(&s, ASPECT_SERVICE, SERVICE_LOCAL, (struct wall){ 500 });
	c = look_on(&s, ASPECT_SERVICE, SERVICE_LOCAL, 9000);
	assert_quiet(&c, SERVICE_LOCAL, 500);
	c = look_on(&s, ASPECT_SERVICE, SERVICE_SERVING, 9500);
	assert_declared(&c, SERVICE_LOCAL, SERVICE_SERVING, 9500);
	assert_false(c.first);
	assert_int_equal(s.window, 0);
}

TEST(test_state_restored_from_nothing_is_new)
{
	struct state s;
	struct change c;

	state_restore(&s, ASPECT_NAME, STATE_NOTHING, (struct wall){ 500 });
	c = look_on(&s, ASPECT_NAME, REASON_OK, 9000);
	assert_declared(&c, STATE_NOTHING, REASON_OK, 9000);
	assert_true(c.first);
}

TEST(test_state_clock_stepped_back_dates_by_the_clock_as_it_is)
{
	struct state s = looks_open();
	struct change c = look_insist(&s, ASPECT_PORT, REASON_REFUSED, 1000 - 3600 * 1000);

	assert_declared(&c, REASON_OK, REASON_REFUSED, 1000 - 3600 * 1000);
	c = look(&s, REASON_REFUSED, 2000);
	assert_quiet(&c, REASON_REFUSED, 1000 - 3600 * 1000);
}

TEST(test_state_clock_steps_alone_change_nothing)
{
	struct state s = looks_open();

	for (int i = 0; i < 100; i++) {
		struct change c = look(&s, REASON_OK, i * 10000 + (i % 2 == 0 ? -1 : 1) * 3600000);

		assert_quiet(&c, REASON_OK, 1000);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_state_unknown_is_neither_a_surprise_nor_its_end),
	cmocka_unit_test(test_state_unknown_three_times_on_the_grid_is_declared_from_the_first),
	cmocka_unit_test(test_state_unknown_between_the_grid_does_not_count),
	cmocka_unit_test(test_state_unknown_counts_anew_once_anything_was_known),
	cmocka_unit_test(test_state_after_unknown_what_was_known_before_is_back_at_once),
	cmocka_unit_test(test_state_after_unknown_another_value_needs_its_confirmations),
	cmocka_unit_test(test_state_unknown_from_the_start_ends_with_the_first_value_that_is_well),
	cmocka_unit_test(
		test_state_unknown_from_the_start_ends_with_an_ill_value_that_is_confirmed),
	cmocka_unit_test(test_state_unknown_within_the_first_surprise_does_not_end_it),
	cmocka_unit_test(test_state_blindness_ends_a_surprise_that_came_before),
	cmocka_unit_test(test_state_restored_value_seen_again_is_no_change),
	cmocka_unit_test(test_state_restored_value_contradicted_needs_its_confirmations),
	cmocka_unit_test(test_state_restored_unknown_ends_with_the_first_value_that_is_well),
	cmocka_unit_test(test_state_restored_from_nothing_is_new),
	cmocka_unit_test(test_state_clock_stepped_back_dates_by_the_clock_as_it_is),
	cmocka_unit_test(test_state_clock_steps_alone_change_nothing),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
