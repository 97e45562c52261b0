/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/state.h"

#include "base/must.h"
#include "probes/reason.h"
#include "tests/unit/chance.h"
#include "tests/unit/looks.h"
#include "tests/unit/unit.h"

/* Declares at once, so that every other word is a change. */
static struct change see(struct state *s, unsigned on_pct, unsigned off_pct, int value)
{
	struct state_policy policy = { .flap_on_pct = on_pct, .flap_off_pct = off_pct };
	struct observation o = { .aspect = ASPECT_PORT, .value = value, .regular = true };
	struct change c;

	state_observe(s, &policy, &o, &c);
	return c;
}

/* Changes at every look: 1.18 + 1.16 + … + 1.10 is 5.70, with 1.08 it is 6.78: above 30 % of 20. */
TEST(test_state_flapping_begins_with_the_sixth_change_in_a_row)
{
	struct state s = looks_open();
	struct change c;

	for (int i = 1; i <= 5; i++) {
		c = see(&s, 30, 25, i % 2 == 0 ? REASON_OK : REASON_REFUSED);
		assert_true(c.changed);
		assert_false(c.flap_began || s.flapping);
	}
	c = see(&s, 30, 25, REASON_OK);
	assert_true(c.changed && c.flap_began && s.flapping);
	assert_false(c.flap_ended);
}

TEST(test_state_flapping_is_announced_once_and_changes_go_on_being_declared)
{
	struct state s = looks_open();
	int began = 0;

	for (int i = 1; i <= 1000; i++) {
		struct change c = see(&s, 30, 25, i % 2 == 0 ? REASON_OK : REASON_REFUSED);

		assert_true(c.changed);
		assert_false(c.flap_ended);
		began += c.flap_began;
	}
	assert_int_equal(began, 1);
}

/* 20 changes weigh 99 %; the oldest leave, the others grow lighter: 25.5 % after 14 looks, then 21 %. */
TEST(test_state_flapping_ends_once_it_is_steady)
{
	struct state s = looks_open();
	struct change c;
	int quiet = 0;

	for (int i = 1; i <= 40; i++)
		(void)see(&s, 30, 25, i % 2 == 0 ? REASON_OK : REASON_REFUSED);
	do {
		c = see(&s, 30, 25, REASON_OK);
		assert_false(c.changed || c.flap_began);
		quiet++;
	} while (!c.flap_ended && quiet < STATE_WINDOW);
	assert_int_equal(quiet, 15);
	assert_false(s.flapping);
	for (int i = 0; i < 100; i++) {
		c = see(&s, 30, 25, REASON_OK);
		assert_quiet(&c, REASON_OK, 0);
	}
	assert_int_equal(s.window, 0);
}

/* One change weighs 1.18 at first and 1.00, which is 5 % of 20, nine looks later. */
TEST(test_state_flapping_threshold_itself_is_not_above_it)
{
	struct state s = looks_open();
	struct change c = see(&s, 5, 5, REASON_REFUSED);

	assert_true(c.flap_began);
	for (int i = 1; i <= 8; i++)
		assert_false(see(&s, 5, 5, REASON_REFUSED).flap_ended);
	assert_true(see(&s, 5, 5, REASON_REFUSED).flap_ended);
	c = see(&s, 6, 5, REASON_OK);
	assert_true(c.changed && c.flap_began);
}

/* That is what changes at every look weigh. */
TEST(test_state_flapping_above_99_percent_never_begins)
{
	struct state s = looks_open();

	for (int i = 1; i <= 100; i++)
		assert_false(see(&s, 99, 99, i % 2 == 0 ? REASON_OK : REASON_REFUSED).flap_began);
	assert_true(see(&s, 98, 98, REASON_REFUSED).flap_began);
}

/* Icinga 2's own way: a ring of 20 and a sum over all of it. */
struct ring {
	bool changed[20];
	unsigned oldest;
	bool flapping;
};

static void ring_put(struct ring *r, bool changed)
{
	unsigned sum = 0;

	r->changed[r->oldest] = changed;
	r->oldest = (r->oldest + 1) % 20;
	for (unsigned i = 0; i < 20; i++)
		if (r->changed[(r->oldest + i) % 20])
			sum += 80 + 2 * i;
	r->flapping = sum > (r->flapping ? 25U : 30U) * 20;
}

TEST(test_state_flapping_agrees_with_icinga_on_any_sequence)
{
	for (unsigned changes_pct = 1; changes_pct <= 100; changes_pct++) {
		struct chance chance = { changes_pct };
		struct ring ring = { .oldest = 0 };
		struct state s = looks_open();
		int value = REASON_OK;

		for (int i = 0; i < 2000; i++) {
			bool change = chance_below(&chance, 100) < changes_pct;
			bool flapped = ring.flapping;
			struct change c;

			if (change)
				value = value == REASON_OK ? REASON_REFUSED : REASON_OK;
			ring_put(&ring, change);
			c = see(&s, 30, 25, value);
			assert_int_equal(c.changed, change);
			assert_int_equal(s.flapping, ring.flapping);
			assert_int_equal(c.flap_began, ring.flapping && !flapped);
			assert_int_equal(c.flap_ended, !ring.flapping && flapped);
		}
	}
}

