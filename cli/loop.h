/* SPDX-License-Identifier: Apache-2.0 */
/* loop.h: the event loop of one command, its prober, and the signals that end it. */
#ifndef CLI_LOOP_H
#define CLI_LOOP_H

#include <stdbool.h>

struct err;
struct event;
struct event_base;
struct prober;

enum { LOOP_SIGNALS = 2 };

struct loop {
	struct event_base *base;             /* owned */
	struct prober *prober;               /* owned */
	struct event *signals[LOOP_SIGNALS]; /* owned */
	bool interrupted;                    /* SIGINT or SIGTERM came */
	bool lingered;                       /* the last connections had their time to close */
};

/* dns_servers as for prober_new().  On failure nothing is left to be done. */
__attribute__((warn_unused_result)) bool loop_init(struct loop *l, const char *dns_servers,
						   struct err *ret_err);

/* Runs until loop_stop() or a signal; the caller then aborts what is under way. */
void loop_run(struct loop *l);
void loop_stop(struct loop *l);

/* All probes, lookups and traces must have ended.  Waits a moment for connections that close. */
void loop_done(struct loop *l);

#endif
