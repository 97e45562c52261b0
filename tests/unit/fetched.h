/* SPDX-License-Identifier: Apache-2.0 */
/* fetched.h: a fetch with a peer, and what came of it. */
#ifndef TESTS_UNIT_FETCHED_H
#define TESTS_UNIT_FETCHED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/fetch.h"

#define FETCHED_OK "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfine\n"

enum { FETCHED_LONG_MS = 20000 };

struct fetched {
	struct event_base *base;
	struct prober *prober;
	struct peer *peer;
	struct fetch *fetch;
	bool starting; /* fetch_post() or fetch_ask() is running */
	unsigned calls;
	unsigned status;
	size_t taken;
	size_t threads; /* of this process, when the answer came */
	char trouble[256];
	char location[256];
	char *body; /* owned */
};

/* The peer answers FETCHED_OK. */
void fetched_begin(struct fetched *b);
void fetched_end(struct fetched *b);

void fetched_aim(struct fetched *b, const char *url, const char *proxy,
		 const struct truststore *trust, int64_t timeout_ms);
void fetched_aim_at_peer(struct fetched *b, const char *host, int64_t timeout_ms);

/* Waits for the answer. */
void fetched_post(struct fetched *b, const char *body);
void fetched_get(struct fetched *b, const char *path, fetch_take_fn *take);

void fetched_on_done(void *owner, const struct fetch_reply *r);

/* Of this process. */
size_t fetched_threads(void);

#endif
