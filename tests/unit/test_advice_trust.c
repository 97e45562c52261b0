/* SPDX-License-Identifier: Apache-2.0 */
/* test_advice_trust.c: what is said of certificates; see advice.h. */
#include <stdio.h>

#include "base/must.h"
#include "report/advice.h"
#include "tests/unit/findings.h"
#include "tests/unit/unit.h"

static const struct machine esxi = { .role = ROLE_ESXI, .name = "esx01.example.com" };
static const struct machine engine = { .role = ROLE_OVIRT_ENGINE, .name = "engine.example.com" };

/* 2029-12-22, ten days before the certificates of findings.h end. */
static const struct wall now = { INT64_C(1892592000000) };

enum { DAY_MS = 24 * 3600 * 1000 };

static void assert_advice(const struct finding *found, const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	advice_put(found, now, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

/* The sentence about a certificate; the port is 443 unless it is authd's. */
static void assert_trust(uint16_t port, const struct judgement *j, const char *want)
{
	struct finding *found = finding_made(&esxi, "10.1.7.9", port);

	(void)finding_cert(found);
	found->verdict.facts->trust = *j;
	assert_advice(found, want);
	finding_free(found);
}

#define LOCAL_ISSUER "unable to get local issuer certificate"

TEST(test_advice_untrusted_says_whom_it_does_not_know)
{
	assert_trust(443, &(struct judgement){ .overall = TRUST_UNTRUSTED, .reason = LOCAL_ISSUER },
		     "serving; certificate not trusted: this machine does not know its issuer "
		     "(CN=Example CA)");
	assert_trust(443,
		     &(struct judgement){
			     .overall = TRUST_UNTRUSTED, .reason = LOCAL_ISSUER, .ca_asked = true },
		     "serving; certificate not trusted: it does not lead to an authority of --ca "
		     "(CN=Example CA)");
	assert_trust(
		443,
		&(struct judgement){ .overall = TRUST_UNTRUSTED,
				     .reason = "the engine's CA did not sign it: " LOCAL_ISSUER },
		"serving; certificate not trusted: the engine's CA did not sign it "
		"(CN=Example CA)");
}

TEST(test_advice_self_signed_has_no_issuer_to_name)
{
	struct finding *found = finding_made(&esxi, "10.1.7.9", 443);

	finding_cert(found)->self_signed = true;
	found->verdict.facts->trust = (struct judgement){ .overall = TRUST_UNTRUSTED,
							  .reason = "self-signed certificate" };
	assert_advice(found, "serving; certificate not trusted: self-signed certificate");
	finding_free(found);
}

TEST(test_advice_other_trust_gives_its_reason)
{
	assert_trust(443, &(struct judgement){ .overall = TRUST_TRUSTED, .expiring = true },
		     "serving");
	assert_trust(443,
		     &(struct judgement){ .overall = TRUST_NAME_MISMATCH,
					  .reason = "it is not for esx01.example.com" },
		     "serving; certificate: it is not for esx01.example.com");
	assert_trust(443,
		     &(struct judgement){ .overall = TRUST_EXPIRING,
					  .expiring = true,
					  .reason = "it expires on 2030-01-01, in 10 days" },
		     "serving; certificate: it expires on 2030-01-01, in 10 days");
	assert_trust(443, &(struct judgement){ .overall = TRUST_CHANGED },
		     "serving; certificate: the certificate is not the one seen before");
}

TEST(test_advice_another_certificate_on_902_has_two_causes)
{
	struct judgement j = { .overall = TRUST_FINGERPRINT_MISMATCH,
			       .reason = "port 443 of the same host shows another one" };

	assert_trust(902, &j,
		     "serving; certificate: port 443 of the same host shows another one; another "
		     "machine answers here, or the host was not restarted after a renewal");
	assert_trust(443, &j, "serving; certificate: port 443 of the same host shows another one");
	j.pin = PIN_MISMATCH;
	assert_trust(902, &j, "serving; certificate: port 443 of the same host shows another one");
}

TEST(test_advice_end_of_validity_is_told_besides)
{
	static const struct {
		int64_t left_ms;
		const char *want;
	} cases[] = {
		{ 10 * (int64_t)DAY_MS, "expires in 10 days" },
		{ DAY_MS, "expires in 1 day" },
		{ DAY_MS - 1, "expires in 0 days" },
		{ -DAY_MS, "expired 1 day ago" },
		{ -2 * (int64_t)DAY_MS, "expired 2 days ago" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct finding *found = finding_made(&esxi, "10.1.7.9", 443);
		struct cert *c = finding_cert(found);
		char want[128];

		c->self_signed = true;
		c->not_after.ms = now.ms + cases[i].left_ms;
		found->verdict.facts->trust = (struct judgement){ .overall = TRUST_NAME_MISMATCH,
								  .expiring = cases[i].left_ms > 0,
								  .expired = cases[i].left_ms < 0,
								  .reason = "it is not for a" };
		(void)snprintf(want, sizeof want, "serving; certificate: it is not for a; %s",
			       cases[i].want);
		assert_advice(found, want);
		finding_free(found);
	}
}

TEST(test_advice_engine_with_another_authority_is_told)
{
	struct finding *found = finding_made(&engine, "10.1.7.9", 443);
	struct facts *f;

	(void)finding_cert(found);
	f = found->verdict.facts;
	f->ca = cert_made("CN=engine CA", "CN=engine CA");
	f->ca_verifies = true;
	assert_advice(found, "serving");
	f->ca_verifies = false;
	assert_advice(found,
		      "serving; its certificate is not from its own CA: hosts on 54322 need that "
		      "CA (banksman ca), this port another");
	finding_free(found);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_advice_untrusted_says_whom_it_does_not_know),
	cmocka_unit_test(test_advice_self_signed_has_no_issuer_to_name),
	cmocka_unit_test(test_advice_other_trust_gives_its_reason),
	cmocka_unit_test(test_advice_another_certificate_on_902_has_two_causes),
	cmocka_unit_test(test_advice_end_of_validity_is_told_besides),
	cmocka_unit_test(test_advice_engine_with_another_authority_is_told),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
