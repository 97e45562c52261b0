/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/aspect.h"

#include <string.h>

#include "base/must.h"
#include "probes/reason.h"
#include "tests/unit/unit.h"

static const int counts[ASPECT_N] = {
	[ASPECT_PORT] = REASON_N,
	[ASPECT_SERVICE] = SERVICE_N,
	[ASPECT_TRUST] = TRUST_N,
	[ASPECT_NAME] = REASON_N,
};

TEST(test_aspect_names_are_those_of_the_interface)
{
	assert_string_equal(aspect_name(ASPECT_PORT), "port");
	assert_string_equal(aspect_name(ASPECT_SERVICE), "service");
	assert_string_equal(aspect_name(ASPECT_TRUST), "trust");
	assert_string_equal(aspect_name(ASPECT_NAME), "name");
}

TEST(test_aspect_words_of_a_value_are_its_state_and_its_reason)
{
	static const struct {
		enum aspect aspect;
		int value;
		const char *state, *reason;
	} cases[] = {
		{ ASPECT_PORT, REASON_OK, "open", "ok" },
		{ ASPECT_PORT, REASON_REFUSED, "closed", "refused" },
		{ ASPECT_PORT, REASON_NO_ANSWER, "filtered", "no-answer" },
		{ ASPECT_PORT, REASON_HOST_UNREACHABLE, "unreachable", "host-unreachable" },
		{ ASPECT_PORT, REASON_DNS_TIMEOUT, "unresolved", "dns-timeout" },
		{ ASPECT_PORT, REASON_LOCAL, "unknown", "local" },
		{ ASPECT_SERVICE, SERVICE_SERVING, "serving", "serving" },
		{ ASPECT_SERVICE, SERVICE_UNTRIED, "untried", "untried" },
		{ ASPECT_SERVICE, SERVICE_BANNER_TIMEOUT, "failing", "banner-timeout" },
		{ ASPECT_SERVICE, SERVICE_TOKEN_FAILED, "failing", "token-failed" },
		{ ASPECT_SERVICE, SERVICE_LOCAL, "unknown", "local" },
		{ ASPECT_TRUST, TRUST_TRUSTED, "trusted", "trusted" },
		{ ASPECT_TRUST, TRUST_EXPIRING, "trusted", "expiring" },
		{ ASPECT_TRUST, TRUST_UNTRIED, "untried", "untried" },
		{ ASPECT_TRUST, TRUST_UNTRUSTED, "untrusted", "untrusted" },
		{ ASPECT_TRUST, TRUST_EXPIRED, "untrusted", "expired" },
		{ ASPECT_TRUST, TRUST_CHANGED, "untrusted", "changed" },
		{ ASPECT_NAME, REASON_OK, "resolved", "ok" },
		{ ASPECT_NAME, REASON_DNS_NXDOMAIN, "unresolved", "dns-nxdomain" },
		{ ASPECT_NAME, REASON_DNS_TIMEOUT, "unresolved", "dns-timeout" },
		{ ASPECT_NAME, REASON_LOCAL, "unknown", "local" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		assert_string_equal(aspect_state(cases[i].aspect, cases[i].value), cases[i].state);
		assert_string_equal(aspect_reason(cases[i].aspect, cases[i].value),
				    cases[i].reason);
	}
}

TEST(test_aspect_port_has_the_states_of_its_reasons)
{
	for (int value = 0; value < REASON_N; value++)
		assert_string_equal(aspect_state(ASPECT_PORT, value),
				    port_state_name(reason_state((enum reason)value)));
}

TEST(test_aspect_reason_of_every_value_leads_back_to_it)
{
	for (enum aspect a = 0; a < ASPECT_N; a++)
		for (int value = 0; value < counts[a]; value++)
			assert_int_equal(aspect_value(a, aspect_reason(a, value)), value);
}

TEST(test_aspect_value_of_a_word_from_elsewhere_is_nothing)
{
	static const char *const words[] = { "", "OK", "ok ", "open", "failing", "no-such-word" };

	for (enum aspect a = 0; a < ASPECT_N; a++)
		for (size_t i = 0; i < ARRAY_LEN(words); i++)
			assert_int_equal(aspect_value(a, words[i]), STATE_NOTHING);
	assert_int_equal(aspect_value(ASPECT_PORT, "serving"), STATE_NOTHING);
	assert_int_equal(aspect_value(ASPECT_SERVICE, "no-answer"), STATE_NOTHING);
	assert_int_equal(aspect_value(ASPECT_TRUST, "local"), STATE_NOTHING);
}

TEST(test_aspect_only_what_could_not_be_run_is_unknown)
{
	for (enum aspect a = 0; a < ASPECT_N; a++)
		for (int value = 0; value < counts[a]; value++)
			assert_int_equal(aspect_unknown(a, value),
					 strcmp(aspect_state(a, value), "unknown") == 0);
	assert_true(aspect_unknown(ASPECT_PORT, REASON_LOCAL));
	assert_true(aspect_unknown(ASPECT_NAME, REASON_LOCAL));
	assert_true(aspect_unknown(ASPECT_SERVICE, SERVICE_LOCAL));
	assert_false(aspect_unknown(ASPECT_PORT, REASON_LOCAL_POLICY));
}

TEST(test_aspect_untried_is_told_by_its_word)
{
	for (enum aspect a = 0; a < ASPECT_N; a++)
		for (int value = 0; value < counts[a]; value++)
			assert_int_equal(aspect_untried(a, value),
					 strcmp(aspect_state(a, value), "untried") == 0);
	assert_true(aspect_untried(ASPECT_SERVICE, SERVICE_UNTRIED));
	assert_true(aspect_untried(ASPECT_TRUST, TRUST_UNTRIED));
	assert_false(aspect_untried(ASPECT_PORT, REASON_OK));
}

TEST(test_aspect_well_is_what_nothing_is_wrong_with)
{
	static const char *const good[] = { "open", "serving", "untried", "trusted", "resolved" };

	for (enum aspect a = 0; a < ASPECT_N; a++)
		for (int value = 0; value < counts[a]; value++) {
			bool expected = false;

			for (size_t i = 0; i < ARRAY_LEN(good); i++)
				expected |= strcmp(aspect_state(a, value), good[i]) == 0;
			assert_int_equal(aspect_well(a, value), expected);
			assert_false(aspect_well(a, value) && aspect_unknown(a, value));
		}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_aspect_names_are_those_of_the_interface),
	cmocka_unit_test(test_aspect_words_of_a_value_are_its_state_and_its_reason),
	cmocka_unit_test(test_aspect_port_has_the_states_of_its_reasons),
	cmocka_unit_test(test_aspect_reason_of_every_value_leads_back_to_it),
	cmocka_unit_test(test_aspect_value_of_a_word_from_elsewhere_is_nothing),
	cmocka_unit_test(test_aspect_only_what_could_not_be_run_is_unknown),
	cmocka_unit_test(test_aspect_untried_is_told_by_its_word),
	cmocka_unit_test(test_aspect_well_is_what_nothing_is_wrong_with),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
