/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_check.c: banksman check: can these machines be migrated, by their exports? */
#include "base/err.h"
#include "base/must.h"
#include "cli/difference.h"
#include "cli/exports.h"
#include "cli/objects.h"
#include "cli/options.h"
#include "cli/shown.h"
#include "cli/tell.h"
#include "cli/verb.h"
#include "report/exit.h"

enum { CHUNK_BYTES = 256 * 1024 };

/* A check: what was judged, and what is told of it. */
struct check {
	const struct options *options;
	const struct teller *teller;
	struct score score;
	struct objects objects;
	struct differences differences;
	struct lapses lapses;
	struct tell tell;
	struct buf out;
	int status; /* of writing */
};

static const struct teller *teller_of(enum output output)
{
	switch (output) {
	case OUTPUT_JSON:
		return tell_json();
	case OUTPUT_CSV:
		return tell_csv();
	case OUTPUT_JUNIT:
		return tell_junit();
	case OUTPUT_HTML:
		return tell_html();
	case OUTPUT_TABLE:
	case OUTPUT_WIDE:
	case OUTPUT_PEM:
	case OUTPUT_YAML:
	case OUTPUT_MARKDOWN:
	case OUTPUT_HOSTS:
	case OUTPUT_N:
		break;
	}
	return tell_table();
}

static void on_ruling(void *owner, const struct ruling *f)
{
	struct check *c = owner;
	size_t place = score_add(&c->score, f);

	if (c->teller->objects && tell_wanted(c->options, f->rule))
		objects_add(&c->objects, f, place);
}

/* Rules that found nothing come behind those that did. */
static void on_rule(void *owner, const struct rule *r)
{
	struct check *c = owner;

	(void)score_place(&c->score, r);
}

/* What there is so far goes out, so that memory does not grow with the findings. */
static void flush(struct check *c)
{
	if (c->status == STATUS_CLEAR)
		c->status = term_write(&c->out, STATUS_CLEAR);
	buf_clear(&c->out);
}

static void on_tell(void *owner, const struct ruling *f)
{
	struct check *c = owner;

	if (c->status != STATUS_CLEAR)
		return;
	tell_add(&c->tell, f);
	if (c->out.len >= CHUNK_BYTES)
		flush(c);
}

/* As --fail-on asks; where nothing was judged nothing is ready. */
static int status_of(const struct check *c, const struct inventory_summary *s)
{
	uint64_t unknown = 0;

	for (size_t i = 0; i < c->score.count; i++) {
		const struct score_rule *r = &c->score.rules[i];
		struct ruling failed = { .rule = r->rule };

		if (r->failed > 0 && tell_counts(c->options, &failed))
			return STATUS_NOT_CLEAR;
		unknown += r->failed + r->unknown;
	}
	if (s->machines == 0 && unknown == 0) {
		term_complain("nothing was judged: the exports hold no machine%s",
			      s->plans > 0 ? " of the plan" : "");
		return STATUS_LOCAL;
	}
	return STATUS_CLEAR;
}

static int complain(const struct err *err)
{
	term_complain("%s", err->text);
	return STATUS_LOCAL;
}

static int tell_all(struct check *c, struct inventory *inv, const struct inventory_summary *s)
{
	struct told told = { .options = c->options,
			     .summary = s,
			     .score = &c->score,
			     .objects = &c->objects,
			     .differences = c->options->compare_forklift ? &c->differences : NULL,
			     .lapses = &c->lapses,
			     .term = term_find(),
			     .now = c->options->now };
	struct err err;
	bool ok = true;

	buf_init(&c->out, TERM_OUTPUT_BYTES);
	tell_begin(&c->tell, &told, c->teller, &c->out);
	for (unsigned pass = 0; ok && pass < c->teller->passes; pass++) {
		ok = inventory_rulings(inv, on_tell, c, &err);
		tell_pass(&c->tell);
	}
	tell_end(&c->tell);
	flush(c);
	buf_done(&c->out);
	return ok ? c->status : complain(&err);
}

/* A plan that no export has is no plan without objections. */
static int no_plan(const char *plan)
{
	char shown[SHOWN_SIZE];

	shown_text(plan, shown);
	term_complain("no export has a plan '%s'", shown);
	return STATUS_LOCAL;
}

static int check(struct check *c, struct inventory *inv)
{
	const struct options *o = c->options;
	struct inventory_summary s;
	struct err err;
	int status;

	if (!inventory_judge(inv, &o->ask, &err))
		return complain(&err);
	s = inventory_summary(inv);
	if (o->ask.plan != NULL && s.plans == 0)
		return no_plan(o->ask.plan);
	if (!inventory_rulings(inv, on_ruling, c, &err))
		return complain(&err);
	inventory_rules(inv, on_rule, c);
	objects_sort(&c->objects);
	if (o->compare_forklift && !inventory_compare(inv, difference_add, &c->differences, &err))
		return complain(&err);
	status = tell_all(c, inv, &s);
	if (status == STATUS_CLEAR)
		status = status_of(c, &s);
	return c->lapses.count + c->lapses.rules > 0 ? STATUS_LOCAL : status;
}

int cmd_check(const struct options *o)
{
	struct check c = { .options = o, .teller = teller_of(o->output), .status = STATUS_CLEAR };
	struct term term = term_find();
	struct inventory *inv = exports_read(o, &term, &c.lapses);
	int status;

	if (inv == NULL) {
		lapses_done(&c.lapses);
		return STATUS_LOCAL;
	}
	status = check(&c, inv);
	difference_done(&c.differences);
	objects_done(&c.objects);
	score_done(&c.score);
	inventory_free(inv);
	lapses_done(&c.lapses);
	return status;
}
