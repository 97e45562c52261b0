/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lastknown.h: what discovery knows, kept by the history, so that a start without the Kubernetes
 * API knows what to watch.
 */
#ifndef DAEMON_LASTKNOWN_H
#define DAEMON_LASTKNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "daemon/kubeobject.h"

struct discovered;
struct lastknown;
struct store;
struct store_pasts;

/* set and store (NULL: no history is kept) are borrowed; of pasts what is needed is copied. */
struct lastknown *lastknown_new(struct discovered *set, struct store *store,
				const struct store_pasts *pasts);

/* NULL is allowed. */
void lastknown_free(struct lastknown *l);

/*
 * The kind is told of by that source from now on.  Puts into the set what an earlier process knew
 * from it, if it did and not before; what was known from another is of no use.  Returns the number
 * of objects.
 */
size_t lastknown_restore(struct lastknown *l, enum kube_kind kind, const char *source);

/*
 * The set has all of the kind, as it was at `heard`: keeps what has changed since the last time.
 * False: that was a part of it, and another call goes on.
 */
__attribute__((warn_unused_result)) bool lastknown_keep(struct lastknown *l, enum kube_kind kind,
							const char *source, struct wall heard);

/* Another history: nothing is kept there yet. */
void lastknown_fresh(struct lastknown *l);

#endif
