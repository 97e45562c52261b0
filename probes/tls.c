/* SPDX-License-Identifier: Apache-2.0 */
/* tls.c: see tls.h. */
#include "probes/tls.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/text.h"
#include "probes/verdict.h"

enum { TLS_RECORD_FIRST = 20, TLS_RECORD_LAST = 24, TLS_MAJOR = 3, SHOWN_BYTES = 60 };

/* Security bits of a 4096-bit finite field are 152 (NIST SP 800-57): larger ones only burn CPU. */
enum { DH_SECURITY_BITS_MAX = 160 };

/* More than the longest certificate message; a peer that goes on waits for its next turn. */
enum { TURN_BYTES = 128 * 1024 };

/* Keeps the chain and says yes: what it is worth is judged apart, and no certificate is lost. */
static int on_chain(X509_STORE_CTX *ctx, void *unused)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(ctx, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls *t = SSL_get_app_data(ssl);

	(void)unused;
	if (t->chain == NULL)
		t->chain = X509_chain_up_ref(X509_STORE_CTX_get0_untrusted(ctx));
	return 1;
}

static int on_client_cert(SSL *ssl, X509 **ret_cert, EVP_PKEY **ret_key)
{
	struct tls *t = SSL_get_app_data(ssl);

	(void)ret_cert;
	(void)ret_key;
	t->client_cert_requested = true;
	return 0; /* go on without one */
}

/* NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's */
static void on_record(int sent, int version, int type, const void *data, size_t len, SSL *ssl,
		      void *unused)
{
	struct tls *t = SSL_get_app_data(ssl);

	(void)version;
	(void)unused;
	if (sent || type != SSL3_RT_HEADER || t->heard || len < sizeof t->first)
		return;
	t->heard = true;
	memcpy(t->first, data, sizeof t->first);
}

/*
 * A client's handshake skips HelloRequests (RFC 5246, 7.4.1.1) as long as there are any,
 * whatever the modes say: only the bytes that one call may take can end such a turn.
 */
/* NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's */
static long on_bio(BIO *bio, int op, const char *data, size_t len, int argi, long argl, int rc,
		   size_t *processed) /* NOLINT(readability-non-const-parameter) */
{
	struct tls *t = (void *)BIO_get_callback_arg(bio);

	(void)data;
	(void)len;
	(void)argi;
	(void)argl;
	if (op == (BIO_CB_READ | BIO_CB_RETURN) && rc > 0)
		t->turn_bytes += *processed;
	if (op != BIO_CB_READ || t->turn_bytes < TURN_BYTES)
		return rc;
	BIO_clear_retry_flags(bio);
	BIO_set_retry_read(bio);
	return -1;
}

/* Level 0 lets everything pass; only a group meant to keep us busy is refused. */
/* NOLINTNEXTLINE(readability-function-size): the parameters are OpenSSL's */
static int on_security(const SSL *ssl, const SSL_CTX *ctx, int op, int bits, int nid, void *other,
		       void *unused)
{
	(void)ssl;
	(void)ctx;
	(void)nid;
	(void)other;
	(void)unused;
	return op != SSL_SECOP_TMP_DH || bits <= DH_SECURITY_BITS_MAX;
}

SSL_CTX *tls_context_new(struct err *ret_err)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());

	if (ctx == NULL || SSL_CTX_set_cipher_list(ctx, "ALL:!aNULL:!eNULL:@SECLEVEL=0") != 1 ||
	    SSL_CTX_set_min_proto_version(ctx, TLS1_VERSION) != 1) {
		(void)err_set(ret_err, 0, "cannot make a TLS context: %s",
			      ERR_reason_error_string(ERR_peek_error()));
		SSL_CTX_free(ctx);
		return NULL;
	}
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_security_callback(ctx, on_security);
	(void)SSL_CTX_set_options(ctx, SSL_OP_LEGACY_SERVER_CONNECT | SSL_OP_NO_RENEGOTIATION |
					       SSL_OP_NO_COMPRESSION);
	(void)SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
					    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	/* One record at a time: a peer that never stops sending tickets must not keep the loop. */
	(void)SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
	(void)SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_cert_list(ctx, LIMIT_CERT_BYTES);
	SSL_CTX_set_cert_verify_callback(ctx, on_chain, NULL);
	SSL_CTX_set_client_cert_cb(ctx, on_client_cert);
	SSL_CTX_set_msg_callback(ctx, on_record);
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

/* RFC 6066, section 3: a name without the final dot, and never an address. */
static bool name_for_sni(const char *host, char ret_name[LIMIT_HOST_BYTES])
{
	struct addr numeric;
	size_t len = strlen(host);

	if (addr_parse(host, 0, &numeric))
		return false;
	if (len > 0 && host[len - 1] == '.')
		len--;
	if (len == 0 || len >= LIMIT_HOST_BYTES)
		return false;
	memcpy(ret_name, host, len);
	ret_name[len] = '\0';
	return true;
}

struct tls *tls_new(SSL_CTX *ctx, int fd, const char *host)
{
	struct tls *t = xcalloc(1, sizeof *t);
	char name[LIMIT_HOST_BYTES];

