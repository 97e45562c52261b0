/* SPDX-License-Identifier: Apache-2.0 */
/* confmerge.c: see confmerge.h. */
#include "daemon/confmerge.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/hashset.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/when.h"
#include "daemon/conf.h"
#include "daemon/confpeers.h"
#include "daemon/confpool.h"
#include "daemon/conftwin.h"
#include "daemon/discovered.h"
#include "daemon/exported.h"
#include "daemon/managers.h"
#include "daemon/rendezvous.h"

enum { TARGETS_MAX = 65536, HTTPS_PORT = 443 };

/* A Provider, and what all its machines have of it. */
struct owner {
	const struct kubeobject *object;
	bool namesake;                /* another one has that name */
	const char *label;            /* in the pool */
	const struct conf_hint *hint; /* NULL: none */
	bool complete;                /* the inventory tells of all its machines */
};

struct merge {
	const struct conf *base;
	const struct discovered *set;
	struct confpool *pool; /* of what is made */
	struct conf_target *targets;
	size_t count;
	size_t size;
	struct hashset by_name; /* of targets; so is the next */
	struct hashset by_place;
	struct owner *owners; /* owned; NULL: nothing is discovered */
	size_t owner_count;
	struct hashset owner_refs;  /* of owners; so is the next */
	struct hashset owner_names; /* the first of each name */
	struct hashset at_address;  /* of machines: the first at each */
};

/* One machine, before its ports are targets. */
struct machine {
	const char *origin; /* in the pool */
	const char *provider;
	const struct conf_hint *hint; /* NULL: none */
	enum role role;
	const char *host;
	uint16_t port; /* the one that its URL gives; 0: the documented ones */
	struct pin pin;
};

/* ---- the targets so far */

static int compare_names(const void *a, const void *b)
{
	return conftwin_compare_names(a, b);
}

static int compare_places(const void *a, const void *b)
{
	return conftwin_compare_places(a, b);
}

/* Hosts are compared without regard to case. */
static uint64_t hash_place(const struct conf_target *t)
{
	char host[LIMIT_HOST_BYTES] = "";

	for (size_t i = 0; i + 1 < sizeof host && t->host[i] != '\0'; i++)
		host[i] = (char)tolower((unsigned char)t->host[i]);
	return rendezvous_hash(host) + t->port;
}

static void add(struct merge *m, const struct conf_target *t)
{
	const void **name = hashset_slot(&m->by_name, t, rendezvous_hash(t->name), compare_names);
	const void **place = hashset_slot(&m->by_place, t, hash_place(t), compare_places);

	if (m->count == m->size || *name != NULL || *place != NULL)
		return;
	m->targets[m->count] = *t;
	*name = *place = &m->targets[m->count++];
}

/* ---- machines */

static uint16_t actual_port(const struct machine *m, uint16_t documented)
{
	if (m->port != 0 && documented == HTTPS_PORT)
		return m->port;
	for (size_t i = 0; m->hint != NULL && i < m->hint->map_count; i++)
		if (m->hint->maps[i].from == documented)
			return m->hint->maps[i].to;
	return documented;
}

static const char *target_name(const struct merge *m, const char *host, uint16_t port)
{
	bool v6 = strchr(host, ':') != NULL;
	AUTO(text)
	char *name = xasprintf("%s%s%s:%u", v6 ? "[" : "", host, v6 ? "]" : "", port);

	return confpool_text(m->pool, name);
}

static bool family_fits(const struct conf *c, const char *host)
{
	struct addr numeric;

	return c->probe.family == AF_UNSPEC || !addr_parse(host, 0, &numeric) ||
	       addr_family(&numeric) == c->probe.family;
}

