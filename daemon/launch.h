/* SPDX-License-Identifier: Apache-2.0 */
/*
 * launch.h: attempts wait here for their start: not too many at once, not too many at one
 * address, and never two in one breath.
 *
 *	launch_put() --> ready --> under way --> done
 *	                  |  ^
 *	                  v  `-- another one there has ended
 *	           waiting at its place
 *
 * Where both are ready, most starts are those of regular ones, and some of those in between.
 */
#ifndef DAEMON_LAUNCH_H
#define DAEMON_LAUNCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "daemon/schedule.h"
#include "probes/probe.h"

struct endpoint;
struct launch;
struct place;
struct prober;
struct verdict;

/* One check of one endpoint, from due to done. */
struct attempt {
	struct link link; /* ready, waiting at its place, or under way */
	struct endpoint *endpoint;
	struct place *place;   /* borrowed: the endpoint's */
	struct launch *launch; /* borrowed; once put */
	enum depth depth;
	struct due due;
	struct probe *probe;    /* NULL: not under way */
	struct probe_spec spec; /* borrowed by the probe */
	struct mono began;      /* when the probe was started */
	struct wall began_at;
	bool again; /* it was under way before: launch_restart() */
};

struct launch_parts {
	struct prober *prober; /* borrowed */
	void *owner;
	void (*prepare)(void *owner, struct attempt *a); /* fills a->spec */
	/* a has ended and is the owner's again; v lives for the call. */
	void (*done)(void *owner, struct attempt *a, struct verdict *v);
};

struct launch_limits {
	unsigned in_flight;
	unsigned per_address;
	/* Between two starts; a late turn makes up for some of those that it held back. */
	struct span separation;
};

struct launch *launch_new(const struct launch_parts *parts);

/* Nothing may be under way or waiting. */
void launch_free(struct launch *l);

void launch_limit(struct launch *l, const struct launch_limits *limits);

/* Takes a over until it is done or taken back. */
void launch_put(struct launch *l, struct attempt *a);

/* a, which was put, has become a regular one. */
void launch_hasten(struct launch *l, struct attempt *a);

/* Takes a back, without a verdict, whatever it is doing. */
void launch_take_back(struct launch *l, struct attempt *a);

/* Those under way are stopped and wait to be started anew. */
void launch_restart(struct launch *l);

/* Starts what may start.  True with *ret_wait when it wants to be called again after that. */
bool launch_turn(struct launch *l, struct span *ret_wait);

size_t launch_in_flight(const struct launch *l);
size_t launch_waiting(const struct launch *l);

#endif
