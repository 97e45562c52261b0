/* SPDX-License-Identifier: Apache-2.0 */
/* tally.h: how many of what is watched are in which state. */
#ifndef DAEMON_TALLY_H
#define DAEMON_TALLY_H

#include <stddef.h>

#include "probes/reason.h"

struct registry;

struct tally {
	size_t total;                /* endpoints, and targets whose host has no address */
	size_t states[PORT_STATE_N]; /* by the declared state of the port */
	size_t unobserved;           /* not checked yet */
	size_t failing;              /* open, and the service is not as it should be */
	size_t untrusted;            /* open, and the certificate is not trusted */
	size_t flapping;             /* in any aspect */
	size_t names;                /* host names that are looked up */
	size_t names_unresolved;
};

void tally_count(const struct registry *r, struct tally *ret_tally);

#endif
