/* SPDX-License-Identifier: Apache-2.0 */
/* sinkpost.c: see sinkpost.h. */
#include "daemon/sinkpost.h"

#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/text.h"
#include "daemon/conf.h"
#include "daemon/fetch.h"
#include "daemon/secret.h"
#include "daemon/sinklater.h"
#include "probes/prober.h"
#include "probes/trust.h"

enum { HEADERS_MAX = 8, SAID_BYTES = 200 };

struct sinkpost {
	struct fetch *fetch;      /* owned */
	struct truststore *trust; /* owned; NULL: the system's */
	char *token_file;         /* owned; NULL: none */
	struct sinklater later;
	sink_done_fn *done;
	void *owner;
};

/* ---- start */

static bool check_token(const char *path, struct err *ret_err)
{
	struct secret token;

	if (path == NULL)
		return true;
	if (!secret_read_token(path, &token, ret_err))
		return err_add(ret_err, "bearer_token_file");
	secret_clear(&token);
	return true;
}

static bool wants_tls(const char *url)
{
	return url != NULL && strncasecmp(url, "https:", strlen("https:")) == 0;
}

/* *ret_trust stays NULL where no certificate will be seen. */
static bool choose_trust(struct sinkpost *p, const struct sink_parts *parts,
			 const struct conf_sink *conf, const struct truststore **ret_trust,
			 struct err *ret_err)
{
	if (conf->ca_file != NULL) {
		*ret_trust = p->trust = truststore_new_file(conf->ca_file, ret_err);
		return p->trust != NULL || err_add(ret_err, "ca");
	}
	*ret_trust = prober_truststore(parts->prober);
	return *ret_trust != NULL || err_set(ret_err, 0, "cannot make a certificate store");
}

struct sinkpost *sinkpost_new(const struct sink_parts *parts, const struct conf_sink *conf,
			      const char *url, struct err *ret_err)
{
	struct sinkpost *p = xcalloc(1, sizeof *p);
	struct fetch_parts fetch = { .base = parts->base,
				     .resolver = prober_resolver(parts->prober),
				     .url = url,
				     .proxy = conf->proxy,
				     .timeout = conf->timeout };

	sinklater_init(&p->later, parts->base);
	if ((wants_tls(url) || wants_tls(conf->proxy)) &&
	    !choose_trust(p, parts, conf, &fetch.trust, ret_err))
		goto fail;
	if (!check_token(conf->token_file, ret_err))
		goto fail;
	p->token_file = conf->token_file != NULL ? xstrdup(conf->token_file) : NULL;
	p->fetch = fetch_new(&fetch, ret_err);
	if (p->fetch != NULL)
		return p;
fail:
	sinkpost_free(p);
	return NULL;
}

void sinkpost_free(struct sinkpost *p)
{
	if (p == NULL)
		return;
	sinklater_done(&p->later);
	fetch_free(p->fetch);
	truststore_free(p->trust);
	free(p->token_file);
	free(p);
}

/* ---- the answer */

static enum sink_outcome outcome_of(unsigned status)
{
	if (status >= 200 && status < 300)
		return SINK_TAKEN;
	return status == 400 || status == 413 || status == 422 ? SINK_REFUSED : SINK_FAILED;
}

/* The beginning of what it says, in one line. */
static void say(const struct fetch_reply *r, char *ret_text, size_t size)
{
	size_t begin = strspn(r->body, " \t\r\n");
	size_t len = strnlen(r->body + begin, SAID_BYTES);
	AUTO(text) char *text = xstrndup(r->body + begin, len);

	while (len > 0 && strchr(" \t\r\n", text[len - 1]) != NULL)
		text[--len] = '\0';
	for (char *c = text; *c != '\0'; c++)
		if (*c == '\n' || *c == '\r' || *c == '\t')
			*c = ' ';
	text_printf(ret_text, size, "HTTP status %u%s%s", r->status, len > 0 ? ": " : "", text);
}

static void on_reply(void *owner, const struct fetch_reply *r)
{
	struct sinkpost *p = owner;
	struct sink_answer answer = { .outcome = outcome_of(r->status) };

	if (r->status == 0)
		text_printf(answer.detail, sizeof answer.detail, "%s", r->trouble);
	else if (r->location[0] != '\0')
		text_printf(answer.detail, sizeof answer.detail, "redirects to %s", r->location);
	else if (answer.outcome != SINK_TAKEN)
		say(r, answer.detail, sizeof answer.detail);
	p->done(p->owner, &answer); /* p may be gone after it */
}

/* ---- a telling */

void sinkpost_fail(struct sinkpost *p, const char *why, sink_done_fn *done, void *owner)
{
	struct sink_answer answer = { .outcome = SINK_FAILED };

	text_printf(answer.detail, sizeof answer.detail, "%s", why);
	sinklater_set(&p->later, &answer, done, owner);
}

void sinkpost_send(struct sinkpost *p, char *json, const char *const *headers, sink_done_fn *done,
		   void *owner)
{
	const char *all[HEADERS_MAX + 1] = { "Content-Type: application/json" };
	struct secret token = { 0 };
	char *bearer = NULL;
	struct err err;
	size_t n = 1;

	if (p->token_file != NULL && !secret_read_token(p->token_file, &token, &err)) {
		free(json);
		sinkpost_fail(p, err.text, done, owner);
		return;
	}
	if (token.data != NULL)
		all[n++] = bearer = xasprintf("Authorization: Bearer %s", token.data);
	while (*headers != NULL && n < HEADERS_MAX)
		all[n++] = *headers++;
	p->done = done;
	p->owner = owner;
	fetch_post(p->fetch, json, all, on_reply, p);
	secret_clear(&token);
	if (bearer != NULL)
		explicit_bzero(bearer, strlen(bearer));
	free(bearer);
}
