/* SPDX-License-Identifier: Apache-2.0 */
/* silenceapi.c: see silenceapi.h. */
#include "daemon/silenceapi.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/parse.h"
#include "base/suggest.h"
#include "base/text.h"
#include "base/when.h"
#include "daemon/alertapi.h"
#include "daemon/alerting.h"
#include "daemon/exchange.h"
#include "daemon/mutes.h"
#include "daemon/params.h"
#include "daemon/registry.h"
#include "daemon/reply.h"
#include "daemon/view.h"
#include "report/json.h"

#define USERS "/etc/passwd"

enum { USER_BYTES = 1024 };

/* ---- which there are */

static json_t *json_of(const struct silence *s)
{
	json_t *o = report_object();

	report_set_number(o, "id", s->id);
	report_set_text(o, "match", s->pattern.text);
	report_set_text(o, "alertname", s->any_kind ? "" : alert_kind_name(s->kind));
	view_set_time(o, "from", s->from);
	view_set_time(o, "until", s->until);
	report_set_text(o, "why", s->why);
	report_set_text(o, "by", s->by);
	return o;
}

void silenceapi_list(const struct alertapi_parts *parts, struct exchange *x)
{
	struct wall now = wall_now();
	const struct mutes *m;
	json_t *list;
	json_t *o;

	if (!params_known(x, NULL, 0) || !alertapi_there(parts, x))
		return;
	m = alerting_mutes(parts->alerting);
	list = report_array();
	for (const struct silence *s = NULL; (s = mutes_next(m, s)) != NULL;)
		if (s->until.ms > now.ms)
			report_append(list, json_of(s));
	o = report_object();
	report_set(o, "silences", list);
	reply_json(x, 200, o);
}

/* ---- one more */

/* Only these keys, each a text. */
static bool check_keys(json_t *body, struct err *ret_err)
{
	static const char *const names[] = { "match", "for", "until", "alertname", "why" };
	char hint[SUGGEST_TEXT_SIZE];
	void *i;

	if (!json_is_object(body))
		return err_set(ret_err, EINVAL,
			       "the body is {\"match\":\"esx04\",\"for\":\"2h\",\"why\":\"…\"}");
	for (i = json_object_iter(body); i != NULL; i = json_object_iter_next(body, i)) {
		const char *key = json_object_iter_key(i);
		size_t n = 0;

		while (n < ARRAY_LEN(names) && strcmp(key, names[n]) != 0)
			n++;
		if (n == ARRAY_LEN(names)) {
			suggest_format(key, names, ARRAY_LEN(names), hint);
			return err_set(ret_err, EINVAL, "there is no key '%.64s'%s", key, hint);
		}
		if (!json_is_string(json_object_iter_value(i)))
			return err_set(ret_err, EINVAL, "%s is a text", key);
	}
	return true;
}

/* NULL: not said. */
static const char *text_of(const json_t *body, const char *key)
{
	return json_string_value(json_object_get(body, key));
}

static bool take_match(const json_t *body, struct silence *s, struct err *ret_err)
{
	const char *text = text_of(body, "match");

	if (text != NULL && pattern_parse(text, &s->pattern))
		return true;
	return err_set(ret_err, EINVAL,
		       "match names endpoints, such as esx04:902, 10.1.7.14, esx* or * for "
		       "everything");
}

static bool take_end(const json_t *body, struct silence *s, struct err *ret_err)
{
	const char *length = text_of(body, "for");
	const char *until = text_of(body, "until");
	struct span span;

	if ((length != NULL) == (until != NULL))
		return err_set(ret_err, EINVAL, "a silence has an end: for or until, one of them");
	if (length != NULL) {
		if (!parse_span(length, &span))
			return err_set(ret_err, EINVAL,
				       "for is a time such as 30m, 2h or 7d, not '%.64s'", length);
		s->until = (struct wall){ .ms = s->from.ms + span_ms(span) };
		return true;
	}
	if (!when_parse_time(until, &s->until))
		return err_set(ret_err, EINVAL,
			       "until is a time such as 2026-11-25T14:05:06Z, not '%.64s'", until);
	return s->until.ms > s->from.ms || err_set(ret_err, EINVAL, "until has passed already");
}

