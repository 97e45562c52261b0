/* SPDX-License-Identifier: Apache-2.0 */
/* trust.c: see trust.h. */
#include "probes/trust.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/limits.h"
#include "base/mem.h"
#include "probes/verdict.h"

enum { MS_PER_DAY = 86400000, VERIFY_DEPTH = LIMIT_CHAIN_LENGTH };

struct truststore {
	X509_STORE *store; /* owned */
	uint64_t id;
};

static struct truststore *store_new(struct err *e)
{
	struct truststore *s = xcalloc(1, sizeof *s);

	s->store = X509_STORE_new();
	/* To make a store takes longer than the clock's tick: no two share an instant. */
	s->id = (uint64_t)mono_now().ns;
	if (s->store != NULL)
		return s;
	(void)err_set(e, ENOMEM, "cannot make a certificate store");
	free(s);
	return NULL;
}

void truststore_free(struct truststore *s)
{
	if (s == NULL)
		return;
	X509_STORE_free(s->store);
	free(s);
}

/* As with our own judgement, what is believed need not be the root. */
void truststore_lend(const struct truststore *s, SSL_CTX *context)
{
	SSL_CTX_set1_cert_store(context, s->store);
	(void)X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), X509_V_FLAG_PARTIAL_CHAIN);
}

uint64_t truststore_id(const struct truststore *s)
{
	return s->id;
}

/*
 * What X509_STORE_set_default_paths() does (SSL_CERT_FILE and SSL_CERT_DIR included),
 * without its third lookup: OpenSSL 3.0's "store" reads the whole directory of
 * certificates at each verification of an unknown issuer, ten times the cost of all else.
 */
static void add_system_authorities(X509_STORE *store)
{
	X509_LOOKUP *file = X509_STORE_add_lookup(store, X509_LOOKUP_file());
	X509_LOOKUP *dir = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());

	/* A machine without any authority is no error: nothing is trusted then. */
	if (file != NULL)
		(void)X509_LOOKUP_load_file(file, NULL, X509_FILETYPE_DEFAULT);
	if (dir != NULL)
		(void)X509_LOOKUP_add_dir(dir, NULL, X509_FILETYPE_DEFAULT);
	ERR_clear_error();
}

struct truststore *truststore_new_system(struct err *ret_err)
{
	struct truststore *s = store_new(ret_err);

	if (s != NULL)
		add_system_authorities(s->store);
	return s;
}

/* Adds every PEM certificate of text; false at the first that cannot be read, and when there is none. */
static bool add_all(X509_STORE *store, const struct buf *text, struct err *e)
{
	BIO *bio = BIO_new_mem_buf(buf_text(text), (int)text->len);
	unsigned count = 0;
	unsigned long error;
	X509 *x;

	while (bio != NULL && (x = cert_read_pem(bio)) != NULL) {
		if (X509_STORE_add_cert(store, x) == 1)
			count++;
		X509_free(x);
	}
	error = ERR_peek_last_error();
	ERR_clear_error();
	(void)BIO_free(bio);
	if (ERR_GET_LIB(error) != ERR_LIB_PEM || ERR_GET_REASON(error) != PEM_R_NO_START_LINE)
		return err_set(e, EINVAL, "certificate %u is damaged: %s", count + 1,
			       ERR_reason_error_string(error));
	return count > 0 || err_set(e, EINVAL, "it holds no PEM certificate");
}

static bool read_file(const char *path, struct buf *ret_text, struct err *e)
{
	FILE *file = fopen(path, "re");
	char chunk[4096];
	size_t n;
	int error = errno;

	if (file == NULL)
		return err_set(e, error, "%s", strerrordesc_np(error));
	while ((n = fread(chunk, 1, sizeof chunk, file)) > 0 && !buf_overflowed(ret_text))
		buf_put(ret_text, chunk, n);
	error = ferror(file) ? errno : 0;
	(void)fclose(file);
	if (error != 0)
		return err_set(e, error, "%s", strerrordesc_np(error));
	if (buf_overflowed(ret_text))
		return err_set(e, EFBIG, "it is larger than %d bytes", LIMIT_CA_FILE_BYTES);
	return true;
}

struct truststore *truststore_new_file(const char *path, struct err *ret_err)
{
	struct truststore *s = store_new(ret_err);
	struct buf text;

	if (s == NULL)
		return NULL;
	buf_init(&text, LIMIT_CA_FILE_BYTES);
	if (!read_file(path, &text, ret_err) || !add_all(s->store, &text, ret_err)) {
		(void)err_add(ret_err, "cannot use %s", path);
		truststore_free(s);
		s = NULL;
	}
	buf_done(&text);
	return s;
}

struct truststore *truststore_new_cert(const struct cert *ca, struct err *ret_err)
{
	struct truststore *s = store_new(ret_err);
	STACK_OF(X509) *chain = s != NULL ? cert_chain(ca) : NULL;

