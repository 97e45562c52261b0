/* SPDX-License-Identifier: Apache-2.0 */
/* writer.c: see writer.h. */
#include "daemon/writer.h"

#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "daemon/alertrow.h"
#include "daemon/db.h"
#include "daemon/discoveredrow.h"
#include "daemon/findingrow.h"
#include "daemon/known.h"
#include "daemon/message.h"

enum { RTT_TEXT_SIZE = STORE_CHUNK * (int)sizeof "2147483647" + 2, HOUR_MS = 3600000 };

static bool run(struct writer *w)
{
	w->rows++;
	return db_run(w->db);
}

static struct wall later(struct wall a, struct wall b)
{
	return a.ms > b.ms ? a : b;
}

static struct wall earlier(struct wall a, struct wall b)
{
	return a.ms < b.ms ? a : b;
}

/* ---- endpoints */

static bool enrol(struct writer *w, struct known_endpoint *e, struct wall at)
{
	const struct store_endpoint *d = &e->described;

	db_start(w->db, STMT_ENDPOINT_PUT);
	db_bind_int(w->db, ":id", e->id);
	db_bind_filled(w->db, ":provider", d->provider);
	db_bind_text(w->db, ":role", d->role);
	db_bind_text(w->db, ":name", d->name);
	db_bind_text(w->db, ":host", d->host);
	db_bind_text(w->db, ":address", d->address);
	db_bind_int(w->db, ":port", d->port);
	db_bind_text(w->db, ":dialect", d->check);
	db_bind_wall(w->db, ":at", at);
	w->rows++;
	if (!db_one(w->db))
		return false;
	known_set_row(w->known, e, db_int(w->db, 0));
	return true;
}

/* An endpoint of an earlier life goes by its row until it is put. */
static bool find_row(struct writer *w, struct known_endpoint *e)
{
	db_start(w->db, STMT_ENDPOINT_HAS);
	db_bind_int(w->db, ":id", e->id);
	if (!db_one(w->db))
		return false;
	if (db_int(w->db, 0) > 0)
		known_set_row(w->known, e, e->id);
	return true;
}

/* The endpoint of m with a row, made when this database has none; NULL there: unknown. */
static bool endpoint_of(struct writer *w, const struct message *m,
			struct known_endpoint **ret_endpoint)
{
	struct known_endpoint *e = known_find(w->known, m->endpoint);

	if (e == NULL)
		e = known_put(w->known, m->endpoint, NULL);
	if (e->now.row == 0 && !(e->described.id != 0 ? enrol(w, e, m->at) : find_row(w, e)))
		return false;
	*ret_endpoint = e->now.row != 0 ? e : NULL;
	return true;
}

/* ---- what is kept in memory for a while */

static bool flush_touch(struct writer *w, struct known_endpoint *e, enum aspect aspect)
{
	if (e->now.touch[aspect].count == 0)
		return true;
	db_start(w->db, STMT_SPAN_TOUCH);
	db_bind_int(w->db, ":endpoint", e->now.row);
	db_bind_text(w->db, ":aspect", aspect_name(aspect));
	db_bind_int(w->db, ":count", e->now.touch[aspect].count);
	db_bind_wall(w->db, ":seen", e->now.touch[aspect].seen);
	known_change(w->known, e)->touch[aspect].count = 0;
	return run(w);
}

static bool put_sighting(struct writer *w, const struct known_endpoint *e)
{
	db_start(w->db, STMT_SIGHTING_PUT);
	db_bind_int(w->db, ":endpoint", e->now.row);
	db_bind_int(w->db, ":certificate", e->now.certificate);
	db_bind_wall(w->db, ":at", e->now.sighted);
	return run(w);
}

static bool flush_sighting(struct writer *w, struct known_endpoint *e)
{
	if (!e->now.sighting)
		return true;
	known_change(w->known, e)->sighting = false;
	return put_sighting(w, e);
}

bool writer_flush(struct writer *w)
{
	size_t at = 0;

	for (struct known_endpoint *e; (e = known_next(w->known, &at)) != NULL;) {
		if (e->now.row == 0)
			continue;
		for (unsigned a = 0; a < ASPECT_N; a++)
			if (!flush_touch(w, e, (enum aspect)a))
				return false;
		if (!flush_sighting(w, e))
			return false;
	}
	return true;
}

/* ---- spans */

/* What the endpoint's row of this aspect says last. */
struct former {
	bool there;
	bool lasting;
	bool same; /* the reason */
	struct wall began, since, until;
};

