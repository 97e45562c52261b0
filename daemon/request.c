/* SPDX-License-Identifier: Apache-2.0 */
/* request.c: see request.h. */
#include "daemon/request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"

enum { BAD = 400, TOO_LARGE = 413, NOT_IMPLEMENTED = 501, VERSION = 505 };

size_t request_head_len(const char *data, size_t len)
{
	const char *p = data;
	const char *end = data + len;
	const char *line;

	while ((line = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		p = line + 1;
		if (p < end && *p == '\n')
			return (size_t)(p + 1 - data);
		if (p + 1 < end && p[0] == '\r' && p[1] == '\n')
			return (size_t)(p + 2 - data);
	}
	return 0;
}

/* ---- decoding */

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* In place; form: a "+" is a blank.  False for a broken escape and for "%00". */
static bool decode(char *text, bool form)
{
	char *to = text;

	for (const char *p = text; *p != '\0'; p++) {
		char c = *p;

		if (c == '%') {
			if (hex(p[1]) < 0 || hex(p[2]) < 0)
				return false;
			c = (char)(hex(p[1]) * 16 + hex(p[2]));
			p += 2;
			if (c == '\0')
				return false;
		} else if (c == '+' && form) {
			c = ' ';
		}
		*to++ = c;
	}
	*to = '\0';
	return true;
}

const char *request_param(const struct request *r, const char *key)
{
	for (size_t i = 0; i < r->param_count; i++)
		if (strcmp(r->params[i].key, key) == 0)
			return r->params[i].value;
	return NULL;
}

static bool take_param(char *pair, struct request *r)
{
	char *equals = strchr(pair, '=');
	char *value = equals != NULL ? equals + 1 : pair + strlen(pair);

	if (equals != NULL)
		*equals = '\0';
	if (!decode(pair, true) || !decode(value, true) || pair[0] == '\0' ||
	    request_param(r, pair) != NULL || r->param_count == REQUEST_PARAMS)
		return false;
	r->params[r->param_count++] = (struct param){ .key = pair, .value = value };
	return true;
}

int request_parse_query(char *text, struct request *r)
{
	char *next;

	for (char *pair = text; pair != NULL; pair = next) {
		next = strchr(pair, '&');
		if (next != NULL)
			*next++ = '\0';
		if (pair[0] != '\0' && !take_param(pair, r))
			return BAD;
	}
	return 0;
}

/* ---- the request line */

static enum method method_of(const char *word)
{
	static const char *const names[METHOD_OTHER] = { [METHOD_GET] = "GET",
							 [METHOD_HEAD] = "HEAD",
							 [METHOD_POST] = "POST",
							 [METHOD_DELETE] = "DELETE",
							 [METHOD_OPTIONS] = "OPTIONS" };

	for (int m = 0; m < METHOD_OTHER; m++)
		if (strcmp(word, names[m]) == 0)
			return (enum method)m;
	return METHOD_OTHER;
}

static int take_version(const char *version, struct request *r)
{
	if (strncmp(version, "HTTP/", 5) != 0)
		return BAD;
	r->old = strcmp(version, "HTTP/1.0") == 0;
	r->keep_alive = !r->old;
	return r->old || strcmp(version, "HTTP/1.1") == 0 ? 0 : VERSION;
}

static int take_target(char *target, struct request *r)
{
	char *query = strchr(target, '?');

	if (query != NULL)
		*query++ = '\0';
	if ((target[0] != '/' && strcmp(target, "*") != 0) || !decode(target, false))
		return BAD;
	r->path = target;
	return query != NULL ? request_parse_query(query, r) : 0;
}

static int take_request_line(char *line, struct request *r)
{
	char *target = strchr(line, ' ');
	char *version = target != NULL ? strchr(target + 1, ' ') : NULL;
	int refused;

	if (version == NULL)
		return BAD;
	*target++ = '\0';
	*version++ = '\0';
	r->method = method_of(line);
	refused = take_version(version, r);
	return refused != 0 ? refused : take_target(target, r);
}

/* ---- header fields */

struct fields {
	bool host;
	bool length;
};

static bool is_token(const char *text)
{
	static const char characters[] = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "abcdefghijklmnopqrstuvwxyz";

	return text[0] != '\0' && text[strspn(text, characters)] == '\0';
}

static int take_length(const char *value, struct fields *have, struct request *r)
{
	uint64_t length;

	if (have->length || !parse_u64(value, 0, UINT64_MAX, &length))
		return BAD;
	have->length = true;
	if (length > REQUEST_BODY_BYTES)
		return TOO_LARGE;
	r->body_len = (size_t)length;
	return 0;
}

static int take_field(const char *name, const char *value, struct fields *have, struct request *r)
{
	if (strcasecmp(name, "Transfer-Encoding") == 0)
		return NOT_IMPLEMENTED;
	if (strcasecmp(name, "Content-Length") == 0)
		return take_length(value, have, r);
	if (strcasecmp(name, "Host") == 0)
		have->host = true;
	else if (strcasecmp(name, "Connection") == 0)
		r->keep_alive = r->old ? strcasecmp(value, "keep-alive") == 0
				       : strcasecmp(value, "close") != 0;
	else if (strcasecmp(name, "Expect") == 0)
		r->expects_continue = strcasecmp(value, "100-continue") == 0;
	else if (strcasecmp(name, "Accept") == 0)
		r->openmetrics = strstr(value, "application/openmetrics-text") != NULL;
	return 0;
}

static int take_header(char *line, struct fields *have, struct request *r)
{
	char *value = strchr(line, ':');
	size_t len;

	if (value == NULL)
		return BAD;
	*value++ = '\0';
	if (!is_token(line)) /* neither folded lines nor blanks before the colon */
		return BAD;
	value += strspn(value, " \t");
	len = strlen(value);
	while (len > 0 && (value[len - 1] == ' ' || value[len - 1] == '\t'))
		value[--len] = '\0';
	return take_field(line, value, have, r);
}

/* The next line without its end; *p moves behind it. */
static char *next_line(char **p)
{
	char *line = *p;
	char *end = strchr(line, '\n');

	MUST(end != NULL);
	*p = end + 1;
	if (end > line && end[-1] == '\r')
		end--;
	*end = '\0';
	return line;
}

static int take_head(struct request *r)
{
	struct fields have = { 0 };
	char *p = r->memory;
	int refused = take_request_line(next_line(&p), r);
	char *line;

	while (refused == 0 && (line = next_line(&p))[0] != '\0')
		refused = take_header(line, &have, r);
	if (refused == 0 && !r->old && !have.host)
		return BAD;
	return refused;
}

int request_parse(const char *head, size_t len, struct request *ret_request)
{
	struct request r = { .path = "" };
	int refused;

	MUST(request_head_len(head, len) == len);
	if (memchr(head, '\0', len) != NULL)
		return BAD;
	r.memory = xstrndup(head, len);
	refused = take_head(&r);
	if (refused != 0)
		request_done(&r);
	else
		*ret_request = r;
	return refused;
}

void request_done(struct request *r)
{
	free(r->memory);
	*r = (struct request){ .path = "" };
}
