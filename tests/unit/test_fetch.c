/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/fetch.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probes/prober.h"
#include "tests/unit/fetched.h"
#include "tests/unit/peer.h"
#include "tests/unit/unit.h"

enum { SHORT_MS = 300 };

TEST(test_fetch_body_and_headers_arrive_and_the_answer_comes_back)
{
	struct fetched b;

	fetched_begin(&b);
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetched_post(&b, "{\"a\":1}");
	assert_int_equal(b.status, 200);
	assert_string_equal(b.body, "fine\n");
	assert_string_equal(b.trouble, "");
	peer_expect(b.peer, "POST /x?y=z HTTP/1.1\r\n");
	peer_expect(b.peer, "\r\nX-One: 1\r\n");
	peer_expect(b.peer, "\r\nUser-Agent: banksmand/");
	assert_null(strstr(b.peer->request, "Expect:"));
	assert_string_equal(peer_body(b.peer), "{\"a\":1}");
	fetched_end(&b);
}

TEST(test_fetch_connection_is_used_again)
{
	struct fetched b;

	fetched_begin(&b);
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	for (int i = 0; i < 5; i++)
		fetched_post(&b, "x");
	assert_int_equal(b.peer->requests, 5);
	assert_int_equal(b.peer->connections, 1);
	fetched_end(&b);
}

TEST(test_fetch_large_body_goes_at_once)
{
	struct fetched b;
	AUTO(text) char *large = xcalloc(1, 200001);
	struct mono begun = mono_now();

	memset(large, 'x', 200000);
	fetched_begin(&b);
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetched_post(&b, large);
	assert_int_equal(b.status, 200);
	assert_int_equal(strlen(peer_body(b.peer)), 200000);
	assert_in_range(span_ms(mono_sub(mono_now(), begun)), 0, 5000);
	fetched_end(&b);
}

/* A name is looked up by our own resolver: libcurl's would be a third thread. */
TEST(test_fetch_name_takes_no_thread)
{
	/* c-ares 1.18 leaks 10 bytes for a "localhost" whose ::1 is not in the hosts file. */
	static const char *const names[] = { "LocalHost", "localHOST" };
	struct fetched b;

	fetched_begin(&b);
	for (size_t i = 0; i < 2; i++) {
		fetched_aim_at_peer(&b, names[i], FETCHED_LONG_MS);
		fetched_post(&b, "x");
		assert_int_equal(b.status, 200);
		assert_int_equal(b.threads, fetched_threads());
		fetched_post(&b, "x");
		assert_int_equal(b.status, 200);
	}
	fetched_end(&b);
}

TEST(test_fetch_unknown_name_is_said)
{
	struct fetched b;

	fetched_begin(&b);
	fetched_aim(&b, "http://nowhere.invalid:9093/", NULL, NULL, FETCHED_LONG_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_non_null(strstr(b.trouble, "nowhere.invalid: "));
	fetched_end(&b);
}

TEST(test_fetch_nobody_listening_is_said)
{
	struct fetched b;

	fetched_begin(&b);
	fetched_aim(&b, "http://127.0.0.1:1/", NULL, NULL, FETCHED_LONG_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "127.0.0.1 port 1: Connection refused");
	fetched_end(&b);
}

TEST(test_fetch_silent_peer_is_given_up_in_time)
{
	struct fetched b;
	struct mono begun = mono_now();

	fetched_begin(&b);
	b.peer->reply = NULL;
	fetched_aim_at_peer(&b, "127.0.0.1", SHORT_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "no answer within 0.3 s");
	assert_in_range(span_ms(mono_sub(mono_now(), begun)), SHORT_MS - 50, 5000);
	b.peer->reply = FETCHED_OK;
	fetched_post(&b, "x");
	assert_int_equal(b.status, 200);
	fetched_end(&b);
}

TEST(test_fetch_body_that_never_ends_is_no_answer)
{
	struct fetched b;

	fetched_begin(&b);
	b.peer->reply = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";
	fetched_aim_at_peer(&b, "127.0.0.1", SHORT_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "no complete answer within 0.3 s");
	fetched_end(&b);
}

TEST(test_fetch_endless_answers_are_cut)
{
	struct fetched b;

	fetched_begin(&b);
	b.peer->endless = true;
	b.peer->reply = "HTTP/1.1 200 OK\r\n\r\n";
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "its answer is longer than 64 KiB");
	assert_int_equal(strlen(b.body), strnlen(b.body, FETCH_BODY_BYTES));
	fetched_end(&b);
}

