/* SPDX-License-Identifier: Apache-2.0 */
/* exchange.c: see exchange.h. */
#include "daemon/exchange.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/reply.h"

enum {
	REQUEST_MS = 10 * 1000, /* to send a whole request in */
	IDLE_MS = 60 * 1000,    /* between two requests */
	STALL_S = 30,           /* without a byte of the reply being read */
	REPLY_MS = 120 * 1000,  /* to read the end of a reply in */
	CLOSING_MS = 1000,
	CLOSING_BYTES = 1024 * 1024,
	/* What may wait to be read by us: the next request, in the buffer of the one under way. */
	INPUT_BYTES = REQUEST_HEAD_BYTES + REQUEST_BODY_BYTES,
	FIELDS_BYTES = 512,
};

enum phase { WAITING, BODY, SERVING, ENDING, CLOSING };

struct exchange {
	struct link link;
	struct bufferevent *bev; /* owned, with its socket */
	const struct exchange_keeper *keeper;
	struct event deadline;
	enum phase phase;
	struct mono since;      /* in this phase */
	struct request request; /* owned; from BODY on */
	char *body;             /* owned */
	struct buf fields;
	struct exchange_watcher watcher; /* gone NULL: nobody */
	bool streaming;
	bool begun;     /* WAITING: the first bytes of a request are there */
	bool ended;     /* the client sends no more */
	bool doomed;    /* to be cut by the deadline, which is now */
	bool last;      /* no request after this one */
	size_t dropped; /* bytes that came while CLOSING */
};

/* ---- phases */

static void set_deadline(struct exchange *x, int64_t ms)
{
	struct timeval tv = span_timeval(span_of_ms(ms));

	(void)event_add(&x->deadline, &tv);
}

static void enter(struct exchange *x, enum phase phase, int64_t deadline_ms)
{
	x->phase = phase;
	x->since = mono_now();
	if (deadline_ms > 0)
		set_deadline(x, deadline_ms);
	else
		(void)event_del(&x->deadline);
}

static void forget_request(struct exchange *x)
{
	request_done(&x->request);
	free(x->body);
	x->body = NULL;
	buf_clear(&x->fields);
	x->streaming = false;
	x->watcher = (struct exchange_watcher){ 0 };
}

/* From inside somebody's call: the end comes from the loop. */
static void doom(struct exchange *x)
{
	x->doomed = true;
	set_deadline(x, 0);
}

static void refuse(struct exchange *x, int status)
{
	x->last = true;
	enter(x, SERVING, 0);
	reply_fail(x, status, NULL, "the request was not understood");
}

static void serve(struct exchange *x)
{
	enter(x, SERVING, 0);
	x->keeper->serve(x->keeper->owner, x);
}

static void take_body(struct exchange *x)
{
	struct evbuffer *in = bufferevent_get_input(x->bev);
	size_t len = x->request.body_len;

	if (evbuffer_get_length(in) < len)
		return;
	x->body = xcalloc(1, len + 1);
	MUST(evbuffer_remove(in, x->body, len) == (int)len);
	serve(x);
}

static void begin_body(struct exchange *x)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";

	x->phase = BODY; /* the deadline stays */
	if (x->request.expects_continue && x->request.body_len > 0)
		(void)bufferevent_write(x->bev, go_on, sizeof go_on - 1);
	take_body(x);
}

static void note_begin(struct exchange *x)
{
	if (!x->begun)
		set_deadline(x, REQUEST_MS);
	x->begun = true;
}

static void take_head(struct exchange *x)
{
	struct evbuffer *in = bufferevent_get_input(x->bev);
	size_t have = evbuffer_get_length(in);
	size_t look = have < REQUEST_HEAD_BYTES ? have : REQUEST_HEAD_BYTES;
	const char *data;
	size_t len;
	int refused;

	if (have == 0)
		return;
	note_begin(x);
	data = (const char *)evbuffer_pullup(in, (ev_ssize_t)look);
	MUST(data != NULL);
	len = request_head_len(data, look);
	if (len == 0 && look == REQUEST_HEAD_BYTES) {
		refuse(x, 431);
		return;
	}
	if (len == 0)
		return;
	refused = request_parse(data, len, &x->request);
	(void)evbuffer_drain(in, len);
	if (refused != 0) {
		refuse(x, refused);
		return;
	}
	x->last = x->last || !x->request.keep_alive;
	begin_body(x);
}

