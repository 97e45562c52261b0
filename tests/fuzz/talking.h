/* SPDX-License-Identifier: Apache-2.0 */
/* talking.h: what holds for every conversation, whatever the peer says. */
#ifndef TESTS_FUZZ_TALKING_H
#define TESTS_FUZZ_TALKING_H

#include "base/limits.h"
#include "base/parse.h"
#include "probes/dialect.h"
#include "probes/verdict.h"
#include "tests/fuzz/fuzz.h"

/* Visible ASCII without a blank: cannot end a request line or a header. */
static inline bool one_word(const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return *text != '\0';
}

/* The request as bytes is one head, and exactly the body that it announces. */
static inline void request_must_be_sound(const struct talk *t)
{
	const struct http_request *r = &t->request;
	const char *host = t->side_trip ? t->elsewhere.host : t->spec->host;
	struct buf b;
	const char *end;

	MUST(r->method != NULL && one_word(r->method));
	MUST(memchr(r->target, '\0', sizeof r->target) != NULL && r->target[0] == '/');
	MUST(one_word(r->target) && strchr(r->target, '#') == NULL);
	MUST(r->bearer == NULL || one_word(r->bearer));
	MUST((r->content_type == NULL) == (r->body == NULL));
	buf_init(&b, LIMIT_HTTP_BODY_BYTES);
	http_request_put(r, host, 443, 443, &b);
	MUST(!buf_overflowed(&b) && strlen(buf_text(&b)) == b.len);
	end = strstr(buf_text(&b), "\r\n\r\n");
	MUST(end != NULL && strcmp(end + 4, r->body != NULL ? r->body : "") == 0);
	for (const char *p = buf_text(&b); p < end; p++)
		MUST(*p == '\r' ? p[1] == '\n' : *p == '\n' ? p[-1] == '\r' : *p >= ' ');
	buf_done(&b);
}

/* A token goes to the target alone, and a side trip to a sound place. */
static inline void ask_must_be_sound(const struct talk *t)
{
	MUST(t->step <= LIMIT_EXCHANGES);
	if (t->side_trip) {
		MUST(t->request.bearer == NULL);
		MUST(parse_is_host(t->elsewhere.host) && t->elsewhere.port != 0);
		MUST(t->elsewhere.tls || t->spec->plain);
	}
	request_must_be_sound(t);
}

static inline void facts_must_be_sound(const struct facts *f)
{
	MUST_FIELD(f->product);
	MUST_FIELD(f->version);
	MUST_FIELD(f->build);
	MUST_FIELD(f->api_type);
	MUST_FIELD(f->instance_uuid);
	MUST_FIELD(f->features);
	MUST_FIELD(f->detail);
	MUST_FIELD(f->digest);
}

/* The judgement and the facts of an ended conversation agree. */
static inline void end_must_be_sound(const struct talk *t)
{
	const struct facts *f = t->facts;

	facts_must_be_sound(f);
	MUST(t->service > SERVICE_UNTRIED && t->service < SERVICE_N);
	MUST(t->service == SERVICE_SERVING || f->detail[0] != '\0');
	MUST(f->image != IMAGE_PRESENT || t->service == SERVICE_SERVING);
	MUST((f->image == IMAGE_ABSENT) == (t->service == SERVICE_IMAGE_ABSENT));
	MUST((f->image == IMAGE_NEEDS_LOGIN) == (t->service == SERVICE_NEEDS_LOGIN));
}

/*
 * One step: what to ask next, or the end.  The dialect may keep nothing of the
 * reply, which is gone afterwards.
 */
static inline enum talk_next talk_on(talk_fn *talk, struct talk *t,
				     const struct http_response *reply)
{
	unsigned step = t->step;
	enum talk_next next = talk(t, reply);

	if (next == TALK_ENDED) {
		end_must_be_sound(t);
		return next;
	}
	MUST(next == TALK_ASK && t->step == step + 1);
	ask_must_be_sound(t);
	return next;
}

#endif
