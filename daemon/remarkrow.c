/* SPDX-License-Identifier: Apache-2.0 */
/* remarkrow.c: see remarkrow.h. */
#include "daemon/remarkrow.h"

#include <string.h>

#include "base/when.h"
#include "daemon/remarks.h"
#include "report/json.h"

static json_t *time_value(struct wall t)
{
	return t.ms != 0 ? json_integer(t.ms) : json_null();
}

static json_t *text_value(const char *text)
{
	json_t *value = json_string(text);

	return value != NULL ? value : json_string("(not UTF-8)");
}

json_t *remarkrow_json(const struct remark *m, struct wall last, struct wall ended)
{
	json_t *row = report_array();

	report_append(row, text_value(m->rule));
	report_append(row, text_value(remark_severity(m->severity)));
	report_append(row, text_value(remark_verdict(m->unknown)));
	report_append(row, text_value(m->kind));
	report_append(row, text_value(m->id));
	report_append(row, text_value(m->name));
	report_append(row, text_value(m->plan));
	report_append(row, text_value(m->message));
	report_append(row, json_integer(m->first.ms));
	report_append(row, time_value(last));
	report_append(row, time_value(ended));
	return row;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

struct wall remarkrow_time(const json_t *o, const char *key)
{
	struct wall t;

	return when_parse_time(text_of(o, key), &t) ? t : (struct wall){ 0 };
}

bool remarkrow_read(const json_t *row, struct remark *ret_remark)
{
	const json_t *object = json_object_get(row, "object");
	enum rule_severity severity;

	if (!remark_parse_severity(text_of(row, "severity"), &severity))
		return false;
	*ret_remark = (struct remark){ .rule = text_of(row, "rule"),
				       .unknown = strcmp(text_of(row, "verdict"), "fail") != 0,
				       .kind = text_of(object, "kind"),
				       .id = text_of(object, "id"),
				       .name = text_of(object, "name"),
				       .plan = text_of(row, "plan"),
				       .message = text_of(row, "message"),
				       .severity = severity,
				       .first = remarkrow_time(row, "first_seen") };
	return true;
}
