/* SPDX-License-Identifier: Apache-2.0 */
/*
 * api.h: questions over a local socket, and metrics over TCP as well.  On the loop's thread;
 * what is in memory is answered at once, history by the store.  A slow or hostile client
 * costs a bounded amount of memory and no time of anybody else.
 */
#ifndef DAEMON_API_H
#define DAEMON_API_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"
#include "daemon/conf.h"

struct api;
struct discovery;
struct event_base;
struct reload;
struct round;
struct alerting;
struct store;
struct survey;

/* Everything is borrowed and outlives the api. */
struct api_parts {
	struct event_base *base;
	struct round *round;
	struct store *store; /* NULL: no history is kept */
	const struct conf *conf;
	struct wall started;
	struct reload *reload;
	struct alerting *alerting; /* NULL: nobody tells of alerts */
	const struct discovery *discovery;
	const struct survey *survey;
};

/*
 * Listens on conf's socket (a stale one of a process that is gone is replaced) and TCP
 * address.  NULL when one of them cannot be had.
 */
struct api *api_new(const struct api_parts *parts, struct err *ret_err);

/* Closes the listeners and every connection; takes the socket out of the file system. */
void api_free(struct api *a);

/*
 * Another configuration is in force: listeners that differ are opened anew.  False when one
 * of them cannot be had: it stays as it was, and the status says so until the next attempt.
 */
__attribute__((warn_unused_result)) bool api_configure(struct api *a, const struct conf *conf,
						       struct err *ret_err);

/* The same with other targets is in force. */
void api_note_targets(struct api *a, const struct conf *conf);

/* Another history has begun: who follows its events is told all of it. */
void api_note_fresh_history(struct api *a);

/* Another configuration was not taken: why, for the status. */
void api_note_refused(struct api *a, const char *why);

#endif
