/* SPDX-License-Identifier: Apache-2.0 */
/* One port, watched on a schedule over a clock that only the test moves. */
#include "daemon/state.h"

#include "base/must.h"
#include "daemon/schedule.h"
#include "probes/reason.h"
#include "tests/unit/chance.h"
#include "tests/unit/looks.h"
#include "tests/unit/unit.h"

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

struct site;

/* What a look at the port finds that begins at ms. */
typedef int port_fn(struct site *site, int64_t ms);

struct site {
	port_fn *port;
	struct chance chance;
	unsigned loss_pct;
	int64_t toggle_ms;  /* the port toggles every so long, … */
	int64_t offset_ms;  /* … for the first time here, … */
	int64_t steady_ms;  /* … and is open from here on */
	int64_t silence_ms; /* how long one waits for an answer that does not come */

	struct schedule *schedule; /* owned */
	struct job job;
	struct state state;
	struct mono free; /* when the look under way has ended */
	unsigned looks, confirmations;
	unsigned changes, began, ended;
	unsigned changes_before; /* flapping was announced */
	struct wall since;       /* of the last change */
};

static void site_init(struct site *site, int64_t interval_ms)
{
	site->schedule = schedule_new();
	state_init(&site->state);
	schedule_add(site->schedule, &site->job, span_of_ms(interval_ms), 0, (struct mono){ 0 });
	/* The wall clock began long before. */
	site->since = (struct wall){ INT64_MIN };
}

static void site_done(struct site *site)
{
	schedule_free(site->schedule);
}

static void tally(struct site *site, const struct change *c)
{
	if (c->changed && !c->first) {
		site->changes++;
		if (site->began == 0 && !c->flap_began)
			site->changes_before++;
	}
	site->began += c->flap_began;
	site->ended += c->flap_ended;
	if (!c->changed)
		return;
	/* Intervals follow one another. */
	assert_true(c->since.ms > site->since.ms);
	site->since = c->since;
}

static void look_at_port(struct site *site, const struct due *due, struct mono now)
{
	int64_t ms = now.ns / 1000000;
	struct observation o = { ASPECT_PORT, site->port(site, ms), due->regular, { ms } };
	struct change c;

	state_observe(&site->state, &looks_usual, &o, &c);
	tally(site, &c);
	site->looks++;
	site->confirmations += !due->regular;
	site->free = now;
	if (o.value == REASON_NO_ANSWER)
		site->free = mono_add(now, span_of_ms(site->silence_ms));
	if (c.look_again)
		schedule_want(site->schedule, &site->job, mono_add(site->free, c.wait));
}

static void site_run(struct site *site, int64_t until_ms)
{
	struct mono until = { until_ms * 1000000 };
	struct mono now;
	struct due due;

	while (schedule_next(site->schedule, &now)) {
		if (mono_before(now, site->free))
			now = site->free;
		if (!mono_before(now, until))
			break;
		assert_true(schedule_take(site->schedule, now, &due));
		look_at_port(site, &due, now);
	}
}

static int lossy_port(struct site *site, __attribute__((unused)) int64_t ms)
{
	return chance_below(&site->chance, 100) < site->loss_pct ? REASON_NO_ANSWER : REASON_OK;
}

static bool toggled_away(const struct site *site, int64_t ms)
{
	if (ms < site->offset_ms || ms >= site->steady_ms)
		return false;
	return (ms - site->offset_ms) / site->toggle_ms % 2 == 0;
}

static int refusing_port(struct site *site, int64_t ms)
{
	return toggled_away(site, ms) ? REASON_REFUSED : REASON_OK;
}

static int silent_port(struct site *site, int64_t ms)
{
	return toggled_away(site, ms) ? REASON_NO_ANSWER : REASON_OK;
}

TEST(test_state_watching_one_percent_loss_for_72_hours_declares_nothing)
{
	for (unsigned endpoint = 0; endpoint < 40; endpoint++) {
		struct site site = {
			.port = lossy_port,
			.chance = { endpoint },
			.loss_pct = 1,
			.silence_ms = 3 * SECOND_MS * (endpoint % 2),
		};

		site_init(&site, 10 * SECOND_MS);
		site_run(&site, 72 * HOUR_MS);
		/* One look per interval, and one more for each of the losses. */
		assert_int_equal(site.looks - site.confirmations, 72 * 360 - 1);
		assert_in_range(site.confirmations, 200, 330);
		assert_int_equal(site.changes, 0);
		assert_int_equal(site.began, 0);
		site_done(&site);
	}
}

/* The port is away for 20 s, there for 20 s, and so on for ten minutes; then it stays. */
static void watch_toggling(port_fn *port, int64_t offset_ms, int64_t silence_ms)
{
	struct site site = {
		.port = port,
		.toggle_ms = 20 * SECOND_MS,
		.offset_ms = offset_ms,
		.steady_ms = 20 * MINUTE_MS,
		.silence_ms = silence_ms,
	};

	site_init(&site, 10 * SECOND_MS);
	site_run(&site, 20 * MINUTE_MS);
	assert_in_range(site.changes_before, 1, 5);
	assert_int_equal(site.began, 1);
	assert_int_equal(site.ended, 0);
	/* None is hidden from the history. */
	assert_in_range(site.changes, 56, 60);
	site_run(&site, 40 * MINUTE_MS);
	assert_int_equal(site.began, 1);
	assert_int_equal(site.ended, 1);
	assert_int_equal(site.state.declared, REASON_OK);
	site_done(&site);
}

