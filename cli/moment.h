/* SPDX-License-Identifier: Apache-2.0 */
/* moment.h: times as people read and write them: in this machine's zone. */
#ifndef CLI_MOMENT_H
#define CLI_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct err;

enum { MOMENT_TEXT_SIZE = 64, MOMENT_SPAN_SIZE = 32 };

/* "2026-11-25 15:05:06 CET"; "-" when it cannot be written. */
void moment_format(struct wall t, char ret_text[MOMENT_TEXT_SIZE]);

/* The two largest units: "350 ms", "12 s", "12 min 5 s", "3 h 12 min", "4 d 3 h", "12 d". */
void moment_format_span(int64_t ms, char ret_text[MOMENT_SPAN_SIZE]);

/*
 * RFC 3339; "now"; a span back from now ("7d"); and without a zone, here: "2026-11-25 03:12[:05]"
 * (or with a "T"), "2026-11-25" (its beginning), "03:12[:05]" (the last time that it was so late).
 */
__attribute__((warn_unused_result)) bool moment_parse(const char *text, struct wall now,
						      struct wall *ret_time, struct err *ret_err);

#endif
