/* SPDX-License-Identifier: Apache-2.0 */
/* talks.c: see talks.h. */
#include "tests/unit/talks.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/unit.h"

void talks_begin(struct conversation *c, const struct probe_spec *spec)
{
	*c = (struct conversation){ .spec = *spec };
	c->talk.spec = &c->spec;
	c->talk.facts = verdict_facts(&c->verdict);
	c->next = dialect_traits(spec->dialect)->talk(&c->talk, NULL);
}

void talks_done(struct conversation *c)
{
	talk_done(&c->talk);
	verdict_done(&c->verdict);
}

void talks_answer(struct conversation *c, unsigned status, const char *headers, const char *body)
{
	struct http_parser_state *p = http_parser_new(strcmp(c->talk.request.method, "HEAD") == 0);
	char *text = xasprintf("HTTP/1.1 %u x\r\n%sContent-Length: %zu\r\n\r\n%s", status, headers,
			       strlen(body), body);

	assert_int_equal(c->next, TALK_ASK);
	assert_int_equal(http_feed(p, text, strlen(text)), HTTP_DONE);
	c->next = dialect_traits(c->spec.dialect)->talk(&c->talk, http_reply(p));
	http_parser_free(p);
	free(text);
}

void talks_assert_asks(const struct conversation *c, const char *method, const char *target)
{
	assert_int_equal(c->next, TALK_ASK);
	assert_string_equal(c->talk.request.method, method);
	assert_string_equal(c->talk.request.target, target);
}

void talks_assert_ends(const struct conversation *c, enum service s, const char *words)
{
	assert_int_equal(c->next, TALK_ENDED);
	assert_string_equal(service_name(c->talk.service), service_name(s));
	if (strstr(c->talk.facts->detail, words) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", c->talk.facts->detail, words);
	if (words[0] == '\0')
		assert_string_equal(c->talk.facts->detail, "");
}
