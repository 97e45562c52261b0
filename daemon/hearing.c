/* SPDX-License-Identifier: Apache-2.0 */
/* hearing.c: see hearing.h. */
#include "daemon/hearing.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/remarks.h"
#include "report/json.h"

struct hearing {
	struct remarks *remarks;
	struct wall at;
	struct buf line;
	size_t rules_size;
	struct heard heard;
	bool complete;
	struct err err;
};

/* ---- rules */

const struct rule_text *rule_texts_find(const struct rule_texts *t, const char *id)
{
	size_t low = 0;
	size_t high = t->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int way = strcmp(t->list[mid].id, id);

		if (way == 0)
			return &t->list[mid];
		if (way < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

void rule_texts_done(struct rule_texts *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->list[i].id);
		free(t->list[i].category);
		free(t->list[i].title);
		free(t->list[i].remedy);
	}
	free(t->list);
	*t = (struct rule_texts){ .count = 0 };
}

void heard_done(struct heard *h)
{
	rule_texts_done(&h->rules);
	blocked_done(&h->blocked);
	exported_done(&h->hosts);
	json_decref(h->notices);
	*h = (struct heard){ .notices = NULL };
}

/* ---- life */

struct hearing *hearing_new(struct remarks *remarks, struct wall at)
{
	struct hearing *h = xcalloc(1, sizeof *h);

	h->remarks = remarks;
	h->at = at;
	h->heard.notices = report_array();
	buf_init(&h->line, HEARING_LINE_BYTES);
	return h;
}

void hearing_free(struct hearing *h)
{
	if (h == NULL)
		return;
	buf_done(&h->line);
	heard_done(&h->heard);
	free(h);
}

const char *hearing_error(const struct hearing *h)
{
	return h->err.text;
}

/* ---- lines */

static bool nonsense(struct hearing *h, const char *what)
{
	return err_set(&h->err, EPROTO, "the process that judges makes no sense: %s", what);
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

static uint64_t count_of(const json_t *o, const char *key)
{
	json_int_t n = json_integer_value(json_object_get(o, key));

	return n > 0 ? (uint64_t)n : 0;
}

static bool take_rule(struct hearing *h, const json_t *o)
{
	struct rule_texts *t = &h->heard.rules;
	enum rule_severity severity;

	if (!remark_parse_severity(text_of(o, "severity"), &severity) ||
	    t->count == HEARING_RULES_MAX ||
	    (t->count > 0 && strcmp(t->list[t->count - 1].id, text_of(o, "id")) >= 0))
		return nonsense(h, "a rule");
	if (t->count == h->rules_size) {
		h->rules_size = h->rules_size > 0 ? h->rules_size * 2 : 64;
		t->list = xreallocarray(t->list, h->rules_size, sizeof *t->list);
	}
	t->list[t->count++] = (struct rule_text){ .id = xstrdup(text_of(o, "id")),
						  .category = xstrdup(text_of(o, "category")),
						  .title = xstrdup(text_of(o, "title")),
						  .remedy = xstrdup(text_of(o, "remedy")),
						  .severity = severity };
	return true;
}

/* [unknown, kind, id, name, plan, message] of the rule that was told last. */
static bool take_finding(struct hearing *h, const json_t *row)
{
	const struct rule_texts *t = &h->heard.rules;
	const char *texts[5];
	struct remark m;

	if (t->count == 0 || json_array_size(row) != 6 || !json_is_integer(json_array_get(row, 0)))
		return nonsense(h, "a finding");
	for (size_t i = 0; i < 5; i++) {
		texts[i] = json_string_value(json_array_get(row, i + 1));
		if (texts[i] == NULL)
			return nonsense(h, "a finding");
	}
	m = (struct remark){ .rule = t->list[t->count - 1].id,
			     .unknown = json_integer_value(json_array_get(row, 0)) != 0,
			     .kind = texts[0],
			     .id = texts[1],
			     .name = texts[2],
			     .plan = texts[3],
			     .message = texts[4],
			     .severity = t->list[t->count - 1].severity,
			     .first = h->at };
	return remarks_add(h->remarks, &m, &h->err);
}

static bool take_notice(struct hearing *h, json_t *o)
{
	if (json_array_size(h->heard.notices) < HEARING_NOTICES_MAX)
		report_append(h->heard.notices, json_incref(o));
	return true;
}

static bool take_host(struct hearing *h, const json_t *o)
{
	exported_add(&h->heard.hosts, o);
	return true;
}

static void take_counts(const json_t *list, uint64_t *counts)
{
	for (size_t i = 0; i < RULE_SEVERITY_N; i++) {
		json_int_t n = json_integer_value(json_array_get(list, i));

		counts[i] = n > 0 ? (uint64_t)n : 0;
	}
}

static bool take_end(struct hearing *h, const json_t *o)
{
	struct inventory_summary *s = &h->heard.summary;

	s->machines = count_of(o, "machines");
	s->ready = count_of(o, "ready");
	s->blocked = count_of(o, "blocked");
	s->undetermined = count_of(o, "undetermined");
	s->plans = count_of(o, "plans");
	s->rules = count_of(o, "rules");
	take_counts(json_object_get(o, "failed"), s->failed);
	take_counts(json_object_get(o, "unknown"), s->unknown);
	h->complete = true;
	return true;
}

static bool take_line(struct hearing *h)
{
	json_t *o = json_loadb(buf_text(&h->line), h->line.len, 0, NULL);
	bool ok;

	if (h->complete)
		ok = nonsense(h, "it goes on after its end");
	else if (json_is_array(o))
		ok = take_finding(h, o);
	else if (json_object_get(o, "rule") != NULL)
		ok = take_rule(h, json_object_get(o, "rule"));
	else if (json_object_get(o, "notice") != NULL)
		ok = take_notice(h, json_object_get(o, "notice"));
	else if (json_object_get(o, "blocked") != NULL)
		ok = blocked_add(&h->heard.blocked, json_object_get(o, "blocked")) ||
		     nonsense(h, "a plan");
	else if (json_object_get(o, "host") != NULL)
		ok = take_host(h, json_object_get(o, "host"));
	else if (json_object_get(o, "end") != NULL)
		ok = take_end(h, json_object_get(o, "end"));
	else
		ok = nonsense(h, "a line");
	json_decref(o);
	buf_clear(&h->line);
	return ok;
}

bool hearing_put(struct hearing *h, const char *data, size_t len)
{
	bool ok = h->err.text[0] == '\0';

	while (ok && len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t n = end != NULL ? (size_t)(end - data) : len;

		buf_put(&h->line, data, n);
		if (buf_overflowed(&h->line))
			return nonsense(h, "a line is too long");
		if (end == NULL)
			return true;
		ok = take_line(h);
		data += n + 1;
		len -= n + 1;
	}
	return ok;
}

bool hearing_complete(struct hearing *h, struct heard *ret_heard)
{
	if (h->err.text[0] != '\0' || !h->complete || h->line.len > 0)
		return false;
	*ret_heard = h->heard;
	h->heard = (struct heard){ .notices = NULL };
	return true;
}
