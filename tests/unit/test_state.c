/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/state.h"

#include "base/must.h"
#include "probes/reason.h"
#include "tests/unit/looks.h"
#include "tests/unit/unit.h"

TEST(test_state_new_has_declared_nothing)
{
	struct state s;

	state_init(&s);
	assert_int_equal(s.declared, STATE_NOTHING);
	assert_int_equal(s.candidate, STATE_NOTHING);
	assert_int_equal(s.known, STATE_NOTHING);
	assert_false(s.flapping);
}

TEST(test_state_first_observation_that_is_well_or_unknown_is_declared_at_once)
{
	static const struct {
		enum aspect aspect;
		int value;
	} cases[] = {
		{ ASPECT_PORT, REASON_OK },          { ASPECT_PORT, REASON_LOCAL },
		{ ASPECT_SERVICE, SERVICE_LOCAL },   { ASPECT_SERVICE, SERVICE_SERVING },
		{ ASPECT_TRUST, TRUST_EXPIRING },    { ASPECT_NAME, REASON_OK },
		{ ASPECT_SERVICE, SERVICE_UNTRIED },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct state s;
		struct change c;

		state_init(&s);
		c = i % 2 == 0 ? look_on(&s, cases[i].aspect, cases[i].value, 7)
			       : look_between(&s, cases[i].aspect, cases[i].value, 7);
		assert_declared(&c, STATE_NOTHING, cases[i].value, 7);
		assert_true(c.first && c.word_changed);
		assert_false(c.flap_began);
	}
}

TEST(test_state_first_observation_that_is_ill_needs_its_confirmations)
{
	static const struct {
		enum aspect aspect;
		int value;
	} cases[] = {
		{ ASPECT_PORT, REASON_NO_ANSWER },
		{ ASPECT_SERVICE, SERVICE_TLS_ALERT },
		{ ASPECT_TRUST, TRUST_EXPIRED },
		{ ASPECT_NAME, REASON_DNS_NXDOMAIN },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum aspect a = cases[i].aspect;
		struct state s;
		struct change c;

		state_init(&s);
		c = look_on(&s, a, cases[i].value, 7);
		assert_asks(&c, 250);
		assert_int_equal(c.to, STATE_NOTHING);
		c = look_between(&s, a, cases[i].value, 257);
		assert_asks(&c, 500);
		c = look_between(&s, a, cases[i].value, 507);
		assert_asks(&c, 1000);
		c = look_between(&s, a, cases[i].value, 1007);
		assert_declared(&c, STATE_NOTHING, cases[i].value, 7);
		assert_true(c.first && c.word_changed);
		assert_int_equal(s.window, 0);
	}
}

TEST(test_state_first_observation_that_is_refuted_was_never_there)
{
	struct state s;
	struct change c;

	state_init(&s);
	(void)look(&s, REASON_NO_ANSWER, 7);
	c = look_again(&s, REASON_OK, 257);
	assert_declared(&c, STATE_NOTHING, REASON_OK, 257);
	assert_true(c.first);
	assert_int_equal(s.candidate, STATE_NOTHING);
}

TEST(test_state_untried_ends_at_once_with_what_is_well_or_was_known)
{
	static const int back[] = { SERVICE_SERVING, SERVICE_TLS_ALERT };

	for (size_t i = 0; i < ARRAY_LEN(back); i++) {
		struct state s;
		struct change c;

		state_init(&s);
		(void)look_insist(&s, ASPECT_SERVICE, SERVICE_TLS_ALERT, 1000);
		c = look_insist(&s, ASPECT_SERVICE, SERVICE_UNTRIED, 2000);
		assert_declared(&c, SERVICE_TLS_ALERT, SERVICE_UNTRIED, 2000);
		c = look_between(&s, ASPECT_SERVICE, back[i], 3000);
		assert_declared(&c, SERVICE_UNTRIED, back[i], 3000);
		assert_true(c.word_changed);
		assert_false(c.first);
	}
}

