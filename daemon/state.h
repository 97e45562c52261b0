/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state.h: from single observations to declared changes.  Pure: no clock, no input or output.
 *
 * A value (aspect.h) that differs from the declared one is a surprise; it is declared once
 * the confirmations agree that the old one is gone, and counts from the first surprise on.
 * Surprises need not agree with each other: the latest is what is declared.
 *
 * Where nothing is known yet, or the aspect was untried, a value that is well is declared at
 * once and one that is ill is a surprise: one packet lost at the start is no outage.
 *
 * An unknown value (the check could not be run here) is neither a surprise nor its end.
 * STATE_UNKNOWN_AFTER regular ones with nothing else between are declared as what they
 * are.  What was known before comes back at once when it is seen again.
 */
#ifndef DAEMON_STATE_H
#define DAEMON_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/aspect.h"

enum { STATE_CONFIRM_MAX = 8, STATE_WINDOW = 20, STATE_UNKNOWN_AFTER = 3 };

/* How sure one wants to be.  May differ from one observation to the next. */
struct state_policy {
	struct span confirm[STATE_CONFIRM_MAX]; /* waits before the second, third, … look */
	unsigned confirm_count;                 /* 0: the first surprise is declared at once */
	unsigned flap_on_pct;  /* flapping begins above this weighted share of changes, … */
	unsigned flap_off_pct; /* … and ends when no more than this is left; both 0 to 100 */
};

/* One aspect of one endpoint.  Zeroed memory is not a state: state_init(). */
struct state {
	int16_t declared;  /* value; STATE_NOTHING before the first */
	int16_t candidate; /* the last surprise; STATE_NOTHING: none under way */
	int16_t known; /* the last declared value that was tried and known; STATE_NOTHING: none */
	uint8_t surprises; /* observations in a row that differ from declared */
	uint8_t unknowns;  /* regular unknown ones in a row, at most STATE_UNKNOWN_AFTER */
	uint32_t window;   /* of the last regular known looks, newest in bit 0; 1: a change */
	bool flapping;
	struct wall since;     /* of declared */
	struct wall surprised; /* of the first surprise under way */
	struct wall blinded;   /* of the first of unknowns */
};

/* What one look said of one aspect; whoever has nothing to say of an aspect leaves it out. */
struct observation {
	enum aspect aspect; /* always the same for one state */
	int value;
	bool regular; /* it came on the grid; false: a confirmation, or somebody asked */
	struct wall at;
};

/* What an observation led to. */
struct change {
	bool changed;      /* declared went from `from` to `to` at `since` */
	bool first;        /* …and nothing had been declared before */
	bool word_changed; /* …and the value's word (port state, serving or not, …) differs too */
	bool flap_began;   /* may come with a change: that one is part of the flapping */
	bool flap_ended;
	int from; /* STATE_NOTHING when first */
	int to;   /* what is declared now, changed or not */
	struct wall since;
	bool look_again; /* a confirmation is wanted after `wait` */
	struct span wait;
};

void state_init(struct state *s);

/*
 * Takes up where an earlier process had stopped; value may be STATE_NOTHING.  A value
 * that differs needs its confirmations as ever; after an unknown or untried one nothing is
 * known.  The flap window begins anew.
 */
void state_restore(struct state *s, enum aspect aspect, int value, struct wall since);

/* What is declared is known, and is well or is not; neither while nothing is. */
bool state_well(const struct state *s, enum aspect aspect);
bool state_ill(const struct state *s, enum aspect aspect);

/*
 * One observation.  The caller brings `at` from the wall clock as it is: after a step
 * backwards `since` may lie before the earlier one.
 *
 * Flapping is what Icinga 2 calls so (the last 20 regular looks, a change weighing 0.80 in
 * the oldest and 1.18 in the newest, in percent of 20), but of declared changes of the word:
 * a loss that a confirmation refutes is none.  Of several changes since one regular look
 * each takes a place of its own, further back.  Changes from and to unknown or untried do
 * not count, and unknown looks do not move the window.  Changes go on being declared.
 */
void state_observe(struct state *s, const struct state_policy *policy, const struct observation *o,
		   struct change *ret_change);

/*
 * A look that comes before its time, because its grid time came or somebody asked, confirms no
 * surprise: two losses within a moment are one moment of loss.  True: o, `since` after the
 * first surprise under way, is such a one, to be left out; *ret_change wants the next look.
 */
bool state_early(const struct state *s, const struct state_policy *policy,
		 const struct observation *o, struct span since, struct change *ret_change);

#endif
