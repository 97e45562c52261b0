/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.c: see http.h.  Replies are read by llhttp where the system has it, else
 * by its ancestor http-parser; the two differ in names only, as far as used here.
 */
#include "probes/http.h"

#ifdef HAVE_LLHTTP
#include <llhttp.h>
#else
#include <http_parser.h>
#endif
#include <string.h>
#include <strings.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"
#include "base/text.h"

#ifdef HAVE_LLHTTP
typedef llhttp_t wire_parser;
typedef llhttp_settings_t wire_settings;
#else
typedef http_parser wire_parser;
typedef http_parser_settings wire_settings;
#endif

struct http_parser_state {
	wire_parser wire;
	wire_settings settings;
	struct http_response reply;
	bool to_head;
	bool done;
	bool too_large;
	bool started;
	bool in_value;       /* a header's value is being read */
	size_t header_bytes; /* of all replies so far, the interim ones included */
	struct buf field;    /* name of the header field under way */
	struct buf value;
};

void http_request_put(const struct http_request *r, const char *host, uint16_t port,
		      uint16_t default_port, struct buf *out)
{
	bool v6 = strchr(host, ':') != NULL;

	/* A zone ("%eth0") is this machine's own affair (RFC 6874, 4). */
	buf_printf(out, "%s %s HTTP/1.1\r\nHost: %s%.*s%s", r->method, r->target, v6 ? "[" : "",
		   (int)strcspn(host, "%"), host, v6 ? "]" : "");
	if (port != default_port)
		buf_printf(out, ":%u", (unsigned)port);
	buf_printf(out, "\r\nUser-Agent: banksman\r\nAccept: %s\r\n",
		   r->accept != NULL ? r->accept : "*/*");
	if (r->soap_action != NULL)
		buf_printf(out, "SOAPAction: \"%s\"\r\n", r->soap_action);
	if (r->bearer != NULL)
		buf_printf(out, "Authorization: Bearer %s\r\n", r->bearer);
	if (r->content_type != NULL)
		buf_printf(out, "Content-Type: %s\r\nContent-Length: %zu\r\n", r->content_type,
			   strlen(r->body));
	buf_puts(out, "\r\n");
	if (r->content_type != NULL)
		buf_puts(out, r->body);
}

static struct http_parser_state *state_of(wire_parser *w)
{
	return w->data;
}

static void keep_header(struct http_parser_state *p)
{
	struct http_response *r = &p->reply;
	/* Several challenges may come in several fields; one with a token server is of use. */
	bool challenged = strncasecmp(r->challenge, "Bearer ", sizeof "Bearer " - 1) == 0;
	const struct {
		const char *name;
		char *field;
		size_t size;
	} kept[] = {
		{ "Server", r->server, sizeof r->server },
		{ "Location", r->location, sizeof r->location },
		{ challenged ? "" : "WWW-Authenticate", r->challenge, sizeof r->challenge },
		{ "Docker-Content-Digest", r->digest, sizeof r->digest },
		{ "Docker-Distribution-Api-Version", r->distribution, sizeof r->distribution },
	};

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (strcasecmp(buf_text(&p->field), kept[i].name) == 0)
			text_set(kept[i].field, kept[i].size, buf_text(&p->value), p->value.len);
	p->in_value = false;
	buf_clear(&p->field);
	buf_clear(&p->value);
}

static int on_header_field(wire_parser *w, const char *at, size_t len)
{
	struct http_parser_state *p = state_of(w);

	if (p->in_value)
		keep_header(p);
	buf_put(&p->field, at, len);
	return 0;
}

static int on_header_value(wire_parser *w, const char *at, size_t len)
{
	struct http_parser_state *p = state_of(w);

	p->in_value = true;
	buf_put(&p->value, at, len);
	return 0;
}

static int on_headers_complete(wire_parser *w)
{
	struct http_parser_state *p = state_of(w);

	keep_header(p);
	return p->to_head ? 1 : 0; /* 1: no body follows */
}

static int on_body(wire_parser *w, const char *at, size_t len)
{
	struct http_parser_state *p = state_of(w);

	buf_put(&p->reply.body, at, len);
	p->too_large = buf_overflowed(&p->reply.body);
	return p->too_large ? -1 : 0;
}

static bool interim(unsigned status)
{
	return status >= 100 && status < 200 && status != 101;
}

static void forget_interim(struct http_response *r)
{
	struct buf body = r->body;

	buf_clear(&body);
	*r = (struct http_response){ .body = body };
}

#ifdef HAVE_LLHTTP
static int stop(wire_parser *w)
{
	(void)w;
	return HPE_PAUSED;
}
static bool wire_keep_alive(const wire_parser *w)
{
	return llhttp_should_keep_alive(w) == 1;
}
#else
static int stop(wire_parser *w)
{
	http_parser_pause(w, 1);
	return 0;
}
static bool wire_keep_alive(const wire_parser *w)
{
	return http_should_keep_alive(w) != 0;
}
#endif

