/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_findings.c: banksman findings: what the daemon found in the exported inventory. */
#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "report/exit.h"

/* More rows than these nobody reads. */
enum { ROWS = 200 };

/* A blocker that was listed fails, or how things are now is not known. */
static int status_of(const json_t *all)
{
	const json_t *list = got_list(all, "findings");
	struct wall judged;

	if (!got_time(all, "judged", &judged) || json_object_get(all, "trouble") != NULL)
		return STATUS_NOT_CLEAR;
	for (size_t i = 0; i < got_count(list); i++)
		if (got_is(got_element(list, i), "severity", "blocker") &&
		    got_is(got_element(list, i), "verdict", "fail"))
			return STATUS_NOT_CLEAR;
	return STATUS_CLEAR;
}

static json_t *ask(struct inquiry *q, const char *name)
{
	static const char *const severities[RULE_SEVERITY_N] = { NULL, "warning", "blocker" };
	const struct options *o = q->options;
	size_t limit = o->limit;
	struct buf target;
	json_t *all;

	if (limit == 0 && o->output != OUTPUT_JSON)
		limit = ROWS;
	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, "/v1/findings");
	inquiry_param(&target, "severity", severities[o->only]);
	inquiry_param(&target, "verdict", o->verdict);
	inquiry_param(&target, "rule", o->rule);
	inquiry_param(&target, "kind", o->kind);
	inquiry_param(&target, "plan", o->ask.plan);
	inquiry_param(&target, "name", name);
	if (o->history) {
		inquiry_param(&target, "history", "true");
		inquiry_param_time(&target, "from", o->from);
	}
	all = inquiry_list(q, buf_text(&target), "findings", limit);
	buf_done(&target);
	return all;
}

int cmd_findings(const struct options *o)
{
	struct inquiry q;
	json_t *all = NULL;

	if (!inquiry_words(o, 0, 1, "findings takes one NAME or none (a pattern names several)"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o))
		all = ask(&q, o->word_count > 0 ? o->words[0] : NULL);
	if (all != NULL)
		q.status = inquiry_show(&q, all, show_findings,
					o->history ? STATUS_CLEAR : status_of(all));
	inquiry_end(&q);
	return q.status;
}
