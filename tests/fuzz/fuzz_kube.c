/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_kube.c: what a Kubernetes API answers.  The first byte says what it is an answer to: of which
 * kind of object (its lower bits), and whether a watch ('@' and above, below '`'); the second, in
 * what pieces it comes.
 */
#include <string.h>

#include "base/must.h"
#include "daemon/kubecut.h"
#include "daemon/kubeevent.h"
#include "daemon/kubeobject.h"
#include "tests/fuzz/fuzz.h"

struct seen {
	enum kube_kind kind;
	size_t bytes;
};

static void name_must_be_sound(const char *text, size_t size)
{
	size_t len = strnlen(text, size);

	MUST(len < size);
	for (size_t i = 0; i < len; i++)
		MUST(text[i] > ' ' && text[i] <= '~');
}

static void pin_must_be_sound(const struct pin *p)
{
	MUST(p->len == 0 || p->len == SHA1_BYTES || p->len == SHA256_BYTES);
}

static void object_must_be_sound(const struct kubeobject *o)
{
	MUST(o->ref.name[0] != '\0');
	name_must_be_sound(o->ref.name, sizeof o->ref.name);
	name_must_be_sound(o->ref.namespace, sizeof o->ref.namespace);
	name_must_be_sound(o->version, sizeof o->version);
	if (o->kind == KUBE_PROVIDER) {
		name_must_be_sound(o->provider.host, sizeof o->provider.host);
		MUST((o->provider.host[0] == '\0') == (o->provider.port == 0));
		pin_must_be_sound(&o->provider.pin);
	} else if (o->kind == KUBE_HOST || o->kind == KUBE_MACHINE) {
		name_must_be_sound(o->host.address, sizeof o->host.address);
		name_must_be_sound(o->host.provider.name, sizeof o->host.provider.name);
		pin_must_be_sound(&o->host.pin);
	}
	MUST(kubeobject_same(o, o) && kubeobject_compare(o, o) == 0);
}

/* As when an alert's Provider is asked for. */
static void regard(json_t *provider)
{
	json_t *event = json_pack("{s:{}}", "metadata");
	json_t *list = json_pack("{s:[O]}", "items", provider);
	const char *namespace = NULL;
	struct err err;

	MUST(event != NULL && list != NULL);
	MUST(kubeevent_find(list, "") == provider);
	if (kubeevent_regard(event, provider, &namespace, &err))
		MUST(namespace[0] != '\0' && strchr(namespace, '/') == NULL);
	json_decref(list);
	json_decref(event);
}

static bool on_object(void *owner, const char *text, size_t len)
{
	static const struct kube_ref of = { "mtv", "vc" };
	struct seen *s = owner;
	json_t *o = json_loadb(text, len, JSON_ALLOW_NUL, NULL);
	const json_t *inner = json_object_get(o, "object");
	struct kubeobject read;

	MUST(len > 1 && text[0] == '{' && text[len] == '\0');
	s->bytes += len;
	if (s->kind == KUBE_MACHINE ? kubeobject_read_machine(&of, o, &read)
				    : kubeobject_read(s->kind, inner != NULL ? inner : o, &read))
		object_must_be_sound(&read);
	if (o != NULL)
		regard(o);
	json_decref(o);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seen s = { .bytes = 0 };
	struct kubecut *c;
	size_t piece;

	if (size < 2)
		return 0;
	s.kind = (enum kube_kind)((data[0] & 0x1f) % KUBE_KIND_N);
	piece = data[1] % 32 + 1U;
	c = kubecut_new(on_object, &s);
	kubecut_begin(c, (data[0] & 0x60) == 0x40 ? KUBECUT_WATCH : KUBECUT_LIST);
	for (size_t at = 2; at < size; at += piece)
		if (!kubecut_feed(c, (const char *)data + at,
				  size - at < piece ? size - at : piece))
			break;
	MUST(s.bytes <= size && strlen(kubecut_rest(c)) <= size);
	(void)kubecut_complete(c);
	kubecut_free(c);
	return 0;
}
