/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_events.c: banksman events: what happened, and what happens. */
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/options.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/json.h"

/* As many as tail(1) shows before it waits. */
enum { FOLLOW_FIRST = 10 };

struct following {
	struct show how;
	bool json;
	const struct inquiry_ids *ids; /* borrowed */
	int status;
};

static int64_t id_of(const json_t *event)
{
	return got_number(event, "id", 0);
}

static int compare(const void *a, const void *b)
{
	int64_t x = id_of(*(json_t *const *)a);
	int64_t y = id_of(*(json_t *const *)b);

	return (x > y) - (x < y);
}

/* The oldest first, as one reads. */
static void put_in_order(json_t *all)
{
	json_t *list = json_object_get(all, "events");
	size_t count = json_array_size(list);
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	json_t **events = xcalloc(count + 1, sizeof *events);

	for (size_t i = 0; i < count; i++)
		events[i] = json_incref(json_array_get(list, i));
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
	qsort(events, count, sizeof *events, compare);
	MUST(json_array_clear(list) == 0);
	for (size_t i = 0; i < count; i++)
		report_append(list, events[i]);
	free(events);
}

/* The newest of several endpoints' newest. */
static void cut(json_t *all, size_t limit)
{
	json_t *list = json_object_get(all, "events");

	while (limit > 0 && json_array_size(list) > limit)
		MUST(json_array_remove(list, 0) == 0);
}

static json_t *ask(struct inquiry *q, const struct inquiry_ids *ids)
{
	const struct options *o = q->options;
	size_t limit = o->limit;
	json_t *all;

	if (limit == 0 && o->follow && !o->since_given)
		limit = FOLLOW_FIRST;
	all = inquiry_rows(q, "/v1/events", "events", ids, o->from, limit);
	if (all == NULL)
		return NULL;
	put_in_order(all);
	cut(all, limit);
	return all;
}

/* ---- the stream */

static bool wanted(const struct following *f, const json_t *event)
{
	for (size_t i = 0; i < f->ids->count; i++)
		if (got_number(event, "endpoint", 0) == f->ids->ids[i])
			return true;
	return f->ids->count == 0;
}

static bool on_event(void *owner, json_t *event)
{
	struct following *f = owner;
	struct buf out;
	char *text;

	buf_init(&out, TERM_OUTPUT_BYTES);
	if (wanted(f, event) && f->json) {
		text = json_dumps(event, JSON_COMPACT);
		MUST(text != NULL);
		buf_printf(&out, "%s\n", text);
		free(text);
	} else if (wanted(f, event)) {
		show_event(&f->how, event, &out);
	}
	f->status = term_write(&out, STATUS_CLEAR);
	buf_done(&out);
	json_decref(event);
	return f->status == STATUS_CLEAR;
}

/* The number of the last event that there is, whoever's it is; below 0 when that failed. */
static int64_t last_of_all(struct inquiry *q)
{
	json_t *all = inquiry_list(q, "/v1/events", "events", 1);
	int64_t id = all != NULL ? id_of(got_element(got_list(all, "events"), 0)) : -1;

	json_decref(all);
	return id;
}

static int follow(struct inquiry *q, const struct inquiry_ids *ids)
{
	struct following f = { .how = { .term = term_find(), .now = q->options->now },
			       .json = q->options->output == OUTPUT_JSON,
			       .ids = ids };
	/* Asked before the first ones are: what comes between is told by the stream. */
	int64_t after = last_of_all(q);
	json_t *all = after >= 0 ? ask(q, ids) : NULL;
	const json_t *list = got_list(all, "events");
	size_t count = got_count(list);
	struct buf target;

	for (size_t i = 0; i < count && f.status == STATUS_CLEAR; i++)
		if (id_of(got_element(list, i)) <= after)
			(void)on_event(&f, json_incref(json_array_get(list, i)));
	json_decref(all);
	if (all == NULL || f.status != STATUS_CLEAR)
		return all == NULL ? q->status : f.status;
	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, "/v1/events?follow=true");
	inquiry_param_number(&target, "after", after);
	if (ids->count == 1)
		inquiry_param_number(&target, "endpoint", ids->ids[0]);
	inquiry_follow(q, buf_text(&target), on_event, &f);
	buf_done(&target);
	return f.status != STATUS_CLEAR ? f.status : q->status;
}

int cmd_events(const struct options *o)
{
	const char *pattern = o->word_count > 0 ? o->words[0] : NULL;
	struct inquiry_ids ids;
	struct inquiry q;
	json_t *all = NULL;
	int status = STATUS_USAGE;

	if (!inquiry_words(o, 0, 1, "events takes one ENDPOINT or none (a pattern names several)"))
		return STATUS_USAGE;
	if (inquiry_begin(&q, o)) {
		if (!inquiry_some(&q, pattern, &ids)) {
			status = q.status;
		} else if (o->follow) {
			status = follow(&q, &ids);
		} else {
			all = ask(&q, &ids);
			status = all != NULL ? inquiry_show(&q, all, show_events, STATUS_CLEAR)
					     : q.status;
		}
	}
	inquiry_end(&q);
	return status;
}