static void add_machine(struct merge *m, const struct machine *one)
{
	size_t count;
	const struct port_rule *rules = port_rules(&count);
	struct conf_target t = { .provider = one->provider,
				 .origin = one->origin,
				 .role = one->role,
				 .pin = one->pin,
				 .ca_file = one->hint != NULL ? one->hint->ca_file : NULL,
				 .interval = m->base->probe.interval,
				 .timeout = m->base->probe.timeout };

	if (!family_fits(m->base, one->host))
		return;
	t.host = confpool_text(m->pool, one->host);
	for (size_t i = 0; i < count; i++) {
		if (rules[i].role != one->role)
			continue;
		t.rule = &rules[i];
		t.dialect = rules[i].dialect;
		t.port = actual_port(one, rules[i].port);
		t.name = target_name(m, t.host, one->port != 0 ? t.port : rules[i].port);
		t.serve_interval = m->base->probe.serve_interval;
		if (t.dialect == DIALECT_TCP)
			t.serve_interval = (struct span){ 0 };
		add(m, &t);
	}
}

/* ---- Providers */

static void put_label(const struct kube_ref *ref, bool whole, char *ret_label)
{
	text_printf(ret_label, CONFMERGE_LABEL_SIZE, "%s%s%s", whole ? ref->namespace : "",
		    whole ? "/" : "", ref->name);
}

void confmerge_label(const struct discovered *set, const struct kubeobject *provider,
		     char *ret_label)
{
	size_t namesakes = 0;

	for (size_t i = 0; i < discovered_count(set, KUBE_PROVIDER); i++)
		namesakes += strcmp(discovered_get(set, KUBE_PROVIDER, i)->ref.name,
				    provider->ref.name) == 0;
	put_label(&provider->ref, namesakes > 1, ret_label);
}

/* By its name, or by namespace and name. */
static const struct conf_hint *hint_of(const struct conf *c, const struct kube_ref *ref)
{
	AUTO(text) char *whole = xasprintf("%s/%s", ref->namespace, ref->name);
	const struct conf_hint *found = NULL;

	for (size_t i = 0; i < c->hint_count; i++) {
		if (strcmp(c->hints[i].provider, whole) == 0)
			return &c->hints[i];
		if (strcmp(c->hints[i].provider, ref->name) == 0)
			found = &c->hints[i];
	}
	return found;
}

static int compare_owner_refs(const void *a, const void *b)
{
	return kubeobject_compare(((const struct owner *)a)->object,
				  ((const struct owner *)b)->object);
}

static int compare_owner_names(const void *a, const void *b)
{
	return strcmp(((const struct owner *)a)->object->ref.name,
		      ((const struct owner *)b)->object->ref.name);
}

static uint64_t hash_ref(const struct kube_ref *ref)
{
	return rendezvous_hash(ref->namespace) * 31 + rendezvous_hash(ref->name);
}

static void add_owners(struct merge *m)
{
	size_t count = discovered_count(m->set, KUBE_PROVIDER);

	m->owners = xcalloc(count + 1, sizeof *m->owners);
	m->owner_count = count;
	hashset_init(&m->owner_refs, count);
	hashset_init(&m->owner_names, count);
	for (size_t i = 0; i < count; i++) {
		struct owner *o = &m->owners[i];
		const void **first;

		o->object = discovered_get(m->set, KUBE_PROVIDER, i);
		o->hint = hint_of(m->base, &o->object->ref);
		*hashset_slot(&m->owner_refs, o, hash_ref(&o->object->ref), compare_owner_refs) = o;
		first = hashset_slot(&m->owner_names, o, rendezvous_hash(o->object->ref.name),
				     compare_owner_names);
		o->namesake = *first != NULL;
		if (o->namesake)
			m->owners[(const struct owner *)*first - m->owners].namesake = true;
		else
			*first = o;
	}
	for (size_t i = 0; i < count; i++) {
		char label[CONFMERGE_LABEL_SIZE];

		put_label(&m->owners[i].object->ref, m->owners[i].namesake, label);
		m->owners[i].label = confpool_text(m->pool, label);
	}
}

/* NULL: it is not there. */
static const struct owner *owner_of(struct merge *m, const struct kube_ref *ref)
{
	struct kubeobject object = { .kind = KUBE_PROVIDER, .ref = *ref };
	struct owner key = { .object = &object };

	return *hashset_slot(&m->owner_refs, &key, hash_ref(ref), compare_owner_refs);
}

/* ---- objects */

