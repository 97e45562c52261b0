/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discovered.h: what the Kubernetes API and the inventory told of, as last known, in the order of
 * kind, namespace and name.  No input or output.
 */
#ifndef DAEMON_DISCOVERED_H
#define DAEMON_DISCOVERED_H

#include <stdbool.h>
#include <stddef.h>

#include "daemon/kubeobject.h"

struct discovered;

/* Of one kind; what is more is left out. */
enum { DISCOVERED_MAX = 16384 };

struct discovered *discovered_new(void);

/* NULL is allowed. */
void discovered_free(struct discovered *d);

/*
 * Each returns whether anything that matters has changed.  o is copied; of an object that goes only
 * kind and name count.
 */
bool discovered_put(struct discovered *d, const struct kubeobject *o);
bool discovered_drop(struct discovered *d, const struct kubeobject *o);

/* A list of the kind begins, of machines that of one provider (else NULL)… */
void discovered_begin(struct discovered *d, enum kube_kind kind, const struct kube_ref *provider);

/* …and it ended: what it did not put is gone. */
bool discovered_end(struct discovered *d, enum kube_kind kind, const struct kube_ref *provider);

size_t discovered_count(const struct discovered *d, enum kube_kind kind);
const struct kubeobject *discovered_get(const struct discovered *d, enum kube_kind kind, size_t i);

/* NULL: it is not there. */
const struct kubeobject *discovered_find(const struct discovered *d, enum kube_kind kind,
					 const struct kube_ref *ref);

/* How many of the kind were left out. */
size_t discovered_left_out(const struct discovered *d, enum kube_kind kind);

#endif
