/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_status.c: banksman status: is every way clear, as the daemon saw it last? */
#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/mark.h"
#include "cli/options.h"
#include "cli/shown.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/json.h"
#include "report/term.h"

static int none_called(const char *pattern)
{
	char shown[SHOWN_SIZE];

	shown_text(pattern, shown);
	term_complain("no endpoint is called '%s'", shown);
	return STATUS_NOT_CLEAR;
}

/* Without problems all is clear, if there is anything at all. */
static int status_of(const json_t *endpoints, const json_t *daemon, bool problems)
{
	if (!problems || got_count(endpoints) > 0)
		return mark_status(endpoints);
	if (daemon == NULL || got_number(got_object(daemon, "endpoints"), "total", 0) > 0)
		return STATUS_CLEAR;
	return STATUS_NOT_CLEAR;
}

/* Whether the pattern names anything, though nothing that has problems. */
static bool names_some(struct inquiry *q, const char *pattern)
{
	json_t *o = inquiry_endpoints(q, pattern, false, 1);
	bool some = got_count(got_list(o, "endpoints")) > 0;

	if (o != NULL && !some)
		q->status = none_called(pattern);
	json_decref(o);
	return some;
}

/* Owned; NULL when it failed, having said why. */
static json_t *ask(struct inquiry *q, const char *pattern)
{
	bool problems = q->options->problems;
	json_t *o = inquiry_endpoints(q, pattern, problems, q->options->limit);

	if (o == NULL || pattern == NULL || got_count(got_list(o, "endpoints")) > 0)
		return o;
	if (problems && names_some(q, pattern))
		return o;
	if (!problems)
		q->status = none_called(pattern);
	json_decref(o);
	return NULL;
}

int cmd_status(const struct options *o)
{
	const char *pattern = o->word_count > 0 ? o->words[0] : NULL;
	json_t *daemon = NULL;
	json_t *all = NULL;
	struct inquiry q;
	int status;
	bool ok;

	if (!inquiry_words(o, 0, 1, "status takes one ENDPOINT or none (a pattern names several)"))
		return STATUS_USAGE;
	ok = inquiry_begin(&q, o);
	if (ok && pattern == NULL) {
		daemon = inquiry_get(&q, "/v1/status");
		ok = daemon != NULL;
	}
	if (ok)
		all = ask(&q, pattern);
	if (all == NULL) {
		json_decref(daemon);
		status = q.status;
	} else {
		status = status_of(got_list(all, "endpoints"), daemon, o->problems);
		if (daemon != NULL)
			report_set(all, "daemon", daemon);
		status = inquiry_show(&q, all, show_status, status);
	}
	inquiry_end(&q);
	return status;
}
