/* SPDX-License-Identifier: Apache-2.0 */
/* cert.c: see cert.h. */
#include "probes/cert.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "base/text.h"

struct digests {
	EVP_MD *sha1;   /* owned */
	EVP_MD *sha256; /* owned */
};

struct digests *digests_new(void)
{
	struct digests *d = xcalloc(1, sizeof *d);

	d->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	d->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (d->sha1 != NULL && d->sha256 != NULL)
		return d;
	digests_free(d);
	return NULL;
}

void digests_free(struct digests *d)
{
	if (d == NULL)
		return;
	EVP_MD_free(d->sha1);
	EVP_MD_free(d->sha256);
	free(d);
}

const EVP_MD *digests_sha256(const struct digests *d)
{
	return d->sha256;
}

static bool der_encode(X509 *x, struct der *ret_der)
{
	int len = i2d_X509(x, NULL);
	unsigned char *p;

	if (len <= 0)
		return false;
	ret_der->data = xcalloc(1, (size_t)len);
	ret_der->len = (size_t)len;
	p = ret_der->data;
	return i2d_X509(x, &p) == len;
}

static bool hash_all(struct cert *c, X509 *x, const struct digests *d)
{
	const struct der *leaf = &c->chain[0];
	unsigned char *spki = NULL;
	int len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x), &spki);
	bool ok = len > 0 &&
		  EVP_Digest(spki, (size_t)len, c->spki_sha256, NULL, d->sha256, NULL) == 1 &&
		  EVP_Digest(leaf->data, leaf->len, c->sha1, NULL, d->sha1, NULL) == 1 &&
		  EVP_Digest(leaf->data, leaf->len, c->sha256, NULL, d->sha256, NULL) == 1;

	OPENSSL_free(spki);
	return ok;
}

/* What a memory BIO holds, as owned clean text of less than LIMIT_NAME_BYTES. */
static char *bio_text(BIO *bio)
{
	char text[LIMIT_NAME_BYTES];
	char *data = NULL;
	long len = BIO_get_mem_data(bio, &data);

	text_set(text, sizeof text, data, len > 0 ? (size_t)len : 0);
	return xstrdup(text);
}

/* RFC 2253 with UTF-8 kept. */
static char *name_text(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;

	MUST(bio != NULL);
	(void)X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
	text = bio_text(bio);
	(void)BIO_free(bio);
	return text;
}

/* An IPv6 address is shown as everywhere else, not as OpenSSL's eight groups. */
static char *ip_text(const ASN1_OCTET_STRING *ip)
{
	const unsigned char *data = ASN1_STRING_get0_data(ip);
	struct addr a = { 0 };
	char text[ADDR_TEXT_SIZE];

	if (ASN1_STRING_length(ip) == sizeof a.in6.sin6_addr) {
		a.in6.sin6_family = AF_INET6;
		memcpy(&a.in6.sin6_addr, data, sizeof a.in6.sin6_addr);
	} else if (ASN1_STRING_length(ip) == sizeof a.in.sin_addr) {
		a.in.sin_family = AF_INET;
		memcpy(&a.in.sin_addr, data, sizeof a.in.sin_addr);
	}
	addr_format(&a, text);
	return xasprintf("IP Address:%s", addr_present(&a) ? text : "<invalid>");
}

static char *general_name_text(GENERAL_NAME *name)
{
	BIO *bio;
	char *text;

	if (name->type == GEN_IPADD)
		return ip_text(name->d.iPAddress);
	bio = BIO_new(BIO_s_mem());
	MUST(bio != NULL);
	(void)GENERAL_NAME_print(bio, name);
	text = bio_text(bio);
	(void)BIO_free(bio);
	return text;
}

static void collect_san(struct cert *c, X509 *x)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x, NID_subject_alt_name, NULL, NULL);
	int n = sk_GENERAL_NAME_num(names);

	if (n > LIMIT_SAN_COUNT)
		n = LIMIT_SAN_COUNT;
	if (n > 0)
		c->san = xcalloc((size_t)n, sizeof *c->san);
	for (int i = 0; i < n; i++)
		c->san[c->san_count++] = general_name_text(sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
}

static struct wall wall_of_asn1(const ASN1_TIME *t)
{
	struct tm tm;

	if (ASN1_TIME_to_tm(t, &tm) != 1)
		return (struct wall){ .ms = 0 };
	return (struct wall){ .ms = (int64_t)timegm(&tm) * 1000 };
}

static bool collect_chain(struct cert *c, const STACK_OF(X509) * chain)
{
	int n = sk_X509_num(chain);

	if (n > LIMIT_CHAIN_LENGTH)
		n = LIMIT_CHAIN_LENGTH;
	c->chain = xcalloc((size_t)n, sizeof *c->chain);
	for (; c->chain_count < (size_t)n; c->chain_count++)
		if (!der_encode(sk_X509_value(chain, (int)c->chain_count),
				&c->chain[c->chain_count])) {
			c->chain_count++;
			return false;
		}
	return true;
}

static void collect_key(struct cert *c, X509 *x)
{
	EVP_PKEY *key = X509_get0_pubkey(x);

	c->signature = OBJ_nid2ln(X509_get_signature_nid(x));
	c->key_type = key != NULL && EVP_PKEY_get_base_id(key) > 0
			      ? OBJ_nid2sn(EVP_PKEY_get_base_id(key))
			      : "unknown";
	if (strcmp(c->key_type, "rsaEncryption") == 0)
		c->key_type = "RSA";
	else if (strcmp(c->key_type, "id-ecPublicKey") == 0)
		c->key_type = "EC";
	c->key_bits = key != NULL ? EVP_PKEY_get_bits(key) : 0;
}

