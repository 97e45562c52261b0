/* SPDX-License-Identifier: Apache-2.0 */
/* discoveredrow.h: what discovery knows as rows of the history. */
#ifndef DAEMON_DISCOVEREDROW_H
#define DAEMON_DISCOVEREDROW_H

#include <stdbool.h>

struct db;
struct store_discovered;
struct store_pasts;

__attribute__((warn_unused_result)) bool discoveredrow_put(struct db *d,
							   const struct store_discovered *k);

/* Fills in what an earlier process knew. */
__attribute__((warn_unused_result)) bool discoveredrow_past(struct db *d,
							    struct store_pasts *pasts);

#endif