static const char *origin_of(const struct merge *m, const struct kubeobject *o)
{
	struct wall restored = discovered_restored(m->set, o);
	char at[WHEN_TEXT_SIZE];
	AUTO(text) char *text = NULL;

	when_format(restored, at);
	text = xasprintf("%s %s/%s%s%s", kube_kind_name(o->kind), o->ref.namespace, o->ref.name,
			 restored.ms != 0 ? ", last known " : "", restored.ms != 0 ? at : "");
	return confpool_text(m->pool, text);
}

static struct machine machine_of(const struct merge *m, const struct kubeobject *o,
				 const struct owner *owner)
{
	return (struct machine){ .origin = origin_of(m, o),
				 .provider = owner->label,
				 .hint = owner->hint };
}

static void add_provider(struct merge *m, const struct kubeobject *o)
{
	const struct kube_provider *p = &o->provider;
	struct machine one;

	if (p->source == KUBE_SOURCE_OTHER || p->host[0] == '\0')
		return;
	one = machine_of(m, o, owner_of(m, &o->ref));
	if (p->source == KUBE_SOURCE_OVIRT)
		one.role = ROLE_OVIRT_ENGINE;
	else
		one.role = p->esxi ? ROLE_ESXI : ROLE_VCENTER;
	one.host = p->host;
	one.port = p->port != HTTPS_PORT ? p->port : 0;
	one.pin = one.hint != NULL && one.hint->pin.len > 0 ? one.hint->pin : p->pin;
	add_machine(m, &one);
}

static int compare_addresses(const void *a, const void *b)
{
	return strcmp(((const struct kubeobject *)a)->host.address,
		      ((const struct kubeobject *)b)->host.address);
}

static void note_address(struct merge *m, const struct kubeobject *o)
{
	const void **first = hashset_slot(&m->at_address, o, rendezvous_hash(o->host.address),
					  compare_addresses);

	if (*first == NULL)
		*first = o;
}

/* Of a Host that has no pin: what the inventory knows of the machine at its address. */
static struct pin pin_of(struct merge *m, const struct kubeobject *o)
{
	const struct kubeobject *known;

	if (o->host.pin.len > 0)
		return o->host.pin;
	known = *hashset_slot(&m->at_address, o, rendezvous_hash(o->host.address),
			      compare_addresses);
	return known != NULL ? known->host.pin : o->host.pin;
}

static void add_host(struct merge *m, const struct kubeobject *o)
{
	const struct owner *owner = owner_of(m, &o->host.provider);
	struct machine one;

	if (owner == NULL || owner->object->provider.source != KUBE_SOURCE_VSPHERE ||
	    o->host.address[0] == '\0')
		return;
	one = machine_of(m, o, owner);
	one.role = ROLE_ESXI;
	one.host = o->host.address;
	one.pin = pin_of(m, o);
	add_machine(m, &one);
}

static void note_owner(struct merge *m, const struct kubeobject *o)
{
	const struct owner *owner = owner_of(m, &o->host.provider);

	if (owner != NULL)
		m->owners[owner - m->owners].complete = true;
}

static void add_kind(struct merge *m, enum kube_kind kind,
		     void (*one)(struct merge *m, const struct kubeobject *o))
{
	for (size_t i = 0; i < discovered_count(m->set, kind); i++)
		one(m, discovered_get(m->set, kind, i));
}

/* More than there will be. */
static size_t room(const struct conf *base, const struct discovered *set,
		   const struct exported *exported)
{
	size_t machines = exported != NULL ? exported->count : 0;
	size_t rules;

	(void)port_rules(&rules);
	if (base->discovery.on)
		machines += discovered_count(set, KUBE_PROVIDER) +
			    discovered_count(set, KUBE_HOST) + discovered_count(set, KUBE_MACHINE);
	if (base->target_count + machines * rules < TARGETS_MAX)
		return base->target_count + machines * rules;
	return base->target_count > TARGETS_MAX ? base->target_count : TARGETS_MAX;
}

