/* SPDX-License-Identifier: Apache-2.0 */
/* discovery.c: see discovery.h. */
#include "daemon/discovery.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "daemon/confform.h"
#include "daemon/confmerge.h"
#include "daemon/discovered.h"
#include "daemon/kubecall.h"
#include "daemon/lastknown.h"
#include "daemon/machines.h"
#include "daemon/planbook.h"
#include "daemon/secret.h"

enum { SETTLE_MS = 250, KEEP_MS = 10000, RESOURCES_MAX = 4 };

/* One kind of object and its watch. */
struct resource {
	struct discovery *of;
	enum kube_kind kind;
	const char *name; /* static */
	char *path;       /* owned */
	char *source;     /* owned: whom what is told when it is kept */
	bool dirty;       /* something has changed since the list under way began */
	bool listing;
	bool told; /* a whole list, at least once */
	struct kubewatch *watch;
};

struct discovery {
	struct discovery_parts parts;
	struct discovered *set; /* owned */
	struct lastknown *last; /* owned */
	struct event settled;   /* changed is told then */
	struct event keep;      /* now and then, while it is on */
	bool on;
	/* As configured; owned. */
	char *api;
	char *token_file;
	char *ca_file;
	char *namespace;
	char *pods;
	char *inventory;
	char *inventory_ca;
	struct resource resources[RESOURCES_MAX];
	size_t count;
	struct planbook *plans;    /* NULL: not on */
	struct machines *machines; /* NULL: not asked for */
};

/* ---- what the watches tell */

static void settle(struct discovery *d)
{
	struct timeval wait = span_timeval(span_of_ms(SETTLE_MS));

	if (event_pending(&d->settled, EV_TIMEOUT, NULL) == 0)
		(void)event_add(&d->settled, &wait);
}

static void on_settled(evutil_socket_t fd, short what, void *data)
{
	struct discovery *d = data;

	(void)fd;
	(void)what;
	d->parts.changed(d->parts.owner);
}

/* What was told completely; a part of it when it is much, and false. */
static bool keep(struct discovery *d)
{
	bool all = true;

	for (size_t i = 0; i < d->count; i++) {
		const struct resource *r = &d->resources[i];

		if (all && r->told && !r->listing)
			all = lastknown_keep(d->last, r->kind, r->source,
					     kubewatch_stats(r->watch)->heard);
	}
	if (all && d->machines != NULL && machines_stats(d->machines)->listed)
		all = lastknown_keep(d->last, KUBE_MACHINE, d->inventory,
				     machines_stats(d->machines)->heard);
	return all;
}

static void on_keep(evutil_socket_t fd, short what, void *data)
{
	struct discovery *d = data;
	struct timeval wait;

	(void)fd;
	(void)what;
	wait = span_timeval(span_of_ms(keep(d) ? KEEP_MS : 0));
	(void)event_add(&d->keep, &wait);
}

void discovery_fresh_history(struct discovery *d)
{
	lastknown_fresh(d->last);
}

static void begun(void *owner)
{
	struct resource *r = owner;

	r->listing = true;
	discovered_begin(r->of->set, r->kind, NULL);
}

static void object(void *owner, const json_t *o, bool gone)
{
	struct resource *r = owner;
	struct kubeobject read;
	bool changed;

	if (r->kind == KUBE_PLAN) {
		planbook_object(r->of->plans, o, gone);
		return;
	}
	if (!kubeobject_read(r->kind, o, &read))
		return;
	changed = gone ? discovered_drop(r->of->set, &read) : discovered_put(r->of->set, &read);
	r->dirty = r->dirty || changed;
	if (!changed || r->listing)
		return;
	settle(r->of);
	if (r->kind == KUBE_PROVIDER && r->of->machines != NULL)
		machines_providers(r->of->machines);
}

static void listed(void *owner)
{
	struct resource *r = owner;
	struct discovery *d = r->of;
	bool gone = discovered_end(d->set, r->kind, NULL);

	r->listing = false;
	if (r->kind == KUBE_PLAN)
		planbook_listed(d->plans);
	if (r->kind == KUBE_PROVIDER && d->machines != NULL)
		machines_providers(d->machines);
	if (!r->told)
		log_notice("the Kubernetes API told of %s count=%zu", r->name,
			   discovered_count(d->set, r->kind));
	/* With the first list of all kinds the configuration is partial no more. */
	if (gone || r->dirty || !r->told)
		settle(d);
	r->told = true;
	r->dirty = false;
}

