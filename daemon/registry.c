/* SPDX-License-Identifier: Apache-2.0 */
/* registry.c: see registry.h. */
#include "daemon/registry.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/addresses.h"
#include "daemon/confsame.h"
#include "daemon/former.h"
#include "daemon/place.h"
#include "daemon/provider.h"
#include "daemon/served.h"
#include "probes/cert.h"

struct registry {
	struct keeper keeper;
	struct list hosts;
	struct list targets;
	struct providers *providers; /* owned */
	struct places *places;       /* owned */
	void *by_name;               /* tree of struct host, by name */
	struct formers *formers;     /* owned */
	size_t endpoint_count;
	int64_t last_id;
	int family;              /* of names' addresses; AF_UNSPEC: both */
	const struct conf *conf; /* borrowed; in force */
	bool *watched;           /* owned; which of its targets are; NULL: all */
	size_t looked;           /* …so many were looked at */
};

/* Where it was left, or nowhere yet. */
static void restore(struct state *s, const struct former *f, enum aspect a)
{
	state_init(s);
	if (f != NULL && f->value[a] != STATE_NOTHING)
		state_restore(s, a, f->value[a], f->since[a]);
}

/* ---- endpoints */

struct store_endpoint endpoint_identity(const struct endpoint *e, char ret_address[ADDR_TEXT_SIZE])
{
	const struct conf_target *c = e->target->conf;

	addr_format(&e->addr, ret_address);
	return (struct store_endpoint){ .id = e->id,
					.provider = c->provider,
					.role = role_name(c->role),
					.name = c->name,
					.host = c->host,
					.address = ret_address,
					.port = c->port,
					.check = dialect_name(c->dialect) };
}

struct store_endpoint host_identity(const struct host *h)
{
	return (struct store_endpoint){ .id = h->id,
					.provider = "",
					.role = role_name(ROLE_NONE),
					.name = h->name,
					.host = h->name,
					.address = "",
					.check = "name" };
}

static void endpoint_begin(struct registry *r, struct target *t, const struct addr *address)
{
	struct endpoint *e = xcalloc(1, sizeof *e);
	char text[ADDR_TEXT_SIZE];
	struct store_endpoint identity;
	struct former former;
	struct former *f = NULL;

	e->target = t;
	e->addr = *address;
	addr_set_port(&e->addr, t->conf->port);
	e->rtt_us = -1;
	identity = endpoint_identity(e, text);
	if (formers_take(r->formers, &identity, &former))
		f = &former;
	e->id = f != NULL ? f->id : ++r->last_id;
	e->shown = f != NULL ? f->cert : NULL;
	e->alarm.good = f != NULL ? f->open : (struct wall){ 0 };
	for (int a = 0; a < ENDPOINT_ASPECTS; a++)
		restore(&e->states[a], f, (enum aspect)a);
	e->place = places_take(r->places, address);
	list_push_back(&t->endpoints, &e->link);
	r->endpoint_count++;
	r->keeper.endpoint_began(r->keeper.owner, e);
}

static void endpoint_end(struct registry *r, struct endpoint *e)
{
	char text[ADDR_TEXT_SIZE];
	struct store_endpoint identity = endpoint_identity(e, text);

	r->keeper.endpoint_ended(r->keeper.owner, e);
	MUST(e->reaching == NULL && e->serving == NULL && e->chunk == NULL);
	formers_put(r->formers, &identity);
	link_remove(&e->link);
	places_release(r->places, e->place);
	served_free(e->served);
	cert_free(e->shown);
	r->endpoint_count--;
	free(e);
}

static struct endpoint *first_endpoint(const struct target *t)
{
	struct link *k = list_first(&t->endpoints);

	return k != NULL ? container_of(k, struct endpoint, link) : NULL;
}

/* The endpoint of t at that address; NULL: none. */
static struct endpoint *endpoint_at(const struct target *t, const struct addr *address)
{
	for (struct link *k = list_first(&t->endpoints); k != NULL;
	     k = list_next(&t->endpoints, k)) {
		struct endpoint *e = container_of(k, struct endpoint, link);

		if (addr_same_host(&e->addr, address))
			return e;
	}
	return NULL;
}

/* ---- hosts */

/* False when there are too many. */
static bool add_address(struct registry *r, struct host *h, const struct addr *addr)
{
	if (h->addr_count == HOST_ADDRS_MAX)
		return false;
	addresses_add(h, addr);
	for (struct link *k = list_first(&h->targets); k != NULL; k = list_next(&h->targets, k))
		endpoint_begin(r, container_of(k, struct target, of_host), addr);
	return true;
}

static void drop_address(struct registry *r, struct host *h, size_t i)
{
	struct addr addr = h->addrs[i].addr;

	memmove(&h->addrs[i], &h->addrs[i + 1], (h->addr_count - i - 1) * sizeof h->addrs[0]);
	h->addr_count--;
	for (struct link *k = list_first(&h->targets); k != NULL; k = list_next(&h->targets, k)) {
		struct endpoint *e = endpoint_at(container_of(k, struct target, of_host), &addr);

		if (e != NULL)
			endpoint_end(r, e);
	}
}

