/* SPDX-License-Identifier: Apache-2.0 */
/* provider.c: see provider.h. */
#include "daemon/provider.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/cert.h"

struct providers {
	struct list list; /* few */
};

struct providers *providers_new(void)
{
	struct providers *p = xcalloc(1, sizeof *p);

	list_init(&p->list);
	return p;
}

void providers_free(struct providers *p)
{
	struct link *k;

	if (p == NULL)
		return;
	while ((k = list_first(&p->list)) != NULL) {
		struct provider *one = container_of(k, struct provider, link);

		link_remove(k);
		cert_free(one->ca);
		free(one->name);
		free(one);
	}
	free(p);
}

struct provider *providers_get(struct providers *p, const char *name)
{
	struct provider *one;

	if (name[0] == '\0')
		return NULL;
	for (struct link *k = list_first(&p->list); k != NULL; k = list_next(&p->list, k)) {
		one = container_of(k, struct provider, link);
		if (strcmp(one->name, name) == 0)
			return one;
	}
	one = xcalloc(1, sizeof *one);
	one->name = xstrdup(name);
	list_push_back(&p->list, &one->link);
	return one;
}
