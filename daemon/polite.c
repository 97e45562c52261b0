/* SPDX-License-Identifier: Apache-2.0 */
/* polite.c: see polite.h. */
#include "daemon/polite.h"

#include "daemon/conf.h"
#include "daemon/place.h"
#include "daemon/registry.h"
#include "daemon/rendezvous.h"

/* No node waits longer than the longest interval that a file may ask for. */
static const double longest_ns = 7.0 * 86400 * 1e9;

static struct span at_most_longest(double ns)
{
	return (struct span){ .ns = (int64_t)(ns < longest_ns ? ns : longest_ns) };
}

static struct span in_turns(const struct conf *c, const struct conf_target *t)
{
	double share = (double)c->probe.nodes / (double)c->probe.serve_nodes;

	if (c->probe.serve_nodes == 0 || c->probe.nodes <= c->probe.serve_nodes)
		return t->serve_interval;
	return at_most_longest((double)t->serve_interval.ns * share);
}

/* All ports of a machine are the same nodes': what one shows is judged by what another does. */
static bool is_mine(const struct conf *c, const struct conf_target *t)
{
	return rendezvous_chosen(c->probe.peers, c->probe.peer_count, c->probe.self,
				 rendezvous_hash(t->host), c->probe.serve_nodes);
}

struct span polite_interval(const struct conf *c, const struct conf_target *t)
{
	if (c->probe.peers == NULL || t->role == ROLE_OVIRT_ENGINE)
		return in_turns(c, t);
	return is_mine(c, t) ? t->serve_interval : (struct span){ 0 };
}

static struct span pause_between(const struct conf *c)
{
	const double minute_ns = 60e9;
	unsigned nodes = c->probe.nodes;

	if (c->probe.peers != NULL && c->probe.serve_nodes < nodes)
		nodes = c->probe.serve_nodes;
	if (c->probe.serve_budget <= 0)
		return span_of_ms(0);
	return at_most_longest(minute_ns * (double)nodes / c->probe.serve_budget);
}

struct mono polite_turn(const struct conf *c, struct endpoint *e, struct mono now)
{
	struct mono *next = &e->place->serve_next;

	if (e->serve_turn.ns == 0) {
		e->serve_turn = mono_before(now, *next) ? *next : now;
		*next = mono_add(e->serve_turn, pause_between(c));
	}
	return e->serve_turn;
}