static bool find_former(struct writer *w, int64_t row, const struct store_span *s,
			struct former *ret_former)
{
	enum db_row found;

	*ret_former = (struct former){ 0 };
	db_start(w->db, STMT_SPAN_LAST);
	db_bind_int(w->db, ":endpoint", row);
	db_bind_text(w->db, ":aspect", aspect_name(s->aspect));
	found = db_next(w->db);
	if (found == DB_ROW)
		*ret_former = (struct former){
			.there = true,
			.lasting = db_is_null(w->db, 3),
			.same = strcmp(db_text(w->db, 0), aspect_reason(s->aspect, s->value)) == 0,
			.began.ms = db_int(w->db, 1),
			.since.ms = db_int(w->db, 2),
			.until.ms = db_int(w->db, 3),
		};
	return found != DB_FAILED;
}

/*
 * A state that goes on was not observed between two lives, nor before this one, however long
 * the caller says it lasts.  An end that lies ahead of now is a clock that was set back.
 */
static struct wall observed_since(const struct writer *w, const struct store_span *s,
				  const struct former *f)
{
	struct wall now = wall_now();
	struct wall since = later(s->since, earlier(w->started, now));

	if (f->there && !f->lasting && f->until.ms <= now.ms)
		since = later(since, f->until);
	return since;
}

static bool begin_span(struct writer *w, int64_t row, const struct store_span *s,
		       const struct former *f)
{
	bool goes_on = !s->event && f->there && f->same;

	db_start(w->db, STMT_SPAN_BEGIN);
	db_bind_int(w->db, ":endpoint", row);
	db_bind_text(w->db, ":aspect", aspect_name(s->aspect));
	db_bind_text(w->db, ":state", aspect_state(s->aspect, s->value));
	db_bind_text(w->db, ":reason", aspect_reason(s->aspect, s->value));
	db_bind_filled(w->db, ":offender", s->offender);
	db_bind_filled(w->db, ":detail", s->detail);
	db_bind_wall(w->db, ":began", goes_on ? earlier(f->began, s->since) : s->since);
	db_bind_wall(w->db, ":since", s->event ? s->since : observed_since(w, s, f));
	return run(w);
}

static bool end_span(struct writer *w, int64_t row, const struct store_span *s)
{
	db_start(w->db, STMT_SPAN_END);
	db_bind_int(w->db, ":endpoint", row);
	db_bind_text(w->db, ":aspect", aspect_name(s->aspect));
	db_bind_wall(w->db, ":at", s->since);
	return run(w);
}

static bool put_span_event(struct writer *w, int64_t row, const struct store_span *s)
{
	bool first = s->from == STATE_NOTHING;

	db_start(w->db, STMT_EVENT_PUT);
	db_bind_wall(w->db, ":at", s->since);
	db_bind_int(w->db, ":endpoint", row);
	db_bind_text(w->db, ":kind", aspect_name(s->aspect));
	db_bind_filled(w->db, ":before", first ? "" : aspect_state(s->aspect, s->from));
	db_bind_text(w->db, ":after", aspect_state(s->aspect, s->value));
	db_bind_text(w->db, ":reason", aspect_reason(s->aspect, s->value));
	db_bind_filled(w->db, ":detail", s->detail);
	return run(w);
}

static bool apply_span(struct writer *w, struct known_endpoint *e, const struct store_span *s)
{
	struct former f;

	if (!flush_touch(w, e, s->aspect) || !find_former(w, e->now.row, s, &f))
		return false;
	/* Said again, because the caller put everything again: it is there already. */
	if (!s->event && f.lasting && f.same)
		return true;
	return end_span(w, e->now.row, s) && begin_span(w, e->now.row, s, &f) &&
	       (!s->event || put_span_event(w, e->now.row, s));
}

static void apply_touch(struct writer *w, struct known_endpoint *e, const struct message *m)
{
	struct known_now *now = known_change(w->known, e);

	now->touch[m->touch.aspect].count += m->touch.count;
	now->touch[m->touch.aspect].seen = m->at;
}

static bool apply_retire(struct writer *w, struct known_endpoint *e, struct wall at)
{
	for (unsigned a = 0; a < ASPECT_N; a++)
		if (!flush_touch(w, e, (enum aspect)a))
			return false;
	if (!flush_sighting(w, e))
		return false;
	db_start(w->db, STMT_SPANS_END);
	db_bind_int(w->db, ":endpoint", e->now.row);
	db_bind_wall(w->db, ":at", at);
	if (!run(w))
		return false;
	db_start(w->db, STMT_ENDPOINT_RETIRE);
	db_bind_int(w->db, ":id", e->now.row);
	db_bind_wall(w->db, ":at", at);
	known_change(w->known, e)->retired = true;
	return run(w);
}

