/* SPDX-License-Identifier: Apache-2.0 */
/* affected.c: see affected.h. */
#include "daemon/affected.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "daemon/conf.h"
#include "daemon/confmerge.h"
#include "daemon/discovered.h"

enum { NAMED_MAX = 5 };

static bool same_ref(const struct kube_ref *a, const struct kube_ref *b)
{
	return strcmp(a->namespace, b->namespace) == 0 && strcmp(a->name, b->name) == 0;
}

/* provider is what the file or discovery calls it. */
static bool is_called(const struct discovered *set, const struct kubeobject *o,
		      const char *provider)
{
	char label[CONFMERGE_LABEL_SIZE];
	AUTO(text) char *whole = NULL;

	if (provider[0] == '\0')
		return false;
	confmerge_label(set, o, label);
	if (strcmp(label, provider) == 0)
		return true;
	whole = xasprintf("%s/%s", o->ref.namespace, o->ref.name);
	return strcmp(whole, provider) == 0;
}

/* One of o's machines is at that host. */
static bool has_host(const struct discovered *set, const struct kubeobject *o, const char *host)
{
	static const enum kube_kind kinds[] = { KUBE_HOST, KUBE_MACHINE };

	if (strcasecmp(o->provider.host, host) == 0)
		return true;
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (size_t i = 0; i < discovered_count(set, kinds[k]); i++) {
			const struct kube_host *h = &discovered_get(set, kinds[k], i)->host;

			if (same_ref(&h->provider, &o->ref) && strcasecmp(h->address, host) == 0)
				return true;
		}
	return false;
}

/* Provider i needs what is asked about. */
static bool needs(const struct discovered *set, size_t i, const char *provider, const char *host)
{
	const struct kubeobject *o = discovered_get(set, KUBE_PROVIDER, i);

	return is_called(set, o, provider) || (host != NULL && has_host(set, o, host));
}

/* "a", "a and b", "a, b and c", "a, b, c and 4 more" */
static void put_plans(const struct kubeobject *const *plans, size_t count, struct buf *out)
{
	size_t named = count > NAMED_MAX ? NAMED_MAX : count;

	buf_puts(out, count == 1 ? "plan " : "plans ");
	for (size_t i = 0; i < named; i++) {
		const struct kubeobject *o = plans[i];
		const char *between = i == 0 ? "" : i + 1 < count ? ", " : " and ";

		buf_printf(out, "%s%s/%s (%zu machine%s)", between, o->ref.namespace, o->ref.name,
			   o->plan.machines, o->plan.machines == 1 ? "" : "s");
	}
	if (count > named)
		buf_printf(out, " and %zu more", count - named);
}

static void put(const struct discovered *set, const char *provider, const char *host, bool part,
		struct buf *out)
{
	size_t providers = discovered_count(set, KUBE_PROVIDER);
	size_t all = discovered_count(set, KUBE_PLAN);
	bool *needed = xcalloc(providers + 1, sizeof *needed);
	const struct kubeobject **plans = xcalloc(all + 1, sizeof(struct kubeobject *));
	size_t count = 0;

	for (size_t i = 0; i < providers; i++)
		needed[i] = needs(set, i, provider, host);
	for (size_t p = 0; p < all; p++) {
		const struct kubeobject *o = discovered_get(set, KUBE_PLAN, p);
		bool mine = false;

		for (size_t i = 0; i < providers && !o->plan.over; i++)
			mine = mine ||
			       (needed[i] && same_ref(&discovered_get(set, KUBE_PROVIDER, i)->ref,
						      &o->plan.source));
		if (mine)
			plans[count++] = o;
	}
	if (count > 0) {
		buf_puts(out, part ? "what of " : "");
		put_plans(plans, count, out);
		buf_puts(out, part ? " is on this host will fail" : " will fail");
	}
	free(plans);
	free(needed);
}

void affected_put(const struct discovered *set, const struct conf_target *t, struct buf *out)
{
	bool part = t->role == ROLE_ESXI || t->role == ROLE_OVIRT_HOST;

	if (set != NULL)
		put(set, t->provider, t->host, part, out);
}

void affected_put_provider(const struct discovered *set, const char *provider, struct buf *out)
{
	if (set != NULL)
		put(set, provider, NULL, false, out);
}
