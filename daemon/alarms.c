/* SPDX-License-Identifier: Apache-2.0 */
/* alarms.c: see alarms.h. */
#include "daemon/alarms.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "daemon/alarm.h"
#include "daemon/complaint.h"
#include "daemon/conf.h"
#include "daemon/degraded.h"
#include "daemon/draft.h"
#include "daemon/ledger.h"
#include "daemon/observe.h"
#include "daemon/provider.h"
#include "daemon/registry.h"
#include "daemon/scope.h"
#include "daemon/unresolved.h"
#include "probes/trace.h"
#include "report/json.h"

enum {
	ORPHAN_MS = 3 * 60 * 1000, /* names have been looked up by then */
};

struct alarms {
	struct alarms_parts parts;
	const struct conf *conf;         /* borrowed; NULL before the first */
	const struct registry *registry; /* borrowed */
	struct scopes scopes;
	struct unresolved names;
	struct complaints complaints;
	bool turned;
	struct mono began; /* first turn */
	bool swept;        /* alerts of endpoints that nobody watches any more have ended */
};

/* Where alarm_memory has its times. */
static int cooled(enum alert_kind kind)
{
	MUST(kind == ALERT_PORT_CLOSED || kind == ALERT_SERVICE_FAILING);
	return kind == ALERT_PORT_CLOSED ? 0 : 1;
}

static void raise_state(struct alarms *a, struct endpoint *e, enum alert_kind kind,
			enum aspect aspect, struct mono now)
{
	char room[SUBJECT_BYTES];
	struct alert_draft d = draft_endpoint(a->conf, kind, e, e->states[aspect].since, room);
	int i = cooled(kind);
	bool fresh = !alarm_raised(e, kind);
	struct alert *before = fresh ? NULL : alarm_find(a->parts.ledger, e, kind);

	if (fresh && e->alarm.ended[i].ns != 0 &&
	    mono_before(now, mono_add(e->alarm.ended[i], a->conf->alerts.cooldown)))
		e->alarm.again |= alarm_bit(kind);
	if (before != NULL) /* where it is blocked is asked for once */
		report_set_text(d.annotations, "trace", alert_annotation(before, "trace"));
	alarm_put(a->parts.ledger, e, &d);
	if (fresh && kind == ALERT_PORT_CLOSED && a->parts.trace != NULL)
		a->parts.trace(a->parts.owner, e);
}

/* Whether one that came again soon must wait for its end: until all was well for the cooldown. */
static bool waits(const struct alarms *a, struct endpoint *e, enum alert_kind kind, struct mono now)
{
	struct mono *since = &e->alarm.calm[cooled(kind)];

	if ((e->alarm.again & alarm_bit(kind)) == 0)
		return false;
	if (since->ns == 0)
		*since = now;
	return mono_before(now, mono_add(*since, a->conf->alerts.cooldown));
}

static void end_state(struct alarms *a, struct endpoint *e, enum alert_kind kind,
		      enum aspect aspect, const struct occasion *when)
{
	const struct state *s = &e->states[aspect];
	int i = cooled(kind);

	if (!s->flapping && waits(a, e, kind, when->now))
		return;
	e->alarm.ended[i] = when->now;
	alarm_end(a->parts.ledger, e, kind, s->flapping ? when->at : s->since,
		  s->flapping ? "it is flapping, which is an alert of its own"
			      : aspect_state(aspect, s->declared));
}

/* ---- the port */

static void judge_flapping(struct alarms *a, struct endpoint *e, const struct occasion *when)
{
	bool flapping = e->states[ASPECT_PORT].flapping || e->states[ASPECT_SERVICE].flapping;
	char room[SUBJECT_BYTES];
	struct alert_draft d;

	if (flapping == alarm_raised(e, ALERT_FLAPPING))
		return;
	if (!flapping) {
		alarm_end(a->parts.ledger, e, ALERT_FLAPPING, when->at, "it is steady again");
		return;
	}
	if (scope_covers(&a->scopes, e))
		return;
	d = draft_endpoint(a->conf, ALERT_FLAPPING, e, when->at, room);
	alarm_put(a->parts.ledger, e, &d);
}

/* What is new of a closed port while all is lost is that all is lost. */
static bool port_is_news(struct alarms *a, struct endpoint *e, struct mono now)
{
	if (!scope_looked_since(&a->scopes, e))
		return false;
	if (!alarm_raised(e, ALERT_PORT_CLOSED))
		return !scope_took(&a->scopes, e, now);
	return !scope_covers(&a->scopes, e) &&
	       alarm_differs(a->parts.ledger, e, ALERT_PORT_CLOSED, ASPECT_PORT);
}

