/* SPDX-License-Identifier: Apache-2.0 */
/* peer.h: an HTTP server on the test's own event loop that answers as the test says, well or ill. */
#ifndef TESTS_UNIT_PEER_H
#define TESTS_UNIT_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct event_base;
struct evconnlistener;

enum { PEER_REQUEST_BYTES = 256 * 1024, PEER_CONNECTIONS = 8 };

struct peer {
	uint16_t port; /* on 127.0.0.1 */
	/* What it does; may be changed at any time. */
	const char *reply; /* all bytes of a reply; NULL: it never answers */
	bool endless;      /* …and then goes on and on */
	bool closes;       /* …and then closes */
	/* What came. */
	unsigned connections;
	unsigned requests;
	char request[PEER_REQUEST_BYTES]; /* the last one whole; NUL-terminated */
	/* Private. */
	struct evconnlistener *listener;
	struct bufferevent *open[PEER_CONNECTIONS];
	bool replied[PEER_CONNECTIONS];
};

struct peer *peer_new(struct event_base *base);
void peer_free(struct peer *p);

/* "http://127.0.0.1:PORT/PATH", owned by the caller. */
char *peer_url(const struct peer *p, const char *path);

/* The last request has this in it. */
void peer_expect(const struct peer *p, const char *text);

/* Its body. */
const char *peer_body(const struct peer *p);

#endif
