/* SPDX-License-Identifier: Apache-2.0 */
/* samples.h: round-trip times on the grid, gathered into chunks.  No clock of its own. */
#ifndef DAEMON_SAMPLES_H
#define DAEMON_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct endpoint;
struct store;

/* One regular check's outcome. */
struct sample {
	int64_t slot;   /* its number on the grid */
	int32_t rtt_us; /* or SAMPLE_LOST, SAMPLE_NOT_RUN */
	struct span interval;
	struct wall at;
	struct mono now;
};

/*
 * Adds s to e's chunk.  A chunk is handed to store (NULL: dropped) when it is full, when it is
 * older than five minutes, and when s does not continue it: slots in between that were not
 * run are filled in, but not across a step of the wall clock or another interval.
 */
void samples_put(struct endpoint *e, const struct sample *s, struct store *store);

/* Hands what is there to store and ends the chunk. */
void samples_flush(struct endpoint *e, struct store *store);

#endif
