/* SPDX-License-Identifier: Apache-2.0 */
/* blocked.c: whose migration cannot be, plan by plan; see inventory.h. */
#include "base/parse.h"
#include "inventory/inventory.h"
#include "inventory/rows.h"

struct teller {
	blockage_fn *fn;
	void *owner;
};

static uint64_t number(const char *text)
{
	uint64_t n = 0;

	return text != NULL && parse_u64(text, 0, UINT64_MAX, &n) ? n : 0;
}

static void on_row(void *owner, const char *const *texts)
{
	const struct teller *t = owner;

	t->fn(t->owner, &(struct blockage){ .plan = texts[0],
					    .machines = number(texts[1]),
					    .total = number(texts[2]),
					    .rules = number(texts[3]),
					    .worst = texts[4] });
}

bool inventory_blocked(struct inventory *inv, blockage_fn *fn, void *owner, struct err *ret_err)
{
	struct teller t = { .fn = fn, .owner = owner };

	return inventory_rows(inv,
			      "SELECT plan, machines, total, rules, worst FROM blocked"
			      " ORDER BY plan IS NOT NULL, machines DESC, plan",
			      on_row, &t, ret_err);
}
