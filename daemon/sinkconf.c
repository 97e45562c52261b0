/* SPDX-License-Identifier: Apache-2.0 */
/* sinkconf.c: see sinkconf.h. */
#include "daemon/sinkconf.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/confpool.h"

/* ---- copies */

static const char *copy(struct confpool *pool, const char *text)
{
	return text != NULL ? confpool_text(pool, text) : NULL;
}

/* With a NULL behind them. */
static const char **copy_words(struct confpool *pool, const char *const *words, size_t count)
{
	const char **copies = confpool_alloc(pool, (count + 1) * sizeof *copies);

	for (size_t i = 0; i < count; i++)
		copies[i] = confpool_text(pool, words[i]);
	return copies;
}

static size_t count_words(const char *const *words)
{
	size_t n = 0;

	while (words[n] != NULL)
		n++;
	return n;
}

struct sinkconf *sinkconf_new(const struct conf_sink *s, size_t url)
{
	const char *const *urls = (const char *const *)s->urls;
	const char *const *command = (const char *const *)s->command;
	struct sinkconf *c = xcalloc(1, sizeof *c);
	struct confpool *pool = c->pool = confpool_new();

	c->sink = *s;
	c->sink.name = copy(pool, s->name);
	c->sink.url_count = s->url_count > 0;
	c->sink.urls = s->url_count > 0 ? copy_words(pool, &urls[url], 1) : NULL;
	c->sink.command = command != NULL ? copy_words(pool, command, count_words(command)) : NULL;
	c->sink.ca_file = copy(pool, s->ca_file);
	c->sink.token_file = copy(pool, s->token_file);
	c->sink.secret_file = copy(pool, s->secret_file);
	c->sink.proxy = copy(pool, s->proxy);
	c->sink.namespace = copy(pool, s->namespace);
	return c;
}

/* Of "https://HOST:PORT" in front of the path. */
static size_t origin_len(const char *url)
{
	size_t host = strcspn(url, ":") + 3; /* behind "://" */

	return host + strcspn(url + host, "/?");
}

char *sinkconf_place(const struct conf_sink *s, size_t url)
{
	size_t number = 1;
	size_t len;

	if (s->url_count <= 1)
		return xstrdup(s->name);
	len = origin_len(s->urls[url]);
	for (size_t i = 0; i < url; i++)
		number += origin_len(s->urls[i]) == len &&
			  strncmp(s->urls[i], s->urls[url], len) == 0;
	if (number == 1)
		return xasprintf("%s %.*s", s->name, (int)len, s->urls[url]);
	return xasprintf("%s %.*s (%zu)", s->name, (int)len, s->urls[url], number);
}

void sinkconf_free(struct sinkconf *c)
{
	if (c == NULL)
		return;
	confpool_free(c->pool);
	free(c);
}

/* ---- the same or not */

static bool same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool same_words(const char *const *a, const char *const *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	while (*a != NULL && same(*a, *b)) {
		a++;
		b++;
	}
	return *a == NULL && *b == NULL;
}

bool sinkconf_same(const struct sinkconf *one, const struct sinkconf *other)
{
	const struct conf_sink *a = &one->sink;
	const struct conf_sink *b = &other->sink;

	return a->type == b->type &&
	       same_words((const char *const *)a->urls, (const char *const *)b->urls) &&
	       same_words((const char *const *)a->command, (const char *const *)b->command) &&
	       same(a->ca_file, b->ca_file) && same(a->token_file, b->token_file) &&
	       same(a->secret_file, b->secret_file) && same(a->proxy, b->proxy) &&
	       same(a->namespace, b->namespace) && a->timeout.ns == b->timeout.ns &&
	       a->least == b->least;
}
