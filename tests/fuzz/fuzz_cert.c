/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_cert.c: certificates, as PEM text or as DER one behind the other (a chain, leaf first),
 * and what may be believed of them.
 */
#include "tests/fuzz/fuzz.h"

#include "base/limits.h"
#include "probes/cert.h"
#include "probes/trust.h"
#include "tests/fuzz/pki.h"

enum { CHAIN_MAX = LIMIT_CHAIN_LENGTH + 2 };

static const struct wall noon = { .ms = INT64_C(1767225600000) }; /* in 2026 */

static const char *const hosts[] = { "esxi1.example.com", "vc.example.com.", "10.0.0.1",
				     "fd00::1",           "fe80::1%lo",      "." };

/* One anchor, and nothing of the corpus leads to it. */
static const struct truststore *foreign_store(void)
{
	static struct truststore *s;

	if (s == NULL) {
		struct cert *anchor = cert_of(anchor_pem);
		struct err e;

		s = truststore_new_cert(anchor, &e);
		cert_free(anchor);
	}
	MUST(s != NULL);
	return s;
}

static void text_must_be_sound(const char *text)
{
	MUST(strlen(text) <= LIMIT_NAME_BYTES && fuzz_shown(text));
}

static void cert_must_be_sound(const struct cert *c)
{
	text_must_be_sound(c->subject);
	text_must_be_sound(c->issuer);
	MUST(c->san_count <= LIMIT_SAN_COUNT);
	for (size_t i = 0; i < c->san_count; i++)
		text_must_be_sound(c->san[i]);
	MUST(c->chain_count >= 1 && c->chain_count <= LIMIT_CHAIN_LENGTH);
	for (size_t i = 0; i < c->chain_count; i++)
		MUST(c->chain[i].data != NULL && c->chain[i].len > 0);
	MUST(c->key_type != NULL && fuzz_shown(c->key_type) && c->key_bits >= 0);
	MUST(c->signature != NULL && fuzz_shown(c->signature));
}

/* Printed as PEM and read again, it is the same certificate. */
static void round_trip(const struct cert *c)
{
	char *pem = cert_pem(c);
	struct cert *again = cert_new_pem(pem, strlen(pem), shared_digests());
	STACK_OF(X509) *chain = cert_chain(c);

	MUST(again != NULL);
	MUST(memcmp(again->sha1, c->sha1, sizeof c->sha1) == 0);
	MUST(memcmp(again->sha256, c->sha256, sizeof c->sha256) == 0);
	MUST(memcmp(again->spki_sha256, c->spki_sha256, sizeof c->spki_sha256) == 0);
	MUST(strcmp(again->subject, c->subject) == 0 && strcmp(again->issuer, c->issuer) == 0);
	MUST(again->san_count == c->san_count && again->key_bits == c->key_bits);
	MUST(again->not_before.ms == c->not_before.ms && again->not_after.ms == c->not_after.ms);
	MUST(again->self_signed == c->self_signed && again->chain_count == 1);
	MUST(chain != NULL && sk_X509_num(chain) == (int)c->chain_count);
	sk_X509_pop_free(chain, X509_free);
	cert_free(again);
	free(pem);
}

static void judgement_must_be_sound(const struct judgement *j, const struct trust_ask *ask)
{
	MUST(memchr(j->reason, '\0', sizeof j->reason) != NULL);
	MUST(j->overall > TRUST_UNTRIED && j->overall < TRUST_N && j->overall != TRUST_CHANGED);
	MUST(j->chain_ok == (j->chain_error == NULL));
	MUST(!(j->expiring && ask->warn.ns == 0));
	MUST(j->ca_asked == ask->store_named);
	MUST((j->reason[0] == '\0') == (j->overall == TRUST_TRUSTED && j->pin == PIN_NONE));
	if (j->pin == PIN_NONE && (j->overall == TRUST_TRUSTED || j->overall == TRUST_EXPIRING))
		MUST(j->chain_ok && j->name_ok && !j->expired && !j->not_yet_valid);
	if (j->overall == TRUST_TRUSTED || j->overall == TRUST_EXPIRING)
		MUST(!trust_failed(j));
}

/* All that is asked besides changes with the certificate. */
static struct judgement judge(const STACK_OF(X509) * chain, const struct cert *c,
			      const struct truststore *store, const struct pin *pin)
{
	const uint8_t vary = c->sha1[0];
	struct trust_ask ask = { .store = store,
				 .store_named = vary & 1,
				 .host = hosts[vary / 2 % ARRAY_LEN(hosts)],
				 .pin = pin,
				 .now = noon,
				 .warn = span_of_ms(vary % 3 * INT64_C(2592000000)) };
	struct judgement j;

	memset(&j, 0xa5, sizeof j);
	trust_judge(chain, c, &ask, &j);
	judgement_must_be_sound(&j, &ask);
	return j;
}

/* Whatever else is wrong, a pin decides. */
static void pinned(const STACK_OF(X509) * chain, const struct cert *c)
{
	bool sha1 = c->sha1[1] & 1;
	bool wrong = c->sha1[1] & 2;
	char text[FINGERPRINT_TEXT_SIZE];
	struct pin pin;
	struct err e;

	fingerprint_format(sha1 ? c->sha1 : c->sha256, sha1 ? SHA1_BYTES : SHA256_BYTES, text);
	MUST(pin_parse(text, &pin, &e));
	pin.bytes[pin.len - 1] ^= wrong;
	MUST(pin_matches(&pin, c) == !wrong);
	MUST(judge(chain, c, foreign_store(), &pin).overall ==
	     (wrong ? TRUST_FINGERPRINT_MISMATCH : TRUST_TRUSTED));
}

static void certificate(const STACK_OF(X509) * chain)
{
	struct cert *c = cert_new(chain, shared_digests());
	struct truststore *itself;
	struct err e;

	if (c == NULL)
		return;
	cert_must_be_sound(c);
	round_trip(c);
	itself = truststore_new_cert(c, &e);
	if (c->sha1[2] & 1)
		pinned(chain, c);
	else
		MUST(!judge(chain, c, foreign_store(), NULL).chain_ok);
	if (itself != NULL)
		(void)judge(chain, c, itself, NULL);
	truststore_free(itself);
	cert_free(c);
}

static STACK_OF(X509) * chain_of(const uint8_t *data, size_t size)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	const uint8_t *p = data;
	X509 *x;

	MUST(chain != NULL);
	while (sk_X509_num(chain) < CHAIN_MAX && p < data + size &&
	       (x = d2i_X509(NULL, &p, data + size - p)) != NULL)
		MUST(sk_X509_push(chain, x) > 0);
	return chain;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	STACK_OF(X509) *chain = chain_of(data, size);
	struct cert *c = cert_new_pem((const char *)data, size, shared_digests());

	if (sk_X509_num(chain) > 0)
		certificate(chain);
	sk_X509_pop_free(chain, X509_free);
	if (c != NULL) {
		chain = cert_chain(c);
		MUST(chain != NULL);
		certificate(chain);
		sk_X509_pop_free(chain, X509_free);
	}
	cert_free(c);
	return 0;
}
