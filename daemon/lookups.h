/* SPDX-License-Identifier: Apache-2.0 */
/* lookups.h: names wait here to be looked up: not too many at once. */
#ifndef DAEMON_LOOKUPS_H
#define DAEMON_LOOKUPS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct host;
struct lookups;
struct names_result;
struct prober;

struct lookups_parts {
	struct prober *prober; /* borrowed */
	void *owner;
	/* h's lookup has ended; result lives for the call. */
	void (*done)(void *owner, struct host *h, const struct names_result *result);
};

struct lookups *lookups_new(const struct lookups_parts *parts);

/* Nothing may be under way or waiting.  NULL is allowed. */
void lookups_free(struct lookups *l);

/* h is to be looked up, on the grid or not; once more while it waits: once. */
void lookups_put(struct lookups *l, struct host *h, bool regular);

/* h is not to be looked up any more, whatever it is doing. */
void lookups_take_back(struct lookups *l, struct host *h);

/* Starts those that may start, for addresses of family. */
void lookups_turn(struct lookups *l, int family, struct span timeout);

#endif
