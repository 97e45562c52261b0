/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/fetch.h"

#include <dirent.h>
#include <event2/event.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/mem.h"
#include "probes/cert.h"
#include "probes/prober.h"
#include "probes/trust.h"
#include "tests/unit/made.h"
#include "tests/unit/peer.h"
#include "tests/unit/unit.h"

#define OK_REPLY "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfine\n"

enum { LONG_MS = 20000, SHORT_MS = 300 };

struct bench {
	struct event_base *base;
	struct prober *prober;
	struct peer *peer;
	struct fetch *fetch;
	bool starting; /* fetch_post() is running */
	unsigned calls;
	unsigned status;
	size_t taken;
	size_t threads; /* of this process, when the answer came */
	char trouble[256];
	char location[256];
	char *body; /* owned */
};

static size_t threads(void)
{
	DIR *d = opendir("/proc/self/task");
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

static void on_done(void *owner, const struct fetch_reply *r)
{
	struct bench *b = owner;

	assert_false(b->starting);
	b->calls++;
	b->threads = threads();
	b->status = r->status;
	free(b->body);
	b->body = xstrdup(r->body);
	assert_true(strlen(r->trouble) < sizeof b->trouble);
	assert_true(strlen(r->location) < sizeof b->location);
	strcpy(b->trouble, r->trouble);   /* allowed: measured */
	strcpy(b->location, r->location); /* allowed: measured */
	(void)event_base_loopbreak(b->base);
}

static void begin(struct bench *b)
{
	struct err err;

	*b = (struct bench){ .base = prober_loop_new() };
	assert_non_null(b->base);
	/* Nobody answers there: what is in no hosts file cannot be found. */
	b->prober = prober_new(b->base, "127.0.0.1:1", &err);
	assert_non_null(b->prober);
	b->peer = peer_new(b->base);
	b->peer->reply = OK_REPLY;
}

static void aim(struct bench *b, const char *url, const char *proxy, const struct truststore *trust,
		int64_t timeout_ms)
{
	struct err err;

	fetch_free(b->fetch);
	b->fetch = fetch_new(&(struct fetch_parts){ .base = b->base,
						    .resolver = prober_resolver(b->prober),
						    .trust = trust,
						    .url = url,
						    .proxy = proxy,
						    .timeout = span_of_ms(timeout_ms) },
			     &err);
	assert_non_null(b->fetch);
}

static void aim_at_peer(struct bench *b, const char *host, int64_t timeout_ms)
{
	AUTO(text) char *url = xasprintf("http://%s:%u/x?y=z", host, (unsigned)b->peer->port);

	aim(b, url, NULL, NULL, timeout_ms);
}

static void post(struct bench *b, const char *body)
{
	static const char *const headers[] = { "X-One: 1", NULL };

	b->calls = 0;
	b->starting = true;
	fetch_post(b->fetch, xstrdup(body), headers, on_done, b);
	b->starting = false;
	(void)event_base_dispatch(b->base);
	assert_int_equal(b->calls, 1);
}

static void end(struct bench *b)
{
	fetch_free(b->fetch);
	peer_free(b->peer);
	prober_free(b->prober);
	event_base_free(b->base);
	free(b->body);
}

TEST(test_fetch_body_and_headers_arrive_and_the_answer_comes_back)
{
	struct bench b;

	begin(&b);
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	post(&b, "{\"a\":1}");
	assert_int_equal(b.status, 200);
	assert_string_equal(b.body, "fine\n");
	assert_string_equal(b.trouble, "");
	peer_expect(b.peer, "POST /x?y=z HTTP/1.1\r\n");
	peer_expect(b.peer, "\r\nX-One: 1\r\n");
	peer_expect(b.peer, "\r\nUser-Agent: banksmand/");
	assert_null(strstr(b.peer->request, "Expect:"));
	assert_string_equal(peer_body(b.peer), "{\"a\":1}");
	end(&b);
}

TEST(test_fetch_connection_is_used_again)
{
	struct bench b;

	begin(&b);
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	for (int i = 0; i < 5; i++)
		post(&b, "x");
	assert_int_equal(b.peer->requests, 5);
	assert_int_equal(b.peer->connections, 1);
	end(&b);
}

TEST(test_fetch_large_body_goes_at_once)
{
	struct bench b;
	AUTO(text) char *large = xcalloc(1, 200001);
	struct mono begun = mono_now();

	memset(large, 'x', 200000);
	begin(&b);
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	post(&b, large);
	assert_int_equal(b.status, 200);
	assert_int_equal(strlen(peer_body(b.peer)), 200000);
	assert_in_range(span_ms(mono_sub(mono_now(), begun)), 0, 5000);
	end(&b);
}

/* A name is looked up by our own resolver: libcurl's would be a third thread. */
TEST(test_fetch_name_takes_no_thread)
{
	/* c-ares 1.18 leaks 10 bytes for a "localhost" whose ::1 is not in the hosts file. */
	static const char *const names[] = { "LocalHost", "localHOST" };
	struct bench b;

	begin(&b);
	for (size_t i = 0; i < 2; i++) {
		aim_at_peer(&b, names[i], LONG_MS);
		post(&b, "x");
		assert_int_equal(b.status, 200);
		assert_int_equal(b.threads, threads());
		post(&b, "x");
		assert_int_equal(b.status, 200);
	}
	end(&b);
}

TEST(test_fetch_unknown_name_is_said)
{
	struct bench b;

	begin(&b);
	aim(&b, "http://nowhere.invalid:9093/", NULL, NULL, LONG_MS);
	post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_non_null(strstr(b.trouble, "nowhere.invalid: "));
	end(&b);
}

TEST(test_fetch_nobody_listening_is_said)
{
	struct bench b;

	begin(&b);
	aim(&b, "http://127.0.0.1:1/", NULL, NULL, LONG_MS);
	post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "127.0.0.1 port 1: Connection refused");
	end(&b);
}

