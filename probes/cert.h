/* SPDX-License-Identifier: Apache-2.0 */
/* cert.h: the facts of a certificate, whatever its state; fingerprints and pins. */
#ifndef PROBES_CERT_H
#define PROBES_CERT_H

#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct err;

enum { SHA1_BYTES = 20, SHA256_BYTES = 32, FINGERPRINT_TEXT_SIZE = SHA256_BYTES * 3 };

/* One DER-encoded certificate. */
struct der {
	uint8_t *data; /* owned */
	size_t len;
};

/*
 * Made once, never changed, shared by counted references.  Every pointer is owned
 * by the struct.  Texts are UTF-8 without control characters.
 */
struct cert {
	unsigned refs;
	uint8_t sha1[SHA1_BYTES];     /* of the DER: the thumbprint as VMware and Forklift use it */
	uint8_t sha256[SHA256_BYTES]; /* of the DER */
	uint8_t spki_sha256
		[SHA256_BYTES]; /* of the public key: stays over a renewal with the same key */
	char *subject;          /* RFC 2253 */
	char *issuer;
	char **san; /* "DNS:name", "IP Address:10.0.0.1", …; at most LIMIT_SAN_COUNT */
	size_t san_count;
	struct wall not_before;
	struct wall not_after;
	bool self_signed;     /* its own key made its signature */
	const char *key_type; /* "RSA", "EC", …; static */
	int key_bits;
	const char *signature; /* "sha256WithRSAEncryption"; static */
	struct der *chain;     /* as served, leaf first; at most LIMIT_CHAIN_LENGTH */
	size_t chain_count;    /* >= 1, but for cert_new_seen() */
};

/* Hash functions fetched once (OpenSSL 3 looks an algorithm up at each use otherwise). */
struct digests;
struct digests *digests_new(void);
void digests_free(struct digests *d);
const EVP_MD *digests_sha256(const struct digests *d);

/*
 * The facts of chain's first certificate.  chain is borrowed and not empty.
 * NULL when OpenSSL could not encode or hash it (memory).
 */
struct cert *cert_new(const STACK_OF(X509) * chain, const struct digests *d);

/* The facts of the first PEM certificate in text; NULL when there is none. */
struct cert *cert_new_pem(const char *text, size_t len, const struct digests *d);

/* The next PEM certificate of bio, owned by the caller; an encrypted one is none.  NULL: see OpenSSL's errors. */
X509 *cert_read_pem(BIO *bio);

/* Of one that was seen before and is not at hand: a chain it has not, nor times. */
struct cert *cert_new_seen(const uint8_t sha1[SHA1_BYTES], const uint8_t sha256[SHA256_BYTES],
			   const uint8_t spki_sha256[SHA256_BYTES], const char *subject,
			   const char *issuer);

/* One more reference to c. */
struct cert *cert_ref(struct cert *c);

/* Gives a reference back; the last one frees c.  NULL is allowed. */
void cert_free(struct cert *c);

/* The served chain as OpenSSL objects; owned by the caller (sk_X509_pop_free); NULL on trouble. */
STACK_OF(X509) * cert_chain(const struct cert *c);

/* The leaf as PEM text, owned by the caller. */
char *cert_pem(const struct cert *c);

/* "01:23:…:EF", upper-case, as VMware prints a thumbprint. */
void fingerprint_format(const uint8_t *bytes, size_t len, char ret_text[FINGERPRINT_TEXT_SIZE]);

/* An expected fingerprint: SHA-1 (20 bytes) or SHA-256 (32 bytes). */
struct pin {
	uint8_t bytes[SHA256_BYTES];
	size_t len; /* 20 or 32; 0: none */
};

/* 40 or 64 hex digits of either case, with or without colons. */
__attribute__((warn_unused_result)) bool pin_parse(const char *text, struct pin *ret_pin,
						   struct err *ret_err);
bool pin_matches(const struct pin *p, const struct cert *c);

#endif
