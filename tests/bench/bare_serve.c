/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bare_serve.c: the least a TLS check can cost: non-blocking OpenSSL on an epoll
 * loop, the context set as in probes/tls.c without its observers, the certificate
 * verified as OpenSSL does by itself.  No deadlines, no facts, no reasons.
 * With -r they are started one by one, evenly, as a schedule does.
 */
#include <errno.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/mem.h"
#include "tests/bench/bench.h"

enum { EVENTS_PER_WAIT = 256 };

struct loop {
	const struct bench *bench;
	SSL_CTX *ctx;
	int epoll_fd;
	struct bench_pace pace; /* with a rate */
	uint64_t started;
	uint64_t ended;
	uint64_t failed;
};

struct client {
	SSL *ssl;
	int fd;
	uint32_t waits_for; /* EPOLLOUT or EPOLLIN */
};

static int say_yes(X509_STORE_CTX *ctx, void *unused)
{
	(void)ctx;
	(void)unused;
	return 1;
}

static SSL_CTX *context_new(const struct bench *b)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	MUST(ctx != NULL && SSL_CTX_set_cipher_list(ctx, "ALL:!aNULL:!eNULL:@SECLEVEL=0") == 1 &&
	     SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) == 1 &&
	     SSL_CTX_set_default_verify_paths(ctx) == 1);
	SSL_CTX_set_security_level(ctx, 0);
	(void)SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION |
					       SSL_OP_NO_COMPRESSION);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
					    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	(void)SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(ctx, LIMIT_CERT_BYTES);
	SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, NULL);
	if (b->unverified)
		SSL_CTX_set_cert_verify_callback(ctx, say_yes, NULL);
	return ctx;
}

/* OpenSSL's macro drops a const that the function does not need to have dropped. */
static bool set_sni(SSL *ssl, const char *host)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-qual"
	return SSL_set_tlsext_host_name(ssl, host) == 1;
#pragma GCC diagnostic pop
}

static void watch(struct loop *l, struct client *c, int op, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = c };

	MUST(epoll_ctl(l->epoll_fd, op, c->fd, &ev) == 0);
	c->waits_for = events;
}

static void start(struct loop *l)
{
	struct addr target = bench_addr(l->bench, l->started++);
	struct client *c = xcalloc(1, sizeof *c);

	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	c->ssl = SSL_new(l->ctx);
	MUST(c->fd >= 0 && c->ssl != NULL && SSL_set_fd(c->ssl, c->fd) == 1 &&
	     set_sni(c->ssl, BENCH_HOST) && SSL_set1_host(c->ssl, BENCH_HOST) == 1);
	SSL_set_connect_state(c->ssl);
	MUST(connect(c->fd, &target.sa, addr_len(&target)) == 0 || errno == EINPROGRESS);
	watch(l, c, EPOLL_CTL_ADD, EPOLLOUT);
}

static void end(struct loop *l, struct client *c)
{
	SSL_free(c->ssl);
	(void)close(c->fd);
	free(c);
	l->ended++;
}

static void step(struct loop *l, struct client *c)
{
	int rc = SSL_do_handshake(c->ssl);
	int error = SSL_get_error(c->ssl, rc);
	uint32_t events = error == SSL_ERROR_WANT_READ ? EPOLLIN : EPOLLOUT;

	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
		if (events != c->waits_for)
			watch(l, c, EPOLL_CTL_MOD, events);
		return;
	}
	if (rc != 1)
		l->failed++;
	else
		(void)SSL_shutdown(c->ssl);
	end(l, c);
}

static void run_paced(struct loop *l, uint64_t checks)
{
	struct epoll_event events[EVENTS_PER_WAIT];

	l->started = l->ended = l->failed = 0;
	while (l->ended < checks) {
		int n = epoll_wait(l->epoll_fd, events, EVENTS_PER_WAIT, -1);

		for (int i = 0; i < n; i++) {
			if (events[i].data.ptr != NULL)
				step(l, events[i].data.ptr);
			else
				for (uint64_t due = bench_pace_due(&l->pace);
				     due > 0 && l->started < checks; due--)
					start(l);
		}
	}
}

static void start_timer(struct loop *l)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = NULL };

	bench_pace_init(&l->pace, l->bench);
	MUST(epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, l->pace.fd, &ev) == 0);
}

static void run(struct loop *l, uint64_t checks)
{
	struct epoll_event events[EVENTS_PER_WAIT];

	l->started = l->ended = l->failed = 0;
	while (l->ended < checks) {
		int n;

		while (l->started < checks && l->started - l->ended < l->bench->in_flight)
			start(l);
		n = epoll_wait(l->epoll_fd, events, EVENTS_PER_WAIT, -1);
		for (int i = 0; i < n; i++)
			step(l, events[i].data.ptr);
	}
}

int main(int argc, char **argv)
{
	struct bench b;
	struct loop l = { .bench = &b, .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
	void (*go)(struct loop *, uint64_t) = run;
	int64_t before;

	if (!bench_options(argc, argv, &b))
		return 2;
	MUST(l.epoll_fd >= 0 && signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	l.ctx = context_new(&b);
	if (b.rate > 0) {
		start_timer(&l);
		go = run_paced;
	}
	go(&l, bench_warm_up(&b));
	before = bench_cpu_us();
	go(&l, b.checks);
	before = bench_cpu_us() - before;
	if (b.rate > 0)
		b.late_99_us = bench_pace_late_99_us(&l.pace);
	bench_print(&b, before, l.failed);
	free(l.pace.late_us);
	SSL_CTX_free(l.ctx);
	return l.failed > 0;
}
