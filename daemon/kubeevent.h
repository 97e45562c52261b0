/* SPDX-License-Identifier: Apache-2.0 */
/* kubeevent.h: an alert as an Event (events.k8s.io/v1) about the Provider that it concerns. */
#ifndef DAEMON_KUBEEVENT_H
#define DAEMON_KUBEEVENT_H

#include <jansson.h>

#include "base/err.h"

struct alert;

/*
 * The Event of a's beginning, or of its end, without its Provider.  Its name is the same whenever
 * the same is told, and another on each node.  NULL: no memory.
 */
json_t *kubeevent_new(const struct alert *a, const char *node);

/*
 * The one object of the list that is called name, or with "" the first of all; borrowed from
 * list.  NULL: there is none, or more than one.
 */
const json_t *kubeevent_find(const json_t *list, const char *name);

/*
 * Makes it an Event about that Provider, which comes from outside; the namespace lives in event.
 * False: it has no name, or no namespace that could stand in a path.
 */
__attribute__((warn_unused_result)) bool kubeevent_regard(json_t *event, const json_t *provider,
							  const char **ret_namespace,
							  struct err *ret_err);

#endif
