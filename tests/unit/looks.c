/* SPDX-License-Identifier: Apache-2.0 */
/* looks.c: see looks.h. */
#include "tests/unit/looks.h"

#include "probes/reason.h"
#include "tests/unit/unit.h"

const struct state_policy looks_usual = {
	.confirm = { { 250000000 }, { 500000000 }, { 1000000000 } },
	.confirm_count = 3,
	.flap_on_pct = 30,
	.flap_off_pct = 25,
};

struct change look_on(struct state *s, enum aspect a, int value, int64_t ms)
{
	struct observation o = { .aspect = a, .value = value, .regular = true, .at = { ms } };
	struct change c;

	state_observe(s, &looks_usual, &o, &c);
	return c;
}

struct change look_between(struct state *s, enum aspect a, int value, int64_t ms)
{
	struct observation o = { .aspect = a, .value = value, .at = { ms } };
	struct change c;

	state_observe(s, &looks_usual, &o, &c);
	return c;
}

struct change look(struct state *s, int value, int64_t ms)
{
	return look_on(s, ASPECT_PORT, value, ms);
}

struct change look_again(struct state *s, int value, int64_t ms)
{
	return look_between(s, ASPECT_PORT, value, ms);
}

struct change look_insist(struct state *s, enum aspect a, int value, int64_t ms)
{
	for (int i = 0; i < 3; i++)
		assert_false(look_on(s, a, value, ms + i).changed);
	return look_on(s, a, value, ms + 3);
}

struct state looks_open(void)
{
	struct state s;

	state_init(&s);
	assert_true(look(&s, REASON_OK, 1000).changed);
	return s;
}

struct state looks_blind(void)
{
	struct state s = looks_open();

	assert_false(look(&s, REASON_LOCAL, 2000).changed);
	assert_false(look(&s, REASON_LOCAL, 3000).changed);
	assert_true(look(&s, REASON_LOCAL, 4000).changed);
	return s;
}

void assert_declared(const struct change *c, int from, int to, int64_t since_ms)
{
	assert_true(c->changed);
	assert_false(c->look_again);
	assert_int_equal(c->from, from);
	assert_int_equal(c->to, to);
	assert_int_equal(c->since.ms, since_ms);
}

static void assert_no_change(const struct change *c)
{
	assert_false(c->changed || c->first || c->word_changed);
	assert_false(c->flap_began || c->flap_ended);
}

void assert_quiet(const struct change *c, int declared, int64_t since_ms)
{
	assert_no_change(c);
	assert_false(c->look_again);
	assert_int_equal(c->from, declared);
	assert_int_equal(c->to, declared);
	assert_int_equal(c->since.ms, since_ms);
}

void assert_asks(const struct change *c, int64_t wait_ms)
{
	assert_no_change(c);
	assert_true(c->look_again);
	assert_int_equal(span_ms(c->wait), wait_ms);
}
