/* SPDX-License-Identifier: Apache-2.0 */
/* suspects.c: see suspects.h. */
#include "daemon/suspects.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"

_Static_assert(1 << (SUSPECTS_DEPTH - 2) >= SUSPECTS_BATCH_MAX, "halves of halves have room");

void suspects_push(struct suspects *s, const uint64_t *serials, size_t count)
{
	MUST(s->depth < SUSPECTS_DEPTH && count > 0);
	s->stack[s->depth++] =
		(struct portion){ .serials = xmemdup(serials, count * sizeof *serials),
				  .count = count };
}

void suspects_split(struct suspects *s, const uint64_t *serials, size_t count)
{
	size_t half = count / 2;

	MUST(count >= 2 && count <= SUSPECTS_BATCH_MAX);
	suspects_push(s, serials + half, count - half);
	suspects_push(s, serials, half);
}

uint64_t *suspects_pop(struct suspects *s, size_t *ret_count)
{
	if (s->depth == 0)
		return NULL;
	s->depth--;
	*ret_count = s->stack[s->depth].count;
	return s->stack[s->depth].serials;
}

void suspects_clear(struct suspects *s)
{
	while (s->depth > 0)
		free(s->stack[--s->depth].serials);
}
