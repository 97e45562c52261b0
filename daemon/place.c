/* SPDX-License-Identifier: Apache-2.0 */
/* place.c: see place.h. */
#include "daemon/place.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

struct places {
	void *tree; /* of struct place, by address */
};

static int compare_places(const void *a, const void *b)
{
	const struct addr *x = &((const struct place *)a)->addr;
	const struct addr *y = &((const struct place *)b)->addr;

	if (addr_family(x) != addr_family(y))
		return addr_family(x) < addr_family(y) ? -1 : 1;
	if (addr_family(x) == AF_INET)
		return memcmp(&x->in.sin_addr, &y->in.sin_addr, sizeof x->in.sin_addr);
	if (x->in6.sin6_scope_id != y->in6.sin6_scope_id)
		return x->in6.sin6_scope_id < y->in6.sin6_scope_id ? -1 : 1;
	return memcmp(&x->in6.sin6_addr, &y->in6.sin6_addr, sizeof x->in6.sin6_addr);
}

struct place *places_take(struct places *p, const struct addr *addr)
{
	struct place *fresh = xcalloc(1, sizeof *fresh);
	struct place **at;

	fresh->addr = *addr;
	list_init(&fresh->waiting);
	at = tsearch(fresh, &p->tree, compare_places);
	MUST(at != NULL);
	if (*at != fresh)
		free(fresh);
	(*at)->endpoints++;
	return *at;
}

void places_release(struct places *places, struct place *p)
{
	if (--p->endpoints > 0)
		return;
	MUST(p->in_flight == 0 && list_empty(&p->waiting));
	(void)tdelete(p, &places->tree, compare_places);
	free(p);
}

struct places *places_new(void)
{
	return xcalloc(1, sizeof(struct places));
}

void places_free(struct places *p)
{
	if (p == NULL)
		return;
	MUST(p->tree == NULL);
	free(p);
}
