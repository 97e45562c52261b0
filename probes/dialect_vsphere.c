/* SPDX-License-Identifier: Apache-2.0 */
/* dialect_vsphere.c: vCenter and ESXi on 443 say what they are before any login. */
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "probes/dialect.h"
#include "probes/soap.h"
#include "probes/verdict.h"

static void ask_about(struct talk *t)
{
	talk_ask(t, "POST", "/sdk");
	t->request.content_type = "text/xml; charset=utf-8";
	t->request.soap_action = "urn:vim25/6.5";
	t->request.body = soap_retrieve_service_content;
}

static void keep(struct facts *f, const struct about *a)
{
	memcpy(f->product, a->name[0] != '\0' ? a->name : a->full_name, sizeof f->product);
	memcpy(f->version, a->version, sizeof f->version);
	memcpy(f->build, a->build, sizeof f->build);
	memcpy(f->api_type, a->api_type, sizeof f->api_type);
	memcpy(f->instance_uuid, a->instance_uuid, sizeof f->instance_uuid);
}

static bool is_vcenter(const struct facts *f)
{
	return strcmp(f->api_type, "VirtualCenter") == 0;
}

static bool is_esxi(const struct facts *f)
{
	return strcmp(f->api_type, "HostAgent") == 0;
}

static enum talk_next judge_version(struct talk *t)
{
	const struct probe_spec *spec = t->spec;
	const struct facts *f = t->facts;

	if (spec->min_version != NULL && spec->min_version[0] != '\0' &&
	    parse_version_older(f->version, spec->min_version))
		return talk_end(t, SERVICE_WRONG_VERSION, "it is %s, %s or later is needed",
				f->version[0] != '\0' ? f->version : "of no known version",
				spec->min_version);
	return talk_end(t, SERVICE_SERVING, "%s", "");
}

enum talk_next talk_vsphere(struct talk *t, const struct http_response *reply)
{
	bool want_vcenter = t->spec->dialect == DIALECT_VCENTER;
	struct about about;

	if (reply == NULL) {
		ask_about(t);
		return TALK_ASK;
	}
	if (reply->status == 404)
		return talk_end(t, SERVICE_WRONG_PRODUCT,
				"it has no vSphere API (HTTP 404 to /sdk)");
	if (reply->status != 200)
		return talk_end_status(t, reply);
	if (!soap_parse_about(buf_text(&reply->body), reply->body.len, &about))
		return talk_end(t, SERVICE_WRONG_PRODUCT, "its answer is not of the vSphere API");
	keep(t->facts, &about);
	if (want_vcenter ? !is_vcenter(t->facts) : !is_esxi(t->facts))
		return talk_end(t, SERVICE_WRONG_PRODUCT, "it is %s %s (%s), not %s", about.name,
				about.version, about.api_type,
				want_vcenter ? "a vCenter" : "an ESXi host");
	return judge_version(t);
}

/* 443 of an unknown machine: the vSphere API first, then the oVirt engine's health page. */
enum talk_next talk_identify(struct talk *t, const struct http_response *reply)
{
	struct about about;

	if (reply == NULL) {
		ask_about(t);
		return TALK_ASK;
	}
	if (t->step == 1) {
		if (reply->status == 200 &&
		    soap_parse_about(buf_text(&reply->body), reply->body.len, &about)) {
			keep(t->facts, &about);
			t->facts->identified = is_vcenter(t->facts) ? ROLE_VCENTER
					       : is_esxi(t->facts)  ? ROLE_ESXI
								    : ROLE_NONE;
			return talk_end(t, SERVICE_SERVING, "%s", "");
		}
		talk_ask(t, "GET", "/ovirt-engine/services/health");
		return TALK_ASK;
	}
	if (strstr(buf_text(&reply->body), "Welcome to Health Status") != NULL ||
	    (reply->status == 500 && strstr(buf_text(&reply->body), "DB Down") != NULL))
		t->facts->identified = ROLE_OVIRT_ENGINE;
	return talk_end(t, SERVICE_SERVING, "%s", "");
}
