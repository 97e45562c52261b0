/* SPDX-License-Identifier: Apache-2.0 */
/* dialect_ovirt.c: the oVirt engine's health and CA certificate, and a host's image daemon. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "probes/dialect.h"
#include "probes/verdict.h"

static const char health_path[] = "/ovirt-engine/services/health";
static const char ca_path[] =
	"/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";

static bool verifies(const struct talk *t, const struct cert *ca)
{
	struct err e;
	struct truststore *store = truststore_new_cert(ca, &e);
	STACK_OF(X509) *chain = cert_chain(t->facts->cert);
	struct trust_ask ask = { .store = store, .now = wall_now() };
	struct trust_path path = { .error = "no memory" };

	if (store != NULL && chain != NULL)
		trust_find_path(chain, &ask, &path);
	sk_X509_pop_free(chain, X509_free);
	truststore_free(store);
	return path.error == NULL;
}

static enum talk_next judge_ca(struct talk *t, const struct http_response *reply)
{
	struct facts *f = t->facts;

	if (reply->status != 200)
		return talk_end_status(t, reply);
	f->ca = cert_new_pem(buf_text(&reply->body), reply->body.len, t->digests);
	if (f->ca == NULL)
		return talk_end(t, SERVICE_WRONG_PRODUCT,
				"what it offers as its CA certificate is none");
	if (f->cert != NULL)
		f->ca_verifies = verifies(t, f->ca);
	return talk_end(t, SERVICE_SERVING, "%s", "");
}

/* The health page's words are the engine's own; 500 comes with "DB Down!". */
static enum talk_next judge_health(struct talk *t, const struct http_response *reply)
{
	const char *body = buf_text(&reply->body);

	if (reply->status == 500 || reply->status == 503)
		return talk_end(t, SERVICE_NOT_READY, "HTTP %u: %.100s", reply->status, body);
	if (reply->status == 404)
		return talk_end(t, SERVICE_WRONG_PRODUCT, "it has no oVirt engine (HTTP 404)");
	if (reply->status != 200)
		return talk_end_status(t, reply);
	if (strstr(body, "Welcome to Health Status") == NULL)
		return talk_end(t, SERVICE_WRONG_PRODUCT, "its health page is not an engine's");
	text_printf(t->facts->product, sizeof t->facts->product, "oVirt Engine");
	talk_ask(t, "GET", ca_path);
	return TALK_ASK;
}

enum talk_next talk_ovirt_engine(struct talk *t, const struct http_response *reply)
{
	if (reply == NULL) {
		talk_ask(t, "GET", health_path);
		return TALK_ASK;
	}
	return t->step == 1 ? judge_health(t, reply) : judge_ca(t, reply);
}

/* "imageio/2.4.6" of the Server header. */
static bool keep_server(struct facts *f, const char *server)
{
	static const char name[] = "imageio/";

	if (strncmp(server, name, sizeof name - 1) != 0)
		return false;
	text_printf(f->product, sizeof f->product, "ovirt-imageio");
	text_printf(f->version, sizeof f->version, "%s", server + sizeof name - 1);
	return true;
}

static bool keep_features(struct facts *f, const struct buf *body)
{
	json_t *root = json_loadb(buf_text(body), body->len, 0, NULL);
	json_t *list = json_object_get(root, "features");
	bool found = json_is_array(list);
	size_t used = 0;
	size_t i;
	json_t *item;

	json_array_foreach(list, i, item)
	{
		const char *name = json_string_value(item);

		if (name == NULL || used + strlen(name) + 2 > sizeof f->features)
			continue;
		text_printf(f->features + used, sizeof f->features - used, "%s%s",
			    used > 0 ? " " : "", name);
		used = strlen(f->features);
	}
	json_decref(root);
	return found;
}

static bool keep_info(struct facts *f, const struct buf *body)
{
	json_t *root = json_loadb(buf_text(body), body->len, 0, NULL);
	const char *version = json_string_value(json_object_get(root, "version"));

	if (version != NULL) {
		text_printf(f->product, sizeof f->product, "ovirt-imageio");
		text_printf(f->version, sizeof f->version, "%s", version);
	}
	json_decref(root);
	return version != NULL;
}

/* OPTIONS tells features and, in its header, the version; older daemons only know /info/. */
enum talk_next talk_imageio(struct talk *t, const struct http_response *reply)
{
	bool known;

	if (reply == NULL) {
		talk_ask(t, "OPTIONS", "/images/*");
		return TALK_ASK;
	}
	known = keep_server(t->facts, reply->server);
	if (t->step == 1) {
		bool features =
			known && reply->status == 200 && keep_features(t->facts, &reply->body);

		if (features || (known && reply->status == 204))
			return talk_end(t, SERVICE_SERVING, "%s", "");
		talk_ask(t, "GET", "/info/");
		return TALK_ASK;
	}
	if (reply->status == 200 && (keep_info(t->facts, &reply->body) || known))
		return talk_end(t, SERVICE_SERVING, "%s", "");
	if (known || reply->status >= 500)
		return talk_end_status(t, reply);
	return talk_end(t, SERVICE_WRONG_PRODUCT,
			"it is not ovirt-imageio (HTTP %u, server \"%s\")", reply->status,
			reply->server);
}
