/* SPDX-License-Identifier: Apache-2.0 */
/*
 * show.h: what the daemon said, for people.  Pure: an object and a terminal in, text out.  Any
 * object will do: what it does not say is left out.
 */
#ifndef CLI_SHOW_H
#define CLI_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/clock.h"
#include "report/term.h"

struct show {
	struct term term;
	bool wide;
	bool problems; /* nothing else was asked for */
	struct wall now;
	size_t limit; /* of rows of a long table; 0: as many as are useful */
};

typedef void show_fn(const struct show *how, const json_t *o, struct buf *out);

/* {"daemon":{of /v1/status}, "endpoints":[…]}; "daemon" is absent when a pattern was asked for. */
show_fn show_status;

/* {"endpoints":[…]} as `banksman probe` shows its results. */
show_fn show_probe;

/* {"endpoints":[…]} and where the daemon knows each from. */
show_fn show_origins;

/* {"endpoints":[…]} as names alone, for a person who must choose one. */
show_fn show_choice;

/* {"endpoint":{…}, "aspect", "from", "to", "spans":[…], "samples" or "rollups":[…], "summary":{…}} */
show_fn show_history;

/* {"time", "endpoints":[…]}, of /v1/at */
show_fn show_at;

/* {"events":[…]}, the oldest first */
show_fn show_events;

/* One event, as a line; for a stream. */
show_fn show_event;

/* {"alerts":[…], "sinks":[…]}; without "sinks" the past is told */
show_fn show_alerts;

/* {"directory", "judged", "summary":{…}, "findings":[…]}; without "directory" the past is told */
show_fn show_findings;

/* {"results":[…]}: what each sink answered to a test */
show_fn show_alerts_test;

/* {"silences":[…]} */
show_fn show_silences;

/* {"silence":{…}, "endpoints":N}: one that was just made */
show_fn show_silence;

/* {"certificates":[…]} */
show_fn show_certs;

/* {"endpoint":{…}, "availability":{"24h":{…}, "7d":{…}}, "span":{…}, "event":{…}, "trace":{…}} */
show_fn show_explain;

#endif
