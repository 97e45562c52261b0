/* SPDX-License-Identifier: Apache-2.0 */
/* fetched.c: see fetched.h. */
#include "tests/unit/fetched.h"

#include <dirent.h>
#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "probes/prober.h"
#include "tests/unit/peer.h"
#include "tests/unit/unit.h"

size_t fetched_threads(void)
{
	DIR *d = opendir("/proc/self/task");
	size_t n = 0;

	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		n += e->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

void fetched_on_done(void *owner, const struct fetch_reply *r)
{
	struct fetched *b = owner;

	assert_false(b->starting);
	b->calls++;
	b->threads = fetched_threads();
	b->status = r->status;
	free(b->body);
	b->body = xstrdup(r->body);
	assert_true(strlen(r->trouble) < sizeof b->trouble);
	assert_true(strlen(r->location) < sizeof b->location);
	strcpy(b->trouble, r->trouble);   /* allowed: measured */
	strcpy(b->location, r->location); /* allowed: measured */
	(void)event_base_loopbreak(b->base);
}

void fetched_begin(struct fetched *b)
{
	struct err err;

	*b = (struct fetched){ .base = prober_loop_new() };
	assert_non_null(b->base);
	/* Nobody answers there: what is in no hosts file cannot be found. */
	b->prober = prober_new(b->base, "127.0.0.1:1", &err);
	assert_non_null(b->prober);
	b->peer = peer_new(b->base);
	b->peer->reply = FETCHED_OK;
}

void fetched_aim(struct fetched *b, const char *url, const char *proxy,
		 const struct truststore *trust, int64_t timeout_ms)
{
	struct err err;

	fetch_free(b->fetch);
	b->fetch = fetch_new(&(struct fetch_parts){ .base = b->base,
						    .resolver = prober_resolver(b->prober),
						    .trust = trust,
						    .url = url,
						    .proxy = proxy,
						    .timeout = span_of_ms(timeout_ms) },
			     &err);
	assert_non_null(b->fetch);
}

void fetched_aim_at_peer(struct fetched *b, const char *host, int64_t timeout_ms)
{
	AUTO(text) char *url = xasprintf("http://%s:%u/x?y=z", host, (unsigned)b->peer->port);

	fetched_aim(b, url, NULL, NULL, timeout_ms);
}

void fetched_post(struct fetched *b, const char *body)
{
	static const char *const headers[] = { "X-One: 1", NULL };

	b->calls = 0;
	b->starting = true;
	fetch_post(b->fetch, xstrdup(body), headers, fetched_on_done, b);
	b->starting = false;
	(void)event_base_dispatch(b->base);
	assert_int_equal(b->calls, 1);
}

void fetched_end(struct fetched *b)
{
	fetch_free(b->fetch);
	peer_free(b->peer);
	prober_free(b->prober);
	event_base_free(b->base);
	free(b->body);
}

void fetched_get(struct fetched *b, const char *path, fetch_take_fn *take)
{
	AUTO(text) char *url = peer_url(b->peer, path);

	b->calls = 0;
	b->taken = 0;
	b->starting = true;
	fetch_ask(b->fetch,
		  &(struct fetch_question){ .url = url,
					    .headers = &(const char *){ NULL },
					    .timeout = span_of_ms(FETCHED_LONG_MS),
					    .take = take },
		  fetched_on_done, b);
	b->starting = false;
	(void)event_base_dispatch(b->base);
	assert_int_equal(b->calls, 1);
}
