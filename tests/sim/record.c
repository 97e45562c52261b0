/* SPDX-License-Identifier: Apache-2.0 */
/* record.c: see record.h. */
#include "tests/sim/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "probes/cert.h"
#include "tests/sim/archive.h"

struct store {
	struct record_endpoint *endpoints; /* owned; by id, [0] unused */
	size_t endpoint_count;
	struct record_span *spans; /* owned */
	size_t span_count, span_size;
	struct record_event *events; /* owned */
	size_t event_count, event_size;
	struct archive *archive; /* owned: alerts */
	bool held;
	bool mute;
	bool backwards; /* the wall clock has been set back */
	char complaint[300];
};

__attribute__((format(printf, 2, 3))) static void complain(struct store *s, const char *format, ...)
{
	va_list args;

	if (s->complaint[0] != '\0')
		return;
	va_start(args, format);
	(void)vsnprintf(s->complaint, sizeof s->complaint, format, args);
	va_end(args);
}

static struct record_endpoint *known(struct store *s, int64_t id)
{
	static struct record_endpoint nobody;

	if (id > 0 && (size_t)id < s->endpoint_count && s->endpoints[id].name != NULL)
		return &s->endpoints[id];
	complain(s, "endpoint %lld was never enrolled", (long long)id);
	return &nobody;
}

/* Its spans have ended: whatever comes is the first of another time, or of another way. */
static void end_spans(struct record_endpoint *e)
{
	for (int a = 0; a < ASPECT_N; a++)
		e->value[a] = STATE_NOTHING;
}

static void enrol(struct record_endpoint *e, const struct store_endpoint *as)
{
	*e = (struct record_endpoint){ .name = xstrdup(as->name),
				       .host = xstrdup(as->host),
				       .address = xstrdup(as->address),
				       .check = xstrdup(as->check),
				       .port = as->port };
	end_spans(e);
}

static void enrol_again(struct store *s, struct record_endpoint *e, const struct store_endpoint *as)
{
	if (strcmp(e->name, as->name) != 0 || strcmp(e->address, as->address) != 0)
		complain(s, "endpoint %lld was %s at %s and is %s at %s", (long long)as->id,
			 e->name, e->address, as->name, as->address);
	if (e->port == as->port && strcmp(e->check, as->check) == 0)
		return;
	free(e->check);
	e->check = xstrdup(as->check);
	e->port = as->port;
	end_spans(e);
}

void store_put_endpoint(struct store *s, const struct store_endpoint *as)
{
	size_t id = (size_t)as->id;
	struct record_endpoint *e;

	if (s->mute)
		return;
	MUST(as->id > 0);
	if (id >= s->endpoint_count) {
		s->endpoints = xreallocarray(s->endpoints, id * 2 + 1, sizeof *s->endpoints);
		memset(s->endpoints + s->endpoint_count, 0,
		       (id * 2 + 1 - s->endpoint_count) * sizeof *s->endpoints);
		s->endpoint_count = id * 2 + 1;
	}
	e = &s->endpoints[id];
	if (e->name == NULL)
		enrol(e, as);
	else
		enrol_again(s, e, as);
	e->retired = false;
}

void store_retire(struct store *s, int64_t endpoint, struct wall at)
{
	struct record_endpoint *e = known(s, endpoint);

	(void)at;
	if (s->mute)
		return;
	e->retired = true;
	end_spans(e);
}

static void check_span(struct store *s, const struct record_endpoint *e,
		       const struct store_span *span)
{
	int before = e->value[span->aspect];

	if (e->retired)
		complain(s, "%s: a span after its retirement", e->name);
	if (span->event && span->value == before)
		complain(s, "%s: a change to what it was, %s", e->name,
			 aspect_reason(span->aspect, span->value));
	if (span->event && span->from != before)
		complain(s, "%s: a change from what was never told", e->name);
	if (!span->event && span->value != before && before != STATE_NOTHING)
		complain(s, "%s: another state without an event", e->name);
	if (span->since.ms < e->span_since[span->aspect].ms && !s->backwards)
		complain(s, "%s: a span of the %s begins %lld ms before the one before", e->name,
			 aspect_name(span->aspect),
			 (long long)(e->span_since[span->aspect].ms - span->since.ms));
}

