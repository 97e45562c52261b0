/* SPDX-License-Identifier: Apache-2.0 */
/* fuzz_url.c: URLs that a peer sends, such as a token server's. */
#include "tests/fuzz/fuzz.h"

#include "base/parse.h"
#include "probes/http.h"

static void must_be_sound(const struct http_url *u)
{
	MUST_FIELD(u->host);
	MUST_FIELD(u->target);
	MUST(parse_is_host(u->host) && u->port != 0 && u->target[0] == '/');
	/* Nothing of it can end a request line or begin a header. */
	for (const char *p = u->target; *p != '\0'; p++)
		MUST(*p > ' ' && *p <= '~' && *p != '"' && *p != '#');
}

static void round_trip(const struct http_url *u)
{
	bool v6 = strchr(u->host, ':') != NULL;
	char *text = xasprintf("%s://%s%s%s:%u%s", u->tls ? "HTTPS" : "http", v6 ? "[" : "",
			       u->host, v6 ? "]" : "", (unsigned)u->port, u->target);
	struct http_url again;

	/* A "/" that was put in front may have filled the field to its last byte. */
	if (http_url_parse(text, &again)) {
		MUST(again.tls == u->tls && again.port == u->port);
		MUST(strcmp(again.host, u->host) == 0 && strcmp(again.target, u->target) == 0);
	} else {
		MUST(strlen(u->target) == sizeof u->target - 1);
	}
	free(text);
}

/* A request for it is one line and headers, whatever the URL says. */
static void request(const struct http_url *u)
{
	struct http_request r = { .method = "GET" };
	struct buf b;
	const char *text;

	memcpy(r.target, u->target, sizeof r.target);
	buf_init(&b, LIMIT_HTTP_HEADER_BYTES);
	http_request_put(&r, u->host, u->port, u->tls ? 443 : 80, &b);
	text = buf_text(&b);
	MUST(!buf_overflowed(&b) && strlen(text) == b.len);
	MUST(strncmp(text, "GET /", 5) == 0);
	MUST(strstr(text, " HTTP/1.1\r\nHost: ") == strpbrk(text + 5, " \r\n"));
	MUST(strstr(text, "\r\n\r\n") == text + b.len - 4);
	buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xstrndup((const char *)data, size);
	struct http_url u;

	memset(&u, 0xa5, sizeof u);
	if (http_url_parse(text, &u)) {
		must_be_sound(&u);
		round_trip(&u);
		request(&u);
	} else {
		MUST(u.host[0] == (char)0xa5);
	}
	free(text);
	return 0;
}