TEST(test_state_flapping_is_not_about_reasons_of_one_word)
{
	struct state s = looks_open();

	(void)see(&s, 30, 25, REASON_NO_ANSWER);
	for (int i = 0; i < 100; i++) {
		struct change c =
			see(&s, 30, 25, i % 2 == 0 ? REASON_ADMIN_PROHIBITED : REASON_NO_ANSWER);

		assert_true(c.changed);
		assert_false(c.word_changed || c.flap_began);
	}
}

TEST(test_state_flapping_counts_no_change_to_unknown_and_back)
{
	struct state s = looks_open();

	for (int i = 0; i < 100; i++) {
		for (int k = 0; k < STATE_UNKNOWN_AFTER; k++)
			assert_false(see(&s, 30, 25, REASON_LOCAL).flap_began);
		assert_int_equal(s.declared, REASON_LOCAL);
		assert_false(see(&s, 30, 25, REASON_OK).flap_began);
		assert_int_equal(s.declared, REASON_OK);
	}
	assert_int_equal(s.window, 0);
}

TEST(test_state_flapping_counts_a_change_across_unknown_once)
{
	struct state s = looks_blind();

	(void)see(&s, 30, 25, REASON_REFUSED);
	assert_int_equal(s.window, 1);
	(void)see(&s, 30, 25, REASON_REFUSED);
	assert_int_equal(s.window, 2);
}

TEST(test_state_flapping_goes_on_while_nothing_is_known)
{
	struct state s = looks_open();

	for (int i = 1; i <= 10; i++)
		(void)see(&s, 30, 25, i % 2 == 0 ? REASON_OK : REASON_REFUSED);
	assert_true(s.flapping);
	for (int i = 0; i < 100; i++)
		assert_false(see(&s, 30, 25, REASON_LOCAL).flap_ended);
	assert_true(s.flapping);
}

/* A confirmation that comes late may find the next change before the next look on the grid. */
TEST(test_state_flapping_counts_every_change_between_two_looks_on_the_grid)
{
	struct state_policy policy = { .flap_on_pct = 30, .flap_off_pct = 25 };
	struct state s = looks_open();

	for (int i = 1; i <= 100; i++) {
		struct observation o = { .aspect = ASPECT_PORT,
					 .value = i % 2 == 0 ? REASON_OK : REASON_REFUSED };
		struct change c;

		state_observe(&s, &policy, &o, &c);
		assert_true(c.changed);
		assert_int_equal(c.flap_began, i == 6);
		assert_int_equal(s.window, (1 << (i < STATE_WINDOW ? i : STATE_WINDOW)) - 1);
	}
}

TEST(test_state_flapping_ignores_losses_that_a_confirmation_refutes)
{
	struct state s = looks_open();

	for (int64_t i = 0; i < 1000; i++) {
		struct change c = look(&s, REASON_NO_ANSWER, i * 10000);

		assert_asks(&c, 250);
		c = look_again(&s, REASON_OK, i * 10000 + 250);
		assert_quiet(&c, REASON_OK, 1000);
	}
}

TEST(test_state_flapping_window_begins_anew_after_a_restart)
{
	struct state s = looks_open();

	for (int i = 1; i <= 9; i++)
		(void)see(&s, 30, 25, i % 2 == 0 ? REASON_OK : REASON_REFUSED);
	assert_true(s.flapping);
	state_restore(&s, ASPECT_PORT, REASON_REFUSED, (struct wall){ 1 });
	assert_false(s.flapping);
	for (int i = 0; i < 5; i++)
		assert_false(see(&s, 30, 25, i % 2 == 0 ? REASON_OK : REASON_REFUSED).flap_began);
	assert_true(see(&s, 30, 25, REASON_REFUSED).flap_began);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_state_flapping_begins_with_the_sixth_change_in_a_row),
	cmocka_unit_test(test_state_flapping_is_announced_once_and_changes_go_on_being_declared),
	cmocka_unit_test(test_state_flapping_ends_once_it_is_steady),
	cmocka_unit_test(test_state_flapping_threshold_itself_is_not_above_it),
	cmocka_unit_test(test_state_flapping_above_99_percent_never_begins),
	cmocka_unit_test(test_state_flapping_agrees_with_icinga_on_any_sequence),
	cmocka_unit_test(test_state_flapping_is_not_about_reasons_of_one_word),
	cmocka_unit_test(test_state_flapping_counts_no_change_to_unknown_and_back),
	cmocka_unit_test(test_state_flapping_counts_a_change_across_unknown_once),
	cmocka_unit_test(test_state_flapping_goes_on_while_nothing_is_known),
	cmocka_unit_test(test_state_flapping_counts_every_change_between_two_looks_on_the_grid),
	cmocka_unit_test(test_state_flapping_ignores_losses_that_a_confirmation_refutes),
	cmocka_unit_test(test_state_flapping_window_begins_anew_after_a_restart),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
