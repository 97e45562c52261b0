/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/certs.h"

#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "probes/trust.h"
#include "tests/unit/made.h"
#include "tests/unit/unit.h"

static struct digests *digests;
static struct made ca;
static struct made leaf;
static struct truststore *store;
static STACK_OF(X509) * chain;

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
	leaf = made_new(&(struct plan){
		.name = "l", .san = "DNS:esx.example", .issuer = &ca, .to = "20260601120000Z" });
	store = store_of(ca.x);
	chain = chain_of(leaf.x, ca.x, NULL);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	chain_free(chain);
	truststore_free(store);
	made_free(&leaf);
	made_free(&ca);
	digests_free(digests);
	return 0;
}

/* What the cache says of the chain at a time. */
static enum trust judged(struct certs *cache, const struct truststore *believed, const char *host,
			 const char *at)
{
	struct trust_ask ask = { .store = believed, .host = host, .now = wall_of(at) };
	struct judgement j;
	struct cert *c = certs_judge(cache, chain, &ask, &j);

	assert_non_null(c);
	cert_free(c);
	return j.overall;
}

TEST(test_certs_same_chain_is_the_same_facts)
{
	struct certs *cache = certs_new(digests);
	STACK_OF(X509) *alone = chain_of(leaf.x, NULL);
	struct trust_ask ask = { .store = store, .host = "x", .now = wall_of("20260101000000Z") };
	struct judgement j;
	struct cert *one = certs_judge(cache, chain, &ask, &j);
	struct cert *two = certs_judge(cache, chain, &ask, &j);
	struct cert *other = certs_judge(cache, alone, &ask, &j);

	assert_ptr_equal(one, two);
	assert_ptr_not_equal(one, other);
	assert_int_equal(one->chain_count, 2);
	assert_int_equal(other->chain_count, 1);
	certs_free(cache);
	assert_string_equal(one->subject, "CN=l");
	cert_free(one);
	cert_free(two);
	cert_free(other);
	chain_free(alone);
}

TEST(test_certs_name_and_dates_are_judged_anew)
{
	struct certs *cache = certs_new(digests);

	assert_int_equal(judged(cache, store, "esx.example", "20260601115900Z"), TRUST_TRUSTED);
	assert_int_equal(judged(cache, store, "vc.example", "20260601115901Z"),
			 TRUST_NAME_MISMATCH);
	assert_int_equal(judged(cache, store, "esx.example", "20260601120100Z"), TRUST_EXPIRED);
	assert_int_equal(judged(cache, store, "esx.example", "20260601115902Z"), TRUST_TRUSTED);
	certs_free(cache);
}

TEST(test_certs_clock_set_back_is_believed)
{
	struct certs *cache = certs_new(digests);

	assert_int_equal(judged(cache, store, "esx.example", "20260701000000Z"), TRUST_EXPIRED);
	assert_int_equal(judged(cache, store, "esx.example", "20260501000000Z"), TRUST_TRUSTED);
	certs_free(cache);
}

TEST(test_certs_other_store_is_asked_anew)
{
	struct certs *cache = certs_new(digests);
	struct made nobody = made_new(&(struct plan){ .name = "Nobody", .ca = true });
	struct truststore *other = store_of(nobody.x);

	assert_int_equal(judged(cache, store, "esx.example", "20260501000000Z"), TRUST_TRUSTED);
	assert_int_equal(judged(cache, other, "esx.example", "20260501000000Z"), TRUST_UNTRUSTED);
	assert_int_equal(judged(cache, store, "esx.example", "20260501000000Z"), TRUST_TRUSTED);
	certs_free(cache);
	truststore_free(other);
	made_free(&nobody);
}

enum { HEAVY_BYTES = 512 * 1024, HEAVY_COUNT = 8 };

static void add_heavy_comment(X509 *x)
{
	ASN1_OCTET_STRING *text = ASN1_OCTET_STRING_new();
	uint8_t *bytes = xcalloc(1, HEAVY_BYTES);
	X509_EXTENSION *e;

	MUST(text != NULL && ASN1_OCTET_STRING_set(text, bytes, HEAVY_BYTES) == 1);
	e = X509_EXTENSION_create_by_NID(NULL, NID_netscape_comment, 0, text);
	MUST(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
	ASN1_OCTET_STRING_free(text);
	free(bytes);
}

TEST(test_certs_bytes_are_bounded_and_the_longest_unused_goes)
{
	enum { N = LIMIT_CERTS_BYTES / (HEAVY_BYTES * HEAVY_COUNT) + 2 };
	struct certs *cache = certs_new(digests);
	struct made heavy = made_new(&(struct plan){ .name = "h", .finish = add_heavy_comment });
	struct trust_ask ask = { .store = store, .host = "x", .now = wall_of("20260101000000Z") };
	struct made leaves[N];
	STACK_OF(X509) * chains[N];
	struct cert *kept[N];
	struct cert *used;
	struct cert *gone;
	struct judgement j;

	for (size_t i = 0; i < N; i++) {
		leaves[i] = made_new(&(struct plan){ .name = "l", .issuer = &ca });
		chains[i] = chain_of(leaves[i].x, NULL);
		for (size_t k = 0; k < HEAVY_COUNT; k++)
			MUST(X509_up_ref(heavy.x) == 1 && sk_X509_push(chains[i], heavy.x) > 0);
		kept[i] = certs_judge(cache, chains[i], &ask, &j);
		used = certs_judge(cache, chains[0], &ask, &j);
		assert_ptr_equal(used, kept[0]);
		cert_free(used);
	}
	gone = certs_judge(cache, chains[1], &ask, &j);
	assert_ptr_not_equal(gone, kept[1]);
	used = certs_judge(cache, chains[N - 1], &ask, &j);
	assert_ptr_equal(used, kept[N - 1]);
	cert_free(used);
	cert_free(gone);
	certs_free(cache);
	for (size_t i = 0; i < N; i++) {
		cert_free(kept[i]);
		chain_free(chains[i]);
		made_free(&leaves[i]);
	}
	made_free(&heavy);
}

TEST(test_certs_free_of_nothing_is_harmless)
{
	struct certs *cache = certs_new(digests);

	certs_free(cache);
	certs_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_certs_same_chain_is_the_same_facts),
	cmocka_unit_test(test_certs_name_and_dates_are_judged_anew),
	cmocka_unit_test(test_certs_clock_set_back_is_believed),
	cmocka_unit_test(test_certs_other_store_is_asked_anew),
	cmocka_unit_test(test_certs_bytes_are_bounded_and_the_longest_unused_goes),
	cmocka_unit_test(test_certs_free_of_nothing_is_harmless),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
