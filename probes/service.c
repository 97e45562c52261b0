/* SPDX-License-Identifier: Apache-2.0 */
/* service.c: requests and replies over a standing connection, as the dialect asks for them. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "probes/machine.h"

enum { READ_CHUNK = 4096 };

/* The connection cannot take the next request: make one that can. */
static enum need reconnect(struct probe *p)
{
	struct serve *s = p->serve;

	probe_disconnect(p);
	http_parser_free(s->reply);
	s->reply = NULL;
	s->again = true;
	s->reused = false;
	if (s->talk.side_trip) {
		s->host = s->talk.elsewhere.host;
		s->addr_count = s->addr_next = 0;
		return probe_advance(p, STAGE_RESOLVE);
	}
	s->host = p->spec->host;
	p->target = p->spec->address;
	return probe_advance(p, STAGE_CONNECT);
}

static void put_request(struct probe *p)
{
	struct serve *s = p->serve;
	bool tls = s->tls != NULL;

	http_parser_free(s->reply);
	s->reply = http_parser_new(strcmp(s->talk.request.method, "HEAD") == 0);
	buf_clear(&s->out);
	s->out_pos = 0;
	http_request_put(&s->talk.request, s->host, addr_port(&p->target), tls ? 443 : 80, &s->out);
}

/* Hands the last reply (NULL: none) to the dialect and prepares what it asks for. */
static enum need converse(struct probe *p, const struct http_response *reply)
{
	struct serve *s = p->serve;
	struct talk *t = &s->talk;
	bool was_away = t->side_trip;

	t->facts = verdict_facts(&p->verdict);

	if (reply != NULL && !was_away)
		t->facts->http_status = reply->status;
	if (t->step == LIMIT_EXCHANGES)
		return conclude_service(p, SERVICE_HTTP_INVALID, "it never comes to an end");
	if (s->traits->talk(t, reply) == TALK_ENDED)
		return conclude_service(p, t->service, NULL);
	s->asking = true;
	if (reply != NULL && (t->side_trip || was_away || !reply->keep_alive))
		return reconnect(p);
	put_request(p);
	s->reused = reply != NULL;
	return NEED_STEP;
}

/* What recv() or send() came to; the errno of a broken connection is kept in p. */
static enum tls_step plain_step(struct probe *p, ssize_t n)
{
	if (n > 0)
		return TLS_OK;
	if (n == 0)
		return TLS_CLOSED;
	if (errno == EAGAIN || errno == EINTR)
		return TLS_WANT_READ;
	p->verdict.os_error = errno;
	return TLS_RESET;
}

static enum tls_step channel_read(struct probe *p, char *data, size_t size, size_t *ret_len)
{
	ssize_t n;

	if (p->serve->tls != NULL)
		return tls_read(p->serve->tls, data, size, ret_len);
	n = recv(p->fd, data, size, 0);
	*ret_len = n > 0 ? (size_t)n : 0;
	return plain_step(p, n);
}

static enum tls_step channel_write(struct probe *p, const char *data, size_t len, size_t *ret_len)
{
	enum tls_step step;
	ssize_t n;

	if (p->serve->tls != NULL)
		return tls_write(p->serve->tls, data, len, ret_len);
	n = send(p->fd, data, len, MSG_NOSIGNAL);
	*ret_len = n > 0 ? (size_t)n : 0;
	step = plain_step(p, n);
	return step == TLS_WANT_READ ? TLS_WANT_WRITE : step;
}

/*
 * The peer ended the connection, or broke TLS, in the middle of an exchange; or
 * between two, as it may at any time (RFC 9112, 9.3.1): then it is asked once more.
 */
static enum need broken_exchange(struct probe *p, enum tls_step step)
{
	struct serve *s = p->serve;
	const struct tls *t = s->tls;

	if ((step == TLS_CLOSED || step == TLS_RESET) && s->reused && !http_started(s->reply))
		return reconnect(p);
	if (step == TLS_CLOSED && http_feed_end(s->reply) == HTTP_DONE) {
		s->asking = false;
		return converse(p, http_reply(s->reply));
	}
	if (step == TLS_LOCAL)
		return conclude_local(p, ENOMEM);
	if (t != NULL && step == TLS_ALERTED) {
		verdict_facts(&p->verdict)->tls_alert = t->alert;
		return conclude_service(p, SERVICE_TLS_ALERT, t->detail);
	}
	if (t != NULL && (step == TLS_FAILED || step == TLS_NOT_TLS))
		return conclude_service(p, SERVICE_TLS_ERROR, t->detail);
	if (step == TLS_RESET)
		return conclude_broken(p, t != NULL ? t->os_error : p->verdict.os_error,
				       t != NULL || http_started(s->reply), SERVICE_HTTP_CLOSED);
	return conclude_service(p, SERVICE_HTTP_CLOSED, NULL);
}

/* A read or write that did not get through: it waits, or the exchange is at its end. */
static enum need wait_or_break(struct probe *p, enum tls_step step)
{
	if (step == TLS_WANT_READ)
		return NEED_READ;
	if (step == TLS_WANT_WRITE)
		return NEED_WRITE;
	return broken_exchange(p, step);
}

static enum need send_request(struct probe *p)
{
	struct serve *s = p->serve;
	size_t sent = 0;
	enum tls_step step =
		channel_write(p, s->out.data + s->out_pos, s->out.len - s->out_pos, &sent);

	if (step != TLS_OK)
		return wait_or_break(p, step);
	s->out_pos += sent;
	return NEED_STEP;
}

static enum need take_reply(struct probe *p, const char *data, size_t len)
{
	struct serve *s = p->serve;

	switch (http_feed(s->reply, data, len)) {
	case HTTP_MORE:
		/* The rest of a TLS record does not make the socket readable. */
		return s->tls != NULL && tls_pending(s->tls) ? NEED_STEP : NEED_READ;
	case HTTP_DONE:
		s->asking = false;
		return converse(p, http_reply(s->reply));
	case HTTP_TOO_LARGE:
		return conclude_service(p, SERVICE_HTTP_TOO_LARGE, NULL);
	case HTTP_INVALID:
		break;
	}
	return conclude_service(p, SERVICE_HTTP_INVALID, NULL);
}

/* One read (of one TLS record) a turn of the loop, so that a peer that never stops talking does not keep it. */
static enum need receive_reply(struct probe *p)
{
	char chunk[READ_CHUNK];
	size_t len = 0;
	enum tls_step step = channel_read(p, chunk, sizeof chunk, &len);

	return step == TLS_OK ? take_reply(p, chunk, len) : wait_or_break(p, step);
}

enum need step_service(struct probe *p)
{
	struct serve *s = p->serve;

	if (!s->asking)
		return converse(p, NULL);
	if (s->reply == NULL)
		put_request(p);
	if (s->out_pos < s->out.len)
		return send_request(p);
	return receive_reply(p);
}
