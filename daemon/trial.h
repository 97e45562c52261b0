/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trial.h: one test alert, and then its end, told to every sink at the same time and apart from
 * everything else.
 */
#ifndef DAEMON_TRIAL_H
#define DAEMON_TRIAL_H

#include <jansson.h>
#include <stddef.h>

#include "daemon/sink.h"

struct alert;
struct event_base;
struct trial;

/* A sink of the trial's own. */
struct trial_sink {
	const char *name; /* copied */
	const struct sink_class *class;
	struct sink *sink;   /* taken over; NULL: it could not be opened… */
	const char *trouble; /* …because of this; copied */
};

typedef void trial_done_fn(void *owner, const json_t *results);

/* labels: those of every alert; copied. */
struct alert *trial_alert(const char *node, const json_t *labels);

/*
 * done runs once, from the loop, never from inside this call; the trial is gone then.  results:
 * see courier.h.  alert is taken over.
 */
struct trial *trial_start(struct event_base *base, struct alert *alert,
			  const struct trial_sink *sinks, size_t count, trial_done_fn *done,
			  void *owner);

/* Ends it without done.  NULL is allowed. */
void trial_cancel(struct trial *t);

#endif
