/* SPDX-License-Identifier: Apache-2.0 */
/* site.c: see site.h. */
#include "tests/sim/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "daemon/rendezvous.h"

static struct span seconds(int64_t n)
{
	return span_of_ms(n * 1000);
}

void site_init(struct site *s)
{
	*s = (struct site){ 0 };
	s->conf.path = "scenario";
	s->conf.node = "n1";
	s->conf.probe.interval = seconds(10);
	s->conf.probe.serve_interval = seconds(300);
	s->conf.probe.timeout = seconds(3);
	s->conf.probe.name_interval = seconds(30);
	s->conf.probe.policy = (struct state_policy){
		.confirm = { span_of_ms(250), span_of_ms(500), span_of_ms(1000) },
		.confirm_count = 3,
		.flap_on_pct = 30,
		.flap_off_pct = 25,
	};
	s->conf.probe.max_in_flight = 256;
	s->conf.probe.per_address = 2;
	s->conf.probe.separation = span_of_ms(1);
	s->conf.probe.serve_nodes = 3;
	s->conf.probe.nodes = 1;
	s->conf.probe.serve_budget = 30;
	s->conf.probe.family = AF_UNSPEC;
	s->conf.probe.expiry_warning = seconds(INT64_C(30) * 86400);
	s->conf.alerts.cooldown = seconds(120);
	s->conf.alerts.changed_for = seconds(3600);
	s->conf.alerts.loss_pct = 15;
}

/* The texts of a target, each owned by it. */
static const char **text_at(struct conf_target *t, size_t i)
{
	const char **texts[] = { &t->provider, &t->name, &t->host, &t->image };

	return i < sizeof texts / sizeof texts[0] ? texts[i] : NULL;
}

static void target_done(struct conf_target *t)
{
	const char **text;

	for (size_t i = 0; (text = text_at(t, i)) != NULL; i++)
		free((void *)(uintptr_t)*text);
}

static struct conf_target *find(struct site *s, const char *name)
{
	for (size_t i = 0; i < s->conf.target_count; i++)
		if (strcmp(s->conf.targets[i].name, name) == 0)
			return &s->conf.targets[i];
	return NULL;
}

static enum role role_of(enum dialect d)
{
	if (d == DIALECT_ESXI || d == DIALECT_AUTHD)
		return ROLE_ESXI;
	return d == DIALECT_VCENTER ? ROLE_VCENTER : ROLE_NONE;
}

static void target_init(struct conf_target *t, const char *name, const char *host, uint16_t port,
			enum dialect dialect)
{
	*t = (struct conf_target){ .provider = xstrdup(""),
				   .name = xstrdup(name),
				   .role = role_of(dialect),
				   .host = xstrdup(host),
				   .port = port,
				   .rule = port_rule_find(role_of(dialect), port),
				   .dialect = dialect };
}

struct conf_target *site_add(struct site *s, const char *name, const char *host, uint16_t port,
			     enum dialect dialect)
{
	if (s->conf.target_count == s->size) {
		s->size = s->size == 0 ? 16 : s->size * 2;
		s->conf.targets = xreallocarray(s->conf.targets, s->size, sizeof *s->conf.targets);
	}
	target_init(&s->conf.targets[s->conf.target_count], name, host, port, dialect);
	return &s->conf.targets[s->conf.target_count++];
}

struct conf_target *site_target(struct site *s, const char *name, const char *host, uint16_t port,
				enum dialect dialect)
{
	struct conf_target *t = find(s, name);

	if (t == NULL)
		return site_add(s, name, host, port, dialect);
	target_done(t);
	target_init(t, name, host, port, dialect);
	return t;
}

void site_set_provider(struct conf_target *t, const char *provider)
{
	free((void *)(uintptr_t)t->provider);
	t->provider = xstrdup(provider);
}

bool site_remove(struct site *s, const char *name)
{
	struct conf_target *t = find(s, name);

	if (t == NULL)
		return false;
	target_done(t);
	memmove(t, t + 1, (size_t)(s->conf.targets + --s->conf.target_count - t) * sizeof *t);
	return true;
}

/* What the target does not say itself the whole configuration says. */
static void complete(struct conf_target *t, const struct conf *c)
{
	if (t->interval.ns == 0)
		t->interval = c->probe.interval;
	if (t->serve_interval.ns == 0)
		t->serve_interval = c->probe.serve_interval;
	if (t->serve_interval.ns < 0)
		t->serve_interval.ns = 0;
	if (t->timeout.ns == 0)
		t->timeout = c->probe.timeout;
}

void site_peers(struct site *s, unsigned count)
{
	char name[32];

	s->conf.probe.peers = count > 0 ? s->peers : NULL;
	s->conf.probe.peer_count = count;
	s->conf.probe.nodes = count > 0 ? count : 1;
	s->conf.probe.self = rendezvous_hash(s->conf.node);
	s->peers[0] = s->conf.probe.self;
	for (unsigned i = 1; i < count; i++) {
		(void)snprintf(name, sizeof name, "peer%u", i);
		s->peers[i] = rendezvous_hash(name);
	}
}

struct conf *site_conf(const struct site *s)
{
	struct conf *c = xmemdup(&s->conf, sizeof s->conf);
	const char **text;

	c->targets = xcalloc(c->target_count + 1, sizeof *c->targets);
	for (size_t i = 0; i < c->target_count; i++) {
		struct conf_target *t = &c->targets[i];

		*t = s->conf.targets[i];
		for (size_t k = 0; (text = text_at(t, k)) != NULL; k++)
			*text = *text != NULL ? xstrdup(*text) : NULL;
		complete(t, c);
	}
	return c;
}

static void targets_done(struct conf *c)
{
	for (size_t i = 0; i < c->target_count; i++)
		target_done(&c->targets[i]);
	free(c->targets);
}

void site_conf_free(struct conf *c)
{
	if (c == NULL)
		return;
	targets_done(c);
	free(c);
}

void site_done(struct site *s)
{
	targets_done(&s->conf);
}

enum dialect site_dialect(const char *name)
{
	enum dialect d = DIALECT_TCP;

	while (d < DIALECT_N && strcmp(dialect_name(d), name) != 0)
		d++;
	return d;
}
