/* SPDX-License-Identifier: Apache-2.0 */
/* alarm.c: see alarm.h. */
#include "daemon/alarm.h"

#include <string.h>

#include "base/must.h"
#include "daemon/conf.h"
#include "daemon/draft.h"
#include "daemon/ledger.h"
#include "daemon/registry.h"
#include "daemon/served.h"
#include "probes/cert.h"
#include "probes/trust.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

uint16_t alarm_bit(enum alert_kind kind)
{
	_Static_assert(ALERT_KIND_N <= 16, "kinds are bits of alarm_memory.raised");
	return (uint16_t)(1U << kind);
}

bool alarm_raised(const struct endpoint *e, enum alert_kind kind)
{
	return (e->alarm.raised & alarm_bit(kind)) != 0;
}

struct alert *alarm_find(struct ledger *l, const struct endpoint *e, enum alert_kind kind)
{
	char subject[SUBJECT_BYTES];

	draft_subject(e, subject);
	return ledger_active(l, kind, subject);
}

bool alarm_differs(struct ledger *l, const struct endpoint *e, enum alert_kind kind,
		   enum aspect aspect)
{
	struct alert *a = alarm_raised(e, kind) ? alarm_find(l, e, kind) : NULL;

	return a == NULL || strcmp(alert_annotation(a, "reason"),
				   aspect_reason(aspect, e->states[aspect].declared)) != 0;
}

void alarm_put(struct ledger *l, struct endpoint *e, const struct alert_draft *d)
{
	e->alarm.raised |= alarm_bit(d->kind);
	(void)ledger_raise(l, d);
}

void alarm_end(struct ledger *l, struct endpoint *e, enum alert_kind kind, struct wall at,
	       const char *why)
{
	struct alert *a = alarm_find(l, e, kind);

	e->alarm.raised &= (uint16_t)~alarm_bit(kind);
	e->alarm.again &= (uint16_t)~alarm_bit(kind);
	if (a != NULL)
		ledger_end(l, a, at, why);
}

/* ---- the certificate */

/* It is wrong as before, and another one: what was told of it is not so any more. */
static bool another_certificate(struct ledger *l, const struct endpoint *e, enum alert_kind kind)
{
	const struct cert *c = served_cert(e->served);
	struct alert *a = alarm_find(l, e, kind);
	char text[FINGERPRINT_TEXT_SIZE];

	if (c == NULL || a == NULL)
		return false;
	fingerprint_format(c->sha256, SHA256_BYTES, text);
	return strcmp(alert_annotation(a, "sha256"), text) != 0;
}

/* When it ceased to be so: with its state, unless another question is asked of the same one. */
static struct wall end_of(struct ledger *l, const struct endpoint *e, enum alert_kind kind,
			  struct wall at)
{
	struct wall since = e->states[ASPECT_TRUST].since;
	struct alert *a = alarm_find(l, e, kind);

	return a != NULL && since.ms > a->starts.ms ? since : at;
}

static void judge_trust(struct ledger *l, const struct conf *conf, struct endpoint *e,
			enum alert_kind kind, bool wrong, struct wall at)
{
	const struct state *s = &e->states[ASPECT_TRUST];
	char room[SUBJECT_BYTES];
	struct alert_draft d;

	if (!wrong) {
		if (alarm_raised(e, kind))
			alarm_end(l, e, kind, end_of(l, e, kind, at),
				  aspect_reason(ASPECT_TRUST, s->declared));
	} else if (alarm_differs(l, e, kind, ASPECT_TRUST) || another_certificate(l, e, kind)) {
		d = draft_endpoint(conf, kind, e, s->since, room);
		alarm_put(l, e, &d);
	}
}

static void end_trust(struct ledger *l, struct endpoint *e, struct wall at, const char *why)
{
	static const enum alert_kind kinds[] = { ALERT_FINGERPRINT_MISMATCH,
						 ALERT_CERTIFICATE_EXPIRING,
						 ALERT_CERTIFICATE_INVALID };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (alarm_raised(e, kinds[i]))
			alarm_end(l, e, kinds[i], at, why);
}

