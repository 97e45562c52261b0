/* SPDX-License-Identifier: Apache-2.0 */
/* reply.c: see reply.h. */
#include "daemon/reply.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/exchange.h"
#include "report/json.h"

#define JSON_TYPE "application/json"

enum { MESSAGE_BYTES = 512, ROWS_BYTES = 1 << 28, PIECE_BYTES = 4 << 20 };

static const struct {
	int status;
	const char *phrase;
	const char *code; /* NULL: it is no failure */
} statuses[] = {
	{ 200, "OK", NULL },
	{ 204, "No Content", NULL },
	{ 400, "Bad Request", "bad-request" },
	{ 403, "Forbidden", "forbidden" },
	{ 404, "Not Found", "not-found" },
	{ 405, "Method Not Allowed", "method-not-allowed" },
	{ 408, "Request Timeout", "timeout" },
	{ 409, "Conflict", "conflict" },
	{ 413, "Content Too Large", "too-large" },
	{ 422, "Unprocessable Content", "configuration" },
	{ 429, "Too Many Requests", "too-many" },
	{ 431, "Request Header Fields Too Large", "too-large" },
	{ 500, "Internal Server Error", "internal" },
	{ 501, "Not Implemented", "not-implemented" },
	{ 503, "Service Unavailable", "unavailable" },
	{ 505, "HTTP Version Not Supported", "not-implemented" },
};

static size_t find(int status)
{
	size_t i = 0;

	while (i < ARRAY_LEN(statuses) - 1 && statuses[i].status != status)
		i++;
	MUST(statuses[i].status == status);
	return i;
}

const char *reply_phrase(int status)
{
	return statuses[find(status)].phrase;
}

static char *line_of(json_t *o)
{
	char *text = json_dumps(o, JSON_COMPACT);

	MUST(text != NULL);
	json_decref(o);
	return text;
}

void reply_json(struct exchange *x, int status, json_t *o)
{
	struct buf out;
	char *text = line_of(o);

	buf_init(&out, ROWS_BYTES);
	buf_printf(&out, "%s\n", text);
	free(text);
	exchange_reply(x, status, JSON_TYPE, buf_text(&out), out.len);
	buf_done(&out);
}

void reply_fail(struct exchange *x, int status, const char *code, const char *format, ...)
{
	json_t *o = report_object();
	json_t *error = report_object();
	char raw[MESSAGE_BYTES];
	char message[MESSAGE_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(raw, sizeof raw, format, args);
	va_end(args);
	text_set(message, sizeof message, raw, strlen(raw));
	report_set_text(error, "code", code != NULL ? code : statuses[find(status)].code);
	report_set_text(error, "message", message);
	report_set(o, "error", error);
	reply_json(x, status, o);
}

void reply_rows(struct exchange *x, json_t *o, const char *key, const char *rows, size_t len)
{
	char *text = line_of(o);
	size_t head = strlen(text) - 1;
	struct buf out;

	buf_init(&out, ROWS_BYTES);
	buf_put(&out, text, head);
	buf_printf(&out, "%s\"%s\":", head > 1 ? "," : "", key);
	buf_put(&out, rows, len);
	buf_puts(&out, "}\n");
	free(text);
	exchange_reply(x, 200, JSON_TYPE, buf_text(&out), out.len);
	buf_done(&out);
}

bool reply_piece(struct exchange *x, reply_piece_fn *put, void *owner)
{
	struct buf out;
	bool more;

	buf_init(&out, PIECE_BYTES);
	more = put(owner, &out);
	if (out.len == 0) /* nothing was wanted; without a byte nobody would call again */
		buf_puts(&out, " ");
	exchange_put(x, buf_text(&out), out.len);
	buf_done(&out);
	return more;
}
