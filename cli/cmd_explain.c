/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_explain.c: banksman explain: one endpoint on one screen. */
#include <inttypes.h>

#include "base/must.h"
#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/mark.h"
#include "cli/options.h"
#include "cli/shown.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/json.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

enum { EVENTS = 50 };

/* The value under key of the reply to target; owned; NULL when there is none. */
static json_t *ask(struct inquiry *q, const struct buf *target, const char *key)
{
	json_t *o = inquiry_get(q, buf_text(target));
	json_t *value = json_incref(json_object_get(o, key));

	json_decref(o);
	return value;
}

static void set(json_t *all, const char *key, json_t *value)
{
	if (value != NULL)
		report_set(all, key, value);
}

static json_t *ask_summary(struct inquiry *q, int64_t id, int64_t days)
{
	struct wall from = { .ms = q->options->now.ms - days * DAY_MS };
	struct buf target;
	json_t *summary;

	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, "/v1/history");
	inquiry_param_number(&target, "endpoint", id);
	inquiry_param_time(&target, "from", from);
	inquiry_param_time(&target, "to", q->options->now);
	inquiry_param(&target, "resolution", "summary");
	summary = ask(q, &target, "summary");
	buf_done(&target);
	return summary;
}

/* Rows of what is kept of an endpoint, the newest first; owned. */
static json_t *ask_rows(struct inquiry *q, const char *path, int64_t id, int limit, const char *key)
{
	struct buf target;
	json_t *rows;

	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, path);
	inquiry_param_number(&target, "endpoint", id);
	inquiry_param_number(&target, "limit", limit);
	rows = ask(q, &target, key);
	buf_done(&target);
	return rows;
}

/* A service that is not asked because its port has closed is no news beside that. */
static bool is_change(const json_t *event)
{
	static const char *const kinds[] = { "port", "service", "trust", "name" };

	if (got_is(event, "after", "untried"))
		return false;
	for (size_t k = 0; k < ARRAY_LEN(kinds); k++)
		if (got_is(event, "kind", kinds[k]))
			return true;
	return false;
}

/* The last change of a state, whatever else happened since. */
static json_t *last_change(const json_t *events)
{
	for (size_t i = 0; i < got_count(events); i++)
		if (is_change(got_element(events, i)))
			return json_incref(json_array_get(events, i));
	return NULL;
}

/* The screen does without what the history does not say. */
static void add_history(struct inquiry *q, json_t *all, int64_t id)
{
	json_t *availability = report_object();
	json_t *events;
	json_t *traces;

	q->quiet = true;
	set(availability, "24h", ask_summary(q, id, 1));
	set(availability, "7d", ask_summary(q, id, 7));
	set(all, "availability", availability);
	events = ask_rows(q, "/v1/events", id, EVENTS, "events");
	set(all, "event", last_change(events));
	json_decref(events);
	traces = ask_rows(q, "/v1/traces", id, 1, "traces");
	set(all, "trace", json_incref(json_array_get(traces, 0)));
	json_decref(traces);
	report_set_text(all, "history_error", q->trouble);
	q->quiet = false;
}

static int explain(struct inquiry *q, const char *pattern)
{
	struct inquiry_endpoint e;
	json_t *all;
	char shown[SHOWN_SIZE];
	int status;

	if (!inquiry_one(q, pattern, &e))
		return q->status;
	if (e.now == NULL) {
		shown_text(pattern, shown);
		term_complain("'%s' is not being checked; 'banksman history' shows what was",
			      shown);
		return STATUS_NOT_CLEAR;
	}
	status = mark_of(e.now) == MARK_GOOD || mark_of(e.now) == MARK_WARNING ? STATUS_CLEAR
									       : STATUS_NOT_CLEAR;
	all = report_object();
	report_set(all, "endpoint", e.now);
	if (e.id > 0)
		add_history(q, all, e.id);
	return inquiry_show(q, all, show_explain, status);
}

int cmd_explain(const struct options *o)
{
	struct inquiry q;
	int status = STATUS_USAGE;

	if (!inquiry_words(o, 1, 1, "explain takes one ENDPOINT, such as esx04:902"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o))
		status = explain(&q, o->words[0]);
	inquiry_end(&q);
	return status;
}
