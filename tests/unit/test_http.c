/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/http.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

/* --- requests ------------------------------------------------------------ */

static void assert_request(const struct http_request *r, const char *host, uint16_t port,
			   const char *want)
{
	struct buf out;

	buf_init(&out, 4096);
	http_request_put(r, host, port, 443, &out);
	assert_string_equal(buf_text(&out), want);
	buf_done(&out);
}

TEST(test_http_request_plain_get_has_no_body)
{
	struct http_request r = { .method = "GET", .target = "/a?b=c" };

	assert_request(&r, "vc.example", 443,
		       "GET /a?b=c HTTP/1.1\r\nHost: vc.example\r\nUser-Agent: banksman\r\n"
		       "Accept: */*\r\n\r\n");
}

TEST(test_http_request_host_has_brackets_and_port_when_needed)
{
	struct http_request r = { .method = "HEAD", .target = "*", .accept = "text/plain" };

	assert_request(&r, "fd00::1", 443,
		       "HEAD * HTTP/1.1\r\nHost: [fd00::1]\r\nUser-Agent: banksman\r\n"
		       "Accept: text/plain\r\n\r\n");
	assert_request(&r, "fd00::1", 80,
		       "HEAD * HTTP/1.1\r\nHost: [fd00::1]:80\r\nUser-Agent: banksman\r\n"
		       "Accept: text/plain\r\n\r\n");
	assert_request(&r, "10.0.0.1", 54322,
		       "HEAD * HTTP/1.1\r\nHost: 10.0.0.1:54322\r\nUser-Agent: banksman\r\n"
		       "Accept: text/plain\r\n\r\n");
}

TEST(test_http_request_with_everything_has_the_bodys_length)
{
	struct http_request r = { .method = "POST",
				  .target = "/sdk",
				  .content_type = "text/xml",
				  .body = "<a/>",
				  .soap_action = "urn:vim25/6.5",
				  .bearer = "t.o.k" };

	assert_request(&r, "vc", 443,
		       "POST /sdk HTTP/1.1\r\nHost: vc\r\nUser-Agent: banksman\r\nAccept: */*\r\n"
		       "SOAPAction: \"urn:vim25/6.5\"\r\nAuthorization: Bearer t.o.k\r\n"
		       "Content-Type: text/xml\r\nContent-Length: 4\r\n\r\n<a/>");
}

TEST(test_http_request_is_put_behind_what_is_there)
{
	struct http_request r = { .method = "GET", .target = "/" };
	struct buf out;

	buf_init(&out, 4096);
	buf_puts(&out, "before");
	http_request_put(&r, "h", 80, 80, &out);
	assert_memory_equal(buf_text(&out), "beforeGET / HTTP/1.1\r\n", 22);
	buf_done(&out);
}

/* --- replies ------------------------------------------------------------- */

/* Feeds text in pieces of so many bytes. */
static enum http_progress feed(struct http_parser_state *p, const char *text, size_t len,
			       size_t piece)
{
	enum http_progress got = HTTP_MORE;

	for (size_t at = 0; at < len && got == HTTP_MORE; at += piece)
		got = http_feed(p, text + at, len - at < piece ? len - at : piece);
	return got;
}

static enum http_progress fed(struct http_parser_state *p, const char *text)
{
	return feed(p, text, strlen(text), strlen(text));
}

/* The reply is the same whole, in pieces and byte by byte. */
static void assert_reply(const char *text, bool ends_by_close, unsigned status, bool keep_alive,
			 const char *body)
{
	size_t len = strlen(text);

	for (size_t piece = 1; piece <= len; piece += piece < 8 ? 1 : len / 2) {
		struct http_parser_state *p = http_parser_new(false);

		assert_int_equal(feed(p, text, len, piece), ends_by_close ? HTTP_MORE : HTTP_DONE);
		if (ends_by_close)
			assert_int_equal(http_feed_end(p), HTTP_DONE);
		assert_int_equal(http_reply(p)->status, status);
		assert_int_equal(http_reply(p)->keep_alive, keep_alive);
		assert_string_equal(buf_text(&http_reply(p)->body), body);
		http_parser_free(p);
	}
}

TEST(test_http_reply_with_a_length_ends_there)
{
	assert_reply("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, 200, true,
		     "hello");
	assert_reply("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false, 404, true, "");
	assert_reply("HTTP/1.1 204 No Content\r\n\r\n", false, 204, true, "");
	assert_reply("HTTP/1.1 304 Not Modified\r\n\r\n", false, 304, true, "");
}

TEST(test_http_reply_in_chunks_is_joined)
{
	assert_reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
		     "3\r\nabc\r\n0A;name=value\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n",
		     false, 200, true, "abc0123456789");
}

TEST(test_http_reply_without_length_ends_with_the_connection)
{
	assert_reply("HTTP/1.1 200 OK\r\nServer: x\r\n\r\nuntil the end", true, 200, false,
		     "until the end");
	assert_reply("HTTP/1.0 500 x\r\n\r\n", true, 500, false, "");
}

