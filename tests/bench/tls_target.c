/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tls_target.c: what the benchmarks aim at, on the loopback interface alone: a TLS
 * server that finishes handshakes and waits for the client's end, once with the
 * same certificate always and once with a new one for each connection; and a
 * listener that never accepts.  Prints their ports as "tcp N same N new N" and
 * serves until it is killed.
 *
 * usage: tls_target CERTIFICATE-CHAIN.pem KEY.pem CA-KEY.pem
 */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/must.h"

enum { EVENTS_PER_WAIT = 256, BACKLOG = 4096, ACCEPTS_PER_TURN = 64, CHUNK = 4096 };

struct server {
	int epoll_fd;
	int same_fd; /* listens; data.ptr of its event is &same_fd, likewise new_fd */
	int new_fd;
	SSL_CTX *ctx;
	EVP_PKEY *ca_key;
	long serial; /* of the last new certificate */
};

struct session {
	SSL *ssl;
	int fd;
	uint32_t waits_for;
};

/* All addresses of the loopback interface, a free port. */
static int listen_on_loopback(uint16_t *ret_port)
{
	static const char interface[] = "lo";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct addr a = { .in = { .sin_family = AF_INET } };
	socklen_t len = sizeof a.in;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, sizeof interface) ||
	    bind(fd, &a.sa, len) || listen(fd, BACKLOG) || getsockname(fd, &a.sa, &len)) {
		(void)fprintf(stderr, "tls_target: cannot listen: %s\n", strerror(errno));
		exit(1);
	}
	*ret_port = addr_port(&a);
	return fd;
}

static SSL_CTX *context_new(const char *chain, const char *key)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());

	if (ctx == NULL || SSL_CTX_use_certificate_chain_file(ctx, chain) != 1 ||
	    SSL_CTX_use_PrivateKey_file(ctx, key, SSL_FILETYPE_PEM) != 1) {
		ERR_print_errors_fp(stderr);
		exit(1);
	}
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
	return ctx;
}

static EVP_PKEY *key_read(const char *path)
{
	BIO *bio = BIO_new_file(path, "r");
	EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	if (key == NULL) {
		ERR_print_errors_fp(stderr);
		exit(1);
	}
	(void)BIO_free(bio);
	return key;
}

static void watch(int epoll_fd, struct session *s, int op, uint32_t events)
{
	struct epoll_event ev = { .events = events, .data.ptr = s };

	MUST(epoll_ctl(epoll_fd, op, s->fd, &ev) == 0);
	s->waits_for = events;
}

/* The same certificate with another serial number, signed anew; the chain behind it stays. */
static void use_new_certificate(struct server *t, SSL *ssl)
{
	X509 *x = X509_dup(SSL_get_certificate(ssl));

	MUST(x != NULL && ASN1_INTEGER_set(X509_get_serialNumber(x), ++t->serial) == 1 &&
	     X509_sign(x, t->ca_key, EVP_sha256()) > 0 && SSL_use_certificate(ssl, x) == 1);
	X509_free(x);
}

static void take(struct server *t, int listener)
{
	for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		struct session *s;

		if (fd < 0)
			return;
		s = xcalloc(1, sizeof *s);
		s->fd = fd;
		s->ssl = SSL_new(t->ctx);
		MUST(s->ssl != NULL && SSL_set_fd(s->ssl, fd) == 1);
		if (listener == t->new_fd)
			use_new_certificate(t, s->ssl);
		SSL_set_accept_state(s->ssl);
		watch(t->epoll_fd, s, EPOLL_CTL_ADD, EPOLLIN);
	}
}

/* Reads to the client's end; the handshake is part of it. */
static void serve(int epoll_fd, struct session *s)
{
	char chunk[CHUNK];
	int rc, error;
	uint32_t events;

	ERR_clear_error();
	do
		rc = SSL_read(s->ssl, chunk, sizeof chunk);
	while (rc > 0);
	error = SSL_get_error(s->ssl, rc);
	events = error == SSL_ERROR_WANT_WRITE ? EPOLLOUT : EPOLLIN;
	if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) {
		if (events != s->waits_for)
			watch(epoll_fd, s, EPOLL_CTL_MOD, events);
		return;
	}
	if (error == SSL_ERROR_ZERO_RETURN)
		(void)SSL_shutdown(s->ssl);
	SSL_free(s->ssl);
	(void)close(s->fd);
	free(s);
}

static void await(struct server *t, int *listener)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = listener };

	MUST(epoll_ctl(t->epoll_fd, EPOLL_CTL_ADD, *listener, &ev) == 0);
}

static void turn(struct server *t)
{
	struct epoll_event events[EVENTS_PER_WAIT];
	int n = epoll_wait(t->epoll_fd, events, EVENTS_PER_WAIT, -1);

	for (int i = 0; i < n; i++) {
		void *p = events[i].data.ptr;

		if (p == &t->same_fd || p == &t->new_fd)
			take(t, *(int *)p);
		else
			serve(t->epoll_fd, p);
	}
}

int main(int argc, char **argv)
{
	struct server t = { .epoll_fd = epoll_create1(EPOLL_CLOEXEC) };
	uint16_t tcp_port, same_port, new_port;

	if (argc != 4)
		return 2;
	MUST(t.epoll_fd >= 0 && signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	t.ctx = context_new(argv[1], argv[2]);
	t.ca_key = key_read(argv[3]);
	(void)listen_on_loopback(&tcp_port);
	t.same_fd = listen_on_loopback(&same_port);
	t.new_fd = listen_on_loopback(&new_port);
	await(&t, &t.same_fd);
	await(&t, &t.new_fd);
	(void)printf("tcp %u same %u new %u\n", (unsigned)tcp_port, (unsigned)same_port,
		     (unsigned)new_port);
	(void)fflush(stdout);
	for (;;)
		turn(&t);
}
