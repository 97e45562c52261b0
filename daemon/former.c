/* SPDX-License-Identifier: Apache-2.0 */
/* former.c: see former.h. */
#include "daemon/former.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/store.h"

/* In a tree by name and address. */
struct node {
	char *name;    /* owned */
	char *address; /* owned; "": a host's name */
	struct former how;
};

struct past_addr {
	char *host; /* owned */
	struct addr addr;
};

struct formers {
	void *tree;
	struct past_addr *addrs; /* owned; sorted by host */
	size_t addr_count;
};

static int compare_nodes(const void *a, const void *b)
{
	const struct node *x = a;
	const struct node *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->address, y->address);
}

static void node_free(void *data)
{
	struct node *n = data;

	free(n->name);
	free(n->address);
	free(n);
}

void formers_put(struct formers *f, const struct store_endpoint *e, const struct former *how)
{
	struct node *n = xcalloc(1, sizeof *n);
	struct node **at;

	n->name = xstrdup(e->name);
	n->address = xstrdup(e->address);
	at = tsearch(n, &f->tree, compare_nodes);
	MUST(at != NULL);
	(*at)->how = *how;
	if (*at != n)
		node_free(n);
}

bool formers_take(struct formers *f, const struct store_endpoint *e, struct former *ret_how)
{
	struct node key = { .name = xstrdup(e->name), .address = xstrdup(e->address) };
	struct node **at = tfind(&key, &f->tree, compare_nodes);
	struct node *n = at != NULL ? *at : NULL;

	free(key.name);
	free(key.address);
	if (n == NULL)
		return false;
	*ret_how = n->how;
	(void)tdelete(n, &f->tree, compare_nodes);
	node_free(n);
	return true;
}

static int compare_past_addrs(const void *a, const void *b)
{
	const struct past_addr *x = a;
	const struct past_addr *y = b;

	return strcmp(x->host, y->host);
}

static void put_address(struct formers *f, const struct store_past *past)
{
	struct addr addr;

	if (past->retired || past->endpoint.address[0] == '\0' ||
	    !addr_parse(past->endpoint.address, 0, &addr))
		return;
	f->addrs[f->addr_count++] =
		(struct past_addr){ .host = xstrdup(past->endpoint.host), .addr = addr };
}

struct formers *formers_new(const struct store_pasts *pasts)
{
	struct formers *f = xcalloc(1, sizeof *f);

	if (pasts == NULL || pasts->count == 0)
		return f;
	f->addrs = xcalloc(pasts->count, sizeof *f->addrs);
	for (size_t i = 0; i < pasts->count; i++) {
		const struct store_past *past = &pasts->list[i];
		struct former how = { .id = past->endpoint.id };

		for (int a = 0; a < ASPECT_N; a++) {
			/* While it was retired nobody looked. */
			how.value[a] = past->retired ? STATE_NOTHING : past->value[a];
			how.since[a] = past->since[a];
		}
		formers_put(f, &past->endpoint, &how);
		put_address(f, past);
	}
	if (f->addr_count > 0)
		qsort(f->addrs, f->addr_count, sizeof *f->addrs, compare_past_addrs);
	return f;
}

void formers_free(struct formers *f)
{
	if (f == NULL)
		return;
	formers_forget_addresses(f);
	tdestroy(f->tree, node_free);
	free(f);
}

static bool listed(const struct addr *addrs, size_t count, const struct addr *addr)
{
	for (size_t i = 0; i < count; i++)
		if (addr_same_host(&addrs[i], addr))
			return true;
	return false;
}

/* The first of f->addrs whose host is not before host. */
static size_t lower_bound(const struct formers *f, const char *host)
{
	size_t low = 0;
	size_t high = f->addr_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(f->addrs[middle].host, host) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t formers_addresses(const struct formers *f, const char *host, struct addr *ret_addrs,
			 size_t size)
{
	size_t count = 0;

	for (size_t i = lower_bound(f, host);
	     i < f->addr_count && strcmp(f->addrs[i].host, host) == 0 && count < size; i++)
		if (!listed(ret_addrs, count, &f->addrs[i].addr))
			ret_addrs[count++] = f->addrs[i].addr;
	return count;
}

void formers_forget_addresses(struct formers *f)
{
	for (size_t i = 0; i < f->addr_count; i++)
		free(f->addrs[i].host);
	free(f->addrs);
	f->addrs = NULL;
	f->addr_count = 0;
}
