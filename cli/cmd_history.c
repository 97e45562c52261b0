/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_history.c: banksman history: how was one endpoint over time, or everything at a moment? */
#include <string.h>

#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/json.h"

/* Windows up to here are drawn from samples, longer ones from hours. */
#define SAMPLES_MAX_MS (INT64_C(48) * 60 * 60 * 1000)

enum { NAME_SIZE = 300 };

/* ---- a window of time */

/* One part of the history; owned. */
static json_t *ask_part(struct inquiry *q, int64_t id, const char *resolution, const char *aspect)
{
	bool spans = aspect != NULL;
	struct buf target;
	json_t *o;

	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, "/v1/history");
	inquiry_param_number(&target, "endpoint", id);
	inquiry_param_time(&target, "from", q->options->from);
	inquiry_param_time(&target, "to", q->options->to);
	inquiry_param(&target, "resolution", resolution);
	inquiry_param(&target, "aspect", aspect);
	if (strcmp(resolution, "summary") == 0)
		o = inquiry_get(q, buf_text(&target));
	else
		o = inquiry_list(q, buf_text(&target), resolution,
				 spans && q->options->output == OUTPUT_JSON ? q->options->limit
									    : 0);
	buf_done(&target);
	return o;
}

/* Puts one part beside the others; false when it failed. */
static bool add_part(struct inquiry *q, json_t *all, int64_t id, const char *resolution)
{
	json_t *o = ask_part(q, id, resolution, NULL);
	json_t *part = json_object_get(o, resolution);

	if (part != NULL)
		report_set(all, resolution, json_incref(part));
	json_decref(o);
	return o != NULL;
}

/* Spans; of a port also what was measured, in the resolution that the window needs. */
static json_t *ask_window(struct inquiry *q, const struct inquiry_endpoint *e)
{
	const struct options *o = q->options;
	const char *usual = e->host ? "name" : "port";
	const char *aspect = o->aspect != NULL ? o->aspect : usual;
	bool is_long = o->to.ms - o->from.ms > SAMPLES_MAX_MS;
	json_t *all = ask_part(q, e->id, "spans", aspect);
	bool ok = all != NULL;

	if (ok) {
		(void)json_object_del(all, "resolution");
		report_set_text(all, "aspect", aspect);
	}
	if (ok && strcmp(aspect, usual) == 0)
		ok = add_part(q, all, e->id, "summary") &&
		     (e->host || add_part(q, all, e->id, is_long ? "rollups" : "samples"));
	if (ok)
		return all;
	json_decref(all);
	return NULL;
}

static int show_window(struct inquiry *q, const char *pattern)
{
	struct inquiry_endpoint e;
	json_t *all = NULL;

	if (!inquiry_one(q, pattern, &e))
		return q->status;
	/* Before its name had an address, only the name has a history. */
	if (e.id == 0) {
		char host[NAME_SIZE];

		got_text(e.now, "host", host, sizeof host);
		json_decref(e.now);
		if (!inquiry_one_of_history(q, host, &e))
			return q->status;
	}
	all = ask_window(q, &e);
	json_decref(e.now);
	return all != NULL ? inquiry_show(q, all, show_history, STATUS_CLEAR) : q->status;
}

/* ---- a moment */

static int show_moment(struct inquiry *q, const char *pattern)
{
	struct inquiry_ids ids;
	struct buf target;
	json_t *all;

	if (!inquiry_some(q, pattern, &ids))
		return q->status;
	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, "/v1/at");
	inquiry_param_time(&target, "time", q->options->at);
	all = inquiry_rows(q, buf_text(&target), "endpoints", &ids, (struct wall){ 0 },
			   pattern == NULL ? q->options->limit : 0);
	buf_done(&target);
	return all != NULL ? inquiry_show(q, all, show_at, STATUS_CLEAR) : q->status;
}

int cmd_history(const struct options *o)
{
	const char *pattern = o->word_count > 0 ? o->words[0] : NULL;
	struct inquiry q;
	int status = STATUS_USAGE;

	if (!inquiry_words(o, o->at_given ? 0 : 1, 1,
			   "history takes one ENDPOINT, such as esx04:902; with --at also none"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o))
		status = o->at_given ? show_moment(&q, pattern) : show_window(&q, pattern);
	inquiry_end(&q);
	return status;
}
