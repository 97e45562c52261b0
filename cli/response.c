/* SPDX-License-Identifier: Apache-2.0 */
/* response.c: see response.h. */
#include "cli/response.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "cli/got.h"
#include "report/exit.h"

enum { MESSAGE_SIZE = 256 };

enum http_status {
	HTTP_OK = 200,
	HTTP_BAD_REQUEST = 400,
	HTTP_FORBIDDEN = 403,
	HTTP_NOT_FOUND = 404,
	HTTP_UNPROCESSABLE = 422,
};

static json_t *object_of(const char *text, size_t len)
{
	json_t *o = json_loadb(text, len, 0, NULL);

	if (json_is_object(o))
		return o;
	json_decref(o);
	return NULL;
}

/* The daemon said no, in its own words. */
static int refused(long http_status, const char *message, struct err *ret_err)
{
	switch (http_status) {
	case HTTP_NOT_FOUND:
	case HTTP_UNPROCESSABLE:
		(void)err_set(ret_err, ENOENT, "%s", message);
		return STATUS_NOT_CLEAR;
	case HTTP_BAD_REQUEST:
		(void)err_set(ret_err, EINVAL, "%s", message);
		return STATUS_USAGE;
	case HTTP_FORBIDDEN:
		(void)err_set(ret_err, EACCES,
			      "the daemon does not let this user: %s; be root or the daemon's user",
			      message);
		return STATUS_LOCAL;
	default:
		(void)err_set(ret_err, EIO, "the daemon answers %ld: %s", http_status, message);
		return STATUS_LOCAL;
	}
}

int response_read(long http_status, const char *text, size_t len, json_t **ret_object,
		  struct err *ret_err)
{
	json_t *o = object_of(text, len);
	char message[MESSAGE_SIZE];
	int status;

	if (o != NULL && http_status == HTTP_OK) {
		*ret_object = o;
		return STATUS_CLEAR;
	}
	got_text(got_object(o, "error"), "message", message, sizeof message);
	json_decref(o);
	if (message[0] != '\0')
		return refused(http_status, message, ret_err);
	status = STATUS_LOCAL;
	(void)err_set(ret_err, EPROTO,
		      "what answers is not banksmand, or broken: HTTP status %ld and %s",
		      http_status, o != NULL ? "an object without a reason" : "no JSON object");
	return status;
}

void response_lines_init(struct response_lines *l, response_line_fn *take, void *owner)
{
	*l = (struct response_lines){ .take = take, .owner = owner };
	buf_init(&l->line, RESPONSE_LINE_BYTES);
}

static bool end_line(struct response_lines *l, struct err *ret_err)
{
	const char *text = buf_text(&l->line);
	json_t *o;

	if (text[strspn(text, " \t\r")] == '\0' && strlen(text) == l->line.len)
		return true;
	o = object_of(text, l->line.len);
	if (o == NULL)
		return err_set(ret_err, EPROTO, "what answers is not banksmand, or broken: %s",
			       "a line that is no JSON object");
	ret_err->text[0] = '\0';
	return l->take(l->owner, o);
}

bool response_lines_put(struct response_lines *l, const char *text, size_t len, struct err *ret_err)
{
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end != NULL ? (size_t)(end - text) : len;
		bool more;

		buf_put(&l->line, text, n);
		if (buf_overflowed(&l->line))
			return err_set(ret_err, EPROTO, "a line of the reply is longer than %d KiB",
				       RESPONSE_LINE_BYTES / 1024);
		if (end == NULL)
			break;
		more = end_line(l, ret_err);
		buf_clear(&l->line);
		if (!more)
			return false;
		text += n + 1;
		len -= n + 1;
	}
	return true;
}

void response_lines_done(struct response_lines *l)
{
	buf_done(&l->line);
}
