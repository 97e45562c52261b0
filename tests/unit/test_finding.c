/* SPDX-License-Identifier: Apache-2.0 */
#include "report/finding.h"

#include "base/must.h"
#include "report/exit.h"
#include "tests/unit/findings.h"
#include "tests/unit/unit.h"

static const struct machine esxi = { .role = ROLE_ESXI, .name = "esx01.example.com" };
static const struct machine ovirt = { .role = ROLE_OVIRT_HOST, .name = "kvm01.example.com" };
static const struct machine unknown = { .name = "10.1.7.9" };

static struct finding *made(void)
{
	return finding_made(&esxi, "10.1.7.9", 443);
}

static void assert_mark(struct finding *found, enum mark want)
{
	assert_int_equal(finding_mark(found), want);
	assert_int_equal(finding_clear(found), want == MARK_GOOD || want == MARK_WARNING);
	assert_int_equal(finding_unknown(found), want == MARK_UNKNOWN);
	finding_free(found);
}

TEST(test_finding_open_or_serving_is_good)
{
	struct finding *found = made();

	found->verdict.service = SERVICE_SERVING;
	assert_mark(found, MARK_GOOD);
	assert_mark(made(), MARK_GOOD);
}

TEST(test_finding_any_other_reason_is_bad_and_local_unknown)
{
	for (enum reason reason = REASON_OK + 1; reason < REASON_N; reason++) {
		struct finding *found = made();

		found->verdict.reason = reason;
		assert_mark(found, reason == REASON_LOCAL ? MARK_UNKNOWN : MARK_BAD);
	}
}

TEST(test_finding_any_other_service_is_bad_and_local_unknown)
{
	for (enum service service = SERVICE_SERVING + 1; service < SERVICE_N; service++) {
		struct finding *found = made();

		found->verdict.service = service;
		assert_mark(found, service == SERVICE_LOCAL ? MARK_UNKNOWN : MARK_BAD);
	}
}

static enum mark mark_of_trust(enum trust trust, bool ca_asked)
{
	struct finding *found = made();
	enum mark mark;

	(void)finding_cert(found);
	found->verdict.facts->trust.overall = trust;
	found->verdict.facts->trust.ca_asked = ca_asked;
	mark = finding_mark(found);
	assert_int_equal(finding_clear(found), mark != MARK_BAD);
	finding_free(found);
	return mark;
}

TEST(test_finding_trust_that_nobody_asked_for_is_a_warning)
{
	assert_int_equal(mark_of_trust(TRUST_UNTRIED, false), MARK_GOOD);
	assert_int_equal(mark_of_trust(TRUST_TRUSTED, false), MARK_GOOD);
	assert_int_equal(mark_of_trust(TRUST_UNTRUSTED, false), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_EXPIRED, false), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_NOT_YET_VALID, false), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_EXPIRING, false), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_NAME_MISMATCH, false), MARK_WARNING);
}

TEST(test_finding_trust_that_was_asked_for_and_fails_is_bad)
{
	assert_int_equal(mark_of_trust(TRUST_TRUSTED, true), MARK_GOOD);
	assert_int_equal(mark_of_trust(TRUST_EXPIRING, true), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_UNTRUSTED, true), MARK_BAD);
	assert_int_equal(mark_of_trust(TRUST_EXPIRED, true), MARK_BAD);
	assert_int_equal(mark_of_trust(TRUST_NOT_YET_VALID, true), MARK_BAD);
	assert_int_equal(mark_of_trust(TRUST_NAME_MISMATCH, true), MARK_BAD);
	assert_int_equal(mark_of_trust(TRUST_FINGERPRINT_MISMATCH, false), MARK_BAD);
	assert_int_equal(mark_of_trust(TRUST_CHANGED, false), MARK_BAD);
}

TEST(test_finding_judgement_without_certificate_does_not_count)
{
	struct finding *found = made();

	verdict_facts(&found->verdict)->trust.overall = TRUST_FINGERPRINT_MISMATCH;
	assert_mark(found, MARK_GOOD);
}

TEST(test_finding_minor_port_is_a_warning_unless_asked_for)
{
	struct finding *found = finding_made(&ovirt, "10.1.7.9", 443);

	found->verdict.reason = REASON_REFUSED;
	assert_int_equal(finding_mark(found), MARK_WARNING);
	assert_false(finding_clear(found));
	found->asked = true;
	assert_int_equal(finding_mark(found), MARK_BAD);
	finding_free(found);
	found = finding_made(&ovirt, "10.1.7.9", 54322);
	found->verdict.reason = REASON_REFUSED;
	assert_mark(found, MARK_BAD);
}