struct cert *cert_new(const STACK_OF(X509) * chain, const struct digests *d)
{
	struct cert *c = xcalloc(1, sizeof *c);
	X509 *x = sk_X509_value(chain, 0);

	MUST(x != NULL);
	c->refs = 1;
	if (!collect_chain(c, chain) || !hash_all(c, x, d)) {
		cert_free(c);
		return NULL;
	}
	c->subject = name_text(X509_get_subject_name(x));
	c->issuer = name_text(X509_get_issuer_name(x));
	collect_san(c, x);
	collect_key(c, x);
	c->not_before = wall_of_asn1(X509_get0_notBefore(x));
	c->not_after = wall_of_asn1(X509_get0_notAfter(x));
	c->self_signed = X509_self_signed(x, 1) == 1;
	return c;
}

/* OpenSSL's own way is to ask on the terminal. */
/* NOLINTNEXTLINE(readability-non-const-parameter): the type is OpenSSL's */
static int no_passphrase(char *text, int size, int writing, void *unused)
{
	(void)text;
	(void)size;
	(void)writing;
	(void)unused;
	return -1;
}

X509 *cert_read_pem(BIO *bio)
{
	return PEM_read_bio_X509(bio, NULL, no_passphrase, NULL);
}

struct cert *cert_new_pem(const char *text, size_t len, const struct digests *d)
{
	STACK_OF(X509) *chain = sk_X509_new_null();
	BIO *bio = len <= LIMIT_CA_FILE_BYTES ? BIO_new_mem_buf(text, (int)len) : NULL;
	X509 *x = bio != NULL ? cert_read_pem(bio) : NULL;
	struct cert *c = NULL;

	if (chain != NULL && x != NULL && sk_X509_push(chain, x) > 0) {
		x = NULL;
		c = cert_new(chain, d);
	}
	X509_free(x);
	sk_X509_pop_free(chain, X509_free);
	(void)BIO_free(bio);
	return c;
}

struct cert *cert_new_seen(const uint8_t sha1[SHA1_BYTES], const uint8_t sha256[SHA256_BYTES],
			   const uint8_t spki_sha256[SHA256_BYTES], const char *subject,
			   const char *issuer)
{
	struct cert *c = xcalloc(1, sizeof *c);

	c->refs = 1;
	memcpy(c->sha1, sha1, sizeof c->sha1);
	memcpy(c->sha256, sha256, sizeof c->sha256);
	memcpy(c->spki_sha256, spki_sha256, sizeof c->spki_sha256);
	c->subject = xstrdup(subject);
	c->issuer = xstrdup(issuer);
	c->key_type = c->signature = "";
	return c;
}

struct cert *cert_ref(struct cert *c)
{
	c->refs++;
	return c;
}

void cert_free(struct cert *c)
{
	if (c == NULL || --c->refs > 0)
		return;
	for (size_t i = 0; i < c->san_count; i++)
		free(c->san[i]);
	for (size_t i = 0; i < c->chain_count; i++)
		free(c->chain[i].data);
	free(c->san);
	free(c->chain);
	free(c->subject);
	free(c->issuer);
	free(c);
}

STACK_OF(X509) * cert_chain(const struct cert *c)
{
	STACK_OF(X509) *chain = sk_X509_new_null();

	for (size_t i = 0; i < c->chain_count && chain != NULL; i++) {
		const unsigned char *p = c->chain[i].data;
		X509 *x = d2i_X509(NULL, &p, (long)c->chain[i].len);

		if (x == NULL || sk_X509_push(chain, x) <= 0) {
			X509_free(x);
			sk_X509_pop_free(chain, X509_free);
			return NULL;
		}
	}
	return chain;
}

char *cert_pem(const struct cert *c)
{
	const unsigned char *p = c->chain[0].data;
	X509 *x = d2i_X509(NULL, &p, (long)c->chain[0].len);
	BIO *bio = BIO_new(BIO_s_mem());
	char *data = NULL;
	long len;
	char *text;

	MUST(x != NULL && bio != NULL && PEM_write_bio_X509(bio, x) == 1);
	len = BIO_get_mem_data(bio, &data);
	text = xstrndup(data, (size_t)len);
	(void)BIO_free(bio);
	X509_free(x);
	return text;
}

void fingerprint_format(const uint8_t *bytes, size_t len, char ret_text[FINGERPRINT_TEXT_SIZE])
{
	static const char hex[] = "0123456789ABCDEF";
	char *p = ret_text;

	MUST(len > 0 && len <= SHA256_BYTES);
	for (size_t i = 0; i < len; i++) {
		*p++ = hex[bytes[i] >> 4];
		*p++ = hex[bytes[i] & 15];
		*p++ = ':';
	}
	p[-1] = '\0';
}

bool pin_parse(const char *text, struct pin *ret_pin, struct err *ret_err)
{
	struct pin pin;
	char shown[100];

	if (parse_hex(text, sizeof pin.bytes, pin.bytes, &pin.len) &&
	    (pin.len == SHA1_BYTES || pin.len == SHA256_BYTES)) {
		*ret_pin = pin;
		return true;
	}
	text_set(shown, sizeof shown, text, strlen(text));
	return err_set(
		ret_err, 0,
		"\"%s\" is not a fingerprint: 20 (SHA-1) or 32 (SHA-256) bytes in hexadecimal "
		"are wanted, like 01:23:AB:...",
		shown);
}

bool pin_matches(const struct pin *p, const struct cert *c)
{
	return memcmp(p->bytes, p->len == SHA1_BYTES ? c->sha1 : c->sha256, p->len) == 0;
}
