/* SPDX-License-Identifier: Apache-2.0 */
/* test_http_url.c: http_url_parse() of http.h. */
#include <string.h>

#include "base/must.h"
#include "probes/http.h"
#include "tests/unit/unit.h"

TEST(test_http_url_parts_are_split)
{
	static const struct {
		const char *text;
		bool tls;
		const char *host;
		uint16_t port;
		const char *target;
	} cases[] = {
		{ "http://a.example", false, "a.example", 80, "/" },
		{ "https://a.example", true, "a.example", 443, "/" },
		{ "HTTPS://A.example/", true, "A.example", 443, "/" },
		{ "https://a:8443/b/c?d=e&f=%20", true, "a", 8443, "/b/c?d=e&f=%20" },
		{ "https://a?b=c", true, "a", 443, "/?b=c" },
		{ "https://a/?b=/c?d", true, "a", 443, "/?b=/c?d" },
		{ "http://10.0.0.1:5000/token", false, "10.0.0.1", 5000, "/token" },
		{ "https://[fd00::1]/x", true, "fd00::1", 443, "/x" },
		{ "https://[fd00::1]:444", true, "fd00::1", 444, "/" },
		{ "https://a/x:y", true, "a", 443, "/x:y" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct http_url u;

		if (!http_url_parse(cases[i].text, &u))
			fail_msg("%s is refused", cases[i].text);
		assert_int_equal(u.tls, cases[i].tls);
		assert_string_equal(u.host, cases[i].host);
		assert_int_equal(u.port, cases[i].port);
		assert_string_equal(u.target, cases[i].target);
	}
}

TEST(test_http_url_anything_else_is_refused)
{
	static const char *const bad[] = {
		"",
		"h",
		"http:/",
		"http://",
		"https://",
		"http:///x",
		"https://?x",
		"ftp://a/",
		"//a/b",
		"/token",
		"a.example/token",
		"https:a.example",
		"file:///etc/passwd",
		"https://user@a/",
		"https://user:pw@a/",
		"https://a/b c",
		"https://a/\r\nX: y",
		"https://a/\"",
		"https://a/<b>",
		"https://a/b#c",
		"https://a\\b/",
		"https://a/\x7f",
		"https://\xc3\xbc.example/",
		"https://a:0/",
		"https://a:65536/",
		"https://a:/",
		"https://a:b/",
		"https://fd00::1x/",
		"https://[fd00::1/",
		"https://a..b/",
		"https://-a/",
		"https://1.2.3/",
		" https://a/",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct http_url u = { .port = 77 };

		if (http_url_parse(bad[i], &u))
			fail_msg("%s is taken", bad[i]);
		assert_int_equal(u.port, 77);
	}
}

TEST(test_http_url_target_is_whole_or_refused)
{
	char text[LIMIT_HTTP_FIELD_BYTES + 64] = "https://a";
	size_t head = strlen(text);

	for (size_t n = LIMIT_HTTP_FIELD_BYTES - 8; n < LIMIT_HTTP_FIELD_BYTES + 8; n++) {
		struct http_url u;

		memset(text + head, 'x', n);
		text[head] = n % 2 == 0 ? '/' : '?';
		text[head + n] = '\0';
		if (http_url_parse(text, &u))
			assert_int_equal(strlen(u.target), n + n % 2);
		else
			assert_true(n >= LIMIT_HTTP_FIELD_BYTES - 2);
	}
}

TEST(test_http_url_host_too_long_is_refused)
{
	char text[LIMIT_HOST_BYTES + 64];
	struct http_url u;

	memset(text, 'a', sizeof text);
	memcpy(text, "https://", strlen("https://"));
	for (size_t i = 50; i < sizeof text; i += 50)
		text[i] = '.';
	text[sizeof text - 1] = '\0';
	assert_false(http_url_parse(text, &u));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_http_url_parts_are_split),
	cmocka_unit_test(test_http_url_anything_else_is_refused),
	cmocka_unit_test(test_http_url_target_is_whole_or_refused),
	cmocka_unit_test(test_http_url_host_too_long_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
