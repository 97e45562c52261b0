/* SPDX-License-Identifier: Apache-2.0 */
/* compare.c: see compare.h. */
#include "inventory/compare.h"

#include <stddef.h>

#include "inventory/rows.h"
#include "inventory/statement.h"

struct telling {
	difference_fn *fn;
	void *owner;
};

static void on_row(void *owner, const char *const *texts)
{
	const struct telling *t = owner;
	struct difference d = { .forklift = texts[0][0] == '1',
				.rule = texts[1],
				.id = texts[2],
				.name = texts[3],
				.text = texts[4] != NULL ? texts[4] : "",
				.reason = texts[5] };

	t->fn(t->owner, &d);
}

bool inventory_compare(struct inventory *inv, difference_fn *fn, void *owner, struct err *ret_err)
{
	struct telling t = { fn, owner };

	return inventory_rows(inv, statement_sql(STATEMENT_DIFFERENCES), on_row, &t, ret_err);
}
