/* SPDX-License-Identifier: Apache-2.0 */
/* test_trust_require.c: what the roles ask of a certificate; see trust.h. */
#include <string.h>

#include "base/must.h"
#include "probes/trust.h"
#include "probes/verdict.h"
#include "tests/unit/made.h"
#include "tests/unit/unit.h"

static struct digests *digests;
static struct made ca;
static struct truststore *store; /* believes ca */

static struct truststore *store_of(X509 *x)
{
	struct cert *c = cert_of(x, digests);
	struct err e;
	struct truststore *s = truststore_new_cert(c, &e);

	MUST(s != NULL);
	cert_free(c);
	return s;
}

static int set_up(__attribute__((unused)) void **state)
{
	digests = digests_new();
	MUST(digests != NULL);
	ca = made_new(&(struct plan){ .name = "Example CA", .ca = true });
	store = store_of(ca.x);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	truststore_free(store);
	made_free(&ca);
	digests_free(digests);
	return 0;
}

#define PLAN(...) ((struct plan){ __VA_ARGS__ })

/* A verdict about a leaf, judged against believed. */
static struct verdict verdict_on(const struct made *leaf, const struct truststore *believed,
				 const char *host, uint16_t port)
{
	struct verdict v = { 0 };
	struct facts *f = verdict_facts(&v);
	STACK_OF(X509) *chain = chain_of(leaf->x, NULL);
	struct trust_ask ask = { .store = believed, .host = host, .now = wall_now() };

	f->cert = cert_of(leaf->x, digests);
	trust_judge(chain, f->cert, &ask, &f->trust);
	MUST(addr_parse("10.0.0.1", port, &v.address));
	chain_free(chain);
	return v;
}

TEST(test_trust_require_same_other_certificate_is_a_mismatch)
{
	struct made one = made_new(&PLAN(.name = "1", .san = "DNS:esx.example", .issuer = &ca));
	struct made two = made_new(&PLAN(.name = "2", .san = "DNS:esx.example", .issuer = &ca));
	struct verdict v902 = verdict_on(&one, store, "esx.example", 902);
	struct verdict v443 = verdict_on(&one, store, "esx.example", 443);
	struct verdict other = verdict_on(&two, store, "esx.example", 443);
	struct verdict nothing = { 0 };
	char text[FINGERPRINT_TEXT_SIZE];

	trust_require_same(&v902, &v443);
	trust_require_same(&v902, &nothing);
	trust_require_same(&nothing, &v902);
	(void)verdict_facts(&nothing);
	trust_require_same(&v902, &nothing);
	trust_require_same(&nothing, &v902);
	assert_int_equal(verdict_trust(&v902), TRUST_TRUSTED);
	trust_require_same(&v902, &other);
	assert_int_equal(verdict_trust(&v902), TRUST_FINGERPRINT_MISMATCH);
	assert_true(trust_failed(&v902.facts->trust));
	assert_non_null(strstr(v902.facts->trust.reason, "port 443"));
	fingerprint_format(other.facts->cert->sha1, SHA1_BYTES, text);
	assert_non_null(strstr(v902.facts->trust.reason, text));
	assert_int_equal(verdict_trust(&other), TRUST_TRUSTED);
	verdict_done(&nothing);
	verdict_done(&other);
	verdict_done(&v443);
	verdict_done(&v902);
	made_free(&two);
	made_free(&one);
}

/* A host's verdict against the system's authorities, then against the engine's CA. */
static struct judgement required(const struct made *issuer, const char *host)
{
	struct made nobody = made_new(&PLAN(.name = "Nobody", .ca = true));
	struct truststore *unrelated = store_of(nobody.x);
	struct made leaf = made_new(&PLAN(.name = "h", .san = "DNS:esx.example", .issuer = issuer));
	struct verdict v = verdict_on(&leaf, unrelated, host, 54322);
	struct cert *engine = cert_of(ca.x, digests);
	struct judgement j;

	assert_int_equal(verdict_trust(&v), TRUST_UNTRUSTED);
	trust_require_ca(&v, engine);
	j = v.facts->trust;
	cert_free(engine);
	verdict_done(&v);
	made_free(&leaf);
	truststore_free(unrelated);
	made_free(&nobody);
	return j;
}

TEST(test_trust_require_ca_signed_by_it_is_trusted)
{
	struct judgement j = required(&ca, "esx.example");

	assert_int_equal(j.overall, TRUST_TRUSTED);
	assert_true(j.chain_ok && j.ca_asked);
	assert_false(trust_failed(&j));
	assert_string_equal(j.reason, "the engine's CA signed it");
}

TEST(test_trust_require_ca_signed_by_another_is_untrusted_and_fails)
{
	struct made other = made_new(&PLAN(.name = "Other CA", .ca = true));
	struct judgement j = required(&other, "esx.example");

	assert_int_equal(j.overall, TRUST_UNTRUSTED);
	assert_false(j.chain_ok);
	assert_true(j.ca_asked && trust_failed(&j));
	assert_non_null(strstr(j.reason, "the engine's CA did not sign it"));
	made_free(&other);
}

TEST(test_trust_require_ca_does_not_hide_another_name)
{
	struct judgement j = required(&ca, "other.example");

	assert_true(j.chain_ok);
	assert_false(j.name_ok);
	assert_int_equal(j.overall, TRUST_NAME_MISMATCH);
}

static const int64_t day_ms = 86400000;

