/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_http.c: a reply in pieces.  The first byte: 1 = to a HEAD request, 2 = the peer closes at
 * the end, 4 = the text after the last empty line comes 256 times.  The second: how many sizes of
 * pieces follow, which are used in turn; all the rest is the reply.
 */
#include "tests/fuzz/fuzz.h"

#include "probes/http.h"

enum { TO_HEAD = 1, CLOSES = 2, REPEATS = 4, REPEAT_COUNT = 256, PIECES_MAX = 16 };

struct pieces {
	uint8_t size[PIECES_MAX]; /* 0: all that is left */
	size_t count;
	size_t next;
};

static void must_be_sound(const struct http_response *r)
{
	MUST_FIELD(r->server);
	MUST_FIELD(r->location);
	MUST_FIELD(r->challenge);
	MUST_FIELD(r->digest);
	MUST_FIELD(r->distribution);
	MUST(r->status <= 999);
	MUST(r->body.len <= LIMIT_HTTP_BODY_BYTES);
	MUST(buf_text(&r->body)[r->body.len] == '\0');
}

static enum http_progress feed(struct http_parser_state *p, const char *text, size_t len,
			       struct pieces *pieces)
{
	enum http_progress progress = HTTP_MORE;

	while (len > 0 && progress == HTTP_MORE) {
		size_t n = pieces->count > 0 ? pieces->size[pieces->next++ % pieces->count] : 0;
		char *piece;

		if (n == 0 || n > len)
			n = len;
		piece = xmemdup(text, n);
		progress = http_feed(p, piece, n);
		free(piece); /* nothing may be kept of it */
		MUST(http_started(p));
		must_be_sound(http_reply(p));
		text += n;
		len -= n;
	}
	return progress;
}

static enum http_progress run(struct http_parser_state *p, uint8_t flags, struct input text,
			      struct pieces *pieces)
{
	const char *start = (const char *)text.data;
	const char *body = text.len > 0 ? memmem(start, text.len, "\r\n\r\n", 4) : NULL;
	size_t head_len = body != NULL ? (size_t)(body - start) + 4 : text.len;
	enum http_progress progress = feed(p, start, text.len, pieces);

	for (int i = 1; (flags & REPEATS) && i < REPEAT_COUNT && progress == HTTP_MORE; i++)
		progress = feed(p, start + head_len, text.len - head_len, pieces);
	if ((flags & CLOSES) && progress == HTTP_MORE) {
		progress = http_feed_end(p);
		MUST(progress == HTTP_DONE || progress == HTTP_INVALID);
	}
	must_be_sound(http_reply(p));
	if (progress == HTTP_DONE) {
		unsigned status = http_reply(p)->status;

		MUST(status == 101 || status < 100 || status > 199);
		MUST(!(flags & TO_HEAD) || http_reply(p)->body.len == 0);
	}
	return progress;
}

/* How the bytes are cut into pieces changes nothing. */
static void must_be_same(const struct http_response *a, const struct http_response *b)
{
	MUST(a->status == b->status && a->keep_alive == b->keep_alive);
	MUST(strcmp(a->server, b->server) == 0 && strcmp(a->location, b->location) == 0);
	MUST(strcmp(a->challenge, b->challenge) == 0 && strcmp(a->digest, b->digest) == 0);
	MUST(strcmp(a->distribution, b->distribution) == 0);
	MUST(a->body.len == b->body.len);
	MUST(memcmp(buf_text(&a->body), buf_text(&b->body), a->body.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t flags = input_byte(&in);
	struct pieces pieces = { .count = input_byte(&in) % (PIECES_MAX + 1) };
	struct pieces whole = { .count = 0 };
	struct http_parser_state *p = http_parser_new(flags & TO_HEAD);
	struct http_parser_state *q = http_parser_new(flags & TO_HEAD);
	enum http_progress progress;

	for (size_t i = 0; i < pieces.count; i++)
		pieces.size[i] = input_byte(&in);
	progress = run(p, flags, in, &pieces);
	/* Beyond the limits it may depend on the pieces when the limit is seen. */
	if (in.len <= LIMIT_HTTP_HEADER_BYTES && !(flags & REPEATS)) {
		MUST(run(q, flags, in, &whole) == progress);
		if (progress == HTTP_DONE)
			must_be_same(http_reply(p), http_reply(q));
	}
	http_parser_free(p);
	http_parser_free(q);
	return 0;
}