void alarm_unserved(struct ledger *l, struct endpoint *e, struct wall at)
{
	static const char why[] = "its service is not asked for any more";

	end_trust(l, e, at, why);
	if (alarm_raised(e, ALERT_SERVICE_FAILING))
		alarm_end(l, e, ALERT_SERVICE_FAILING, at, why);
	e->alarm.expiry = 0;
}

/* Whether somebody asked for its trust, and it is not as asked. */
static bool asked_and_lost(const struct endpoint *e, enum trust trust)
{
	struct facts f;

	if (trust == TRUST_EXPIRED || trust == TRUST_NOT_YET_VALID)
		return true;
	if (trust != TRUST_UNTRUSTED && trust != TRUST_NAME_MISMATCH)
		return false;
	served_facts(e->served, &f);
	return f.trust.overall == trust ? trust_failed(&f.trust)
					: alarm_raised(e, ALERT_CERTIFICATE_INVALID);
}

void alarm_judge_trust(struct ledger *l, const struct conf *conf, struct endpoint *e,
		       struct wall at)
{
	const struct state *s = &e->states[ASPECT_TRUST];
	enum trust trust = (enum trust)s->declared;

	if (e->served == NULL)
		return;
	if (s->declared == STATE_NOTHING || trust == TRUST_UNTRIED)
		end_trust(l, e, at, "nothing is known of it");
	if (s->declared == STATE_NOTHING || trust == TRUST_UNTRIED || s->surprises != 0)
		return;
	judge_trust(l, conf, e, ALERT_FINGERPRINT_MISMATCH,
		    trust == TRUST_FINGERPRINT_MISMATCH || trust == TRUST_CHANGED, at);
	judge_trust(l, conf, e, ALERT_CERTIFICATE_INVALID, asked_and_lost(e, trust), at);
}

static const unsigned warnings[] = { 30, 14, 7, 1 }; /* days */

static uint8_t warning_of(int64_t left_ms)
{
	uint8_t step = 0;

	while (step < ARRAY_LEN(warnings) && left_ms < (int64_t)warnings[step] * DAY_MS)
		step++;
	return step;
}

void alarm_judge_expiry(struct ledger *l, const struct conf *conf, struct endpoint *e,
			struct wall at)
{
	const struct cert *c = e->served != NULL ? served_cert(e->served) : NULL;
	bool has = alarm_raised(e, ALERT_CERTIFICATE_EXPIRING);
	char room[SUBJECT_BYTES];
	struct alert_draft d;
	int64_t left;
	uint8_t step;

	if (c == NULL)
		return;
	left = c->not_after.ms - at.ms;
	step = left > 0 ? warning_of(left) : 0; /* what has ended is CertificateInvalid */
	if (step == e->alarm.expiry && has == (step != 0))
		return;
	e->alarm.expiry = step;
	if (step == 0) {
		alarm_end(l, e, ALERT_CERTIFICATE_EXPIRING, at,
			  left > 0 ? "it was renewed" : "it has ended");
		return;
	}
	d = draft_expiring(conf, e, c->not_after, at, warnings[step - 1], room);
	alarm_put(l, e, &d);
}

void alarm_certificate(struct ledger *l, const struct conf *conf, struct endpoint *e,
		       const struct cert *before, const struct cert *now, struct wall at)
{
	char room[SUBJECT_BYTES];
	struct alert_draft d;

	if (conf->alerts.changed_for.ns == 0)
		return;
	/* Another change is another alert, not the same one that goes on. */
	if (alarm_raised(e, ALERT_CERTIFICATE_CHANGED))
		alarm_end(l, e, ALERT_CERTIFICATE_CHANGED, at, "it changed again");
	d = draft_changed(conf, e, before, now, at, room);
	alarm_put(l, e, &d);
}
