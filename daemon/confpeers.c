/* SPDX-License-Identifier: Apache-2.0 */
/* confpeers.c: see confpeers.h. */
#include "daemon/confpeers.h"

#include <stdlib.h>

#include "daemon/conf.h"
#include "daemon/confpool.h"
#include "daemon/discovered.h"
#include "daemon/rendezvous.h"

static int compare_numbers(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a;
	uint64_t y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void confpeers_add(const struct discovered *set, struct confpool *pool, struct conf *c)
{
	size_t pods = discovered_count(set, KUBE_POD);
	uint64_t *peers = confpool_alloc(pool, (pods + 1) * sizeof *peers);
	size_t all = 0;
	size_t count = 0;

	c->probe.self = rendezvous_hash(c->node);
	peers[all++] = c->probe.self;
	for (size_t i = 0; i < pods; i++) {
		const struct kube_pod *p = &discovered_get(set, KUBE_POD, i)->pod;

		if (p->ready && p->node[0] != '\0')
			peers[all++] = rendezvous_hash(p->node);
	}
	qsort(peers, all, sizeof *peers, compare_numbers);
	for (size_t i = 0; i < all; i++)
		if (count == 0 || peers[i] != peers[count - 1])
			peers[count++] = peers[i];
	c->probe.peers = peers;
	c->probe.peer_count = count;
	c->probe.nodes = (unsigned)count;
}
