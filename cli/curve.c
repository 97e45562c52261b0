/* SPDX-License-Identifier: Apache-2.0 */
/* curve.c: see curve.h. */
#include "cli/curve.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cli/got.h"

#define RTT_MAX_US INT64_C(1000000000000)

enum { HALF_HOUR_MS = 30 * 60 * 1000, YEAR_SLOTS_MS = 366 * 86400 };

static void add(struct curve *c, struct wall at, int64_t value)
{
	if (c->count == CURVE_POINTS_MAX)
		return;
	if (c->count == c->size) {
		c->size = c->size > 0 ? c->size * 2 : 1024;
		c->points = xreallocarray(c->points, c->size, sizeof *c->points);
	}
	c->points[c->count++] = (struct sparkline_point){ .at = at, .value = value };
	c->lost += value < 0;
}

/* A chunk of slots: microseconds, null for no answer, below zero for not asked. */
static void add_chunk(struct curve *c, const json_t *chunk)
{
	const json_t *rtts = got_list(chunk, "rtt_us");
	int64_t interval_ms = got_number(chunk, "interval_ms", 0);
	size_t count = got_count(rtts);
	struct wall from;

	if (!got_time(chunk, "from", &from) || interval_ms <= 0 || interval_ms > YEAR_SLOTS_MS)
		return;
	for (size_t i = 0; i < count && c->count < CURVE_POINTS_MAX; i++) {
		const json_t *rtt = json_array_get(rtts, i);
		struct wall at = { .ms = from.ms + (int64_t)i * interval_ms };

		if (json_is_null(rtt))
			add(c, at, SPARKLINE_LOST);
		else if (json_is_integer(rtt) && json_integer_value(rtt) >= 0 &&
			 json_integer_value(rtt) <= RTT_MAX_US)
			add(c, at, json_integer_value(rtt));
	}
}

static void add_hour(struct curve *c, const json_t *hour)
{
	int64_t us = got_number(got_object(hour, "rtt_us"), "p50", SPARKLINE_LOST);
	struct wall at;

	if (!got_time(hour, "hour", &at))
		return;
	at.ms += HALF_HOUR_MS;
	if (us >= 0 || got_number(hour, "lost", 0) > 0)
		add(c, at, us);
}

struct curve curve_read(const json_t *history)
{
	const json_t *samples = got_list(history, "samples");
	const json_t *rollups = got_list(history, "rollups");
	struct curve c = { 0 };

	for (size_t i = 0; i < got_count(samples); i++)
		add_chunk(&c, got_element(samples, i));
	for (size_t i = 0; i < got_count(rollups); i++)
		add_hour(&c, got_element(rollups, i));
	return c;
}

void curve_done(struct curve *c)
{
	free(c->points);
	*c = (struct curve){ 0 };
}
