/* SPDX-License-Identifier: Apache-2.0 */
/* viadaemon.c: see viadaemon.h. */
#include "cli/viadaemon.h"

#include <string.h>

#include "base/must.h"
#include "cli/got.h"
#include "cli/inquiry.h"
#include "cli/mark.h"
#include "cli/options.h"
#include "report/exit.h"
#include "report/json.h"

enum { WORDS_MAX = 256 };

/* ---- the daemon's object as probe's */

static void copy(json_t *to, const json_t *from, const char *const *keys, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		json_t *value = json_object_get(from, keys[i]);

		if (value != NULL)
			report_set(to, keys[i], json_incref(value));
	}
}

static json_t *service_of(const json_t *service)
{
	static const char *const keys[] = { "state",    "reason",   "product", "version",
					    "build",    "api_type", "image",   "instance_uuid",
					    "features", "digest",   "detail",  "http_status" };
	json_t *o = report_object();

	copy(o, service, keys, ARRAY_LEN(keys));
	if (got_is(o, "state", "serving"))
		(void)json_object_del(o, "reason");
	return o;
}

/* Here "state" is the word that the daemon calls the reason, and "reason" is a sentence. */
static json_t *trust_of(const json_t *trust)
{
	static const char *const keys[] = { "chain", "name", "validity", "pin" };
	json_t *o = report_object();
	json_t *word = json_object_get(trust, "reason");
	json_t *sentence = json_object_get(trust, "detail");

	if (word != NULL)
		report_set(o, "state", json_incref(word));
	if (sentence != NULL)
		report_set(o, "reason", json_incref(sentence));
	copy(o, trust, keys, ARRAY_LEN(keys));
	return o;
}

static json_t *result_of(const json_t *e)
{
	static const char *const keys[] = { "host",  "role",        "address", "family",
					    "port",  "check",       "purpose", "severity",
					    "state", "reason",      "rtt_us",  "icmp",
					    "tls",   "certificate", "ca",      "documented_port" };
	json_t *o = report_object();

	copy(o, e, keys, ARRAY_LEN(keys));
	/* What was not asked yet. */
	if (got_is(o, "state", "unobserved"))
		report_set_text(o, "state", "unknown");
	if (got_object(e, "service") != NULL)
		report_set(o, "service", service_of(got_object(e, "service")));
	if (got_object(e, "trust") != NULL)
		report_set(o, "trust", trust_of(got_object(e, "trust")));
	return o;
}

json_t *viadaemon_results(const json_t *reply)
{
	const json_t *list = got_list(reply, "endpoints");
	json_t *o = report_object();
	json_t *results = report_array();

	for (size_t i = 0; i < got_count(list); i++)
		report_append(results, result_of(got_element(list, i)));
	report_set(o, "results", results);
	return o;
}

/* ---- asking */

static bool has(const json_t *list, int64_t id)
{
	for (size_t i = 0; i < got_count(list); i++)
		if (id > 0 && got_number(got_element(list, i), "id", 0) == id)
			return true;
	return false;
}

/* Adds what the daemon finds at pattern; false when it failed. */
static bool add(struct inquiry *q, const char *pattern, json_t *list)
{
	json_t *body = report_object();
	json_t *reply;
	const json_t *more;

	report_set_text(body, "match", pattern);
	reply = inquiry_post(q, "/v1/probe", body);
	json_decref(body);
	more = got_list(reply, "endpoints");
	for (size_t i = 0; i < got_count(more); i++)
		if (!has(list, got_number(got_element(more, i), "id", 0)))
			report_append(list, json_incref(json_array_get(more, i)));
	json_decref(reply);
	return reply != NULL;
}

/* As probe's own: what could not be checked says nothing about the other side. */
static int status_of(const json_t *list)
{
	bool unknown = got_count(list) == 0;

	for (size_t i = 0; i < got_count(list); i++) {
		enum mark mark = mark_of(got_element(list, i));

		if (mark == MARK_BAD)
			return STATUS_NOT_CLEAR;
		unknown = unknown || mark == MARK_UNKNOWN;
	}
	return unknown ? STATUS_LOCAL : STATUS_CLEAR;
}

int viadaemon_probe(const struct options *o)
{
	json_t *all;
	json_t *list;
	struct inquiry q;
	int status;
	bool ok;

	if (!inquiry_words(o, 1, WORDS_MAX,
			   "probe --via-daemon takes ENDPOINTs, such as esx04:902"))
		return STATUS_USAGE;
	ok = inquiry_begin(&q, o);
	all = report_object();
	list = report_array();
	report_set(all, "endpoints", list);
	for (size_t i = 0; ok && i < o->word_count; i++)
		ok = add(&q, o->words[i], list);
	status = ok ? status_of(list) : q.status;
	if (ok && o->output == OUTPUT_JSON)
		status = inquiry_show(&q, viadaemon_results(all), show_probe, status);
	else if (ok)
		status = inquiry_show(&q, json_incref(all), show_probe, status);
	json_decref(all);
	inquiry_end(&q);
	return status;
}
