/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dialect_registry.c: can this node see an image?  OCI distribution specification:
 *   GET /v2/ --401 Bearer--> GET token server --> HEAD manifest
 *       `----200----------------------------------^
 */
#include <ctype.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/text.h"
#include "probes/dialect.h"
#include "probes/verdict.h"

static const char manifest_types[] = "application/vnd.oci.image.index.v1+json, "
				     "application/vnd.oci.image.manifest.v1+json, "
				     "application/vnd.docker.distribution.manifest.list.v2+json, "
				     "application/vnd.docker.distribution.manifest.v2+json";

enum { TOKEN_BYTES_MAX = 16 * 1024 };

/* t->step after each request */
enum { ASKED_BASE = 1 };

static enum talk_next ask_manifest(struct talk *t)
{
	char target[LIMIT_HTTP_FIELD_BYTES];
	int n = snprintf(target, sizeof target, "/v2/%s/manifests/%s", t->image.repository,
			 t->image.reference);

	if (n < 0 || (size_t)n >= sizeof target)
		return talk_end(t, SERVICE_LOCAL, "the image reference is too long");
	talk_ask(t, "HEAD", target);
	t->request.accept = manifest_types;
	t->request.bearer = t->token;
	return TALK_ASK;
}

/* One parameter of a challenge, name="value" or name=value (RFC 9110, 11.2). */
struct param {
	const char *name; /* into the challenge */
	size_t name_len;
	char value[LIMIT_HTTP_FIELD_BYTES]; /* without quotes and escapes */
};

/* Returns what follows the closing quote; NULL when there is none (the field was cut). */
static const char *quoted_value(const char *p, struct param *ret_param)
{
	size_t used = 0;

	for (; *p != '\0' && *p != '"'; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		if (used + 1 < sizeof ret_param->value)
			ret_param->value[used++] = *p;
	}
	ret_param->value[used] = '\0';
	return *p == '"' ? p + 1 : NULL;
}

static const char *bare_value(const char *p, struct param *ret_param)
{
	size_t len = strcspn(p, " ,\t");

	(void)snprintf(ret_param->value, sizeof ret_param->value, "%.*s", (int)len, p);
	return p + len;
}

/* Reads the parameter at *p and moves behind it; false when there is no more. */
static bool next_param(const char **p, struct param *ret_param)
{
	for (;;) {
		*p += strspn(*p, " ,\t");
		if (**p == '\0')
			return false;
		ret_param->name = *p;
		*p += strcspn(*p, "= ,\t");
		ret_param->name_len = (size_t)(*p - ret_param->name);
		*p += strspn(*p, " \t");
		if (**p == '=')
			break;
		*p += strcspn(*p, ",");
	}
	*p += 1 + strspn(*p + 1, " \t");
	*p = **p == '"' ? quoted_value(*p + 1, ret_param) : bare_value(*p, ret_param);
	return *p != NULL;
}

static bool challenge_value(const char *params, const char *key, char *ret_value, size_t size)
{
	struct param param;

	while (next_param(&params, &param)) {
		if (param.name_len != strlen(key) ||
		    strncasecmp(param.name, key, param.name_len) != 0)
			continue;
		if (strlen(param.value) >= size)
			return false;
		memcpy(ret_value, param.value, strlen(param.value) + 1);
		return true;
	}
	return false;
}

/* Appends text to a URL's query, percent-encoded (RFC 3986, 2.3). */
static void query_put(struct buf *b, const char *key, const char *value)
{
	buf_printf(b, "%c%s=", memchr(buf_text(b), '?', b->len) != NULL ? '&' : '?', key);
	for (const char *p = value; *p != '\0'; p++) {
		if (isalnum((unsigned char)*p) || strchr("-._~", *p) != NULL)
			buf_put(b, p, 1);
		else
			buf_printf(b, "%%%02X", (unsigned char)*p);
	}
}

static enum talk_next ask_token(struct talk *t, const char *params)
{
	char realm[LIMIT_HTTP_FIELD_BYTES];
	char service[LIMIT_FACT_BYTES];
	struct buf target;
	bool fits;

	if (!challenge_value(params, "realm", realm, sizeof realm) ||
	    !http_url_parse(realm, &t->elsewhere) || (!t->elsewhere.tls && !t->spec->plain))
		return talk_end(t, SERVICE_TOKEN_FAILED,
				"it names no usable token server in its challenge");
	buf_init(&target, sizeof t->request.target - 1);
	buf_puts(&target, t->elsewhere.target);
	if (challenge_value(params, "service", service, sizeof service))
		query_put(&target, "service", service);
	buf_printf(&target, "%cscope=repository:%s:pull",
		   memchr(buf_text(&target), '?', target.len) != NULL ? '&' : '?',
		   t->image.repository);
	fits = !buf_overflowed(&target);
	talk_ask(t, "GET", buf_text(&target));
	buf_done(&target);
	if (!fits)
		return talk_end(t, SERVICE_TOKEN_FAILED, "its token server's address is too long");
	t->side_trip = true;
	return TALK_ASK;
}

/* The parameters of a Bearer challenge, which need not be the field's first; NULL: there is none. */
static const char *bearer_params(const char *challenges)
{
	static const char scheme[] = "Bearer ";
	const char *found = strcasestr(challenges, scheme);

	if (found == NULL || (found > challenges && found[-1] != ' ' && found[-1] != ','))
		return NULL;
	return found + sizeof scheme - 1;
}

static enum talk_next judge_base(struct talk *t, const struct http_response *reply)
{
	const char *params = bearer_params(reply->challenge);

	text_printf(t->facts->product, sizeof t->facts->product, "OCI registry");
	if (reply->status == 200)
		return ask_manifest(t);
	if (reply->status == 401 && params != NULL)
		return ask_token(t, params);
	if (reply->status == 401) {
		t->facts->image = IMAGE_NEEDS_LOGIN;
		return talk_end(t, SERVICE_NEEDS_LOGIN, "it wants a user name and a password");
	}
	if (reply->status == 404 && reply->distribution[0] == '\0') {
		t->facts->product[0] = '\0';
		return talk_end(t, SERVICE_WRONG_PRODUCT,
				"it is not a registry (HTTP 404 to /v2/)");
	}
	return talk_end_status(t, reply);
}

static bool token_ok(const char *token)
{
	size_t len = strlen(token);

	for (const char *p = token; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return len > 0 && len <= TOKEN_BYTES_MAX;
}

static enum talk_next judge_token(struct talk *t, const struct http_response *reply)
{
	json_t *root;
	const char *token;

	if (reply->status == 401 || reply->status == 403) {
		t->facts->image = IMAGE_NEEDS_LOGIN;
		return talk_end(t, SERVICE_NEEDS_LOGIN,
				"its token server gives none without a login");
	}
	root = reply->status == 200 ? json_loadb(buf_text(&reply->body), reply->body.len, 0, NULL)
				    : NULL;
	token = json_string_value(json_object_get(root, "token"));
	if (token == NULL)
		token = json_string_value(json_object_get(root, "access_token"));
	if (token != NULL && token_ok(token))
		t->token = xstrdup(token);
	json_decref(root);
	if (t->token == NULL)
		return talk_end(t, SERVICE_TOKEN_FAILED, "its token server answers HTTP %u",
				reply->status);
	return ask_manifest(t);
}

static enum talk_next judge_manifest(struct talk *t, const struct http_response *reply)
{
	struct facts *f = t->facts;

	switch (reply->status) {
	case 200:
		f->image = IMAGE_PRESENT;
		memcpy(f->digest, reply->digest, sizeof f->digest);
		return talk_end(t, SERVICE_SERVING, "%s", "");
	case 404:
		f->image = IMAGE_ABSENT;
		return talk_end(t, SERVICE_IMAGE_ABSENT, "no %s:%s there", t->image.repository,
				t->image.reference);
	case 401:
	case 403:
		/* Some ask for a token only here. */
		if (t->token == NULL && bearer_params(reply->challenge) != NULL)
			return ask_token(t, bearer_params(reply->challenge));
		f->image = IMAGE_NEEDS_LOGIN;
		return talk_end(t, SERVICE_NEEDS_LOGIN, "HTTP %u for the manifest", reply->status);
	default:
		return talk_end_status(t, reply);
	}
}

enum talk_next talk_registry(struct talk *t, const struct http_response *reply)
{
	struct err e;

	if (reply == NULL) {
		if (!imageref_parse(t->spec->image, &t->image, &e))
			return talk_end(t, SERVICE_LOCAL, "%s", e.text);
		talk_ask(t, "GET", "/v2/");
		return TALK_ASK;
	}
	if (t->step == ASKED_BASE)
		return judge_base(t, reply);
	return t->side_trip ? judge_token(t, reply) : judge_manifest(t, reply);
}
