/* SPDX-License-Identifier: Apache-2.0 */
/* view.c: see view.h. */
#include "daemon/view.h"

#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/when.h"
#include "daemon/registry.h"
#include "daemon/served.h"
#include "report/advice.h"
#include "report/json.h"

enum { SENTENCE_BYTES = 2048 };

void view_set_time(json_t *o, const char *key, struct wall t)
{
	char text[WHEN_TEXT_SIZE];

	if (t.ms == 0)
		return;
	when_format(t, text);
	report_set_text(o, key, text);
}

static int declared(const struct endpoint *e, enum aspect a)
{
	return e->states[a].declared;
}

static bool is_open(const struct endpoint *e)
{
	return declared(e, ASPECT_PORT) == REASON_OK;
}

/* ---- the finding */

static bool same_as_443(const struct endpoint *e, const struct facts *f)
{
	const struct endpoint *other;
	const struct cert *c;

	if (e->target->conf->dialect != DIALECT_AUTHD || f->cert == NULL)
		return false;
	other = registry_sibling(e, DIALECT_ESXI);
	c = other != NULL && other->served != NULL ? served_cert(other->served) : NULL;
	return c != NULL && memcmp(c->sha256, f->cert->sha256, sizeof c->sha256) == 0;
}

/* The last serve check may be a surprise that is not declared: its words are not the state's. */
static void take_service(const struct endpoint *e, struct facts *room, struct finding *found)
{
	int service = declared(e, ASPECT_SERVICE);
	int trust = declared(e, ASPECT_TRUST);

	if (service != STATE_NOTHING)
		found->verdict.service = (enum service)service;
	if (e->served == NULL)
		return;
	served_facts(e->served, room);
	found->verdict.facts = room;
	if (service != STATE_NOTHING && served_service(e->served) != (enum service)service)
		room->detail[0] = '\0';
	if (trust != STATE_NOTHING && room->trust.overall != (enum trust)trust) {
		room->trust.overall = (enum trust)trust;
		room->trust.reason[0] = '\0';
	}
	found->same_as_443 = same_as_443(e, room);
}

void view_finding(const struct endpoint *e, struct facts *room, struct finding *ret_finding)
{
	const struct conf_target *c = e->target->conf;
	int port = declared(e, ASPECT_PORT);
	struct finding found = { .host = c->host,
				 .image = c->image,
				 .address = e->addr,
				 .port = c->port,
				 .dialect = c->dialect,
				 .role = c->role,
				 .rule = c->rule,
				 .asked = c->provider[0] == '\0',
				 .verdict = { .address = e->addr,
					      .reason = port != STATE_NOTHING ? (enum reason)port
									      : REASON_LOCAL,
					      .rtt_us = e->rtt_us } };

	if (port == (int)e->last && e->checked.ms != 0) {
		found.verdict.icmp = e->icmp;
		found.verdict.os_error = e->os_error;
	}
	if (is_open(e))
		take_service(e, room, &found);
	*ret_finding = found;
}

const char *view_state(const struct endpoint *e)
{
	int port = declared(e, ASPECT_PORT);

	return port == STATE_NOTHING ? "unobserved" : aspect_state(ASPECT_PORT, port);
}

const char *view_nameless_state(const struct target *t)
{
	int name = t->host->state.declared;

	if (name == STATE_NOTHING || name == REASON_OK)
		return "unobserved";
	return aspect_state(ASPECT_NAME, name);
}

bool view_problem(const struct endpoint *e)
{
	int service = declared(e, ASPECT_SERVICE);
	int trust = declared(e, ASPECT_TRUST);

	if (declared(e, ASPECT_PORT) == STATE_NOTHING)
		return false;
	if (!is_open(e))
		return true;
	return (service != STATE_NOTHING && !aspect_well(ASPECT_SERVICE, service)) ||
	       (trust != STATE_NOTHING && trust != TRUST_TRUSTED && trust != TRUST_UNTRIED);
}

/* ---- JSON */

static const char *mark_name(enum mark m)
{
	static const char *const names[] = { [MARK_GOOD] = "good",
					     [MARK_WARNING] = "warning",
					     [MARK_BAD] = "bad",
					     [MARK_UNKNOWN] = "unknown" };

	return names[m];
}

static void set_target(json_t *o, const struct conf_target *c)
{
	report_set_text(o, "name", c->name);
	report_set_text(o, "provider", c->provider);
	report_set_text(o, "origin", c->origin != NULL ? c->origin : "static");
	if (c->role != ROLE_NONE)
		report_set_text(o, "role", role_name(c->role));
	report_set_text(o, "host", c->host);
	report_set_number(o, "port", c->port);
	if (c->rule != NULL && c->rule->port != c->port)
		report_set_number(o, "documented_port", c->rule->port);
	report_set_text(o, "check", dialect_name(c->dialect));
	report_set_text(o, "image", c->image);
	if (c->rule != NULL) {
		report_set_text(o, "purpose", c->rule->purpose);
		report_set_text(o, "severity", c->rule->severity);
	}
}

static void set_state(json_t *o, enum aspect a, const struct state *s)
{
	report_set_text(o, "state", aspect_state(a, s->declared));
	report_set_text(o, "reason", aspect_reason(a, s->declared));
	view_set_time(o, "since", s->since);
	if (s->flapping)
		report_set(o, "flapping", json_true());
}

