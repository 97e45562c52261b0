/* SPDX-License-Identifier: Apache-2.0 */
/* trust.h: may this certificate be believed?  Chain, name, validity and pin, judged separately. */
#ifndef PROBES_TRUST_H
#define PROBES_TRUST_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "probes/cert.h"
#include "probes/reason.h"

struct verdict;

/* The certificates that are believed. */
struct truststore;

/* The system's certificate authorities. */
struct truststore *truststore_new_system(struct err *ret_err);

/* Those of a PEM file alone; at least one certificate must be in it. */
struct truststore *truststore_new_file(const char *path, struct err *ret_err);

/* The one certificate (an engine's CA). */
struct truststore *truststore_new_cert(const struct cert *ca, struct err *ret_err);

void truststore_free(struct truststore *s);

/* What context's connections believe from now on (an SSL_CTX of another library's). */
void truststore_lend(const struct truststore *s, SSL_CTX *context);

/* Never 0, and never that of another store of this process. */
uint64_t truststore_id(const struct truststore *s);

/* The separate judgements on one certificate; `overall` weighs them. */
struct judgement {
	bool chain_ok;           /* leads to a believed certificate */
	const char *chain_error; /* OpenSSL's words when not; static; NULL when ok */
	bool name_ok;            /* the name that was asked for is in it */
	bool expired;            /* it or one of its chain */
	bool not_yet_valid;
	bool expiring; /* ends within the caller's warning time */
	enum { PIN_NONE, PIN_MATCH, PIN_MISMATCH } pin;
	bool ca_asked; /* judged against a store that the caller named */
	enum trust overall;
	char reason[160]; /* what decided, as a sentence; "" when trusted without more */
};

/* What a certificate is judged against. */
struct trust_ask {
	const struct truststore *store; /* borrowed */
	bool store_named;               /* the caller chose it (--ca): then it counts as asked */
	const char *host;               /* name or numeric address; borrowed */
	const struct pin *pin;          /* NULL or empty: none; borrowed */
	struct wall now;
	struct span warn; /* "expiring" when less than this is left; 0: never */
};

/* How a chain leads to a believed certificate; costly to find. */
struct trust_path {
	const char *error; /* OpenSSL's words when it does not; static; NULL when it does */
	bool expired;      /* one of its certificates */
	bool not_yet_valid;
};

/* chain is borrowed, leaf first; of ask only store and now count. */
void trust_find_path(const STACK_OF(X509) * chain, const struct trust_ask *ask,
		     struct trust_path *ret_path);

/*
 * Weighs path, name, dates and pin.  A matching pin decides for trusted whatever
 * else is wrong, as Forklift's own clients do (govmomi compares the thumbprint
 * only after ordinary verification failed).
 */
void trust_weigh(X509 *leaf, const struct cert *facts, const struct trust_path *path,
		 const struct trust_ask *ask, struct judgement *ret_judgement);

/* Both in one. */
void trust_judge(const STACK_OF(X509) * chain, const struct cert *facts,
		 const struct trust_ask *ask, struct judgement *ret_judgement);

/* Something was asked (a CA or a pin) and does not hold, or the judgement is a mismatch. */
bool trust_failed(const struct judgement *j);

/*
 * v's certificate must be the same as that of other (ESXi: 902 against 443; their
 * difference means another machine answers, or a service was not restarted after
 * a renewal).  On a difference v's judgement becomes fingerprint-mismatch.
 */
void trust_require_same(struct verdict *v, const struct verdict *other);

/* v's chain must lead to ca (oVirt host 54322: the engine's CA), unless its pin matches. */
void trust_require_ca(struct verdict *v, const struct cert *ca);

#endif
