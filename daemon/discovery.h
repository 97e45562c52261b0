/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discovery.h: what Forklift migrates from, as the Kubernetes API tells of it, kept up to date.
 * Without an API it is what was last known, by an earlier process too.  Until all was told once
 * the configuration is partial.
 */
#ifndef DAEMON_DISCOVERY_H
#define DAEMON_DISCOVERY_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/kubewatch.h"

struct conf;
struct discovered;
struct discovery;
struct event_base;
struct exported;
struct prober;
struct store;
struct store_pasts;

/* Everything is borrowed and outlives the discovery. */
struct discovery_parts {
	struct event_base *base;
	struct prober *prober;
	struct store *store;             /* NULL: nothing is kept over a restart */
	const struct store_pasts *pasts; /* for discovery_new() alone */
	void *owner;
	/* discovery_merge() would tell of something else now; from the loop, not at every change. */
	void (*changed)(void *owner);
};

struct discovery *discovery_new(const struct discovery_parts *parts);

/* NULL is allowed. */
void discovery_free(struct discovery *d);

/* Watches as conf says from now on; conf is copied.  What is known stays. */
void discovery_configure(struct discovery *d, const struct conf *conf);

/* Another history: what is known is put into it, too. */
void discovery_fresh_history(struct discovery *d);

/* As confmerge_new(). */
struct conf *discovery_merge(const struct discovery *d, const struct conf *base,
			     const struct exported *exported);

/* One of the resources that are watched. */
struct discovery_resource {
	const char *name; /* "providers" */
	size_t objects;
	size_t left_out;
	struct wall last_known; /* of those of which nothing was heard since a start; ms 0: none */
	struct kubewatch_stats watch;
};

bool discovery_on(const struct discovery *d);
bool discovery_synced(const struct discovery *d);
size_t discovery_count(const struct discovery *d);
void discovery_resource(const struct discovery *d, size_t i,
			struct discovery_resource *ret_resource);

#endif
