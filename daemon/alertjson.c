/* SPDX-License-Identifier: Apache-2.0 */
/* alertjson.c: see alertjson.h. */
#include "daemon/alertjson.h"

#include "base/mem.h"
#include "base/must.h"
#include "base/when.h"
#include "daemon/alert.h"

enum { MESSAGE_VERSION = 1 };

static void put(json_t *o, const char *key, json_t *value)
{
	MUST(value != NULL && json_object_set_new(o, key, value) == 0);
}

static void put_time(json_t *o, const char *key, struct wall t)
{
	char text[WHEN_TEXT_SIZE];

	when_format(t, text);
	put(o, key, json_string(text));
}

static void append(json_t *list, json_t *value)
{
	MUST(json_array_append_new(list, value) == 0);
}

static char *dump(json_t *taken)
{
	char *text = json_dumps(taken, JSON_COMPACT);

	MUST(text != NULL);
	json_decref(taken);
	return text;
}

static json_t *one(const struct alert *a)
{
	AUTO(text) char *identity = alert_identity(a->kind, a->subject);
	json_t *o = json_object();

	put(o, "identity", json_string(identity));
	put(o, "alertname", json_string(alert_kind_name(a->kind)));
	put(o, "status", json_string(alert_active(a) ? "firing" : "resolved"));
	put(o, "severity", json_string(severity_name(a->severity)));
	put(o, "subject", json_string(a->subject));
	put_time(o, "startsAt", a->starts);
	if (!alert_active(a))
		put_time(o, "endsAt", a->ends);
	put(o, "revision", json_integer(a->revision));
	put(o, "coalesced", json_integer(a->coalesced));
	put(o, "labels", json_copy(a->labels));
	put(o, "annotations", json_copy(a->annotations));
	return o;
}

json_t *alertjson_list(const struct alert *const *alerts, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		append(list, one(alerts[i]));
	return list;
}

char *alertjson_message(const char *node, struct wall now, json_t *list)
{
	json_t *o = json_object();

	put(o, "version", json_integer(MESSAGE_VERSION));
	put(o, "node", json_string(node));
	put_time(o, "sent", now);
	put(o, "alerts", list);
	return dump(o);
}

static struct wall earlier(struct wall a, struct wall b)
{
	return a.ms < b.ms ? a : b;
}

/*
 * Alertmanager refuses an end before the beginning, and for an end that is to come the alert
 * lasts until then: after our clock was set back nothing lies in the future.
 */
static json_t *one_of_manager(const struct alert *a, struct wall now, struct wall until)
{
	struct wall starts = earlier(a->starts, now);
	struct wall ends = alert_active(a) ? until : earlier(a->ends, now);
	json_t *o = json_object();

	put(o, "labels", json_copy(a->labels));
	put(o, "annotations", json_copy(a->annotations));
	put_time(o, "startsAt", starts);
	put_time(o, "endsAt", ends.ms > starts.ms ? ends : starts);
	return o;
}

char *alertjson_manager(const struct alert *const *alerts, size_t count, struct wall now,
			struct wall until)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		append(list, one_of_manager(alerts[i], now, until));
	return dump(list);
}
