/* SPDX-License-Identifier: Apache-2.0 */
/* test_dialect.c: dialect.c, and the dialect of plain HTTP. */
#include "probes/dialect.h"

#include <string.h>

#include "base/must.h"
#include "tests/unit/talks.h"
#include "tests/unit/unit.h"

#define SPEC(...) (&(struct probe_spec){ __VA_ARGS__ })

TEST(test_dialect_traits_fit_each_dialect)
{
	for (enum dialect d = DIALECT_TCP; d < DIALECT_N; d++) {
		const struct dialect_traits *t = dialect_traits(d);

		assert_int_equal(t->tls, d != DIALECT_TCP && d != DIALECT_HTTP);
		assert_int_equal(t->banner, d == DIALECT_AUTHD);
		assert_int_equal(t->talk == NULL,
				 d == DIALECT_TCP || d == DIALECT_TLS || d == DIALECT_AUTHD);
	}
}

TEST(test_dialect_every_talk_begins_with_a_whole_request)
{
	for (enum dialect d = DIALECT_TCP; d < DIALECT_N; d++) {
		struct conversation c;

		if (dialect_traits(d)->talk == NULL)
			continue;
		talks_begin(&c, SPEC(.dialect = d, .host = "h", .image = "r.example/a"));
		assert_int_equal(c.next, TALK_ASK);
		assert_int_equal(c.talk.step, 1);
		assert_false(c.talk.side_trip);
		assert_non_null(c.talk.request.method);
		assert_int_equal(c.talk.request.target[0], '/');
		assert_int_equal(c.talk.request.content_type != NULL, c.talk.request.body != NULL);
		talks_done(&c);
	}
}

TEST(test_dialect_ask_forgets_the_request_before)
{
	struct facts facts = { 0 };
	struct talk t = { .facts = &facts, .side_trip = true };

	t.request.bearer = "secret";
	t.request.body = "x";
	talk_ask(&t, "GET", "/next");
	assert_int_equal(t.step, 1);
	assert_false(t.side_trip);
	assert_null(t.request.bearer);
	assert_null(t.request.body);
	assert_string_equal(t.request.target, "/next");
}

TEST(test_dialect_ask_target_too_long_is_cut)
{
	char longer[2 * LIMIT_HTTP_FIELD_BYTES];
	struct facts facts = { 0 };
	struct talk t = { .facts = &facts };

	memset(longer, '/', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	talk_ask(&t, "GET", longer);
	assert_int_equal(strlen(t.request.target), LIMIT_HTTP_FIELD_BYTES - 1);
}

TEST(test_dialect_end_detail_is_made_harmless_and_cut)
{
	char longer[2 * LIMIT_FACT_BYTES];
	struct facts facts = { 0 };
	struct talk t = { .facts = &facts };

	memset(longer, 'x', sizeof longer - 1);
	longer[sizeof longer - 1] = '\0';
	assert_int_equal(talk_end(&t, SERVICE_HTTP_STATUS, "\x1b[2J%s", longer), TALK_ENDED);
	assert_int_equal(t.service, SERVICE_HTTP_STATUS);
	assert_int_equal(strlen(facts.detail), LIMIT_FACT_BYTES - 1);
	assert_memory_equal(facts.detail, "?[2Jxxx", 7);
}

TEST(test_dialect_http_asks_for_the_path_or_the_root)
{
	struct conversation c;

	talks_begin(&c, SPEC(.dialect = DIALECT_HTTP));
	talks_assert_asks(&c, "GET", "/");
	talks_done(&c);
	talks_begin(&c, SPEC(.dialect = DIALECT_HTTPS, .http_path = "/healthz?x=1"));
	talks_assert_asks(&c, "GET", "/healthz?x=1");
	talks_done(&c);
}

/* How a GET that expects want (0: anything good) ends with status. */
static void assert_http(unsigned want, unsigned status, const char *headers, enum service s,
			const char *words)
{
	struct conversation c;

	talks_begin(&c, SPEC(.dialect = DIALECT_HTTP, .http_status = want));
	talks_answer(&c, status, headers, "");
	talks_assert_ends(&c, s, words);
	talks_done(&c);
}

TEST(test_dialect_http_any_status_below_400_serves)
{
	assert_http(0, 200, "", SERVICE_SERVING, "HTTP 200");
	assert_http(0, 399, "", SERVICE_SERVING, "HTTP 399");
	assert_http(0, 301, "Location: /x\r\n", SERVICE_SERVING, "HTTP 301");
	assert_http(0, 400, "", SERVICE_HTTP_STATUS, "HTTP 400 to GET /");
	assert_http(0, 500, "", SERVICE_HTTP_STATUS, "HTTP 500 to GET /");
	assert_http(0, 503, "", SERVICE_NOT_READY, "HTTP 503 to GET /");
}

TEST(test_dialect_http_expected_status_is_the_only_good_one)
{
	assert_http(401, 401, "", SERVICE_SERVING, "HTTP 401");
	assert_http(503, 503, "", SERVICE_SERVING, "HTTP 503");
	assert_http(401, 200, "", SERVICE_HTTP_STATUS, "HTTP 200 to GET /");
	assert_http(200, 302, "Location: https://sso.example/\r\n", SERVICE_HTTP_STATUS,
		    "HTTP 302, sends to https://sso.example/");
}

TEST(test_dialect_http_server_header_is_the_product)
{
	struct conversation c;

	talks_begin(&c, SPEC(.dialect = DIALECT_HTTP));
	talks_answer(&c, 200, "Server: nginx/1.22.1\r\n", "hello");
	assert_string_equal(c.talk.facts->product, "nginx/1.22.1");
	talks_done(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_dialect_traits_fit_each_dialect),
	cmocka_unit_test(test_dialect_every_talk_begins_with_a_whole_request),
	cmocka_unit_test(test_dialect_ask_forgets_the_request_before),
	cmocka_unit_test(test_dialect_ask_target_too_long_is_cut),
	cmocka_unit_test(test_dialect_end_detail_is_made_harmless_and_cut),
	cmocka_unit_test(test_dialect_http_asks_for_the_path_or_the_root),
	cmocka_unit_test(test_dialect_http_any_status_below_400_serves),
	cmocka_unit_test(test_dialect_http_expected_status_is_the_only_good_one),
	cmocka_unit_test(test_dialect_http_server_header_is_the_product),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