TEST(test_http_reply_keeps_alive_by_version_and_header)
{
	assert_reply("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", false,
		     200, false, "x");
	assert_reply("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx", false, 200, false, "x");
	assert_reply("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\n\r\nx",
		     false, 200, true, "x");
}

TEST(test_http_reply_interim_ones_are_passed_over)
{
	assert_reply("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
		     "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		     false, 200, true, "ok");
}

TEST(test_http_reply_interim_headers_are_not_the_replys)
{
	struct http_parser_state *p = http_parser_new(false);

	assert_int_equal(fed(p, "HTTP/1.1 103 Early Hints\r\nServer: early\r\nLocation: /x\r\n\r\n"
				"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
			 HTTP_DONE);
	assert_string_equal(http_reply(p)->server, "");
	assert_string_equal(http_reply(p)->location, "");
	http_parser_free(p);
}

TEST(test_http_reply_to_head_has_no_body)
{
	static const char text[] = "HTTP/1.1 100 Continue\r\n\r\n"
				   "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n"
				   "Docker-Content-Digest: sha256:ab\r\n\r\n";

	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct http_parser_state *p = http_parser_new(true);

		assert_int_equal(feed(p, text, sizeof text - 1, piece), HTTP_DONE);
		assert_int_equal(http_reply(p)->status, 200);
		assert_true(http_reply(p)->keep_alive);
		assert_string_equal(http_reply(p)->digest, "sha256:ab");
		http_parser_free(p);
	}
}

TEST(test_http_reply_header_fields_are_kept)
{
	static const char text[] =
		"HTTP/1.1 401 Unauthorized\r\nSERVER:nginx/1.22\r\nDate: today\r\n"
		"www-authenticate: Bearer realm=\"https://a/t\",service=\"s\"\r\n"
		"Docker-Distribution-Api-Version:   registry/2.0  \r\nLocation: /else\r\n"
		"Docker-Content-Digest: sha256:00\r\nServers: no\r\nContent-Length: 0\r\n\r\n";

	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct http_parser_state *p = http_parser_new(false);
		const struct http_response *r = http_reply(p);

		assert_int_equal(feed(p, text, sizeof text - 1, piece), HTTP_DONE);
		assert_string_equal(r->server, "nginx/1.22");
		assert_string_equal(r->challenge, "Bearer realm=\"https://a/t\",service=\"s\"");
		assert_memory_equal(r->distribution, "registry/2.0", 12);
		assert_string_equal(r->location, "/else");
		assert_string_equal(r->digest, "sha256:00");
		http_parser_free(p);
	}
}

TEST(test_http_reply_header_with_empty_value_is_empty)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nServer:\r\nLocation: \r\nX:\r\n"
				   "Docker-Content-Digest: d\r\nContent-Length: 0\r\n\r\n";

	for (size_t piece = 1; piece < sizeof text; piece++) {
		struct http_parser_state *p = http_parser_new(false);

		assert_int_equal(feed(p, text, sizeof text - 1, piece), HTTP_DONE);
		assert_string_equal(http_reply(p)->server, "");
		assert_string_equal(http_reply(p)->location, "");
		assert_string_equal(http_reply(p)->digest, "d");
		http_parser_free(p);
	}
}

TEST(test_http_reply_hostile_header_is_made_harmless)
{
	struct http_parser_state *p = http_parser_new(false);

	assert_int_equal(fed(p, "HTTP/1.1 200 OK\r\nServer: a\xff\xc2\x9b\tb\xc3\xbc\r\n"
				"Content-Length: 0\r\n\r\n"),
			 HTTP_DONE);
	assert_string_equal(http_reply(p)->server, "a????b\xc3\xbc");
	http_parser_free(p);
}

TEST(test_http_reply_that_is_no_http_is_invalid)
{
	static const char *const bad[] = {
		"SSH-2.0-OpenSSH_9.2\r\n",
		"HTTP/1.1 2x0 OK\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
		"GET / HTTP/1.1\r\n\r\n",
		"\x15\x03\x01\x00\x02\x02\x46",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct http_parser_state *p = http_parser_new(false);

		if (fed(p, bad[i]) != HTTP_INVALID)
			fail_msg("case %zu is taken", i);
		http_parser_free(p);
	}
}

TEST(test_http_reply_every_cut_is_invalid)
{
	static const char text[] = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
				   "3\r\nabc\r\n0\r\n\r\n";

	for (size_t len = 0; len < sizeof text - 1; len++) {
		struct http_parser_state *p = http_parser_new(false);

		assert_int_equal(feed(p, text, len, len + 1), HTTP_MORE);
		assert_int_equal(http_started(p), len > 0);
		assert_int_equal(http_feed_end(p), HTTP_INVALID);
		http_parser_free(p);
	}
}

/* --- bounds -------------------------------------------------------------- */

