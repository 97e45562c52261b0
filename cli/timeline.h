/* SPDX-License-Identifier: Apache-2.0 */
/* timeline.h: states over a window of time as a bar of one line. */
#ifndef CLI_TIMELINE_H
#define CLI_TIMELINE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"

struct term;

/* From the least to the most worth seeing. */
enum phase { PHASE_UNSEEN, PHASE_GOOD, PHASE_WARNING, PHASE_UNKNOWN, PHASE_BAD, PHASE_N };

struct timeline_span {
	struct wall from; /* inclusive */
	struct wall to;   /* exclusive */
	enum phase phase;
};

struct timeline {
	struct wall from;
	struct wall to;                    /* later than from */
	const struct timeline_span *spans; /* borrowed; in any order */
	size_t count;
};

/*
 * Appends width cells of equal time, at least a millisecond each, without a line end.  A cell shows the worst that any part of
 * it saw, so that no outage is too short to be seen; a bad one tells whether it was bad all along.
 */
void timeline_put(const struct timeline *l, const struct term *t, size_t width, struct buf *out);

/* "█ clear  ▁ not clear": what a bar of this width has. */
void timeline_put_legend(const struct timeline *l, const struct term *t, size_t width,
			 struct buf *out);

#endif
