/* SPDX-License-Identifier: Apache-2.0 */
/* made.c: see made.h. */
#include "tests/unit/made.h"

#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <stdarg.h>
#include <time.h>

#include "base/must.h"
#include "probes/cert.h"

static void add_extension(X509 *x, const X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx = { 0 };
	X509_EXTENSION *e;

	X509V3_set_ctx(&ctx, (X509 *)(uintptr_t)issuer, x, NULL, NULL, 0);
	e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	MUST(e != NULL && X509_add_ext(x, e, -1) == 1);
	X509_EXTENSION_free(e);
}

static void set_name(X509 *x, const char *name)
{
	X509_NAME *n = X509_NAME_new();

	MUST(n != NULL &&
	     X509_NAME_add_entry_by_NID(n, NID_commonName, MBSTRING_UTF8,
					(const unsigned char *)name, -1, -1, 0) == 1 &&
	     X509_set_subject_name(x, n) == 1);
	X509_NAME_free(n);
}

struct made made_new(const struct plan *plan)
{
	static long serial = 1;
	struct made m = { .x = X509_new(), .key = EVP_EC_gen("P-256") };
	const struct made *issuer = plan->issuer != NULL ? plan->issuer : &m;

	MUST(m.x != NULL && m.key != NULL);
	MUST(X509_set_version(m.x, X509_VERSION_3) == 1 && X509_set_pubkey(m.x, m.key) == 1 &&
	     ASN1_INTEGER_set(X509_get_serialNumber(m.x), serial++) == 1);
	set_name(m.x, plan->name);
	MUST(X509_set_issuer_name(m.x, X509_get_subject_name(issuer->x)) == 1);
	MUST(ASN1_TIME_set_string(X509_getm_notBefore(m.x),
				  plan->from != NULL ? plan->from : "20000101000000Z") == 1 &&
	     ASN1_TIME_set_string(X509_getm_notAfter(m.x),
				  plan->to != NULL ? plan->to : "20491231235959Z") == 1);
	if (plan->ca)
		add_extension(m.x, issuer->x, NID_basic_constraints, "critical,CA:TRUE");
	if (plan->san != NULL)
		add_extension(m.x, issuer->x, NID_subject_alt_name, plan->san);
	if (plan->finish != NULL)
		plan->finish(m.x);
	MUST(X509_sign(m.x, issuer->key, EVP_sha256()) > 0);
	return m;
}

void made_free(struct made *m)
{
	X509_free(m->x);
	EVP_PKEY_free(m->key);
	*m = (struct made){ 0 };
}

STACK_OF(X509) * chain_of(X509 *leaf, ...)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	va_list args;

	MUST(chain != NULL);
	va_start(args, leaf);
	for (X509 *x = leaf; x != NULL; x = va_arg(args, X509 *))
		MUST(X509_up_ref(x) == 1 && sk_X509_push(chain, x) > 0);
	va_end(args);
	return chain;
}

void chain_free(STACK_OF(X509) * chain)
{
	sk_X509_pop_free(chain, X509_free);
}

struct cert *cert_of(X509 *leaf, const struct digests *d)
{
	STACK_OF(X509) *chain = chain_of(leaf, NULL);
	struct cert *c = cert_new(chain, d);

	MUST(c != NULL);
	chain_free(chain);
	return c;
}

struct wall wall_of(const char *text)
{
	ASN1_TIME *t = ASN1_TIME_new();
	struct tm tm;

	MUST(t != NULL && ASN1_TIME_set_string(t, text) == 1 && ASN1_TIME_to_tm(t, &tm) == 1);
	ASN1_TIME_free(t);
	return (struct wall){ .ms = (int64_t)timegm(&tm) * 1000 };
}
