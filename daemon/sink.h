/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sink.h: one place that is told of alerts: a replica of Alertmanager, a webhook, a command, the
 * log, the Events of Kubernetes.  It knows how to tell, not what or when; that is outbox.h.
 */
#ifndef DAEMON_SINK_H
#define DAEMON_SINK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"

struct alert;
struct conf_sink;
struct event_base;
struct prober;

enum sink_outcome {
	SINK_TAKEN,
	SINK_REFUSED, /* because of what was told: told again it will be refused again */
	SINK_FAILED   /* because of anything else: to be tried again */
};

struct sink_answer {
	enum sink_outcome outcome;
	char detail[240]; /* "503 Service Unavailable", "no answer within 10 s", …; "" when taken */
};

typedef void sink_done_fn(void *owner, const struct sink_answer *answer);

/* Everything is borrowed and outlives the sink. */
struct sink_parts {
	struct event_base *base;
	struct prober *prober; /* for its resolver: nothing else may look up a name */
	const char *node;
	struct span resend; /* how often a sink that wants reminders is reminded */
};

struct sink;

/* What kinds of sinks have in common; every function is set. */
struct sink_class {
	const char *name;     /* "alertmanager" */
	bool wants_reminders; /* forgets what it is not told again and again */
	size_t batch;         /* alerts in one telling, at most */
	/* conf is copied.  url: which of conf's; ignored where there is none. */
	struct sink *(*open)(const struct sink_parts *parts, const struct conf_sink *conf,
			     size_t url, struct err *ret_err);
	/* One telling at a time.  done runs once, from the loop, never from inside this call. */
	void (*tell)(struct sink *s, const struct alert *const *alerts, size_t count,
		     sink_done_fn *done, void *owner);
	/* Ends a telling under way without done. */
	void (*close)(struct sink *s);
};

extern const struct sink_class sink_alertmanager;
extern const struct sink_class sink_webhook;
extern const struct sink_class sink_exec;
extern const struct sink_class sink_journal;
extern const struct sink_class sink_kubernetes;

/* Of enum sink_type. */
const struct sink_class *sink_class_of(int type);

#endif
