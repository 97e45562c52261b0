/* SPDX-License-Identifier: Apache-2.0 */
/* planbook.c: see planbook.h. */
#include "daemon/planbook.h"

#include <stdlib.h>

#include "base/mem.h"
#include "daemon/discovered.h"
#include "daemon/rota.h"

enum { REST_MS = 300000 };

struct planbook {
	struct discovered *set; /* borrowed */
	struct rota *rota;      /* owned */
};

static char *target(void *owner, const struct kubeobject *o)
{
	(void)owner;
	return xasprintf("/apis/forklift.konveyor.io/v1beta1/namespaces/%s/plans/%s",
			 o->ref.namespace, o->ref.name);
}

static void begun(void *owner, const struct kubeobject *o)
{
	(void)owner;
	(void)o;
}

/* It may have gone meanwhile. */
static void object(void *owner, const struct kubeobject *o, const json_t *told)
{
	struct planbook *p = owner;
	struct kubeobject read;

	if (kubeobject_read(KUBE_PLAN, told, &read) && kubeobject_compare(o, &read) == 0 &&
	    discovered_find(p->set, KUBE_PLAN, &o->ref) != NULL)
		(void)discovered_put(p->set, &read);
}

static void ended(void *owner, const struct kubeobject *o, bool whole)
{
	(void)owner;
	(void)o;
	(void)whole;
}

void planbook_object(struct planbook *p, const json_t *o, bool gone)
{
	const struct kubeobject *known;
	struct kubeobject read;

	if (!kubeobject_read(KUBE_PLAN, o, &read))
		return;
	if (gone) {
		(void)discovered_drop(p->set, &read);
		rota_drop(p->rota, &read);
		return;
	}
	known = discovered_find(p->set, KUBE_PLAN, &read.ref);
	if (known != NULL)
		read.plan = known->plan;
	(void)discovered_put(p->set, &read);
	rota_want(p->rota, &read);
}

static bool keep(void *owner, const struct kubeobject *o)
{
	const struct planbook *p = owner;

	return discovered_find(p->set, KUBE_PLAN, &o->ref) != NULL;
}

void planbook_listed(struct planbook *p)
{
	rota_prune(p->rota, keep);
}

struct planbook *planbook_new(struct event_base *base, struct kubecall *call,
			      struct discovered *set)
{
	struct planbook *p = xcalloc(1, sizeof *p);

	p->set = set;
	p->rota = rota_new(&(struct rota_parts){ .base = base,
						 .call = call,
						 .what = "plans",
						 .teller = "the Kubernetes API",
						 .rest = span_of_ms(REST_MS),
						 .owner = p,
						 .target = target,
						 .begun = begun,
						 .object = object,
						 .ended = ended });
	return p;
}

void planbook_free(struct planbook *p)
{
	if (p == NULL)
		return;
	rota_free(p->rota);
	free(p);
}

const struct kubewatch_stats *planbook_stats(struct planbook *p)
{
	return rota_stats(p->rota);
}