/* ---- samples */

static void samples_text(const struct store_samples *s, char ret_text[RTT_TEXT_SIZE])
{
	size_t len = 0;

	for (unsigned i = 0; i < s->count; i++) {
		const char *comma = i == 0 ? "[" : ",";
		int n;

		if (s->rtt_us[i] == SAMPLE_LOST)
			n = snprintf(ret_text + len, RTT_TEXT_SIZE - len, "%snull", comma);
		else
			n = snprintf(ret_text + len, RTT_TEXT_SIZE - len, "%s%d", comma,
				     s->rtt_us[i] >= 0 ? s->rtt_us[i] : -1);
		MUST(n > 0 && (size_t)n < RTT_TEXT_SIZE - len);
		len += (size_t)n;
	}
	MUST(len + 1 < RTT_TEXT_SIZE);
	memcpy(ret_text + len, "]", 2);
}

/* Samples that come late, or again under a clock that was set back, change hours rolled up. */
static bool roll_again(struct writer *w, int64_t row, const struct store_samples *s)
{
	int64_t end = s->start.ms + span_ms(s->interval) * (s->count - 1);
	int64_t last;

	db_start(w->db, STMT_ROLLUP_LAST);
	db_bind_int(w->db, ":endpoint", row);
	if (!db_one(w->db))
		return false;
	if (db_is_null(w->db, 0))
		return true;
	last = db_int(w->db, 0);
	for (int64_t hour = s->start.ms - s->start.ms % HOUR_MS; hour <= end && hour <= last;
	     hour += HOUR_MS) {
		db_start(w->db, STMT_ROLLUP_MAKE);
		db_bind_int(w->db, ":endpoint", row);
		db_bind_int(w->db, ":hour", hour);
		if (!run(w))
			return false;
	}
	return true;
}

static bool apply_samples(struct writer *w, struct known_endpoint *e, const struct store_samples *s)
{
	char rtt[RTT_TEXT_SIZE];

	samples_text(s, rtt);
	db_start(w->db, STMT_SAMPLE_PUT);
	db_bind_int(w->db, ":endpoint", e->now.row);
	db_bind_wall(w->db, ":start", s->start);
	db_bind_int(w->db, ":interval", span_ms(s->interval));
	db_bind_int(w->db, ":count", s->count);
	db_bind_text(w->db, ":rtt", rtt);
	return run(w) && roll_again(w, e->now.row, s);
}

/* ---- certificates, traces, events */

static bool put_certificate(struct writer *w, const struct sight *c, int64_t *ret_row)
{
	db_start(w->db, STMT_CERTIFICATE_PUT);
	db_bind_blob(w->db, ":sha256", c->sha256, sizeof c->sha256);
	db_bind_blob(w->db, ":sha1", c->sha1, sizeof c->sha1);
	db_bind_blob(w->db, ":spki_sha256", c->spki_sha256, sizeof c->spki_sha256);
	db_bind_blob(w->db, ":der", c->der, c->der_len);
	db_bind_text(w->db, ":subject", c->subject);
	db_bind_text(w->db, ":issuer", c->issuer);
	db_bind_wall(w->db, ":not_before", c->not_before);
	db_bind_wall(w->db, ":not_after", c->not_after);
	db_bind_int(w->db, ":self_signed", c->self_signed);
	if (!run(w))
		return false;
	db_start(w->db, STMT_CERTIFICATE_FIND);
	db_bind_blob(w->db, ":sha256", c->sha256, sizeof c->sha256);
	if (!db_one(w->db))
		return false;
	*ret_row = db_int(w->db, 0);
	return true;
}

/* The same certificate as before only moves its last sighting, which can wait. */
static bool apply_certificate(struct writer *w, struct known_endpoint *e, const struct message *m)
{
	const struct sight *c = &m->sight;
	bool same = e->now.certificate != 0 && memcmp(e->now.sha256, c->sha256, SHA256_BYTES) == 0;
	struct known_now *now;
	int64_t row = e->now.certificate;

	if (!same && (!flush_sighting(w, e) || !put_certificate(w, c, &row)))
		return false;
	now = known_change(w->known, e);
	now->certificate = row;
	memcpy(now->sha256, c->sha256, SHA256_BYTES);
	now->sighted = m->at;
	now->sighting = same;
	return same || put_sighting(w, e);
}

