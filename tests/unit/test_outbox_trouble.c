/* SPDX-License-Identifier: Apache-2.0 */
/* test_outbox_trouble.c: a sink that is away, refuses, or is upset. */
#include <string.h>

#include "base/log.h"
#include "base/must.h"
#include "daemon/ledger.h"
#include "daemon/outbox.h"
#include "tests/unit/box.h"
#include "tests/unit/chance.h"
#include "tests/unit/nohistory.h"
#include "tests/unit/unit.h"

enum { MINUTE_MS = 60000, DAY_MS = 86400000 };

static struct box box;

static void begin(const struct sink_class *class)
{
	box_begin(&box, class, NULL);
}

static void end(void)
{
	box_end(&box);
}

/* ---- a sink that is away */

TEST(test_outbox_away_for_a_day_stays_bounded_and_everything_is_there_in_a_minute)
{
	begin(&box_levels);
	box.sink.mood = BOX_AWAY;
	for (size_t i = 0; i < BOX_MANY; i++)
		(void)box_raise(&box, "good", i);
	for (int hour = 0; hour < 24; hour++) {
		for (size_t i = 0; i < BOX_MANY; i++)
			box_revise(&box, box.alerts[i]);
		box_run(&box, DAY_MS / 24);
	}
	assert_in_range(box.sink.tells, DAY_MS / 36000, DAY_MS / 24000 + 5);
	assert_int_equal(ledger_count(box.ledger), BOX_MANY);
	assert_int_equal(box_owed(&box).count, BOX_MANY);
	assert_true(box_stats(&box).failing);
	box.sink.mood = BOX_WELL;
	box_run(&box, MINUTE_MS);
	for (size_t i = 0; i < BOX_MANY; i++)
		assert_int_equal(box.sink.known[i].revision, 25);
	assert_int_equal(box_stats(&box).coalesced, BOX_MANY * 24);
	assert_false(box_stats(&box).failing);
	assert_string_equal(box_stats(&box).trouble, "");
	end();
}

TEST(test_outbox_backoff_doubles_up_to_thirty_seconds)
{
	static const int64_t waits_s[] = { 1, 2, 4, 8, 16, 30, 30 };

	begin(&box_events);
	box.sink.mood = BOX_AWAY;
	(void)box_raise(&box, "good", 1);
	for (size_t i = 0; i < ARRAY_LEN(waits_s); i++) {
		int64_t wait_ms;

		(void)box_turn(&box);
		box_answer(&box);
		wait_ms = span_ms(box_turn(&box));
		assert_in_range(wait_ms, waits_s[i] * 800, waits_s[i] * 1200);
		box.now = mono_add(box.now, span_of_ms(wait_ms + 1));
	}
	assert_int_equal(box_stats(&box).failures, ARRAY_LEN(waits_s));
	box.sink.mood = BOX_WELL;
	box_run(&box, 1);
	box.sink.mood = BOX_AWAY;
	box_revise(&box, box.alerts[1]);
	(void)box_turn(&box);
	box_answer(&box);
	assert_in_range(span_ms(box_turn(&box)), 800, 1200);
	end();
}

/* ---- a sink that refuses */

TEST(test_outbox_refused_batch_is_halved_down_to_the_bad_ones)
{
	unsigned needed;

	begin(&box_events);
	box.sink.mood = BOX_PICKY;
	for (size_t i = 0; i < BOX_BATCH; i++)
		(void)box_raise(&box, i == 0 || i == 77 || i == BOX_BATCH - 1 ? "bad" : "good", i);
	box_run(&box, 1000);
	needed = box.sink.tells;
	assert_in_range(needed, 4, 2 * BOX_BATCH);
	for (size_t i = 0; i < BOX_BATCH; i++)
		if (i == 0 || i == 77 || i == BOX_BATCH - 1)
			assert_int_equal(box.alerts[i]->told[3].refused, 1);
		else
			assert_int_equal(box.sink.known[i].times, 1);
	assert_int_equal(box_stats(&box).refused, 3);
	assert_int_equal(box_stats(&box).taken, BOX_BATCH - 3);
	assert_int_equal(box_owed(&box).count, 0);
	box_run(&box, DAY_MS);
	assert_int_equal(box.sink.tells, needed);
	end();
}

TEST(test_outbox_everything_refused_ends)
{
	begin(&box_levels);
	box.sink.mood = BOX_PICKY;
	for (size_t i = 0; i < BOX_BATCH; i++)
		(void)box_raise(&box, "bad", i);
	box_run(&box, DAY_MS);
	assert_int_equal(box.sink.tells, 2 * BOX_BATCH - 1);
	assert_int_equal(box_stats(&box).refused, BOX_BATCH);
	end();
}

