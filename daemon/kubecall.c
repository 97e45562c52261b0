/* SPDX-License-Identifier: Apache-2.0 */
/* kubecall.c: see kubecall.h. */
#include "daemon/kubecall.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/confwatch.h"
#include "daemon/secret.h"
#include "probes/prober.h"
#include "probes/trust.h"

enum { POST_TIMEOUT_MS = 10000 };

struct kubecall {
	struct event_base *base; /* borrowed */
	struct prober *prober;   /* borrowed */
	char *url;               /* owned; so are the next two */
	char *token_file;
	char *ca_file;
	bool tls;
	struct confwatch_mark ca; /* the CA file as it was read */
	struct truststore *trust; /* owned; NULL: not read yet */
	struct fetch *fetch;      /* owned; NULL: not made yet */
};

char *kubecall_url(const char *configured)
{
	const char *host = getenv("KUBERNETES_SERVICE_HOST"); /* NOLINT(concurrency-mt-unsafe) */
	const char *port = getenv("KUBERNETES_SERVICE_PORT"); /* NOLINT(concurrency-mt-unsafe) */

	if (configured[0] != '\0')
		return xstrdup(configured);
	if (host == NULL || host[0] == '\0')
		return xstrdup("https://kubernetes.default.svc");
	return xasprintf(strchr(host, ':') != NULL ? "https://[%s]:%s" : "https://%s:%s", host,
			 port != NULL && port[0] != '\0' ? port : "443");
}

struct kubecall *kubecall_new(const struct kubecall_parts *parts)
{
	struct kubecall *c = xcalloc(1, sizeof *c);
	size_t len = strlen(parts->url);

	while (len > 0 && parts->url[len - 1] == '/')
		len--;
	c->base = parts->base;
	c->prober = parts->prober;
	c->url = xstrndup(parts->url, len);
	c->token_file = xstrdup(parts->token_file);
	c->ca_file = xstrdup(parts->ca_file);
	c->tls = strncasecmp(parts->url, "https:", strlen("https:")) == 0;
	return c;
}

static void forget(struct kubecall *c)
{
	fetch_free(c->fetch);
	truststore_free(c->trust);
	c->fetch = NULL;
	c->trust = NULL;
}

void kubecall_free(struct kubecall *c)
{
	if (c == NULL)
		return;
	forget(c);
	free(c->url);
	free(c->token_file);
	free(c->ca_file);
	free(c);
}

static bool same_mark(const struct confwatch_mark *a, const struct confwatch_mark *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->modified.tv_sec == b->modified.tv_sec &&
	       a->modified.tv_nsec == b->modified.tv_nsec;
}

/* While another CA file cannot be read the old one counts. */
static bool prepare(struct kubecall *c, struct err *ret_err)
{
	struct confwatch_mark mark = { 0 };
	struct truststore *trust = NULL;

	if (c->tls)
		mark = confwatch_look(c->ca_file);
	if (c->fetch != NULL && same_mark(&mark, &c->ca))
		return true;
	if (c->tls)
		trust = truststore_new_file(c->ca_file, ret_err);
	if (c->tls && trust == NULL)
		return c->fetch != NULL;
	forget(c);
	c->trust = trust;
	c->ca = mark;
	c->fetch = fetch_new(&(struct fetch_parts){ .base = c->base,
						    .resolver = prober_resolver(c->prober),
						    .trust = trust,
						    .url = c->url,
						    .timeout = span_of_ms(POST_TIMEOUT_MS) },
			     ret_err);
	return c->fetch != NULL;
}

bool kubecall_ask(struct kubecall *c, const struct kubecall_question *q, fetch_done_fn *done,
		  void *owner, struct err *ret_err)
{
	struct secret token = { 0 };
	AUTO(text) char *url = xasprintf("%s%s", c->url, q->target);
	AUTO(text) char *accept = xasprintf("Accept: %s", q->accept);
	const char *headers[4] = { accept };
	char *bearer = NULL;
	size_t n = 1;

	if (!prepare(c, ret_err) ||
	    (c->tls && !secret_read_token(c->token_file, &token, ret_err))) {
		free(q->body);
		return false;
	}
	if (token.data != NULL)
		headers[n++] = bearer = xasprintf("Authorization: Bearer %s", token.data);
	if (q->body != NULL)
		headers[n] = "Content-Type: application/json";
	fetch_ask(c->fetch,
		  &(struct fetch_question){ .url = url,
					    .headers = headers,
					    .timeout = q->timeout,
					    .take = q->take,
					    .body = q->body },
		  done, owner);
	secret_clear(&token);
	if (bearer != NULL)
		explicit_bzero(bearer, strlen(bearer));
	free(bearer);
	return true;
}

unsigned kubecall_status(const struct kubecall *c)
{
	return c->fetch != NULL ? fetch_status(c->fetch) : 0;
}

void kubecall_stop(struct kubecall *c)
{
	if (c->fetch != NULL)
		fetch_stop(c->fetch);
}

void kubecall_say(const struct fetch_reply *r, char *ret_text, size_t size)
{
	json_t *body = r->status != 0 ? json_loads(r->body, 0, NULL) : NULL;
	const char *message = json_string_value(json_object_get(body, "message"));

	if (r->status == 0)
		text_printf(ret_text, size, "%s", r->trouble);
	else if (r->location[0] != '\0')
		text_printf(ret_text, size, "redirects to %s", r->location);
	else
		text_printf(ret_text, size, "HTTP status %u%s%s", r->status,
			    message != NULL ? ": " : "", message != NULL ? message : "");
	json_decref(body);
}
