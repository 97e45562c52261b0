/* SPDX-License-Identifier: Apache-2.0 */
/* http.c: see http.h. */
#include "daemon/http.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/exchange.h"

enum { REST_MS = 250, ROOM_MS = 1000, BURST = 32, BURST_MS = 5, PAUSE_MS = 5 };

struct http {
	struct http_parts parts;
	struct exchange_keeper keeper;
	struct evconnlistener *listener; /* owned; NULL: none */
	struct event rested;             /* until then no connection is taken */
	struct list exchanges;
	size_t count;
	unsigned max;
	struct mono burst_began;
	unsigned burst;      /* connections since then */
	bool short_of_files; /* …and it has been said */
};

static void serve(void *owner, struct exchange *x)
{
	struct http *h = owner;

	h->parts.serve(h->parts.owner, x);
}

static void ended(void *owner, struct exchange *x)
{
	struct http *h = owner;

	link_remove(exchange_link(x));
	h->count--;
}

/* The one that has been waiting for the longest. */
static bool make_room(struct http *h)
{
	struct mono now = mono_now();
	struct exchange *idlest = NULL;
	int64_t most_ms = ROOM_MS;

	for (struct link *k = list_first(&h->exchanges); k != NULL;
	     k = list_next(&h->exchanges, k)) {
		struct exchange *x = exchange_of_link(k);
		int64_t idle_ms = span_ms(exchange_idle(x, now));

		if (idle_ms >= most_ms) {
			idlest = x;
			most_ms = idle_ms;
		}
	}
	if (idlest != NULL)
		exchange_free(idlest);
	return idlest != NULL;
}

static void turn_away(int fd)
{
	static const char full[] =
		"HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\n"
		"Content-Length: 74\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"
		"{\"error\":{\"code\":\"unavailable\",\"message\":\"too many connections at "
		"once\"}}\n";

	(void)send(fd, full, sizeof full - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
	(void)close(fd);
}

static void rest(struct http *h, int64_t ms)
{
	struct timeval tv = span_timeval(span_of_ms(ms));

	(void)evconnlistener_disable(h->listener);
	(void)event_add(&h->rested, &tv);
}

/* libevent 2.1 takes as long as somebody connects: the loop has other things to do. */
static bool burst_goes_on_too_long(struct http *h)
{
	struct mono now = mono_now();

	if (span_ms(mono_sub(now, h->burst_began)) >= BURST_MS) {
		h->burst_began = now;
		h->burst = 0;
	}
	return ++h->burst % BURST == 0;
}

static void on_accept(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *sa, int len,
		      void *data)
{
	struct http *h = data;
	struct exchange *x;

	(void)l;
	(void)sa;
	(void)len;
	h->short_of_files = false;
	if (burst_goes_on_too_long(h))
		rest(h, PAUSE_MS);
	if (h->count >= h->max && !make_room(h)) {
		turn_away(fd);
		return;
	}
	x = exchange_new(h->parts.base, fd, &h->keeper);
	if (x == NULL)
		return;
	list_push_back(&h->exchanges, exchange_link(x));
	h->count++;
}

/* The listener stays readable while there is no file for its connection: no spinning. */
static void on_accept_error(struct evconnlistener *l, void *data)
{
	struct http *h = data;
	int why = errno;

	(void)l;
	if (!h->short_of_files)
		log_warn("cannot take connections, continuing without: %s", strerrordesc_np(why));
	h->short_of_files = true;
	rest(h, REST_MS);
}

static void on_rested(evutil_socket_t fd, short what, void *data)
{
	struct http *h = data;

	(void)fd;
	(void)what;
	if (h->listener != NULL)
		(void)evconnlistener_enable(h->listener);
}

struct http *http_new(const struct http_parts *parts)
{
	struct http *h = xcalloc(1, sizeof *h);

	h->parts = *parts;
	h->keeper = (struct exchange_keeper){ .owner = h, .serve = serve, .ended = ended };
	h->max = 1;
	list_init(&h->exchanges);
	MUST(evtimer_assign(&h->rested, parts->base, on_rested, h) == 0);
	return h;
}

void http_cut(struct http *h)
{
	struct link *k;

	while ((k = list_first(&h->exchanges)) != NULL)
		exchange_free(exchange_of_link(k));
}

void http_free(struct http *h)
{
	if (h == NULL)
		return;
	http_listen(h, -1);
	http_cut(h);
	(void)event_del(&h->rested);
	free(h);
}

void http_limit(struct http *h, unsigned max_connections)
{
	h->max = max_connections;
}

void http_listen(struct http *h, int fd)
{
	if (h->listener != NULL)
		evconnlistener_free(h->listener);
	h->listener = NULL;
	if (fd < 0)
		return;
	h->listener = evconnlistener_new(h->parts.base, on_accept, h,
					 LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
	MUST(h->listener != NULL);
	evconnlistener_set_error_cb(h->listener, on_accept_error);
}

size_t http_connections(const struct http *h)
{
	return h->count;
}