static void on_machines(void *owner)
{
	settle(owner);
}

/* ---- start and end */

static struct kubecall *call(const struct discovery *d, const char *url, const char *ca_file)
{
	return kubecall_new(&(struct kubecall_parts){ .base = d->parts.base,
						      .prober = d->parts.prober,
						      .url = url,
						      .token_file = d->token_file,
						      .ca_file = ca_file });
}

/* path is taken over. */
static void add(struct discovery *d, enum kube_kind kind, const char *name, char *path,
		const char *selector)
{
	struct resource *r = &d->resources[d->count++];

	MUST(d->count <= RESOURCES_MAX);
	*r = (struct resource){ .of = d, .kind = kind, .name = name };
	r->path = path;
	r->source = xasprintf("%s%s%s%s", d->api, path, selector != NULL ? "?" : "",
			      selector != NULL ? selector : "");
	if (lastknown_restore(d->last, kind, r->source) > 0)
		settle(d);
	r->watch = kubewatch_new(&(struct kubewatch_parts){ .base = d->parts.base,
							    .call = call(d, d->api, d->ca_file),
							    .what = name,
							    .path = r->path,
							    .selector = selector,
							    .metadata = kind == KUBE_PLAN,
							    .owner = r,
							    .begun = begun,
							    .object = object,
							    .listed = listed });
}

static char *path_of(const char *api, const char *namespace, const char *resource)
{
	return xasprintf("%s%s%s/%s", api, namespace[0] != '\0' ? "/namespaces/" : "", namespace,
			 resource);
}

/* Our own, as it stands beside the token; else Forklift's. */
static char *own_namespace(const struct discovery *d)
{
	size_t len = (size_t)(strrchr(d->token_file, '/') - d->token_file);
	AUTO(text) char *file = xasprintf("%.*s/namespace", (int)len, d->token_file);
	struct secret text;
	struct err err;
	char *namespace;

	if (!secret_read_token(file, &text, &err))
		return xstrdup(d->namespace);
	namespace = xstrdup(confform_check_namespace(text.data, &err) ? text.data : "");
	secret_clear(&text);
	return namespace;
}

/* Nobody would say that they went. */
static void forget_machines(struct discovery *d)
{
	discovered_begin(d->set, KUBE_MACHINE, NULL);
	if (discovered_end(d->set, KUBE_MACHINE, NULL))
		settle(d);
}

static void start(struct discovery *d)
{
	static const char forklift[] = "/apis/forklift.konveyor.io/v1beta1";
	AUTO(text) char *own = own_namespace(d);

	d->plans = planbook_new(d->parts.base, call(d, d->api, d->ca_file), d->set);
	if (d->inventory[0] != '\0' && lastknown_restore(d->last, KUBE_MACHINE, d->inventory) > 0)
		settle(d);
	if (d->inventory[0] != '\0')
		d->machines = machines_new(
			&(struct machines_parts){ .base = d->parts.base,
						  .call = call(d, d->inventory, d->inventory_ca),
						  .set = d->set,
						  .owner = d,
						  .changed = on_machines });
	else
		forget_machines(d);
	add(d, KUBE_PROVIDER, "providers", path_of(forklift, d->namespace, "providers"), NULL);
	add(d, KUBE_HOST, "hosts", path_of(forklift, d->namespace, "hosts"), NULL);
	add(d, KUBE_PLAN, "plans", path_of(forklift, d->namespace, "plans"), NULL);
	if (d->pods[0] != '\0')
		add(d, KUBE_POD, "pods", path_of("/api/v1", own, "pods"), d->pods);
	on_keep(-1, 0, d);
}

static void stop(struct discovery *d)
{
	while (!keep(d))
		continue;
	for (size_t i = 0; i < d->count; i++) {
		kubewatch_free(d->resources[i].watch);
		free(d->resources[i].path);
		free(d->resources[i].source);
	}
	d->count = 0;
	planbook_free(d->plans);
	machines_free(d->machines);
	d->plans = NULL;
	d->machines = NULL;
	(void)event_del(&d->settled);
	(void)event_del(&d->keep);
}

