/* SPDX-License-Identifier: Apache-2.0 */
/* draft.c: see draft.h. */
#include "daemon/draft.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"
#include "base/when.h"
#include "daemon/affected.h"
#include "daemon/conf.h"
#include "daemon/registry.h"
#include "daemon/scope.h"
#include "daemon/served.h"
#include "daemon/view.h"
#include "probes/cert.h"
#include "probes/trace.h"
#include "report/advice.h"
#include "report/json.h"
#include "report/meaning.h"

enum { SENTENCE_BYTES = 1024, TEXT_BYTES = 1400 };

/* ---- labels */

/* "cluster=prod": checked when the configuration was read. */
static void set_own_labels(json_t *o, const struct conf *conf)
{
	for (size_t i = 0; i < conf->alerts.label_count; i++) {
		const char *text = conf->alerts.labels[i];
		const char *value = strchr(text, '=');

		if (value != NULL)
			MUST(json_object_setn_new(o, text, (size_t)(value - text),
						  json_string(value + 1)) == 0);
	}
}

json_t *draft_labels(const struct conf *conf, enum alert_kind kind, enum severity severity)
{
	json_t *o = report_object();

	set_own_labels(o, conf);
	report_set_text(o, "alertname", alert_kind_name(kind));
	report_set_text(o, "severity", severity_name(severity));
	report_set_text(o, "node", conf->node);
	return o;
}

static void label_endpoint(json_t *o, const struct endpoint *e)
{
	const struct conf_target *t = e->target->conf;
	char text[ADDR_TEXT_SIZE];

	report_set_text(o, "provider", t->provider);
	report_set_text(o, "target", t->name);
	report_set_text(o, "host", t->host);
	addr_format(&e->addr, text);
	report_set_text(o, "address", text);
	text_printf(text, sizeof text, "%u", t->port);
	report_set_text(o, "port", text);
	report_set_text(o, "role", t->role != ROLE_NONE ? role_name(t->role) : "");
}

static void set_when(json_t *o, const char *key, struct wall t)
{
	char text[WHEN_TEXT_SIZE];

	when_format(t, text);
	report_set_text(o, key, t.ms != 0 ? text : "");
}

/* ---- annotations */

__attribute__((format(printf, 3, 4))) static void say(json_t *o, const char *key,
						      const char *format, ...)
{
	char text[TEXT_BYTES];
	char line[TEXT_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof line, format, args);
	va_end(args);
	text_set(text, sizeof text, line, strlen(line));
	report_set_text(o, key, text);
}

void draft_subject(const struct endpoint *e, char ret_subject[SUBJECT_BYTES])
{
	char address[ADDR_TEXT_SIZE];

	addr_format(&e->addr, address);
	text_printf(ret_subject, SUBJECT_BYTES, "%s %s", e->target->conf->name, address);
}

/* "; plan mtv/wave-1 (12 machines) will fail", or nothing. */
static void put_affected(const struct conf *conf, const struct endpoint *e, struct buf *out)
{
	buf_init(out, SENTENCE_BYTES);
	buf_puts(out, "; ");
	affected_put(conf->discovered, e->target->conf, out);
	if (out->len <= strlen("; "))
		buf_clear(out);
}

/* What does not work as long as it lasts. */
static void set_impact(json_t *o, const struct conf *conf, const struct endpoint *e)
{
	const struct conf_target *t = e->target->conf;
	const struct port_rule *rule = t->rule;
	struct buf plans;

	put_affected(conf, e, &plans);
	if (rule != NULL && t->provider[0] != '\0')
		say(o, "impact",
		    "%s (%s to %s, port %u) does not work: migrations from provider %s that need "
		    "%s from this node wait or fail%s",
		    rule->purpose, rule->source, rule->destination, rule->port, t->provider,
		    t->host, buf_text(&plans));
	else if (rule != NULL)
		say(o, "impact", "%s (%s to %s, port %u) does not work from this node",
		    rule->purpose, rule->source, rule->destination, rule->port);
	buf_done(&plans);
}

/* What to do about it; hop: who stands in the way, "" when nobody knows. */
static void set_remedy(json_t *o, const struct endpoint *e, const char *reason, const char *hop)
{
	const struct meaning *m = meaning_find(reason);
	char way[ADDR_TEXT_SIZE];
	struct buf text;

	addr_format_port(&e->addr, way);
	buf_init(&text, TEXT_BYTES);
	meaning_put(m != NULL ? m->next : "banksman history {name} shows when it was otherwise",
		    &(struct meaning_names){ .name = e->target->conf->name,
					     .host = e->target->conf->host,
					     .way = way,
					     .hop = hop },
		    &text);
	say(o, "remedy", "%s", buf_text(&text));
	buf_done(&text);
}

