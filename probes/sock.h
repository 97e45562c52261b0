/* SPDX-License-Identifier: Apache-2.0 */
/* sock.h: one non-blocking TCP connection attempt and what the kernel tells of it. */
#ifndef PROBES_SOCK_H
#define PROBES_SOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"
#include "probes/reason.h"

enum sock_manner {
	SOCK_POLITE, /* an ordinary connection */
	SOCK_SILENT, /* SYN, SYN-ACK, RST: the peer's accept() never returns */
};

/*
 * Opens a socket and starts to connect to target.  Returns 0 with ret_fd set (the
 * caller owns it), or an errno: of connect() when *ret_connecting, else of making
 * the socket (never about the peer).  ttl 0: the system's.  ICMP errors are
 * queued for sock_outcome(); SYNs are repeated for at least patience.
 */
int sock_connect(const struct addr *target, enum sock_manner manner, unsigned ttl,
		 struct span patience, int *ret_fd, bool *ret_connecting);

/* What became of a connect: REASON_OK when it stands. */
struct sock_outcome {
	enum reason reason;
	int os_error;
	struct icmp icmp;
	bool pending;        /* nothing is decided yet */
	int32_t rtt_us;      /* SYN to SYN-ACK as the kernel measured it; -1: unknown */
	uint8_t retransmits; /* SYNs that were sent again */
};

/*
 * Call when fd became writable or an error is pending.  Type, code and sender of
 * an ICMP error are in the socket's error queue only, its errno says less.
 */
void sock_outcome(int fd, const struct addr *target, struct sock_outcome *ret_outcome);

/*
 * For a connection that stands and is to be used: an ICMP error is again what RFC 1122
 * (4.2.3.9) wants it to be there, a hint and not the end.
 */
void sock_settle(int fd, const struct addr *target);

#endif