static void set_sentence(json_t *o, const struct finding *found, struct wall now)
{
	struct buf out;

	buf_init(&out, SENTENCE_BYTES);
	advice_put(found, now, &out);
	report_set_text(o, "sentence", buf_text(&out));
	buf_done(&out);
	report_set_text(o, "mark", mark_name(finding_mark(found)));
}

static void set_service(json_t *o, const struct endpoint *e, const struct facts *f)
{
	const struct state *s = &e->states[ASPECT_SERVICE];
	json_t *service;

	if (s->declared == STATE_NOTHING || !is_open(e))
		return;
	service = report_object();
	set_state(service, ASPECT_SERVICE, s);
	view_set_time(service, "checked", e->serve_checked);
	if (f != NULL) {
		report_set_text(service, "product", f->product);
		report_set_text(service, "version", f->version);
		report_set_text(service, "build", f->build);
		report_set_text(service, "api_type", f->api_type);
		report_set_text(service, "instance_uuid", f->instance_uuid);
		report_set_text(service, "features", f->features);
		report_set_text(service, "digest", f->digest);
		if (f->http_status != 0)
			report_set_number(service, "http_status", f->http_status);
		report_set_text(service, "detail", f->detail);
	}
	report_set(o, "service", service);
}

static void set_tls(json_t *o, const struct facts *f)
{
	json_t *tls;

	if (f->tls_version[0] == '\0' && f->tls_alert < 0)
		return;
	tls = report_object();
	report_set_text(tls, "version", f->tls_version);
	report_set_text(tls, "cipher", f->tls_cipher);
	if (f->tls_alert >= 0)
		report_set_number(tls, "alert", f->tls_alert);
	report_set(o, "tls", tls);
}

static const char *validity(const struct judgement *j)
{
	if (j->expired)
		return "expired";
	if (j->not_yet_valid)
		return "not-yet-valid";
	return j->expiring ? "expiring" : "ok";
}

static void set_trust(json_t *o, const struct endpoint *e, const struct facts *f)
{
	static const char *const pins[] = {
		[PIN_NONE] = "", [PIN_MATCH] = "match", [PIN_MISMATCH] = "mismatch"
	};
	const struct state *s = &e->states[ASPECT_TRUST];
	const struct judgement *j = &f->trust;
	json_t *trust;

	if (f->cert == NULL || s->declared == STATE_NOTHING)
		return;
	trust = report_object();
	set_state(trust, ASPECT_TRUST, s);
	report_set_text(trust, "detail", j->reason);
	report_set_text(trust, "chain", j->chain_ok ? "ok" : j->chain_error);
	report_set_text(trust, "name", j->name_ok ? "ok" : "mismatch");
	report_set_text(trust, "validity", validity(j));
	report_set_text(trust, "pin", pins[j->pin]);
	report_set(o, "trust", trust);
	report_set(o, "certificate", report_cert(f->cert));
}

static void set_checks(json_t *o, const struct endpoint *e, const struct verdict *v)
{
	if (v->icmp.present)
		report_set(o, "icmp", report_icmp(&v->icmp));
	if (e->rtt_us >= 0)
		report_set_number(o, "rtt_us", e->rtt_us);
	view_set_time(o, "checked", e->checked);
	report_set_number(o, "checks", (long long)e->checks);
	report_set_number(o, "losses", (long long)e->losses);
}

json_t *view_endpoint(const struct endpoint *e, struct wall now)
{
	json_t *o = report_object();
	char address[ADDR_TEXT_SIZE];
	struct finding found;
	struct facts room;

	view_finding(e, &room, &found);
	addr_format(&e->addr, address);
	report_set_number(o, "id", e->id);
	set_target(o, e->target->conf);
	report_set_text(o, "address", address);
	report_set_number(o, "family", addr_family(&e->addr) == AF_INET6 ? 6 : 4);
	if (declared(e, ASPECT_PORT) == STATE_NOTHING) {
		report_set_text(o, "state", "unobserved");
		report_set_text(o, "sentence", "not checked yet");
		report_set_text(o, "mark", mark_name(MARK_UNKNOWN));
	} else {
		set_state(o, ASPECT_PORT, &e->states[ASPECT_PORT]);
		set_sentence(o, &found, now);
	}
	set_checks(o, e, &found.verdict);
	set_service(o, e, found.verdict.facts);
	if (found.verdict.facts != NULL) {
		set_tls(o, found.verdict.facts);
		set_trust(o, e, found.verdict.facts);
	}
	return o;
}

json_t *view_nameless(const struct target *t, struct wall now)
{
	const struct conf_target *c = t->conf;
	const struct state *s = &t->host->state;
	struct finding found = { .host = c->host,
				 .image = c->image,
				 .port = c->port,
				 .dialect = c->dialect,
				 .role = c->role,
				 .rule = c->rule,
				 .verdict = { .rtt_us = -1 } };
	json_t *o = report_object();

	set_target(o, c);
	report_set_text(o, "state", view_nameless_state(t));
	if (s->declared == STATE_NOTHING || s->declared == REASON_OK) {
		report_set_text(o, "sentence", "not looked up yet");
		report_set_text(o, "mark", mark_name(MARK_UNKNOWN));
	} else {
		found.verdict.reason = (enum reason)s->declared;
		report_set_text(o, "reason", reason_name(found.verdict.reason));
		view_set_time(o, "since", s->since);
		set_sentence(o, &found, now);
	}
	view_set_time(o, "checked", t->host->looked_up);
	report_set_number(o, "checks", 0);
	report_set_number(o, "losses", 0);
	return o;
}
