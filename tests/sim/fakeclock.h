/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fakeclock.h: the two clocks that the simulated daemon reads.  They stand in for mono_now() and
 * wall_now() at link time (ld's --wrap) and move only when they are told to.
 */
#ifndef TESTS_SIM_FAKECLOCK_H
#define TESTS_SIM_FAKECLOCK_H

#include "base/clock.h"

/* Both clocks to where every scenario begins. */
void fakeclock_reset(void);

/* Both go on until the monotonic clock shows t; a time that has passed changes nothing. */
void fakeclock_go_to(struct mono t);

/* The wall clock alone is set forward or back. */
void fakeclock_step(struct span by);

struct mono __wrap_mono_now(void);
struct wall __wrap_wall_now(void);

#endif
