/* SPDX-License-Identifier: Apache-2.0 */
/* health.c: see health.h. */
#include "daemon/health.h"

#include "base/must.h"
#include "base/text.h"

void health_init(struct health *h)
{
	*h = (struct health){ 0 };
	MUST(pthread_mutex_init(&h->lock, NULL) == 0);
}

void health_done(struct health *h)
{
	(void)pthread_mutex_destroy(&h->lock);
}

static struct store_stats *take(struct health *h)
{
	MUST(pthread_mutex_lock(&h->lock) == 0);
	return &h->stats;
}

static void give(struct health *h)
{
	MUST(pthread_mutex_unlock(&h->lock) == 0);
}

bool health_commit(struct health *h, struct span took, uint64_t rows, struct wall at)
{
	struct store_stats *s = take(h);
	bool turned = !s->writable;

	s->commits++;
	s->rows += rows;
	s->commit_seconds += (double)took.ns / 1e9;
	s->committed = at;
	s->writable = true;
	s->trouble[0] = '\0';
	give(h);
	return turned;
}

bool health_failure(struct health *h, const struct err *e)
{
	struct store_stats *s = take(h);
	bool turned = s->writable;

	s->failures++;
	s->writable = false;
	text_printf(s->trouble, sizeof s->trouble, "%s", e->text);
	give(h);
	return turned;
}

void health_set_aside(struct health *h, const char *name)
{
	struct store_stats *s = take(h);

	s->set_aside++;
	text_printf(s->aside, sizeof s->aside, "%s", name);
	give(h);
}

void health_bytes(struct health *h, uint64_t bytes)
{
	take(h)->bytes = bytes;
	give(h);
}

void health_stats(struct health *h, struct store_stats *ret_stats)
{
	*ret_stats = *take(h);
	give(h);
}
