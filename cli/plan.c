/* SPDX-License-Identifier: Apache-2.0 */
/* plan.c: see plan.h. */
#include "cli/plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cli/hosts.h"
#include "cli/options.h"

enum { HTTP_PORT = 80, HTTPS_PORT = 443 };

static void append(struct plan *p, const struct plan_item *item)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].port == item->port && p->items[i].rule == item->rule)
			return;
	p->items = xreallocarray(p->items, p->count + 1, sizeof *p->items);
	p->items[p->count++] = *item;
}

static struct plan_item item_make(const struct portmap *map, const struct port_rule *rule,
				  const struct options *o)
{
	bool trust =
		o->ca_file != NULL || o->pin.len > 0; /* asked for: a certificate must be seen */
	enum dialect dialect = trust ? DIALECT_TLS : DIALECT_TCP;

	if (rule != NULL)
		dialect = rule->dialect;

	return (struct plan_item){
		.port = map->actual,
		.dialect = o->check_given ? o->check : dialect,
		.rule = rule,
		.asked = !map->mapped,
	};
}

/* Where the documented port is reached: on itself, unless --port says otherwise. */
static struct portmap reached_on(uint16_t documented, const struct options *o)
{
	for (size_t i = 0; i < o->port_count; i++)
		if (o->ports[i].documented == documented)
			return o->ports[i];
	return (struct portmap){ .documented = documented, .actual = documented };
}

/* All documented ports of role, but not `without` (0: all). */
static void documented(enum role role, uint16_t without, const struct options *o,
		       struct plan *ret_plan)
{
	size_t count;
	const struct port_rule *rules = port_rules(&count);

	for (size_t i = 0; i < count; i++) {
		struct portmap map;
		struct plan_item item;

		if (rules[i].role != role || rules[i].port == without)
			continue;
		map = reached_on(rules[i].port, o);
		item = item_make(&map, &rules[i], o);
		item.asked = false;
		append(ret_plan, &item);
	}
}

/* The only documented port of role; NULL when it has none or several. */
static const struct port_rule *only_rule(enum role role)
{
	const struct port_rule *found = NULL;
	size_t count;
	const struct port_rule *rules = port_rules(&count);

	for (size_t i = 0; i < count; i++) {
		if (rules[i].role != role)
			continue;
		if (found != NULL)
			return NULL;
		found = &rules[i];
	}
	return found;
}

/* "host:port", or the port of an image reference. */
static bool own_port(const struct host *h, const struct options *o, struct plan *ret_plan,
		     struct err *ret_err)
{
	const struct port_rule *rule = port_rule_find(h->role, h->port.documented);
	struct plan_item item;

	if (h->port.mapped && rule == NULL)
		return err_set(ret_err, EINVAL, "%s: port %u is not documented for %s", h->name,
			       h->port.documented,
			       h->role != ROLE_NONE ? role_name(h->role) : "a host without a role");
	if (rule == NULL)
		rule = only_rule(h->role); /* a vCenter may be set up on a port of its own */
	item = item_make(&h->port, rule, o);
	append(ret_plan, &item);
	return true;
}

static bool only_maps(const struct options *o)
{
	for (size_t i = 0; i < o->port_count; i++)
		if (!o->ports[i].mapped)
			return false;
	return true;
}

/* Those of --port.  A mapping that means another role's port is for other hosts of the call. */
static bool named_ports(const struct host *h, const struct options *o, struct plan *ret_plan,
			struct err *ret_err)
{
	for (size_t i = 0; i < o->port_count; i++) {
		const struct port_rule *rule = port_rule_find(h->role, o->ports[i].documented);
		struct plan_item item;

		if (o->ports[i].mapped && rule == NULL)
			continue;
		item = item_make(&o->ports[i], rule, o);
		if (h->role == ROLE_REGISTRY && !o->check_given)
			item.dialect = DIALECT_REGISTRY;
		append(ret_plan, &item);
	}
	if (ret_plan->count > 0)
		return true;
	if (h->role == ROLE_NONE)
		return err_set(ret_err, EINVAL, "%s: --port %u=%u needs a role", h->name,
			       o->ports[0].documented, o->ports[0].actual);
	return err_set(ret_err, EINVAL, "%s: port %u is not documented for %s", h->name,
		       o->ports[0].documented, role_name(h->role));
}

/* Nothing is known but the name: 443 is asked what it is. */
static void unknown_host(const struct options *o, struct plan *ret_plan)
{
	uint16_t port = o->check_given && o->check == DIALECT_HTTP ? HTTP_PORT : HTTPS_PORT;
	struct plan_item item = {
		.port = reached_on(port, o).actual,
		.dialect = o->reach ? DIALECT_TCP : DIALECT_IDENTIFY,
	};

	if (o->check_given) {
		item.dialect = o->check;
		item.asked = true;
	}
	append(ret_plan, &item);
}

bool plan_make(const struct host *h, const struct options *o, struct plan *ret_plan,
	       struct err *ret_err)
{
	struct plan plan = { 0 };
	bool ok = true;

	if (h->port.actual != 0) {
		ok = own_port(h, o, &plan, ret_err);
	} else if (h->role == ROLE_NONE && only_maps(o) &&
		   (o->port_count == 0 || reached_on(HTTPS_PORT, o).mapped)) {
		unknown_host(o, &plan);
	} else if (o->port_count > 0) {
		ok = named_ports(h, o, &plan, ret_err);
	} else {
		documented(h->role, 0, o, &plan);
		if (h->role == ROLE_REGISTRY && o->plain)
			plan.items[0].port = HTTP_PORT;
	}
	if (ok)
		*ret_plan = plan;
	else
		plan_done(&plan);
	return ok;
}

void plan_follow(enum role found, const struct options *o, struct plan *ret_plan)
{
	*ret_plan = (struct plan){ 0 };
	documented(found, HTTPS_PORT, o, ret_plan);
}

void plan_told(enum role found, struct plan_item *item)
{
	const struct port_rule *rule = port_rule_find(found, HTTPS_PORT);

	if (rule == NULL)
		return;
	item->rule = rule;
	item->dialect = rule->dialect;
}

const struct plan_item *plan_gravest(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].rule == NULL || strcmp(p->items[i].rule->severity, "warning") != 0)
			return &p->items[i];
	return &p->items[0];
}

void plan_done(struct plan *p)
{
	free(p->items);
	*p = (struct plan){ 0 };
}

/* Of vCenter and ESXi; the versions of other dialects are those of other programs. */
static const char *min_version(const struct plan_item *item, const struct options *o)
{
	if (item->dialect != DIALECT_VCENTER && item->dialect != DIALECT_ESXI)
		return NULL;
	if (o->min_version != NULL)
		return o->min_version;
	return item->rule != NULL ? item->rule->min_version : NULL;
}

struct probe_spec plan_spec(const struct plan_item *item, const struct host *h,
			    const struct addr *address, const struct options *o,
			    const struct truststore *trust)
{
	struct probe_spec spec = {
		.host = h->name,
		.address = *address,
		.depth = o->reach ? DEPTH_REACH : DEPTH_SERVE,
		.dialect = item->dialect,
		.timeout = o->timeout,
		.trust = trust,
		.pin = o->pin,
		.expiry_warning = span_of_ms(INT64_C(86400000) * EXPIRY_WARNING_DAYS),
		.min_version = min_version(item, o),
		.http_path = o->path,
		.http_status = o->status,
		.image = h->image[0] != '\0' ? h->image : NULL,
		.plain = o->plain && item->dialect == DIALECT_REGISTRY,
	};

	addr_set_port(&spec.address, item->port);
	return spec;
}