static void set_five_days(X509 *x)
{
	MUST(X509_gmtime_adj(X509_getm_notAfter(x), 5 * 86400 + 60) != NULL);
}

/* A leaf, judged as ask has it, and then against this engine's CA. */
static struct judgement required_of(const struct made *engine, struct plan plan,
				    const struct trust_ask *ask)
{
	struct made leaf;
	struct verdict v = { 0 };
	struct facts *f = verdict_facts(&v);
	struct cert *authority = cert_of(engine->x, digests);
	STACK_OF(X509) * chain;
	struct judgement j;

	plan.name = "h";
	plan.san = "DNS:esx.example";
	leaf = made_new(&plan);
	chain = chain_of(leaf.x, NULL);
	f->cert = cert_of(leaf.x, digests);
	trust_judge(chain, f->cert, ask, &f->trust);
	trust_require_ca(&v, authority);
	j = f->trust;
	chain_free(chain);
	cert_free(authority);
	verdict_done(&v);
	made_free(&leaf);
	return j;
}

static struct trust_ask warned_ask(const struct truststore *believed)
{
	return (struct trust_ask){ .store = believed,
				   .host = "esx.example",
				   .now = wall_now(),
				   .warn = span_of_ms(30 * day_ms) };
}

TEST(test_trust_require_ca_does_not_hide_that_it_expires_soon)
{
	struct made nobody = made_new(&PLAN(.name = "Nobody", .ca = true));
	struct truststore *unrelated = store_of(nobody.x);
	struct plan soon = PLAN(.issuer = &ca, .finish = set_five_days);
	struct trust_ask asks[] = { warned_ask(store), warned_ask(unrelated) };

	for (size_t i = 0; i < 2; i++) {
		struct judgement j = required_of(&ca, soon, &asks[i]);

		assert_int_equal(j.overall, TRUST_EXPIRING);
		assert_true(j.expiring && j.chain_ok && j.ca_asked);
		assert_false(trust_failed(&j));
		assert_non_null(strstr(j.reason, "in 5 days"));
	}
	truststore_free(unrelated);
	made_free(&nobody);
}

TEST(test_trust_require_ca_that_has_expired_is_expired)
{
	struct made old = made_new(&PLAN(.name = "Old CA", .ca = true, .to = "20200101000000Z"));
	struct trust_ask ask = warned_ask(store);
	struct judgement j = required_of(&old, PLAN(.issuer = &old), &ask);

	assert_int_equal(j.overall, TRUST_EXPIRED);
	assert_true(j.expired && trust_failed(&j));
	assert_string_equal(j.reason, "a certificate of its chain has expired");
	made_free(&old);
}

TEST(test_trust_require_ca_of_an_expired_certificate_is_expired)
{
	struct trust_ask ask = warned_ask(store);
	struct judgement j = required_of(&ca, PLAN(.issuer = &ca, .to = "20200101000000Z"), &ask);

	assert_int_equal(j.overall, TRUST_EXPIRED);
	assert_string_equal(j.reason, "it expired on 2020-01-01");
}

TEST(test_trust_require_ca_pin_that_matches_wins)
{
	struct made other = made_new(&PLAN(.name = "Other CA", .ca = true));
	struct made leaf = made_new(
		&PLAN(.name = "h", .san = "DNS:x", .issuer = &other, .to = "20200101000000Z"));
	struct verdict v = { 0 };
	struct facts *f = verdict_facts(&v);
	struct cert *engine = cert_of(ca.x, digests);
	struct trust_ask ask = warned_ask(store);
	struct pin pin = { .len = SHA1_BYTES };
	STACK_OF(X509) *chain = chain_of(leaf.x, NULL);

	f->cert = cert_of(leaf.x, digests);
	memcpy(pin.bytes, f->cert->sha1, SHA1_BYTES);
	ask.pin = &pin;
	trust_judge(chain, f->cert, &ask, &f->trust);
	trust_require_ca(&v, engine);
	assert_int_equal(f->trust.overall, TRUST_TRUSTED);
	assert_false(f->trust.chain_ok || trust_failed(&f->trust));
	assert_string_equal(f->trust.reason, "it has the expected fingerprint");
	chain_free(chain);
	cert_free(engine);
	verdict_done(&v);
	made_free(&leaf);
	made_free(&other);
}

TEST(test_trust_require_ca_without_certificate_changes_nothing)
{
	struct verdict v = { 0 };
	struct cert *engine = cert_of(ca.x, digests);

	trust_require_ca(&v, engine);
	assert_null(v.facts);
	(void)verdict_facts(&v);
	trust_require_ca(&v, engine);
	assert_false(v.facts->trust.ca_asked);
	cert_free(engine);
	verdict_done(&v);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_trust_require_same_other_certificate_is_a_mismatch),
	cmocka_unit_test(test_trust_require_ca_signed_by_it_is_trusted),
	cmocka_unit_test(test_trust_require_ca_signed_by_another_is_untrusted_and_fails),
	cmocka_unit_test(test_trust_require_ca_does_not_hide_another_name),
	cmocka_unit_test(test_trust_require_ca_does_not_hide_that_it_expires_soon),
	cmocka_unit_test(test_trust_require_ca_that_has_expired_is_expired),
	cmocka_unit_test(test_trust_require_ca_of_an_expired_certificate_is_expired),
	cmocka_unit_test(test_trust_require_ca_pin_that_matches_wins),
	cmocka_unit_test(test_trust_require_ca_without_certificate_changes_nothing),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