static bool same(const struct discovery *d, const struct conf *c, const char *api)
{
	return d->on == c->discovery.on && d->api != NULL && strcmp(d->api, api) == 0 &&
	       strcmp(d->token_file, c->discovery.token_file) == 0 &&
	       strcmp(d->ca_file, c->discovery.ca_file) == 0 &&
	       strcmp(d->namespace, c->discovery.namespace) == 0 &&
	       strcmp(d->pods, c->discovery.pods) == 0 &&
	       strcmp(d->inventory, c->discovery.inventory) == 0 &&
	       strcmp(d->inventory_ca, c->discovery.inventory_ca) == 0;
}

static void forget(struct discovery *d)
{
	free(d->api);
	free(d->token_file);
	free(d->ca_file);
	free(d->namespace);
	free(d->pods);
	free(d->inventory);
	free(d->inventory_ca);
}

void discovery_configure(struct discovery *d, const struct conf *conf)
{
	char *api = kubecall_url(conf->discovery.api);

	if (same(d, conf, api)) {
		free(api);
		return;
	}
	stop(d);
	forget(d);
	d->on = conf->discovery.on;
	d->api = api;
	d->token_file = xstrdup(conf->discovery.token_file);
	d->ca_file = xstrdup(conf->discovery.ca_file);
	d->namespace = xstrdup(conf->discovery.namespace);
	d->pods = xstrdup(conf->discovery.pods);
	d->inventory = xstrdup(conf->discovery.inventory);
	d->inventory_ca = xstrdup(conf->discovery.inventory_ca);
	if (d->on)
		start(d);
}

struct discovery *discovery_new(const struct discovery_parts *parts)
{
	struct discovery *d = xcalloc(1, sizeof *d);

	d->parts = *parts;
	d->set = discovered_new();
	d->last = lastknown_new(d->set, parts->store, parts->pasts);
	MUST(evtimer_assign(&d->keep, parts->base, on_keep, d) == 0);
	MUST(evtimer_assign(&d->settled, parts->base, on_settled, d) == 0);
	return d;
}

void discovery_free(struct discovery *d)
{
	if (d == NULL)
		return;
	stop(d);
	forget(d);
	lastknown_free(d->last);
	discovered_free(d->set);
	free(d);
}

/* ---- what is known */

struct conf *discovery_merge(const struct discovery *d, const struct conf *base,
			     const struct exported *exported)
{
	struct conf *c = confmerge_new(base, d->set, exported);

	if (base->discovery.on)
		c->discovered = d->set;
	c->partial = base->discovery.on && !discovery_synced(d);
	return c;
}

bool discovery_on(const struct discovery *d)
{
	return d->on;
}

bool discovery_synced(const struct discovery *d)
{
	bool all = d->count > 0;

	for (size_t i = 0; i < d->count; i++)
		all = all &&
		      (d->resources[i].kind == KUBE_POD || d->resources[i].kind == KUBE_PLAN ||
		       kubewatch_stats(d->resources[i].watch)->listed);
	return all;
}

size_t discovery_count(const struct discovery *d)
{
	return d->count + (d->machines != NULL);
}

void discovery_resource(const struct discovery *d, size_t i,
			struct discovery_resource *ret_resource)
{
	const struct resource *r = &d->resources[i];

	if (i == d->count) {
		*ret_resource = (struct discovery_resource){
			.name = "machines",
			.objects = discovered_count(d->set, KUBE_MACHINE),
			.left_out = discovered_left_out(d->set, KUBE_MACHINE),
			.last_known = discovered_last_known(d->set, KUBE_MACHINE),
			.watch = *machines_stats(d->machines),
		};
		return;
	}
	*ret_resource = (struct discovery_resource){
		.name = r->name,
		.objects = discovered_count(d->set, r->kind),
		.left_out = discovered_left_out(d->set, r->kind),
		.last_known = discovered_last_known(d->set, r->kind),
		.watch = *kubewatch_stats(r->watch),
	};
	if (r->kind == KUBE_PLAN && ret_resource->watch.trouble[0] == '\0')
		memcpy(ret_resource->watch.trouble, planbook_stats(d->plans)->trouble,
		       sizeof ret_resource->watch.trouble);
}