static bool family_fits(const struct registry *r, const struct addr *addr)
{
	return r->family == AF_UNSPEC || addr_family(addr) == r->family;
}

/* An address of a family that is not asked for any more would never be missed in an answer. */
static void drop_other_family(struct registry *r, struct host *h)
{
	for (size_t i = h->addr_count; i > 0 && !h->numeric; i--)
		if (!family_fits(r, &h->addrs[i - 1].addr))
			drop_address(r, h, i - 1);
}

/* A name takes up where it was left: its state, and the last known addresses. */
static void host_begin_name(struct registry *r, struct host *h)
{
	struct store_endpoint identity = host_identity(h);
	struct addr addrs[HOST_ADDRS_MAX];
	struct former former;
	struct former *f = NULL;
	size_t count;

	if (formers_take(r->formers, &identity, &former))
		f = &former;
	h->id = f != NULL ? f->id : ++r->last_id;
	restore(&h->state, f, ASPECT_NAME);
	count = formers_addresses(r->formers, h->name, addrs, ARRAY_LEN(addrs));
	for (size_t i = 0; i < count; i++)
		if (family_fits(r, &addrs[i]))
			addresses_add(h, &addrs[i]);
}

static int compare_hosts(const void *a, const void *b)
{
	return strcmp(((const struct host *)a)->name, ((const struct host *)b)->name);
}

static struct host *host_get(struct registry *r, const char *name)
{
	struct host *h = xcalloc(1, sizeof *h);
	struct addr numeric;
	struct host **at;

	h->name = xstrdup(name);
	at = tsearch(h, &r->by_name, compare_hosts);
	MUST(at != NULL);
	if (*at != h) {
		free(h->name);
		free(h);
		return *at;
	}
	list_init(&h->targets);
	list_push_back(&r->hosts, &h->link);
	state_init(&h->state);
	h->numeric = addr_parse(name, 0, &numeric);
	if (h->numeric)
		addresses_add(h, &numeric);
	else
		host_begin_name(r, h);
	r->keeper.host_began(r->keeper.owner, h);
	return h;
}

static void host_end(struct registry *r, struct host *h)
{
	r->keeper.host_ended(r->keeper.owner, h);
	MUST(h->lookup == NULL && list_empty(&h->targets));
	if (!h->numeric) {
		struct store_endpoint identity = host_identity(h);

		formers_put(r->formers, &identity);
	}
	(void)tdelete(h, &r->by_name, compare_hosts);
	link_remove(&h->link);
	free(h->addrs);
	free(h->name);
	free(h);
}

bool registry_addresses(struct registry *r, struct host *h, const struct addr *addrs, size_t count,
			bool v4_answered, bool v6_answered)
{
	bool changed = false;

	for (size_t i = 0; i < h->addr_count;) {
		struct known_addr *k = &h->addrs[i];
		bool asked = addr_family(&k->addr) == AF_INET ? v4_answered : v6_answered;

		if (addr_listed(addrs, count, &k->addr))
			k->absent = 0;
		else if (asked)
			k->absent++;
		if (k->absent >= ANSWERS_TO_FORGET) {
			drop_address(r, h, i);
			changed = true;
		} else {
			i++;
		}
	}
	for (size_t i = 0; i < count; i++)
		if (family_fits(r, &addrs[i]) && !addresses_has(h, &addrs[i]) &&
		    add_address(r, h, &addrs[i]))
			changed = true;
	return changed;
}

/* ---- targets */

static void target_begin(struct registry *r, const struct conf_target *c)
{
	struct target *t = xcalloc(1, sizeof *t);

	t->conf = c;
	t->host = host_get(r, c->host);
	t->provider = providers_get(r->providers, c->provider);
	list_init(&t->endpoints);
	list_push_back(&r->targets, &t->link);
	list_push_back(&t->host->targets, &t->of_host);
	for (size_t i = 0; i < t->host->addr_count; i++)
		endpoint_begin(r, t, &t->host->addrs[i].addr);
}

static void target_end(struct registry *r, struct target *t)
{
	struct endpoint *e;

	while ((e = first_endpoint(t)) != NULL)
		endpoint_end(r, e);
	link_remove(&t->link);
	link_remove(&t->of_host);
	free(t);
}

/* Those without a target.  A host whose targets are only exchanged keeps its addresses. */
static void end_hosts(struct registry *r)
{
	struct link *next;

	for (struct link *k = list_first(&r->hosts); k != NULL; k = next) {
		struct host *h = container_of(k, struct host, link);

		next = list_next(&r->hosts, k);
		if (list_empty(&h->targets))
			host_end(r, h);
	}
}

static int compare_conf_targets(const void *a, const void *b)
{
	const struct conf_target *x = *(const struct conf_target *const *)a;
	const struct conf_target *y = *(const struct conf_target *const *)b;

	return strcmp(x->name, y->name);
}

static void target_renew(struct registry *r, struct target *t, const struct conf_target *c)
{
	bool manner = conf_same_manner(t->conf, c);

	if (strcmp(t->conf->provider, c->provider) != 0)
		t->provider = providers_get(r->providers, c->provider);
	t->conf = c;
	for (struct link *k = list_first(&t->endpoints); !manner && k != NULL;
	     k = list_next(&t->endpoints, k))
		r->keeper.endpoint_changed(r->keeper.owner, container_of(k, struct endpoint, link));
}