TEST(test_fetch_silent_peer_is_given_up_in_time)
{
	struct bench b;
	struct mono begun = mono_now();

	begin(&b);
	b.peer->reply = NULL;
	aim_at_peer(&b, "127.0.0.1", SHORT_MS);
	post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "no answer within 0.3 s");
	assert_in_range(span_ms(mono_sub(mono_now(), begun)), SHORT_MS - 50, 5000);
	b.peer->reply = OK_REPLY;
	post(&b, "x");
	assert_int_equal(b.status, 200);
	end(&b);
}

TEST(test_fetch_body_that_never_ends_is_no_answer)
{
	struct bench b;

	begin(&b);
	b.peer->reply = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this";
	aim_at_peer(&b, "127.0.0.1", SHORT_MS);
	post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "no complete answer within 0.3 s");
	end(&b);
}

TEST(test_fetch_endless_answers_are_cut)
{
	struct bench b;

	begin(&b);
	b.peer->endless = true;
	b.peer->reply = "HTTP/1.1 200 OK\r\n\r\n";
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "its answer is longer than 64 KiB");
	assert_int_equal(strlen(b.body), strnlen(b.body, FETCH_BODY_BYTES));
	end(&b);
}

TEST(test_fetch_endless_head_is_cut)
{
	struct bench b;
	size_t field = strlen("X-Straw: straw\r\n");
	size_t count = 2 * FETCH_HEADER_BYTES / field;
	AUTO(text) char *reply = xcalloc(1, 64 + count * field);
	size_t at = strlen("HTTP/1.1 200 OK\r\n");

	memcpy(reply, "HTTP/1.1 200 OK\r\n", at);
	for (size_t i = 0; i < count; i++, at += field)
		memcpy(reply + at, "X-Straw: straw\r\n", field);
	begin(&b);
	b.peer->reply = reply;
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_string_equal(b.trouble, "the head of its answer is longer than 64 KiB");
	end(&b);
}

TEST(test_fetch_rubbish_and_a_close_are_no_answer)
{
	struct bench b;

	begin(&b);
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	b.peer->closes = true;
	b.peer->reply = "220 mail.example.com ESMTP\r\n";
	post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_true(b.trouble[0] != '\0');
	b.peer->reply = NULL;
	post(&b, "x");
	assert_int_equal(b.status, 0);
	assert_true(b.trouble[0] != '\0');
	end(&b);
}

TEST(test_fetch_redirect_is_not_followed)
{
	struct bench b;

	begin(&b);
	b.peer->reply = "HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n";
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	post(&b, "x");
	assert_int_equal(b.status, 302);
	assert_int_equal(b.peer->requests, 1);
	assert_non_null(strstr(b.location, "/other"));
	end(&b);
}

