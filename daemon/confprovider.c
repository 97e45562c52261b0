/* SPDX-License-Identifier: Apache-2.0 */
/* confprovider.c: see confprovider.h. */
#include "daemon/confprovider.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/confhost.h"
#include "daemon/confpool.h"
#include "daemon/confsite.h"

/* A machine of a provider, one target for each documented port. */
struct machine {
	struct confsite_origin origin;
	enum role role;
	char host[LIMIT_HOST_BYTES];
	uint16_t port; /* the one port of it; 0: the documented ones */
	struct confhost_maps maps;
	const struct confhost_maps *common; /* of the provider */
};

static uint16_t mapped(const struct confhost_maps *maps, uint16_t port)
{
	for (unsigned i = 0; i < maps->count; i++)
		if (maps->map[i].from == port)
			return maps->map[i].to;
	return 0;
}

static bool maps_documented(const struct confsite *s, const struct machine *m)
{
	for (unsigned i = 0; i < m->maps.count; i++)
		if (port_rule_find(m->role, m->maps.map[i].from) == NULL) {
			(void)err_set(s->r->err, EINVAL, "port %u is not documented for %s",
				      m->maps.map[i].from, role_name(m->role));
			return confsite_blame(s, &m->origin);
		}
	return true;
}

static uint16_t actual_port(const struct machine *m, const struct port_rule *rule)
{
	uint16_t own = m->port != 0 ? m->port : mapped(&m->maps, rule->port);
	uint16_t common = mapped(m->common, rule->port);

	if (own != 0)
		return own;
	return common != 0 ? common : rule->port;
}

static bool add_machine(struct confsite *s, const struct machine *m,
			const struct conf_target *common)
{
	size_t count;
	const struct port_rule *rules = port_rules(&count);
	struct conf_target t = *common;

	if (!maps_documented(s, m) || !confsite_family_fits(s, m->host, &m->origin))
		return false;
	t.role = m->role;
	t.host = confpool_text(s->r->pool, m->host);
	for (size_t i = 0; i < count; i++) {
		if (rules[i].role != m->role)
			continue;
		t.rule = &rules[i];
		t.dialect = rules[i].dialect;
		t.port = actual_port(m, t.rule);
		t.name = confsite_name(s, t.host, m->port != 0 ? m->port : t.rule->port);
		t.serve_interval = s->conf->probe.serve_interval;
		if (t.dialect == DIALECT_TCP)
			t.serve_interval = (struct span){ 0 };
		if (!confsite_add(s, &t, &m->origin))
			return false;
	}
	return true;
}

/* The vCenter or engine: the pin of the provider is its. */
static bool add_manager(struct confsite *s, struct machine *m, const char *text,
			const struct pin *pin, const struct conf_target *common)
{
	struct conf_target t = *common;

	if (text == NULL)
		return true;
	MUST(confhost_parse_place(text, m->host, &m->port, s->r->err));
	m->maps.count = 0;
	m->origin.item = CONFSITE_NO_ITEM;
	t.pin = *pin;
	return add_machine(s, m, &t);
}

static bool add_hosts(struct confsite *s, struct machine *m, const struct conf_list *hosts,
		      const struct conf_target *common)
{
	m->port = 0;
	for (size_t i = 0; i < hosts->count; i++) {
		MUST(confhost_parse_machine(hosts->text[i], m->host, &m->maps, s->r->err));
		m->origin.item = (long)i;
		if (!add_machine(s, m, common))
			return false;
	}
	return true;
}

/* The words and roles of a kind of provider. */
static const struct {
	const char *manager;
	const char *hosts;
	const char *name;
	enum role manager_role;
	enum role host_role;
} kinds[] = {
	[KIND_VSPHERE] = { "vcenter", "esxi", "vsphere", ROLE_VCENTER, ROLE_ESXI },
	[KIND_OVIRT] = { "engine", "hosts", "ovirt", ROLE_OVIRT_ENGINE, ROLE_OVIRT_HOST },
};

static bool provider_is_new(struct confsite *s, const char *place, const char *name)
{
	for (size_t i = 0; i < s->hint_count; i++)
		if (strcmp(s->hints[i].provider, name) == 0) {
			struct confsite_origin first = { CONF_PROVIDER, i, "name",
							 CONFSITE_NO_ITEM };
			char key[CONFTEXT_KEY_SIZE];

			confsite_key(&first, key);
			return confread_fail(s->r, place, "name",
					     "the name is taken by providers[%zu] (line %u)", i,
					     conftext_line(&s->r->text, key));
		}
	return true;
}

