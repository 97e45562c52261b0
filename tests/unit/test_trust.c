/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/trust.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/verdict.h"
#include "tests/unit/made.h"
#include "tests/unit/unit.h"

static const char now[] = "20260601120000Z";

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

/* Judges a chain; what ask leaves out is the good case. */
static struct judgement judged(const STACK_OF(X509) * chain, struct trust_ask ask)
{
	struct cert *facts = cert_new(chain, digests);
	struct judgement j;

	MUST(facts != NULL);
	ask.store = ask.store != NULL ? ask.store : store;
	ask.host = ask.host != NULL ? ask.host : "esx.example";
	ask.now = ask.now.ms != 0 ? ask.now : wall_of(now);
	trust_judge(chain, facts, &ask, &j);
	cert_free(facts);
	return j;
}

/* Makes a leaf, signed by ca unless plan says otherwise, and judges it alone. */
static struct judgement judged_leaf(struct plan plan, struct trust_ask ask)
{
	struct made leaf;
	STACK_OF(X509) * chain;
	struct judgement j;

	plan.name = plan.name != NULL ? plan.name : "leaf";
	plan.san = plan.san != NULL ? plan.san : "DNS:esx.example,IP:10.0.0.1,IP:fd00::1";
	plan.issuer = plan.issuer != NULL ? plan.issuer : &ca;
	leaf = made_new(&plan);
	chain = chain_of(leaf.x, NULL);
	j = judged(chain, ask);
	chain_free(chain);
	made_free(&leaf);
	return j;
}

#define PLAN(...) ((struct plan){ __VA_ARGS__ })
#define ASK(...)  ((struct trust_ask){ __VA_ARGS__ })

static const struct plan plain = { 0 };
static const struct trust_ask ordinary = { 0 };

TEST(test_trust_good_certificate_is_trusted_without_a_word)
{
	struct judgement j = judged_leaf(plain, ordinary);

	assert_int_equal(j.overall, TRUST_TRUSTED);
	assert_true(j.chain_ok && j.name_ok);
	assert_false(j.expired || j.not_yet_valid || j.expiring || j.ca_asked);
	assert_null(j.chain_error);
	assert_int_equal(j.pin, PIN_NONE);
	assert_string_equal(j.reason, "");
}

/* --- the chain ----------------------------------------------------------- */

TEST(test_trust_other_authority_is_untrusted_and_the_name_still_good)
{
	struct made other = made_new(&PLAN(.name = "Other CA", .ca = true));
	struct judgement j = judged_leaf(PLAN(.issuer = &other), ordinary);

	assert_int_equal(j.overall, TRUST_UNTRUSTED);
	assert_false(j.chain_ok);
	assert_true(j.name_ok);
	assert_non_null(j.chain_error);
	assert_string_equal(j.reason, j.chain_error);
	made_free(&other);
}

TEST(test_trust_authority_of_the_same_name_is_untrusted)
{
	struct made twin = made_new(&PLAN(.name = "Example CA", .ca = true));
	struct judgement j = judged_leaf(PLAN(.issuer = &twin), ordinary);

	assert_int_equal(j.overall, TRUST_UNTRUSTED);
	made_free(&twin);
}

TEST(test_trust_self_signed_in_the_store_is_trusted)
{
	struct made leaf = made_new(&PLAN(.name = "esx.example", .san = "DNS:esx.example"));
	struct truststore *own = store_of(leaf.x);
	STACK_OF(X509) *chain = chain_of(leaf.x, NULL);

	assert_int_equal(judged(chain, ASK(.store = own)).overall, TRUST_TRUSTED);
	assert_int_equal(judged(chain, ordinary).overall, TRUST_UNTRUSTED);
	chain_free(chain);
	truststore_free(own);
	made_free(&leaf);
}

