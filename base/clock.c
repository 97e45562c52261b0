/* SPDX-License-Identifier: Apache-2.0 */
/* clock.c: the only file that reads the system's clocks. */
#include "base/clock.h"

#include <stdio.h>
#include <sys/time.h>
#include <time.h>

#include "base/must.h"

enum { NS_PER_US = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000, US_PER_S = 1000000 };

struct mono mono_now(void)
{
	struct timespec ts;

	MUST(clock_gettime(CLOCK_MONOTONIC, &ts) == 0);
	return (struct mono){ .ns = (int64_t)ts.tv_sec * NS_PER_S + ts.tv_nsec };
}

struct wall wall_now(void)
{
	struct timespec ts;

	MUST(clock_gettime(CLOCK_REALTIME, &ts) == 0);
	return (struct wall){ .ms = (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / NS_PER_MS };
}

struct mono mono_add(struct mono t, struct span d)
{
	return (struct mono){ .ns = t.ns + d.ns };
}

struct span mono_sub(struct mono later, struct mono earlier)
{
	return (struct span){ .ns = later.ns - earlier.ns };
}

bool mono_before(struct mono a, struct mono b)
{
	return a.ns < b.ns;
}

struct span span_of_ms(int64_t ms)
{
	return (struct span){ .ns = ms * NS_PER_MS };
}

int64_t span_ms(struct span d)
{
	return d.ns / NS_PER_MS;
}

int64_t span_us(struct span d)
{
	return d.ns / NS_PER_US;
}

struct timeval span_timeval(struct span d)
{
	int64_t us = d.ns <= 0 ? 0 : (d.ns + NS_PER_US - 1) / NS_PER_US;

	return (struct timeval){ .tv_sec = us / US_PER_S, .tv_usec = us % US_PER_S };
}

void wall_format(struct wall t, char ret_text[WALL_TEXT_SIZE])
{
	time_t seconds = (time_t)(t.ms / 1000 - (t.ms % 1000 < 0));
	struct tm tm;

	ret_text[0] = '\0';
	if (gmtime_r(&seconds, &tm) == NULL || tm.tm_year < 1 - 1900 || tm.tm_year > 9999 - 1900)
		return;
	MUST(snprintf(ret_text, WALL_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
		      tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec) > 0);
}
