/* SPDX-License-Identifier: Apache-2.0 */
/* belief.c: see belief.h. */
#include "daemon/belief.h"

#define PROGRAM_MS INT64_C(1767225600000)   /* 2026-01-01: no clock that is right says less */
#define LAST_MS    INT64_C(253402300799999) /* the end of 9999 */

enum {
	COURSE_MS = 3600000, /* how long a clock keeps its course before it is followed */
	STEP_MS = 60000,     /* to go astray by so much between two looks is to be set */
	SPEED = 24,          /* how much faster than time itself it is followed ahead */
};

static bool within(struct wall t)
{
	return t.ms > 0 && t.ms <= LAST_MS;
}

void belief_begin(struct belief *b, struct wall left, struct wall wall, struct mono mono)
{
	*b = (struct belief){ within(left) ? left : wall, wall, mono, mono };
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

void belief_look(struct belief *b, struct wall wall, struct mono mono)
{
	int64_t passed = span_ms(mono_sub(mono, b->mono));
	int64_t astray = wall.ms - b->wall.ms - passed;
	int64_t ahead;

	/* Less than a millisecond would be rounded away each time. */
	if (passed <= 0)
		return;
	if (astray > STEP_MS || astray < -STEP_MS)
		b->course = mono;
	b->wall = wall;
	b->mono = mono_add(b->mono, span_of_ms(passed));
	b->at.ms += passed;
	ahead = wall.ms - b->at.ms;
	if (span_ms(mono_sub(mono, b->course)) < COURSE_MS)
		return;
	if (ahead > 0)
		b->at.ms += least(ahead, passed * (SPEED - 1));
	else if (wall.ms >= PROGRAM_MS)
		b->at = wall;
}

struct wall belief_now(const struct belief *b)
{
	return b->wall.ms < b->at.ms ? b->wall : b->at;
}
