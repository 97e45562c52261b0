/* SPDX-License-Identifier: Apache-2.0 */
/* prober.h: what all attempts of one event loop share. */
#ifndef PROBES_PROBER_H
#define PROBES_PROBER_H

#include <openssl/types.h>

#include "base/err.h"

struct certs;
struct digests;
struct event_base;
struct prober;
struct resolver;
struct tls;
struct truststore;

/*
 * base is borrowed and outlives the prober.  dns_servers: "addr[:port],…" or NULL
 * for the system's.  NULL on failure.  Makes the process ignore SIGPIPE.
 */
struct prober *prober_new(struct event_base *base, const char *dns_servers, struct err *ret_err);

/* All probes, lookups and traces of b must have ended.  Connections still being closed are cut. */
void prober_free(struct prober *b);

/*
 * A loop as attempts want it: for one thread.  Its timers may come a few milliseconds early or
 * late: precise ones cost a timerfd_settime(2) before each wait (libevent 2.1), and an attempt
 * looks at the clock itself.  NULL on failure.
 */
struct event_base *prober_loop_new(void);

struct event_base *prober_loop(const struct prober *b);
struct resolver *prober_resolver(const struct prober *b);
const struct digests *prober_digests(const struct prober *b);
struct certs *prober_certs(const struct prober *b);

/* Made on first use, since reach checks need none of them.  NULL: no memory. */
SSL_CTX *prober_tls_context(struct prober *b);

/* The system's authorities, read on first use.  NULL: no memory. */
const struct truststore *prober_truststore(struct prober *b);

/*
 * Ends a connection as a good citizen: close_notify, FIN, then reads to the peer's
 * end for at most 250 ms in the background, so that the peer logs no reset.  Takes
 * fd and tls (NULL: none) over.
 */
void prober_close(struct prober *b, int fd, struct tls *tls);

#endif
