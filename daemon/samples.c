/* SPDX-License-Identifier: Apache-2.0 */
/* samples.c: see samples.h. */
#include "daemon/samples.h"

#include <stdlib.h>

#include "base/mem.h"
#include "daemon/registry.h"
#include "daemon/store.h"

enum { CHUNK_AGE_MS = 5 * 60 * 1000 };

void samples_flush(struct endpoint *e, struct store *store)
{
	if (e->chunk == NULL)
		return;
	if (store != NULL)
		store_put_samples(store, e->chunk);
	free(e->chunk);
	e->chunk = NULL;
}

/* The chunk is such that slot `slot` at wall time `at` is its next, or one soon after. */
static bool continues(const struct endpoint *e, const struct sample *s)
{
	const struct store_samples *c = e->chunk;
	int64_t ahead = s->slot - e->chunk_slot;
	int64_t off_ms;

	if (c->interval.ns != s->interval.ns || ahead < c->count || ahead >= STORE_CHUNK)
		return false;
	off_ms = s->at.ms - (c->start.ms + ahead * span_ms(s->interval));
	return llabs(off_ms) <= span_ms(s->interval) / 2;
}

static void begin(struct endpoint *e, const struct sample *s)
{
	e->chunk = xcalloc(1, sizeof *e->chunk);
	e->chunk->endpoint = e->id;
	e->chunk->start = s->at;
	e->chunk->interval = s->interval;
	e->chunk_slot = s->slot;
	e->chunk_began = s->now;
}

void samples_put(struct endpoint *e, const struct sample *s, struct store *store)
{
	struct store_samples *c;

	if (e->chunk != NULL && !continues(e, s))
		samples_flush(e, store);
	if (e->chunk == NULL)
		begin(e, s);
	c = e->chunk;
	while (c->count < s->slot - e->chunk_slot)
		c->rtt_us[c->count++] = SAMPLE_NOT_RUN;
	c->rtt_us[c->count++] = s->rtt_us;
	if (c->count == STORE_CHUNK || span_ms(mono_sub(s->now, e->chunk_began)) >= CHUNK_AGE_MS)
		samples_flush(e, store);
}
