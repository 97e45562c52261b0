/* SPDX-License-Identifier: Apache-2.0 */
/* params.c: see params.h. */
#include "daemon/params.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/parse.h"
#include "base/suggest.h"
#include "base/when.h"
#include "daemon/exchange.h"
#include "daemon/registry.h"
#include "daemon/reply.h"

enum { NAMED_MAX = 5, NAMED_BYTES = 320 };

static bool among(const char *word, const char *const *words, size_t count, size_t *ret_index)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word, words[i]) == 0) {
			*ret_index = i;
			return true;
		}
	return false;
}

bool params_known(struct exchange *x, const char *const *names, size_t count)
{
	const struct request *r = exchange_request(x);
	char hint[SUGGEST_TEXT_SIZE];
	size_t ignored;

	for (size_t i = 0; i < r->param_count; i++) {
		if (among(r->params[i].key, names, count, &ignored))
			continue;
		suggest_format(r->params[i].key, names, count, hint);
		reply_fail(x, 400, NULL, "there is no parameter '%.64s'%s", r->params[i].key, hint);
		return false;
	}
	return true;
}

bool params_number(struct exchange *x, const char *key, uint64_t min, uint64_t max,
		   uint64_t *ret_value)
{
	const char *text = request_param(exchange_request(x), key);

	if (text == NULL || parse_u64(text, min, max, ret_value))
		return true;
	reply_fail(x, 400, NULL, "%s is a number from %" PRIu64 " to %" PRIu64 ", not '%.64s'", key,
		   min, max, text);
	return false;
}

bool params_time(struct exchange *x, const char *key, struct wall now, struct wall *ret_time)
{
	const char *text = request_param(exchange_request(x), key);

	if (text == NULL || when_parse(text, now, ret_time))
		return true;
	reply_fail(x, 400, NULL,
		   "%s is a time such as 2026-11-25T14:05:06Z or a span back from now such as 7d, "
		   "not '%.64s'",
		   key, text);
	return false;
}

bool params_window(struct exchange *x, bool history, struct wall *ret_from, struct wall *ret_to)
{
	const struct request *r = exchange_request(x);
	struct wall now = wall_now();

	if (!history && (request_param(r, "from") != NULL || request_param(r, "to") != NULL)) {
		reply_fail(x, 400, NULL, "from and to go with history=true");
		return false;
	}
	if (!params_time(x, "from", now, ret_from) || !params_time(x, "to", now, ret_to))
		return false;
	if (ret_from->ms < ret_to->ms)
		return true;
	reply_fail(x, 400, NULL, "from is not before to");
	return false;
}

bool params_word(struct exchange *x, const char *key, const char *const *words, size_t count,
		 size_t *ret_choice)
{
	const char *text = request_param(exchange_request(x), key);
	char hint[SUGGEST_TEXT_SIZE];
	struct buf all;

	if (text == NULL || among(text, words, count, ret_choice))
		return true;
	buf_init(&all, NAMED_BYTES);
	for (size_t i = 0; i < count; i++)
		buf_printf(&all, "%s%s", i > 0 ? ", " : "", words[i]);
	suggest_format(text, words, count, hint);
	reply_fail(x, 400, NULL, "%s is one of %s, not '%.64s'%s", key, buf_text(&all), text, hint);
	buf_done(&all);
	return false;
}

bool params_flag(struct exchange *x, const char *key, bool *ret_flag)
{
	static const char *const words[] = { "false", "true" };
	size_t choice = *ret_flag;

	if (!params_word(x, key, words, ARRAY_LEN(words), &choice))
		return false;
	*ret_flag = choice == 1;
	return true;
}

bool params_pattern(struct exchange *x, const char *key, struct pattern *ret_pattern)
{
	const char *text = request_param(exchange_request(x), key);

	if (text == NULL || pattern_parse(text, ret_pattern))
		return true;
	reply_fail(x, 400, NULL,
		   "%s names endpoints, such as esx04:902, 10.1.7.14 or esx*; not '%.64s'", key,
		   text);
	return false;
}

enum match params_match(const struct pattern *p, const struct endpoint *e)
{
	const struct conf_target *c = e->target->conf;
	struct match_subject s = { .name = c->name,
				   .host = c->host,
				   .provider = c->provider,
				   .address = e->addr,
				   .port = c->port,
				   .documented_port = c->rule != NULL ? c->rule->port : 0 };

	return pattern_match(p, &s);
}

/* ---- one endpoint */

struct candidates {
	enum match best;
	size_t count;
	int64_t id; /* of the first */
	struct buf named;
};

static void consider(struct candidates *c, enum match how, const char *name, const struct addr *a,
		     int64_t id)
{
	char address[ADDR_TEXT_SIZE];

	if (how == MATCH_NONE || how < c->best)
		return;
	if (how > c->best) {
		c->best = how;
		c->count = 0;
		buf_clear(&c->named);
	}
	if (c->count++ == 0)
		c->id = id;
	if (c->count > NAMED_MAX)
		return;
	addr_format(a, address);
	buf_printf(&c->named, "%s%s (%s, id %" PRId64 ")", c->count > 1 ? ", " : "", name, address,
		   id);
}

/* A name by which nothing is watched yet has a history of its own. */
static void consider_hosts(struct candidates *c, const struct registry *r, const char *text)
{
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		if (!h->numeric && strcasecmp(h->name, text) == 0) {
			c->count = 1;
			c->id = h->id;
			return;
		}
}

bool params_endpoint(struct exchange *x, const struct registry *registry, int64_t *ret_id)
{
	const char *text = request_param(exchange_request(x), "endpoint");
	struct pattern p = { .text = "" };
	struct candidates c = { .best = MATCH_NONE };
	uint64_t id;

	if (text == NULL)
		return true;
	if (parse_u64(text, 1, INT64_MAX, &id)) {
		*ret_id = (int64_t)id;
		return true;
	}
	if (!params_pattern(x, "endpoint", &p))
		return false;
	buf_init(&c.named, NAMED_BYTES);
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(registry, e)) != NULL;)
		consider(&c, params_match(&p, e), e->target->conf->name, &e->addr, e->id);
	if (c.count == 0)
		consider_hosts(&c, registry, text);
	if (c.count == 0)
		reply_fail(x, 404, NULL, "no endpoint is called '%.64s'", text);
	else if (c.count > 1)
		reply_fail(x, 400, "ambiguous", "%zu endpoints are called '%.64s': %s%s", c.count,
			   text, buf_text(&c.named), c.count > NAMED_MAX ? ", …" : "");
	buf_done(&c.named);
	*ret_id = c.count == 1 ? c.id : *ret_id;
	return c.count == 1;
}
