/* SPDX-License-Identifier: Apache-2.0 */
/* lookups.c: see lookups.h. */
#include "daemon/lookups.h"

#include <stdlib.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/registry.h"
#include "probes/names.h"
#include "probes/prober.h"

enum { LOOKUPS_AT_ONCE = 64 };

struct lookups {
	struct lookups_parts parts;
	struct list waiting; /* of hosts */
	size_t under_way;
};

struct lookups *lookups_new(const struct lookups_parts *parts)
{
	struct lookups *l = xcalloc(1, sizeof *l);

	l->parts = *parts;
	list_init(&l->waiting);
	return l;
}

void lookups_free(struct lookups *l)
{
	if (l == NULL)
		return;
	MUST(l->under_way == 0 && list_empty(&l->waiting));
	free(l);
}

void lookups_put(struct lookups *l, struct host *h, bool regular)
{
	if (h->lookup == NULL && !link_on_list(&h->waiting)) {
		h->regular = false;
		list_push_back(&l->waiting, &h->waiting);
	}
	h->regular = h->regular || regular;
}

void lookups_take_back(struct lookups *l, struct host *h)
{
	link_remove(&h->waiting);
	if (h->lookup != NULL)
		l->under_way--;
	names_cancel(h->lookup);
	h->lookup = NULL;
}

static void on_names(void *owner, const struct names_result *result)
{
	struct host *h = owner;
	struct lookups *l = h->lookups;

	h->lookup = NULL;
	l->under_way--;
	l->parts.done(l->parts.owner, h, result);
}

void lookups_turn(struct lookups *l, int family, struct span timeout)
{
	struct link *k;

	while (l->under_way < LOOKUPS_AT_ONCE && (k = list_first(&l->waiting)) != NULL) {
		struct host *h = container_of(k, struct host, waiting);

		link_remove(k);
		l->under_way++;
		h->asked = mono_now();
		h->lookups = l;
		h->lookup = names_start(prober_resolver(l->parts.prober), h->name, family, timeout,
					on_names, h);
	}
}