static bool apply_trace(struct writer *w, const struct known_endpoint *e, const struct message *m)
{
	db_start(w->db, STMT_TRACE_PUT);
	db_bind_int(w->db, ":endpoint", e->now.row);
	db_bind_wall(w->db, ":at", m->at);
	db_bind_text(w->db, ":target", m->walk.target);
	db_bind_text(w->db, ":outcome", m->walk.outcome);
	db_bind_text(w->db, ":reason", m->walk.reason);
	db_bind_filled(w->db, ":hop", m->walk.hop);
	db_bind_text(w->db, ":hops", m->walk.hops);
	return run(w);
}

static bool put_event(struct writer *w, int64_t row, const struct store_event *v)
{
	db_start(w->db, STMT_EVENT_PUT);
	db_bind_wall(w->db, ":at", v->at);
	if (row != 0)
		db_bind_int(w->db, ":endpoint", row);
	db_bind_text(w->db, ":kind", v->kind);
	db_bind_filled(w->db, ":before", v->before);
	db_bind_filled(w->db, ":after", v->after);
	db_bind_filled(w->db, ":detail", v->detail);
	return run(w);
}

bool writer_say_lost(struct writer *w, uint64_t count, struct wall now)
{
	char detail[120];

	text_printf(detail, sizeof detail,
		    "%llu records could not be kept: too many were waiting, or they were refused",
		    (unsigned long long)count);
	return put_event(w, 0,
			 &(struct store_event){ .at = now, .kind = "lost", .detail = detail });
}

static bool apply_known(struct writer *w, struct known_endpoint *e, const struct message *m)
{
	switch (m->kind) {
	case MESSAGE_SAMPLES:
		return apply_samples(w, e, &m->samples);
	case MESSAGE_TOUCH:
		apply_touch(w, e, m);
		return true;
	case MESSAGE_TRACE:
		return apply_trace(w, e, m);
	case MESSAGE_CERTIFICATE:
		return apply_certificate(w, e, m);
	case MESSAGE_EVENT:
		return put_event(w, e->now.row, &m->event);
	case MESSAGE_SPAN:
		return apply_span(w, e, &m->span);
	case MESSAGE_RETIRE:
		return apply_retire(w, e, m->at);
	case MESSAGE_ENDPOINT:
	case MESSAGE_DELIVERY:
	case MESSAGE_SILENCE:
	case MESSAGE_ALERT:
	case MESSAGE_FINDINGS:
	case MESSAGE_JUDGEMENT:
	case MESSAGE_DISCOVERED:
	case MESSAGE_N:
		return true;
	}
	return true;
}

/* Worth keeping even if nobody knows its endpoint. */
static bool apply_alert(struct writer *w, const struct message *m)
{
	struct known_endpoint *e = NULL;

	if (m->endpoint > 0 && !endpoint_of(w, m, &e))
		return false;
	w->rows++;
	return alertrow_put(w->db, &m->alert, e != NULL ? e->now.row : 0);
}

bool writer_apply(struct writer *w, const struct message *m)
{
	struct known_endpoint *e;

	if (m->kind == MESSAGE_ENDPOINT) {
		e = known_put(w->known, m->endpoint, &m->described);
		known_change(w->known, e)->retired = false;
		return enrol(w, e, m->at);
	}
	if (m->kind == MESSAGE_EVENT && m->endpoint == 0)
		return put_event(w, 0, &m->event);
	if (m->kind == MESSAGE_ALERT)
		return apply_alert(w, m);
	if (m->kind == MESSAGE_DELIVERY || m->kind == MESSAGE_SILENCE) {
		w->rows++;
		return m->kind == MESSAGE_DELIVERY ? alertrow_put_delivery(w->db, &m->delivery)
						   : alertrow_put_silence(w->db, &m->silence);
	}
	if (m->kind == MESSAGE_FINDINGS || m->kind == MESSAGE_JUDGEMENT) {
		w->rows++;
		return m->kind == MESSAGE_FINDINGS ? findingrow_put(w->db, m->rows)
						   : findingrow_put_judgement(w->db, &m->judgement);
	}
	if (m->kind == MESSAGE_DISCOVERED) {
		w->rows++;
		return discoveredrow_put(w->db, &m->discovered);
	}
	if (!endpoint_of(w, m, &e))
		return false;
	if (e == NULL) {
		w->refused++;
		return true;
	}
	return apply_known(w, e, m);
}
