/* SPDX-License-Identifier: Apache-2.0 */
/* inquiry.c: see inquiry.h. */
#include "cli/inquiry.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "base/text.h"
#include "base/when.h"
#include "cli/client.h"
#include "cli/got.h"
#include "cli/options.h"
#include "cli/shown.h"
#include "report/exit.h"
#include "report/json.h"
#include "report/term.h"

/* A page is as long as the daemon lets it be; more pages than these are no honest list. */
enum { PAGE_ROWS = 1000, PAGES_MAX = 10000, ROWS_MAX = 1000000, NEXT_SIZE = 256, CHOICE_MAX = 20 };

bool inquiry_words(const struct options *o, size_t min, size_t max, const char *takes)
{
	for (size_t i = 0; i < o->word_count && i < max; i++)
		if (o->words[i][0] == '\0') {
			term_complain("an endpoint has a name: '' is none");
			return false;
		}
	if (o->word_count >= min && o->word_count <= max)
		return true;
	term_complain("%s", takes);
	return false;
}

bool inquiry_begin(struct inquiry *q, const struct options *o)
{
	struct err err;

	*q = (struct inquiry){ .options = o, .status = STATUS_CLEAR };
	q->client = client_new(o->socket, &err);
	if (q->client != NULL)
		return true;
	term_complain("%s", err.text);
	q->status = STATUS_USAGE;
	return false;
}

void inquiry_end(struct inquiry *q)
{
	client_free(q->client);
	q->client = NULL;
}

void inquiry_param(struct buf *target, const char *key, const char *value)
{
	if (value == NULL)
		return;
	buf_printf(target, "%c%s=", strchr(buf_text(target), '?') != NULL ? '&' : '?', key);
	for (const unsigned char *p = (const unsigned char *)value; *p != '\0'; p++)
		if (isascii(*p) && (isalnum(*p) || strchr("-._~", *p) != NULL))
			buf_put(target, p, 1);
		else
			buf_printf(target, "%%%02X", (unsigned)*p);
}

void inquiry_param_time(struct buf *target, const char *key, struct wall t)
{
	char text[WHEN_TEXT_SIZE];

	when_format(t, text);
	inquiry_param(target, key, text);
}

void inquiry_param_number(struct buf *target, const char *key, int64_t value)
{
	char text[sizeof "-9223372036854775808"];

	(void)snprintf(text, sizeof text, "%" PRId64, value);
	inquiry_param(target, key, text);
}

static void fail(struct inquiry *q, int status, const char *why)
{
	if (q->quiet) {
		text_set(q->trouble, sizeof q->trouble, why, strlen(why));
		return;
	}
	term_complain("%s", why);
	q->status = status;
}

static json_t *ask(struct inquiry *q, const char *target, const char *body)
{
	json_t *o = NULL;
	struct err err;
	int status = client_ask(q->client, target, body, q->options->timeout, &o, &err);

	if (status == STATUS_CLEAR)
		return o;
	fail(q, status, err.text);
	return NULL;
}

json_t *inquiry_get(struct inquiry *q, const char *target)
{
	return ask(q, target, NULL);
}

json_t *inquiry_post(struct inquiry *q, const char *target, const json_t *body)
{
	char *text = body != NULL ? json_dumps(body, JSON_COMPACT) : NULL;
	json_t *o;

	MUST(body == NULL || text != NULL);
	o = ask(q, target, text != NULL ? text : "");
	free(text);
	return o;
}

json_t *inquiry_delete(struct inquiry *q, const char *target)
{
	json_t *o = NULL;
	struct err err;
	int status = client_delete(q->client, target, q->options->timeout, &o, &err);

	if (status == STATUS_CLEAR)
		return o;
	fail(q, status, err.text);
	return NULL;
}

/* ---- pages */

struct pages {
	json_t *all;          /* the first page; owned; NULL: none yet */
	json_t *rows;         /* its list; borrowed */
	char next[NEXT_SIZE]; /* "": there is no more */
	size_t left;          /* rows still wanted */
	size_t count;
};

static bool strange(struct inquiry *q, const char *what)
{
	struct err err;

	(void)err_set(&err, EPROTO, "the daemon's reply makes no sense: %s", what);
	fail(q, STATUS_LOCAL, err.text);
	return false;
}

