/* SPDX-License-Identifier: Apache-2.0 */
/* blocked.c: see blocked.h. */
#include "daemon/blocked.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "daemon/draft.h"
#include "daemon/ledger.h"
#include "report/json.h"

enum { SENTENCE_BYTES = 1024, RULE_BYTES = 128 };

static uint64_t count_of(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

bool blocked_add(struct blocked *b, const json_t *o)
{
	const char *said = json_string_value(json_object_get(o, "plan"));
	char plan[SUBJECT_BYTES];

	if (said == NULL)
		return false;
	text_set(plan, sizeof plan, said, strlen(said));
	if (b->count == BLOCKED_PLANS_MAX) {
		b->more++;
		return true;
	}
	b->list = xreallocarray(b->list, b->count + 1, sizeof *b->list);
	b->list[b->count++] =
		(struct blocked_plan){ .plan = xstrdup(plan),
				       .machines = count_of(o, "machines"),
				       .total = count_of(o, "total"),
				       .rules = count_of(o, "rules"),
				       .worst = json_deep_copy(json_object_get(o, "worst")) };
	return true;
}

void blocked_done(struct blocked *b)
{
	for (size_t i = 0; i < b->count; i++) {
		free(b->list[i].plan);
		json_decref(b->list[i].worst);
	}
	free(b->list);
	*b = (struct blocked){ .count = 0 };
}

/* ---- words */

static const char *rule_at(const json_t *worst, size_t i, json_int_t *ret_objects)
{
	const json_t *pair = json_array_get(worst, i);
	const char *rule = json_string_value(json_array_get(pair, 0));

	*ret_objects = json_integer_value(json_array_get(pair, 1));
	return rule != NULL ? rule : "?";
}

/* "page.iso (12), page.name (3) and 4 more" */
static void put_rules(const struct blocked_plan *p, struct buf *out)
{
	size_t shown = json_array_size(p->worst);

	for (size_t i = 0; i < shown; i++) {
		char rule[RULE_BYTES];
		json_int_t objects;
		const char *name = rule_at(p->worst, i, &objects);

		text_set(rule, sizeof rule, name, strlen(name));
		buf_printf(out, "%s%s (%" JSON_INTEGER_FORMAT ")", i > 0 ? ", " : "", rule,
			   objects);
	}
	if (p->rules > shown)
		buf_printf(out, " and %" PRIu64 " more", p->rules - shown);
}

static void put_summary(const struct blocked_plan *p, uint64_t more, struct buf *out)
{
	if (p->machines > 0 && p->total > 0)
		buf_printf(out, "%" PRIu64 " of %" PRIu64 " machines", p->machines, p->total);
	else if (p->machines > 0)
		buf_printf(out, "%" PRIu64 " machine%s", p->machines, p->machines == 1 ? "" : "s");
	else
		buf_puts(out, "machines");
	if (p->plan[0] != '\0')
		buf_printf(out, " of plan %s", p->plan);
	buf_puts(out, " cannot be migrated as things are");
	if (p->rules > 0) {
		buf_puts(out, ": ");
		put_rules(p, out);
	}
	if (more > 0)
		buf_printf(out, "; %" PRIu64 " further plans are blocked", more);
}

static struct alert_draft draft(const struct conf *conf, const struct blocked_plan *p,
				uint64_t more, struct wall at)
{
	struct alert_draft d = {
		.kind = ALERT_INVENTORY_BLOCKED,
		.severity = SEVERITY_WARNING,
		.subject = p->plan,
		.starts = at,
		.labels = draft_labels(conf, ALERT_INVENTORY_BLOCKED, SEVERITY_WARNING),
		.annotations = report_object(),
	};
	char number[24];
	struct buf text;

	report_set_text(d.labels, "plan", p->plan);
	buf_init(&text, SENTENCE_BYTES);
	put_summary(p, more, &text);
	report_set_text(d.annotations, "summary", buf_text(&text));
	buf_clear(&text);
	put_rules(p, &text);
	report_set_text(d.annotations, "rules", buf_text(&text));
	buf_done(&text);
	text_printf(number, sizeof number, "%" PRIu64, p->machines);
	report_set_text(d.annotations, "machines", number);
	report_set_text(d.annotations, "remedy",
			"banksman findings --severity blocker names the machines, and what to do "
			"about each");
	return d;
}

/* ---- what is raised */

static bool among(const struct blocked *b, const char *plan)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->list[i].plan, plan) == 0)
			return true;
	return b->more > 0 && plan[0] == '\0';
}

static void raise(const struct blocked_plan *p, uint64_t more, struct ledger *l,
		  const struct conf *conf, struct wall at)
{
	struct alert_draft d = draft(conf, p, more, at);

	(void)ledger_raise(l, &d);
}

void blocked_judge(const struct blocked *b, struct ledger *l, const struct conf *conf,
		   struct wall at, const char *why)
{
	static char nobody[] = "";
	struct blocked_plan rest = { .plan = nobody };
	bool said = b->more == 0;

	for (size_t i = 0; i < b->count; i++) {
		bool site = b->list[i].plan[0] == '\0';

		raise(&b->list[i], site ? b->more : 0, l, conf, at);
		said = said || site;
	}
	if (!said)
		raise(&rest, b->more, l, conf, at);
	for (struct alert *a = NULL; (a = ledger_next(l, a)) != NULL;)
		if (a->kind == ALERT_INVENTORY_BLOCKED && alert_active(a) && !among(b, a->subject))
			ledger_end(l, a, at, why);
}
