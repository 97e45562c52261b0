/* SPDX-License-Identifier: Apache-2.0 */
/* machines.c: see machines.h. */
#include "daemon/machines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/discovered.h"
#include "daemon/rota.h"

enum { REST_MS = 900000 };

struct machines {
	struct machines_parts parts;
	struct rota *rota; /* owned */
	bool dirty;        /* something has changed in the answer under way */
};

/* A uid is of hexadecimal digits and "-"; kubeobject_read() lets nothing else through. */
static char *target(void *owner, const struct kubeobject *o)
{
	(void)owner;
	return xasprintf("/providers/vsphere/%s/hosts?detail=1", o->uid);
}

static void begun(void *owner, const struct kubeobject *o)
{
	struct machines *m = owner;

	m->dirty = false;
	discovered_begin(m->parts.set, KUBE_MACHINE, &o->ref);
}

static void object(void *owner, const struct kubeobject *o, const json_t *told)
{
	struct machines *m = owner;
	struct kubeobject read;

	if (kubeobject_read_machine(&o->ref, told, &read) && discovered_put(m->parts.set, &read))
		m->dirty = true;
}

static void ended(void *owner, const struct kubeobject *o, bool whole)
{
	struct machines *m = owner;

	if (whole && discovered_end(m->parts.set, KUBE_MACHINE, &o->ref))
		m->dirty = true;
	if (m->dirty)
		m->parts.changed(m->parts.owner);
}

static bool is_asked_about(const struct kubeobject *o)
{
	return o != NULL && o->provider.source == KUBE_SOURCE_VSPHERE && !o->provider.esxi &&
	       o->uid[0] != '\0';
}

/* A Provider of another uid is another one. */
static bool keep(void *owner, const struct kubeobject *o)
{
	struct machines *m = owner;
	const struct kubeobject *now = discovered_find(m->parts.set, KUBE_PROVIDER, &o->ref);

	if (is_asked_about(now) && strcmp(now->uid, o->uid) == 0)
		return true;
	discovered_begin(m->parts.set, KUBE_MACHINE, &o->ref);
	(void)discovered_end(m->parts.set, KUBE_MACHINE, &o->ref);
	return false;
}

void machines_providers(struct machines *m)
{
	struct discovered *set = m->parts.set;

	rota_prune(m->rota, keep);
	for (size_t i = 0; i < discovered_count(set, KUBE_PROVIDER); i++)
		if (is_asked_about(discovered_get(set, KUBE_PROVIDER, i)))
			rota_want(m->rota, discovered_get(set, KUBE_PROVIDER, i));
}

struct machines *machines_new(const struct machines_parts *parts)
{
	struct machines *m = xcalloc(1, sizeof *m);

	m->parts = *parts;
	m->rota = rota_new(&(struct rota_parts){ .base = parts->base,
						 .call = parts->call,
						 .what = "machines",
						 .teller = "Forklift's inventory",
						 .rest = span_of_ms(REST_MS),
						 .again = true,
						 .list = true,
						 .owner = m,
						 .target = target,
						 .begun = begun,
						 .object = object,
						 .ended = ended });
	return m;
}

void machines_free(struct machines *m)
{
	if (m == NULL)
		return;
	rota_free(m->rota);
	free(m);
}

const struct kubewatch_stats *machines_stats(struct machines *m)
{
	return rota_stats(m->rota);
}
