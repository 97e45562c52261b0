/* SPDX-License-Identifier: Apache-2.0 */
/* curve.h: the round-trip times of a history as points. */
#ifndef CLI_CURVE_H
#define CLI_CURVE_H

#include <jansson.h>
#include <stddef.h>

#include "cli/sparkline.h"

enum { CURVE_POINTS_MAX = 1000000 };

struct curve {
	struct sparkline_point *points; /* owned */
	size_t count;
	size_t lost; /* of them */
	size_t size; /* allocated */
};

/* Those of "samples", and of "rollups" the median of each hour; at most CURVE_POINTS_MAX. */
struct curve curve_read(const json_t *history);
void curve_done(struct curve *c);

#endif
