/* SPDX-License-Identifier: Apache-2.0 */
/* peer.c: see peer.h. */
#include "tests/unit/peer.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/unit.h"

enum { HAYSTACK = 16 * 1024 };

static size_t index_of(const struct peer *p, const struct bufferevent *b)
{
	size_t i = 0;

	while (i < PEER_CONNECTIONS && p->open[i] != b)
		i++;
	MUST(i < PEER_CONNECTIONS);
	return i;
}

static void forget(struct peer *p, struct bufferevent *b)
{
	p->open[index_of(p, b)] = NULL;
	bufferevent_free(b);
}

/* Also called once before anything was written. */
static void on_written(struct bufferevent *b, void *data)
{
	static const char straw[HAYSTACK] = "straw";
	struct peer *p = data;

	if (!p->replied[index_of(p, b)])
		return;
	if (p->endless)
		(void)bufferevent_write(b, straw, sizeof straw);
	else if (p->closes)
		forget(p, b);
}

/* The length of the request that n bytes of text begin with; 0: it is not all there. */
static size_t request_length(const char *text, size_t n)
{
	const char *head_end = strstr(text, "\r\n\r\n");
	const char *length = strcasestr(text, "\r\nContent-Length: ");
	size_t whole;

	if (head_end == NULL)
		return 0;
	whole = (size_t)(head_end - text) + 4;
	if (length != NULL && length < head_end)
		whole += strtoul(length + strlen("\r\nContent-Length: "), NULL, 10);
	return whole <= n ? whole : 0;
}

static void on_bytes(struct bufferevent *b, void *data)
{
	struct peer *p = data;
	struct evbuffer *in = bufferevent_get_input(b);
	ev_ssize_t n = evbuffer_copyout(in, p->request, sizeof p->request - 1);
	size_t whole;

	MUST(n >= 0);
	p->request[n] = '\0';
	whole = request_length(p->request, (size_t)n);
	if (whole == 0)
		return;
	(void)evbuffer_drain(in, whole);
	p->request[whole] = '\0';
	p->requests++;
	if (p->reply != NULL) {
		p->replied[index_of(p, b)] = true;
		(void)bufferevent_write(b, p->reply, strlen(p->reply));
	} else if (p->closes) {
		forget(p, b);
	}
}

static void on_closed(struct bufferevent *b, short what, void *data)
{
	(void)what;
	forget(data, b);
}

static void on_connection(struct evconnlistener *l, evutil_socket_t fd, struct sockaddr *from,
			  int len, void *data)
{
	struct peer *p = data;
	struct bufferevent *b =
		bufferevent_socket_new(evconnlistener_get_base(l), fd, BEV_OPT_CLOSE_ON_FREE);
	size_t i = index_of(p, NULL);

	(void)from;
	(void)len;
	MUST(b != NULL);
	p->open[i] = b;
	p->replied[i] = false;
	p->connections++;
	bufferevent_setcb(b, on_bytes, on_written, on_closed, p);
	(void)bufferevent_enable(b, EV_READ | EV_WRITE);
}

struct peer *peer_new(struct event_base *base)
{
	struct peer *p = xcalloc(1, sizeof *p);
	struct sockaddr_in bound;
	socklen_t len = sizeof bound;
	struct addr any;

	assert_true(addr_parse("127.0.0.1", 0, &any));
	p->listener = evconnlistener_new_bind(base, on_connection, p, LEV_OPT_CLOSE_ON_FREE, -1,
					      &any.sa, (int)addr_len(&any));
	assert_non_null(p->listener);
	assert_int_equal(
		getsockname(evconnlistener_get_fd(p->listener), (struct sockaddr *)&bound, &len),
		0);
	p->port = ntohs(bound.sin_port);
	return p;
}

void peer_free(struct peer *p)
{
	for (size_t i = 0; i < PEER_CONNECTIONS; i++)
		if (p->open[i] != NULL)
			bufferevent_free(p->open[i]);
	evconnlistener_free(p->listener);
	free(p);
}

char *peer_url(const struct peer *p, const char *path)
{
	return xasprintf("http://127.0.0.1:%u%s", (unsigned)p->port, path);
}

void peer_expect(const struct peer *p, const char *text)
{
	if (strstr(p->request, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, p->request);
}

const char *peer_body(const struct peer *p)
{
	const char *end = strstr(p->request, "\r\n\r\n");

	return end != NULL ? end + 4 : "";
}
