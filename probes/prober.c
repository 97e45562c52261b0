/* SPDX-License-Identifier: Apache-2.0 */
/* prober.c: see prober.h. */
#include "probes/prober.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fdlimit.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/must.h"
#include "probes/cert.h"
#include "probes/certs.h"
#include "probes/resolve.h"
#include "probes/tls.h"
#include "probes/trust.h"

enum { DRAIN_MS = 250, DRAIN_READS = 64, DRAIN_CHUNK = 4096, DRAINING_SHARE = 4 };

struct prober {
	struct event_base *base;       /* borrowed */
	struct resolver *resolver;     /* owned */
	struct digests *digests;       /* owned */
	struct certs *certs;           /* owned */
	SSL_CTX *tls_context;          /* owned; NULL until needed */
	struct truststore *truststore; /* owned; NULL until needed */
	struct list draining;
	unsigned draining_count;
	unsigned draining_max;
};

/* A connection that waits for the peer's FIN. */
struct drain {
	struct link link;
	struct event ev;
	struct prober *prober; /* borrowed: the owner */
	struct mono deadline;
	int fd; /* owned */
};

struct event_base *prober_loop_new(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config == NULL)
		return NULL;
	if (event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK) == 0)
		base = event_base_new_with_config(config);
	event_config_free(config);
	return base;
}

/* A good-bye must not take the files that attempts need. */
static unsigned draining_max(void)
{
	size_t share = fdlimit_raise(0) / DRAINING_SHARE;

	return share < LIMIT_DRAINING ? (unsigned)share : LIMIT_DRAINING;
}

struct prober *prober_new(struct event_base *base, const char *dns_servers, struct err *ret_err)
{
	struct prober *b = xcalloc(1, sizeof *b);

	b->base = base;
	b->draining_max = draining_max();
	list_init(&b->draining);
	MUST(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
	b->digests = digests_new();
	if (b->digests == NULL) {
		(void)err_set(ret_err, 0, "OpenSSL has no SHA-1 or SHA-256");
		goto fail;
	}
	b->certs = certs_new(b->digests);
	b->resolver = resolver_new(base, dns_servers, ret_err);
	if (b->resolver == NULL)
		goto fail;
	return b;
fail:
	prober_free(b);
	return NULL;
}

static void drain_free(struct drain *d)
{
	(void)event_del(&d->ev);
	link_remove(&d->link);
	d->prober->draining_count--;
	(void)close(d->fd);
	free(d);
}

void prober_free(struct prober *b)
{
	if (b == NULL)
		return;
	while (!list_empty(&b->draining))
		drain_free(container_of(list_first(&b->draining), struct drain, link));
	resolver_free(b->resolver);
	SSL_CTX_free(b->tls_context);
	truststore_free(b->truststore);
	certs_free(b->certs);
	digests_free(b->digests);
	free(b);
}

struct event_base *prober_loop(const struct prober *b)
{
	return b->base;
}

struct resolver *prober_resolver(const struct prober *b)
{
	return b->resolver;
}

const struct digests *prober_digests(const struct prober *b)
{
	return b->digests;
}

struct certs *prober_certs(const struct prober *b)
{
	return b->certs;
}

SSL_CTX *prober_tls_context(struct prober *b)
{
	struct err e;

	if (b->tls_context == NULL)
		b->tls_context = tls_context_new(&e);
	return b->tls_context;
}

const struct truststore *prober_truststore(struct prober *b)
{
	struct err e;

	if (b->truststore == NULL)
		b->truststore = truststore_new_system(&e);
	return b->truststore;
}

static void on_drain(evutil_socket_t fd, short what, void *data)
{
	struct drain *d = data;
	char chunk[DRAIN_CHUNK];
	struct mono now = mono_now();
	struct timeval left = span_timeval(mono_sub(d->deadline, now));
	ssize_t n = 1;

	if (what & EV_READ && mono_before(now, d->deadline)) {
		for (int i = 0; i < DRAIN_READS && n > 0; i++)
			n = recv(fd, chunk, sizeof chunk, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR) && event_add(&d->ev, &left) == 0)
			return; /* nothing more for now */
	}
	drain_free(d);
}

void prober_close(struct prober *b, int fd, struct tls *tls)
{
	struct drain *d;
	struct timeval tv = span_timeval(span_of_ms(DRAIN_MS));

	if (tls != NULL)
		tls_close_notify(tls);
	tls_free(tls);
	if (b->draining_count >= b->draining_max || shutdown(fd, SHUT_WR) != 0) {
		(void)close(fd);
		return;
	}
	d = xcalloc(1, sizeof *d);
	d->prober = b;
	d->fd = fd;
	d->deadline = mono_add(mono_now(), span_of_ms(DRAIN_MS));
	list_push_back(&b->draining, &d->link);
	b->draining_count++;
	if (event_assign(&d->ev, b->base, fd, EV_READ, on_drain, d) != 0 ||
	    event_add(&d->ev, &tv) != 0)
		drain_free(d);
}
