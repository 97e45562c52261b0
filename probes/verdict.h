/* SPDX-License-Identifier: Apache-2.0 */
/* verdict.h: everything that one attempt at one address and port found. */
#ifndef PROBES_VERDICT_H
#define PROBES_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"
#include "base/limits.h"
#include "probes/cert.h"
#include "probes/reason.h"
#include "probes/role.h"
#include "probes/trust.h"

enum image_state { IMAGE_UNTRIED, IMAGE_PRESENT, IMAGE_ABSENT, IMAGE_NEEDS_LOGIN };

/* What an attempt learned beyond the port.  Texts are printable ASCII or UTF-8; "" = unknown. */
struct facts {
	char product
		[LIMIT_FACT_BYTES]; /* "VMware vCenter Server", "VMware Authentication Daemon" */
	char version[64];
	char build[64];
	char api_type[64];               /* "VirtualCenter", "HostAgent" */
	char instance_uuid[64];          /* vCenter only */
	char features[LIMIT_FACT_BYTES]; /* "SSL NFCSSL SHA256", "checksum extents flush zero" */
	char detail[LIMIT_FACT_BYTES];   /* what exactly went wrong, or worth knowing */
	char digest[LIMIT_FACT_BYTES];   /* registry: the manifest's */
	enum image_state image;
	enum role identified; /* what DIALECT_IDENTIFY found; ROLE_NONE: none of the known ones */
	unsigned http_status; /* of the last reply; 0: none */
	char tls_version[16]; /* "TLSv1.3"; "" when no handshake was finished */
	char tls_cipher[64];
	int tls_alert; /* the peer's alert number; -1: none */
	bool client_cert_requested;
	struct cert *cert;      /* owned; NULL when none was seen */
	struct judgement trust; /* meaningful when cert is there */
	struct cert *ca;        /* owned; the engine's CA as it offers it */
	bool ca_verifies;       /* the served chain leads to ca */
};

struct verdict {
	struct addr address; /* with the port */
	enum reason reason;
	int os_error; /* the errno behind the reason; 0: none */
	struct icmp icmp;
	int32_t rtt_us;          /* SYN to SYN-ACK as the kernel measured it; -1: unknown */
	uint8_t syn_retransmits; /* SYNs that were sent again */
	enum service service;
	struct span duration; /* of the whole attempt */
	struct facts *facts;  /* owned; NULL when only the port was asked */
};

/* The facts of v, made on first use. */
struct facts *verdict_facts(struct verdict *v);

/* TRUST_UNTRIED when there was no certificate. */
enum trust verdict_trust(const struct verdict *v);

/* Frees what v owns; v itself is the caller's. */
void verdict_done(struct verdict *v);

/* Moves all of v into ret_verdict and leaves v empty. */
void verdict_move(struct verdict *v, struct verdict *ret_verdict);

#endif