/* All that is discovered, in order: of two the first one counts. */
static void add_discovered(struct merge *m)
{
	hashset_init(&m->at_address, discovered_count(m->set, KUBE_MACHINE));
	add_owners(m);
	add_kind(m, KUBE_MACHINE, note_address);
	add_kind(m, KUBE_MACHINE, note_owner);
	add_kind(m, KUBE_PROVIDER, add_provider);
	add_kind(m, KUBE_HOST, add_host);
	add_kind(m, KUBE_MACHINE, add_host);
	hashset_done(&m->at_address);
	hashset_done(&m->owner_names);
	hashset_done(&m->owner_refs);
}

/* ---- exports */

/* Where it is, and where it would be without a mapping of its port. */
static void add_static_manager(struct managers *all, const struct conf *base,
			       const struct conf_target *t)
{
	struct manager one = { .role = t->role,
			       .uid = "",
			       .host = t->host,
			       .port = t->port,
			       .provider = t->provider };

	for (size_t i = 0; i < base->hint_count; i++)
		if (strcmp(base->hints[i].provider, t->provider) == 0)
			one.hint = &base->hints[i];
	managers_add(all, &one);
	one.port = t->rule != NULL ? t->rule->port : t->port;
	managers_add(all, &one);
}

static void add_managers(const struct merge *m, struct managers *all)
{
	for (size_t i = 0; i < m->base->target_count; i++) {
		const struct conf_target *t = &m->base->targets[i];

		if (t->provider[0] != '\0' &&
		    (t->role == ROLE_VCENTER || t->role == ROLE_OVIRT_ENGINE))
			add_static_manager(all, m->base, t);
	}
	for (size_t i = 0; i < m->owner_count; i++) {
		const struct owner *o = &m->owners[i];
		const struct kube_provider *p = &o->object->provider;

		if (p->source != KUBE_SOURCE_OTHER && !p->esxi)
			managers_add(all, &(struct manager){ .role = p->source == KUBE_SOURCE_OVIRT
									     ? ROLE_OVIRT_ENGINE
									     : ROLE_VCENTER,
							     .uid = o->object->uid,
							     .host = p->host,
							     .port = p->port,
							     .provider = o->label,
							     .hint = o->hint,
							     .complete = o->complete });
	}
}

/* Of providers that are known; what knows of itself is not told by what was once written down. */
static void add_exported(struct merge *m, const struct exported *exported, struct conf *c)
{
	struct managers all;

	managers_init(&all, 2 * m->base->target_count + m->owner_count);
	add_managers(m, &all);
	for (size_t i = 0; i < exported->count; i++) {
		const struct exported_host *h = &exported->list[i];
		const struct manager *whose = managers_find(&all, h);

		c->strangers += whose == NULL;
		if (whose != NULL && !whose->complete)
			add_machine(m, &(struct machine){ .origin = CONFMERGE_EXPORT,
							  .provider = whose->provider,
							  .hint = whose->hint,
							  .role = h->role,
							  .host = h->address,
							  .pin = h->pin });
	}
	managers_done(&all);
}

struct conf *confmerge_new(const struct conf *base, const struct discovered *set,
			   const struct exported *exported)
{
	struct confpool *pool = confpool_new();
	struct conf *c = confpool_alloc(pool, sizeof *c);
	struct merge m = { .base = base, .set = set, .pool = pool };

	*c = *base;
	c->memory = pool;
	m.size = room(base, set, exported);
	m.targets = confpool_alloc(pool, (m.size + 1) * sizeof *m.targets);
	hashset_init(&m.by_name, m.size);
	hashset_init(&m.by_place, m.size);
	for (size_t i = 0; i < base->target_count; i++)
		add(&m, &base->targets[i]);
	if (base->discovery.on)
		add_discovered(&m);
	if (exported != NULL)
		add_exported(&m, exported, c);
	free(m.owners);
	if (base->discovery.on && base->discovery.pods[0] != '\0' &&
	    discovered_count(set, KUBE_POD) > 0)
		confpeers_add(set, pool, c);
	hashset_done(&m.by_place);
	hashset_done(&m.by_name);
	c->targets = m.targets;
	c->target_count = m.count;
	return c;
}
