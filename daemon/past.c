/* SPDX-License-Identifier: Apache-2.0 */
/* past.c: see past.h. */
#include "daemon/past.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/exchange.h"
#include "daemon/reply.h"
#include "daemon/store.h"
#include "report/json.h"

/* A question under way. */
struct past {
	struct exchange *exchange;
	struct ask *ask;
	struct past_want want;
	max_align_t filter[];
};

static void on_gone(void *owner)
{
	struct past *p = owner;

	store_ask_cancel(p->ask);
	free(p);
}

static json_t *wanted(const struct past_want *w, const struct answer *a)
{
	json_t *all = json_loadb(a->json, a->len, 0, NULL);
	json_t *kept = report_array();
	json_t *row;
	size_t i;

	json_array_foreach(all, i, row) if (w->fits(w->filter, row))
		report_append(kept, json_incref(row));
	json_decref(all);
	return kept;
}

static void answer(struct exchange *x, const struct past_want *w, const struct answer *a)
{
	json_t *o = report_object();
	char next[32];

	(void)snprintf(next, sizeof next, "%" PRId64, a->next);
	report_set_text(o, "next", a->next != 0 ? next : "");
	if (w->fits == NULL) {
		reply_rows(x, o, w->key, a->json, a->len);
		return;
	}
	report_set(o, w->key, wanted(w, a));
	reply_json(x, 200, o);
}

/* The reply ends the watch: nobody calls on_gone() for p. */
static void on_answer(void *owner, const struct answer *a)
{
	struct past *p = owner;

	if (a->error != NULL)
		reply_fail(p->exchange, 503, NULL, "the history does not answer: %s", a->error);
	else
		answer(p->exchange, &p->want, a);
	free(p);
}

void past_send(struct store *store, const struct question *q, const struct past_want *want,
	       struct exchange *x)
{
	struct past *p;

	if (store == NULL) {
		reply_fail(x, 503, "no-history",
			   "this daemon keeps no history (history.path is empty)");
		return;
	}
	p = xcalloc(1, sizeof *p + want->size);
	p->exchange = x;
	p->want = *want;
	if (want->size > 0)
		memcpy(p->filter, want->filter, want->size);
	p->want.filter = p->filter;
	exchange_watch(x, &(struct exchange_watcher){ .owner = p, .gone = on_gone });
	p->ask = store_ask(store, q, on_answer, p);
}
