/* SPDX-License-Identifier: Apache-2.0 */
/* made.h: certificates made for a test. */
#ifndef TESTS_UNIT_MADE_H
#define TESTS_UNIT_MADE_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "base/clock.h"

struct digests;

/* A certificate and its key; both owned. */
struct made {
	X509 *x;
	EVP_PKEY *key;
};

/* What to make; every text is borrowed. */
struct plan {
	const char *name;          /* the common name */
	const char *san;           /* as OpenSSL's configuration writes it; NULL: none */
	const struct made *issuer; /* NULL: self-signed */
	bool ca;
	const char *from;        /* "20250101000000Z"; NULL: the year 2000 */
	const char *to;          /* NULL: the end of 2049 */
	void (*finish)(X509 *x); /* changes x before it is signed; NULL: nothing to change */
};

/* An EC P-256 key and its certificate, signed with SHA-256. */
struct made made_new(const struct plan *plan);
void made_free(struct made *m);

/* The certificates as a served chain, up to the first NULL; owned by the caller. */
STACK_OF(X509) * chain_of(X509 *leaf, ...) __attribute__((sentinel));
void chain_free(STACK_OF(X509) * chain);

/* The facts of one certificate. */
struct cert *cert_of(X509 *leaf, const struct digests *d);

/* "20250101000000Z" as a time. */
struct wall wall_of(const char *text);

#endif
