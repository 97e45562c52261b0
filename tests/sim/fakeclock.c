/* SPDX-License-Identifier: Apache-2.0 */
/* fakeclock.c: see fakeclock.h. */
#include "tests/sim/fakeclock.h"

/* A machine that has been up for a while, on 2026-03-01. */
enum { BEGIN_S = 12345 };
static const struct wall begin_wall = { .ms = INT64_C(1772323200000) };

static struct mono mono;
static struct span wall_ahead; /* of mono */

void fakeclock_reset(void)
{
	mono = mono_add((struct mono){ 0 }, span_of_ms(BEGIN_S * INT64_C(1000)));
	wall_ahead = span_of_ms(begin_wall.ms - BEGIN_S * INT64_C(1000));
}

void fakeclock_go_to(struct mono t)
{
	if (mono_before(mono, t))
		mono = t;
}

void fakeclock_step(struct span by)
{
	wall_ahead.ns += by.ns;
}

struct mono __wrap_mono_now(void)
{
	return mono;
}

struct wall __wrap_wall_now(void)
{
	return (struct wall){ .ms = span_ms((struct span){ mono.ns + wall_ahead.ns }) };
}