TEST(test_state_watching_a_port_that_toggles_says_flapping_once)
{
	for (int64_t offset_ms = 30000; offset_ms < 70000; offset_ms += 250) {
		watch_toggling(refusing_port, offset_ms, 0);
		watch_toggling(silent_port, offset_ms, 3 * SECOND_MS);
	}
}

/* One outage, wherever it begins on the grid: exact on both sides to one look. */
TEST(test_state_watching_an_outage_dates_it_by_the_first_look_that_saw_it)
{
	for (int64_t offset_ms = 100000; offset_ms < 110000; offset_ms += 100) {
		struct site site = {
			.port = refusing_port,
			.toggle_ms = 15 * MINUTE_MS,
			.offset_ms = offset_ms,
			.steady_ms = offset_ms + 15 * MINUTE_MS,
		};

		site_init(&site, 10 * SECOND_MS);
		site_run(&site, offset_ms + 10 * MINUTE_MS);
		assert_int_equal(site.state.declared, REASON_REFUSED);
		assert_in_range(site.since.ms, offset_ms, offset_ms + 10 * SECOND_MS - 1);
		assert_int_equal(site.since.ms % (10 * SECOND_MS), 0);
		site_run(&site, offset_ms + 30 * MINUTE_MS);
		assert_int_equal(site.state.declared, REASON_OK);
		assert_in_range(site.since.ms, site.steady_ms, site.steady_ms + 10 * SECOND_MS - 1);
		assert_int_equal(site.changes, 2);
		assert_int_equal(site.began, 0);
		/* Three confirmations for each change. */
		assert_int_equal(site.confirmations, 6);
		site_done(&site);
	}
}

TEST(test_state_watching_for_a_month_without_an_event_declares_once)
{
	struct site site = { .port = lossy_port };

	site_init(&site, 10 * SECOND_MS);
	site_run(&site, 30 * DAY_MS);
	assert_int_equal(site.looks, 30 * 24 * 360 - 1);
	assert_int_equal(site.confirmations, 0);
	assert_int_equal(site.changes, 0);
	assert_int_equal(site.since.ms, 10 * SECOND_MS);
	site_done(&site);
}

static void assert_kept(const struct state *before, const struct state *s,
			const struct state_policy *policy, const struct change *c)
{
	assert_int_equal(c->from, before->declared);
	assert_int_equal(c->to, s->declared);
	assert_int_equal(c->since.ms, s->since.ms);
	assert_int_equal(c->changed, c->from != c->to);
	assert_int_equal(c->first, c->changed && c->from == STATE_NOTHING);
	assert_true(c->changed || (!c->word_changed && s->since.ms == before->since.ms));
	assert_true(!c->changed || c->since.ms > before->since.ms || c->first);
	assert_false(c->changed && c->look_again);
	assert_int_equal(c->flap_began, s->flapping && !before->flapping);
	assert_int_equal(c->flap_ended, !s->flapping && before->flapping);
	assert_int_equal(s->surprises > 0, s->candidate != STATE_NOTHING);
	assert_true(s->surprises <= policy->confirm_count);
	assert_true(s->candidate == STATE_NOTHING || s->candidate != s->declared);
	assert_int_equal(s->window >> STATE_WINDOW, 0);
}

TEST(test_state_watching_anything_keeps_every_promise)
{
	static const int counts[ASPECT_N] = { REASON_N, SERVICE_N, TRUST_N, REASON_N };

	for (unsigned run = 0; run < 400; run++) {
		struct chance chance = { run };
		struct state_policy policy = looks_usual;
		struct observation o = { .aspect = run % ASPECT_N };
		unsigned spread = 2 + chance_below(&chance, (unsigned)counts[o.aspect] - 1);
		struct state s;

		state_init(&s);
		policy.confirm_count = chance_below(&chance, STATE_CONFIRM_MAX + 1);
		for (int i = 1; i <= 1000; i++) {
			struct state before = s;
			struct change c;

			/* The last values, among which is the unknown one, or all of them. */
			if (chance_below(&chance, 4) == 0)
				o.value = counts[o.aspect] - 1 -
					  (int)chance_below(&chance, spread - 1);
			o.regular = chance_below(&chance, 2) == 0;
			o.at = (struct wall){ i };
			state_observe(&s, &policy, &o, &c);
			assert_kept(&before, &s, &policy, &c);
		}
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_state_watching_one_percent_loss_for_72_hours_declares_nothing),
	cmocka_unit_test(test_state_watching_a_port_that_toggles_says_flapping_once),
	cmocka_unit_test(test_state_watching_an_outage_dates_it_by_the_first_look_that_saw_it),
	cmocka_unit_test(test_state_watching_for_a_month_without_an_event_declares_once),
	cmocka_unit_test(test_state_watching_anything_keeps_every_promise),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
