/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scope.h: was only this one lost, or everything at once?  A firewall in front of a data centre
 * closes hundreds of ports; that is one fact, and one alert.
 *
 * The evidence is gathered while a loss is being confirmed: others are looked at at once, so
 * that when the first loss is declared it is known how many share it.
 */
#ifndef DAEMON_SCOPE_H
#define DAEMON_SCOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct conf;
struct endpoint;
struct ledger;
struct provider;
struct registry;

/* All of a provider, or all that this node watches. */
struct scope {
	bool lost;            /* its alert lasts */
	struct mono judged;   /* when evidence was last gathered for it; ns 0: never */
	struct mono regained; /* when lost ended; ns 0: it never was */
};

/* What was seen since some moment; those that were lost and told of before are in none. */
struct evidence {
	unsigned lost;
	unsigned kept;
	unsigned unseen;
	unsigned lost_hosts; /* different ones */
};

/* Everything is borrowed. */
struct scopes {
	const struct conf *conf;
	const struct registry *registry;
	struct ledger *ledger;
	struct scope node;  /* those of providers are theirs */
	struct mono around; /* when looks were last wanted; ns 0: never */
};

/* provider NULL: of everything. */
void scope_gather(const struct registry *r, const struct provider *provider, struct mono since,
		  struct evidence *ret_evidence);

/* Nearly all was lost, of at least `hosts` hosts, and enough was seen to say so. */
bool scope_is_lost(const struct evidence *x, unsigned hosts);

/* e is in a scope that is lost: its own troubles are no news. */
bool scope_covers(const struct scopes *s, const struct endpoint *e);

/* e's loss is declared: was it lost with all?  Then that is an alert, now or before. */
bool scope_took(struct scopes *s, const struct endpoint *e, struct mono now);

/* e is open: scopes of which the greater part is so are lost no more. */
void scope_returns(struct scopes *s, const struct endpoint *e, struct mono now, struct wall at);

/* e was looked at after its scopes came back: what it found is its own. */
bool scope_looked_since(const struct scopes *s, const struct endpoint *e);

/* A scope that has nothing in it any more is not lost. */
void scope_sweep(struct scopes *s, struct wall at);

/*
 * The first doubt about e: up to SCOPE_SAMPLE others that are worth a look now, spread over
 * everything, half of them of its provider.  0 when that was wanted a moment ago.
 */
enum { SCOPE_SAMPLE = 32 };
size_t scope_sample(struct scopes *s, const struct endpoint *e, struct mono now,
		    struct endpoint *ret_list[SCOPE_SAMPLE]);

#endif