static void put_sentence(const struct endpoint *e, struct buf *out)
{
	struct finding found;
	struct facts room;

	view_finding(e, &room, &found);
	advice_put(&found, wall_now(), out);
}

static enum aspect aspect_of(enum alert_kind kind)
{
	if (kind == ALERT_SERVICE_FAILING)
		return ASPECT_SERVICE;
	if (kind == ALERT_FINGERPRINT_MISMATCH || kind == ALERT_CERTIFICATE_INVALID)
		return ASPECT_TRUST;
	return ASPECT_PORT;
}

static enum severity severity_of(enum alert_kind kind, const struct endpoint *e)
{
	const struct port_rule *rule = e->target->conf->rule;
	enum trust trust = (enum trust)e->states[ASPECT_TRUST].declared;

	if (kind == ALERT_FLAPPING || kind == ALERT_PATH_DEGRADED ||
	    kind == ALERT_CERTIFICATE_CHANGED)
		return SEVERITY_WARNING;
	if (kind == ALERT_CERTIFICATE_INVALID && trust != TRUST_EXPIRED)
		return SEVERITY_WARNING;
	return rule != NULL && strcmp(rule->severity, "warning") == 0 ? SEVERITY_WARNING
								      : SEVERITY_CRITICAL;
}

/* Which migrations a wrong certificate stops, and what it ought to be. */
static void set_pin(json_t *o, const struct conf *conf, const struct endpoint *e)
{
	const struct conf_target *t = e->target->conf;
	char wanted[FINGERPRINT_TEXT_SIZE];
	struct buf plans;

	if (t->pin.len == 0)
		return;
	put_affected(conf, e, &plans);
	fingerprint_format(t->pin.bytes, t->pin.len, wanted);
	report_set_text(o, "expected_fingerprint", wanted);
	if (t->provider[0] != '\0')
		say(o, "impact",
		    "migrations that use provider %s will fail: its recorded thumbprint is %s%s",
		    t->provider, wanted, buf_text(&plans));
	buf_done(&plans);
}

static void set_cert(json_t *o, const char *prefix, const struct cert *c)
{
	char key[64];
	char text[FINGERPRINT_TEXT_SIZE];

	text_printf(key, sizeof key, "%ssha1", prefix);
	fingerprint_format(c->sha1, SHA1_BYTES, text);
	report_set_text(o, key, text);
	text_printf(key, sizeof key, "%ssha256", prefix);
	fingerprint_format(c->sha256, SHA256_BYTES, text);
	report_set_text(o, key, text);
	text_printf(key, sizeof key, "%sspki_sha256", prefix);
	fingerprint_format(c->spki_sha256, SHA256_BYTES, text);
	report_set_text(o, key, text);
}

static struct alert_draft begin(const struct conf *conf, enum alert_kind kind,
				enum severity severity, const struct endpoint *e,
				char room[SUBJECT_BYTES])
{
	struct alert_draft d = { .kind = kind,
				 .severity = severity,
				 .subject = room,
				 .endpoint = e->id,
				 .labels = draft_labels(conf, kind, severity),
				 .annotations = report_object() };

	draft_subject(e, room);
	label_endpoint(d.labels, e);
	return d;
}

struct alert_draft draft_endpoint(const struct conf *conf, enum alert_kind kind,
				  const struct endpoint *e, struct wall since,
				  char room[SUBJECT_BYTES])
{
	struct alert_draft d = begin(conf, kind, severity_of(kind, e), e, room);
	enum aspect aspect = aspect_of(kind);
	int value = e->states[aspect].declared;
	char from[ADDR_TEXT_SIZE] = "";
	char way[ADDR_TEXT_SIZE];
	struct buf sentence;

	d.starts = since;
	buf_init(&sentence, SENTENCE_BYTES);
	put_sentence(e, &sentence);
	addr_format_port(&e->addr, way);
	if (kind == ALERT_FLAPPING)
		say(d.annotations, "summary",
		    "%s (%s) is flapping: it changed in many of its last looks; now it is %s",
		    e->target->conf->name, way, view_state(e));
	else
		say(d.annotations, "summary", "%s (%s) is %s: %s", e->target->conf->name, way,
		    aspect_state(aspect, value), buf_text(&sentence));
	buf_done(&sentence);
	report_set_text(d.annotations, "state", aspect_state(aspect, value));
	report_set_text(d.annotations, "reason", aspect_reason(aspect, value));
	if (aspect == ASPECT_PORT && e->icmp.present && (int)e->last == value)
		addr_format(&e->icmp.from, from);
	report_set_text(d.annotations, "hop", from);
	set_remedy(d.annotations, e, aspect_reason(aspect, value), from);
	if (aspect == ASPECT_PORT)
		set_when(d.annotations, "last_good", e->alarm.good);
	set_impact(d.annotations, conf, e);
	if (kind == ALERT_FINGERPRINT_MISMATCH)
		set_pin(d.annotations, conf, e);
	if (aspect == ASPECT_TRUST && e->served != NULL && served_cert(e->served) != NULL)
		set_cert(d.annotations, "", served_cert(e->served));
	return d;
}

