/* SPDX-License-Identifier: Apache-2.0 */
/* kubeevent.c: see kubeevent.h. */
#include "daemon/kubeevent.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "base/when.h"
#include "daemon/alert.h"
#include "probes/hmac.h"

/* What the API server takes at most, in bytes, and a NUL. */
enum { NOTE_SIZE = 1024 + 1, INSTANCE_SIZE = 128 + 1, NAME_HEX = 32 };

static void put(json_t *o, const char *key, json_t *value)
{
	MUST(value != NULL && json_object_set_new(o, key, value) == 0);
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

/* Kubernetes wants microseconds. */
static json_t *moment(struct wall t)
{
	char text[WHEN_TEXT_SIZE];

	when_format(t, text);
	return json_sprintf("%.*s000Z", (int)strcspn(text, "Z"), text);
}

static json_t *note(const struct alert *a, const char *node)
{
	const char *summary = alert_annotation(a, "summary");
	const char *impact = alert_annotation(a, "impact");
	char text[NOTE_SIZE];

	if (!alert_active(a))
		text_printf(text, sizeof text, "node %s: over (%s): %s", node,
			    alert_annotation(a, "resolution"), summary);
	else
		text_printf(text, sizeof text, "node %s: %s%s%s", node, summary,
			    impact[0] != '\0' ? "; " : "", impact);
	return json_string(text);
}

static json_t *name(const struct alert *a, const char *node)
{
	AUTO(text) char *identity = alert_identity(a->kind, a->subject);
	AUTO(text)
	char *what = xasprintf("%s %lld %s", identity, (long long)a->starts.ms,
			       alert_active(a) ? "begins" : "ends");
	char hex[HMAC_TEXT_SIZE];

	if (!hmac_sha256(node, strlen(node), what, strlen(what), hex))
		return NULL;
	return json_sprintf("banksman.%.*s", NAME_HEX, hex);
}

json_t *kubeevent_new(const struct alert *a, const char *node)
{
	json_t *called = name(a, node);
	json_t *o, *metadata;
	char instance[INSTANCE_SIZE];

	if (called == NULL)
		return NULL;
	o = json_object();
	metadata = json_object();
	text_set(instance, sizeof instance, node, strlen(node));
	put(metadata, "name", called);
	put(o, "apiVersion", json_string("events.k8s.io/v1"));
	put(o, "kind", json_string("Event"));
	put(o, "metadata", metadata);
	put(o, "eventTime", moment(alert_active(a) ? a->starts : a->ends));
	put(o, "reportingController", json_string("banksman"));
	put(o, "reportingInstance", json_string(instance));
	put(o, "action", json_string("Watch"));
	put(o, "reason", json_string(alert_kind_name(a->kind)));
	put(o, "type", json_string(alert_active(a) ? "Warning" : "Normal"));
	put(o, "note", note(a, node));
	return o;
}

const json_t *kubeevent_find(const json_t *list, const char *name)
{
	const json_t *items = json_object_get(list, "items");
	const json_t *found = NULL;

	for (size_t i = 0; i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);
		const json_t *metadata = json_object_get(item, "metadata");

		if (name[0] == '\0')
			return item;
		if (strcmp(text_of(metadata, "name"), name) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = item;
	}
	return found;
}

/* A label of RFC 1123: it becomes part of a path. */
static bool is_namespace(const char *text)
{
	size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len > 0 && len <= 63 && text[len] == '\0';
}

bool kubeevent_regard(json_t *event, const json_t *provider, const char **ret_namespace,
		      struct err *ret_err)
{
	const json_t *metadata = json_object_get(provider, "metadata");
	const char *namespace = text_of(metadata, "namespace");
	json_t *regarding;

	if (!is_namespace(namespace) || text_of(metadata, "name")[0] == '\0')
		return err_set(ret_err, 0, "a Provider without a name and a namespace");
	regarding = json_object();
	put(regarding, "apiVersion", json_string("forklift.konveyor.io/v1beta1"));
	put(regarding, "kind", json_string("Provider"));
	put(regarding, "namespace", json_string(namespace));
	put(regarding, "name", json_string(text_of(metadata, "name")));
	put(regarding, "uid", json_string(text_of(metadata, "uid")));
	put(event, "regarding", regarding);
	put(json_object_get(event, "metadata"), "namespace", json_string(namespace));
	*ret_namespace = text_of(regarding, "namespace");
	return true;
}
