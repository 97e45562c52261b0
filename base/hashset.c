/* SPDX-License-Identifier: Apache-2.0 */
/* hashset.c: see hashset.h. */
#include "base/hashset.h"

#include <stdlib.h>

#include "base/mem.h"

void hashset_init(struct hashset *h, size_t most)
{
	size_t size = 8;

	while (size / 2 <= most)
		size *= 2;
	h->mask = size - 1;
	h->slots = xcalloc(size, sizeof *h->slots);
}

void hashset_done(struct hashset *h)
{
	free(h->slots);
	h->slots = NULL;
}

const void **hashset_slot(struct hashset *h, const void *key, uint64_t hash,
			  hashset_compare_fn *compare)
{
	size_t i = (size_t)(hash ^ hash >> 32) & h->mask;

	while (h->slots[i] != NULL && compare(h->slots[i], key) != 0)
		i = (i + 1) & h->mask;
	return &h->slots[i];
}
