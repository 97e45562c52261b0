/* SPDX-License-Identifier: Apache-2.0 */
/* state.c: see state.h. */
#include "daemon/state.h"

#include <string.h>

#include "base/must.h"

enum { EARLY_MS = 10 }; /* timers and answers are not more exact */

#define WINDOW_MASK ((UINT32_C(1) << STATE_WINDOW) - 1)

static bool same_word(enum aspect a, int one, int other)
{
	return strcmp(aspect_state(a, one), aspect_state(a, other)) == 0;
}

/* Says nothing about the other side. */
static bool blank(enum aspect a, int value)
{
	return value == STATE_NOTHING || aspect_unknown(a, value) || aspect_untried(a, value);
}

void state_init(struct state *s)
{
	*s = (struct state){
		.declared = STATE_NOTHING,
		.candidate = STATE_NOTHING,
		.known = STATE_NOTHING,
	};
}

void state_restore(struct state *s, enum aspect aspect, int value, struct wall since)
{
	state_init(s);
	if (value == STATE_NOTHING)
		return;
	s->declared = (int16_t)value;
	s->since = since;
	if (!blank(aspect, value))
		s->known = (int16_t)value;
}

bool state_well(const struct state *s, enum aspect aspect)
{
	return s->declared != STATE_NOTHING && aspect_well(aspect, s->declared);
}

bool state_ill(const struct state *s, enum aspect aspect)
{
	return s->declared != STATE_NOTHING && !aspect_unknown(aspect, s->declared) &&
	       !aspect_well(aspect, s->declared);
}

static void forget_surprises(struct state *s)
{
	s->candidate = STATE_NOTHING;
	s->surprises = 0;
}

static void declare(struct state *s, const struct observation *o, struct wall since,
		    struct change *c)
{
	c->changed = true;
	c->first = s->declared == STATE_NOTHING;
	c->word_changed = c->first || !same_word(o->aspect, s->declared, o->value);
	c->to = o->value;
	c->since = since;

	s->declared = (int16_t)o->value;
	s->since = since;
	forget_surprises(s);
	if (blank(o->aspect, o->value))
		return;
	/* The lowest clear bit: a second change since the last regular look has its place too. */
	if (s->known != STATE_NOTHING && !same_word(o->aspect, s->known, o->value))
		s->window |= (s->window + 1) & WINDOW_MASK;
	s->known = (int16_t)o->value;
}

static void observe_unknown(struct state *s, const struct observation *o, struct change *c)
{
	if (s->declared == STATE_NOTHING && s->surprises == 0) {
		declare(s, o, o->at, c);
		return;
	}
	if (!o->regular || s->unknowns == STATE_UNKNOWN_AFTER)
		return;
	if (s->unknowns++ == 0)
		s->blinded = o->at;
	if (s->unknowns < STATE_UNKNOWN_AFTER)
		return;
	/* Blind for so long, one no longer knows when an older surprise had begun. */
	forget_surprises(s);
	if (s->declared == STATE_NOTHING || !aspect_unknown(o->aspect, s->declared))
		declare(s, o, s->blinded, c);
}

static void surprise(struct state *s, const struct state_policy *policy,
		     const struct observation *o, struct change *c)
{
	MUST(policy->confirm_count <= STATE_CONFIRM_MAX);
	if (s->surprises++ == 0)
		s->surprised = o->at;
	s->candidate = (int16_t)o->value;
	if (s->surprises > policy->confirm_count) {
		declare(s, o, s->surprised, c);
		return;
	}
	c->look_again = true;
	c->wait = policy->confirm[s->surprises - 1];
}

/* Nothing that was ever known speaks against it, and it alarms nobody. */
static bool undisputed(const struct state *s, const struct observation *o)
{
	if (!blank(o->aspect, s->declared))
		return false;
	if (s->known == o->value)
		return true;
	return aspect_well(o->aspect, o->value) &&
	       (s->known == STATE_NOTHING || !aspect_unknown(o->aspect, s->declared));
}

static void observe_known(struct state *s, const struct state_policy *policy,
			  const struct observation *o, struct change *c)
{
	s->unknowns = 0;
	if (o->regular)
		s->window = (s->window << 1) & WINDOW_MASK;
	if (o->value == s->declared)
		forget_surprises(s);
	else if (undisputed(s, o))
		declare(s, o, o->at, c);
	else
		surprise(s, policy, o, c);
}

bool state_early(const struct state *s, const struct state_policy *policy,
		 const struct observation *o, struct span since, struct change *ret_change)
{
	struct span wait;

	if (s->surprises == 0 || s->surprises > policy->confirm_count || o->value == s->declared ||
	    aspect_unknown(o->aspect, o->value) || s->declared == STATE_NOTHING ||
	    aspect_unknown(o->aspect, s->declared))
		return false;
	wait = policy->confirm[s->surprises - 1];
	if (since.ns >= wait.ns - span_of_ms(EARLY_MS).ns)
		return false;
	*ret_change = (struct change){ .from = s->declared,
				       .to = s->declared,
				       .since = s->since,
				       .look_again = true,
				       .wait = wait };
	return true;
}

/* The sum of the weights, in hundredths: 80 for the oldest look, 2 more for each later one. */
static unsigned weigh(uint32_t window)
{
	enum { OLDEST = 80, STEP = 2, NEWEST = OLDEST + (STATE_WINDOW - 1) * STEP };
	unsigned sum = 0;

	for (; window != 0; window &= window - 1)
		sum += NEWEST - (unsigned)__builtin_ctz(window) * STEP;
	return sum;
}

static void judge_flapping(struct state *s, const struct state_policy *policy, struct change *c)
{
	unsigned pct = s->flapping ? policy->flap_off_pct : policy->flap_on_pct;
	bool flapping = weigh(s->window) > pct * STATE_WINDOW;

	c->flap_began = flapping && !s->flapping;
	c->flap_ended = !flapping && s->flapping;
	s->flapping = flapping;
}

void state_observe(struct state *s, const struct state_policy *policy, const struct observation *o,
		   struct change *ret_change)
{
	struct change c = { .from = s->declared, .to = s->declared, .since = s->since };

	if (aspect_unknown(o->aspect, o->value))
		observe_unknown(s, o, &c);
	else
		observe_known(s, policy, o, &c);
	judge_flapping(s, policy, &c);
	*ret_change = c;
}