TEST(test_finding_machine_that_nobody_knows_is_a_warning)
{
	struct finding *found = finding_made(&unknown, "10.1.7.9", 443);

	found->dialect = DIALECT_IDENTIFY;
	found->verdict.service = SERVICE_SERVING;
	assert_mark(found, MARK_WARNING);
}

TEST(test_finding_order_is_address_then_port)
{
	struct findings s = { 0 };

	findings_add(&s, finding_made(&unknown, NULL, 442));
	findings_add(&s, finding_made(&unknown, NULL, 443));
	findings_add(&s, finding_made(&unknown, "9.0.0.1", 443));
	findings_add(&s, finding_made(&unknown, "10.0.0.1", 80));
	findings_add(&s, finding_made(&unknown, "10.0.0.1", 443));
	findings_add(&s, finding_made(&unknown, "10.0.0.2", 80));
	findings_add(&s, finding_made(&unknown, "::1", 443));
	findings_add(&s, finding_made(&unknown, "fd00::1", 1));
	for (size_t i = 0; i < s.count; i++)
		for (size_t j = 0; j < s.count; j++) {
			int order = finding_compare(s.list[i], s.list[j]);

			assert_int_equal(order < 0, i < j);
			assert_int_equal(order > 0, i > j);
		}
	findings_free(&s);
}

TEST(test_finding_list_keeps_all_in_their_order)
{
	struct findings s = { .left_out = 1 };

	for (uint16_t port = 1; port <= 100; port++)
		findings_add(&s, finding_made(&unknown, "10.1.7.9", port));
	assert_int_equal(s.count, 100);
	for (size_t i = 0; i < s.count; i++)
		assert_int_equal(s.list[i]->port, i + 1);
	findings_free(&s);
	assert_null(s.list);
	assert_int_equal(s.count, 0);
	assert_int_equal(s.left_out, 0);
}

static void add(struct findings *s, enum reason reason)
{
	struct finding *found = made();

	found->verdict.reason = reason;
	findings_add(s, found);
}

TEST(test_finding_status_is_clear_when_all_are)
{
	struct findings s = { 0 };
	struct finding *minor = finding_made(&ovirt, "10.1.7.9", 443);

	add(&s, REASON_OK);
	assert_int_equal(findings_status(&s), STATUS_CLEAR);
	minor->verdict.reason = REASON_NO_ANSWER;
	findings_add(&s, minor);
	assert_int_equal(findings_status(&s), STATUS_CLEAR);
	findings_free(&s);
}

TEST(test_finding_status_is_the_worst_of_all)
{
	struct findings s = { 0 };

	assert_int_equal(findings_status(&s), STATUS_LOCAL);
	add(&s, REASON_OK);
	add(&s, REASON_LOCAL);
	assert_int_equal(findings_status(&s), STATUS_LOCAL);
	add(&s, REASON_NO_ANSWER);
	assert_int_equal(findings_status(&s), STATUS_NOT_CLEAR);
	s.interrupted = true;
	assert_int_equal(findings_status(&s), STATUS_INTERRUPTED);
	findings_free(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_finding_open_or_serving_is_good),
	cmocka_unit_test(test_finding_any_other_reason_is_bad_and_local_unknown),
	cmocka_unit_test(test_finding_any_other_service_is_bad_and_local_unknown),
	cmocka_unit_test(test_finding_trust_that_nobody_asked_for_is_a_warning),
	cmocka_unit_test(test_finding_trust_that_was_asked_for_and_fails_is_bad),
	cmocka_unit_test(test_finding_judgement_without_certificate_does_not_count),
	cmocka_unit_test(test_finding_minor_port_is_a_warning_unless_asked_for),
	cmocka_unit_test(test_finding_machine_that_nobody_knows_is_a_warning),
	cmocka_unit_test(test_finding_order_is_address_then_port),
	cmocka_unit_test(test_finding_list_keeps_all_in_their_order),
	cmocka_unit_test(test_finding_status_is_clear_when_all_are),
	cmocka_unit_test(test_finding_status_is_the_worst_of_all),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