TEST(test_outbox_refused_alert_is_tried_again_in_its_next_revision)
{
	struct alert *a;

	begin(&box_events);
	box.sink.mood = BOX_PICKY;
	a = box_raise(&box, "bad", 1);
	box_run(&box, 1000);
	assert_int_equal(a->told[3].refused, 1);
	box.sink.mood = BOX_WELL;
	ledger_end(box.ledger, a, wall_now(), "it is over");
	box_run(&box, 1000);
	assert_int_equal(box.sink.known[1].revision, 2);
	assert_int_equal(box_stats(&box).coalesced, 0);
	assert_true(box_knows(&box, a));
	end();
}

TEST(test_outbox_halving_goes_on_after_a_failure)
{
	begin(&box_events);
	box.sink.mood = BOX_PICKY;
	for (size_t i = 0; i < 64; i++)
		(void)box_raise(&box, i == 40 ? "bad" : "good", i);
	(void)box_turn(&box);
	box_answer(&box);
	(void)box_turn(&box);
	box.sink.mood = BOX_AWAY;
	box_answer(&box);
	(void)box_turn(&box);
	assert_int_equal(box.sink.count, 32);
	box.sink.mood = BOX_PICKY;
	box_run(&box, 3000);
	assert_in_range(box.sink.tells, 3, 2 + 2 * 7);
	assert_int_equal(box_stats(&box).taken, 63);
	assert_int_equal(box_stats(&box).refused, 1);
	end();
}

/* It answers 500 whenever one of them is told. */
TEST(test_outbox_alert_that_upsets_the_sink_does_not_hold_up_others)
{
	begin(&box_events);
	box.sink.mood = BOX_UPSET;
	(void)box_raise(&box, "bad", 0);
	for (size_t i = 1; i < 5; i++)
		(void)box_raise(&box, "good", i);
	box_run(&box, 10 * MINUTE_MS);
	for (size_t i = 1; i < 5; i++)
		assert_int_equal(box.sink.known[i].times, 1);
	assert_true(box_stats(&box).failing);
	assert_int_equal(box_owed(&box).count, 1);
	end();
}

/* ---- everything at once */

static void something_happens(struct chance *c)
{
	size_t n = chance_below(c, 50);
	struct alert *a = box.alerts[n];

	switch (chance_below(c, 4)) {
	case 0:
		if (a == NULL || !alert_active(a))
			(void)box_raise(&box, n % 7 == 0 ? "bad" : "good", n);
		break;
	case 1:
		if (a != NULL && alert_active(a))
			ledger_end(box.ledger, a, wall_now(), "it is over");
		break;
	case 2:
		if (a != NULL)
			a->silenced = chance_below(c, 4) == 0;
		break;
	default:
		box.sink.mood = (enum box_mood)chance_below(c, 4);
		break;
	}
}

/* As the courier does. */
static void settle(void)
{
	for (size_t i = 0; i < 50; i++)
		if (box.alerts[i] != NULL && !alert_active(box.alerts[i]) &&
		    box_knows(&box, box.alerts[i])) {
			ledger_settle(box.ledger, box.alerts[i]);
			box.alerts[i] = NULL;
		}
}

TEST(test_outbox_whatever_happens_the_last_word_arrives)
{
	struct chance c = { .seed = 4 };

	begin(&box_levels);
	for (int i = 0; i < 5000; i++) {
		something_happens(&c);
		box_run(&box, (int64_t)chance_below(&c, 20000));
		settle();
	}
	for (size_t i = 0; i < 50; i++)
		if (box.alerts[i] != NULL)
			box.alerts[i]->silenced = false;
	box.sink.mood = BOX_WELL;
	box_run(&box, MINUTE_MS);
	for (size_t i = 0; i < 50; i++) {
		struct alert *a = box.alerts[i];

		if (a == NULL || a->told[3].refused == a->revision)
			continue;
		assert_int_equal(box.sink.known[i].revision, a->revision);
		assert_true(box.sink.known[i].ended == !alert_active(a));
	}
	assert_int_equal(box_owed(&box).count, 0);
	end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(
		test_outbox_away_for_a_day_stays_bounded_and_everything_is_there_in_a_minute),
	cmocka_unit_test(test_outbox_backoff_doubles_up_to_thirty_seconds),
	cmocka_unit_test(test_outbox_refused_batch_is_halved_down_to_the_bad_ones),
	cmocka_unit_test(test_outbox_everything_refused_ends),
	cmocka_unit_test(test_outbox_refused_alert_is_tried_again_in_its_next_revision),
	cmocka_unit_test(test_outbox_halving_goes_on_after_a_failure),
	cmocka_unit_test(test_outbox_alert_that_upsets_the_sink_does_not_hold_up_others),
	cmocka_unit_test(test_outbox_whatever_happens_the_last_word_arrives),
};

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
