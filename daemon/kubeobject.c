/* SPDX-License-Identifier: Apache-2.0 */
/* kubeobject.c: see kubeobject.h. */
#include "daemon/kubeobject.h"

#include <ctype.h>
#include <string.h>

#include "base/err.h"
#include "base/parse.h"
#include "probes/http.h"

const char *kube_kind_name(enum kube_kind k)
{
	static const char *const names[KUBE_KIND_N] = { [KUBE_PROVIDER] = "provider",
							[KUBE_HOST] = "host",
							[KUBE_PLAN] = "plan",
							[KUBE_POD] = "pod",
							[KUBE_MACHINE] = "machine" };

	return names[k];
}

/* ---- members */

static const json_t *member(const json_t *o, const char *key)
{
	return json_object_get(o, key);
}

/* Printable ASCII without blanks, as addresses and URLs are; else it stays "". */
static void take_text(const json_t *o, const char *key, char *field, size_t size)
{
	const char *text = json_string_value(member(o, key));
	size_t len = text != NULL ? strlen(text) : 0;

	if (len == 0 || len >= size || len != json_string_length(member(o, key)))
		return;
	for (size_t i = 0; i < len; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return;
	memcpy(field, text, len + 1);
}

/* Letters, digits and what else names, numbers and versions have: they go into paths as they are. */
static void take_name(const json_t *o, const char *key, char *field, size_t size)
{
	const char *text = json_string_value(member(o, key));

	for (const char *p = text; p != NULL && *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr("-_.:", *p) == NULL)
			return;
	take_text(o, key, field, size);
	if (strcmp(field, ".") == 0 || strcmp(field, "..") == 0)
		field[0] = '\0';
}

static void take_ref(const json_t *o, struct kube_ref *ref)
{
	take_name(o, "namespace", ref->namespace, sizeof ref->namespace);
	take_name(o, "name", ref->name, sizeof ref->name);
}

static void take_pin(const json_t *o, const char *key, struct pin *pin)
{
	const char *text = json_string_value(member(o, key));
	struct pin read;
	struct err why;

	if (text != NULL && pin_parse(text, &read, &why))
		*pin = read;
}

static void take_host(const json_t *o, const char *key, char host[LIMIT_HOST_BYTES])
{
	char text[LIMIT_HOST_BYTES] = "";

	take_text(o, key, text, sizeof text);
	if (parse_is_host(text))
		memcpy(host, text, sizeof text);
}

/* A word of a list of {"type":…, "status":"True"}. */
static bool has_condition(const json_t *status, const char *type)
{
	const json_t *c;
	size_t i;

	json_array_foreach(member(status, "conditions"), i, c)
	{
		const char *name = json_string_value(member(c, "type"));
		const char *value = json_string_value(member(c, "status"));

		if (name != NULL && value != NULL && strcmp(name, type) == 0 &&
		    strcmp(value, "True") == 0)
			return true;
	}
	return false;
}

static bool is_word(const json_t *o, const char *key, const char *word)
{
	const char *text = json_string_value(member(o, key));

	return text != NULL && strcmp(text, word) == 0;
}

/* ---- kinds */

static void read_provider(const json_t *spec, const json_t *status, struct kube_provider *p)
{
	char text[LIMIT_HTTP_FIELD_BYTES] = "";
	struct http_url url;

	if (is_word(spec, "type", "vsphere"))
		p->source = KUBE_SOURCE_VSPHERE;
	else if (is_word(spec, "type", "ovirt"))
		p->source = KUBE_SOURCE_OVIRT;
	p->esxi = is_word(member(spec, "settings"), "sdkEndpoint", "esxi");
	take_text(spec, "url", text, sizeof text);
	if (http_url_parse(text, &url) && parse_is_host(url.host)) {
		memcpy(p->host, url.host, sizeof url.host);
		p->port = url.port;
	}
	take_pin(status, "fingerprint", &p->pin);
}

static void read_host(const json_t *spec, struct kube_host *h)
{
	take_ref(member(spec, "provider"), &h->provider);
	take_host(spec, "ipAddress", h->address);
}

static void read_plan(const json_t *spec, const json_t *status, struct kube_plan *p)
{
	take_ref(member(member(spec, "provider"), "source"), &p->source);
	p->machines = json_array_size(member(spec, "vms"));
	p->over = json_is_true(member(spec, "archived")) || has_condition(status, "Succeeded") ||
		  has_condition(status, "Archived");
}

static void read_pod(const json_t *o, const json_t *spec, const json_t *status, struct kube_pod *p)
{
	bool leaving = member(member(o, "metadata"), "deletionTimestamp") != NULL;

	take_name(spec, "nodeName", p->node, sizeof p->node);
	p->ready = !leaving && has_condition(status, "Ready");
}

bool kubeobject_read(enum kube_kind kind, const json_t *o, struct kubeobject *ret_object)
{
	const json_t *meta = member(o, "metadata");
	const json_t *spec = member(o, "spec");
	const json_t *status = member(o, "status");
	struct kubeobject read = { .kind = kind };

	take_ref(meta, &read.ref);
	take_name(meta, "uid", read.uid, sizeof read.uid);
	take_name(meta, "resourceVersion", read.version, sizeof read.version);
	if (read.ref.name[0] == '\0')
		return false;
	switch (kind) {
	case KUBE_PROVIDER:
		read_provider(spec, status, &read.provider);
		break;
	case KUBE_HOST:
		read_host(spec, &read.host);
		break;
	case KUBE_PLAN:
		read_plan(spec, status, &read.plan);
		break;
	case KUBE_POD:
		read_pod(o, spec, status, &read.pod);
		break;
	case KUBE_MACHINE:
	case KUBE_KIND_N:
		return false;
	}
	*ret_object = read;
	return true;
}

/* The address of the first adapter of the management network, where the name is none. */
static void take_adapter(const json_t *o, char host[LIMIT_HOST_BYTES])
{
	const json_t *adapter;
	size_t i;

	json_array_foreach(member(o, "networkAdapters"), i,
			   adapter) if (host[0] == '\0' &&
					is_word(adapter, "name", "Management Network"))
		take_host(adapter, "ipAddress", host);
}

bool kubeobject_read_machine(const struct kube_ref *provider, const json_t *o,
			     struct kubeobject *ret_object)
{
	struct kubeobject read = { .kind = KUBE_MACHINE, .host = { .provider = *provider } };

	/* An id is unique only within its Provider. */
	memcpy(read.ref.namespace, provider->namespace, sizeof read.ref.namespace);
	take_name(o, "id", read.ref.name, sizeof read.ref.name);
	take_name(o, "revision", read.version, sizeof read.version);
	if (read.ref.name[0] == '\0')
		return false;
	take_host(o, "name", read.host.address);
	if (read.host.address[0] == '\0')
		take_adapter(o, read.host.address);
	take_pin(o, "thumbprint", &read.host.pin);
	*ret_object = read;
	return true;
}

/* ---- comparing */

static int compare_refs(const struct kube_ref *a, const struct kube_ref *b)
{
	int order = strcmp(a->namespace, b->namespace);

	return order != 0 ? order : strcmp(a->name, b->name);
}

int kubeobject_compare(const struct kubeobject *a, const struct kubeobject *b)
{
	int order = (int)a->kind - (int)b->kind;

	if (order == 0)
		order = compare_refs(&a->ref, &b->ref);
	if (order == 0 && a->kind == KUBE_MACHINE)
		order = compare_refs(&a->host.provider, &b->host.provider);
	return order;
}

static bool same_pins(const struct pin *a, const struct pin *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

bool kubeobject_same(const struct kubeobject *a, const struct kubeobject *b)
{
	if (kubeobject_compare(a, b) != 0)
		return false;
	switch (a->kind) {
	case KUBE_PROVIDER:
		return a->provider.source == b->provider.source &&
		       a->provider.esxi == b->provider.esxi &&
		       a->provider.port == b->provider.port &&
		       strcmp(a->provider.host, b->provider.host) == 0 &&
		       same_pins(&a->provider.pin, &b->provider.pin) && strcmp(a->uid, b->uid) == 0;
	case KUBE_HOST:
	case KUBE_MACHINE:
		return compare_refs(&a->host.provider, &b->host.provider) == 0 &&
		       strcmp(a->host.address, b->host.address) == 0 &&
		       same_pins(&a->host.pin, &b->host.pin);
	case KUBE_PLAN:
		return compare_refs(&a->plan.source, &b->plan.source) == 0 &&
		       a->plan.machines == b->plan.machines && a->plan.over == b->plan.over;
	case KUBE_POD:
		return strcmp(a->pod.node, b->pod.node) == 0 && a->pod.ready == b->pod.ready;
	case KUBE_KIND_N:
		break;
	}
	return true;
}
