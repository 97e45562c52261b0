/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/row.h"

#include "base/must.h"
#include "cli/exit.h"
#include "cli/hosts.h"
#include "tests/unit/rows.h"
#include "tests/unit/unit.h"

static const struct host esxi = { .role = ROLE_ESXI, .name = "esx01.example.com" };
static const struct host ovirt = { .role = ROLE_OVIRT_HOST, .name = "kvm01.example.com" };
static const struct host unknown = { .name = "10.1.7.9" };

static struct row *made(void)
{
	return row_made(&esxi, "10.1.7.9", 443);
}

TEST(test_row_new_knows_where_and_nothing_more)
{
	struct plan_item item = { .port = 902, .dialect = DIALECT_AUTHD };
	struct addr address = { 0 };
	struct row *r;

	assert_true(addr_parse("fd00::9", 1, &address));
	r = row_new(&esxi, 7, &address, &item);
	assert_ptr_equal(r->host, &esxi);
	assert_int_equal(r->host_order, 7);
	assert_int_equal(addr_port(&r->address), 902);
	assert_int_equal(r->item.dialect, DIALECT_AUTHD);
	assert_int_equal(r->role, ROLE_ESXI);
	assert_int_equal(r->verdict.rtt_us, -1);
	assert_null(r->verdict.facts);
	assert_null(r->probe);
	assert_false(r->finished);
	row_free(r);
	row_free(NULL);
}

TEST(test_row_new_without_address_stays_without)
{
	struct row *r = row_made(&esxi, NULL, 443);

	assert_false(addr_present(&r->address));
	row_free(r);
}

static void assert_mark(struct row *r, enum mark want)
{
	assert_int_equal(row_mark(r), want);
	assert_int_equal(row_clear(r), want == MARK_GOOD || want == MARK_WARNING);
	assert_int_equal(row_unknown(r), want == MARK_UNKNOWN);
	row_free(r);
}

TEST(test_row_open_or_serving_is_good)
{
	struct row *r = made();

	r->verdict.service = SERVICE_SERVING;
	assert_mark(r, MARK_GOOD);
	assert_mark(made(), MARK_GOOD);
}

TEST(test_row_any_other_reason_is_bad_and_local_unknown)
{
	for (enum reason reason = REASON_OK + 1; reason < REASON_N; reason++) {
		struct row *r = made();

		r->verdict.reason = reason;
		assert_mark(r, reason == REASON_LOCAL ? MARK_UNKNOWN : MARK_BAD);
	}
}

TEST(test_row_any_other_service_is_bad_and_local_unknown)
{
	for (enum service service = SERVICE_SERVING + 1; service < SERVICE_N; service++) {
		struct row *r = made();

		r->verdict.service = service;
		assert_mark(r, service == SERVICE_LOCAL ? MARK_UNKNOWN : MARK_BAD);
	}
}

static enum mark mark_of_trust(enum trust trust, bool ca_asked)
{
	struct row *r = made();
	enum mark mark;

	(void)row_cert(r);
	r->verdict.facts->trust.overall = trust;
	r->verdict.facts->trust.ca_asked = ca_asked;
	mark = row_mark(r);
	assert_int_equal(row_clear(r), mark != MARK_BAD);
	row_free(r);
	return mark;
}

TEST(test_row_trust_that_nobody_asked_for_is_a_warning)
{
	assert_int_equal(mark_of_trust(TRUST_UNTRIED, false), MARK_GOOD);
	assert_int_equal(mark_of_trust(TRUST_TRUSTED, false), MARK_GOOD);
	assert_int_equal(mark_of_trust(TRUST_UNTRUSTED, false), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_EXPIRED, false), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_NOT_YET_VALID, false), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_EXPIRING, false), MARK_WARNING);
	assert_int_equal(mark_of_trust(TRUST_NAME_MISMATCH, false), MARK_WARNING);
}

TEST(test_row_trust_that_was_asked_for_and_fails_is_bad)
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

TEST(test_row_judgement_without_certificate_does_not_count)
{
	struct row *r = made();

	verdict_facts(&r->verdict)->trust.overall = TRUST_FINGERPRINT_MISMATCH;
	assert_mark(r, MARK_GOOD);
}

