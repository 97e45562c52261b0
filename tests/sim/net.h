/* SPDX-License-Identifier: Apache-2.0 */
/*
 * net.h: the simulated network.  The daemon takes it for its prober: probe_start(), names_start()
 * and their like are defined here, in place of those of probes/.
 */
#ifndef TESTS_SIM_NET_H
#define TESTS_SIM_NET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/clock.h"
#include "probes/reason.h"

struct prober;
struct ways;

struct prober *net_new(uint64_t seed);

/* Nothing may be under way. */
void net_free(struct prober *n);

/* When the next answer comes; false: none is awaited. */
bool net_next(const struct prober *n, struct mono *ret_at);

/* Delivers the answer that net_next() told of. */
void net_deliver(struct prober *n);

/* Those of its addresses and ports. */
struct ways *net_ways(struct prober *n);

/* No check and no lookup can be run (no descriptors), or can again. */
void net_set_local(struct prober *n, bool local);

/* host's name is answered with these addresses from now on; count 0: with reason. */
enum { NET_ADDRS = 16 };
void net_set_name(struct prober *n, const char *host, enum reason reason, const struct addr *addrs,
		  size_t count);

struct net_counts {
	unsigned reaches; /* reach checks that were started */
	unsigned services;
	unsigned lookups;
	unsigned peak;      /* most checks under way at once, */
	unsigned crowd;     /* … and at one address */
	struct span gap;    /* least time between two starts */
	unsigned under_way; /* checks and lookups, now */
};

struct net_counts net_counts(const struct prober *n);

#endif
