/* SPDX-License-Identifier: Apache-2.0 */
/* json.c: see json.h. */
#include "report/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"
#include "report/finding.h"

void report_set(json_t *o, const char *key, json_t *value)
{
	MUST(value != NULL && json_object_set_new(o, key, value) == 0);
}

json_t *report_object(void)
{
	json_t *o = json_object();

	MUST(o != NULL);
	return o;
}

json_t *report_array(void)
{
	json_t *list = json_array();

	MUST(list != NULL);
	return list;
}

void report_append(json_t *list, json_t *value)
{
	MUST(value != NULL && json_array_append_new(list, value) == 0);
}

/* Facts are valid UTF-8; should one not be, it is better shown wrong than lost. */
static json_t *text_of(const char *text)
{
	json_t *value = json_string(text);

	return value != NULL ? value : json_string("(not UTF-8)");
}

void report_set_text(json_t *o, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		report_set(o, key, text_of(text));
}

void report_set_number(json_t *o, const char *key, long long value)
{
	report_set(o, key, json_integer(value));
}

void report_set_fingerprint(json_t *o, const char *key, const uint8_t *bytes, size_t len)
{
	char text[FINGERPRINT_TEXT_SIZE];

	fingerprint_format(bytes, len, text);
	report_set_text(o, key, text);
}

void report_put(json_t *o, struct buf *out)
{
	char *text = json_dumps(o, JSON_INDENT(2));

	MUST(text != NULL);
	buf_puts(out, text);
	buf_puts(out, "\n");
	free(text);
	json_decref(o);
}

json_t *report_icmp(const struct icmp *m)
{
	char text[ADDR_TEXT_SIZE];
	json_t *o = report_object();

	report_set_number(o, "type", m->type);
	report_set_number(o, "code", m->code);
	addr_format(&m->from, text);
	report_set_text(o, "from", text);
	return o;
}

void report_set_time(json_t *o, const char *key, struct wall t)
{
	char text[WALL_TEXT_SIZE];

	wall_format(t, text);
	report_set_text(o, key, text);
}

json_t *report_cert(const struct cert *c)
{
	json_t *o = report_object();
	json_t *san = report_array();
	char key[64];

	report_set_fingerprint(o, "sha1", c->sha1, sizeof c->sha1);
	report_set_fingerprint(o, "sha256", c->sha256, sizeof c->sha256);
	report_set_fingerprint(o, "spki_sha256", c->spki_sha256, sizeof c->spki_sha256);
	report_set_text(o, "subject", c->subject);
	report_set_text(o, "issuer", c->issuer);
	for (size_t i = 0; i < c->san_count; i++)
		report_append(san, text_of(c->san[i]));
	report_set(o, "san", san);
	report_set_time(o, "not_before", c->not_before);
	report_set_time(o, "not_after", c->not_after);
	report_set(o, "self_signed", json_boolean(c->self_signed));
	if (c->key_type != NULL) {
		(void)snprintf(key, sizeof key, "%s %d", c->key_type, c->key_bits);
		report_set_text(o, "key", key);
	}
	report_set_text(o, "signature", c->signature);
	return o;
}

