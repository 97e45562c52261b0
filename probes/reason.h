/* SPDX-License-Identifier: Apache-2.0 */
/* reason.h: the closed vocabulary of what an attempt can find, and how the system's words map to it. */
#ifndef PROBES_REASON_H
#define PROBES_REASON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"

/* nmap's words for a port, and two for when no port was reached. */
enum port_state {
	PORT_OPEN,
	PORT_CLOSED,
	PORT_FILTERED,
	PORT_UNREACHABLE,
	PORT_UNRESOLVED,
	PORT_UNKNOWN,
	PORT_STATE_N
};

enum reason {
	REASON_OK,
	REASON_REFUSED, /* RST instead of SYN-ACK */
	REASON_RESET,   /* RST after the handshake, before the peer said anything */
	REASON_NO_ANSWER,
	REASON_ADMIN_PROHIBITED,
	REASON_HOST_PROHIBITED,
	REASON_NET_PROHIBITED,
	REASON_PORT_UNREACHABLE,
	REASON_PROTOCOL_UNREACHABLE,
	REASON_FAILED_POLICY, /* ICMPv6 1/5 */
	REASON_REJECT_ROUTE,  /* ICMPv6 1/6 */
	REASON_LOCAL_POLICY,
	REASON_NET_UNREACHABLE,
	REASON_HOST_UNREACHABLE,
	REASON_TTL_EXCEEDED, /* a routing loop */
	REASON_DNS_NXDOMAIN,
	REASON_DNS_NODATA,
	REASON_DNS_SERVFAIL,
	REASON_DNS_REFUSED,
	REASON_DNS_TIMEOUT,
	REASON_DNS_NO_SERVER,
	REASON_DNS_BAD_REPLY,
	REASON_LOCAL, /* the check could not be run: says nothing about the peer */
	REASON_N
};

/* What stands behind an open port. */
enum service {
	SERVICE_UNTRIED, /* only the port was asked, or it is not open */
	SERVICE_SERVING,
	SERVICE_BANNER_TIMEOUT,
	SERVICE_BANNER_CLOSED,
	SERVICE_BANNER_MISMATCH,
	SERVICE_TLS_TIMEOUT,
	SERVICE_TLS_CLOSED,
	SERVICE_TLS_ALERT,
	SERVICE_TLS_ERROR,
	SERVICE_NOT_TLS,
	SERVICE_HTTP_TIMEOUT,
	SERVICE_HTTP_CLOSED,
	SERVICE_HTTP_INVALID,
	SERVICE_HTTP_TOO_LARGE,
	SERVICE_HTTP_STATUS,
	SERVICE_WRONG_PRODUCT,
	SERVICE_WRONG_VERSION,
	SERVICE_NOT_READY,
	SERVICE_IMAGE_ABSENT,
	SERVICE_NEEDS_LOGIN,
	SERVICE_TOKEN_FAILED,
	SERVICE_LOCAL, /* the check could not be run to its end */
	SERVICE_N
};

enum trust {
	TRUST_UNTRIED, /* no certificate was seen */
	TRUST_TRUSTED,
	TRUST_UNTRUSTED,
	TRUST_EXPIRED,
	TRUST_NOT_YET_VALID,
	TRUST_EXPIRING,
	TRUST_NAME_MISMATCH,
	TRUST_FINGERPRINT_MISMATCH,
	TRUST_CHANGED,
	TRUST_N
};

/* An ICMP error that a device sent about our connection. */
struct icmp {
	bool present;
	uint8_t type;
	uint8_t code;
	struct addr from; /* who sent it; its family tells ICMP from ICMPv6 */
};

/* The words of the tables ("no-answer"); static. */
const char *port_state_name(enum port_state s);
const char *reason_name(enum reason r);
const char *service_name(enum service s);
const char *trust_name(enum trust t);

/* One sentence without a final stop, in lower case ("nothing answered"); static. */
const char *reason_sentence(enum reason r);
const char *service_sentence(enum service s);
const char *trust_sentence(enum trust t);

enum port_state reason_state(enum reason r);

/* "tcp", "icmp", "dns" or "local": where the reason was learned. */
const char *reason_layer(enum reason r);

/*
 * What a failed connect() means, from its errno alone (no ICMP error was queued).
 * An errno that is not about the peer is REASON_LOCAL, never "down".
 */
enum reason reason_of_errno(int error);

/*
 * What an ICMP error means.  local and target are the connection's two ends: a
 * prohibition sent by local itself about another machine is REASON_LOCAL_POLICY.
 * REASON_OK: this message says nothing final about the connection.
 */
enum reason reason_of_icmp(const struct icmp *m, const struct addr *local,
			   const struct addr *target);

#endif