/* Feeds head once, then again and again the same piece; how many of its bytes went in. */
static size_t feed_without_end(const char *head, const char *piece, enum http_progress want)
{
	struct http_parser_state *p = http_parser_new(false);
	enum http_progress got = fed(p, head);
	size_t total = 0;

	while (got == HTTP_MORE && total < (size_t)1024 * 1024) {
		got = fed(p, piece);
		total += strlen(piece);
	}
	assert_int_equal(got, want);
	http_parser_free(p);
	return total;
}

TEST(test_http_headers_without_end_are_too_large)
{
	static const char start[] = "HTTP/1.1 200 OK\r\n";
	size_t many = feed_without_end(start, "Header: value\r\n", HTTP_TOO_LARGE);
	size_t one = feed_without_end("HTTP/1.1 200 OK\r\nServer: ", "x", HTTP_TOO_LARGE);
	size_t name = feed_without_end(start, "x", HTTP_TOO_LARGE);
	size_t interim = feed_without_end("HTTP/1.1 100 Continue\r\n",
					  "\r\nHTTP/1.1 100 Continue\r\n", HTTP_TOO_LARGE);

	assert_true(many < LIMIT_HTTP_HEADER_BYTES + 16);
	assert_true(one <= LIMIT_HTTP_HEADER_BYTES);
	assert_true(name <= LIMIT_HTTP_HEADER_BYTES);
	assert_true(interim < LIMIT_HTTP_HEADER_BYTES + 32);
}

TEST(test_http_body_without_end_is_too_large)
{
	size_t open = feed_without_end("HTTP/1.1 200 OK\r\n\r\n", "xxxx", HTTP_TOO_LARGE);
	size_t long_one = feed_without_end("HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n",
					   "xxxx", HTTP_TOO_LARGE);

	assert_true(open <= LIMIT_HTTP_BODY_BYTES + 4);
	assert_true(long_one <= LIMIT_HTTP_BODY_BYTES + 4);
	(void)feed_without_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
			       "4\r\nxxxx\r\n", HTTP_TOO_LARGE);
	(void)feed_without_end("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;e=", "x",
			       HTTP_TOO_LARGE);
}

TEST(test_http_body_exactly_at_the_limit_fits)
{
	static char body[LIMIT_HTTP_BODY_BYTES + 1];
	struct http_parser_state *p = http_parser_new(false);
	char head[64];

	memset(body, 'x', LIMIT_HTTP_BODY_BYTES);
	(void)snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n",
		       LIMIT_HTTP_BODY_BYTES);
	assert_int_equal(fed(p, head), HTTP_MORE);
	assert_int_equal(feed(p, body, LIMIT_HTTP_BODY_BYTES, 4096), HTTP_DONE);
	assert_int_equal(http_reply(p)->body.len, LIMIT_HTTP_BODY_BYTES);
	http_parser_free(p);
}

TEST(test_http_long_header_value_is_cut)
{
	struct http_parser_state *p = http_parser_new(false);

	assert_int_equal(fed(p, "HTTP/1.1 200 OK\r\nServer: "), HTTP_MORE);
	for (int i = 0; i < 5000; i++)
		assert_int_equal(fed(p, "s"), HTTP_MORE);
	assert_int_equal(fed(p, "\r\nContent-Length: 0\r\n\r\n"), HTTP_DONE);
	assert_int_equal(strlen(http_reply(p)->server), sizeof http_reply(p)->server - 1);
	http_parser_free(p);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_http_request_plain_get_has_no_body),
	cmocka_unit_test(test_http_request_host_has_brackets_and_port_when_needed),
	cmocka_unit_test(test_http_request_with_everything_has_the_bodys_length),
	cmocka_unit_test(test_http_request_is_put_behind_what_is_there),
	cmocka_unit_test(test_http_reply_with_a_length_ends_there),
	cmocka_unit_test(test_http_reply_in_chunks_is_joined),
	cmocka_unit_test(test_http_reply_without_length_ends_with_the_connection),
	cmocka_unit_test(test_http_reply_keeps_alive_by_version_and_header),
	cmocka_unit_test(test_http_reply_interim_ones_are_passed_over),
	cmocka_unit_test(test_http_reply_interim_headers_are_not_the_replys),
	cmocka_unit_test(test_http_reply_to_head_has_no_body),
	cmocka_unit_test(test_http_reply_header_fields_are_kept),
	cmocka_unit_test(test_http_reply_header_with_empty_value_is_empty),
	cmocka_unit_test(test_http_reply_hostile_header_is_made_harmless),
	cmocka_unit_test(test_http_reply_that_is_no_http_is_invalid),
	cmocka_unit_test(test_http_reply_every_cut_is_invalid),
	cmocka_unit_test(test_http_headers_without_end_are_too_large),
	cmocka_unit_test(test_http_body_without_end_is_too_large),
	cmocka_unit_test(test_http_body_exactly_at_the_limit_fits),
	cmocka_unit_test(test_http_long_header_value_is_cut),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
