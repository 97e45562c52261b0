/* SPDX-License-Identifier: Apache-2.0 */
/* scrape.c: see scrape.h. */
#include "daemon/scrape.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "daemon/exchange.h"
#include "daemon/metrics.h"
#include "daemon/round.h"
#include "daemon/status.h"
#include "daemon/store.h"

enum { FAMILY_BYTES = 64 << 20, ENOUGH_BYTES = 16 * 1024 };

struct scrape {
	struct exchange *exchange;
	struct metrics_facts facts;
	enum metrics_format format;
	size_t next; /* family */
};

/* Small families go together, a large one alone. */
static void send_families(void *owner)
{
	struct scrape *s = owner;
	struct exchange *x = s->exchange;
	struct buf out;

	buf_init(&out, FAMILY_BYTES);
	while (s->next < metrics_count() && out.len < ENOUGH_BYTES)
		metrics_put(&s->facts, s->next++, s->format, &out);
	exchange_put(x, buf_text(&out), out.len);
	buf_done(&out);
	if (s->next == metrics_count()) {
		free(s);
		exchange_end(x);
	}
}

static void on_gone(void *owner)
{
	free(owner);
}

void scrape_send(const struct status_facts *f, struct exchange *x)
{
	struct scrape *s = xcalloc(1, sizeof *s);

	s->exchange = x;
	s->format = exchange_request(x)->openmetrics ? METRICS_OPENMETRICS : METRICS_PROMETHEUS;
	s->facts =
		(struct metrics_facts){ .registry = round_registry(f->round),
					.detail = f->conf->metrics.detail,
					.has_store = f->store != NULL,
					.started = f->started,
					.loaded = f->loaded,
					.loaded_well = f->refused[0] == '\0' && f->deaf[0] == '\0',
					.connections = f->connections,
					.ledger = f->ledger,
					.courier = f->courier,
					.discovery = f->discovery,
					.survey = f->survey };
	round_stats(f->round, &s->facts.round);
	if (f->store != NULL)
		store_stats(f->store, &s->facts.store);
	exchange_watch(x, &(struct exchange_watcher){
				  .owner = s, .gone = on_gone, .drained = send_families });
	exchange_begin(x, metrics_type(s->format));
	send_families(s);
}