TEST(test_state_untried_ends_with_another_ill_value_after_its_confirmations)
{
	struct state s;
	struct change c;

	state_init(&s);
	(void)look_on(&s, ASPECT_SERVICE, SERVICE_SERVING, 1000);
	(void)look_insist(&s, ASPECT_SERVICE, SERVICE_UNTRIED, 2000);
	c = look_insist(&s, ASPECT_SERVICE, SERVICE_HTTP_STATUS, 3000);
	assert_declared(&c, SERVICE_UNTRIED, SERVICE_HTTP_STATUS, 3000);
	/* From serving to failing, however long it was not tried. */
	assert_int_equal(s.window, 1);
}

TEST(test_state_same_value_again_changes_nothing)
{
	struct state s = looks_open();

	for (int i = 1; i <= 100; i++) {
		struct change c = i % 3 == 0 ? look_again(&s, REASON_OK, 1000 + i)
					     : look(&s, REASON_OK, 1000 + i);

		assert_quiet(&c, REASON_OK, 1000);
	}
}

TEST(test_state_surprise_is_declared_after_its_confirmations_from_its_beginning)
{
	struct state s = looks_open();
	struct change c = look(&s, REASON_REFUSED, 11000);

	assert_asks(&c, 250);
	assert_int_equal(c.to, REASON_OK);
	assert_int_equal(s.candidate, REASON_REFUSED);
	c = look_again(&s, REASON_REFUSED, 11250);
	assert_asks(&c, 500);
	c = look_again(&s, REASON_REFUSED, 11750);
	assert_asks(&c, 1000);
	c = look_again(&s, REASON_REFUSED, 12750);
	assert_declared(&c, REASON_OK, REASON_REFUSED, 11000);
	assert_true(c.word_changed);
	assert_false(c.first);
	assert_int_equal(s.candidate, STATE_NOTHING);
	c = look(&s, REASON_REFUSED, 21000);
	assert_quiet(&c, REASON_REFUSED, 11000);
}

TEST(test_state_surprise_that_is_refuted_leaves_no_trace)
{
	for (int surprises = 1; surprises <= 3; surprises++) {
		struct state s = looks_open();
		struct change c;

		for (int i = 0; i < surprises; i++)
			c = look_again(&s, REASON_NO_ANSWER, 2000 + i);
		c = look_again(&s, REASON_OK, 3000);
		assert_quiet(&c, REASON_OK, 1000);
		assert_int_equal(s.candidate, STATE_NOTHING);
		assert_int_equal(s.window, 0);

		/* The next one begins at one, and has its own beginning. */
		c = look(&s, REASON_NO_ANSWER, 4000);
		assert_asks(&c, 250);
		for (int i = 1; i < 3; i++)
			assert_false(look_again(&s, REASON_NO_ANSWER, 4000 + i).changed);
		c = look_again(&s, REASON_NO_ANSWER, 4003);
		assert_declared(&c, REASON_OK, REASON_NO_ANSWER, 4000);
	}
}

TEST(test_state_surprises_that_differ_count_together_and_the_latest_is_declared)
{
	struct state s = looks_open();
	struct change c = look(&s, REASON_NO_ANSWER, 2000);

	c = look_again(&s, REASON_REFUSED, 2250);
	assert_asks(&c, 500);
	c = look_again(&s, REASON_NO_ANSWER, 2750);
	assert_asks(&c, 1000);
	c = look_again(&s, REASON_HOST_UNREACHABLE, 3750);
	assert_declared(&c, REASON_OK, REASON_HOST_UNREACHABLE, 2000);
}

TEST(test_state_grid_look_between_confirmations_counts_as_one)
{
	struct state s = looks_open();
	struct change c = look(&s, REASON_NO_ANSWER, 2000);

	c = look(&s, REASON_NO_ANSWER, 2100);
	assert_asks(&c, 500);
	c = look(&s, REASON_NO_ANSWER, 2200);
	assert_asks(&c, 1000);
	c = look(&s, REASON_NO_ANSWER, 2300);
	assert_declared(&c, REASON_OK, REASON_NO_ANSWER, 2000);
}

