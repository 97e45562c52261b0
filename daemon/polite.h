/* SPDX-License-Identifier: Apache-2.0 */
/*
 * polite.h: how seldom a service is asked, for many nodes ask the same ones.  No node knows of
 * another's checks: each keeps to its share.
 *
 *	peers known      serve_nodes of them ask a machine, each in every serve_interval
 *	not known        all take turns: together they ask as often as serve_nodes would
 *	an engine        all take turns: each node needs its CA to judge the hosts
 */
#ifndef DAEMON_POLITE_H
#define DAEMON_POLITE_H

#include "base/clock.h"

struct conf;
struct conf_target;
struct endpoint;

/* How often this node asks t for its service; 0: never, others do. */
struct span polite_interval(const struct conf *c, const struct conf_target *t);

/*
 * When e may be asked for its service, now or later: serve_budget lies between two checks of one
 * address.  Turns are given in the order of asking, so that nobody is overtaken for ever; e
 * keeps its own until its serve_turn is cleared.
 */
struct mono polite_turn(const struct conf *c, struct endpoint *e, struct mono now);

#endif
