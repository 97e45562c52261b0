/* SPDX-License-Identifier: Apache-2.0 */
/* certs.c: a hash table in order of use; see certs.h. */
#include "probes/certs.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "probes/cert.h"

enum { BUCKETS = 4096, MS_PER_HOUR = 3600000 };

struct entry {
	struct link bucket;
	struct link use;
	uint8_t key[SHA256_BYTES]; /* of all certificates of the chain */
	struct cert *cert;         /* a reference of ours */
	uint64_t store_id;         /* what `path` is about; 0: nothing yet */
	struct wall verified;
	struct trust_path path;
};

struct certs {
	const struct digests *digests; /* borrowed */
	EVP_MD_CTX *hash;              /* owned; between uses in any state */
	struct list buckets[BUCKETS];
	struct list by_use; /* longest unused first */
	size_t count;
	size_t bytes; /* of all chains */
};

struct certs *certs_new(const struct digests *d)
{
	struct certs *c = xcalloc(1, sizeof *c);

	c->digests = d;
	c->hash = EVP_MD_CTX_new();
	MUST(c->hash != NULL);
	for (size_t i = 0; i < BUCKETS; i++)
		list_init(&c->buckets[i]);
	list_init(&c->by_use);
	return c;
}

static size_t weight(const struct cert *cert)
{
	size_t bytes = sizeof(struct entry) + sizeof *cert;

	for (size_t i = 0; i < cert->chain_count; i++)
		bytes += cert->chain[i].len;
	return bytes;
}

static void entry_free(struct certs *c, struct entry *e)
{
	link_remove(&e->bucket);
	link_remove(&e->use);
	c->bytes -= weight(e->cert);
	c->count--;
	cert_free(e->cert);
	free(e);
}

void certs_free(struct certs *c)
{
	if (c == NULL)
		return;
	while (!list_empty(&c->by_use))
		entry_free(c, container_of(list_first(&c->by_use), struct entry, use));
	EVP_MD_CTX_free(c->hash);
	free(c);
}

static bool key_of(struct certs *c, const STACK_OF(X509) * chain, uint8_t ret_key[SHA256_BYTES])
{
	bool ok = EVP_DigestInit_ex2(c->hash, digests_sha256(c->digests), NULL) == 1;

	for (int i = 0; i < sk_X509_num(chain) && ok; i++) {
		unsigned char *der = NULL;
		int len = i2d_X509(sk_X509_value(chain, i), &der);

		ok = len > 0 && EVP_DigestUpdate(c->hash, der, (size_t)len) == 1;
		OPENSSL_free(der);
	}
	return ok && EVP_DigestFinal_ex(c->hash, ret_key, NULL) == 1;
}

static struct list *bucket_of(struct certs *c, const uint8_t key[SHA256_BYTES])
{
	return &c->buckets[(key[0] | (unsigned)key[1] << 8) % BUCKETS];
}

static struct entry *find(struct certs *c, const uint8_t key[SHA256_BYTES])
{
	struct list *bucket = bucket_of(c, key);

	for (struct link *k = list_first(bucket); k != NULL; k = list_next(bucket, k)) {
		struct entry *e = container_of(k, struct entry, bucket);

		if (memcmp(e->key, key, SHA256_BYTES) == 0)
			return e;
	}
	return NULL;
}

static struct entry *add(struct certs *c, const uint8_t key[SHA256_BYTES],
			 const STACK_OF(X509) * chain)
{
	struct cert *cert = cert_new(chain, c->digests);
	struct entry *e;

	if (cert == NULL)
		return NULL;
	while (c->count == LIMIT_CERTS || (c->count > 0 && c->bytes > LIMIT_CERTS_BYTES))
		entry_free(c, container_of(list_first(&c->by_use), struct entry, use));
	e = xcalloc(1, sizeof *e);
	memcpy(e->key, key, SHA256_BYTES);
	e->cert = cert;
	list_push_back(bucket_of(c, key), &e->bucket);
	list_push_back(&c->by_use, &e->use);
	c->count++;
	c->bytes += weight(cert);
	return e;
}

static bool path_known(const struct entry *e, const struct trust_ask *ask)
{
	int64_t age_ms = ask->now.ms - e->verified.ms;

	return e->store_id == truststore_id(ask->store) && age_ms >= 0 && age_ms < MS_PER_HOUR;
}

struct cert *certs_judge(struct certs *c, const STACK_OF(X509) * chain, const struct trust_ask *ask,
			 struct judgement *ret_judgement)
{
	uint8_t key[SHA256_BYTES];
	struct entry *e;

	if (!key_of(c, chain, key))
		return NULL;
	e = find(c, key);
	if (e == NULL)
		e = add(c, key, chain);
	if (e == NULL)
		return NULL;
	link_remove(&e->use);
	list_push_back(&c->by_use, &e->use);
	if (!path_known(e, ask)) {
		trust_find_path(chain, ask, &e->path);
		e->store_id = truststore_id(ask->store);
		e->verified = ask->now;
	}
	trust_weigh(sk_X509_value(chain, 0), e->cert, &e->path, ask, ret_judgement);
	return cert_ref(e->cert);
}
