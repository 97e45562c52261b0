/* SPDX-License-Identifier: Apache-2.0 */
/* alert.c: the names of alerts, and the end of one; see alert.h. */
#include "daemon/alert.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/parse.h"

static const char *const kinds[ALERT_KIND_N] = {
	[ALERT_PORT_CLOSED] = "PortClosed",
	[ALERT_SERVICE_FAILING] = "ServiceFailing",
	[ALERT_CERTIFICATE_CHANGED] = "CertificateChanged",
	[ALERT_FINGERPRINT_MISMATCH] = "FingerprintMismatch",
	[ALERT_CERTIFICATE_EXPIRING] = "CertificateExpiring",
	[ALERT_CERTIFICATE_INVALID] = "CertificateInvalid",
	[ALERT_NAME_UNRESOLVED] = "NameUnresolved",
	[ALERT_FLAPPING] = "Flapping",
	[ALERT_PATH_DEGRADED] = "PathDegraded",
	[ALERT_PROVIDER_UNREACHABLE] = "ProviderUnreachable",
	[ALERT_NODE_ISOLATED] = "NodeIsolated",
	[ALERT_STORE_FAILING] = "StoreFailing",
	[ALERT_CONFIGURATION_INVALID] = "ConfigurationInvalid",
	[ALERT_INVENTORY_BLOCKED] = "InventoryBlocked",
	[ALERT_TEST] = "Test",
};

static const char *const severities[SEVERITY_N] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_WARNING] = "warning",
	[SEVERITY_CRITICAL] = "critical",
};

const char *alert_kind_name(enum alert_kind k)
{
	MUST(k < ALERT_KIND_N);
	return kinds[k];
}

const char *severity_name(enum severity s)
{
	MUST(s < SEVERITY_N);
	return severities[s];
}

bool alert_kind_parse(const char *name, enum alert_kind *ret_kind)
{
	for (int k = 0; k < ALERT_KIND_N; k++)
		if (strcmp(kinds[k], name) == 0) {
			*ret_kind = (enum alert_kind)k;
			return true;
		}
	return false;
}

bool severity_parse(const char *name, enum severity *ret_severity)
{
	for (int s = 0; s < SEVERITY_N; s++)
		if (strcmp(severities[s], name) == 0) {
			*ret_severity = (enum severity)s;
			return true;
		}
	return false;
}

char *alert_identity(enum alert_kind kind, const char *subject)
{
	return subject[0] == '\0' ? xstrdup(alert_kind_name(kind))
				  : xasprintf("%s %s", alert_kind_name(kind), subject);
}

bool alert_active(const struct alert *a)
{
	return a->ends.ms == 0;
}

void alert_free(struct alert *a)
{
	if (a == NULL)
		return;
	MUST(!link_on_list(&a->link));
	free(a->subject);
	json_decref(a->labels);
	json_decref(a->annotations);
	free(a);
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text != NULL ? text : "";
}

const char *alert_annotation(const struct alert *a, const char *key)
{
	return text_of(a->annotations, key);
}

const char *alert_label(const struct alert *a, const char *key)
{
	return text_of(a->labels, key);
}

/* "esx04:902" is called so also when it is reached on another port: no label says the other. */
static uint16_t documented_port(const struct match_subject *s)
{
	char host[LIMIT_HOST_BYTES];
	uint16_t port = 0;

	if (!parse_hostport(s->name, host, sizeof host, &port) || strcmp(host, s->host) != 0)
		return 0;
	return port;
}

struct match_subject alert_subject(const json_t *labels)
{
	struct match_subject s = { .name = text_of(labels, "target"),
				   .host = text_of(labels, "host"),
				   .provider = text_of(labels, "provider") };

	if (!parse_port(text_of(labels, "port"), &s.port))
		s.port = 0;
	if (!addr_parse(text_of(labels, "address"), s.port, &s.address))
		s.address = (struct addr){ 0 };
	s.documented_port = documented_port(&s);
	return s;
}
