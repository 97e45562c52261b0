/* SPDX-License-Identifier: Apache-2.0 */
/* availability.h: the summary of an endpoint's history in sentences. */
#ifndef CLI_AVAILABILITY_H
#define CLI_AVAILABILITY_H

#include <jansson.h>

#include "base/buf.h"

enum { AVAILABILITY_PCT_SIZE = 32 };

/* "99.31 %", never rounded up to 100; "-" when pct is none. */
void availability_format(double pct, char ret_text[AVAILABILITY_PCT_SIZE]);

/* "available 99.31 %; 2 outages, the longest 12 min" of a summary; "not observed". */
void availability_put_brief(const json_t *summary, struct buf *out);

/* The same with when, how long was not observed, losses, round-trip times and jitter. */
void availability_put(const json_t *summary, struct buf *out);

#endif