void store_put_span(struct store *s, const struct store_span *span)
{
	struct record_endpoint *e = known(s, span->endpoint);
	struct record_span *to;

	if (s->mute)
		return;
	check_span(s, e, span);
	if (e->value[span->aspect] != span->value)
		e->since[span->aspect] = span->since;
	e->value[span->aspect] = (int16_t)span->value;
	e->span_since[span->aspect] = span->since;
	if (s->span_count == s->span_size) {
		s->span_size = s->span_size == 0 ? 64 : s->span_size * 2;
		s->spans = xreallocarray(s->spans, s->span_size, sizeof *s->spans);
	}
	to = &s->spans[s->span_count++];
	*to = (struct record_span){ .endpoint = span->endpoint,
				    .aspect = span->aspect,
				    .value = span->value,
				    .from = span->event ? span->from : span->value,
				    .since = span->since,
				    .event = span->event };
	text_printf(to->detail, sizeof to->detail, "%s", span->detail);
}

void store_touch(struct store *s, int64_t endpoint, enum aspect aspect, unsigned count,
		 struct wall seen)
{
	struct record_endpoint *e = known(s, endpoint);

	(void)seen;
	if (s->mute)
		return;
	if (e->value[aspect] == STATE_NOTHING)
		complain(s, "%s: seen again what was never told", e->name);
	e->touches += count;
}

/* Chunks follow one another, on one grid unless the clock was set. */
static void check_chunk(struct store *s, struct record_endpoint *e, const struct store_samples *c)
{
	int64_t interval_ms = span_ms(c->interval);
	int64_t off_ms = c->start.ms % interval_ms - e->phase_ms;

	if (c->count == 0 || c->count > STORE_CHUNK)
		complain(s, "%s: a chunk of %u samples", e->name, c->count);
	if (e->chunks > 0 && c->start.ms <= e->covered.ms && !s->backwards)
		complain(s, "%s: a chunk overlaps the one before by %lld ms", e->name,
			 (long long)(e->covered.ms - c->start.ms));
	e->covered.ms = c->start.ms + (c->count - 1) * interval_ms;
	if (e->interval.ns != c->interval.ns) {
		e->interval = c->interval;
		e->phase_ms = c->start.ms % interval_ms;
		return;
	}
	if (off_ms > interval_ms / 2)
		off_ms -= interval_ms;
	if (llabs(off_ms) > e->astray_ms)
		e->astray_ms = llabs(off_ms);
}

void store_put_samples(struct store *s, const struct store_samples *c)
{
	struct record_endpoint *e = known(s, c->endpoint);

	if (s->mute)
		return;
	check_chunk(s, e, c);
	e->chunks++;
	for (int i = 0; i < c->count; i++) {
		e->answered += c->rtt_us[i] >= 0;
		e->lost += c->rtt_us[i] == SAMPLE_LOST;
		e->not_run += c->rtt_us[i] == SAMPLE_NOT_RUN;
	}
}

void store_put_certificate(struct store *s, int64_t endpoint, const struct cert *c, struct wall at)
{
	struct record_endpoint *e;

	(void)at;
	if (s->mute)
		return;
	e = known(s, endpoint);
	e->sightings++;
	cert_free(e->cert);
	e->cert = cert_new_seen(c->sha1, c->sha256, c->spki_sha256, c->subject, c->issuer);
}

void store_put_event(struct store *s, const struct store_event *e)
{
	struct record_event *to;

	if (s->mute)
		return;
	(void)known(s, e->endpoint);
	if (s->event_count == s->event_size) {
		s->event_size = s->event_size == 0 ? 64 : s->event_size * 2;
		s->events = xreallocarray(s->events, s->event_size, sizeof *s->events);
	}
	to = &s->events[s->event_count++];
	to->endpoint = e->endpoint;
	to->at = e->at;
	text_printf(to->kind, sizeof to->kind, "%s", e->kind);
	text_printf(to->before, sizeof to->before, "%s", e->before);
	text_printf(to->after, sizeof to->after, "%s", e->after);
}