static void judge_port(struct alarms *a, struct endpoint *e, const struct occasion *when)
{
	const struct state *s = &e->states[ASPECT_PORT];
	bool has = alarm_raised(e, ALERT_PORT_CLOSED);

	if (state_ill(s, ASPECT_PORT) && !s->flapping) {
		e->alarm.calm[cooled(ALERT_PORT_CLOSED)].ns = 0;
		if (port_is_news(a, e, when->now))
			raise_state(a, e, ALERT_PORT_CLOSED, ASPECT_PORT, when->now);
	} else if (has && (state_well(s, ASPECT_PORT) || s->flapping)) {
		end_state(a, e, ALERT_PORT_CLOSED, ASPECT_PORT, when);
	}
}

static void judge_service(struct alarms *a, struct endpoint *e, const struct occasion *when)
{
	const struct state *s = &e->states[ASPECT_SERVICE];

	if (s->surprises != 0)
		return;
	if (!state_ill(s, ASPECT_SERVICE) || s->flapping) {
		if (alarm_raised(e, ALERT_SERVICE_FAILING) &&
		    (state_well(s, ASPECT_SERVICE) || s->flapping))
			end_state(a, e, ALERT_SERVICE_FAILING, ASPECT_SERVICE, when);
		return;
	}
	e->alarm.calm[cooled(ALERT_SERVICE_FAILING)].ns = 0;
	if (alarm_differs(a->parts.ledger, e, ALERT_SERVICE_FAILING, ASPECT_SERVICE))
		raise_state(a, e, ALERT_SERVICE_FAILING, ASPECT_SERVICE, when->now);
}

/* The first doubt about one: are others lost too? */
static void look_around(struct alarms *a, const struct endpoint *e, struct mono now)
{
	struct endpoint *list[SCOPE_SAMPLE];
	size_t count;

	if (a->parts.look == NULL)
		return;
	count = scope_sample(&a->scopes, e, now, list);
	if (count > 0)
		a->parts.look(a->parts.owner, list, count);
}

/* Mostly all is well, and was before. */
static bool all_quiet(const struct endpoint *e, const struct change *c)
{
	const struct state *s = &e->states[ASPECT_PORT];

	return !c->changed && e->alarm.raised == 0 && s->declared == REASON_OK && !s->flapping;
}

void alarms_reached(struct alarms *a, struct endpoint *e, const struct change *c,
		    const struct occasion *when)
{
	const struct state *s = &e->states[ASPECT_PORT];

	if (s->surprises == 1 && c->look_again &&
	    (s->declared == REASON_OK || s->declared == STATE_NOTHING))
		look_around(a, e, when->now);
	if (e->last == REASON_OK)
		e->alarm.good = when->at;
	if (s->surprises != 0)
		return; /* in doubt */
	if (!all_quiet(e, c)) {
		judge_flapping(a, e, when);
		judge_port(a, e, when);
		if (alarm_raised(e, ALERT_SERVICE_FAILING))
			judge_service(a, e, when);
	}
	if (s->declared == REASON_OK)
		scope_returns(&a->scopes, e, when->now, when->at);
}

/* ---- the path */

void alarms_sampled(struct alarms *a, struct endpoint *e, bool lost, const struct occasion *when)
{
	degraded_take(e, lost, when->at);
	if (alarm_raised(e, ALERT_PATH_DEGRADED) || !scope_covers(&a->scopes, e))
		degraded_judge(a->parts.ledger, a->conf, e, when->at);
}

/* ---- the service and its certificate */

void alarms_served(struct alarms *a, struct endpoint *e, const struct occasion *when)
{
	judge_flapping(a, e, when);
	judge_service(a, e, when);
	alarm_judge_trust(a->parts.ledger, a->conf, e, when->at);
	alarm_judge_expiry(a->parts.ledger, a->conf, e, when->at);
}

void alarms_unserved(struct alarms *a, struct endpoint *e, struct wall at)
{
	alarm_unserved(a->parts.ledger, e, at);
}

void alarms_certificate(struct alarms *a, struct endpoint *e, const struct cert *before,
			const struct cert *now, const struct occasion *when)
{
	alarm_certificate(a->parts.ledger, a->conf, e, before, now, when->at);
}

/* ---- names */

void alarms_name_looked(struct alarms *a, struct host *h, const struct occasion *when)
{
	unresolved_judge(&a->names, h, a->scopes.node.lost, when->at);
}

/* ---- what begins and ends */

struct alarms *alarms_new(const struct alarms_parts *parts)
{
	struct alarms *a = xcalloc(1, sizeof *a);

	a->parts = *parts;
	a->scopes.ledger = parts->ledger;
	a->scopes.node.lost = ledger_active(parts->ledger, ALERT_NODE_ISOLATED, "") != NULL;
	a->names.ledger = parts->ledger;
	unresolved_restore(&a->names);
	a->complaints.ledger = parts->ledger;
	return a;
}

void alarms_free(struct alarms *a)
{
	free(a);
}

