/* SPDX-License-Identifier: Apache-2.0 */
/* confsink.c: see confsink.h. */
#include "daemon/confsink.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/alert.h"
#include "daemon/conffile.h"
#include "daemon/confpool.h"
#include "daemon/kubecall.h"
#include "probes/http.h"

enum { ARGUMENTS_MAX = 64, IMPLICIT_TIMEOUT_MS = 10000 };

static bool told_by_http(const struct conf_sink *s)
{
	return s->type == SINK_ALERTMANAGER || s->type == SINK_WEBHOOK;
}

/* Some connection of the sink is made with TLS. */
static bool uses_tls(const struct conf_sink *s)
{
	for (size_t i = 0; i < s->url_count; i++) {
		struct http_url url;

		MUST(http_url_parse(s->urls[i], &url));
		if (url.tls)
			return true;
	}
	return false;
}

/* Keys that mean nothing with this type would be a misunderstanding. */
static bool keys_belong(const struct confread *r, const char *place, const struct conf_outlet *o)
{
	static const char by_http[] = "type: alertmanager or webhook";
	const struct conf_sink *s = &o->sink;
	bool http = told_by_http(s);
	char timeout[CONFTEXT_KEY_SIZE];
	const struct {
		const char *key;
		bool wrong;
		const char *where;
	} rows[] = {
		{ "url", s->url_count > 0 && !http, by_http },
		{ "command", o->command.count > 0 && s->type != SINK_EXEC, "type: exec" },
		{ "ca", s->ca_file != NULL && !http, by_http },
		{ "ca", s->ca_file != NULL && http && !uses_tls(s), "an https URL" },
		{ "bearer_token_file", s->token_file != NULL && !http, by_http },
		{ "secret_file", s->secret_file != NULL && s->type != SINK_WEBHOOK,
		  "type: webhook" },
		{ "proxy", s->proxy != NULL && !http, by_http },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++)
		if (rows[i].wrong)
			return confread_fail(r, place, rows[i].key, "means something only with %s",
					     rows[i].where);
	(void)snprintf(timeout, sizeof timeout, "%s.timeout", place);
	if (s->type == SINK_JOURNAL && conftext_has(&r->text, timeout))
		return confread_fail(r, place, "timeout",
				     "means something only with type: alertmanager, webhook or "
				     "exec");
	return true;
}

/* "/api/v2/alerts" is put behind it. */
static bool base_url_ok(const struct confread *r, const char *place, const char *key,
			const char *text)
{
	static const char *const tails[] = { "/api/v2", "/api/v2/alerts", "/api/v1",
					     "/api/v1/alerts" };
	struct http_url url;
	size_t len;

	MUST(http_url_parse(text, &url));
	if (strchr(url.target, '?') != NULL)
		return confread_fail(r, place, key,
				     "holds \"?\": of an Alertmanager give the URL that "
				     "/api/v2/alerts is put behind");
	for (len = strlen(url.target); len > 0 && url.target[len - 1] == '/';)
		url.target[--len] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(tails); i++)
		if (len >= strlen(tails[i]) &&
		    strcmp(url.target + len - strlen(tails[i]), tails[i]) == 0)
			return confread_fail(r, place, key,
					     "leave %s out; /api/v2/alerts is put behind the URL",
					     tails[i]);
	return true;
}

static bool urls_ok(const struct confread *r, const char *place, const struct conf_sink *s)
{
	if (told_by_http(s) && s->url_count == 0)
		return confread_fail(r, place, "url",
				     "is missing; type: %s wants a list of at least one",
				     s->type == SINK_WEBHOOK ? "webhook" : "alertmanager");
	for (size_t i = 0; i < s->url_count; i++) {
		char key[sizeof "url[18446744073709551615]"];

		(void)snprintf(key, sizeof key, "url[%zu]", i);
		if (s->type == SINK_ALERTMANAGER && !base_url_ok(r, place, key, s->urls[i]))
			return false;
		for (size_t k = 0; k < i; k++)
			if (strcmp(s->urls[i], s->urls[k]) == 0)
				return confread_fail(r, place, key, "is the same as url[%zu]", k);
	}
	return true;
}

