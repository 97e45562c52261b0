/* SPDX-License-Identifier: Apache-2.0 */
/* watchlist.c: see watchlist.h. */
#include "cli/watchlist.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/mem.h"
#include "base/parse.h"

/* The characters of a name in the configuration, which are harmless in YAML's quotes too. */
#define LETTERS         "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define NAME_CHARACTERS LETTERS "._-:/@"

enum { NAME_MAX_BYTES = 240, DOCUMENTED_PORT = 443 };

static bool same(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcasecmp(a, b) == 0;
}

static bool name_taken(const struct watchlist *w, const char *name)
{
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->providers[i].name, name) == 0)
			return true;
	return false;
}

/* exported as a name that the configuration takes, and that no other provider has.  Owned. */
static char *name_for(const struct watchlist *w, const char *exported)
{
	AUTO(text) char *name = xstrndup(exported, strnlen(exported, NAME_MAX_BYTES));
	char *unique;

	for (char *p = name; *p != '\0'; p++)
		if (strchr(NAME_CHARACTERS, *p) == NULL)
			*p = '-';
	unique = xasprintf("%s%s", strspn(name, LETTERS) > 0 ? "" : "source", name);
	for (unsigned n = 2; name_taken(w, unique); n++) {
		free(unique);
		unique = xasprintf("%s-%u", name, n);
	}
	return unique;
}

static struct watchlist_provider *provider_of(struct watchlist *w, const struct offer *o)
{
	bool ovirt = strcmp(o->type, "ovirt") == 0;

	for (size_t i = 0; i < w->count; i++)
		if (w->providers[i].ovirt == ovirt &&
		    strcmp(w->providers[i].exported, o->provider) == 0)
			return &w->providers[i];
	if (w->count == w->size) {
		w->size = w->size > 0 ? w->size * 2 : 8;
		w->providers = xreallocarray(w->providers, w->size, sizeof *w->providers);
	}
	w->providers[w->count] = (struct watchlist_provider){ .exported = xstrdup(o->provider),
							      .name = name_for(w, o->provider),
							      .ovirt = ovirt };
	return &w->providers[w->count++];
}

/* What the configuration takes for the place; owned, NULL when it would take it for none. */
static char *place_of(const char *text, bool machine)
{
	char host[LIMIT_HOST_BYTES];
	uint16_t port;

	if (text == NULL || !parse_hostport(text, host, sizeof host, &port) ||
	    !parse_is_host(host) || strchr(host, '%') != NULL)
		return NULL;
	if (port == 0 || port == DOCUMENTED_PORT)
		return xstrdup(host);
	return xasprintf(strchr(host, ':') != NULL ? "[%s]:%s%u" : "%s:%s%u", host,
			 machine ? "443=" : "", port);
}

/* The name of the provider that has the place already; NULL: none has. */
static const char *taken_by(const struct watchlist *w, const char *place)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct watchlist_provider *p = &w->providers[i];

		if (same(p->place, place))
			return p->name;
		for (size_t k = 0; k < p->count; k++)
			if (same(p->hosts[k].address, place))
				return p->name;
	}
	return NULL;
}

static char *copy(const char *text)
{
	return text != NULL && text[0] != '\0' ? xstrdup(text) : NULL;
}

static void add_host(struct watchlist_provider *p, struct watchlist_host h)
{
	if (p->count == p->size) {
		p->size = p->size > 0 ? p->size * 2 : 16;
		p->hosts = xreallocarray(p->hosts, p->size, sizeof *p->hosts);
	}
	p->hosts[p->count++] = h;
}

/* SHA-1 or SHA-256; NULL when it is neither.  Owned. */
static char *fingerprint_of(const char *text)
{
	enum { SHA1_BYTES = 20, SHA256_BYTES = 32 };
	uint8_t bytes[SHA256_BYTES];
	size_t len;

	if (text == NULL || !parse_hex(text, sizeof bytes, bytes, &len) ||
	    (len != SHA1_BYTES && len != SHA256_BYTES))
		return NULL;
	return xstrdup(text);
}

/* Why the place that is offered cannot be watched; NULL: it can.  Owned. */
static char *objection(const struct watchlist *w, const struct watchlist_provider *p,
		       const struct offer *o, const char *place, bool itself)
{
	const char *taken = place != NULL ? taken_by(w, place) : NULL;

	if (taken != NULL)
		return xasprintf("%s is watched as part of %s", place, taken);
	if (place != NULL && itself && p->place != NULL)
		return xasprintf("%s is one more of %s, which is %s", place, p->name, p->place);
	if (place != NULL)
		return NULL;
	if (o->address != NULL && o->address[0] != '\0')
		return xasprintf("'%s' is no address", o->address);
	return xasprintf("no export tells its address%s",
			 p->ovirt ? "; that of oVirt's own API would" : "");
}

void watchlist_add(void *owner, const struct offer *o)
{
	struct watchlist *w = owner;
	bool itself = strcmp(o->role, "vcenter") == 0 || strcmp(o->role, "ovirt-engine") == 0;
	struct watchlist_provider *p = provider_of(w, o);
	char *place = place_of(o->address, !itself);
	char *why = objection(w, p, o, place, itself);

	if (why != NULL) {
		add_host(p, (struct watchlist_host){ .name = copy(o->name), .why = why });
		free(place);
	} else if (itself) {
		p->place = place;
		p->fingerprint = fingerprint_of(o->fingerprint);
	} else {
		add_host(p, (struct watchlist_host){
				    .address = place,
				    .name = same(o->name, place) ? NULL : copy(o->name),
				    .fingerprint = fingerprint_of(o->fingerprint) });
	}
}

bool watchlist_some(const struct watchlist *w)
{
	for (size_t i = 0; i < w->count; i++) {
		const struct watchlist_provider *p = &w->providers[i];

		if (p->place != NULL)
			return true;
		for (size_t k = 0; k < p->count; k++)
			if (p->hosts[k].address != NULL)
				return true;
	}
	return false;
}

void watchlist_done(struct watchlist *w)
{
	for (size_t i = 0; i < w->count; i++) {
		struct watchlist_provider *p = &w->providers[i];

		for (size_t k = 0; k < p->count; k++) {
			free(p->hosts[k].address);
			free(p->hosts[k].name);
			free(p->hosts[k].fingerprint);
			free(p->hosts[k].why);
		}
		free(p->exported);
		free(p->name);
		free(p->place);
		free(p->fingerprint);
		free(p->hosts);
	}
	free(w->providers);
	*w = (struct watchlist){ 0 };
}
