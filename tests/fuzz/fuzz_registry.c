#include "base/text.h"
/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_registry.c: a registry and its token server.  The first byte: "p" = in clear text.  Then
 * lines: the image reference, and for each reply "STATUS CHALLENGE", the API version, the digest
 * and the body.
 */
#include "tests/fuzz/talking.h"

static void set(char *field, size_t size, struct input *in)
{
	char *line = input_line(in);

	text_set(field, size, line, strlen(line));
	free(line);
}

/* As the HTTP parser would leave it. */
static void next_reply(struct input *in, struct http_response *r)
{
	char *line = input_line(in);
	size_t digits = strspn(line, "0123456789");
	size_t len;
	char *body;

	memset(r, 0, sizeof *r);
	for (size_t i = 0; i < digits && i < 3; i++)
		r->status = r->status * 10 + (unsigned)(line[i] - '0');
	if (line[digits] != '\0')
		text_set(r->challenge, sizeof r->challenge, line + digits + 1,
			 strlen(line + digits + 1));
	free(line);
	set(r->distribution, sizeof r->distribution, in);
	set(r->digest, sizeof r->digest, in);
	body = input_until(in, '\n', &len);
	buf_init(&r->body, LIMIT_HTTP_BODY_BYTES);
	buf_put(&r->body, body, len);
	free(body);
}

/* The base, then the manifest; once, before or after the latter was tried, a token. */
static void ask_must_be_right(const struct talk *t, bool had_token)
{
	const struct http_request *r = &t->request;

	MUST(strcmp(r->method, t->step == 1 || t->side_trip ? "GET" : "HEAD") == 0);
	MUST(!t->side_trip || (t->step >= 2 && t->step <= 3 && !had_token &&
			       strstr(r->target, "scope=repository:") != NULL &&
			       strstr(r->target, t->image.repository) != NULL));
	MUST(t->step == 1 || t->side_trip || strncmp(r->target, "/v2/", 4) == 0);
	MUST((r->bearer != NULL) == had_token && r->body == NULL);
	MUST(t->step <= 4);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	bool plain = input_byte(&in) == 'p';
	char *image = input_line(&in);
	struct probe_spec spec = { .host = "registry.example.com",
				   .dialect = DIALECT_REGISTRY,
				   .image = image,
				   .plain = plain };
	struct facts facts = { .tls_alert = -1 };
	struct talk t = { .spec = &spec, .facts = &facts };
	enum talk_next next = talk_on(talk_registry, &t, NULL);

	while (next == TALK_ASK) {
		struct http_response reply;

		ask_must_be_right(&t, t.token != NULL);
		next_reply(&in, &reply);
		next = talk_on(talk_registry, &t, &reply);
		MUST(facts.image != IMAGE_PRESENT || strcmp(facts.digest, reply.digest) == 0);
		buf_done(&reply.body);
	}
	MUST(facts.image != IMAGE_UNTRIED || t.service != SERVICE_SERVING);
	MUST(t.token == NULL || strlen(t.token) <= LIMIT_HTTP_HEADER_BYTES);
	talk_done(&t);
	MUST(t.token == NULL);
	free(image);
	return 0;
}
