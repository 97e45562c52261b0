/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exchange.h: one connection and the request under way on it.
 *
 *	WAITING --> BODY --> SERVING --> ENDING --> WAITING (the client asks more)
 *	   |          |         |           `-----> CLOSING --> gone
 *	   `----------+---------+--> gone (late, broken, cut)
 *
 * Every wait has an end: a request must be there within ten seconds, a reply must go on being
 * read, and what waits to be read is bounded.  (libevent's evhttp 2.1 bounds neither the number
 * of connections nor what a client sends during a reply, and tells nobody of a client that went
 * away while its answer was being looked for.)
 */
#ifndef DAEMON_EXCHANGE_H
#define DAEMON_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/clock.h"
#include "base/list.h"
#include "daemon/request.h"

struct event_base;
struct exchange;

enum { EXCHANGE_STREAM_BYTES = 256 * 1024 };

/* The callbacks of a connection's keeper. */
struct exchange_keeper {
	void *owner;
	/* A request is there: x is to be answered, now or later. */
	void (*serve)(void *owner, struct exchange *x);
	/* x is about to be freed. */
	void (*ended)(void *owner, struct exchange *x);
};

/* Takes fd over.  keeper is borrowed and outlives it.  NULL: no memory; fd is closed. */
struct exchange *exchange_new(struct event_base *base, int fd,
			      const struct exchange_keeper *keeper);

/* Cuts it, whatever it is doing. */
void exchange_free(struct exchange *x);

/* How long it has been waiting for a request; ns -1: it is not. */
struct span exchange_idle(const struct exchange *x, struct mono now);

/* On its keeper's list. */
struct link *exchange_link(struct exchange *x);
struct exchange *exchange_of_link(struct link *k);

const struct request *exchange_request(const struct exchange *x);

/* What came with a POST; ends with NUL. */
const char *exchange_body(const struct exchange *x);

/* Who the client was when it connected; false: this is no local socket. */
__attribute__((warn_unused_result)) bool exchange_peer(const struct exchange *x, uid_t *ret_uid);

/* The client is root or runs as this process does. */
bool exchange_trusted(const struct exchange *x);

/* A whole reply; x is the keeper's again.  A HEAD gets the same without the body. */
void exchange_reply(struct exchange *x, int status, const char *type, const char *data, size_t len);

/* One more header field of the reply to come; a static name, value copied. */
void exchange_field(struct exchange *x, const char *name, const char *value);

/*
 * Somebody wants to know that the client went away before its reply ended: then x is gone.
 * drained: what was put has been read.
 */
struct exchange_watcher {
	void *owner;
	void (*gone)(void *owner);
	void (*drained)(void *owner); /* NULL: does not matter */
	bool endless;                 /* a client that sends no more has had enough */
};

/* Copied.  To be called before the reply begins; it ends with the reply. */
void exchange_watch(struct exchange *x, const struct exchange_watcher *w);

/* A reply in pieces, status 200. */
void exchange_begin(struct exchange *x, const char *type);

/* A client that has left EXCHANGE_STREAM_BYTES unread is cut, a little later. */
void exchange_put(struct exchange *x, const char *data, size_t len);
void exchange_end(struct exchange *x);

#endif