/* Takes over page. */
static bool add_page(struct inquiry *q, struct pages *p, json_t *page, const char *key)
{
	const json_t *rows = got_list(page, key);
	size_t count = got_count(rows);
	char next[NEXT_SIZE];
	bool same;

	(void)snprintf(next, sizeof next, "%s", p->next);
	got_text(page, "next", p->next, sizeof p->next);
	same = p->next[0] != '\0' && strcmp(next, p->next) == 0;
	for (size_t i = 0; i < count && p->left > 0; i++, p->left--)
		if (p->all != NULL)
			report_append(p->rows, json_incref(json_array_get(rows, i)));
	if (p->all == NULL) {
		p->all = page;
		p->rows = json_object_get(page, key);
	} else {
		json_decref(page);
	}
	if (rows == NULL)
		return strange(q, "a page without rows");
	if (same || ++p->count > PAGES_MAX)
		return strange(q, "the list does not end");
	return true;
}

/* What a page may hold beyond what was asked for goes, and so does a stale "next". */
static json_t *finish(struct pages *p, size_t limit)
{
	while (json_array_size(p->rows) > limit)
		MUST(json_array_remove(p->rows, json_array_size(p->rows) - 1) == 0);
	if (p->next[0] == '\0')
		(void)json_object_del(p->all, "next");
	else
		report_set_text(p->all, "next", p->next);
	return p->all;
}

json_t *inquiry_list(struct inquiry *q, const char *target, const char *key, size_t limit)
{
	size_t most = limit > 0 && limit < ROWS_MAX ? limit : ROWS_MAX;
	struct pages p = { .left = most };
	bool ok;

	do {
		struct buf url;
		json_t *page;

		buf_init(&url, INQUIRY_TARGET_BYTES);
		buf_puts(&url, target);
		inquiry_param_number(&url, "limit",
				     p.left < PAGE_ROWS ? (int64_t)p.left : PAGE_ROWS);
		inquiry_param(&url, "after", p.next[0] != '\0' ? p.next : NULL);
		page = buf_overflowed(&url) ? NULL : inquiry_get(q, buf_text(&url));
		if (buf_overflowed(&url))
			(void)strange(q, "a page's name is too long");
		buf_done(&url);
		ok = page != NULL && add_page(q, &p, page, key);
	} while (ok && p.next[0] != '\0' && p.left > 0);
	if (ok)
		return finish(&p, most);
	json_decref(p.all);
	return NULL;
}

/* ---- endpoints by name */

json_t *inquiry_endpoints(struct inquiry *q, const char *pattern, bool problems, size_t limit)
{
	struct buf target;
	json_t *o;

	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, "/v1/endpoints");
	inquiry_param(&target, "match", pattern);
	inquiry_param(&target, "problems", problems ? "true" : NULL);
	o = inquiry_list(q, buf_text(&target), "endpoints", limit);
	buf_done(&target);
	return o;
}

bool inquiry_one_of_history(struct inquiry *q, const char *name,
			    struct inquiry_endpoint *ret_endpoint)
{
	struct inquiry_endpoint found = { .now = NULL };
	const json_t *endpoint;
	struct buf target;
	json_t *o;

	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, "/v1/history");
	inquiry_param(&target, "endpoint", name);
	inquiry_param(&target, "limit", "1");
	o = inquiry_get(q, buf_text(&target));
	buf_done(&target);
	if (o == NULL)
		return false;
	endpoint = got_object(o, "endpoint");
	found.id = got_number(endpoint, "id", 0);
	found.host = json_object_get(endpoint, "address") == NULL;
	json_decref(o);
	if (found.id <= 0)
		return strange(q, "an endpoint without a number");
	*ret_endpoint = found;
	return true;
}

static void list_choice(struct inquiry *q, const char *pattern, const json_t *o)
{
	struct show how = { .term = term_find(), .now = q->options->now, .limit = CHOICE_MAX };
	char shown[SHOWN_SIZE];
	struct buf out;

	shown_text(pattern, shown);
	term_complain("'%s' names %zu endpoints; which one?", shown,
		      got_count(got_list(o, "endpoints")));
	buf_init(&out, TERM_OUTPUT_BYTES);
	how.term.colour = false;
	show_choice(&how, o, &out);
	(void)fputs(buf_text(&out), stderr);
	buf_done(&out);
	q->status = STATUS_USAGE;
}

