/* SPDX-License-Identifier: Apache-2.0 */
/* observe.c: see observe.h. */
#include "daemon/observe.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "daemon/alarms.h"
#include "daemon/samples.h"
#include "daemon/served.h"
#include "daemon/siblings.h"
#include "daemon/store.h"
#include "daemon/subject.h"
#include "probes/cert.h"
#include "probes/names.h"
#include "probes/verdict.h"
#include "report/advice.h"
#include "report/finding.h"

enum { SENTENCE_BYTES = 1024, SIGHTING_MS = 60 * 60 * 1000 };

static const struct mono never = { .ns = INT64_MAX };

/* Confirmations are counted from the first surprise, so that slow answers do not add up. */
static struct mono confirmation(const struct change *c, struct mono *surprised,
				const struct state *state, const struct occasion *when)
{
	if (!c->look_again)
		return never;
	if (state->surprises == 1)
		*surprised = when->now;
	return mono_add(*surprised, c->wait);
}

/* The sentence that a person would be told of e's present verdict. */
static void put_sentence(const struct endpoint *e, struct verdict *v, char *text, size_t size)
{
	const struct conf_target *t = e->target->conf;
	struct finding found = { .host = t->host,
				 .image = t->image,
				 .address = e->addr,
				 .port = t->port,
				 .dialect = t->dialect,
				 .role = t->role,
				 .rule = t->rule,
				 .verdict = *v };
	struct buf out;

	buf_init(&out, SENTENCE_BYTES);
	advice_put(&found, wall_now(), &out);
	text_set(text, size, buf_text(&out), out.len);
	buf_done(&out);
}

/* One look at one aspect of an endpoint. */
struct sight {
	enum aspect aspect;
	int value;
	struct verdict *v; /* NULL: not seen but concluded */
	const struct occasion *when;
};

/* Returns when to look again, or never. */
static struct mono look_at(const struct observer *o, struct endpoint *e, const struct sight *sight,
			   struct change *ret_change)
{
	enum aspect a = sight->aspect;
	struct state_policy policy = o->conf->probe.policy;
	struct observation seen = { .aspect = a,
				    .value = sight->value,
				    .regular = sight->when->regular,
				    .at = sight->when->at };
	char sentence[sizeof(((struct store_span *)0)->detail)];
	struct subject s;

	sentence[0] = '\0';
	s = subject_of_endpoint(e, a, sight->v != NULL ? &sight->v->icmp : NULL, sentence);
	/* A conclusion is as sure as what it follows from, and a document was not lost on the way. */
	if (sight->v == NULL || (a == ASPECT_TRUST && s.state->declared == STATE_NOTHING) ||
	    (a != ASPECT_PORT && e->unserved)) /* and nobody looks twice for an order */
		policy.confirm_count = 0;
	if (sight->v != NULL && sight->value != s.state->declared)
		put_sentence(e, sight->v, sentence, sizeof sentence);
	if (state_early(s.state, &policy, &seen, mono_sub(sight->when->now, e->surprised[a]),
			ret_change))
		return mono_add(e->surprised[a], ret_change->wait);
	subject_look(&s, o->store, &policy, &seen, ret_change);
	return confirmation(ret_change, &e->surprised[a], s.state, sight->when);
}

static struct mono earlier(struct mono a, struct mono b)
{
	return mono_before(a, b) ? a : b;
}

/* What follows without a look of its own; of what was never known nothing does. */
static void conclude(const struct observer *o, struct endpoint *e, enum aspect a, int untried,
		     const struct occasion *when)
{
	struct occasion between = *when;
	struct change ignored;

	between.regular = false;
	if (e->states[a].declared != STATE_NOTHING)
		(void)look_at(o, e,
			      &(struct sight){ .aspect = a, .value = untried, .when = &between },
			      &ignored);
}

/* A port that has closed has no service; one that has opened is asked for it at once. */
static void follow_port(const struct observer *o, struct endpoint *e, const struct change *c,
			const struct occasion *when, struct next_looks *next)
{
	if (!c->changed)
		return;
	if (c->to == REASON_OK)
		next->serve = when->now;
	else if (!aspect_unknown(ASPECT_PORT, c->to))
		conclude(o, e, ASPECT_SERVICE, SERVICE_UNTRIED, when);
}

static void flush_touches(const struct observer *o, struct endpoint *e)
{
	if (o->store != NULL && e->touches > 0)
		store_touch(o->store, e->id, ASPECT_PORT, e->touches, e->checked);
	e->touches = 0;
}

