/* SPDX-License-Identifier: Apache-2.0 */
/* sparkline.h: numbers over a window of time as a curve of one line. */
#ifndef CLI_SPARKLINE_H
#define CLI_SPARKLINE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"

struct term;

enum { SPARKLINE_LOST = -1 };

struct sparkline_point {
	struct wall at;
	int64_t value; /* or SPARKLINE_LOST */
};

struct sparkline {
	struct wall from;
	struct wall to;                       /* later than from */
	const struct sparkline_point *points; /* borrowed; in any order */
	size_t count;
};

/*
 * Appends width cells of equal time, without a line end: the mean of each cell's values as a
 * height between the lowest mean and the highest, or half as much again if that is higher; a cell
 * in which all was lost says so, one without a point is blank (and at the end not put).  *ret_low and *ret_high are the
 * lowest and the highest mean, 0 when there is no value.
 */
void sparkline_put(const struct sparkline *s, const struct term *t, size_t width, struct buf *out,
		   int64_t *ret_low, int64_t *ret_high);

#endif
