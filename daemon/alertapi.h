/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alertapi.h: alerts over the socket: those that last or of whose end somebody is still to be
 * told, those that were, and a test of everybody who is told.
 */
#ifndef DAEMON_ALERTAPI_H
#define DAEMON_ALERTAPI_H

#include <stdbool.h>

struct alerting;
struct exchange;
struct registry;
struct store;

/* Borrowed; the pointers in it outlive what is under way. */
struct alertapi_parts {
	struct alerting *alerting; /* NULL: there are no alerts */
	const struct registry *registry;
	struct store *store; /* NULL: no history is kept */
};

/* False: there are no alerts, which has been answered then. */
__attribute__((warn_unused_result)) bool alertapi_there(const struct alertapi_parts *parts,
							struct exchange *x);

/* GET /v1/alerts: sent in pieces, so that many alerts do not take the loop's time. */
void alertapi_list(const struct alertapi_parts *parts, struct exchange *x);

/* POST /v1/alerts/test: answered when all sinks have. */
void alertapi_test(const struct alertapi_parts *parts, struct exchange *x);

#endif