	t->alert = -1;
	t->ssl = SSL_new(ctx);
	if (t->ssl == NULL || SSL_set_fd(t->ssl, fd) != 1)
		goto fail;
	BIO_set_callback_ex(SSL_get_rbio(t->ssl), on_bio);
	BIO_set_callback_arg(SSL_get_rbio(t->ssl), (char *)t);
	SSL_set_app_data(t->ssl, t);
	SSL_set_connect_state(t->ssl);
	if (name_for_sni(host, name) && !set_sni(t->ssl, name))
		goto fail;
	return t;
fail:
	tls_free(t);
	return NULL;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	sk_X509_pop_free(t->chain, X509_free);
	free(t);
}

static bool first_bytes_are_tls(const struct tls *t)
{
	return t->first[0] >= TLS_RECORD_FIRST && t->first[0] <= TLS_RECORD_LAST &&
	       t->first[1] == TLS_MAJOR;
}

/* "it answered "HTTP/1.1 400 Bad Request"": what OpenSSL read, and what still waits. */
static void show_plain_text(struct tls *t)
{
	char shown[sizeof t->first + SHOWN_BYTES];
	ssize_t n;
	size_t len = sizeof t->first;

	memcpy(shown, t->first, sizeof t->first);
	n = recv(SSL_get_fd(t->ssl), shown + len, SHOWN_BYTES, MSG_DONTWAIT | MSG_PEEK);
	if (n > 0)
		len += (size_t)n;
	for (size_t i = 0; i < len; i++)
		if (shown[i] == '\r' || shown[i] == '\n')
			len = i;
	text_printf(t->detail, sizeof t->detail, "it answered \"%.*s\"", (int)len, shown);
}

static enum tls_step broken_protocol(struct tls *t)
{
	unsigned long error = ERR_peek_error();
	int reason = ERR_GET_REASON(error);
	const char *text = ERR_reason_error_string(error);

	if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason > SSL_AD_REASON_OFFSET &&
	    reason <= SSL_AD_REASON_OFFSET + UINT8_MAX) {
		t->alert = reason - SSL_AD_REASON_OFFSET;
		text_printf(t->detail, sizeof t->detail, "alert %d, %s", t->alert,
			    SSL_alert_desc_string_long(t->alert));
		return TLS_ALERTED;
	}
	if (reason == ERR_R_MALLOC_FAILURE)
		return TLS_LOCAL;
#ifdef SSL_R_UNEXPECTED_EOF_WHILE_READING
	if (ERR_GET_LIB(error) == ERR_LIB_SSL && reason == SSL_R_UNEXPECTED_EOF_WHILE_READING)
		return TLS_CLOSED;
#endif
	if (t->heard && !first_bytes_are_tls(t)) {
		show_plain_text(t);
		return TLS_NOT_TLS;
	}
	text_printf(t->detail, sizeof t->detail, "%s", text != NULL ? text : "unknown error");
	return TLS_FAILED;
}

static enum tls_step broken_connection(struct tls *t, int saved_errno)
{
	t->os_error = saved_errno;
	if (saved_errno == 0)
		return TLS_CLOSED;
	if (saved_errno == ENOMEM || saved_errno == ENOBUFS)
		return TLS_LOCAL;
	return TLS_RESET;
}

/* rc and errno are those of the call just made; the error queue was empty before it. */
static enum tls_step step_of(struct tls *t, int rc, int saved_errno)
{
	int error = SSL_get_error(t->ssl, rc);
	enum tls_step step;

	if (error == SSL_ERROR_NONE)
		return TLS_OK;
	if (error == SSL_ERROR_WANT_READ)
		return TLS_WANT_READ;
	if (error == SSL_ERROR_WANT_WRITE)
		return TLS_WANT_WRITE;
	if (error == SSL_ERROR_ZERO_RETURN)
		return TLS_CLOSED;
	step = error == SSL_ERROR_SSL ? broken_protocol(t) : broken_connection(t, saved_errno);
	ERR_clear_error();
	return step;
}

static void begin_turn(struct tls *t)
{
	t->turn_bytes = 0;
	ERR_clear_error();
	errno = 0;
}

enum tls_step tls_handshake(struct tls *t)
{
	int rc;

	begin_turn(t);
	rc = SSL_do_handshake(t->ssl);
	return step_of(t, rc, errno);
}

enum tls_step tls_read(struct tls *t, void *data, size_t size, size_t *ret_len)
{
	int rc;

	begin_turn(t);
	rc = SSL_read_ex(t->ssl, data, size, ret_len);
	return step_of(t, rc, errno);
}

enum tls_step tls_write(struct tls *t, const void *data, size_t len, size_t *ret_len)
{
	int rc;

	begin_turn(t);
	rc = SSL_write_ex(t->ssl, data, len, ret_len);
	return step_of(t, rc, errno);
}

bool tls_pending(const struct tls *t)
{
	return SSL_pending(t->ssl) > 0;
}

void tls_close_notify(struct tls *t)
{
	if (!SSL_is_init_finished(t->ssl))
		return;
	ERR_clear_error();
	(void)SSL_shutdown(t->ssl);
	ERR_clear_error();
}