TEST(test_fetch_proxy_is_asked_for_the_server)
{
	struct bench b;
	AUTO(text) char *proxy = NULL;

	begin(&b);
	proxy = peer_url(b.peer, "");
	aim(&b, "http://am.example.com:9093/api", proxy, NULL, LONG_MS);
	post(&b, "x");
	assert_int_equal(b.status, 200);
	peer_expect(b.peer, "POST http://am.example.com:9093/api HTTP/1.1\r\n");
	end(&b);
}

TEST(test_fetch_environment_names_no_proxy)
{
	struct bench b;

	begin(&b);
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:1", 1), 0);
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	post(&b, "x");
	assert_int_equal(b.status, 200);
	assert_int_equal(unsetenv("http_proxy"), 0);
	end(&b);
}

TEST(test_fetch_ended_under_way_says_nothing)
{
	struct bench b;
	struct timeval soon = { .tv_usec = 50000 };

	begin(&b);
	b.peer->reply = NULL;
	aim_at_peer(&b, "LocalHost", LONG_MS);
	fetch_post(b.fetch, xstrdup("x"), &(const char *){ NULL }, on_done, &b);
	(void)event_base_loopexit(b.base, &soon);
	(void)event_base_dispatch(b.base);
	assert_int_equal(b.calls, 0);
	end(&b);
}

TEST(test_fetch_other_urls_are_refused)
{
	static const char *const urls[] = { "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1",
					    "http://user@127.0.0.1/", "" };
	struct bench b;
	struct err err;

	begin(&b);
	for (size_t i = 0; i < sizeof urls / sizeof urls[0]; i++)
		assert_null(fetch_new(&(struct fetch_parts){ .base = b.base,
							     .resolver = prober_resolver(b.prober),
							     .url = urls[i],
							     .timeout = span_of_ms(LONG_MS) },
				      &err));
	end(&b);
}

/* ---- TLS, from a thread that waits as it likes */

struct tls_server {
	int fd;
	uint16_t port;
	SSL_CTX *context;
	pthread_t thread;
};

static void *serve_one(void *data)
{
	struct tls_server *s = data;
	char request[4096];
	int fd = accept(s->fd, NULL, NULL);
	SSL *ssl = SSL_new(s->context);

	if (SSL_set_fd(ssl, fd) == 1 && SSL_accept(ssl) == 1 &&
	    SSL_read(ssl, request, sizeof request) > 0) {
		(void)SSL_write(ssl, OK_REPLY, (int)strlen(OK_REPLY));
		(void)SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	(void)close(fd);
	return NULL;
}

static void tls_begin(struct tls_server *s, const struct made *m)
{
	struct sockaddr_in bound;
	socklen_t len = sizeof bound;
	struct addr any;

	assert_true(addr_parse("127.0.0.1", 0, &any));
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, &any.sa, addr_len(&any)), 0);
	assert_int_equal(listen(s->fd, 4), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&bound, &len), 0);
	s->port = ntohs(bound.sin_port);
	s->context = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(s->context, m->x), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(s->context, m->key), 1);
	assert_int_equal(pthread_create(&s->thread, NULL, serve_one, s), 0);
}

static void tls_end(struct tls_server *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	SSL_CTX_free(s->context);
	(void)close(s->fd);
}

/* What a post to a server with this certificate comes to, believing that authority. */
static void post_tls(struct bench *b, const struct made *server, const struct made *authority)
{
	struct digests *digests = digests_new();
	struct cert *ca = cert_of(authority->x, digests);
	struct tls_server s;
	struct err err;
	struct truststore *trust = truststore_new_cert(ca, &err);
	AUTO(text) char *url = NULL;

	tls_begin(&s, server);
	url = xasprintf("https://127.0.0.1:%u/", (unsigned)s.port);
	aim(b, url, NULL, trust, LONG_MS);
	post(b, "x");
	fetch_free(b->fetch);
	b->fetch = NULL;
	tls_end(&s);
	truststore_free(trust);
	cert_free(ca);
	digests_free(digests);
}

