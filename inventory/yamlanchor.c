/* SPDX-License-Identifier: Apache-2.0 */
/* yamlanchor.c: see yamlanchor.h. */
#include "inventory/yamlanchor.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { HELD_BYTES = 64 * 1024 * 1024 };

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct yamlanchor *)a)->name, ((const struct yamlanchor *)b)->name);
}

static void free_one(void *p)
{
	struct yamlanchor *a = p;

	free(a->own);
	free(a->json);
	free(a);
}

void yamlanchors_clear(struct yamlanchors *all)
{
	tdestroy(all->tree, free_one);
	*all = (struct yamlanchors){ 0 };
}

struct yamlanchor *yamlanchors_find(const struct yamlanchors *all, const char *name)
{
	struct yamlanchor wanted = { .name = name };
	struct yamlanchor **found = tfind(&wanted, &all->tree, compare);

	return found != NULL ? *found : NULL;
}

static struct yamlanchor *add(struct yamlanchors *all, const char *name)
{
	struct yamlanchor *a = xcalloc(1, sizeof *a);

	a->own = xstrdup(name);
	a->name = a->own;
	if (tsearch(a, &all->tree, compare) == NULL)
		abort();
	all->held += sizeof *a + strlen(name);
	return a;
}

struct yamlanchor *yamlanchors_open(struct yamlanchors *all, const char *name)
{
	struct yamlanchor *a = yamlanchors_find(all, name);

	if (a == NULL)
		return add(all, name);
	if (a->json != NULL)
		all->held -= a->len;
	free(a->json);
	a->json = NULL;
	return a;
}

bool yamlanchors_close(struct yamlanchors *all, struct yamlanchor *a, const char *json, size_t n,
		       unsigned height)
{
	if (a->json != NULL)
		return true;
	if (all->held > HELD_BYTES || n > HELD_BYTES - all->held)
		return false;
	a->json = xstrndup(json, n);
	a->len = n;
	a->height = height;
	all->held += n;
	return true;
}