/* All that has come is forgotten, for a moment: a reset would take the reply along. */
static void drop_input(struct exchange *x)
{
	struct evbuffer *in = bufferevent_get_input(x->bev);

	x->dropped += evbuffer_get_length(in);
	(void)evbuffer_drain(in, evbuffer_get_length(in));
	if (x->dropped > CLOSING_BYTES)
		doom(x);
}

static void begin_closing(struct exchange *x)
{
	(void)shutdown(bufferevent_getfd(x->bev), SHUT_WR);
	enter(x, CLOSING, CLOSING_MS);
	drop_input(x);
}

static void end_exchange(struct exchange *x)
{
	forget_request(x);
	if (x->ended) {
		exchange_free(x);
	} else if (x->last) {
		begin_closing(x);
	} else {
		x->begun = false;
		enter(x, WAITING, IDLE_MS);
		take_head(x);
	}
}

/* ---- the loop */

static void on_read(struct bufferevent *bev, void *data)
{
	struct exchange *x = data;

	(void)bev;
	switch (x->phase) {
	case WAITING:
		take_head(x);
		return;
	case BODY:
		take_body(x);
		return;
	case CLOSING:
		drop_input(x);
		return;
	case SERVING:
	case ENDING:
		return;
	}
}

static void on_written(struct bufferevent *bev, void *data)
{
	struct exchange *x = data;

	(void)bev;
	if (x->phase == ENDING)
		end_exchange(x);
	else if (x->phase == SERVING && x->streaming && x->watcher.drained != NULL)
		x->watcher.drained(x->watcher.owner);
}

static void on_event(struct bufferevent *bev, short what, void *data)
{
	struct exchange *x = data;
	bool replying = x->phase == SERVING || x->phase == ENDING;

	(void)bev;
	/* The end of what a client sends is not the end of what it reads. */
	if ((what & BEV_EVENT_EOF) != 0 && (what & BEV_EVENT_READING) != 0 && replying &&
	    !x->watcher.endless) {
		x->last = x->ended = true;
		return;
	}
	exchange_free(x);
}

static void on_deadline(evutil_socket_t fd, short what, void *data)
{
	struct exchange *x = data;
	bool begun = x->phase == BODY || (x->phase == WAITING && x->begun);

	(void)fd;
	(void)what;
	if (x->doomed || !begun)
		exchange_free(x);
	else
		refuse(x, 408);
}

/* ---- replies */

const struct request *exchange_request(const struct exchange *x)
{
	return &x->request;
}

const char *exchange_body(const struct exchange *x)
{
	return x->body != NULL ? x->body : "";
}

