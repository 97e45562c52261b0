/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confwatch.h: tells when the configuration's file has become another one: written, replaced
 * by an editor, or swapped under a symbolic link as Kubernetes does with a ConfigMap.
 */
#ifndef DAEMON_CONFWATCH_H
#define DAEMON_CONFWATCH_H

#include "base/err.h"

struct confwatch;
struct event_base;

typedef void confwatch_fn(void *owner);

/*
 * changed runs on the loop, half a second after the last of a burst of changes, when the file
 * differs from what it was at the last call.  path is borrowed.  NULL: cannot watch.
 */
struct confwatch *confwatch_new(struct event_base *base, const char *path, confwatch_fn *changed,
				void *owner, struct err *ret_err);
void confwatch_free(struct confwatch *w);

#endif