static void keep_hint(struct confsite *s, const struct conf_provider *p,
		      const struct confhost_maps *maps)
{
	struct conf_hint h = {
		.provider = p->name, .ca_file = p->ca_file, .pin = p->pin, .map_count = maps->count
	};

	h.maps = confpool_alloc(s->r->pool, maps->count * sizeof *h.maps);
	for (unsigned i = 0; i < maps->count; i++)
		h.maps[i] = (struct conf_map){ maps->map[i].from, maps->map[i].to };
	s->hints = xreallocarray(s->hints, s->hint_count + 1, sizeof *s->hints);
	s->hints[s->hint_count++] = h;
}

/* Nothing of the other kind, and something of its own, unless that may be discovered. */
static bool provider_consistent(const struct confsite *s, const char *place,
				const struct conf_provider *p)
{
	const struct confread *r = s->r;
	bool ovirt = p->kind == KIND_OVIRT;
	const char *manager = ovirt ? p->engine : p->vcenter;
	const struct conf_list *hosts = ovirt ? &p->hosts : &p->esxi;
	int other = ovirt ? KIND_VSPHERE : KIND_OVIRT;

	if ((ovirt ? p->vcenter : p->engine) != NULL)
		return confread_fail(r, place, kinds[other].manager,
				     "belongs to providers of type %s", kinds[other].name);
	if ((ovirt ? p->esxi : p->hosts).count > 0)
		return confread_fail(r, place, kinds[other].hosts,
				     "belongs to providers of type %s", kinds[other].name);
	if (s->conf->discovery.on)
		return true;
	if (manager == NULL && hosts->count == 0)
		return confread_fail(r, place, "", "names no machine: give %s or %s",
				     kinds[p->kind].manager, kinds[p->kind].hosts);
	if (manager == NULL && p->pin.len > 0)
		return confread_fail(r, place, "fingerprint",
				     "is that of the %s, and none is given",
				     kinds[p->kind].manager);
	return true;
}

static bool provider_maps(const struct confread *r, const char *place,
			  const struct conf_provider *p, struct confhost_maps *ret_maps)
{
	for (size_t i = 0; i < p->ports.count; i++) {
		char name[sizeof "ports[18446744073709551615]"];
		struct err why;
		uint16_t from;

		(void)snprintf(name, sizeof name, "ports[%zu]", i);
		if (!confhost_add_map(ret_maps, p->ports.text[i], &why))
			return confread_fail(r, place, name, "%s", why.text);
		from = ret_maps->map[ret_maps->count - 1].from;
		if (port_rule_find(kinds[p->kind].manager_role, from) == NULL &&
		    port_rule_find(kinds[p->kind].host_role, from) == NULL)
			return confread_fail(r, place, name,
					     "port %u is documented neither for %s nor "
					     "for %s",
					     from, role_name(kinds[p->kind].manager_role),
					     role_name(kinds[p->kind].host_role));
	}
	return true;
}

bool confprovider_read(struct confsite *s, size_t index)
{
	struct conf_provider p = { 0 };
	struct confhost_maps maps = { .count = 0 };
	struct machine m = { .origin = { .section = CONF_PROVIDER, .index = index },
			     .common = &maps };
	struct conf_target common = { .interval = s->conf->probe.interval,
				      .timeout = s->conf->probe.timeout };
	char place[CONFTEXT_KEY_SIZE];

	(void)snprintf(place, sizeof place, "providers[%zu]", index);
	if (!confread_section(s->r, CONF_PROVIDER, place,
			      confschema_entry(s->r->root, CONF_PROVIDER, index), &p) ||
	    !provider_is_new(s, place, p.name) || !provider_consistent(s, place, &p) ||
	    !provider_maps(s->r, place, &p, &maps) || !confsite_check_ca(s, place, p.ca_file))
		return false;
	keep_hint(s, &p, &maps);
	common.provider = p.name;
	common.ca_file = p.ca_file;
	m.origin.key = kinds[p.kind].manager;
	m.role = kinds[p.kind].manager_role;
	if (!add_manager(s, &m, p.kind == KIND_OVIRT ? p.engine : p.vcenter, &p.pin, &common))
		return false;
	m.origin.key = kinds[p.kind].hosts;
	m.role = kinds[p.kind].host_role;
	return add_hosts(s, &m, p.kind == KIND_OVIRT ? &p.hosts : &p.esxi, &common);
}