	if (s != NULL &&
	    (chain == NULL || X509_STORE_add_cert(s->store, sk_X509_value(chain, 0)) != 1)) {
		(void)err_set(ret_err, EINVAL, "cannot use the certificate as an authority");
		truststore_free(s);
		s = NULL;
	}
	sk_X509_pop_free(chain, X509_free);
	return s;
}

/* Books one fault and lets the verification go on, so that all of them are seen. */
static int on_verify(int ok, X509_STORE_CTX *ctx)
{
	struct trust_path *path = X509_STORE_CTX_get_ex_data(ctx, 0);
	int error = X509_STORE_CTX_get_error(ctx);

	if (ok)
		return 1;
	if (error == X509_V_ERR_CERT_HAS_EXPIRED)
		path->expired = true;
	else if (error == X509_V_ERR_CERT_NOT_YET_VALID)
		path->not_yet_valid = true;
	else if (path->error == NULL)
		path->error = X509_verify_cert_error_string(error);
	return 1;
}

/* X509_STORE_CTX_init() takes a chain that is not const, but only reads it. */
static STACK_OF(X509) * as_untrusted(const STACK_OF(X509) * chain)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
	return (STACK_OF(X509) *)chain;
#pragma GCC diagnostic pop
}

static bool verify(X509_STORE_CTX *ctx, const STACK_OF(X509) * chain, const struct trust_ask *ask,
		   struct trust_path *path)
{
	X509_VERIFY_PARAM *param;

	if (ctx == NULL || X509_STORE_CTX_init(ctx, ask->store->store, sk_X509_value(chain, 0),
					       as_untrusted(chain)) != 1)
		return false;
	param = X509_STORE_CTX_get0_param(ctx);
	/* A named intermediate, or the certificate itself, may be the anchor. */
	(void)X509_VERIFY_PARAM_set_flags(param,
					  X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
	X509_VERIFY_PARAM_set_depth(param, VERIFY_DEPTH);
	X509_VERIFY_PARAM_set_time(param, (time_t)(ask->now.ms / 1000));
	(void)X509_VERIFY_PARAM_set_purpose(param, X509_PURPOSE_SSL_SERVER);
	X509_STORE_CTX_set_verify_cb(ctx, on_verify);
	return X509_STORE_CTX_set_ex_data(ctx, 0, path) == 1 && X509_verify_cert(ctx) >= 0;
}

void trust_find_path(const STACK_OF(X509) * chain, const struct trust_ask *ask,
		     struct trust_path *ret_path)
{
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	struct trust_path path = { 0 };

