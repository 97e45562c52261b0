/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_endpoints.c: banksman endpoints: the daemon's configuration, from exports or as it is. */
#include "base/err.h"
#include "cli/exports.h"
#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "cli/watchlist.h"
#include "inventory/inventory.h"
#include "report/exit.h"
#include "report/term.h"

static int put(const struct watchlist *w, const struct options *o)
{
	struct buf out;
	int status = STATUS_CLEAR;

	if (!watchlist_some(w)) {
		term_complain("the exports name nothing that can be watched");
		status = STATUS_NOT_CLEAR;
	}
	buf_init(&out, TERM_OUTPUT_BYTES);
	if (o->output == OUTPUT_JSON)
		watchlist_put_json(w, &out);
	else if (o->output == OUTPUT_HOSTS)
		watchlist_put_hosts(w, &out);
	else
		watchlist_put_yaml(w, &out);
	status = term_write(&out, status);
	buf_done(&out);
	return status;
}

/* What the daemon watches: exit status 1 when that is nothing. */
static int live(const struct options *o)
{
	const char *pattern = o->word_count > 0 ? o->words[0] : NULL;
	json_t *all = NULL;
	struct inquiry q;
	int status;

	if (!inquiry_words(o, 0, 1, "endpoints --live takes one ENDPOINT or none"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o))
		all = inquiry_endpoints(&q, pattern, false, o->limit);
	status = q.status;
	if (all != NULL)
		status = inquiry_show(&q, all, show_origins,
				      got_count(got_list(all, "endpoints")) > 0 ? STATUS_CLEAR
										: STATUS_NOT_CLEAR);
	inquiry_end(&q);
	return status;
}

static int from_exports(const struct options *o)
{
	struct term term = term_find();
	struct inventory *inv = exports_read(o, &term, NULL);
	struct watchlist w = { 0 };
	struct err err;
	int status = STATUS_LOCAL;

	if (inv == NULL)
		return STATUS_LOCAL;
	if (inventory_offers(inv, watchlist_add, &w, &err))
		status = put(&w, o);
	else
		term_complain("%s", err.text);
	watchlist_done(&w);
	inventory_free(inv);
	return status;
}

int cmd_endpoints(const struct options *o)
{
	return o->live ? live(o) : from_exports(o);
}