static void look_at_port(const struct observer *o, struct endpoint *e, struct verdict *v,
			 const struct occasion *when, struct next_looks *next)
{
	struct change c;
	struct mono again;

	/* Reach and serve checks overlap: a look that began before the last one is no news. */
	if (mono_before(when->began, e->looked))
		return;
	if (e->states[ASPECT_PORT].declared != (int)v->reason)
		flush_touches(o, e); /* they are of the span that may end now */
	e->looked = when->began;
	e->checked = when->at;
	e->last = v->reason;
	e->icmp = v->icmp;
	e->os_error = v->os_error;
	if (v->reason == REASON_OK && v->rtt_us >= 0)
		e->rtt_us = v->rtt_us;
	if (e->span_open[ASPECT_PORT] && e->states[ASPECT_PORT].declared == (int)v->reason)
		e->touches++;
	again = look_at(o, e, &(struct sight){ ASPECT_PORT, (int)v->reason, v, when }, &c);
	next->reach = earlier(next->reach, again);
	follow_port(o, e, &c, when, next);
	if (o->alarms != NULL)
		alarms_reached(o->alarms, e, &c, when);
}

static int32_t sample_of(const struct verdict *v)
{
	if (v->reason == REASON_LOCAL)
		return SAMPLE_NOT_RUN;
	return v->reason == REASON_OK && v->rtt_us >= 0 ? v->rtt_us : SAMPLE_LOST;
}

bool observe_wants_more(const struct next_looks *next)
{
	return next->reach.ns != never.ns || next->serve.ns != never.ns || next->also != NULL;
}

void observe_reach(const struct observer *o, struct endpoint *e, struct verdict *v,
		   const struct occasion *when, struct next_looks *ret_next)
{
	*ret_next = (struct next_looks){ .reach = never, .serve = never, .also = NULL };
	e->checks++;
	e->losses += v->reason != REASON_OK && v->reason != REASON_LOCAL;
	look_at_port(o, e, v, when, ret_next);
	if (when->regular) {
		struct sample s = { .slot = when->slot,
				    .rtt_us = sample_of(v),
				    .interval = e->target->conf->interval,
				    .at = when->grid,
				    .now = when->now };

		samples_put(e, &s, o->store);
		if (e->chunk == NULL)
			observe_flush(o, e);
		if (o->alarms != NULL && s.rtt_us != SAMPLE_NOT_RUN)
			alarms_sampled(o->alarms, e, s.rtt_us == SAMPLE_LOST, when);
	}
}

/*
 * A reset after the handshake is seen by a serve check alone: for the port it is open, as the
 * next reach check will find again, and the service is what fails.
 */
static void reset_is_of_the_service(struct verdict *v)
{
	if (v->reason != REASON_RESET)
		return;
	v->reason = REASON_OK;
	v->service = SERVICE_HTTP_CLOSED;
	text_printf(verdict_facts(v)->detail, sizeof v->facts->detail,
		    "it takes the connection and resets it at once");
}

static bool same_certificate(const struct cert *a, const struct cert *b)
{
	return memcmp(a->sha256, b->sha256, SHA256_BYTES) == 0;
}

/* This process saw it, or an earlier one did; NULL: nobody has seen any. */
static const struct cert *last_certificate(const struct endpoint *e)
{
	const struct cert *c = e->served != NULL ? served_cert(e->served) : NULL;

	return c != NULL ? c : e->shown;
}

/*
 * Another certificate than the last one is an event; the same one is sighted every hour.  True
 * when it is another.
 */
static bool look_at_certificate(const struct observer *o, struct endpoint *e, struct cert *c,
				const struct occasion *when)
{
	const struct cert *before = last_certificate(e);
	char old[FINGERPRINT_TEXT_SIZE] = "";
	char fresh[FINGERPRINT_TEXT_SIZE];

	if (before == NULL || !same_certificate(before, c) ||
	    when->at.ms - e->sighted.ms >= SIGHTING_MS || when->at.ms < e->sighted.ms) {
		if (o->store != NULL)
			store_put_certificate(o->store, e->id, c, when->at);
		e->sighted = when->at;
	}
	if (before == NULL || same_certificate(before, c))
		return false;
	fingerprint_format(before->sha1, SHA1_BYTES, old);
	fingerprint_format(c->sha1, SHA1_BYTES, fresh);
	log_notice("%s: its certificate changed endpoint=%s before=%s after=%s",
		   e->target->conf->name, e->target->conf->name, old, fresh);
	if (o->store != NULL)
		store_put_event(o->store, &(struct store_event){ .endpoint = e->id,
								 .at = when->at,
								 .kind = "certificate",
								 .before = old,
								 .after = fresh,
								 .detail = c->subject });
	if (o->alarms != NULL && !e->unserved)
		alarms_certificate(o->alarms, e, before, c, when);
	return true;
}

