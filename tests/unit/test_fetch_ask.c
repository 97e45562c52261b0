/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/fetch.h"

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
#include "probes/trust.h"
#include "tests/unit/fetched.h"
#include "tests/unit/made.h"
#include "tests/unit/peer.h"
#include "tests/unit/unit.h"

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
		(void)SSL_write(ssl, FETCHED_OK, (int)strlen(FETCHED_OK));
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
static void post_tls(struct fetched *b, const struct made *server, const struct made *authority)
{
	struct digests *digests = digests_new();
	struct cert *ca = cert_of(authority->x, digests);
	struct tls_server s;
	struct err err;
	struct truststore *trust = truststore_new_cert(ca, &err);
	AUTO(text) char *url = NULL;

	tls_begin(&s, server);
	url = xasprintf("https://127.0.0.1:%u/", (unsigned)s.port);
	fetched_aim(b, url, NULL, trust, FETCHED_LONG_MS);
	fetched_post(b, "x");
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
	struct fetched b;

	fetched_begin(&b);
	post_tls(&b, &good, &ca);
	assert_string_equal(b.trouble, "");
	assert_int_equal(b.status, 200);
	post_tls(&b, &good, &other);
	assert_int_equal(b.status, 0);
	assert_non_null(strstr(b.trouble, "certificate"));
	post_tls(&b, &misnamed, &ca);
	assert_int_equal(b.status, 0);
	assert_non_null(strstr(b.trouble, "127.0.0.1"));
	fetched_end(&b);
	made_free(&ca);
	made_free(&other);
	made_free(&good);
	made_free(&misnamed);
}

static bool on_part(void *owner, const char *data, size_t len)
{
	struct fetched *b = owner;

	b->taken += len;
	return memchr(data, '!', len) == NULL;
}

TEST(test_fetch_question_is_answered_and_posts_go_on)
{
	struct fetched b;

	fetched_begin(&b);
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetched_get(&b, "/other?a=b", NULL);
	assert_int_equal(b.status, 200);
	assert_string_equal(b.body, "fine\n");
	peer_expect(b.peer, "GET /other?a=b HTTP/1.1\r\n");
	fetched_post(&b, "x");
	peer_expect(b.peer, "POST /x?y=z HTTP/1.1\r\n");
	fetched_get(&b, "/again", NULL);
	peer_expect(b.peer, "GET /again HTTP/1.1\r\n");
	assert_string_equal(peer_body(b.peer), "");
	assert_int_equal(b.peer->connections, 1);
	fetched_end(&b);
}

TEST(test_fetch_answer_is_taken_as_it_comes)
{
	struct fetched b;

	fetched_begin(&b);
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetched_get(&b, "/", on_part);
	assert_int_equal(b.status, 200);
	assert_int_equal(b.taken, 5);
	assert_string_equal(b.body, "");
	b.peer->reply = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nno more!!";
	fetched_get(&b, "/", on_part);
	assert_int_equal(b.status, 0);
	b.peer->reply = "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno";
	fetched_get(&b, "/", on_part);
	assert_int_equal(b.status, 403);
	assert_int_equal(b.taken, 0);
	assert_string_equal(b.body, "no");
	fetched_end(&b);
}

TEST(test_fetch_stopped_question_is_never_done)
{
	struct timeval soon = { .tv_usec = 100000 };
	struct fetched b;

	fetched_begin(&b);
	b.peer->reply = NULL;
	fetched_aim_at_peer(&b, "127.0.0.1", FETCHED_LONG_MS);
	fetch_ask(b.fetch,
		  &(struct fetch_question){ .url = "http://127.0.0.1/",
					    .headers = &(const char *){ NULL },
					    .timeout = span_of_ms(FETCHED_LONG_MS) },
		  fetched_on_done, &b);
	assert_int_equal(fetch_status(b.fetch), 0);
	fetch_stop(b.fetch);
	fetch_stop(b.fetch);
	(void)event_base_loopexit(b.base, &soon);
	(void)event_base_dispatch(b.base);
	assert_int_equal(b.calls, 0);
	b.peer->reply = FETCHED_OK;
	fetched_post(&b, "x");
	assert_int_equal(b.status, 200);
	fetched_end(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_fetch_certificate_is_always_verified),
	cmocka_unit_test(test_fetch_question_is_answered_and_posts_go_on),
	cmocka_unit_test(test_fetch_answer_is_taken_as_it_comes),
	cmocka_unit_test(test_fetch_stopped_question_is_never_done),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
