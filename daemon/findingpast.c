/* SPDX-License-Identifier: Apache-2.0 */
/* findingpast.c: see findingpast.h. */
#include "daemon/findingpast.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "daemon/exchange.h"
#include "daemon/findingfilter.h"
#include "daemon/reply.h"
#include "daemon/store.h"
#include "report/json.h"

/* A question under way. */
struct findingpast {
	struct exchange *exchange;
	struct ask *ask;
	struct findingfilter filter;
};

static void on_gone(void *owner)
{
	struct findingpast *p = owner;

	store_ask_cancel(p->ask);
	free(p);
}

static json_t *wanted(const struct findingfilter *f, const struct answer *a)
{
	json_t *all = json_loadb(a->json, a->len, 0, NULL);
	json_t *kept = report_array();
	json_t *row;
	size_t i;

	json_array_foreach(all, i, row) if (findingfilter_fits_row(f, row))
		report_append(kept, json_incref(row));
	json_decref(all);
	return kept;
}

static void on_answer(void *owner, const struct answer *a)
{
	struct findingpast *p = owner;
	struct exchange *x = p->exchange;
	struct findingfilter filter = p->filter;
	json_t *o;
	char next[32];

	free(p);
	if (a->error != NULL) {
		reply_fail(x, 503, NULL, "the history does not answer: %s", a->error);
		return;
	}
	o = report_object();
	(void)snprintf(next, sizeof next, "%" PRId64, a->next);
	report_set_text(o, "next", a->next != 0 ? next : "");
	report_set(o, "findings", wanted(&filter, a));
	reply_json(x, 200, o);
}

void findingpast_send(struct store *store, const struct question *q, const struct findingfilter *f,
		      struct exchange *x)
{
	struct findingpast *p;

	if (store == NULL) {
		reply_fail(x, 503, "no-history",
			   "this daemon keeps no history (history.path is empty)");
		return;
	}
	p = xcalloc(1, sizeof *p);
	p->exchange = x;
	p->filter = *f;
	exchange_watch(x, &(struct exchange_watcher){ .owner = p, .gone = on_gone });
	p->ask = store_ask(store, q, on_answer, p);
}
