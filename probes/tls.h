/* SPDX-License-Identifier: Apache-2.0 */
/* tls.h: a TLS client that observes: it takes every certificate and old protocol there is. */
#ifndef PROBES_TLS_H
#define PROBES_TLS_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

/* How a step ended. */
enum tls_step {
	TLS_OK,
	TLS_WANT_READ,
	TLS_WANT_WRITE,
	TLS_CLOSED,  /* by FIN or close_notify */
	TLS_RESET,   /* by RST, see os_error */
	TLS_ALERTED, /* see alert */
	TLS_NOT_TLS, /* the peer's first bytes are not a TLS record */
	TLS_FAILED,  /* the peer's TLS is broken, see detail */
	TLS_LOCAL,   /* no memory here */
};

/* One connection.  Fields are read by the caller, written by tls.c alone. */
struct tls {
	SSL *ssl;               /* owned */
	STACK_OF(X509) * chain; /* owned; as served, leaf first; NULL until it came */
	bool client_cert_requested;
	bool heard;        /* the peer has sent at least one record header */
	uint8_t first[5];  /* the first bytes it sent */
	size_t turn_bytes; /* read by the call under way */
	int alert;         /* the alert that ended it; -1: none */
	int os_error;
	char detail[LIMIT_FACT_BYTES];
};

/*
 * The context of all connections: TLS 1.0 to 1.3 at security level 0, since old
 * hypervisors are looked at, not trusted.  Never used to protect a secret.
 */
SSL_CTX *tls_context_new(struct err *ret_err);

/* fd is borrowed and outlives the session.  SNI is host, unless it is numeric.  NULL: no memory. */
struct tls *tls_new(SSL_CTX *ctx, int fd, const char *host);
void tls_free(struct tls *t);

enum tls_step tls_handshake(struct tls *t);

/* TLS_OK with *ret_len >= 1 bytes, or why there are none. */
enum tls_step tls_read(struct tls *t, void *data, size_t size, size_t *ret_len);

/* TLS_OK with *ret_len >= 1 bytes taken. */
enum tls_step tls_write(struct tls *t, const void *data, size_t len, size_t *ret_len);

/* Bytes of the peer were taken off the socket and wait to be read. */
bool tls_pending(const struct tls *t);

/* Sends close_notify when the handshake had finished; never waits. */
void tls_close_notify(struct tls *t);

#endif
