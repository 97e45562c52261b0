/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_dialects.c: whole conversations with bytes from the wire.  The first byte chooses the
 * dialect; the rest are HTTP replies, parted by the byte 0x1e, after which the peer closes.
 */
#include "probes/trust.h"
#include "tests/fuzz/pki.h"
#include "tests/fuzz/talking.h"

enum { SEPARATOR = 0x1e };

static const char min_version[] = "6.5";

static const struct {
	char letter;
	enum dialect dialect;
} choices[] = {
	{ 'v', DIALECT_VCENTER },      { 'e', DIALECT_ESXI },    { 'i', DIALECT_IDENTIFY },
	{ 'o', DIALECT_OVIRT_ENGINE }, { 'g', DIALECT_IMAGEIO }, { 'h', DIALECT_HTTPS },
	{ 'r', DIALECT_REGISTRY },
};

static enum dialect dialect_of(uint8_t byte)
{
	for (size_t i = 0; i < ARRAY_LEN(choices); i++)
		if (choices[i].letter == (char)byte)
			return choices[i].dialect;
	return choices[byte % ARRAY_LEN(choices)].dialect;
}

/* The parser of the next reply when that is complete, else NULL. */
static struct http_parser_state *next_reply(struct input *in, const struct talk *t)
{
	struct http_parser_state *p = http_parser_new(strcmp(t->request.method, "HEAD") == 0);
	enum http_progress progress = HTTP_MORE;
	size_t len;
	char *bytes = input_until(in, SEPARATOR, &len);

	if (len > 0)
		progress = http_feed(p, bytes, len);
	if (progress == HTTP_MORE)
		progress = http_feed_end(p);
	free(bytes);
	if (progress == HTTP_DONE)
		return p;
	http_parser_free(p);
	return NULL;
}

static void vsphere_must_be_right(const struct facts *f, const char *api_type)
{
	MUST(strcmp(f->api_type, api_type) == 0);
	MUST(!parse_version_older(f->version, min_version));
}

static bool same_key(const struct cert *a, const struct cert *b)
{
	STACK_OF(X509) *a_chain = cert_chain(a);
	STACK_OF(X509) *b_chain = cert_chain(b);
	X509 *x = sk_X509_value(a_chain, 0);
	X509 *y = sk_X509_value(b_chain, 0);
	bool same = EVP_PKEY_eq(X509_get0_pubkey(x), X509_get0_pubkey(y)) == 1;

	sk_X509_pop_free(a_chain, X509_free);
	sk_X509_pop_free(b_chain, X509_free);
	return same;
}

/*
 * Only the anchor's key has signed what is served; and what is served may be its own anchor.  Names
 * are compared without case (RFC 5280, 7.1), and one key has several encodings.
 */
static bool may_verify(const struct facts *f)
{
	static struct cert *anchor;

	if (anchor == NULL)
		anchor = cert_of(anchor_pem);
	return same_key(f->ca, anchor) || memcmp(f->ca->sha256, f->cert->sha256, SHA256_BYTES) == 0;
}

/* What is called serving has shown what it is. */
static void serving_must_be_right(const struct talk *t, const struct facts *f)
{
	switch (t->spec->dialect) {
	case DIALECT_VCENTER:
		vsphere_must_be_right(f, "VirtualCenter");
		break;
	case DIALECT_ESXI:
		vsphere_must_be_right(f, "HostAgent");
		break;
	case DIALECT_OVIRT_ENGINE:
		MUST(f->ca != NULL && strcmp(f->product, "oVirt Engine") == 0);
		MUST(!f->ca_verifies || may_verify(f));
		break;
	case DIALECT_IMAGEIO:
		MUST(strcmp(f->product, "ovirt-imageio") == 0);
		break;
	case DIALECT_REGISTRY:
		MUST(f->image == IMAGE_PRESENT);
		break;
	case DIALECT_HTTP:
	case DIALECT_HTTPS:
	case DIALECT_IDENTIFY:
		break;
	case DIALECT_TCP:
	case DIALECT_TLS:
	case DIALECT_AUTHD:
	case DIALECT_N:
		MUST(false);
	}
}

static void end_must_be_right(const struct talk *t, const struct facts *f)
{
	if (t->service == SERVICE_SERVING)
		serving_must_be_right(t, f);
	if (t->spec->dialect != DIALECT_IDENTIFY)
		MUST(f->identified == ROLE_NONE);
	else if (f->identified == ROLE_VCENTER || f->identified == ROLE_ESXI)
		MUST(f->api_type[0] != '\0');
	else
		MUST(f->identified == ROLE_NONE || f->identified == ROLE_OVIRT_ENGINE);
	MUST(f->ca != NULL || !f->ca_verifies);
}

static void converse(struct talk *t, struct input *in)
{
	talk_fn *talk = dialect_traits(t->spec->dialect)->talk;
	enum talk_next next = talk_on(talk, t, NULL);

	while (next == TALK_ASK) {
		struct http_parser_state *p = next_reply(in, t);

		if (p == NULL)
			return;
		next = talk_on(talk, t, http_reply(p));
		http_parser_free(p);
	}
	end_must_be_right(t, t->facts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cert *server;
	struct input in = { data, size };
	struct probe_spec spec = { .host = "engine.example.com",
				   .dialect = dialect_of(input_byte(&in)),
				   .min_version = min_version,
				   .image = "engine.example.com/team/vddk:8.0" };
	struct facts facts = { .tls_alert = -1 };
	struct talk t = { .spec = &spec, .facts = &facts, .digests = shared_digests() };

	if (server == NULL)
		server = cert_of(server_pem);
	facts.cert = server;
	converse(&t, &in);
	facts_must_be_sound(&facts);
	talk_done(&t);
	cert_free(facts.ca);
	return 0;
}