/* ---- alerts */

void store_hold(struct store *s)
{
	if (s->held)
		complain(s, "held twice");
	s->held = true;
}

void store_release(struct store *s)
{
	if (!s->held)
		complain(s, "released and never held");
	s->held = false;
}

static void complain_of(struct store *s, const char *wrong, const char *identity)
{
	if (wrong != NULL)
		complain(s, "%s: %s", identity, wrong);
}

uint64_t store_put_alert(struct store *s, const struct store_alert *a)
{
	if (!s->mute)
		complain_of(s, archive_put(s->archive, a), a->identity);
	return 0;
}

void store_put_silence(struct store *s, const struct store_silence *silence)
{
	(void)s;
	(void)silence; /* nobody asks for one */
}

void store_put_delivery(struct store *s, const struct store_delivery *d)
{
	if (!s->mute)
		complain_of(s, archive_deliver(s->archive, d), d->identity);
}

/* ---- the next process */

void record_pasts(const struct store *s, struct store_pasts *ret_pasts)
{
	struct store_pasts p = { .list = xcalloc(s->endpoint_count + 1, sizeof *p.list) };

	for (size_t id = 1; id < s->endpoint_count; id++) {
		const struct record_endpoint *e = &s->endpoints[id];
		struct store_past *to = &p.list[p.count];

		if (e->name == NULL)
			continue;
		p.count++;
		p.max_id = (int64_t)id;
		to->endpoint = (struct store_endpoint){ .id = (int64_t)id,
							.provider = "",
							.role = "",
							.name = e->name,
							.host = e->host,
							.address = e->address,
							.port = e->port,
							.check = e->check };
		memcpy(to->value, e->value, sizeof to->value);
		memcpy(to->since, e->since, sizeof to->since);
		to->retired = e->retired;
		to->cert = e->cert != NULL ? cert_ref(e->cert) : NULL;
	}
	archive_pasts(s->archive, &p);
	*ret_pasts = p;
}

void record_pasts_free(struct store_pasts *p)
{
	for (size_t i = 0; i < p->count; i++)
		cert_free(p->list[i].cert);
	free(p->list);
	archive_pasts_free(p);
}

/* ---- the rest */

struct store *record_new(void)
{
	struct store *s = xcalloc(1, sizeof *s);

	s->archive = archive_new();
	return s;
}

void record_empty(struct store *s)
{
	for (size_t id = 0; id < s->endpoint_count; id++) {
		free(s->endpoints[id].name);
		free(s->endpoints[id].host);
		free(s->endpoints[id].address);
		free(s->endpoints[id].check);
		cert_free(s->endpoints[id].cert);
	}
	free(s->endpoints);
	s->endpoints = NULL;
	s->endpoint_count = 0;
	archive_free(s->archive);
	s->archive = archive_new();
}

void record_free(struct store *s)
{
	record_empty(s);
	archive_free(s->archive);
	free(s->spans);
	free(s->events);
	free(s);
}

void record_mute(struct store *s, bool mute)
{
	s->mute = mute;
}

void record_clock_set_back(struct store *s)
{
	s->backwards = true;
}

const struct record_endpoint *record_endpoint(const struct store *s, int64_t id)
{
	bool there = id > 0 && (size_t)id < s->endpoint_count && s->endpoints[id].name != NULL;

	return there ? &s->endpoints[id] : NULL;
}

size_t record_retired(const struct store *s)
{
	size_t count = 0;

	for (size_t id = 1; id < s->endpoint_count; id++)
		count += s->endpoints[id].name != NULL && s->endpoints[id].retired;
	return count;
}

const struct record_span *record_spans(const struct store *s, size_t *ret_count)
{
	*ret_count = s->span_count;
	return s->spans;
}

const struct record_event *record_events(const struct store *s, size_t *ret_count)
{
	*ret_count = s->event_count;
	return s->events;
}

const char *record_complaint(const struct store *s)
{
	return s->complaint;
}