bool inquiry_one(struct inquiry *q, const char *pattern, struct inquiry_endpoint *ret_endpoint)
{
	struct inquiry_endpoint found = { .now = NULL };
	json_t *o = inquiry_endpoints(q, pattern, false, 0);
	const json_t *list;
	size_t count;
	bool ok = false;

	if (o == NULL)
		return false;
	list = got_list(o, "endpoints");
	count = got_count(list);
	if (count > 1) {
		list_choice(q, pattern, o);
	} else if (count == 1) {
		found.now = json_incref(json_array_get(list, 0));
		found.id = got_number(found.now, "id", 0);
		ok = true;
	} else {
		ok = inquiry_one_of_history(q, pattern, &found);
	}
	json_decref(o);
	*ret_endpoint = found;
	return ok;
}

bool inquiry_some(struct inquiry *q, const char *pattern, struct inquiry_ids *ret_ids)
{
	struct inquiry_ids found = { .count = 0 };
	struct inquiry_endpoint past;
	const json_t *list;
	json_t *o;
	size_t count;

	*ret_ids = found;
	if (pattern == NULL)
		return true;
	o = inquiry_endpoints(q, pattern, false, 0);
	list = got_list(o, "endpoints");
	count = got_count(list);
	for (size_t i = 0; i < count && found.count < INQUIRY_IDS_MAX; i++) {
		found.ids[found.count] = got_number(got_element(list, i), "id", 0);
		found.count += found.ids[found.count] > 0;
	}
	if (count > INQUIRY_IDS_MAX) {
		list_choice(q, pattern, o);
		found.count = 0;
	} else if (o != NULL && found.count == 0 && inquiry_one_of_history(q, pattern, &past)) {
		found.ids[found.count++] = past.id;
	}
	json_decref(o);
	*ret_ids = found;
	return found.count > 0;
}

static json_t *rows_of(struct inquiry *q, const char *path, const char *key, int64_t id,
		       struct wall from, size_t limit)
{
	struct buf target;
	json_t *o;

	buf_init(&target, INQUIRY_TARGET_BYTES);
	buf_puts(&target, path);
	if (id > 0)
		inquiry_param_number(&target, "endpoint", id);
	if (from.ms != 0)
		inquiry_param_time(&target, "from", from);
	o = inquiry_list(q, buf_text(&target), key, limit);
	buf_done(&target);
	return o;
}

json_t *inquiry_rows(struct inquiry *q, const char *path, const char *key,
		     const struct inquiry_ids *ids, struct wall from, size_t limit)
{
	json_t *all = rows_of(q, path, key, ids->count > 0 ? ids->ids[0] : 0, from, limit);

	for (size_t i = 1; all != NULL && i < ids->count; i++) {
		json_t *more = rows_of(q, path, key, ids->ids[i], from, limit);

		if (more == NULL) {
			json_decref(all);
			return NULL;
		}
		MUST(json_array_extend(json_object_get(all, key), json_object_get(more, key)) == 0);
		if (json_object_get(more, "next") != NULL)
			report_set(all, "next", json_incref(json_object_get(more, "next")));
		json_decref(more);
	}
	return all;
}

void inquiry_follow(struct inquiry *q, const char *target, response_line_fn *take, void *owner)
{
	struct err err;
	int status = client_follow(q->client, target, take, owner, &err);

	if (status == STATUS_CLEAR)
		return;
	term_complain("%s", err.text);
	q->status = status;
}

int inquiry_show(const struct inquiry *q, json_t *o, show_fn *show, int status)
{
	struct show how = { .term = term_find(),
			    .wide = q->options->output == OUTPUT_WIDE,
			    .problems = q->options->problems,
			    .now = q->options->now,
			    .limit = q->options->limit };
	struct buf out;

	buf_init(&out, TERM_OUTPUT_BYTES);
	if (q->options->output == OUTPUT_JSON)
		report_put(json_incref(o), &out);
	else
		show(&how, o, &out);
	json_decref(o);
	status = term_write(&out, status);
	buf_done(&out);
	return status;
}
