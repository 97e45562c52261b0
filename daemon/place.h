/* SPDX-License-Identifier: Apache-2.0 */
/* place.h: one IP address, whatever the ports on it: where politeness counts. */
#ifndef DAEMON_PLACE_H
#define DAEMON_PLACE_H

#include "base/addr.h"
#include "base/clock.h"
#include "base/list.h"

struct places;

struct place {
	struct addr addr;
	unsigned endpoints;     /* on it; without any it goes */
	unsigned in_flight;     /* attempts under way there */
	struct list waiting;    /* attempts that wait for their turn there */
	struct mono serve_next; /* the next turn to be given for a serve check */
};

struct places *places_new(void);

/* All places must have been released. */
void places_free(struct places *p);

/* The place of addr (the port does not count), for one more endpoint. */
struct place *places_take(struct places *p, const struct addr *addr);
void places_release(struct places *places, struct place *p);

#endif