void alarms_configure(struct alarms *a, const struct conf *conf, const struct registry *registry)
{
	a->conf = a->scopes.conf = a->names.conf = a->complaints.conf = conf;
	a->registry = a->scopes.registry = a->names.registry = registry;
}

void alarms_began(struct alarms *a, struct endpoint *e)
{
	struct provider *p = e->target->provider;

	e->alarm = (struct alarm_memory){ .good = e->alarm.good };
	for (int kind = 0; kind < ALERT_KIND_N; kind++) {
		struct alert *alert = alarm_find(a->parts.ledger, e, (enum alert_kind)kind);

		if (alert == NULL)
			continue;
		alert->endpoint = e->id;
		e->alarm.raised |= alarm_bit((enum alert_kind)kind);
	}
	if (alarm_raised(e, ALERT_PATH_DEGRADED))
		degraded_restore(e, a->conf->alerts.loss_pct);
	if (p != NULL && !p->scope.lost)
		p->scope.lost =
			ledger_active(a->parts.ledger, ALERT_PROVIDER_UNREACHABLE, p->name) != NULL;
}

void alarms_name_began(struct alarms *a, struct host *h)
{
	unresolved_began(&a->names, h);
}

void alarms_over(struct alarms *a, struct endpoint *e, struct wall at)
{
	for (int kind = 0; kind < ALERT_KIND_N; kind++)
		if (alarm_raised(e, (enum alert_kind)kind))
			alarm_end(a->parts.ledger, e, (enum alert_kind)kind, at,
				  "it is not watched any more");
}

void alarms_name_over(struct alarms *a, struct host *h, struct wall at)
{
	unresolved_over(&a->names, h, at);
}

void alarms_traced(struct alarms *a, const struct endpoint *e, const struct trace_result *t)
{
	struct alert *alert = alarm_find(a->parts.ledger, e, ALERT_PORT_CLOSED);
	char text[256];
	char hop[ADDR_TEXT_SIZE] = "";

	if (alert == NULL)
		return;
	draft_trace(t, text, sizeof text);
	if (t->outcome == TRACE_REJECTED_BY || t->outcome == TRACE_SILENT_BEYOND ||
	    t->outcome == TRACE_TTL_EXCEEDED)
		addr_format(&t->by, hop);
	/* Who rejected the check itself knows better than who answers on the way. */
	if (alert_annotation(alert, "hop")[0] != '\0')
		text_set(hop, sizeof hop, alert_annotation(alert, "hop"),
			 strlen(alert_annotation(alert, "hop")));
	ledger_annotate(a->parts.ledger, alert,
			(const char *const[]){ "trace", text, "hop", hop, NULL });
}

/* ---- what goes by itself */

/* What was restored and never claimed: its endpoint is in no configuration any more. */
static void sweep(struct alarms *a, struct wall at)
{
	for (struct alert *x = NULL; (x = ledger_next(a->parts.ledger, x)) != NULL;)
		if (x->endpoint != 0 && alert_active(x) &&
		    registry_find(a->registry, x->endpoint) == NULL &&
		    registry_find_host(a->registry, x->endpoint) == NULL)
			ledger_end(a->parts.ledger, x, at, "it is not watched any more");
	a->swept = true;
}

static void age(struct alarms *a, struct wall at)
{
	for (struct alert *x = NULL; (x = ledger_next(a->parts.ledger, x)) != NULL;) {
		struct endpoint *e;

		if (x->kind != ALERT_CERTIFICATE_CHANGED || !alert_active(x) ||
		    at.ms - x->starts.ms < span_ms(a->conf->alerts.changed_for))
			continue;
		e = registry_find(a->registry, x->endpoint);
		if (e != NULL)
			alarm_end(a->parts.ledger, e, ALERT_CERTIFICATE_CHANGED, at,
				  "it was told long enough");
		else
			ledger_end(a->parts.ledger, x, at, "it was told long enough");
	}
}

/* Whoever runs has taken a configuration, whatever an earlier process had refused. */
static void begin(struct alarms *a, struct mono now, struct wall at)
{
	a->turned = true;
	a->began = now;
	complaint_configuration(&a->complaints, "", at);
}

void alarms_turn(struct alarms *a, const struct store_stats *store, struct mono now, struct wall at)
{
	if (!a->turned)
		begin(a, now, at);
	if (!a->swept && !a->conf->partial &&
	    !mono_before(now, mono_add(a->began, span_of_ms(ORPHAN_MS))))
		sweep(a, at);
	scope_sweep(&a->scopes, at);
	unresolved_sweep(&a->names, at);
	age(a, at);
	if (store != NULL)
		complaint_store(&a->complaints, store, now, at);
}

void alarms_configuration(struct alarms *a, const char *trouble, struct wall at)
{
	complaint_configuration(&a->complaints, trouble, at);
}
