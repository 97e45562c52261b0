/* SPDX-License-Identifier: Apache-2.0 */
/* score.c: see score.h. */
#include "cli/score.h"

#include <stdlib.h>

#include "base/mem.h"

const char *score_severity(enum rule_severity s)
{
	static const char *const names[RULE_SEVERITY_N] = {
		[RULE_INFO] = "info", [RULE_WARNING] = "warning", [RULE_BLOCKER] = "blocker"
	};

	return names[s];
}

size_t score_place(struct score *t, const struct rule *r)
{
	if (t->last < t->count && t->rules[t->last].rule == r)
		return t->last;
	for (size_t i = 0; i < t->count; i++)
		if (t->rules[i].rule == r)
			return t->last = i;
	if (t->count == t->size) {
		t->size = t->size > 0 ? t->size * 2 : 64;
		t->rules = xreallocarray(t->rules, t->size, sizeof *t->rules);
	}
	t->rules[t->count] = (struct score_rule){ .rule = r };
	return t->last = t->count++;
}

size_t score_add(struct score *t, const struct ruling *f)
{
	size_t place = score_place(t, f->rule);

	if (f->unknown) {
		t->rules[place].unknown++;
		t->unknown[f->rule->severity]++;
	} else {
		t->rules[place].failed++;
		t->failed[f->rule->severity]++;
	}
	return place;
}

void score_done(struct score *t)
{
	free(t->rules);
	*t = (struct score){ 0 };
}
