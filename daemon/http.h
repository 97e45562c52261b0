/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http.h: one listener and its connections.  Too many are never: one that has been waiting
 * without a request for a second makes room for a new one, else the new one is told so and cut.
 */
#ifndef DAEMON_HTTP_H
#define DAEMON_HTTP_H

#include <stdbool.h>
#include <stddef.h>

struct event_base;
struct exchange;
struct http;

/* Copied; base and owner are borrowed and outlive it. */
struct http_parts {
	struct event_base *base;
	void *owner;
	/* A request is there: x is to be answered, now or later. */
	void (*serve)(void *owner, struct exchange *x);
};

struct http *http_new(const struct http_parts *parts);

/* Cuts every connection.  NULL is allowed. */
void http_free(struct http *h);

/* Cuts every connection, but not from inside what one of them has called. */
void http_cut(struct http *h);

void http_limit(struct http *h, unsigned max_connections);

/* Listens on fd from now on, taking it over, and not on the one before; -1: on nothing. */
void http_listen(struct http *h, int fd);

size_t http_connections(const struct http *h);

#endif
