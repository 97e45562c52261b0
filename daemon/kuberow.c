/* SPDX-License-Identifier: Apache-2.0 */
/* kuberow.c: see kuberow.h. */
#include "daemon/kuberow.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/discovered.h"
#include "report/json.h"

/* ---- writing */

static json_t *ref_of(const struct kube_ref *ref)
{
	json_t *o = report_object();

	report_set_text(o, "namespace", ref->namespace);
	report_set_text(o, "name", ref->name);
	return o;
}

static void set_pin(json_t *o, const char *key, const struct pin *pin)
{
	if (pin->len > 0)
		report_set_fingerprint(o, key, pin->bytes, pin->len);
}

static json_t *condition(const char *type)
{
	json_t *list = report_array();
	json_t *o = report_object();

	report_set_text(o, "type", type);
	report_set_text(o, "status", "True");
	report_append(list, o);
	return list;
}

static void set_provider(json_t *spec, json_t *status, const struct kube_provider *p)
{
	static const char *const types[] = { [KUBE_SOURCE_OTHER] = "",
					     [KUBE_SOURCE_VSPHERE] = "vsphere",
					     [KUBE_SOURCE_OVIRT] = "ovirt" };
	bool v6 = strchr(p->host, ':') != NULL;
	AUTO(text)
	char *url = xasprintf("https://%s%s%s:%u/", v6 ? "[" : "", p->host, v6 ? "]" : "", p->port);

	report_set_text(spec, "type", types[p->source]);
	if (p->host[0] != '\0')
		report_set_text(spec, "url", url);
	if (p->esxi) {
		json_t *settings = report_object();

		report_set_text(settings, "sdkEndpoint", "esxi");
		report_set(spec, "settings", settings);
	}
	set_pin(status, "fingerprint", &p->pin);
}

static void set_host(json_t *spec, const struct kube_host *h)
{
	report_set(spec, "provider", ref_of(&h->provider));
	report_set_text(spec, "ipAddress", h->address);
}

/* Which machines they are nobody asks. */
static void set_plan(json_t *spec, json_t *status, const struct kube_plan *p)
{
	json_t *provider = report_object();
	json_t *machines = report_array();

	report_set(provider, "source", ref_of(&p->source));
	report_set(spec, "provider", provider);
	for (size_t i = 0; i < p->machines; i++)
		report_append(machines, json_null());
	report_set(spec, "vms", machines);
	if (p->over)
		report_set(status, "conditions", condition("Succeeded"));
}

static void set_pod(json_t *spec, json_t *status, const struct kube_pod *p)
{
	report_set_text(spec, "nodeName", p->node);
	if (p->ready)
		report_set(status, "conditions", condition("Ready"));
}

/* As the inventory has it, beside the object that says whose it is. */
static json_t *machine_of(const struct kubeobject *m)
{
	json_t *o = report_object();

	report_set_text(o, "id", m->ref.name);
	report_set_text(o, "revision", m->version);
	report_set_text(o, "name", m->host.address);
	set_pin(o, "thumbprint", &m->host.pin);
	return o;
}

static json_t *object_of(const struct kubeobject *k)
{
	json_t *o = report_object();
	json_t *meta = ref_of(&k->ref);
	json_t *spec = report_object();
	json_t *status = report_object();

	report_set_text(meta, "uid", k->uid);
	report_set_text(meta, "resourceVersion", k->version);
	switch (k->kind) {
	case KUBE_PROVIDER:
		set_provider(spec, status, &k->provider);
		break;
	case KUBE_HOST:
		set_host(spec, &k->host);
		break;
	case KUBE_PLAN:
		set_plan(spec, status, &k->plan);
		break;
	case KUBE_POD:
		set_pod(spec, status, &k->pod);
		break;
	case KUBE_MACHINE:
		report_set(spec, "provider", ref_of(&k->host.provider));
		report_set(o, "machine", machine_of(k));
		break;
	case KUBE_KIND_N:
		break;
	}
	report_set(o, "metadata", meta);
	report_set(o, "spec", spec);
	report_set(o, "status", status);
	return o;
}

bool kuberow_put(const struct discovered *d, enum kube_kind kind, size_t most, size_t *at,
		 struct buf *out)
{
	size_t count = discovered_count(d, kind);

	for (size_t i = 0; i < most && *at < count; i++, ++*at) {
		json_t *o = object_of(discovered_get(d, kind, *at));
		AUTO(text) char *text = json_dumps(o, JSON_COMPACT);

		MUST(text != NULL);
		json_decref(o);
		buf_puts(out, out->len == 0 ? "[" : ",");
		buf_puts(out, text);
	}
	if (*at < count)
		return false;
	buf_puts(out, out->len == 0 ? "[]" : "]");
	return true;
}

/* ---- reading */

static bool read_object(enum kube_kind kind, const json_t *o, struct kubeobject *ret_object)
{
	struct kubeobject owner;

	if (kind != KUBE_MACHINE)
		return kubeobject_read(kind, o, ret_object);
	return kubeobject_read(KUBE_HOST, o, &owner) &&
	       kubeobject_read_machine(&owner.host.provider, json_object_get(o, "machine"),
				       ret_object);
}

bool kuberow_read(enum kube_kind kind, const char *text, struct wall heard, struct discovered *d)
{
	json_t *list = json_loads(text, 0, NULL);
	bool ok = json_is_array(list);
	struct kubeobject read;
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o) if (read_object(kind, o, &read))
		discovered_restore(d, &read, heard);
	json_decref(list);
	return ok;
}
