/* SPDX-License-Identifier: Apache-2.0 */
/* confmerge.c: see confmerge.h. */
#include "daemon/confmerge.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "base/when.h"
#include "daemon/conf.h"
#include "daemon/confpool.h"
#include "daemon/conftwin.h"
#include "daemon/discovered.h"
#include "daemon/rendezvous.h"

enum { TARGETS_MAX = 65536, HTTPS_PORT = 443 };

struct merge {
	const struct conf *base;
	const struct discovered *set;
	struct confpool *pool; /* of what is made */
	struct conf_target *targets;
	size_t count;
	size_t size;
	/* Trees of pointers into targets, which does not move. */
	void *by_name;
	void *by_place;
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

static void keep_memory(void *node)
{
	(void)node;
}

static void add(struct merge *m, const struct conf_target *t)
{
	struct conf_target *kept = &m->targets[m->count];

	if (m->count == m->size || tfind(t, &m->by_name, compare_names) != NULL ||
	    tfind(t, &m->by_place, compare_places) != NULL)
		return;
	*kept = *t;
	m->count++;
	MUST(tsearch(kept, &m->by_name, compare_names) != NULL &&
	     tsearch(kept, &m->by_place, compare_places) != NULL);
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

/* ---- objects */

void confmerge_label(const struct discovered *set, const struct kubeobject *provider,
		     char *ret_label)
{
	size_t namesakes = 0;

	for (size_t i = 0; i < discovered_count(set, KUBE_PROVIDER); i++)
		namesakes += strcmp(discovered_get(set, KUBE_PROVIDER, i)->ref.name,
				    provider->ref.name) == 0;
	if (namesakes > 1)
		text_printf(ret_label, CONFMERGE_LABEL_SIZE, "%s/%s", provider->ref.namespace,
			    provider->ref.name);
	else
		text_printf(ret_label, CONFMERGE_LABEL_SIZE, "%s", provider->ref.name);
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
				 const struct kubeobject *provider)
{
	char label[CONFMERGE_LABEL_SIZE];

	confmerge_label(m->set, provider, label);
	return (struct machine){ .origin = origin_of(m, o),
				 .provider = confpool_text(m->pool, label),
				 .hint = hint_of(m->base, &provider->ref) };
}

static void add_provider(struct merge *m, const struct kubeobject *o)
{
	const struct kube_provider *p = &o->provider;
	struct machine one;

	if (p->source == KUBE_SOURCE_OTHER || p->host[0] == '\0')
		return;
	one = machine_of(m, o, o);
	if (p->source == KUBE_SOURCE_OVIRT)
		one.role = ROLE_OVIRT_ENGINE;
	else
		one.role = p->esxi ? ROLE_ESXI : ROLE_VCENTER;
	one.host = p->host;
	one.port = p->port != HTTPS_PORT ? p->port : 0;
	one.pin = one.hint != NULL && one.hint->pin.len > 0 ? one.hint->pin : p->pin;
	add_machine(m, &one);
}

/* Of a Host that has no pin: what the inventory knows of the machine at its address. */
static struct pin pin_at(const struct merge *m, const struct kube_host *h)
{
	for (size_t i = 0; i < discovered_count(m->set, KUBE_MACHINE) && h->pin.len == 0; i++) {
		const struct kube_host *k = &discovered_get(m->set, KUBE_MACHINE, i)->host;

		if (strcmp(k->address, h->address) == 0)
			return k->pin;
	}
	return h->pin;
}

static void add_host(struct merge *m, const struct kubeobject *o)
{
	const struct kubeobject *provider =
		discovered_find(m->set, KUBE_PROVIDER, &o->host.provider);
	struct machine one;

	if (provider == NULL || provider->provider.source != KUBE_SOURCE_VSPHERE ||
	    o->host.address[0] == '\0')
		return;
	one = machine_of(m, o, provider);
	one.role = ROLE_ESXI;
	one.host = o->host.address;
	one.pin = pin_at(m, &o->host);
	add_machine(m, &one);
}

static void add_kind(struct merge *m, enum kube_kind kind,
		     void (*one)(struct merge *m, const struct kubeobject *o))
{
	for (size_t i = 0; i < discovered_count(m->set, kind); i++)
		one(m, discovered_get(m->set, kind, i));
}

/* More than there will be. */
static size_t room(const struct conf *base, const struct discovered *set)
{
	size_t machines = discovered_count(set, KUBE_PROVIDER) + discovered_count(set, KUBE_HOST) +
			  discovered_count(set, KUBE_MACHINE);
	size_t rules;

	(void)port_rules(&rules);
	if (base->target_count + machines * rules < TARGETS_MAX)
		return base->target_count + machines * rules;
	return base->target_count > TARGETS_MAX ? base->target_count : TARGETS_MAX;
}

/* Those of ready pods, and this one, which is there to ask. */
static void add_peers(const struct discovered *set, struct confpool *pool, struct conf *c)
{
	size_t pods = discovered_count(set, KUBE_POD);
	uint64_t *peers = confpool_alloc(pool, (pods + 1) * sizeof *peers);
	size_t count = 0;

	c->probe.self = rendezvous_hash(c->node);
	peers[count++] = c->probe.self;
	for (size_t i = 0; i < pods; i++) {
		const struct kube_pod *p = &discovered_get(set, KUBE_POD, i)->pod;
		uint64_t hash = rendezvous_hash(p->node);
		size_t k = 0;

		while (k < count && peers[k] != hash)
			k++;
		if (p->ready && p->node[0] != '\0' && k == count)
			peers[count++] = hash;
	}
	c->probe.peers = peers;
	c->probe.peer_count = count;
	c->probe.nodes = (unsigned)count;
}

struct conf *confmerge_new(const struct conf *base, const struct discovered *set)
{
	struct confpool *pool = confpool_new();
	struct conf *c = confpool_alloc(pool, sizeof *c);
	struct merge m = { .base = base, .set = set, .pool = pool };

	*c = *base;
	c->memory = pool;
	m.size = base->discovery.on ? room(base, set) : base->target_count;
	m.targets = confpool_alloc(pool, (m.size + 1) * sizeof *m.targets);
	for (size_t i = 0; i < base->target_count; i++)
		add(&m, &base->targets[i]);
	if (base->discovery.on) {
		add_kind(&m, KUBE_PROVIDER, add_provider);
		add_kind(&m, KUBE_HOST, add_host);
		add_kind(&m, KUBE_MACHINE, add_host);
	}
	if (base->discovery.on && base->discovery.pods[0] != '\0' &&
	    discovered_count(set, KUBE_POD) > 0)
		add_peers(set, pool, c);
	tdestroy(m.by_name, keep_memory);
	tdestroy(m.by_place, keep_memory);
	c->targets = m.targets;
	c->target_count = m.count;
	return c;
}