static bool take_kind(const json_t *body, struct silence *s, struct err *ret_err)
{
	const char *text = text_of(body, "alertname");
	const char *kinds[ALERT_KIND_N];
	char hint[SUGGEST_TEXT_SIZE];

	s->any_kind = text == NULL;
	if (text == NULL || alert_kind_parse(text, &s->kind))
		return true;
	for (int k = 0; k < ALERT_KIND_N; k++)
		kinds[k] = alert_kind_name((enum alert_kind)k);
	suggest_format(text, kinds, ALERT_KIND_N, hint);
	return err_set(ret_err, EINVAL, "no alert is called '%.64s'%s", text, hint);
}

/* Whoever finds it at night must know. */
static bool take_why(const json_t *body, struct silence *s, struct err *ret_err)
{
	const char *text = text_of(body, "why");

	if (text == NULL || text[strspn(text, " \t\r\n")] == '\0')
		return err_set(ret_err, EINVAL, "why says in words why nobody wants to hear of it");
	if (strlen(text) >= sizeof s->why)
		return err_set(ret_err, EINVAL, "why has at most %zu bytes", sizeof s->why - 1);
	text_set(s->why, sizeof s->why, text, strlen(text));
	return true;
}

bool silenceapi_read(const char *body, struct wall now, struct silence *ret_silence,
		     struct err *ret_err)
{
	json_t *o = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
	struct silence s = { .from = now };
	bool ok = check_keys(o, ret_err) && take_match(o, &s, ret_err) &&
		  take_end(o, &s, ret_err) && take_kind(o, &s, ret_err) && take_why(o, &s, ret_err);

	json_decref(o);
	if (ok)
		*ret_silence = s;
	return ok;
}

/* The file and not the name service: that may ask a server, and the loop would wait for it. */
static void name_user(uid_t uid, char *field, size_t size)
{
	FILE *file = uid != 0 ? fopen(USERS, "re") : NULL;
	char room[USER_BYTES];
	struct passwd entry;
	struct passwd *found;

	(void)snprintf(field, size, uid == 0 ? "root" : "uid %u", (unsigned)uid);
	if (file == NULL)
		return;
	while (fgetpwent_r(file, &entry, room, sizeof room, &found) == 0)
		if (found->pw_uid == uid) {
			text_set(field, size, found->pw_name, strlen(found->pw_name));
			break;
		}
	(void)fclose(file);
}

/* As mutes.h matches: a beginning is not enough, unless it is a pattern. */
static size_t count_named(const struct registry *r, const struct pattern *p)
{
	size_t count = 0;

	for (struct endpoint *e = NULL; (e = registry_next_endpoint(r, e)) != NULL;)
		count += params_match(p, e) >= MATCH_LABEL;
	return count;
}

void silenceapi_add(const struct alertapi_parts *parts, struct exchange *x)
{
	struct wall now = wall_now();
	const struct silence *made;
	struct silence s;
	struct err err;
	json_t *o;
	uid_t uid;

	if (!params_known(x, NULL, 0) || !alertapi_there(parts, x))
		return;
	if (!silenceapi_read(exchange_body(x), now, &s, &err)) {
		reply_fail(x, 400, NULL, "%s", err.text);
		return;
	}
	if (exchange_peer(x, &uid))
		name_user(uid, s.by, sizeof s.by);
	mutes_tidy(alerting_mutes(parts->alerting), now);
	made = mutes_add(alerting_mutes(parts->alerting), &s);
	if (made == NULL) {
		reply_fail(x, 429, NULL, "there are %d silences already: end one of them",
			   SILENCES_MAX);
		return;
	}
	alerting_mute_again(parts->alerting);
	o = report_object();
	report_set(o, "silence", json_of(made));
	report_set_number(o, "endpoints", (long long)count_named(parts->registry, &made->pattern));
	reply_json(x, 200, o);
}

/* ---- the end of one */

void silenceapi_end(const struct alertapi_parts *parts, struct exchange *x)
{
	const char *id = strrchr(exchange_request(x)->path, '/') + 1;
	uint64_t number;
	json_t *o;

	if (!params_known(x, NULL, 0) || !alertapi_there(parts, x))
		return;
	if (!parse_u64(id, 1, INT64_MAX, &number) ||
	    !mutes_end(alerting_mutes(parts->alerting), (int64_t)number, wall_now())) {
		reply_fail(x, 404, NULL, "there is no silence %.20s that lasts", id);
		return;
	}
	alerting_mute_again(parts->alerting);
	o = report_object();
	report_set(o, "ended", json_true());
	reply_json(x, 200, o);
}