TEST(test_state_another_reason_of_the_same_word_is_a_change_without_another_word)
{
	struct state s;
	struct change c;

	state_init(&s);
	(void)look_insist(&s, ASPECT_PORT, REASON_NO_ANSWER, 1000);
	c = look(&s, REASON_ADMIN_PROHIBITED, 2000);
	assert_asks(&c, 250);
	(void)look_again(&s, REASON_ADMIN_PROHIBITED, 2250);
	(void)look_again(&s, REASON_ADMIN_PROHIBITED, 2750);
	c = look_again(&s, REASON_ADMIN_PROHIBITED, 3750);
	assert_declared(&c, REASON_NO_ANSWER, REASON_ADMIN_PROHIBITED, 2000);
	assert_false(c.word_changed);
	assert_int_equal(s.window, 0);

	state_init(&s);
	(void)look_on(&s, ASPECT_TRUST, TRUST_TRUSTED, 1000);
	c = look_insist(&s, ASPECT_TRUST, TRUST_EXPIRING, 2000);
	assert_declared(&c, TRUST_TRUSTED, TRUST_EXPIRING, 2000);
	assert_false(c.word_changed);
	c = look_insist(&s, ASPECT_TRUST, TRUST_EXPIRED, 3000);
	assert_true(c.word_changed);
}

TEST(test_state_policy_without_confirmations_declares_at_once)
{
	struct state s = looks_open();
	struct state_policy policy = { .flap_on_pct = 100, .flap_off_pct = 100 };
	struct observation o = { ASPECT_PORT, REASON_REFUSED, true, { 2000 } };
	struct change c;

	state_observe(&s, &policy, &o, &c);
	assert_declared(&c, REASON_OK, REASON_REFUSED, 2000);
}

TEST(test_state_policy_with_the_most_confirmations_asks_for_each)
{
	struct state s = looks_open();
	struct state_policy policy = { .confirm_count = STATE_CONFIRM_MAX, .flap_on_pct = 30 };
	struct observation o = { ASPECT_PORT, REASON_REFUSED, false, { 2000 } };
	struct change c;

	for (int i = 0; i < STATE_CONFIRM_MAX; i++)
		policy.confirm[i] = span_of_ms(100 + i);
	for (int i = 0; i < STATE_CONFIRM_MAX; i++) {
		state_observe(&s, &policy, &o, &c);
		assert_asks(&c, 100 + i);
	}
	state_observe(&s, &policy, &o, &c);
	assert_declared(&c, REASON_OK, REASON_REFUSED, 2000);
}

TEST(test_state_policy_that_shrinks_under_way_declares_at_the_next_surprise)
{
	struct state s = looks_open();
	struct state_policy shrunk = { .confirm = { { 1 } },
				       .confirm_count = 1,
				       .flap_on_pct = 30 };
	struct observation o = { ASPECT_PORT, REASON_REFUSED, false, { 2003 } };
	struct change c;

	for (int i = 0; i < 3; i++)
		(void)look_again(&s, REASON_REFUSED, 2000 + i);
	state_observe(&s, &shrunk, &o, &c);
	assert_declared(&c, REASON_OK, REASON_REFUSED, 2000);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_state_new_has_declared_nothing),
	cmocka_unit_test(test_state_first_observation_that_is_well_or_unknown_is_declared_at_once),
	cmocka_unit_test(test_state_first_observation_that_is_ill_needs_its_confirmations),
	cmocka_unit_test(test_state_first_observation_that_is_refuted_was_never_there),
	cmocka_unit_test(test_state_untried_ends_at_once_with_what_is_well_or_was_known),
	cmocka_unit_test(test_state_untried_ends_with_another_ill_value_after_its_confirmations),
	cmocka_unit_test(test_state_same_value_again_changes_nothing),
	cmocka_unit_test(
		test_state_surprise_is_declared_after_its_confirmations_from_its_beginning),
	cmocka_unit_test(test_state_surprise_that_is_refuted_leaves_no_trace),
	cmocka_unit_test(
		test_state_surprises_that_differ_count_together_and_the_latest_is_declared),
	cmocka_unit_test(test_state_grid_look_between_confirmations_counts_as_one),
	cmocka_unit_test(
		test_state_another_reason_of_the_same_word_is_a_change_without_another_word),
	cmocka_unit_test(test_state_policy_without_confirmations_declares_at_once),
	cmocka_unit_test(test_state_policy_with_the_most_confirmations_asks_for_each),
	cmocka_unit_test(test_state_policy_that_shrinks_under_way_declares_at_the_next_surprise),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
