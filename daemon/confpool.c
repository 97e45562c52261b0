/* SPDX-License-Identifier: Apache-2.0 */
/* confpool.c: see confpool.h. */
#include "daemon/confpool.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { BLOCK_BYTES = 16 * 1024 };

struct block {
	struct block *next; /* filled earlier */
	size_t used;
	size_t size;
	void *data[];
};

struct confpool {
	struct block *newest; /* owned, and its next ones */
};

struct confpool *confpool_new(void)
{
	return xcalloc(1, sizeof(struct confpool));
}

void confpool_free(struct confpool *p)
{
	struct block *next;

	if (p == NULL)
		return;
	for (struct block *b = p->newest; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(p);
}

void *confpool_alloc(struct confpool *p, size_t bytes)
{
	size_t step = sizeof(void *);
	size_t need = (bytes + step - 1) / step;
	struct block *b = p->newest;
	void *start;

	if (b == NULL || b->size - b->used < need) {
		size_t size = need > BLOCK_BYTES / step ? need : BLOCK_BYTES / step;

		b = xcalloc(1, sizeof *b + size * step);
		b->size = size;
		b->next = p->newest;
		p->newest = b;
	}
	start = b->data + b->used;
	b->used += need;
	return start;
}

char *confpool_text(struct confpool *p, const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(confpool_alloc(p, size), text, size);
}
