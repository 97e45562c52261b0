/* SPDX-License-Identifier: Apache-2.0 */
/* ways.h: what is in the way to an address and port, and what stands at its end. */
#ifndef TESTS_SIM_WAYS_H
#define TESTS_SIM_WAYS_H

#include "base/addr.h"
#include "base/clock.h"
#include "probes/reason.h"

struct ways;

/* What happens to a SYN. */
enum fate { FATE_OPEN, FATE_REFUSED, FATE_DROPPED, FATE_PROHIBITED, FATE_UNREACHABLE };

struct way {
	struct addr addr;
	enum fate fate;
	struct span latency;     /* of a round trip */
	unsigned loss_permyriad; /* packets lost of 10,000 */
	unsigned lose;           /* so many of the next packets are lost besides */
	struct span toggle;      /* fate and "refused" take turns of this length; 0: no */
	struct mono toggle_from;
	enum service service; /* SERVICE_LOCAL: whatever it is, we cannot ask */
	enum trust trust;
	char certificate;  /* 'A' to 'Z' */
	unsigned reaches;  /* checks that were started */
	unsigned services; /* of them, those of the service */
};

struct ways *ways_new(void);
void ways_free(struct ways *s);

/* The way to addr; made as the usual one is when it is new. */
struct way *ways_get(struct ways *s, const struct addr *addr);

/* Runs each on every way that is known, and on the usual one. */
void ways_each(struct ways *s, void (*each)(void *owner, struct way *w), void *owner);

#endif
