/* SPDX-License-Identifier: Apache-2.0 */
/*
 * store.c: see store.h.
 *
 *	loop:    store_put_*(), store_ask() --> queue --> scribe: thread
 *	loop:    done(), fresh() <-- on_news() <-- eventfd <-----'
 */
#include "daemon/store.h"

#include <errno.h>
#include <event2/event.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/addr.h"
#include "base/mem.h"
#include "base/must.h"
#include "daemon/queue.h"
#include "daemon/scribe.h"
#include "probes/cert.h"
#include "probes/trace.h"

enum { STORE_MAGIC = 0x53544f52 };

struct store {
	unsigned magic;
	struct queue *queue;   /* owned */
	struct scribe *scribe; /* owned */
	struct event *news;    /* owned */
	store_fresh_fn *fresh;
	void *owner;
	void (*kept)(void *owner); /* NULL: nobody wants to know */
	void *kept_owner;
	bool holding;
	struct list held; /* messages put while holding; owned */
	uint64_t last_ticket;
	pthread_t thread;
	bool started;
};

/* ---- the life of a store */

static void deliver(struct store *s, struct ask *a)
{
	struct answer answer = {
		.error = a->error[0] != '\0' ? a->error : NULL,
		.json = buf_text(&a->json),
		.len = a->json.len,
		.next = a->next,
	};

	(void)s;
	if (a->done != NULL)
		a->done(a->owner, &answer);
	buf_done(&a->json);
	free(a);
}

static void on_news(evutil_socket_t fd, short what, void *data)
{
	struct store *s = data;

	(void)fd;
	(void)what;
	MUST(s->magic == STORE_MAGIC);
	queue_drain_fd(s->queue);
	if (queue_take_fresh(s->queue) && s->fresh != NULL)
		s->fresh(s->owner);
	for (struct ask *a; (a = queue_take_answer(s->queue)) != NULL;)
		deliver(s, a);
	if (queue_take_news(s->queue) && s->kept != NULL)
		s->kept(s->kept_owner);
}

struct store *store_new(const struct store_conf *conf, struct event_base *base,
			store_fresh_fn *fresh, void *owner)
{
	struct store *s = xcalloc(1, sizeof *s);

	s->magic = STORE_MAGIC;
	s->fresh = fresh;
	s->owner = owner;
	list_init(&s->held);
	s->queue = queue_new();
	if (s->queue == NULL)
		goto fail;
	s->news = event_new(base, queue_fd(s->queue), EV_READ | EV_PERSIST, on_news, s);
	if (s->news == NULL || event_add(s->news, NULL) != 0)
		goto fail;
	s->scribe = scribe_new(conf, s->queue);
	scribe_open(s->scribe);
	return s;
fail:
	store_free(s, (struct span){ 0 });
	return NULL;
}

void store_past(struct store *s, struct store_pasts *ret_pasts)
{
	MUST(!s->started);
	scribe_past(s->scribe, ret_pasts);
}

void store_past_free(struct store_pasts *p)
{
	for (size_t i = 0; i < p->count; i++) {
		free(p->list[i].memory);
		cert_free(p->list[i].cert);
	}
	for (size_t i = 0; i < p->alert_count; i++) {
		free(p->alerts[i].memory);
		free(p->alerts[i].sinks);
		free(p->alerts[i].deliveries);
	}
	for (size_t i = 0; i < p->silence_count; i++)
		free(p->silences[i].memory);
	for (size_t i = 0; i < p->discovered_count; i++) {
		free(p->discovered[i].kind);
		free(p->discovered[i].source);
		free(p->discovered[i].objects);
	}
	free(p->list);
	free(p->discovered);
	free(p->alerts);
	free(p->silences);
	*p = (struct store_pasts){ 0 };
}

static void *run(void *data)
{
	struct store *s = data;

	MUST(s->magic == STORE_MAGIC);
	scribe_run(s->scribe);
	return NULL;
}