/* What a certificate says; a host that renewed its own is asked on both its ports at once. */
static void look_at_trust(const struct observer *o, struct endpoint *e, struct verdict *v,
			  const struct occasion *when, struct next_looks *next)
{
	struct change c;
	struct mono again;

	siblings_judge(e, v);
	siblings_keep_ca(e, v->facts);
	if (look_at_certificate(o, e, v->facts->cert, when))
		next->also = siblings_twin(e);
	if (siblings_await_ca(e))
		return; /* the system's authorities are not those it is to be judged by */
	again = look_at(o, e, &(struct sight){ ASPECT_TRUST, (int)verdict_trust(v), v, when }, &c);
	next->serve = earlier(next->serve, again);
}

void observe_serve(const struct observer *o, struct endpoint *e, struct verdict *v,
		   const struct occasion *when, struct next_looks *ret_next)
{
	struct served *before;
	struct change c;
	struct mono again;

	*ret_next = (struct next_looks){ .reach = never, .serve = never, .also = NULL };
	reset_is_of_the_service(v);
	look_at_port(o, e, v, when, ret_next);
	/* Once the port is declared open its service will be asked. */
	if (v->reason != REASON_OK || v->service == SERVICE_UNTRIED ||
	    e->states[ASPECT_PORT].declared != REASON_OK)
		return;
	ret_next->serve = never; /* this was it */
	e->serve_checked = when->at;
	if (v->facts != NULL && v->facts->cert != NULL)
		look_at_trust(o, e, v, when, ret_next);
	again = look_at(o, e, &(struct sight){ ASPECT_SERVICE, (int)v->service, v, when }, &c);
	ret_next->serve = earlier(ret_next->serve, again);
	if (v->service == SERVICE_LOCAL)
		return; /* what was known stays known */
	before = e->served;
	e->served = served_new(v);
	served_inherit(e->served, before);
	served_free(before);
	/* Those who ask it regularly raise what is to be raised, and end it. */
	if (o->alarms != NULL && !e->unserved)
		alarms_served(o->alarms, e, when);
}

void observe_unserved(const struct observer *o, struct endpoint *e)
{
	struct occasion when = { .now = mono_now(), .at = wall_now() };

	conclude(o, e, ASPECT_SERVICE, SERVICE_UNTRIED, &when);
	conclude(o, e, ASPECT_TRUST, TRUST_UNTRIED, &when);
	served_free(e->served);
	e->served = NULL;
	if (o->alarms != NULL)
		alarms_unserved(o->alarms, e, when.at);
}

void observe_name(const struct observer *o, struct host *h, const struct names_result *result,
		  const struct occasion *when, struct mono *ret_next)
{
	struct observation seen = { .aspect = ASPECT_NAME,
				    .value = (int)result->reason,
				    .regular = when->regular,
				    .at = when->at };
	struct subject s = subject_of_host(
		h, result->reason != REASON_OK ? reason_sentence(result->reason) : "");
	struct change c;

	h->looked_up = when->at;
	subject_look(&s, o->store, &o->conf->probe.policy, &seen, &c);
	*ret_next = confirmation(&c, &h->surprised, &h->state, when);
	if (o->alarms != NULL)
		alarms_name_looked(o->alarms, h, when);
}

void observe_flush(const struct observer *o, struct endpoint *e)
{
	samples_flush(e, o->store);
	flush_touches(o, e);
}

void observe_put_endpoint(const struct observer *o, struct endpoint *e)
{
	char address[ADDR_TEXT_SIZE];
	struct store_endpoint identity = endpoint_identity(e, address);

	if (o->store != NULL)
		store_put_endpoint(o->store, &identity);
}

void observe_put_host(const struct observer *o, struct host *h)
{
	struct store_endpoint identity = host_identity(h);

	if (o->store != NULL && !h->numeric)
		store_put_endpoint(o->store, &identity);
}

void observe_put_again(const struct observer *o, struct endpoint *e)
{
	struct cert *c = e->served != NULL ? served_cert(e->served) : NULL;

	observe_put_endpoint(o, e);
	for (int a = 0; a < ENDPOINT_ASPECTS; a++) {
		struct subject s = subject_of_endpoint(e, (enum aspect)a, NULL, "");

		subject_put_again(&s, o->store);
	}
	if (o->store != NULL && c != NULL)
		store_put_certificate(o->store, e->id, c, e->serve_checked);
}

void observe_put_host_again(const struct observer *o, struct host *h)
{
	struct subject s = subject_of_host(h, "");

	observe_put_host(o, h);
	subject_put_again(&s, o->store);
}
