/* SPDX-License-Identifier: Apache-2.0 */
/* table.h: findings for people. */
#ifndef REPORT_TABLE_H
#define REPORT_TABLE_H

#include "base/buf.h"
#include "base/clock.h"

struct findings;
struct term;

/* One line for each finding (more when they must be wrapped) and a summary. */
void table_put(const struct findings *s, const struct term *t, struct wall now, struct buf *out);

/* "0.31 ms", "12 ms", "-" when unknown (negative). */
enum { RTT_TEXT_SIZE = 16 };
void table_format_rtt(int64_t rtt_us, char ret_text[RTT_TEXT_SIZE]);

#endif