TEST(test_trust_intermediate_leads_up_and_may_be_the_anchor)
{
	struct made middle = made_new(&PLAN(.name = "Middle CA", .issuer = &ca, .ca = true));
	struct made leaf =
		made_new(&PLAN(.name = "l", .san = "DNS:esx.example", .issuer = &middle));
	struct truststore *anchor = store_of(middle.x);
	STACK_OF(X509) *whole = chain_of(leaf.x, middle.x, NULL);
	STACK_OF(X509) *alone = chain_of(leaf.x, NULL);

	assert_int_equal(judged(whole, ordinary).overall, TRUST_TRUSTED);
	assert_int_equal(judged(alone, ordinary).overall, TRUST_UNTRUSTED);
	assert_int_equal(judged(alone, ASK(.store = anchor)).overall, TRUST_TRUSTED);
	chain_free(alone);
	chain_free(whole);
	truststore_free(anchor);
	made_free(&leaf);
	made_free(&middle);
}

TEST(test_trust_issuer_that_is_no_authority_is_untrusted)
{
	struct made middle = made_new(&PLAN(.name = "no CA", .issuer = &ca, .san = "DNS:x"));
	struct made leaf =
		made_new(&PLAN(.name = "l", .san = "DNS:esx.example", .issuer = &middle));
	STACK_OF(X509) *chain = chain_of(leaf.x, middle.x, NULL);

	assert_int_equal(judged(chain, ordinary).overall, TRUST_UNTRUSTED);
	chain_free(chain);
	made_free(&leaf);
	made_free(&middle);
}

