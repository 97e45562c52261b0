/* SPDX-License-Identifier: Apache-2.0 */
/*
 * machines.h: the ESXi hosts of Providers, as Forklift's inventory service tells of them, with the
 * thumbprints that vCenter keeps.  It has no watch: each Provider is asked about every quarter of an
 * hour.
 */
#ifndef DAEMON_MACHINES_H
#define DAEMON_MACHINES_H

#include <stdbool.h>

struct discovered;
struct event_base;
struct kubecall;
struct kubewatch_stats;
struct machines;

/* Everything is borrowed and outlives it, but for call, which is taken over. */
struct machines_parts {
	struct event_base *base;
	struct kubecall *call;
	struct discovered *set;
	void *owner;
	void (*changed)(void *owner);
};

struct machines *machines_new(const struct machines_parts *parts);

/* NULL is allowed. */
void machines_free(struct machines *m);

/* The Providers of the set are all that are asked about. */
void machines_providers(struct machines *m);

const struct kubewatch_stats *machines_stats(struct machines *m);

#endif