/* Old targets: those that stay get their new configuration, the others end. */
static void renew_targets(struct registry *r, const struct conf_target **sorted, size_t count)
{
	struct link *next;

	for (struct link *k = list_first(&r->targets); k != NULL; k = next) {
		struct target *t = container_of(k, struct target, link);
		const struct conf_target **found =
			count > 0 ? bsearch(&t->conf, sorted, count, sizeof(struct conf_target *),
					    compare_conf_targets)
				  : NULL;

		next = list_next(&r->targets, k);
		if (found != NULL && conf_same_way(t->conf, *found)) {
			target_renew(r, t, *found);
			r->watched[*found - r->conf->targets] = true;
		} else {
			target_end(r, t);
		}
	}
}

bool registry_go_on(struct registry *r, size_t most)
{
	if (r->watched == NULL)
		return false;
	for (size_t i = 0; i < most && r->looked < r->conf->target_count; r->looked++)
		if (!r->watched[r->looked]) {
			target_begin(r, &r->conf->targets[r->looked]);
			i++;
		}
	if (r->looked < r->conf->target_count)
		return true;
	free(r->watched);
	r->watched = NULL;
	end_hosts(r);
	if (!r->conf->partial)
		formers_settle(r->formers, r->keeper.past_gone, r->keeper.owner);
	return false;
}

void registry_reconcile(struct registry *r, const struct conf *conf)
{
	const struct conf_target **sorted =
		xcalloc(conf->target_count + 1, sizeof(struct conf_target *));

	for (size_t i = 0; i < conf->target_count; i++)
		sorted[i] = &conf->targets[i];
	qsort(sorted, conf->target_count, sizeof(struct conf_target *), compare_conf_targets);
	free(r->watched);
	r->watched = xcalloc(conf->target_count + 1, sizeof *r->watched);
	r->looked = 0;
	r->conf = conf;
	r->family = conf->probe.family;
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		drop_other_family(r, h);
	renew_targets(r, sorted, conf->target_count);
	free(sorted);
	(void)registry_go_on(r, REGISTRY_STEP);
}

/* ---- start and end */

struct registry *registry_new(const struct keeper *keeper, const struct store_pasts *pasts)
{
	struct registry *r = xcalloc(1, sizeof *r);

	r->keeper = *keeper;
	list_init(&r->hosts);
	list_init(&r->targets);
	r->providers = providers_new();
	r->places = places_new();
	r->formers = formers_new(pasts);
	r->last_id = pasts != NULL ? pasts->max_id : 0;
	return r;
}

void registry_free(struct registry *r)
{
	struct link *k;

	if (r == NULL)
		return;
	while ((k = list_first(&r->targets)) != NULL)
		target_end(r, container_of(k, struct target, link));
	end_hosts(r);
	free(r->watched);
	providers_free(r->providers);
	formers_free(r->formers);
	MUST(r->by_name == NULL);
	places_free(r->places);
	free(r);
}

/* ---- looking */

struct host *registry_next_host(const struct registry *r, const struct host *h)
{
	struct link *k = h == NULL ? list_first(&r->hosts) : list_next(&r->hosts, &h->link);

	return k != NULL ? container_of(k, struct host, link) : NULL;
}

struct target *registry_next_target(const struct registry *r, const struct target *t)
{
	struct link *k = t == NULL ? list_first(&r->targets) : list_next(&r->targets, &t->link);

	return k != NULL ? container_of(k, struct target, link) : NULL;
}

struct endpoint *registry_next_endpoint(const struct registry *r, const struct endpoint *e)
{
	struct target *t = e != NULL ? e->target : registry_next_target(r, NULL);
	struct link *k = e != NULL ? list_next(&t->endpoints, &e->link) : NULL;

	if (k != NULL)
		return container_of(k, struct endpoint, link);
	if (e != NULL)
		t = registry_next_target(r, t);
	for (; t != NULL; t = registry_next_target(r, t))
		if (!list_empty(&t->endpoints))
			return first_endpoint(t);
	return NULL;
}

size_t registry_endpoint_count(const struct registry *r)
{
	return r->endpoint_count;
}

struct endpoint *registry_find(const struct registry *r, int64_t id)
{
	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;)
		if (e->id == id)
			return e;
	return NULL;
}

struct host *registry_find_host(const struct registry *r, int64_t id)
{
	for (struct host *h = NULL; (h = registry_next_host(r, h)) != NULL;)
		if (h->id == id && !h->numeric)
			return h;
	return NULL;
}

struct endpoint *registry_sibling(const struct endpoint *e, enum dialect dialect)
{
	const struct host *h = e->target->host;

	for (struct link *k = list_first(&h->targets); k != NULL; k = list_next(&h->targets, k)) {
		struct target *t = container_of(k, struct target, of_host);

		if (t->conf->dialect == dialect)
			return endpoint_at(t, &e->addr);
	}
	return NULL;
}
