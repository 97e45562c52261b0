/* SPDX-License-Identifier: Apache-2.0 */
/* tell_json.c: findings for programs; see tell.h. */
#include "cli/difference.h"
#include "cli/exports.h"
#include "cli/quote.h"
#include "cli/tell.h"
#include "report/json.h"

static void set_count(json_t *o, const char *key, uint64_t n)
{
	report_set_number(o, key, (long long)n);
}

static json_t *machines(const struct inventory_summary *s)
{
	json_t *o = report_object();

	set_count(o, "judged", s->machines);
	set_count(o, "ready", s->ready);
	set_count(o, "blocked", s->blocked);
	set_count(o, "undetermined", s->undetermined);
	return o;
}

static json_t *verdicts(uint64_t failed, uint64_t unknown)
{
	json_t *o = report_object();

	set_count(o, "fail", failed);
	set_count(o, "unknown", unknown);
	return o;
}

/* Counts are of everything, whatever --only leaves out of the findings. */
static json_t *summary(const struct told *told)
{
	const struct inventory_summary *s = told->summary;
	json_t *o = report_object();
	json_t *severities = report_object();
	json_t *rules = report_object();

	for (int i = RULE_SEVERITY_N; i-- > 0;)
		report_set(severities, score_severity((enum rule_severity)i),
			   verdicts(s->failed[i], s->unknown[i]));
	for (size_t i = 0; i < told->score->count; i++) {
		const struct score_rule *r = &told->score->rules[i];

		if (r->failed + r->unknown > 0)
			report_set(rules, r->rule->id, verdicts(r->failed, r->unknown));
	}
	report_set(o, "machines", machines(s));
	report_set(o, "severities", severities);
	report_set(o, "rules", rules);
	set_count(o, "plans", s->plans);
	set_count(o, "rules_run", s->rules);
	return o;
}

static json_t *object(const char *kind, const char *id, const char *name)
{
	json_t *o = report_object();

	report_set_text(o, "kind", kind);
	report_set_text(o, "id", id);
	report_set_text(o, "name", name);
	return o;
}

static json_t *unreadable(const struct lapses *l)
{
	json_t *list = report_array();

	for (size_t i = 0; i < l->count; i++) {
		json_t *o = report_object();

		report_set_text(o, "file", l->files[i].file);
		report_set_text(o, "reason", l->files[i].reason);
		report_append(list, o);
	}
	return list;
}

/* The list may be long: it is written as it comes, and only its elements are made by the library. */
static void begin(struct tell *t)
{
	buf_puts(t->out, "{\n\"summary\": ");
	quote_json(summary(t->told), t->out);
	if (t->told->lapses != NULL) {
		buf_puts(t->out, ",\n\"unreadable\": ");
		quote_json(unreadable(t->told->lapses), t->out);
	}
	buf_puts(t->out, ",\n\"findings\": [");
}

/* Of all rules together. */
static void separate(struct tell *t)
{
	buf_puts(t->out, t->told_any ? ",\n  " : "\n  ");
	t->told_any = true;
}

static void add(struct tell *t, const struct ruling *f)
{
	json_t *o = report_object();

	report_set_text(o, "rule", f->rule->id);
	report_set_text(o, "severity", score_severity(f->rule->severity));
	report_set_text(o, "forklift_category", f->rule->category);
	report_set_text(o, "verdict", f->unknown ? "unknown" : "fail");
	report_set(o, "object", object(f->kind, f->id, f->name));
	report_set_text(o, "plan", f->plan);
	report_set_text(o, "message", f->message);
	report_set_text(o, "remedy", f->rule->remedy);
	separate(t);
	quote_json(o, t->out);
}

static void put_differences(struct tell *t, const struct differences *s)
{
	buf_puts(t->out, ",\n\"forklift_differences\": [");
	t->told_any = false;
	for (size_t i = 0; i < s->count; i++) {
		const struct difference_kept *d = &s->list[i];
		json_t *o = report_object();

		report_set_text(o, "said_by", d->forklift ? "forklift" : "banksman");
		report_set_text(o, "rule", d->rule);
		report_set(o, "object", object("vm", d->id, d->name));
		report_set_text(o, "message", d->text);
		report_set_text(o, "reason", d->reason);
		separate(t);
		quote_json(o, t->out);
	}
	buf_puts(t->out, "\n]");
}

static void end(struct tell *t)
{
	buf_puts(t->out, "\n]");
	if (t->told->differences != NULL)
		put_differences(t, t->told->differences);
	buf_puts(t->out, "\n}\n");
}

const struct teller *tell_json(void)
{
	static const struct teller teller = {
		.begin = begin, .add = add, .end = end, .passes = 1, .compares = true
	};

	return &teller;
}