static bool command_ok(const struct confread *r, const char *place, const struct conf_outlet *o)
{
	const struct conf_list *command = &o->command;

	if (o->sink.type != SINK_EXEC)
		return true;
	if (command->count == 0)
		return confread_fail(r, place, "command",
				     "is missing; type: exec wants a program and its arguments");
	if (command->count > ARGUMENTS_MAX)
		return confread_fail(r, place, "command", "more than %d entries", ARGUMENTS_MAX);
	if (command->text[0][0] != '/')
		return confread_fail(r, place, "command[0]",
				     "is not the absolute path of a program");
	return true;
}

static bool name_is_new(const struct confread *r, const char *place, const struct conf *c,
			const char *name)
{
	for (size_t i = 0; i < c->sink_count; i++) {
		char first[sizeof "sinks[18446744073709551615].name"];

		if (strcmp(c->sinks[i].name, name) != 0)
			continue;
		(void)snprintf(first, sizeof first, "sinks[%zu].name", i);
		return confread_fail(r, place, "name", "the name is taken by sinks[%zu] (line %u)",
				     i, conftext_line(&r->text, first));
	}
	return true;
}

/* Each URL is a sink of its own. */
static bool few_enough(const struct confread *r, const char *place, const struct conf *c,
		       const struct conf_sink *more)
{
	size_t count = more->url_count > 0 ? more->url_count : 1;

	for (size_t i = 0; i < c->sink_count; i++)
		count += c->sinks[i].url_count > 0 ? c->sinks[i].url_count : 1;
	return count <= ALERT_SINKS_MAX ||
	       confread_fail(r, place, "", "more than %d sinks, each URL counted", ALERT_SINKS_MAX);
}

/* The API that discovery asks, whether it does or not; its files are read for each telling. */
static void take_api(const struct confread *r, const struct conf *c, struct conf_sink *s)
{
	AUTO(text) char *url = kubecall_url(c->discovery.api);

	s->urls = confpool_alloc(r->pool, 2 * sizeof *s->urls);
	s->urls[0] = confpool_text(r->pool, url);
	s->url_count = 1;
	s->token_file = c->discovery.token_file;
	s->ca_file = c->discovery.ca_file;
	s->namespace = c->discovery.namespace;
}

static bool read_sink(const struct confread *r, struct conf *c, size_t index)
{
	struct conf_outlet o = { .command = { .count = 0 } };
	struct conf_sink *s = &o.sink;
	char place[sizeof "sinks[18446744073709551615]"];

	(void)snprintf(place, sizeof place, "sinks[%zu]", index);
	if (!confread_section(r, CONF_SINK, place, confschema_entry(r->root, CONF_SINK, index),
			      &o) ||
	    !name_is_new(r, place, c, s->name) || !few_enough(r, place, c, s) ||
	    !keys_belong(r, place, &o) || !urls_ok(r, place, s) || !command_ok(r, place, &o) ||
	    !conffile_check_ca(r, place, s->ca_file) ||
	    !conffile_check_secret(r, place, "bearer_token_file", s->token_file) ||
	    !conffile_check_secret(r, place, "secret_file", s->secret_file))
		return false;
	s->command = s->type == SINK_EXEC ? o.command.text : NULL;
	if (s->type == SINK_KUBERNETES)
		take_api(r, c, s);
	c->sinks[c->sink_count++] = *s;
	return true;
}

bool confsink_read(const struct confread *r, struct conf *c)
{
	static const struct conf_sink journal = {
		.name = "journal",
		.type = SINK_JOURNAL,
		.least = SEVERITY_INFO,
	};
	size_t count = confschema_count(r->root, CONF_SINK);

	c->sinks = confpool_alloc(r->pool, (count + 1) * sizeof *c->sinks);
	if (count == 0 && !conftext_has(&r->text, "sinks")) {
		c->sinks[0] = journal;
		c->sinks[0].timeout = span_of_ms(IMPLICIT_TIMEOUT_MS);
		c->sink_count = 1;
		return true;
	}
	for (size_t i = 0; i < count; i++)
		if (!read_sink(r, c, i))
			return false;
	return true;
}