struct alert_draft draft_expiring(const struct conf *conf, const struct endpoint *e,
				  struct wall not_after, struct wall now, unsigned days,
				  char room[SUBJECT_BYTES])
{
	enum severity severity = days <= 1    ? SEVERITY_CRITICAL
				 : days <= 14 ? SEVERITY_WARNING
					      : SEVERITY_INFO;
	struct alert_draft d = begin(conf, ALERT_CERTIFICATE_EXPIRING, severity, e, room);
	char until[WHEN_TEXT_SIZE];

	when_format(not_after, until);
	d.starts = now;
	say(d.annotations, "summary", "the certificate of %s ends in less than %u day%s, at %s",
	    e->target->conf->name, days, days == 1 ? "" : "s", until);
	report_set_text(d.annotations, "not_after", until);
	if (served_cert(e->served) != NULL)
		set_cert(d.annotations, "", served_cert(e->served));
	say(d.annotations, "remedy",
	    "renew it, and then give Forklift's Provider the new fingerprint");
	return d;
}

static const char *what_changed(const struct cert *before, const struct cert *now)
{
	if (strcmp(before->issuer, now->issuer) != 0)
		return "new issuer";
	if (memcmp(before->spki_sha256, now->spki_sha256, SHA256_BYTES) == 0)
		return "renewed, same key";
	return "new key";
}

struct alert_draft draft_changed(const struct conf *conf, const struct endpoint *e,
				 const struct cert *before, const struct cert *now, struct wall at,
				 char room[SUBJECT_BYTES])
{
	struct alert_draft d = begin(conf, ALERT_CERTIFICATE_CHANGED, SEVERITY_WARNING, e, room);
	const struct conf_target *t = e->target->conf;
	char old[FINGERPRINT_TEXT_SIZE];
	char fresh[FINGERPRINT_TEXT_SIZE];

	d.starts = at;
	fingerprint_format(before->sha1, SHA1_BYTES, old);
	fingerprint_format(now->sha1, SHA1_BYTES, fresh);
	say(d.annotations, "summary", "the certificate of %s changed (%s): SHA-1 was %s, is %s",
	    t->name, what_changed(before, now), old, fresh);
	report_set_text(d.annotations, "change", what_changed(before, now));
	set_cert(d.annotations, "old_", before);
	set_cert(d.annotations, "new_", now);
	report_set_text(d.annotations, "subject", now->subject);
	report_set_text(d.annotations, "old_issuer", before->issuer);
	report_set_text(d.annotations, "new_issuer", now->issuer);
	if (t->provider[0] != '\0')
		say(d.annotations, "remedy",
		    "if the change was meant, give Forklift's Provider for %s the new fingerprint",
		    t->provider);
	return d;
}

struct alert_draft draft_degraded(const struct conf *conf, const struct endpoint *e, unsigned lost,
				  unsigned looks, struct wall at, char room[SUBJECT_BYTES])
{
	struct alert_draft d = begin(conf, ALERT_PATH_DEGRADED, SEVERITY_WARNING, e, room);
	char way[ADDR_TEXT_SIZE];

	d.starts = at;
	addr_format_port(&e->addr, way);
	say(d.annotations, "summary",
	    "%s (%s) is open, but %u of the last %u checks were lost: migrations over this way "
	    "will be slow or break",
	    e->target->conf->name, way, lost, looks);
	say(d.annotations, "remedy",
	    "look for a full or failing link, or a firewall near its limits: banksman trace %s",
	    way);
	return d;
}

struct alert_draft draft_name(const struct conf *conf, const struct host *h)
{
	enum reason reason = (enum reason)h->state.declared;
	struct alert_draft d = { .kind = ALERT_NAME_UNRESOLVED,
				 .severity = SEVERITY_CRITICAL,
				 .subject = h->name,
				 .endpoint = h->id,
				 .starts = h->state.since,
				 .labels = draft_labels(conf, ALERT_NAME_UNRESOLVED,
							SEVERITY_CRITICAL),
				 .annotations = report_object() };

	report_set_text(d.labels, "target", h->name);
	report_set_text(d.labels, "host", h->name);
	say(d.annotations, "summary", "%s cannot be resolved: %s", h->name,
	    reason_sentence(reason));
	report_set_text(d.annotations, "state", aspect_state(ASPECT_NAME, (int)reason));
	report_set_text(d.annotations, "reason", reason_name(reason));
	say(d.annotations, "remedy",
	    "%zu last known address%s still watched; check the DNS record and the servers that "
	    "this node asks",
	    h->addr_count, h->addr_count == 1 ? " is" : "es are");
	return d;
}

