/* SPDX-License-Identifier: Apache-2.0 */
/* promreply.c: see promreply.h. */
#include "cli/promreply.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/text.h"
#include "cli/got.h"

enum { WORD_SIZE = 64, MESSAGE_SIZE = 200 };

/* As wide as milliseconds since 1970 go in a JSON number. */
#define SECONDS_MAX 1e12

static bool refused(long http_status, const json_t *o, struct err *ret_err)
{
	char message[MESSAGE_SIZE];
	char type[WORD_SIZE];

	got_text(o, "errorType", type, sizeof type);
	got_text(o, "error", message, sizeof message);
	if (http_status == 401)
		return err_set(ret_err, EACCES,
			       "it wants to know who asks (401): --token-file FILE");
	if (http_status == 403)
		return err_set(ret_err, EACCES, "whoever asks may not (403)%s%s; %s",
			       message[0] != '\0' ? ": " : "", message,
			       "is it the right --token-file?");
	if (http_status >= 300 && http_status < 400)
		return err_set(ret_err, EPROTO,
			       "it sends elsewhere (%ld), as to a login: is --token-file missing, "
			       "or is it another URL?",
			       http_status);
	if (got_is(o, "status", "error") && message[0] != '\0')
		return err_set(ret_err, EPROTO, "it does not answer the query: %s%s%s", type,
			       type[0] != '\0' ? ": " : "", message);
	if (http_status == 404)
		return err_set(ret_err, EPROTO,
			       "what answers is not Prometheus (404): the URL is that behind which "
			       "/api/v1/query stands");
	if (http_status >= 500)
		return err_set(ret_err, EPROTO, "it, or a proxy before it, is out of order (%ld)",
			       http_status);
	return err_set(ret_err, EPROTO, "what answers is not Prometheus, or broken (%ld)",
		       http_status);
}

static void take_warning(const json_t *o, struct promreply *r)
{
	const json_t *first = json_array_get(got_list(o, "warnings"), 0);

	if (json_is_string(first))
		text_set(r->warning, sizeof r->warning, json_string_value(first),
			 json_string_length(first));
}

bool promreply_read(long http_status, const char *text, size_t len, struct promreply *ret_reply,
		    struct err *ret_err)
{
	json_t *o = json_loadb(text, len, 0, NULL);
	const json_t *data = got_object(o, "data");
	const json_t *result = got_list(data, "result");
	bool ok = http_status == 200 && got_is(o, "status", "success") && result != NULL &&
		  got_is(data, "resultType", "vector");

	if (ok) {
		*ret_reply = (struct promreply){ .samples = json_incref(
							 json_object_get(data, "result")) };
		take_warning(o, ret_reply);
	} else {
		(void)refused(http_status, o, ret_err);
	}
	json_decref(o);
	return ok;
}

void promreply_done(struct promreply *r)
{
	json_decref(r->samples);
	*r = (struct promreply){ 0 };
}

const char *promreply_label(const json_t *sample, const char *name)
{
	const char *text =
		json_string_value(json_object_get(json_object_get(sample, "metric"), name));

	return text != NULL ? text : "";
}

static const json_t *part(const json_t *sample, size_t i)
{
	return json_array_get(json_object_get(sample, "value"), i);
}

bool promreply_value(const json_t *sample, double *ret_value)
{
	const char *text = json_string_value(part(sample, 1));
	char *end;
	double value;

	if (text == NULL || text[0] == '\0' || strlen(text) >= WORD_SIZE)
		return false;
	value = strtod(text, &end);
	if (*end != '\0' || !isfinite(value))
		return false;
	*ret_value = value;
	return true;
}

bool promreply_time(const json_t *sample, struct wall *ret_time)
{
	const json_t *time = part(sample, 0);
	double seconds = json_number_value(time);

	if (!json_is_number(time) || !(seconds > 0) || seconds > SECONDS_MAX)
		return false;
	*ret_time = (struct wall){ .ms = (int64_t)(seconds * 1000) };
	return true;
}