static void finish_client_only(X509 *x)
{
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_ext_key_usage, "clientAuth");

	MUST(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

TEST(test_trust_certificate_for_clients_only_is_untrusted)
{
	struct judgement j = judged_leaf(PLAN(.finish = finish_client_only), ordinary);

	assert_int_equal(j.overall, TRUST_UNTRUSTED);
	assert_false(j.chain_ok);
}

/* --- the name ------------------------------------------------------------ */

TEST(test_trust_other_name_is_a_mismatch_and_the_chain_still_good)
{
	struct judgement j = judged_leaf(plain, ASK(.host = "vc.example"));

	assert_int_equal(j.overall, TRUST_NAME_MISMATCH);
	assert_true(j.chain_ok);
	assert_false(j.name_ok);
	assert_string_equal(j.reason, "it is not for vc.example");
}

static enum trust named(const char *host)
{
	return judged_leaf(plain, ASK(.host = host)).overall;
}

TEST(test_trust_names_and_addresses_are_matched_by_their_kind)
{
	assert_int_equal(named("ESX.example"), TRUST_TRUSTED);
	assert_int_equal(named("esx.example."), TRUST_TRUSTED);
	assert_int_equal(named("10.0.0.1"), TRUST_TRUSTED);
	assert_int_equal(named("fd00:0::1"), TRUST_TRUSTED);
	assert_int_equal(named("10.0.0.2"), TRUST_NAME_MISMATCH);
	assert_int_equal(named("fd00::2"), TRUST_NAME_MISMATCH);
	assert_int_equal(named("a.esx.example"), TRUST_NAME_MISMATCH);
	assert_int_equal(named("example"), TRUST_NAME_MISMATCH);
}

TEST(test_trust_address_written_as_a_dns_name_is_a_mismatch)
{
	struct judgement j = judged_leaf(PLAN(.name = "10.0.0.1", .san = "DNS:10.0.0.1"),
					 ASK(.host = "10.0.0.1"));

	assert_int_equal(j.overall, TRUST_NAME_MISMATCH);
}

TEST(test_trust_wildcard_stands_for_one_label)
{
	struct plan wild = PLAN(.san = "DNS:*.lab.example");

	assert_int_equal(judged_leaf(wild, ASK(.host = "a.lab.example")).overall, TRUST_TRUSTED);
	assert_int_equal(judged_leaf(wild, ASK(.host = "a.b.lab.example")).overall,
			 TRUST_NAME_MISMATCH);
	assert_int_equal(judged_leaf(wild, ASK(.host = "lab.example")).overall,
			 TRUST_NAME_MISMATCH);
}

TEST(test_trust_wildcard_for_part_of_a_label_is_a_mismatch)
{
	struct plan partial = PLAN(.san = "DNS:f*.example.com");

	assert_int_equal(judged_leaf(partial, ASK(.host = "foo.example.com")).overall,
			 TRUST_NAME_MISMATCH);
}

TEST(test_trust_common_name_alone_is_a_mismatch)
{
	struct made leaf = made_new(&PLAN(.name = "esx.example", .issuer = &ca));
	STACK_OF(X509) *chain = chain_of(leaf.x, NULL);

	assert_int_equal(judged(chain, ordinary).overall, TRUST_NAME_MISMATCH);
	chain_free(chain);
	made_free(&leaf);
}

/* --- validity ------------------------------------------------------------ */

TEST(test_trust_expired_says_when_and_the_chain_is_good)
{
	struct judgement j = judged_leaf(PLAN(.to = "20260531235959Z"), ordinary);

	assert_int_equal(j.overall, TRUST_EXPIRED);
	assert_true(j.expired && j.chain_ok && j.name_ok);
	assert_false(j.expiring);
	assert_string_equal(j.reason, "it expired on 2026-05-31");
}

TEST(test_trust_expired_authority_is_said_to_be_of_the_chain)
{
	struct made old = made_new(&PLAN(.name = "Old CA", .ca = true, .to = "20250101000000Z"));
	struct truststore *old_store = store_of(old.x);
	struct judgement j = judged_leaf(PLAN(.issuer = &old), ASK(.store = old_store));

	assert_int_equal(j.overall, TRUST_EXPIRED);
	assert_true(j.expired && j.chain_ok);
	assert_string_equal(j.reason, "a certificate of its chain has expired");
	truststore_free(old_store);
	made_free(&old);
}

TEST(test_trust_not_yet_valid_says_from_when)
{
	struct judgement j = judged_leaf(PLAN(.from = "20260701000000Z"), ordinary);

	assert_int_equal(j.overall, TRUST_NOT_YET_VALID);
	assert_true(j.not_yet_valid && j.chain_ok);
	assert_string_equal(j.reason, "it is valid from 2026-07-01 on");
}

TEST(test_trust_authority_not_yet_valid_is_said_to_be_of_the_chain)
{
	struct made new = made_new(&PLAN(.name = "New CA", .ca = true, .from = "20260701000000Z"));
	struct truststore *new_store = store_of(new.x);
	struct judgement j = judged_leaf(PLAN(.issuer = &new), ASK(.store = new_store));

	assert_int_equal(j.overall, TRUST_NOT_YET_VALID);
	assert_null(strstr(j.reason, "2000-01-01"));
	assert_non_null(strstr(j.reason, "chain"));
	truststore_free(new_store);
	made_free(&new);
}

TEST(test_trust_expiring_begins_at_the_warning_time)
{
	struct plan ends = PLAN(.to = "20260611120000Z"); /* ten days */
	const int64_t day_ms = 86400000;
	struct judgement j = judged_leaf(ends, ASK(.warn = span_of_ms(30 * day_ms)));

	assert_int_equal(j.overall, TRUST_EXPIRING);
	assert_true(j.expiring);
	assert_string_equal(j.reason, "it expires on 2026-06-11, in 10 days");
	assert_int_equal(judged_leaf(ends, ASK(.warn = span_of_ms(10 * day_ms + 1))).overall,
			 TRUST_EXPIRING);
	assert_int_equal(judged_leaf(ends, ASK(.warn = span_of_ms(10 * day_ms))).overall,
			 TRUST_TRUSTED);
	assert_int_equal(judged_leaf(ends, ordinary).overall, TRUST_TRUSTED);
}

TEST(test_trust_very_long_validity_is_trusted)
{
	struct plan ages = PLAN(.from = "00010101000000Z", .to = "99991231235959Z");
	struct trust_ask warned = ASK(.warn = span_of_ms(INT64_C(86400000) * 365));

	assert_int_equal(judged_leaf(ages, warned).overall, TRUST_TRUSTED);
}

/* --- pins and weights ---------------------------------------------------- */

TEST(test_trust_pin_decides_before_all)
{
	struct made leaf = made_new(&PLAN(.name = "self", .to = "20200101000000Z"));
	struct made good = made_new(&PLAN(.name = "g", .san = "DNS:esx.example", .issuer = &ca));
	STACK_OF(X509) *bad_chain = chain_of(leaf.x, NULL);
	STACK_OF(X509) *good_chain = chain_of(good.x, NULL);
	struct cert *facts = cert_new(bad_chain, digests);
	struct pin sha1 = { .len = SHA1_BYTES };
	struct pin none = { .len = 0 };
	struct judgement j;

	memcpy(sha1.bytes, facts->sha1, SHA1_BYTES);
	j = judged(bad_chain, ASK(.pin = &sha1, .store_named = true));
	assert_int_equal(j.pin, PIN_MATCH);
	assert_int_equal(j.overall, TRUST_TRUSTED);
	assert_string_equal(j.reason, "it has the expected fingerprint");
	assert_true(j.expired);
	assert_false(j.chain_ok || j.name_ok || trust_failed(&j));
	j = judged(good_chain, ASK(.pin = &sha1));
	assert_int_equal(j.pin, PIN_MISMATCH);
	assert_int_equal(j.overall, TRUST_FINGERPRINT_MISMATCH);
	assert_true(j.chain_ok && j.name_ok && trust_failed(&j));
	assert_int_equal(judged(good_chain, ASK(.pin = &none)).pin, PIN_NONE);
	cert_free(facts);
	chain_free(good_chain);
	chain_free(bad_chain);
	made_free(&good);
	made_free(&leaf);
}

TEST(test_trust_most_specific_fault_decides)
{
	struct made other = made_new(&PLAN(.name = "Other CA", .ca = true));
	struct trust_ask wrong = ASK(.host = "vc.example");
	struct judgement j = judged_leaf(PLAN(.issuer = &other, .to = "20260101000000Z"), wrong);

	assert_int_equal(j.overall, TRUST_EXPIRED);
	assert_true(j.expired);
	assert_false(j.chain_ok || j.name_ok);
	j = judged_leaf(PLAN(.issuer = &other, .from = "20270101000000Z"), wrong);
	assert_int_equal(j.overall, TRUST_NOT_YET_VALID);
	assert_false(j.chain_ok || j.name_ok);
	j = judged_leaf(PLAN(.issuer = &other), wrong);
	assert_int_equal(j.overall, TRUST_UNTRUSTED);
	assert_false(j.name_ok);
	made_free(&other);
}

TEST(test_trust_failed_needs_a_question_or_a_mismatch)
{
	static const struct {
		enum trust overall;
		bool asked, failed;
	} cases[] = {
		{ TRUST_UNTRIED, true, false },      { TRUST_TRUSTED, true, false },
		{ TRUST_EXPIRING, true, false },     { TRUST_UNTRUSTED, false, false },
		{ TRUST_UNTRUSTED, true, true },     { TRUST_EXPIRED, false, false },
		{ TRUST_EXPIRED, true, true },       { TRUST_NOT_YET_VALID, false, false },
		{ TRUST_NOT_YET_VALID, true, true }, { TRUST_NAME_MISMATCH, false, false },
		{ TRUST_NAME_MISMATCH, true, true }, { TRUST_FINGERPRINT_MISMATCH, false, true },
		{ TRUST_CHANGED, false, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct judgement j = { .overall = cases[i].overall, .ca_asked = cases[i].asked };

		assert_int_equal(trust_failed(&j), cases[i].failed);
	}
	assert_true(judged_leaf(plain, ASK(.store_named = true)).ca_asked);
}

/* --- stores -------------------------------------------------------------- */

/* A file with text and the certificates; its name is owned by the caller. */
static char *file_with(const char *text, X509 *one, X509 *two)
{
	char *path = xasprintf("%s/banksman-test-XXXXXX",
			       getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
	int fd = mkstemp(path);
	FILE *f = fd >= 0 ? fdopen(fd, "w") : NULL;

	MUST(f != NULL && fputs(text, f) >= 0);
	MUST((one == NULL || PEM_write_X509(f, one) == 1) &&
	     (two == NULL || PEM_write_X509(f, two) == 1));
	MUST(fclose(f) == 0);
	return path;
}

TEST(test_trust_store_of_a_file_believes_each_of_it)
{
	struct made other = made_new(&PLAN(.name = "Other CA", .ca = true));
	char *path = file_with("# authorities\n", other.x, ca.x);
	struct err e;
	struct truststore *s = truststore_new_file(path, &e);

	assert_non_null(s);
	assert_int_equal(judged_leaf(plain, ASK(.store = s)).overall, TRUST_TRUSTED);
	assert_int_equal(judged_leaf(PLAN(.issuer = &other), ASK(.store = s)).overall,
			 TRUST_TRUSTED);
	truststore_free(s);
	(void)unlink(path);
	free(path);
	made_free(&other);
}

TEST(test_trust_store_of_a_file_without_certificate_is_refused)
{
	char *path = file_with("no certificate\n", NULL, NULL);
	struct err e = { 0 };

	assert_null(truststore_new_file(path, &e));
	assert_non_null(strstr(e.text, "holds no PEM certificate"));
	(void)unlink(path);
	assert_null(truststore_new_file(path, &e));
	assert_non_null(strstr(e.text, "No such file"));
	assert_non_null(strstr(e.text, path));
	free(path);
}

TEST(test_trust_store_ids_differ)
{
	struct truststore *other = store_of(ca.x);
	struct err e;
	struct truststore *system_store = truststore_new_system(&e);

	assert_non_null(system_store);
	assert_true(truststore_id(store) != 0);
	assert_true(truststore_id(store) != truststore_id(other));
	assert_true(truststore_id(store) != truststore_id(system_store));
	assert_true(truststore_id(other) != truststore_id(system_store));
	assert_int_equal(judged_leaf(plain, ASK(.store = system_store)).overall, TRUST_UNTRUSTED);
	truststore_free(system_store);
	truststore_free(other);
	truststore_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_trust_good_certificate_is_trusted_without_a_word),
	cmocka_unit_test(test_trust_other_authority_is_untrusted_and_the_name_still_good),
	cmocka_unit_test(test_trust_authority_of_the_same_name_is_untrusted),
	cmocka_unit_test(test_trust_self_signed_in_the_store_is_trusted),
	cmocka_unit_test(test_trust_intermediate_leads_up_and_may_be_the_anchor),
	cmocka_unit_test(test_trust_issuer_that_is_no_authority_is_untrusted),
	cmocka_unit_test(test_trust_certificate_for_clients_only_is_untrusted),
	cmocka_unit_test(test_trust_other_name_is_a_mismatch_and_the_chain_still_good),
	cmocka_unit_test(test_trust_names_and_addresses_are_matched_by_their_kind),
	cmocka_unit_test(test_trust_address_written_as_a_dns_name_is_a_mismatch),
	cmocka_unit_test(test_trust_wildcard_stands_for_one_label),
	cmocka_unit_test(test_trust_wildcard_for_part_of_a_label_is_a_mismatch),
	cmocka_unit_test(test_trust_common_name_alone_is_a_mismatch),
	cmocka_unit_test(test_trust_expired_says_when_and_the_chain_is_good),
	cmocka_unit_test(test_trust_expired_authority_is_said_to_be_of_the_chain),
	cmocka_unit_test(test_trust_not_yet_valid_says_from_when),
	cmocka_unit_test(test_trust_authority_not_yet_valid_is_said_to_be_of_the_chain),
	cmocka_unit_test(test_trust_expiring_begins_at_the_warning_time),
	cmocka_unit_test(test_trust_very_long_validity_is_trusted),
	cmocka_unit_test(test_trust_pin_decides_before_all),
	cmocka_unit_test(test_trust_most_specific_fault_decides),
	cmocka_unit_test(test_trust_failed_needs_a_question_or_a_mismatch),
	cmocka_unit_test(test_trust_store_of_a_file_believes_each_of_it),
	cmocka_unit_test(test_trust_store_of_a_file_without_certificate_is_refused),
	cmocka_unit_test(test_trust_store_ids_differ),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
