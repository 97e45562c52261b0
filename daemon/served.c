/* SPDX-License-Identifier: Apache-2.0 */
/* served.c: see served.h. */
#include "daemon/served.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"

/* The texts of struct facts, in the order in which they are kept. */
static const struct {
	size_t offset;
	size_t size;
} texts[] = {
#define TEXT(field)                                                                                \
	{                                                                                          \
		offsetof(struct facts, field), sizeof(((struct facts *)0)->field)                  \
	}
	TEXT(product),  TEXT(version), TEXT(build),  TEXT(api_type),    TEXT(instance_uuid),
	TEXT(features), TEXT(detail),  TEXT(digest), TEXT(tls_version), TEXT(tls_cipher),
#undef TEXT
};

struct served {
	enum service service;
	enum image_state image;
	enum role identified;
	unsigned http_status;
	int tls_alert;
	bool client_cert_requested;
	bool ca_verifies;
	struct cert *cert; /* one reference */
	struct cert *ca;   /* one reference */
	struct judgement trust;
	char text[]; /* those of texts[], each with its NUL */
};

static const char *text_of(const struct facts *f, size_t i)
{
	return (const char *)f + texts[i].offset;
}

struct served *served_new(const struct verdict *v)
{
	static const struct facts nothing = { .tls_alert = -1 };
	const struct facts *f = v->facts != NULL ? v->facts : &nothing;
	struct served *s;
	size_t bytes = 0;
	char *at;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		bytes += strlen(text_of(f, i)) + 1;
	s = xcalloc(1, sizeof *s + bytes);
	*s = (struct served){ .service = v->service,
			      .image = f->image,
			      .identified = f->identified,
			      .http_status = f->http_status,
			      .tls_alert = f->tls_alert,
			      .client_cert_requested = f->client_cert_requested,
			      .ca_verifies = f->ca_verifies,
			      .cert = f->cert != NULL ? cert_ref(f->cert) : NULL,
			      .ca = f->ca != NULL ? cert_ref(f->ca) : NULL,
			      .trust = f->trust };
	at = s->text;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		size_t len = strlen(text_of(f, i)) + 1;

		memcpy(at, text_of(f, i), len);
		at += len;
	}
	return s;
}

void served_inherit(struct served *s, const struct served *before)
{
	if (s->cert != NULL || before == NULL || before->cert == NULL)
		return;
	s->cert = cert_ref(before->cert);
	s->trust = before->trust;
}

void served_free(struct served *s)
{
	if (s == NULL)
		return;
	cert_free(s->cert);
	cert_free(s->ca);
	free(s);
}

enum service served_service(const struct served *s)
{
	return s->service;
}

struct cert *served_cert(const struct served *s)
{
	return s->cert;
}

void served_facts(const struct served *s, struct facts *ret_facts)
{
	const char *at = s->text;

	*ret_facts = (struct facts){ .image = s->image,
				     .identified = s->identified,
				     .http_status = s->http_status,
				     .tls_alert = s->tls_alert,
				     .client_cert_requested = s->client_cert_requested,
				     .ca_verifies = s->ca_verifies,
				     .cert = s->cert,
				     .ca = s->ca,
				     .trust = s->trust };
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		text_set((char *)ret_facts + texts[i].offset, texts[i].size, at, strlen(at));
		at += strlen(at) + 1;
	}
}
