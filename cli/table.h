/* SPDX-License-Identifier: Apache-2.0 */
/* table.h: results for people. */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/buf.h"
#include "base/clock.h"

struct results;
struct term;

/* One line for each row (more when they must be wrapped) and a summary. */
void table_put(const struct results *s, const struct term *t, struct wall now, struct buf *out);

/* "0.31 ms", "12 ms", "-" when unknown (negative). */
enum { RTT_TEXT_SIZE = 16 };
void table_format_rtt(int64_t rtt_us, char ret_text[RTT_TEXT_SIZE]);

#endif
