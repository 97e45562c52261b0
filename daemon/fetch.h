/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch.h: bytes posted to one http or https URL, or asked of its server, and what it answers;
 * libcurl on the event loop.
 * Connections are kept for the next time.  Names are looked up by our own resolver, so that
 * libcurl starts no thread for them; nobody follows a redirect, and the environment's proxies,
 * ~/.netrc and cookies count for nothing.
 */
#ifndef DAEMON_FETCH_H
#define DAEMON_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"

struct event_base;
struct fetch;
struct resolver;
struct truststore;

enum { FETCH_BODY_BYTES = 64 * 1024, FETCH_HEADER_BYTES = 64 * 1024 };

/* Pointers are borrowed and outlive the fetch; texts are copied. */
struct fetch_parts {
	struct event_base *base;
	struct resolver *resolver;
	const struct truststore *trust; /* whose certificates are believed; NULL with http only */
	const char *url;
	const char *proxy;   /* URL, http or https; NULL: none */
	struct span timeout; /* of all: lookup, connection, request, answer */
};

/* NULL: one of the URLs is none. */
struct fetch *fetch_new(const struct fetch_parts *parts, struct err *ret_err);

/* Ends what is under way without done.  NULL is allowed. */
void fetch_free(struct fetch *f);

struct fetch_reply {
	unsigned status;      /* 0: no complete answer came */
	const char *trouble;  /* why; "" otherwise */
	const char *body;     /* NUL-terminated; not longer than FETCH_BODY_BYTES */
	const char *location; /* where it redirects to; "": nowhere */
};

typedef void fetch_done_fn(void *owner, const struct fetch_reply *reply);

/*
 * One at a time.  body is taken over; headers ("Name: value") end with NULL and are copied.  done
 * runs once, from the loop, never from inside this call; the reply lives for the call.
 */
void fetch_post(struct fetch *f, char *body, const char *const *headers, fetch_done_fn *done,
		void *owner);

/*
 * Takes the next bytes of an answer with a status of 2xx, as they come; false: no more of it is
 * wanted, and done is told that no complete answer came.  No fetch may end inside it.
 */
typedef bool fetch_take_fn(void *owner, const char *data, size_t len);

/* Texts are copied. */
struct fetch_question {
	const char *url; /* of the server that the fetch was made for */
	const char *const *headers;
	struct span timeout;
	fetch_take_fn *take; /* NULL: the body is in the reply */
	char *body;          /* to be posted, taken over; NULL: a GET */
};

/* All else is as with fetch_post(). */
void fetch_ask(struct fetch *f, const struct fetch_question *q, fetch_done_fn *done, void *owner);

/* The status of the answer under way; 0: its head has not come. */
unsigned fetch_status(const struct fetch *f);

/* Ends what is under way without done; nothing under way is allowed. */
void fetch_stop(struct fetch *f);

#endif
