/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_alerts.c: banksman alerts: what is wrong, since when, and who was told? */
#include <string.h>

#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/options.h"
#include "cli/shown.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/json.h"

/* Something that was listed lasts. */
static int status_of(const json_t *all)
{
	const json_t *list = got_list(all, "alerts");
	struct wall ends;

	for (size_t i = 0; i < got_count(list); i++)
		if (!got_time(got_element(list, i), "ends", &ends))
			return STATUS_NOT_CLEAR;
	return STATUS_CLEAR;
}

/* "No alerts" of a name that is misspelt would be no answer. */
static bool names_some(struct inquiry *q, const char *pattern)
{
	json_t *o = inquiry_endpoints(q, pattern, false, 1);
	bool some = got_count(got_list(o, "endpoints")) > 0;
	char shown[SHOWN_SIZE];

	if (o != NULL && !some) {
		shown_text(pattern, shown);
		term_complain("no endpoint is called '%s'", shown);
		q->status = STATUS_NOT_CLEAR;
	}
	json_decref(o);
	return some;
}

/* Owned; NULL when it failed, having said why. */
static json_t *ask(struct inquiry *q, const char *pattern)
{
	const struct options *o = q->options;
	struct buf target;
	json_t *all;

	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, "/v1/alerts");
	inquiry_param(&target, "match", pattern);
	inquiry_param(&target, "severity", o->severity);
	inquiry_param(&target, "alertname", o->alert);
	if (o->history) {
		inquiry_param(&target, "history", "true");
		inquiry_param_time(&target, "from", o->from);
	}
	all = inquiry_list(q, buf_text(&target), "alerts", o->limit);
	buf_done(&target);
	if (all == NULL || pattern == NULL || got_count(got_list(all, "alerts")) > 0 ||
	    names_some(q, pattern))
		return all;
	json_decref(all);
	return NULL;
}

static int list(struct inquiry *q, const char *pattern)
{
	json_t *all = ask(q, pattern);

	if (all == NULL)
		return q->status;
	return inquiry_show(q, all, show_alerts,
			    q->options->history ? STATUS_CLEAR : status_of(all));
}

/* Every sink took it, and there is one. */
static int test(struct inquiry *q)
{
	json_t *reply = inquiry_post(q, "/v1/alerts/test", NULL);
	const json_t *results = got_list(reply, "results");
	int status = got_count(results) > 0 ? STATUS_CLEAR : STATUS_NOT_CLEAR;

	if (reply == NULL)
		return q->status;
	for (size_t i = 0; i < got_count(results); i++)
		if (!got_true(got_element(results, i), "ok"))
			status = STATUS_NOT_CLEAR;
	return inquiry_show(q, reply, show_alerts_test, status);
}

int cmd_alerts(const struct options *o)
{
	const char *word = o->word_count > 0 ? o->words[0] : NULL;
	struct inquiry q;
	int status = STATUS_USAGE;

	if (!inquiry_words(o, 0, 1,
			   "alerts takes one ENDPOINT or none (a pattern names several), or the "
			   "word test"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o))
		status = word != NULL && strcmp(word, "test") == 0 ? test(&q) : list(&q, word);
	inquiry_end(&q);
	return status;
}
