/* SPDX-License-Identifier: Apache-2.0 */
/* confsite.c: see confsite.h. */
#include "daemon/confsite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/confendpoint.h"
#include "daemon/conffile.h"
#include "daemon/confpool.h"
#include "daemon/confprovider.h"
#include "daemon/confsay.h"
#include "daemon/conftwin.h"

enum { TARGETS_MAX = 65536 };

void confsite_key(const struct confsite_origin *o, char ret_key[CONFTEXT_KEY_SIZE])
{
	int len = snprintf(ret_key, CONFTEXT_KEY_SIZE, "%s[%zu]%s%s",
			   confkeys_section_name(o->section), o->index,
			   o->key[0] != '\0' ? "." : "", o->key);

	MUST(len > 0 && len < CONFTEXT_KEY_SIZE);
	if (o->item != CONFSITE_NO_ITEM)
		(void)snprintf(ret_key + len, CONFTEXT_KEY_SIZE - (size_t)len, "[%ld]", o->item);
}

/* The reason is in r->err. */
bool confsite_blame(const struct confsite *s, const struct confsite_origin *o)
{
	char key[CONFTEXT_KEY_SIZE];

	confsite_key(o, key);
	return conftext_blame(&s->r->text, key, s->r->err);
}

/* "esx01:902", "[fd00::1]:902" */
const char *confsite_name(const struct confsite *s, const char *host, uint16_t port)
{
	char name[LIMIT_HOST_BYTES + sizeof "[]:65535"];
	bool v6 = strchr(host, ':') != NULL;

	(void)snprintf(name, sizeof name, "%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", port);
	return confpool_text(s->r->pool, name);
}

bool confsite_family_fits(const struct confsite *s, const char *host,
			  const struct confsite_origin *o)
{
	int family = s->conf->probe.family;
	struct addr numeric;

	if (family == AF_UNSPEC || !addr_parse(host, 0, &numeric) ||
	    addr_family(&numeric) == family)
		return true;
	(void)err_set(s->r->err, EINVAL, "%s is no IPv%d address, as probe.family asks", host,
		      family == AF_INET6 ? 6 : 4);
	return confsite_blame(s, o);
}

bool confsite_add(struct confsite *s, const struct conf_target *t, const struct confsite_origin *o)
{
	if (s->count == TARGETS_MAX) {
		(void)err_set(s->r->err, E2BIG, "more than %d ports to watch", TARGETS_MAX);
		return confsite_blame(s, o);
	}
	if (s->count == s->size) {
		s->size = s->size > 0 ? s->size * 2 : 64;
		s->targets = xreallocarray(s->targets, s->size, sizeof *s->targets);
		s->origins = xreallocarray(s->origins, s->size, sizeof *s->origins);
	}
	s->targets[s->count] = *t;
	s->origins[s->count++] = *o;
	return true;
}

bool confsite_check_ca(struct confsite *s, const char *place, const char *file)
{
	if (file == NULL || (s->ca_seen != NULL && strcmp(s->ca_seen, file) == 0))
		return true;
	if (!conffile_check_ca(s->r, place, file))
		return false;
	s->ca_seen = file;
	return true;
}

bool confsite_check_times(const struct confread *r, const char *place, const struct conf_target *t,
			  bool timeout_given)
{
	bool serve = t->timeout.ns <= t->interval.ns;
	const char *slower = serve ? "serve_interval" : "interval";
	char timeout[CONFSAY_SIZE];
	char interval[CONFSAY_SIZE];

	if (serve && (t->serve_interval.ns == 0 || t->timeout.ns <= t->serve_interval.ns))
		return true;
	confsay_span(t->timeout, timeout);
	confsay_span(serve ? t->serve_interval : t->interval, interval);
	return confread_fail(r, place, timeout_given ? "timeout" : slower,
			     "the timeout (%s) is longer than the %s (%s)", timeout, slower,
			     interval);
}

/* An empty list is a decision; no list at all is a mistake, unless others say what there is. */
static bool something_to_watch(const struct confsite *s)
{
	if (s->count > 0 || s->conf->discovery.on || conftext_has(&s->r->text, "providers") ||
	    conftext_has(&s->r->text, "endpoints"))
		return true;
	return confread_fail(s->r, "", "",
			     "names neither providers nor endpoints, so nothing is watched; if "
			     "that is meant, say \"providers: []\"");
}

static bool read_all(struct confsite *s)
{
	for (size_t i = 0; i < confschema_count(s->r->root, CONF_PROVIDER); i++)
		if (!confprovider_read(s, i))
			return false;
	for (size_t i = 0; i < confschema_count(s->r->root, CONF_ENDPOINT); i++)
		if (!confendpoint_read(s, i))
			return false;
	return something_to_watch(s) && conftwin_none(s);
}

bool confsite_read(const struct confread *r, struct conf *c)
{
	struct confsite s = { .r = r, .conf = c };
	bool ok = read_all(&s);

	if (ok) {
		c->targets = confpool_alloc(r->pool, s.count * sizeof *s.targets);
		c->target_count = s.count;
		c->hints = confpool_alloc(r->pool, s.hint_count * sizeof *s.hints);
		c->hint_count = s.hint_count;
		if (s.hint_count > 0)
			memcpy(c->hints, s.hints, s.hint_count * sizeof *s.hints);
		if (s.count > 0)
			memcpy(c->targets, s.targets, s.count * sizeof *s.targets);
	}
	free(s.targets);
	free(s.origins);
	free(s.hints);
	return ok;
}
