/* SPDX-License-Identifier: Apache-2.0 */
/* tell_csv.c: findings as rows for spreadsheets; see tell.h. */
#include "base/must.h"
#include "cli/quote.h"
#include "cli/tell.h"

static const char *const titles[] = {
	"rule", "severity", "forklift_category", "verdict", "kind", "id",
	"name", "plan",     "message",           "remedy",
};

static void put_row(const char *const *fields, struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(titles); i++)
		quote_csv(fields[i] != NULL ? fields[i] : "", i == ARRAY_LEN(titles) - 1, out);
}

static void begin(struct tell *t)
{
	put_row(titles, t->out);
}

static void add(struct tell *t, const struct ruling *f)
{
	const char *const fields[ARRAY_LEN(titles)] = {
		f->rule->id,       score_severity(f->rule->severity),
		f->rule->category, f->unknown ? "unknown" : "fail",
		f->kind,           f->id,
		f->name,           f->plan,
		f->message,        f->rule->remedy,
	};

	put_row(fields, t->out);
}

const struct teller *tell_csv(void)
{
	static const struct teller teller = { .begin = begin, .add = add, .passes = 1 };

	return &teller;
}