static void set_service(json_t *o, const struct verdict *v)
{
	static const char *const images[] = { [IMAGE_UNTRIED] = "",
					      [IMAGE_PRESENT] = "present",
					      [IMAGE_ABSENT] = "absent",
					      [IMAGE_NEEDS_LOGIN] = "needs-login" };
	const struct facts *f = v->facts;
	json_t *service;

	if (v->service == SERVICE_UNTRIED)
		return;
	service = report_object();
	if (v->service == SERVICE_SERVING) {
		report_set_text(service, "state", "serving");
	} else {
		report_set_text(service, "state",
				v->service == SERVICE_LOCAL ? "unknown" : "failing");
		report_set_text(service, "reason", service_name(v->service));
	}
	if (f != NULL) {
		report_set_text(service, "product", f->product);
		report_set_text(service, "version", f->version);
		report_set_text(service, "build", f->build);
		report_set_text(service, "api_type", f->api_type);
		report_set_text(service, "instance_uuid", f->instance_uuid);
		report_set_text(service, "features", f->features);
		report_set_text(service, "image", images[f->image]);
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

	if (f->tls_version[0] == '\0' && f->tls_cipher[0] == '\0' && f->tls_alert < 0)
		return;
	tls = report_object();
	report_set_text(tls, "version", f->tls_version);
	report_set_text(tls, "cipher", f->tls_cipher);
	if (f->tls_alert >= 0)
		report_set_number(tls, "alert", f->tls_alert);
	if (f->client_cert_requested)
		report_set(tls, "client_certificate_requested", json_true());
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

static json_t *trust_of(const struct judgement *j)
{
	static const char *const pins[] = {
		[PIN_NONE] = "", [PIN_MATCH] = "match", [PIN_MISMATCH] = "mismatch"
	};
	json_t *o = report_object();

	report_set_text(o, "state", trust_name(j->overall));
	report_set_text(o, "reason", j->reason);
	report_set_text(o, "chain", j->chain_ok ? "ok" : j->chain_error);
	report_set_text(o, "name", j->name_ok ? "ok" : "mismatch");
	report_set_text(o, "validity", validity(j));
	report_set_text(o, "pin", pins[j->pin]);
	return o;
}

/* The engine's CA as it offers it. */
static json_t *ca_of(const struct facts *f)
{
	json_t *o = report_object();

	report_set_fingerprint(o, "sha256", f->ca->sha256, sizeof f->ca->sha256);
	report_set_text(o, "subject", f->ca->subject);
	report_set_time(o, "not_after", f->ca->not_after);
	report_set(o, "verifies", json_boolean(f->ca_verifies));
	return o;
}

static void set_where(json_t *o, const struct finding *found)
{
	const struct port_rule *rule = found->rule;
	char address[ADDR_TEXT_SIZE];

	addr_format(&found->address, address);
	report_set_text(o, "host", found->host);
	if (found->role != ROLE_NONE)
		report_set_text(o, "role", role_name(found->role));
	report_set_text(o, "address", address);
	if (addr_present(&found->address))
		report_set_number(o, "family", addr_family(&found->address) == AF_INET6 ? 6 : 4);
	report_set_number(o, "port", found->port);
	if (rule != NULL && rule->port != found->port)
		report_set_number(o, "documented_port", rule->port);
	report_set_text(o, "check", dialect_name(found->dialect));
	if (rule != NULL) {
		report_set_text(o, "purpose", rule->purpose);
		report_set_text(o, "severity", rule->severity);
	}
}

json_t *report_finding(const struct finding *found)
{
	const struct verdict *v = &found->verdict;
	json_t *o = report_object();

	set_where(o, found);
	report_set_text(o, "state", port_state_name(reason_state(v->reason)));
	report_set_text(o, "reason", reason_name(v->reason));
	if (v->rtt_us >= 0)
		report_set_number(o, "rtt_us", v->rtt_us);
	if (v->syn_retransmits > 0)
		report_set_number(o, "syn_retransmits", v->syn_retransmits);
	if (v->icmp.present)
		report_set(o, "icmp", report_icmp(&v->icmp));
	set_service(o, v);
	if (v->facts != NULL) {
		set_tls(o, v->facts);
		if (v->facts->cert != NULL) {
			report_set(o, "certificate", report_cert(v->facts->cert));
			report_set(o, "trust", trust_of(&v->facts->trust));
		}
		if (v->facts->ca != NULL)
			report_set(o, "ca", ca_of(v->facts));
	}
	report_set_number(o, "duration_us", span_us(v->duration));
	return o;
}

void report_put_findings(const struct findings *s, struct buf *out)
{
	json_t *o = report_object();
	json_t *list = report_array();

	for (size_t i = 0; i < s->count; i++)
		report_append(list, report_finding(s->list[i]));
	report_set(o, "results", list);
	if (s->interrupted)
		report_set(o, "interrupted", json_true());
	report_put(o, out);
}
