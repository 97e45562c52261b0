/* SPDX-License-Identifier: Apache-2.0 */
/*
 * discovered.h: what the Kubernetes API and the inventory told of, as last known, in the order of
 * kind, namespace and name.  No input or output.
 */
#ifndef DAEMON_DISCOVERED_H
#define DAEMON_DISCOVERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
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

/* What an earlier process knew at `heard`; what is there already stays. */
void discovered_restore(struct discovered *d, const struct kubeobject *o, struct wall heard);

/* A list of the kind begins, of machines that of one provider (else NULL)… */
void discovered_begin(struct discovered *d, enum kube_kind kind, const struct kube_ref *provider);

/* …and it ended: what it did not put is gone. */
bool discovered_end(struct discovered *d, enum kube_kind kind, const struct kube_ref *provider);

size_t discovered_count(const struct discovered *d, enum kube_kind kind);
const struct kubeobject *discovered_get(const struct discovered *d, enum kube_kind kind, size_t i);

/* When it was last known to be so, where nothing was heard of it since it was restored; else ms 0. */
struct wall discovered_restored(const struct discovered *d, const struct kubeobject *o);

/* The latest of those of the kind; ms 0: something was heard of all. */
struct wall discovered_last_known(const struct discovered *d, enum kube_kind kind);

/* Another one after each change of the kind. */
uint64_t discovered_number(const struct discovered *d, enum kube_kind kind);

/* NULL: it is not there. */
const struct kubeobject *discovered_find(const struct discovered *d, enum kube_kind kind,
					 const struct kube_ref *ref);

/* How many of the kind were left out. */
size_t discovered_left_out(const struct discovered *d, enum kube_kind kind);

#endif
