/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kuberow.h: what discovery knows, on its way to the history and back: a JSON array of the objects
 * as their API has them, cut down to what kubeobject_read() wants.  No input or output.
 */
#ifndef DAEMON_KUBEROW_H
#define DAEMON_KUBEROW_H

#include <stdbool.h>

#include "base/clock.h"
#include "daemon/kubeobject.h"

struct discovered;

/* All of the kind; owned by the caller. */
char *kuberow_write(const struct discovered *d, enum kube_kind kind);

/*
 * Restores what text has of the kind, and leaves out of it what makes no sense; false: it is no
 * such array.
 */
__attribute__((warn_unused_result)) bool kuberow_read(enum kube_kind kind, const char *text,
						      struct wall heard, struct discovered *d);

#endif
