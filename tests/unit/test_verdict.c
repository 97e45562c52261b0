/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/verdict.h"

#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/unit.h"

TEST(test_verdict_facts_are_made_once)
{
	struct verdict v = { 0 };
	struct facts *f = verdict_facts(&v);

	assert_ptr_equal(verdict_facts(&v), f);
	assert_int_equal(f->tls_alert, -1);
	assert_int_equal(f->image, IMAGE_UNTRIED);
	assert_string_equal(f->detail, "");
	verdict_done(&v);
	assert_null(v.facts);
	verdict_done(&v);
}

TEST(test_verdict_trust_without_certificate_is_untried)
{
	struct verdict v = { 0 };

	assert_int_equal(verdict_trust(&v), TRUST_UNTRIED);
	verdict_facts(&v)->trust.overall = TRUST_EXPIRED;
	assert_int_equal(verdict_trust(&v), TRUST_UNTRIED);
	v.facts->cert = xcalloc(1, sizeof *v.facts->cert);
	v.facts->cert->refs = 1;
	assert_int_equal(verdict_trust(&v), TRUST_EXPIRED);
	verdict_done(&v);
}

TEST(test_verdict_move_leaves_nothing_behind)
{
	struct verdict v = { .reason = REASON_REFUSED, .rtt_us = 7 };
	struct verdict moved;
	struct facts *f = verdict_facts(&v);

	verdict_move(&v, &moved);
	assert_null(v.facts);
	assert_ptr_equal(moved.facts, f);
	assert_int_equal(moved.reason, REASON_REFUSED);
	assert_int_equal(moved.rtt_us, 7);
	verdict_done(&v);
	verdict_done(&moved);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_verdict_facts_are_made_once),
	cmocka_unit_test(test_verdict_trust_without_certificate_is_untried),
	cmocka_unit_test(test_verdict_move_leaves_nothing_behind),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
