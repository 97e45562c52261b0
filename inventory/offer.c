/* SPDX-License-Identifier: Apache-2.0 */
/* offer.c: see offer.h. */
#include "inventory/offer.h"

#include "inventory/rows.h"
#include "inventory/statement.h"

struct telling {
	offer_fn *fn;
	void *owner;
};

static void on_row(void *owner, const char *const *texts)
{
	const struct telling *t = owner;
	struct offer o = { .provider = texts[0],
			   .type = texts[1],
			   .role = texts[2],
			   .address = texts[3],
			   .name = texts[4],
			   .fingerprint = texts[5],
			   .site = texts[6],
			   .manager = texts[7] };

	t->fn(t->owner, &o);
}

bool inventory_offers(struct inventory *inv, offer_fn *fn, void *owner, struct err *ret_err)
{
	struct telling t = { fn, owner };

	return inventory_rows(inv, statement_sql(STATEMENT_OFFERS), on_row, &t, ret_err);
}
