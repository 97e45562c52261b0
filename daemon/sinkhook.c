/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sinkhook.c: a webhook: our own JSON, signed when there is a key that both sides know.  What is
 * told twice has the same Idempotency-Key, since a telling whose answer was lost comes again.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/alertjson.h"
#include "daemon/conf.h"
#include "daemon/secret.h"
#include "daemon/sink.h"
#include "daemon/sinkpost.h"
#include "probes/hmac.h"

enum { HOOK_BATCH = 100 };

struct sink {
	struct sinkpost *post; /* owned */
	char *node;            /* owned */
	char *secret_file;     /* owned; NULL: no signature */
};

static bool check_secret(const char *path, struct err *ret_err)
{
	struct secret key;

	if (path == NULL)
		return true;
	if (!secret_read(path, &key, ret_err))
		return err_add(ret_err, "secret_file");
	secret_clear(&key);
	return true;
}

static struct sink *hook_open(const struct sink_parts *parts, const struct conf_sink *conf,
			      size_t url, struct err *ret_err)
{
	struct sink *s;
	struct sinkpost *post;

	if (!check_secret(conf->secret_file, ret_err))
		return NULL;
	post = sinkpost_new(parts, conf, conf->urls[url], ret_err);
	if (post == NULL)
		return NULL;
	s = xcalloc(1, sizeof *s);
	s->post = post;
	s->node = xstrdup(parts->node);
	s->secret_file = conf->secret_file != NULL ? xstrdup(conf->secret_file) : NULL;
	return s;
}

/* The same for the same revisions of the same instances, whenever they are told. */
static bool key_header(const struct sink *s, const json_t *list, char **ret_header)
{
	AUTO(text) char *text = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
	char hex[HMAC_TEXT_SIZE];

	if (text == NULL || !hmac_sha256(s->node, strlen(s->node), text, strlen(text), hex))
		return false;
	*ret_header = xasprintf("Idempotency-Key: %s", hex);
	return true;
}

/* NULL in *ret_header: there is to be none. */
static bool signature_header(const struct sink *s, const char *body, char **ret_header,
			     struct err *ret_err)
{
	struct secret key;
	char hex[HMAC_TEXT_SIZE];
	bool ok;

	*ret_header = NULL;
	if (s->secret_file == NULL)
		return true;
	if (!secret_read(s->secret_file, &key, ret_err))
		return err_add(ret_err, "secret_file");
	ok = hmac_sha256(key.data, key.len, body, strlen(body), hex);
	secret_clear(&key);
	if (!ok)
		return err_set(ret_err, 0, "cannot sign");
	*ret_header = xasprintf("X-Banksman-Signature: sha256=%s", hex);
	return true;
}

static void hook_tell(struct sink *s, const struct alert *const *alerts, size_t count,
		      sink_done_fn *done, void *owner)
{
	json_t *list = alertjson_list(alerts, count);
	AUTO(text) char *key = NULL;
	AUTO(text) char *signature = NULL;
	bool keyed = key_header(s, list, &key);
	char *body = alertjson_message(s->node, wall_now(), list);
	struct err err = { .text = "cannot sign" };

	if (!keyed || !signature_header(s, body, &signature, &err)) {
		free(body);
		sinkpost_fail(s->post, err.text, done, owner);
		return;
	}
	sinkpost_send(s->post, body, (const char *[]){ key, signature, NULL }, done, owner);
}

static void hook_close(struct sink *s)
{
	sinkpost_free(s->post);
	free(s->node);
	free(s->secret_file);
	free(s);
}

const struct sink_class sink_webhook = {
	.name = "webhook",
	.wants_reminders = false,
	.batch = HOOK_BATCH,
	.open = hook_open,
	.tell = hook_tell,
	.close = hook_close,
};