/*
 * What many share begins with the look that shows it, not with the state of the one that was looked
 * at: that may have lasted already when such an alert ended, and no two have the same beginning.
 */
struct alert_draft draft_dns(const struct conf *conf, const struct host *h)
{
	enum reason reason = (enum reason)h->state.declared;
	struct alert_draft d = { .kind = ALERT_NAME_UNRESOLVED,
				 .severity = SEVERITY_CRITICAL,
				 .subject = "",
				 .starts = h->looked_up,
				 .labels = draft_labels(conf, ALERT_NAME_UNRESOLVED,
							SEVERITY_CRITICAL),
				 .annotations = report_object() };

	say(d.annotations, "summary", "no name can be resolved: %s (seen with %s)",
	    reason_sentence(reason), h->name);
	report_set_text(d.annotations, "state", aspect_state(ASPECT_NAME, (int)reason));
	report_set_text(d.annotations, "reason", reason_name(reason));
	say(d.annotations, "remedy",
	    "the last known addresses are still watched; check this node's DNS servers and port "
	    "53 to them");
	return d;
}

struct alert_draft draft_scope(const struct conf *conf, enum alert_kind kind, const char *provider,
			       const struct evidence *x, const struct endpoint *first)
{
	const struct state *s = &first->states[ASPECT_PORT];
	bool node = kind == ALERT_NODE_ISOLATED;
	struct buf plans;
	struct alert_draft d = { .kind = kind,
				 .severity = SEVERITY_CRITICAL,
				 .subject = node ? "" : provider,
				 .starts = first->checked,
				 .labels = draft_labels(conf, kind, SEVERITY_CRITICAL),
				 .annotations = report_object() };

	if (!node)
		report_set_text(d.labels, "provider", provider);
	say(d.annotations, "summary",
	    "%s%s: %u ports of %u looked at were lost together, the first was %s (%s)",
	    node ? "this node cannot reach what it watches"
		 : "this node cannot reach the machines of provider ",
	    node ? "" : provider, x->lost, x->lost + x->kept, first->target->conf->name,
	    reason_name((enum reason)s->declared));
	report_set_text(d.annotations, "state", aspect_state(ASPECT_PORT, s->declared));
	report_set_text(d.annotations, "reason", reason_name((enum reason)s->declared));
	say(d.annotations, "remedy",
	    node ? "look at this node's network first: its link, routes and egress policy"
		 : "look at what stands between this node and all of them: a firewall, a route");
	buf_init(&plans, SENTENCE_BYTES);
	buf_puts(&plans, "; ");
	if (!node)
		affected_put_provider(conf->discovered, provider, &plans);
	say(d.annotations, "impact",
	    "no migration%s%s through this node works%s; what closed alone will be told when "
	    "the others are back",
	    node ? "" : " from provider ", node ? "" : provider,
	    plans.len > strlen("; ") ? buf_text(&plans) : "");
	buf_done(&plans);
	return d;
}

struct alert_draft draft_daemon(const struct conf *conf, enum alert_kind kind, const char *trouble,
				struct wall at)
{
	struct alert_draft d = { .kind = kind,
				 .severity = SEVERITY_WARNING,
				 .subject = "",
				 .starts = at,
				 .labels = draft_labels(conf, kind, SEVERITY_WARNING),
				 .annotations = report_object() };

	say(d.annotations, "summary", "%s", trouble);
	return d;
}

void draft_trace(const struct trace_result *t, char *ret_text, size_t size)
{
	char by[ADDR_TEXT_SIZE];

	addr_format(&t->by, by);
	switch (t->outcome) {
	case TRACE_REACHED:
		text_printf(ret_text, size, "the way is open again, over %zu hops", t->count);
		return;
	case TRACE_REFUSED:
		text_printf(ret_text, size, "refused by the target, or by a firewall in its name");
		return;
	case TRACE_REJECTED_BY:
		text_printf(ret_text, size, "rejected by %s (%s)", by, reason_name(t->reason));
		return;
	case TRACE_SILENT_BEYOND:
		text_printf(ret_text, size, "silent beyond %s",
			    by[0] != '\0' ? by : "this machine");
		return;
	case TRACE_TTL_EXCEEDED:
		text_printf(ret_text, size, "still on the way after %zu hops, last at %s: a loop?",
			    t->count, by);
		return;
	case TRACE_LOCAL:
	case TRACE_OUTCOME_N:
		break;
	}
	text_printf(ret_text, size, "could not be traced from this machine");
}
