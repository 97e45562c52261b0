/* SPDX-License-Identifier: Apache-2.0 */
/* when.h: moments as people and programs write them.  Reads no clock. */
#ifndef BASE_WHEN_H
#define BASE_WHEN_H

#include <stdbool.h>

#include "base/clock.h"

enum { WHEN_TEXT_SIZE = sizeof "2026-11-22T22:14:14.123Z" };

/*
 * RFC 3339: "2026-11-22T22:14:14Z", "2026-11-22t23:14:14.5+01:00"; a blank may stand for the "T".
 * Years 1 to 9999; what is finer than a millisecond is cut; a leap second is the next minute.
 */
__attribute__((warn_unused_result)) bool when_parse_time(const char *text, struct wall *ret_time);

/* The same; "now"; or a span back from now, as parse_span() takes it ("7d", "90m"). */
__attribute__((warn_unused_result)) bool when_parse(const char *text, struct wall now,
						    struct wall *ret_time);

/* RFC 3339 in UTC with milliseconds ("2026-11-22T22:14:14.123Z"); years 1 to 9999, else "". */
void when_format(struct wall t, char ret_text[WHEN_TEXT_SIZE]);

#endif
