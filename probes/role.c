/* SPDX-License-Identifier: Apache-2.0 */
/* role.c: the names, and the port table that schema/ports.tsv becomes at build time. */
#include "probes/role.h"

#include <string.h>

#include "base/must.h"

static const char *const roles[ROLE_N] = {
	[ROLE_NONE] = "none",
	[ROLE_VCENTER] = "vcenter",
	[ROLE_ESXI] = "esxi",
	[ROLE_OVIRT_ENGINE] = "ovirt-engine",
	[ROLE_OVIRT_HOST] = "ovirt-host",
	[ROLE_REGISTRY] = "registry",
	[ROLE_OPENSTACK] = "openstack",
	[ROLE_OVA] = "ova",
	[ROLE_OPENSHIFT] = "openshift",
	[ROLE_HYPERV] = "hyperv",
};

static const char *const dialects[DIALECT_N] = {
	[DIALECT_TCP] = "tcp",
	[DIALECT_TLS] = "tls",
	[DIALECT_HTTP] = "http",
	[DIALECT_HTTPS] = "https",
	[DIALECT_IDENTIFY] = "identify",
	[DIALECT_VCENTER] = "vcenter",
	[DIALECT_ESXI] = "esxi",
	[DIALECT_AUTHD] = "authd",
	[DIALECT_OVIRT_ENGINE] = "ovirt-engine",
	[DIALECT_IMAGEIO] = "imageio",
	[DIALECT_REGISTRY] = "registry",
};

#define PORT_RULE(role_, port_, protocol_, dialect_, severity_, since_, until_, source_,           \
		  destination_, purpose_, min_version_, document_)                                 \
	{                                                                                          \
		.role = ROLE_##role_,                                                              \
		.port = (port_),                                                                   \
		.protocol = (protocol_),                                                           \
		.dialect = DIALECT_##dialect_,                                                     \
		.severity = (severity_),                                                           \
		.since = (since_),                                                                 \
		.until = (until_),                                                                 \
		.source = (source_),                                                               \
		.destination = (destination_),                                                     \
		.purpose = (purpose_),                                                             \
		.min_version = (min_version_),                                                     \
		.document = (document_),                                                           \
	},

static const struct port_rule rules[] = {
#include "ports.inc"
};

const char *role_name(enum role r)
{
	return roles[r];
}

const char *dialect_name(enum dialect d)
{
	return dialects[d];
}

enum role role_find(const char *name)
{
	for (enum role r = ROLE_NONE + 1; r < ROLE_N; r++)
		if (strcmp(roles[r], name) == 0)
			return r;
	return ROLE_N;
}

const struct port_rule *port_rules(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(rules);
	return rules;
}

const struct port_rule *port_rule_find(enum role role, uint16_t port)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (rules[i].role == role && rules[i].port == port)
			return &rules[i];
	return NULL;
}
