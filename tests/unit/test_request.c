/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/request.h"

#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

#define HOST "Host: b\r\n"

static struct request taken(const char *head)
{
	struct request r;
	int refused = request_parse(head, strlen(head), &r);

	if (refused != 0)
		fail_msg("%d: %s", refused, head);
	return r;
}

static int refusal(const char *head)
{
	struct request r = { .path = "untouched" };
	int refused = request_parse(head, strlen(head), &r);

	assert_string_equal(r.path, "untouched");
	return refused;
}

TEST(test_request_head_ends_at_the_empty_line)
{
	assert_int_equal(request_head_len("GET / HTTP/1.1\r\nHost: b\r\n\r\nrest", 31), 27);
	assert_int_equal(request_head_len("GET / HTTP/1.0\n\nrest", 20), 16);
	assert_int_equal(request_head_len("GET / HTTP/1.1\r\nHost: b\r\n", 25), 0);
	assert_int_equal(request_head_len("GET / HTTP/1.1\r\nHost: b\r\n\r", 26), 0);
	assert_int_equal(request_head_len("", 0), 0);
}

TEST(test_request_get_with_parameters_is_decoded)
{
	struct request r =
		taken("GET /v1/end%70oints?match=esx04%3A902&a=b+c&flag HTTP/1.1\r\n" HOST "\r\n");

	assert_int_equal(r.method, METHOD_GET);
	assert_string_equal(r.path, "/v1/endpoints");
	assert_int_equal(r.param_count, 3);
	assert_string_equal(request_param(&r, "match"), "esx04:902");
	assert_string_equal(request_param(&r, "a"), "b c");
	assert_string_equal(request_param(&r, "flag"), "");
	assert_null(request_param(&r, "other"));
	assert_true(r.keep_alive);
	assert_false(r.old);
	request_done(&r);
}

TEST(test_request_methods_are_told_apart)
{
	static const struct {
		const char *head;
		enum method method;
	} cases[] = {
		{ "HEAD / HTTP/1.1\r\n" HOST "\r\n", METHOD_HEAD },
		{ "POST / HTTP/1.1\r\n" HOST "\r\n", METHOD_POST },
		{ "DELETE /v1/silences/7 HTTP/1.1\r\n" HOST "\r\n", METHOD_DELETE },
		{ "DELETED / HTTP/1.1\r\n" HOST "\r\n", METHOD_OTHER },
		{ "OPTIONS * HTTP/1.1\r\n" HOST "\r\n", METHOD_OPTIONS },
		{ "get / HTTP/1.1\r\n" HOST "\r\n", METHOD_OTHER },
		{ "BREW / HTTP/1.1\r\n" HOST "\r\n", METHOD_OTHER },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request r = taken(cases[i].head);

		assert_int_equal(r.method, cases[i].method);
		request_done(&r);
	}
}

TEST(test_request_connection_is_kept_unless_somebody_says_otherwise)
{
	static const struct {
		const char *head;
		bool kept;
	} cases[] = {
		{ "GET / HTTP/1.1\r\n" HOST "\r\n", true },
		{ "GET / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\n\r\n", false },
		{ "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct request r = taken(cases[i].head);

		assert_int_equal(r.keep_alive, cases[i].kept);
		request_done(&r);
	}
}

TEST(test_request_body_and_accept_are_noted)
{
	struct request r =
		taken("POST /v1/probe HTTP/1.1\r\nhost:b\r\ncontent-length: \t16384 \r\n"
		      "Expect: 100-continue\r\nAccept: application/openmetrics-text;q=1, "
		      "text/plain\r\n\r\n");

	assert_int_equal(r.body_len, REQUEST_BODY_BYTES);
	assert_true(r.expects_continue);
	assert_true(r.openmetrics);
	request_done(&r);
}

TEST(test_request_what_is_not_http_is_refused)
{
	static const char *const wrong[] = {
		"\r\n\r\n",
		"GET\r\n\r\n",
		"GET /\r\n\r\n",
		"GET / FTP/1.1\r\n" HOST "\r\n",
		"GET / HTTP/1.1\r\n\r\n", /* no Host */
		"GET http://b/ HTTP/1.1\r\n" HOST "\r\n",
		"GET /%zz HTTP/1.1\r\n" HOST "\r\n",
		"GET /%00 HTTP/1.1\r\n" HOST "\r\n",
		"GET /?a=%4 HTTP/1.1\r\n" HOST "\r\n",
		"GET /?a=1&a=2 HTTP/1.1\r\n" HOST "\r\n",
		"GET /?=1 HTTP/1.1\r\n" HOST "\r\n",
		"GET / HTTP/1.1\r\n" HOST "no colon\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST " folded: x\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "Blank : x\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
		"GET / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\n",
	};

	for (size_t i = 0; i < ARRAY_LEN(wrong); i++)
		if (refusal(wrong[i]) != 400)
			fail_msg("%d: %s", refusal(wrong[i]), wrong[i]);
}

TEST(test_request_nul_is_refused)
{
	static const char head[] = "GET /\0 HTTP/1.1\r\n" HOST "\r\n";
	struct request r;

	assert_int_equal(request_parse(head, sizeof head - 1, &r), 400);
}

TEST(test_request_what_we_do_not_do_is_said)
{
	assert_int_equal(refusal("GET / HTTP/2.0\r\n" HOST "\r\n"), 505);
	assert_int_equal(refusal("POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"),
			 501);
	assert_int_equal(refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: 16385\r\n\r\n"), 413);
	assert_int_equal(
		refusal("POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551616\r\n\r\n"),
		400);
}

TEST(test_request_parameters_beyond_the_last_are_refused)
{
	char head[] =
		"GET /?a=&b=&c=&d=&e=&f=&g=&h=&i=&j=&k=&l=&m=&n=&o=&p=&q= HTTP/1.1\r\n" HOST "\r\n";
	struct request r;

	assert_int_equal(refusal(head), 400);
	memcpy(strstr(head, "&q="), "&&&", 3);
	r = taken(head);
	assert_int_equal(r.param_count, REQUEST_PARAMS);
	request_done(&r);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_request_head_ends_at_the_empty_line),
	cmocka_unit_test(test_request_get_with_parameters_is_decoded),
	cmocka_unit_test(test_request_methods_are_told_apart),
	cmocka_unit_test(test_request_connection_is_kept_unless_somebody_says_otherwise),
	cmocka_unit_test(test_request_body_and_accept_are_noted),
	cmocka_unit_test(test_request_what_is_not_http_is_refused),
	cmocka_unit_test(test_request_nul_is_refused),
	cmocka_unit_test(test_request_what_we_do_not_do_is_said),
	cmocka_unit_test(test_request_parameters_beyond_the_last_are_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
