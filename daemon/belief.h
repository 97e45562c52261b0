/* SPDX-License-Identifier: Apache-2.0 */
/*
 * belief.h: the time by which the history forgets what is old.
 *
 * The clock may be wrong: at boot (1970, 2099), or because somebody set it.  A machine that was
 * off or suspended for months looks just the same, and its clock is right.  So the history has
 * a time of its own, which is written with every sign of life:
 *
 * - It goes on as the monotonic clock does, from where the life before has left it.
 * - Once the clock has kept its course for an hour, it follows: back at once, but ahead by at
 *   most a day for each hour that the daemon runs.  A clock that is put right within an hour
 *   costs nothing, one that was wrong for a day about three weeks at the old end; and a machine
 *   that was off for 90 days has caught up after about four days.
 * - Nothing is forgotten by a time that the clock has not reached, nor does it follow a clock
 *   that says a year before this program was written.
 *
 * Pure: the caller looks at the clocks.
 */
#ifndef DAEMON_BELIEF_H
#define DAEMON_BELIEF_H

#include "base/clock.h"

struct belief {
	struct wall at;     /* written; belief_now() is never ahead of it */
	struct wall wall;   /* the clocks at the last look */
	struct mono mono;   /* … */
	struct mono course; /* since when the wall clock goes as the monotonic one does */
};

/* left: where the life before left it; ms 0: there was none, and the clock is all there is. */
void belief_begin(struct belief *b, struct wall left, struct wall wall, struct mono mono);

/* To be called at least every few seconds. */
void belief_look(struct belief *b, struct wall wall, struct mono mono);

struct wall belief_now(const struct belief *b);

#endif