	if (!verify(ctx, chain, ask, &path) && path.error == NULL)
		path.error = "the verification could not be run";
	X509_STORE_CTX_free(ctx);
	ERR_clear_error();
	*ret_path = path;
}

/* As Forklift's own clients, written in Go, see it: alternative names alone, whole-label wildcards. */
static bool name_matches(X509 *x, const char *host)
{
	struct addr numeric;
	size_t len = strlen(host);

	if (addr_parse(host, 0, &numeric)) {
		bool v6 = addr_family(&numeric) == AF_INET6;

		return X509_check_ip(x,
				     v6 ? (const unsigned char *)&numeric.in6.sin6_addr
					: (const unsigned char *)&numeric.in.sin_addr,
				     v6 ? sizeof numeric.in6.sin6_addr : sizeof numeric.in.sin_addr,
				     0) == 1;
	}
	if (len > 0 && host[len - 1] == '.')
		len--;
	return X509_check_host(x, host, len,
			       X509_CHECK_FLAG_NEVER_CHECK_SUBJECT |
				       X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
			       NULL) == 1;
}

__attribute__((format(printf, 3, 4))) static void decide(struct judgement *j, enum trust t,
							 const char *format, ...)
{
	va_list args;

	j->overall = t;
	va_start(args, format);
	(void)vsnprintf(j->reason, sizeof j->reason, format, args);
	va_end(args);
}

/* The most specific fault decides; a pin that was given decides before all. */
static void decide_overall(struct judgement *j, const struct cert *c, const struct trust_ask *ask)
{
	char until[WALL_TEXT_SIZE];
	char since[WALL_TEXT_SIZE];

	wall_format(c->not_after, until);
	wall_format(c->not_before, since);
	if (j->pin == PIN_MATCH)
		decide(j, TRUST_TRUSTED, "it has the expected fingerprint");
	else if (j->pin == PIN_MISMATCH)
		decide(j, TRUST_FINGERPRINT_MISMATCH, "it does not have the expected fingerprint");
	else if (j->expired && c->not_after.ms < ask->now.ms)
		decide(j, TRUST_EXPIRED, "it expired on %.10s", until);
	else if (j->expired)
		decide(j, TRUST_EXPIRED, "a certificate of its chain has expired");
	else if (j->not_yet_valid && c->not_before.ms > ask->now.ms)
		decide(j, TRUST_NOT_YET_VALID, "it is valid from %.10s on", since);
	else if (j->not_yet_valid)
		decide(j, TRUST_NOT_YET_VALID, "a certificate of its chain is not valid yet");
	else if (!j->chain_ok)
		decide(j, TRUST_UNTRUSTED, "%s", j->chain_error);
	else if (!j->name_ok)
		decide(j, TRUST_NAME_MISMATCH, "it is not for %.100s", ask->host);
	else if (j->expiring)
		decide(j, TRUST_EXPIRING, "it expires on %.10s, in %lld days", until,
		       (long long)((c->not_after.ms - ask->now.ms) / MS_PER_DAY));
	else
		decide(j, TRUST_TRUSTED, "%s", "");
}

void trust_weigh(X509 *leaf, const struct cert *facts, const struct trust_path *path,
		 const struct trust_ask *ask, struct judgement *ret_judgement)
{
	int64_t left_ms = facts->not_after.ms - ask->now.ms;
	struct judgement j = {
		.chain_ok = path->error == NULL,
		.chain_error = path->error,
		.name_ok = name_matches(leaf, ask->host),
		.expired = path->expired || left_ms < 0,
		.not_yet_valid = path->not_yet_valid || facts->not_before.ms > ask->now.ms,
		.expiring = left_ms >= 0 && left_ms < span_ms(ask->warn),
		.ca_asked = ask->store_named,
	};

	if (ask->pin != NULL && ask->pin->len > 0)
		j.pin = pin_matches(ask->pin, facts) ? PIN_MATCH : PIN_MISMATCH;
	decide_overall(&j, facts, ask);
	*ret_judgement = j;
}

void trust_judge(const STACK_OF(X509) * chain, const struct cert *facts,
		 const struct trust_ask *ask, struct judgement *ret_judgement)
{
	struct trust_path path;

	trust_find_path(chain, ask, &path);
	trust_weigh(sk_X509_value(chain, 0), facts, &path, ask, ret_judgement);
}

bool trust_failed(const struct judgement *j)
{
	switch (j->overall) {
	case TRUST_FINGERPRINT_MISMATCH:
	case TRUST_CHANGED:
		return true;
	case TRUST_UNTRUSTED:
	case TRUST_EXPIRED:
	case TRUST_NOT_YET_VALID:
	case TRUST_NAME_MISMATCH:
		return j->ca_asked;
	case TRUST_UNTRIED:
	case TRUST_TRUSTED:
	case TRUST_EXPIRING:
	case TRUST_N:
		break;
	}
	return false;
}

void trust_require_same(struct verdict *v, const struct verdict *other)
{
	char got[FINGERPRINT_TEXT_SIZE];

	if (v->facts == NULL || other->facts == NULL || v->facts->cert == NULL ||
	    other->facts->cert == NULL ||
	    memcmp(v->facts->cert->sha256, other->facts->cert->sha256, SHA256_BYTES) == 0)
		return;
	fingerprint_format(other->facts->cert->sha1, SHA1_BYTES, got);
	decide(&v->facts->trust, TRUST_FINGERPRINT_MISMATCH,
	       "port %u of the same host shows another one (SHA-1 %s)",
	       (unsigned)addr_port(&other->address), got);
}

static void judge_signed_by(struct facts *f, const STACK_OF(X509) * chain,
			    const struct truststore *store)
{
	struct trust_ask ask = { .store = store,
				 .host = "the name or address that was asked",
				 .now = wall_now() };
	struct judgement *j = &f->trust;
	struct trust_path path;

	trust_find_path(chain, &ask, &path);
	j->chain_ok = path.error == NULL;
	j->chain_error = path.error;
	j->expired = j->expired || path.expired;
	j->not_yet_valid = j->not_yet_valid || path.not_yet_valid;
	j->ca_asked = true;
	decide_overall(j, f->cert, &ask);
	if (j->overall == TRUST_UNTRUSTED)
		decide(j, TRUST_UNTRUSTED, "the engine's CA did not sign it: %s", path.error);
	else if (j->overall == TRUST_TRUSTED && j->pin == PIN_NONE)
		decide(j, TRUST_TRUSTED, "the engine's CA signed it");
}

void trust_require_ca(struct verdict *v, const struct cert *ca)
{
	struct truststore *store;
	STACK_OF(X509) * chain;
	struct err e;

	if (v->facts == NULL || v->facts->cert == NULL)
		return;
	store = truststore_new_cert(ca, &e);
	chain = cert_chain(v->facts->cert);
	if (store != NULL && chain != NULL)
		judge_signed_by(v->facts, chain, store);
	sk_X509_pop_free(chain, X509_free);
	truststore_free(store);
}
