/* SPDX-License-Identifier: Apache-2.0 */
/* role.h: what a machine is in a migration, and the ports that the documentation asks for. */
#ifndef PROBES_ROLE_H
#define PROBES_ROLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum role {
	ROLE_NONE, /* nothing known: any address and port */
	ROLE_VCENTER,
	ROLE_ESXI,
	ROLE_OVIRT_ENGINE,
	ROLE_OVIRT_HOST,
	ROLE_REGISTRY,
	ROLE_OPENSTACK,
	ROLE_OVA,
	ROLE_OPENSHIFT,
	ROLE_HYPERV,
	ROLE_N
};

/* How to talk on a port. */
enum dialect {
	DIALECT_TCP,  /* the connection alone */
	DIALECT_TLS,  /* and a TLS handshake */
	DIALECT_HTTP, /* a GET in clear text, with an expected status */
	DIALECT_HTTPS,
	DIALECT_IDENTIFY, /* 443: vCenter, ESXi, oVirt engine or none of them? */
	DIALECT_VCENTER,
	DIALECT_ESXI,
	DIALECT_AUTHD, /* ESXi 902: banner, then TLS */
	DIALECT_OVIRT_ENGINE,
	DIALECT_IMAGEIO, /* oVirt host 54322 */
	DIALECT_REGISTRY,
	DIALECT_N
};

/* One row of the documented port table (schema/ports.tsv).  All texts are static. */
struct port_rule {
	enum role role;
	uint16_t port;
	const char *protocol; /* "TCP" */
	enum dialect dialect;
	const char *severity; /* "blocker" or "warning": what its absence means */
	const char *since;    /* first release whose documentation asks for it */
	const char *until;    /* last one; "" while it is still asked for */
	const char *source;   /* "OpenShift nodes" */
	const char *destination;
	const char *purpose;
	const char *min_version; /* of the product behind it; "" when none is asked for */
	const char *document;    /* where this is written */
};

const char *role_name(enum role r);
const char *dialect_name(enum dialect d);

/* ROLE_N when there is no such role. */
enum role role_find(const char *name);

/* The whole table. */
const struct port_rule *port_rules(size_t *ret_count);

/* The row of role and port; NULL when the documentation has none. */
const struct port_rule *port_rule_find(enum role role, uint16_t port);

#endif
