/* SPDX-License-Identifier: Apache-2.0 */
/* tell.c: see tell.h. */
#include "cli/tell.h"

#include <inttypes.h>

#include "base/must.h"

bool tell_wanted(const struct options *o, const struct rule *r)
{
	return r->severity >= o->only;
}

bool tell_counts(const struct options *o, const struct ruling *f)
{
	return !f->unknown && !o->fail_never && f->rule->severity >= o->fail_on;
}

const char *tell_name(const struct ruling *f)
{
	if (f->name != NULL && f->name[0] != '\0')
		return f->name;
	return f->id != NULL && f->id[0] != '\0' ? f->id : f->kind;
}

void tell_put_count(uint64_t n, const char *one, const char *many, struct buf *out)
{
	buf_printf(out, "%" PRIu64 " %s", n, n == 1 ? one : many);
}

static const struct score_rule *at_hand(const struct tell *t)
{
	MUST(t->place < t->told->score->count);
	return &t->told->score->rules[t->place];
}

static void leave_rule(struct tell *t)
{
	if (t->within && t->teller->rule_end != NULL)
		t->teller->rule_end(t, at_hand(t));
	t->within = false;
}

/* The place of the finding's rule, which the score knows: it saw all that is told. */
static size_t place_of(const struct tell *t, const struct rule *r)
{
	const struct score *score = t->told->score;

	for (size_t i = t->place; i < score->count; i++)
		if (score->rules[i].rule == r)
			return i;
	for (size_t i = 0; i < score->count; i++)
		if (score->rules[i].rule == r)
			return i;
	MUST(false);
}

void tell_begin(struct tell *t, const struct told *told, const struct teller *teller,
		struct buf *out)
{
	*t = (struct tell){ .told = told, .teller = teller, .out = out };
	if (teller->begin != NULL)
		teller->begin(t);
}

void tell_add(struct tell *t, const struct ruling *f)
{
	size_t place;

	if (!tell_wanted(t->told->options, f->rule))
		return;
	if (t->teller->passes > 1 && f->unknown != (t->pass > 0))
		return;
	place = place_of(t, f->rule);
	if (!t->within || place != t->place) {
		leave_rule(t);
		t->place = place;
		t->within = true;
		t->number = 0;
		if (t->teller->rule != NULL)
			t->teller->rule(t, at_hand(t));
	}
	t->teller->add(t, f);
	t->number++;
}

void tell_pass(struct tell *t)
{
	leave_rule(t);
	t->pass++;
	t->place = 0;
}

void tell_end(struct tell *t)
{
	MUST(!t->within);
	if (t->teller->end != NULL)
		t->teller->end(t);
}