bool exchange_peer(const struct exchange *x, uid_t *ret_uid)
{
	struct ucred peer;
	socklen_t len = sizeof peer;

	if (getsockopt(bufferevent_getfd(x->bev), SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0 ||
	    len != sizeof peer || peer.uid == (uid_t)-1)
		return false;
	*ret_uid = peer.uid;
	return true;
}

bool exchange_trusted(const struct exchange *x)
{
	uid_t uid;

	return exchange_peer(x, &uid) && (uid == 0 || uid == geteuid());
}

void exchange_field(struct exchange *x, const char *name, const char *value)
{
	MUST(strpbrk(value, "\r\n") == NULL);
	buf_printf(&x->fields, "%s: %s\r\n", name, value);
}

static void put_head(struct exchange *x, int status, const char *type, const char *framing)
{
	struct evbuffer *out = bufferevent_get_output(x->bev);
	time_t seconds = (time_t)(wall_now().ms / 1000);
	char date[64] = "";
	struct tm tm;

	if (gmtime_r(&seconds, &tm) != NULL)
		(void)strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
	(void)evbuffer_add_printf(out,
				  "HTTP/1.1 %d %s\r\nDate: %s\r\n%s%s%s%s%s%sCache-Control: "
				  "no-store\r\n\r\n",
				  status, reply_phrase(status), date,
				  type[0] != '\0' ? "Content-Type: " : "", type,
				  type[0] != '\0' ? "\r\n" : "", framing,
				  x->last ? "Connection: close\r\n" : "", buf_text(&x->fields));
}

static void begin_ending(struct exchange *x)
{
	x->watcher = (struct exchange_watcher){ 0 };
	enter(x, ENDING, REPLY_MS);
	if (evbuffer_get_length(bufferevent_get_output(x->bev)) == 0)
		(void)bufferevent_trigger(x->bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
}

void exchange_reply(struct exchange *x, int status, const char *type, const char *data, size_t len)
{
	char framing[64];

	MUST(x->phase == SERVING && !x->streaming);
	(void)snprintf(framing, sizeof framing, "Content-Length: %zu\r\n", len);
	put_head(x, status, type, status == 204 ? "" : framing);
	if (x->request.method != METHOD_HEAD && len > 0)
		(void)bufferevent_write(x->bev, data, len);
	begin_ending(x);
}

void exchange_watch(struct exchange *x, const struct exchange_watcher *w)
{
	x->watcher = *w;
}

/* HTTP/1.0 knows no chunks: there the end of the connection is that of the reply. */
void exchange_begin(struct exchange *x, const char *type)
{
	bool chunks = !x->request.old;

	MUST(x->phase == SERVING && !x->streaming);
	x->streaming = true;
	x->last = x->last || !chunks;
	put_head(x, 200, type, chunks ? "Transfer-Encoding: chunked\r\n" : "");
	if (!x->watcher.endless)
		set_deadline(x, REPLY_MS);
}

static bool has_body(const struct exchange *x)
{
	return x->request.method != METHOD_HEAD;
}

void exchange_put(struct exchange *x, const char *data, size_t len)
{
	struct evbuffer *out = bufferevent_get_output(x->bev);

	MUST(x->phase == SERVING && x->streaming);
	if (len == 0 || x->doomed)
		return;
	if (!has_body(x)) { /* nothing is written, but the next piece must be called for */
		if (evbuffer_get_length(out) > 0)
			return;
		(void)bufferevent_trigger(x->bev, EV_WRITE, BEV_TRIG_DEFER_CALLBACKS);
		return;
	}
	if (evbuffer_get_length(out) > EXCHANGE_STREAM_BYTES) {
		doom(x);
		return;
	}
	if (!x->request.old)
		(void)evbuffer_add_printf(out, "%zx\r\n", len);
	(void)evbuffer_add(out, data, len);
	if (!x->request.old)
		(void)evbuffer_add(out, "\r\n", 2);
}

void exchange_end(struct exchange *x)
{
	MUST(x->phase == SERVING && x->streaming);
	if (!x->request.old && has_body(x))
		(void)bufferevent_write(x->bev, "0\r\n\r\n", 5);
	begin_ending(x);
	if (x->doomed)
		doom(x);
}

/* ---- begin and end */

struct span exchange_idle(const struct exchange *x, struct mono now)
{
	if (x->phase != WAITING && x->phase != BODY && x->phase != CLOSING)
		return (struct span){ .ns = -1 };
	return mono_sub(now, x->since);
}

struct link *exchange_link(struct exchange *x)
{
	return &x->link;
}

struct exchange *exchange_of_link(struct link *k)
{
	return container_of(k, struct exchange, link);
}

struct exchange *exchange_new(struct event_base *base, int fd, const struct exchange_keeper *keeper)
{
	static const struct timeval stall = { .tv_sec = STALL_S };
	struct bufferevent *bev = bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	struct exchange *x;

	if (bev == NULL) {
		(void)close(fd);
		return NULL;
	}
	x = xcalloc(1, sizeof *x);
	x->bev = bev;
	x->keeper = keeper;
	x->request = (struct request){ .path = "" };
	buf_init(&x->fields, FIELDS_BYTES);
	MUST(evtimer_assign(&x->deadline, base, on_deadline, x) == 0);
	bufferevent_setcb(bev, on_read, on_written, on_event, x);
	bufferevent_setwatermark(bev, EV_READ, 0, INPUT_BYTES);
	(void)bufferevent_set_timeouts(bev, NULL, &stall);
	(void)bufferevent_enable(bev, EV_READ | EV_WRITE);
	enter(x, WAITING, REQUEST_MS);
	return x;
}

void exchange_free(struct exchange *x)
{
	struct exchange_watcher w = x->watcher;

	x->watcher = (struct exchange_watcher){ 0 };
	if (w.gone != NULL)
		w.gone(w.owner);
	x->keeper->ended(x->keeper->owner, x);
	(void)event_del(&x->deadline);
	bufferevent_free(x->bev);
	forget_request(x);
	buf_done(&x->fields);
	free(x);
}
