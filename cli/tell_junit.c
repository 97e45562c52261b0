/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell_junit.c: findings for CI servers; see tell.h.  A suite for each rule, a case for each of its
 * findings.  A case fails when the exit status would say so, and is skipped when it could not be
 * told; a rule without findings is one case that passes.
 */
#include <inttypes.h>

#include "cli/exports.h"
#include "cli/quote.h"
#include "cli/tell.h"

/* Cases, and those that fail, of a rule. */
struct cases {
	uint64_t all, failures, errors, skipped;
};

static struct cases cases_of(const struct tell *t, const struct score_rule *r)
{
	struct ruling failed = { .rule = r->rule };
	struct cases c = { .all = r->failed + r->unknown, .skipped = r->unknown };

	if (tell_counts(t->told->options, &failed))
		c.failures = r->failed;
	if (c.all == 0)
		c.all = 1;
	return c;
}

static void put_attribute(const char *name, const char *value, struct buf *out)
{
	buf_printf(out, " %s=\"", name);
	quote_markup(value, out);
	buf_puts(out, "\"");
}

static void put_cases(const struct cases *c, struct buf *out)
{
	buf_printf(out,
		   " tests=\"%" PRIu64 "\" failures=\"%" PRIu64 "\" errors=\"%" PRIu64
		   "\" skipped=\"%" PRIu64 "\">\n",
		   c->all, c->failures, c->errors, c->skipped);
}

/* A suite of the files that could not be read, a case for each. */
static void put_unreadable(const struct lapses *l, struct buf *out)
{
	struct cases c = { .all = l->count, .errors = l->count };

	if (l->count == 0)
		return;
	buf_puts(out, "  <testsuite");
	put_attribute("name", "exports", out);
	put_cases(&c, out);
	for (size_t i = 0; i < l->count; i++) {
		buf_puts(out, "    <testcase");
		put_attribute("classname", "exports", out);
		put_attribute("name", l->files[i].file, out);
		buf_puts(out, "><error");
		put_attribute("message", l->files[i].reason, out);
		buf_puts(out, "/></testcase>\n");
	}
	buf_puts(out, "  </testsuite>\n");
}

static void begin(struct tell *t)
{
	const struct score *score = t->told->score;
	static const struct lapses none;
	const struct lapses *l = t->told->lapses != NULL ? t->told->lapses : &none;
	struct cases sum = { .all = l->count, .errors = l->count };

	for (size_t i = 0; i < score->count; i++) {
		struct cases c;

		if (!tell_wanted(t->told->options, score->rules[i].rule))
			continue;
		c = cases_of(t, &score->rules[i]);
		sum.all += c.all;
		sum.failures += c.failures;
		sum.skipped += c.skipped;
	}
	buf_puts(t->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	put_attribute("name", "banksman check", t->out);
	put_cases(&sum, t->out);
	put_unreadable(l, t->out);
}

static void suite(struct tell *t, const struct score_rule *r)
{
	struct cases c = cases_of(t, r);

	buf_puts(t->out, "  <testsuite");
	put_attribute("name", r->rule->id, t->out);
	put_cases(&c, t->out);
}

static void suite_end(struct tell *t, const struct score_rule *r)
{
	(void)r;
	buf_puts(t->out, "  </testsuite>\n");
}

/* "vm erp-db-01 (vm-1042), plan openshift-mtv/wave-1" */
static void put_case(const struct ruling *f, struct buf *out)
{
	const char *name = tell_name(f);

	buf_puts(out, "    <testcase");
	put_attribute("classname", f->rule->id, out);
	buf_puts(out, " name=\"");
	quote_markup(f->kind, out);
	if (name != f->kind) {
		buf_puts(out, " ");
		quote_markup(name, out);
	}
	if (f->id != NULL && f->id != name && f->id[0] != '\0') {
		buf_puts(out, " (");
		quote_markup(f->id, out);
		buf_puts(out, ")");
	}
	if (f->plan != NULL) {
		buf_puts(out, ", plan ");
		quote_markup(f->plan, out);
	}
	buf_puts(out, "\">");
}

static void put_more(const struct rule *r, struct buf *out)
{
	quote_markup(r->title, out);
	if (r->why != NULL) {
		buf_puts(out, "\nWhy: ");
		quote_markup(r->why, out);
	}
	if (r->remedy != NULL) {
		buf_puts(out, "\nWhat to do: ");
		quote_markup(r->remedy, out);
	}
}

static void add(struct tell *t, const struct ruling *f)
{
	put_case(f, t->out);
	if (f->unknown) {
		buf_puts(t->out, "<skipped");
		put_attribute("message", f->message, t->out);
		buf_puts(t->out, "/>");
	} else if (tell_counts(t->told->options, f)) {
		buf_puts(t->out, "<failure");
		put_attribute("type", score_severity(f->rule->severity), t->out);
		put_attribute("message", f->message, t->out);
		buf_puts(t->out, ">");
		put_more(f->rule, t->out);
		buf_puts(t->out, "</failure>");
	} else {
		buf_printf(t->out, "<system-out>%s: ", score_severity(f->rule->severity));
		quote_markup(f->message, t->out);
		buf_puts(t->out, "</system-out>");
	}
	buf_puts(t->out, "</testcase>\n");
}

static void end(struct tell *t)
{
	const struct score *score = t->told->score;

	for (size_t i = 0; i < score->count; i++) {
		const struct score_rule *r = &score->rules[i];

		if (r->failed + r->unknown > 0 || !tell_wanted(t->told->options, r->rule))
			continue;
		suite(t, r);
		buf_puts(t->out, "    <testcase");
		put_attribute("classname", r->rule->id, t->out);
		put_attribute("name", r->rule->title, t->out);
		buf_puts(t->out, "/>\n");
		suite_end(t, r);
	}
	buf_puts(t->out, "</testsuites>\n");
}

const struct teller *tell_junit(void)
{
	static const struct teller teller = { .begin = begin,
					      .rule = suite,
					      .add = add,
					      .rule_end = suite_end,
					      .end = end,
					      .passes = 1 };

	return &teller;
}
