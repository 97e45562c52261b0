/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alertrow.h: alerts, deliveries and silences as rows of the history.  Writing is within the
 * caller's transaction.  False: db_error() says why.
 */
#ifndef DAEMON_ALERTROW_H
#define DAEMON_ALERTROW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/store.h"

struct db;

/*
 * Makes or replaces the row of the instance; endpoint: a row, 0: none.  Other instances of its
 * identity end and are settled, unless it is settled itself.
 */
__attribute__((warn_unused_result)) bool alertrow_put(struct db *d, const struct store_alert *a,
						      int64_t endpoint);

/* Nothing happens when there is no such instance. */
__attribute__((warn_unused_result)) bool alertrow_put_delivery(struct db *d,
							       const struct store_delivery *v);

__attribute__((warn_unused_result)) bool alertrow_put_silence(struct db *d,
							      const struct store_silence *s);

/*
 * Adds to pasts what is not settled and has not ended, also on failure: store_past_free() frees
 * it.  Numbers are brought within bounds; nothing is said about what the texts contain.
 */
__attribute__((warn_unused_result)) bool alertrow_past(struct db *d, struct wall now,
						       struct store_pasts *pasts);

#endif