TEST(test_row_minor_port_is_a_warning_unless_asked_for)
{
	struct row *r = row_made(&ovirt, "10.1.7.9", 443);

	r->verdict.reason = REASON_REFUSED;
	assert_int_equal(row_mark(r), MARK_WARNING);
	assert_false(row_clear(r));
	r->item.asked = true;
	assert_int_equal(row_mark(r), MARK_BAD);
	row_free(r);
	r = row_made(&ovirt, "10.1.7.9", 54322);
	r->verdict.reason = REASON_REFUSED;
	assert_mark(r, MARK_BAD);
}

TEST(test_row_machine_that_nobody_knows_is_a_warning)
{
	struct row *r = row_made(&unknown, "10.1.7.9", 443);

	r->item.dialect = DIALECT_IDENTIFY;
	r->verdict.service = SERVICE_SERVING;
	assert_mark(r, MARK_WARNING);
}

static struct row *placed(size_t order, const char *address, uint16_t port)
{
	struct row *r = row_made(&unknown, address, port);

	r->host_order = order;
	return r;
}

TEST(test_row_order_is_host_then_address_then_port)
{
	struct results s = { 0 };

	results_add(&s, placed(0, "9.0.0.1", 443));
	results_add(&s, placed(0, "10.0.0.1", 80));
	results_add(&s, placed(0, "10.0.0.1", 443));
	results_add(&s, placed(0, "10.0.0.2", 80));
	results_add(&s, placed(0, "::1", 443));
	results_add(&s, placed(0, "fd00::1", 1));
	results_add(&s, placed(1, NULL, 443));
	results_add(&s, placed(1, "1.0.0.1", 1));
	results_add(&s, placed(2, "::", 65535));
	for (size_t i = 0; i < s.count; i++)
		for (size_t j = 0; j < s.count; j++) {
			int order = row_compare(&s.rows[i], &s.rows[j]);

			assert_int_equal(order < 0, i < j);
			assert_int_equal(order > 0, i > j);
		}
	results_done(&s);
	assert_null(s.rows);
	assert_int_equal(s.count, 0);
}

static void add(struct results *s, enum reason reason)
{
	struct row *r = made();

	r->verdict.reason = reason;
	results_add(s, r);
}

TEST(test_row_status_is_clear_when_all_are)
{
	struct results s = { 0 };
	struct row *minor = row_made(&ovirt, "10.1.7.9", 443);

	add(&s, REASON_OK);
	assert_int_equal(results_status(&s), STATUS_CLEAR);
	minor->verdict.reason = REASON_NO_ANSWER;
	results_add(&s, minor);
	assert_int_equal(results_status(&s), STATUS_CLEAR);
	results_done(&s);
}

TEST(test_row_status_is_the_worst_of_all)
{
	struct results s = { 0 };

	assert_int_equal(results_status(&s), STATUS_LOCAL);
	add(&s, REASON_OK);
	add(&s, REASON_LOCAL);
	assert_int_equal(results_status(&s), STATUS_LOCAL);
	add(&s, REASON_NO_ANSWER);
	assert_int_equal(results_status(&s), STATUS_NOT_CLEAR);
	s.interrupted = true;
	assert_int_equal(results_status(&s), STATUS_INTERRUPTED);
	results_done(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_row_new_knows_where_and_nothing_more),
	cmocka_unit_test(test_row_new_without_address_stays_without),
	cmocka_unit_test(test_row_open_or_serving_is_good),
	cmocka_unit_test(test_row_any_other_reason_is_bad_and_local_unknown),
	cmocka_unit_test(test_row_any_other_service_is_bad_and_local_unknown),
	cmocka_unit_test(test_row_trust_that_nobody_asked_for_is_a_warning),
	cmocka_unit_test(test_row_trust_that_was_asked_for_and_fails_is_bad),
	cmocka_unit_test(test_row_judgement_without_certificate_does_not_count),
	cmocka_unit_test(test_row_minor_port_is_a_warning_unless_asked_for),
	cmocka_unit_test(test_row_machine_that_nobody_knows_is_a_warning),
	cmocka_unit_test(test_row_order_is_host_then_address_then_port),
	cmocka_unit_test(test_row_status_is_clear_when_all_are),
	cmocka_unit_test(test_row_status_is_the_worst_of_all),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
