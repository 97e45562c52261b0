/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kuberow.h: what discovery knows, on its way to the history and back: a JSON array of the objects
 * as their API has them, cut down to what kubeobject_read() wants.  No input or output.
 */
#ifndef DAEMON_KUBEROW_H
#define DAEMON_KUBEROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "daemon/kubeobject.h"

struct buf;
struct discovered;

/*
 * Puts `most` of the kind behind what out has, from *at on (0 at first), and moves it.  True: these were the
 * last ones, and out is complete.  What changes meanwhile may be missing, or be there as it was.
 */
__attribute__((warn_unused_result)) bool kuberow_put(const struct discovered *d,
						     enum kube_kind kind, size_t most, size_t *at,
						     struct buf *out);

/*
 * Restores what text has of the kind, and leaves out of it what makes no sense; false: it is no
 * such array.
 */
__attribute__((warn_unused_result)) bool kuberow_read(enum kube_kind kind, const char *text,
						      struct wall heard, struct discovered *d);

#endif