bool store_start(struct store *s, struct err *ret_err)
{
	sigset_t all, before;
	int error;

	MUST(!s->started);
	MUST(sigfillset(&all) == 0 && pthread_sigmask(SIG_SETMASK, &all, &before) == 0);
	error = pthread_create(&s->thread, NULL, run, s);
	MUST(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	s->started = error == 0;
	return s->started || err_set(ret_err, error, "the store's thread could not be started");
}

void store_free(struct store *s, struct span patience)
{
	if (s == NULL)
		return;
	MUST(s->magic == STORE_MAGIC && !s->holding);
	if (s->scribe != NULL) {
		queue_stop(s->queue, patience);
		if (s->started)
			MUST(pthread_join(s->thread, NULL) == 0);
		else
			scribe_run(s->scribe);
	}
	if (s->news != NULL)
		event_free(s->news);
	scribe_free(s->scribe);
	queue_free(s->queue);
	s->magic = 0;
	free(s);
}

void store_stats(struct store *s, struct store_stats *ret_stats)
{
	scribe_stats(s->scribe, ret_stats);
}

/* ---- messages */

/* Everything that is put goes this way. */
static void put(struct store *s, struct message *m)
{
	if (s->holding)
		list_push_back(&s->held, &m->order);
	else
		queue_put(s->queue, m);
}

void store_hold(struct store *s)
{
	if (s == NULL)
		return;
	MUST(!s->holding);
	s->holding = true;
}

void store_release(struct store *s)
{
	if (s == NULL)
		return;
	MUST(s->holding);
	s->holding = false;
	if (!list_empty(&s->held))
		queue_put_all(s->queue, &s->held);
}

void store_put_endpoint(struct store *s, const struct store_endpoint *e)
{
	size_t size = message_text_size(e->provider) + message_text_size(e->role) +
		      message_text_size(e->name) + message_text_size(e->host) +
		      message_text_size(e->address) + message_text_size(e->check);
	struct message *m = message_new(MESSAGE_ENDPOINT, e->id, wall_now(), size);

	MUST(e->id > 0);
	m->described = (struct store_endpoint){
		.id = e->id,
		.provider = message_text(m, e->provider),
		.role = message_text(m, e->role),
		.name = message_text(m, e->name),
		.host = message_text(m, e->host),
		.address = message_text(m, e->address),
		.port = e->port,
		.check = message_text(m, e->check),
	};
	put(s, m);
}

void store_retire(struct store *s, int64_t endpoint, struct wall at)
{
	put(s, message_new(MESSAGE_RETIRE, endpoint, at, 0));
}

void store_put_span(struct store *s, const struct store_span *span)
{
	struct message *m = message_new(MESSAGE_SPAN, span->endpoint, span->since, 0);

	m->span = *span;
	put(s, m);
}

void store_touch(struct store *s, int64_t endpoint, enum aspect aspect, unsigned count,
		 struct wall seen)
{
	struct message *m = message_new(MESSAGE_TOUCH, endpoint, seen, 0);

	m->touch.aspect = aspect;
	m->touch.count = count;
	put(s, m);
}

void store_put_samples(struct store *s, const struct store_samples *samples)
{
	struct message *m;

	MUST(samples->count <= STORE_CHUNK && span_ms(samples->interval) > 0);
	if (samples->count == 0)
		return;
	m = message_new(MESSAGE_SAMPLES, samples->endpoint, samples->start, 0);
	m->samples = *samples;
	put(s, m);
}

void store_put_certificate(struct store *s, int64_t endpoint, const struct cert *c, struct wall at)
{
	const struct der *leaf = &c->chain[0];
	struct message *m = message_new(MESSAGE_CERTIFICATE, endpoint, at,
					message_text_size(c->subject) +
						message_text_size(c->issuer) + leaf->len);

	m->sight.subject = message_text(m, c->subject);
	m->sight.issuer = message_text(m, c->issuer);
	m->sight.der = message_bytes(m, leaf->data, leaf->len);
	m->sight.der_len = leaf->len;
	memcpy(m->sight.sha1, c->sha1, sizeof m->sight.sha1);
	memcpy(m->sight.sha256, c->sha256, sizeof m->sight.sha256);
	memcpy(m->sight.spki_sha256, c->spki_sha256, sizeof m->sight.spki_sha256);
	m->sight.not_before = c->not_before;
	m->sight.not_after = c->not_after;
	m->sight.self_signed = c->self_signed;
	put(s, m);
}

static void set_new(json_t *object, const char *key, json_t *value)
{
	MUST(value != NULL && json_object_set_new(object, key, value) == 0);
}

static json_t *hop_json(const struct hop *h)
{
	json_t *o = json_object();
	char text[ADDR_TEXT_SIZE];

	MUST(o != NULL);
	set_new(o, "ttl", json_integer(h->ttl));
	addr_format(&h->from, text);
	if (text[0] != '\0')
		set_new(o, "address", json_string(text));
	if (h->rtt_us >= 0)
		set_new(o, "rtt_us", json_integer(h->rtt_us));
	if (h->icmp.present)
		set_new(o, "icmp", json_pack("[i,i]", h->icmp.type, h->icmp.code));
	return o;
}

/* Owned by the caller. */
static char *hops_json(const struct trace_result *t)
{
	json_t *list = json_array();
	char *text;

	MUST(list != NULL);
	for (size_t i = 0; i < t->count; i++)
		MUST(json_array_append_new(list, hop_json(&t->hops[i])) == 0);
	text = json_dumps(list, JSON_COMPACT);
	MUST(text != NULL);
	json_decref(list);
	return text;
}

void store_put_trace(struct store *s, int64_t endpoint, const struct trace_result *t,
		     struct wall at)
{
	char target[ADDR_TEXT_SIZE];
	char by[ADDR_TEXT_SIZE];
	char *hops = hops_json(t);
	struct message *m;

	addr_format_port(&t->target, target);
	addr_format(&t->by, by);
	m = message_new(MESSAGE_TRACE, endpoint, at,
			message_text_size(target) + message_text_size(by) +
				message_text_size(hops));
	m->walk = (struct walk){
		.target = message_text(m, target),
		.outcome = trace_outcome_name(t->outcome),
		.reason = reason_name(t->reason),
		.hop = message_text(m, by),
		.hops = message_text(m, hops),
	};
	free(hops);
	put(s, m);
}

void store_put_event(struct store *s, const struct store_event *e)
{
	size_t size = message_text_size(e->kind) + message_text_size(e->before) +
		      message_text_size(e->after) + message_text_size(e->detail);
	struct message *m = message_new(MESSAGE_EVENT, e->endpoint, e->at, size);

	m->event = (struct store_event){
		.endpoint = e->endpoint,
		.at = e->at,
		.kind = message_text(m, e->kind),
		.before = message_text(m, e->before),
		.after = message_text(m, e->after),
		.detail = message_text(m, e->detail),
	};
	put(s, m);
}

/* ---- alerts */

static uint64_t put_with_ticket(struct store *s, struct message *m)
{
	uint64_t ticket = m->ticket = ++s->last_ticket;

	put(s, m);
	return ticket;
}

uint64_t store_put_alert(struct store *s, const struct store_alert *a)
{
	return put_with_ticket(s, message_alert(a));
}

void store_put_delivery(struct store *s, const struct store_delivery *d)
{
	put(s, message_delivery(d));
}

void store_put_silence(struct store *s, const struct store_silence *silence)
{
	MUST(silence->id > 0);
	put(s, message_silence(silence));
}

uint64_t store_put_findings(struct store *s, const char *rows)
{
	return put_with_ticket(s, message_findings(rows));
}

uint64_t store_put_judgement(struct store *s, const struct store_judgement *j)
{
	return put_with_ticket(s, message_judgement(j));
}

uint64_t store_put_discovered(struct store *s, const struct store_discovered *k)
{
	return put_with_ticket(s, message_discovered(k));
}

bool store_kept(struct store *s, uint64_t ticket)
{
	return queue_kept(s->queue, ticket);
}

void store_on_kept(struct store *s, void (*kept)(void *owner), void *owner)
{
	s->kept = kept;
	s->kept_owner = owner;
}

/* ---- questions */

struct ask *store_ask(struct store *s, const struct question *q, answer_fn *done, void *owner)
{
	struct ask *a = xcalloc(1, sizeof *a);

	MUST(done != NULL);
	a->question = *q;
	a->done = done;
	a->owner = owner;
	a->queue = s->queue;
	queue_ask(s->queue, a);
	return a;
}

void store_ask_cancel(struct ask *a)
{
	if (a != NULL)
		queue_cancel(a->queue, a);
}
