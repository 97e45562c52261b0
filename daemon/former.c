/* SPDX-License-Identifier: Apache-2.0 */
/* former.c: see former.h. */
#include "daemon/former.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/store.h"
#include "probes/cert.h"

/* In a tree by name and address. */
struct node {
	struct link link;
	char *name;    /* owned */
	char *address; /* owned; "": a host's name */
	char *check;   /* owned; NULL: its states are not inherited */
	uint16_t port;
	struct former how;
};

struct past_addr {
	char *host; /* owned */
	struct addr addr;
};

struct formers {
	void *tree;
	struct list nodes; /* in the order in which they ended */
	size_t count;
	bool settled;
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

static void node_free(struct node *n)
{
	link_remove(&n->link);
	cert_free(n->how.cert);
	free(n->name);
	free(n->address);
	free(n->check);
	free(n);
}

static struct node *node_of(struct link *k)
{
	return container_of(k, struct node, link);
}

static void forget(struct formers *f, struct node *n)
{
	(void)tdelete(n, &f->tree, compare_nodes);
	f->count--;
	node_free(n);
}

static void forget_the_oldest(struct formers *f)
{
	while (f->count > FORMERS_MAX)
		forget(f, node_of(list_first(&f->nodes)));
}

static struct node *find(const struct formers *f, const struct store_endpoint *e)
{
	struct node key = { .name = xstrdup(e->name), .address = xstrdup(e->address) };
	struct node **at = tfind(&key, &f->tree, compare_nodes);

	free(key.name);
	free(key.address);
	return at != NULL ? *at : NULL;
}

static void forget_states(struct node *n)
{
	for (int a = 0; a < ASPECT_N; a++)
		n->how.value[a] = STATE_NOTHING;
	n->how.open = (struct wall){ 0 };
	cert_free(n->how.cert);
	n->how.cert = NULL;
	free(n->check);
	n->check = NULL;
}

/* The newest of e, without states. */
static struct node *node_put(struct formers *f, const struct store_endpoint *e)
{
	struct node *n = find(f, e);

	if (n != NULL)
		forget(f, n);
	n = xcalloc(1, sizeof *n);
	n->name = xstrdup(e->name);
	n->address = xstrdup(e->address);
	n->port = e->port;
	n->how.id = e->id;
	forget_states(n);
	MUST(tsearch(n, &f->tree, compare_nodes) != NULL);
	list_push_back(&f->nodes, &n->link);
	f->count++;
	return n;
}

void formers_put(struct formers *f, const struct store_endpoint *e)
{
	(void)node_put(f, e);
	if (f->settled)
		forget_the_oldest(f);
}

bool formers_take(struct formers *f, const struct store_endpoint *e, struct former *ret_how)
{
	struct node *n = find(f, e);

	if (n == NULL)
		return false;
	if (n->check != NULL && (n->port != e->port || strcmp(n->check, e->check) != 0))
		forget_states(n);
	*ret_how = n->how;
	n->how.cert = NULL;
	forget(f, n);
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

	if (past->endpoint.address[0] == '\0' || !addr_parse(past->endpoint.address, 0, &addr))
		return;
	f->addrs[f->addr_count++] =
		(struct past_addr){ .host = xstrdup(past->endpoint.host), .addr = addr };
}

static void put_past(struct formers *f, const struct store_past *past)
{
	struct node *n = node_put(f, &past->endpoint);

	if (past->retired) /* while it was retired nobody looked */
		return;
	n->check = xstrdup(past->endpoint.check);
	memcpy(n->how.value, past->value, sizeof n->how.value);
	memcpy(n->how.since, past->since, sizeof n->how.since);
	n->how.open = past->open;
	n->how.cert = past->cert != NULL ? cert_ref(past->cert) : NULL;
	put_address(f, past);
}

struct formers *formers_new(const struct store_pasts *pasts)
{
	struct formers *f = xcalloc(1, sizeof *f);

	list_init(&f->nodes);
	if (pasts == NULL || pasts->count == 0)
		return f;
	f->addrs = xcalloc(pasts->count, sizeof *f->addrs);
	for (size_t i = 0; i < pasts->count; i++)
		put_past(f, &pasts->list[i]);
	if (f->addr_count > 0)
		qsort(f->addrs, f->addr_count, sizeof *f->addrs, compare_past_addrs);
	return f;
}

static void forget_addresses(struct formers *f)
{
	for (size_t i = 0; i < f->addr_count; i++)
		free(f->addrs[i].host);
	free(f->addrs);
	f->addrs = NULL;
	f->addr_count = 0;
}

void formers_settle(struct formers *f, former_gone_fn *gone, void *owner)
{
	if (f->settled)
		return;
	f->settled = true;
	forget_addresses(f);
	for (struct link *k = list_first(&f->nodes); k != NULL; k = list_next(&f->nodes, k)) {
		struct node *n = node_of(k);

		if (n->check != NULL)
			gone(owner, n->how.id);
		forget_states(n);
	}
	forget_the_oldest(f);
}

void formers_free(struct formers *f)
{
	if (f == NULL)
		return;
	forget_addresses(f);
	while (!list_empty(&f->nodes))
		forget(f, node_of(list_first(&f->nodes)));
	MUST(f->tree == NULL);
	free(f);
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
		if (!addr_listed(ret_addrs, count, &f->addrs[i].addr))
			ret_addrs[count++] = f->addrs[i].addr;
	return count;
}
