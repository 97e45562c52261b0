/* SPDX-License-Identifier: Apache-2.0 */
/* addresses.h: the addresses of a name; another set of them, for the log and the history. */
#ifndef DAEMON_ADDRESSES_H
#define DAEMON_ADDRESSES_H

#include <stdbool.h>

#include "base/addr.h"
#include "base/buf.h"
#include "base/clock.h"

struct host;
struct store;

/* h has addr as well; there is room for it (HOST_ADDRS_MAX). */
void addresses_add(struct host *h, const struct addr *addr);

/* Whatever the port. */
bool addresses_has(const struct host *h, const struct addr *addr);

/* Fills ret_text (not initialised yet) with those that h has; the caller ends it. */
void addresses_list(const struct host *h, struct buf *ret_text);

/* h has others than before (addresses_list()) since `at`.  store NULL: no history is kept. */
void addresses_changed(const struct host *h, struct wall at, const struct buf *before,
		       struct store *store);

#endif