TEST(test_fetch_endless_head_is_cut)
{
	struct fetched b;
	size_t field = strlen("X-Straw: straw\r\n");
	size_t count = 2 * FETCH_HEADER_BYTES / field;
	AUTO(text) char *reply = xcalloc(1, 64 + count * field);
	size_t at = strlen("HTTP/1.1 200 OK\r\n");

	memcpy(reply, "HTTP/1.1 200 OK\r\n", at);
	for (size_t i = 0; i < count; i++, at += field)
		memcpy(reply + at, "X-Straw: straw\r\n", field);
	fetched_begin(&b);
	b.peer->reply = reply;
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "the head of its answer is longer than 64 KiB");
	fetched_end(&b);
}

TEST(test_fetch_rubbish_and_a_close_are_no_answer)
{
	struct fetched b;

	fetched_begin(&b);
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	b.peer->closes = true;
	b.peer->reply = "220 mail.example.com ESMTP\r\n";
	fetched_post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_true(b.trouble[0] != '\0');
	b.peer->reply = NULL;
	fetched_post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_true(b.trouble[0] != '\0');
	fetched_end(&b);
}

TEST(test_fetch_redirect_is_not_followed)
{
	struct fetched b;

	fetched_begin(&b);
	b.peer->reply = "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 302);
	assert_int_equal(b.peer->requests, 1);
	assert_non_null(strstr(b.location, "/other"));
	fetched_end(&b);
}

TEST(test_fetch_proxy_is_asked_for_the_server)
{
	struct fetched b;
	AUTO(text) char *proxy = NULL;

	fetched_begin(&b);
	proxy = peer_url(b.peer, "");
	fetched_aim(&b, "http://am.example.com:9093/api", proxy, NULL, FETCHED_LONG_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 200);
	peer_expect(b.peer, "POST http://am.example.com:9093/api HTTP/1.1\r\n");
	fetched_end(&b);
}

TEST(test_fetch_environment_names_no_proxy)
{
	struct fetched b;

	fetched_begin(&b);
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetched_post(&b, "x");
	assert_int_equal(b.status, 200);
	assert_int_equal(unsetenv("http_proxy"), 0);
	fetched_end(&b);
}

TEST(test_fetch_ended_under_way_says_nothing)
{
	struct fetched b;
	struct timeval soon = { .tv_usec = 50000 };

	fetched_begin(&b);
	b.peer->reply = NULL;
	fetched_aim_at_peer(&b, "LocalHost", FETCHED_LONG_MS);
	fetch_post(b.fetch, xstrdup("x"), &(const char *){ NULL }, fetched_on_done, &b);
	(void)event_base_loopexit(b.base, &soon);
	(void)event_base_dispatch(b.base);
	assert_int_equal(b.calls, 0);
	fetched_end(&b);
}

TEST(test_fetch_other_urls_are_refused)
{
	static const char *const urls[] = { "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1",
					    "http://user@127.0.0.1/", "" };
	struct fetched b;
	struct err err;

	fetched_begin(&b);
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		assert_null(
			fetch_new(&(struct fetch_parts){ .base = b.base,
							 .resolver = prober_resolver(b.prober),
							 .url = urls[i],
							 .timeout = span_of_ms(FETCHED_LONG_MS) },
				  &err));
	fetched_end(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_fetch_body_and_headers_arrive_and_the_answer_comes_back),
	cmocka_unit_test(test_fetch_connection_is_used_again),
	cmocka_unit_test(test_fetch_large_body_goes_at_once),
	cmocka_unit_test(test_fetch_name_takes_no_thread),
	cmocka_unit_test(test_fetch_unknown_name_is_said),
	cmocka_unit_test(test_fetch_nobody_listening_is_said),
	cmocka_unit_test(test_fetch_silent_peer_is_given_up_in_time),
	cmocka_unit_test(test_fetch_body_that_never_ends_is_no_answer),
	cmocka_unit_test(test_fetch_endless_answers_are_cut),
	cmocka_unit_test(test_fetch_endless_head_is_cut),
	cmocka_unit_test(test_fetch_rubbish_and_a_close_are_no_answer),
	cmocka_unit_test(test_fetch_redirect_is_not_followed),
	cmocka_unit_test(test_fetch_proxy_is_asked_for_the_server),
	cmocka_unit_test(test_fetch_environment_names_no_proxy),
	cmocka_unit_test(test_fetch_ended_under_way_says_nothing),
	cmocka_unit_test(test_fetch_other_urls_are_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