TEST(test_fetch_certificate_is_always_verified)
{
	struct made ca = made_new(&(struct plan){ .name = "ca", .ca = true });
	struct made other = made_new(&(struct plan){ .name = "other", .ca = true });
	struct made good =
		made_new(&(struct plan){ .name = "good", .san = "IP:127.0.0.1", .issuer = &ca });
	struct made misnamed = made_new(
		&(struct plan){ .name = "bad", .san = "DNS:am.example.com", .issuer = &ca });
	struct bench b;

	begin(&b);
	post_tls(&b, &good, &ca);
	assert_string_equal(b.trouble, "");
	assert_int_equal(b.status, 200);
	post_tls(&b, &good, &other);
	assert_int_equal(b.status, 0);
	assert_non_null(strstr(b.trouble, "certificate"));
	post_tls(&b, &misnamed, &ca);
	assert_int_equal(b.status, 0);
	assert_non_null(strstr(b.trouble, "127.0.0.1"));
	end(&b);
	made_free(&ca);
	made_free(&other);
	made_free(&good);
	made_free(&misnamed);
}

static bool on_part(void *owner, const char *data, size_t len)
{
	struct bench *b = owner;

	b->taken += len;
	return memchr(data, '!', len) == NULL;
}

static void get(struct bench *b, const char *path, fetch_take_fn *take)
{
	AUTO(text) char *url = peer_url(b->peer, path);

	b->calls = 0;
	b->taken = 0;
	b->starting = true;
	fetch_get(b->fetch,
		  &(struct fetch_question){ .url = url,
					    .headers = &(const char *){ NULL },
					    .timeout = span_of_ms(LONG_MS),
					    .take = take },
		  on_done, b);
	b->starting = false;
	(void)event_base_dispatch(b->base);
	assert_int_equal(b->calls, 1);
}

TEST(test_fetch_question_is_answered_and_posts_go_on)
{
	struct bench b;

	begin(&b);
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	get(&b, "/other?a=b", NULL);
	assert_int_equal(b.status, 200);
	assert_string_equal(b.body, "fine\n");
	peer_expect(b.peer, "GET /other?a=b HTTP/1.1\r\n");
	post(&b, "x");
	peer_expect(b.peer, "POST /x?y=z HTTP/1.1\r\n");
	get(&b, "/again", NULL);
	peer_expect(b.peer, "GET /again HTTP/1.1\r\n");
	assert_string_equal(peer_body(b.peer), "");
	assert_int_equal(b.peer->connections, 1);
	end(&b);
}

TEST(test_fetch_answer_is_taken_as_it_comes)
{
	struct bench b;

	begin(&b);
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	get(&b, "/", on_part);
	assert_int_equal(b.status, 200);
	assert_int_equal(b.taken, 5);
	assert_string_equal(b.body, "");
	b.peer->reply = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nno more!!";
	get(&b, "/", on_part);
	assert_int_equal(b.status, 0);
	b.peer->reply = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno";
	get(&b, "/", on_part);
	assert_int_equal(b.status, 403);
	assert_int_equal(b.taken, 0);
	assert_string_equal(b.body, "no");
	end(&b);
}

TEST(test_fetch_stopped_question_is_never_done)
{
	struct timeval soon = { .tv_usec = 100000 };
	struct bench b;

	begin(&b);
	b.peer->reply = NULL;
	aim_at_peer(&b, "127.0.0.1", LONG_MS);
	fetch_get(b.fetch,
		  &(struct fetch_question){ .url = "http://127.0.0.1/",
					    .headers = &(const char *){ NULL },
					    .timeout = span_of_ms(LONG_MS) },
		  on_done, &b);
	assert_int_equal(fetch_status(b.fetch), 0);
	fetch_stop(b.fetch);
	fetch_stop(b.fetch);
	(void)event_base_loopexit(b.base, &soon);
	(void)event_base_dispatch(b.base);
	assert_int_equal(b.calls, 0);
	b.peer->reply = OK_REPLY;
	post(&b, "x");
	assert_int_equal(b.status, 200);
	end(&b);
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
	cmocka_unit_test(test_fetch_certificate_is_always_verified),
	cmocka_unit_test(test_fetch_question_is_answered_and_posts_go_on),
	cmocka_unit_test(test_fetch_answer_is_taken_as_it_comes),
	cmocka_unit_test(test_fetch_stopped_question_is_never_done),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
