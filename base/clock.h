/* SPDX-License-Identifier: Apache-2.0 */
/* clock.h: three kinds of time that cannot be confused. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

struct timeval;

struct mono {
	int64_t ns; /* CLOCK_MONOTONIC: deadlines and durations; never stored */
};

struct wall {
	int64_t ms; /* CLOCK_REALTIME since 1970: stored and shown; never compared with mono */
};

struct span {
	int64_t ns; /* a length of time; may be negative */
};

enum { WALL_TEXT_SIZE = sizeof "2026-11-22T22:14:14.123Z" };

struct mono mono_now(void);
struct wall wall_now(void);

struct mono mono_add(struct mono t, struct span d);
struct span mono_sub(struct mono later, struct mono earlier);
bool mono_before(struct mono a, struct mono b);

struct span span_of_ms(int64_t ms);
int64_t span_ms(struct span d);
int64_t span_us(struct span d);

/* d for the loop's timers, rounded up to 1 us; a negative length becomes 0. */
struct timeval span_timeval(struct span d);

/* RFC 3339 in UTC with seconds ("2026-11-22T22:14:14Z"); years 1 to 9999, else "". */
void wall_format(struct wall t, char ret_text[WALL_TEXT_SIZE]);

#endif
