/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fetch.h: bytes posted to one http or https URL, and what it answers; libcurl on the event loop.
 * Connections are kept for the next time.  Names are looked up by our own resolver, so that
 * libcurl starts no thread for them; nobody follows a redirect, and the environment's proxies,
 * ~/.netrc and cookies count for nothing.
 */
#ifndef DAEMON_FETCH_H
#define DAEMON_FETCH_H

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

/* Ends a post under way without done.  NULL is allowed. */
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

#endif