static int on_message_complete(wire_parser *w)
{
	struct http_parser_state *p = state_of(w);

	if (interim(w->status_code)) {
		forget_interim(&p->reply);
		return 0;
	}
	p->reply.status = w->status_code;
	p->reply.keep_alive = wire_keep_alive(w);
	p->done = true;
	return stop(w);
}

/* Reads on; false when the bytes are not HTTP. */
static bool wire_feed(struct http_parser_state *p, const char *data, size_t len)
{
#ifdef HAVE_LLHTTP
	llhttp_errno_t error = llhttp_execute(&p->wire, data, len);

	return error == HPE_OK || error == HPE_PAUSED;
#else
	(void)http_parser_execute(&p->wire, &p->settings, data, len);
	return HTTP_PARSER_ERRNO(&p->wire) == HPE_OK || HTTP_PARSER_ERRNO(&p->wire) == HPE_PAUSED;
#endif
}

static bool wire_finish(struct http_parser_state *p)
{
#ifdef HAVE_LLHTTP
	return llhttp_finish(&p->wire) == HPE_OK;
#else
	return wire_feed(p, NULL, 0);
#endif
}

struct http_parser_state *http_parser_new(bool to_head)
{
	struct http_parser_state *p = xcalloc(1, sizeof *p);

	p->to_head = to_head;
	buf_init(&p->reply.body, LIMIT_HTTP_BODY_BYTES);
	buf_init(&p->field, LIMIT_HTTP_FIELD_BYTES);
	buf_init(&p->value, LIMIT_HTTP_FIELD_BYTES);
#ifdef HAVE_LLHTTP
	llhttp_settings_init(&p->settings);
	llhttp_init(&p->wire, HTTP_RESPONSE, &p->settings);
#else
	http_parser_settings_init(&p->settings);
	http_parser_init(&p->wire, HTTP_RESPONSE);
#endif
	p->wire.data = p;
	p->settings.on_header_field = on_header_field;
	p->settings.on_header_value = on_header_value;
	p->settings.on_headers_complete = on_headers_complete;
	p->settings.on_body = on_body;
	p->settings.on_message_complete = on_message_complete;
	return p;
}

void http_parser_free(struct http_parser_state *p)
{
	if (p == NULL)
		return;
	buf_done(&p->reply.body);
	buf_done(&p->field);
	buf_done(&p->value);
	free(p);
}

enum http_progress http_feed(struct http_parser_state *p, const char *data, size_t len)
{
	size_t body = p->reply.body.len;
	bool ok;

	MUST(!p->done);
	p->started = p->started || len > 0;
	ok = wire_feed(p, data, len);
	if (p->too_large)
		return HTTP_TOO_LARGE;
	if (p->done)
		return HTTP_DONE;
	if (!ok)
		return HTTP_INVALID;
	/* What is not body is header, chunk framing or an interim reply: bounded all the same. */
	p->header_bytes += len - (p->reply.body.len > body ? p->reply.body.len - body : 0);
	return p->header_bytes > LIMIT_HTTP_HEADER_BYTES ? HTTP_TOO_LARGE : HTTP_MORE;
}

enum http_progress http_feed_end(struct http_parser_state *p)
{
	(void)wire_finish(p);
	return p->done ? HTTP_DONE : HTTP_INVALID;
}

bool http_started(const struct http_parser_state *p)
{
	return p->started;
}

const struct http_response *http_reply(const struct http_parser_state *p)
{
	return &p->reply;
}

static bool url_text_ok(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~' || strchr("\"<>\\^`{|}@#", *p) != NULL)
			return false;
	return true;
}

bool http_url_parse(const char *text, struct http_url *ret_url)
{
	struct http_url u = { .tls = strncasecmp(text, "https://", 8) == 0 };
	char authority[LIMIT_HOST_BYTES + sizeof ":65535"];
	const char *start = text + (u.tls ? 8 : 7);
	size_t len;

	if (!url_text_ok(text) || (!u.tls && strncasecmp(text, "http://", 7) != 0))
		return false;
	len = strcspn(start, "/?");
	if (len == 0 || len >= sizeof authority ||
	    strlen(start + len) + sizeof "/" > sizeof u.target)
		return false;
	memcpy(authority, start, len);
	authority[len] = '\0';
	if (!parse_hostport(authority, u.host, sizeof u.host, &u.port) || !parse_is_host(u.host))
		return false;
	if (u.port == 0)
		u.port = u.tls ? 443 : 80;
	u.target[0] = '/';
	memcpy(u.target + (start[len] != '/'), start + len, strlen(start + len) + 1);
	*ret_url = u;
	return true;
}
