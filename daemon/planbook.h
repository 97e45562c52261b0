/* SPDX-License-Identifier: Apache-2.0 */
/*
 * planbook.h: Forklift's Plans.  A Plan under way is rewritten every few seconds, and a large one has
 * megabytes: so only the metadata of all is watched, and a Plan is read when it has changed, none more
 * often than every five minutes.
 */
#ifndef DAEMON_PLANBOOK_H
#define DAEMON_PLANBOOK_H

#include <jansson.h>
#include <stdbool.h>

struct discovered;
struct event_base;
struct kubecall;
struct kubewatch_stats;
struct planbook;

/* set and base are borrowed, call is taken over. */
struct planbook *planbook_new(struct event_base *base, struct kubecall *call,
			      struct discovered *set);

/* NULL is allowed. */
void planbook_free(struct planbook *p);

/* The metadata of a Plan, or that it is gone. */
void planbook_object(struct planbook *p, const json_t *o, bool gone);

/* Those of the set are all there are. */
void planbook_listed(struct planbook *p);

/* Of reading them. */
const struct kubewatch_stats *planbook_stats(struct planbook *p);

#endif
