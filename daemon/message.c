/* SPDX-License-Identifier: Apache-2.0 */
/* message.c: see message.h. */
#include "daemon/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

struct message *message_new(enum message_kind kind, int64_t endpoint, struct wall at,
			    size_t memory_bytes)
{
	struct message *m = xcalloc(1, sizeof *m);

	m->kind = m->worth = kind;
	m->endpoint = endpoint;
	m->at = at;
	m->put = mono_now();
	m->bytes = sizeof *m + memory_bytes;
	m->memory = memory_bytes > 0 ? xcalloc(1, memory_bytes) : NULL;
	return m;
}

void message_free(struct message *m)
{
	if (m == NULL)
		return;
	MUST(!link_on_list(&m->order) && !link_on_list(&m->kin));
	free(m->memory);
	free(m);
}

const void *message_bytes(struct message *m, const void *p, size_t len)
{
	char *copy;

	MUST(m->memory != NULL && sizeof *m + m->filled + len <= m->bytes);
	copy = m->memory + m->filled;
	memcpy(copy, p, len);
	m->filled += len;
	return copy;
}

const char *message_text(struct message *m, const char *text)
{
	return message_bytes(m, text, message_text_size(text));
}

size_t message_text_size(const char *text)
{
	return strlen(text) + 1;
}

bool message_urgent(const struct message *m)
{
	switch (m->kind) {
	case MESSAGE_ENDPOINT:
	case MESSAGE_RETIRE:
	case MESSAGE_SPAN:
	case MESSAGE_EVENT:
	case MESSAGE_SILENCE:
	case MESSAGE_ALERT:
		return true;
	case MESSAGE_SAMPLES:
	case MESSAGE_TOUCH:
	case MESSAGE_TRACE:
	case MESSAGE_CERTIFICATE:
	case MESSAGE_FINDINGS:
	case MESSAGE_JUDGEMENT:
	case MESSAGE_DISCOVERED:
	case MESSAGE_DELIVERY:
	case MESSAGE_N:
		return false;
	}
	return false;
}

struct message *message_alert(const struct store_alert *a)
{
	size_t size = message_text_size(a->identity) + message_text_size(a->name) +
		      message_text_size(a->subject) + message_text_size(a->severity) +
		      message_text_size(a->labels) + message_text_size(a->annotations);
	struct message *m = message_new(MESSAGE_ALERT, a->endpoint, a->starts, size);

	m->alert = *a;
	m->alert.identity = message_text(m, a->identity);
	m->alert.name = message_text(m, a->name);
	m->alert.subject = message_text(m, a->subject);
	m->alert.severity = message_text(m, a->severity);
	m->alert.labels = message_text(m, a->labels);
	m->alert.annotations = message_text(m, a->annotations);
	return m;
}

struct message *message_delivery(const struct store_delivery *d)
{
	size_t size = message_text_size(d->identity) + message_text_size(d->sink);
	struct message *m = message_new(MESSAGE_DELIVERY, 0, d->at, size);

	m->delivery = *d;
	m->delivery.identity = message_text(m, d->identity);
	m->delivery.sink = message_text(m, d->sink);
	return m;
}

struct message *message_silence(const struct store_silence *s)
{
	size_t size = message_text_size(s->pattern) + message_text_size(s->name) +
		      message_text_size(s->why) + message_text_size(s->by);
	struct message *m = message_new(MESSAGE_SILENCE, 0, s->from, size);

	m->silence = *s;
	m->silence.pattern = message_text(m, s->pattern);
	m->silence.name = message_text(m, s->name);
	m->silence.why = message_text(m, s->why);
	m->silence.by = message_text(m, s->by);
	return m;
}

struct message *message_findings(const char *rows)
{
	struct message *m = message_new(MESSAGE_FINDINGS, 0, wall_now(), message_text_size(rows));

	m->rows = message_text(m, rows);
	return m;
}

struct message *message_judgement(const struct store_judgement *j)
{
	size_t size = message_text_size(j->counts) + message_text_size(j->files);
	struct message *m = message_new(MESSAGE_JUDGEMENT, 0, j->at, size);

	m->judgement = *j;
	m->judgement.counts = message_text(m, j->counts);
	m->judgement.files = message_text(m, j->files);
	return m;
}

struct message *message_discovered(const struct store_discovered *k)
{
	const char *objects = k->objects != NULL ? k->objects : "";
	size_t size = message_text_size(k->kind) + message_text_size(k->source) +
		      message_text_size(objects);
	struct message *m = message_new(MESSAGE_DISCOVERED, 0, k->heard, size);

	m->discovered = *k;
	m->discovered.kind = message_text(m, k->kind);
	m->discovered.source = message_text(m, k->source);
	if (k->objects != NULL)
		m->discovered.objects = message_text(m, objects);
	return m;
}
