/* SPDX-License-Identifier: Apache-2.0 */
/* order.h: POST /v1/probe: checks made now, and answered when they are done. */
#ifndef DAEMON_ORDER_H
#define DAEMON_ORDER_H

#include "daemon/conf.h"

struct event_base;
struct exchange;
struct round;

enum { ORDER_MAX = 256 };

/* Everything is borrowed; conf for the call. */
struct order_parts {
	struct event_base *base;
	struct round *round;
	const struct conf *conf;
};

/* Answers x, whose body is {"match":"esx04:902"}, at the latest timeout + 5 s later. */
void order_probe(const struct order_parts *parts, struct exchange *x);

#endif
