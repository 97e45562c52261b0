/* SPDX-License-Identifier: Apache-2.0 */
/* history.h: what the database knows of the past: for a start, and as JSON for questions. */
#ifndef DAEMON_HISTORY_H
#define DAEMON_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/store.h"

struct buf;
struct db;
struct known;

enum {
	HISTORY_PAGE_BYTES = 1 << 20,    /* a page ends with the row that reaches this */
	HISTORY_ANSWER_BYTES = 12 << 20, /* what the caller's buffer must be able to hold */
	HISTORY_ROWS_MAX = 1000,
	HISTORY_PATIENCE_MS = 2000
};

/*
 * Every endpoint with its last declared values, alerts that are not settled, silences that have not
 * ended.  False: db_error() says why.
 */
__attribute__((warn_unused_result)) bool history_past(struct db *d, struct store_pasts *ret_pasts);

/* The question needs an endpoint. */
bool history_about_one(enum question_kind kind);

/*
 * Answers q into out (see store_ask()); *ret_next is 0 after the last row.  Takes no longer
 * than HISTORY_PATIENCE_MS.  False: db_error() says why.
 */
__attribute__((warn_unused_result)) bool history_answer(struct db *d, const struct known *k,
							const struct question *q, struct wall now,
							struct buf *out, int64_t *ret_next);

#endif
