/* SPDX-License-Identifier: Apache-2.0 */
/* test_outbox.c: what one sink is told, and when; test_outbox_trouble.c: a sink that does not take it. */
#include "daemon/outbox.h"

#include "base/log.h"
#include "base/text.h"
#include "daemon/ledger.h"
#include "daemon/mutes.h"
#include "daemon/store.h"
#include "tests/unit/box.h"
#include "tests/unit/unit.h"

enum { MINUTE_MS = 60000, DAY_MS = 86400000 };

static struct box box;

/* ---- in place of the history */

static bool writable, trouble, keeps;
static unsigned deliveries;
static struct store_delivery last_delivery;
static char anything;
static struct store *const store = (struct store *)(void *)&anything;

uint64_t __wrap_store_put_alert(struct store *s, const struct store_alert *a);
void __wrap_store_put_delivery(struct store *s, const struct store_delivery *d);
bool __wrap_store_kept(struct store *s, uint64_t ticket);
void __wrap_store_stats(struct store *s, struct store_stats *ret_stats);
bool __wrap_mutes_match_labels(const struct mutes *m, enum alert_kind kind, const json_t *labels,
			       struct wall now);

uint64_t __wrap_store_put_alert(struct store *s, const struct store_alert *a)
{
	assert_ptr_equal(s, store);
	assert_non_null(a);
	return 1;
}

void __wrap_store_put_delivery(struct store *s, const struct store_delivery *d)
{
	assert_ptr_equal(s, store);
	deliveries++;
	last_delivery = *d;
}

bool __wrap_store_kept(struct store *s, uint64_t ticket)
{
	assert_ptr_equal(s, store);
	return keeps && ticket == 1;
}

void __wrap_store_stats(struct store *s, struct store_stats *ret_stats)
{
	assert_ptr_equal(s, store);
	*ret_stats = (struct store_stats){ .writable = writable };
	if (!writable && trouble)
		text_printf(ret_stats->trouble, sizeof ret_stats->trouble, "disk full");
}

bool __wrap_mutes_match_labels(const struct mutes *m, enum alert_kind kind, const json_t *labels,
			       struct wall now)
{
	(void)m;
	(void)kind;
	(void)labels;
	(void)now;
	fail();
	return false;
}

static void begin(const struct sink_class *class)
{
	writable = trouble = keeps = true;
	deliveries = 0;
	box_begin(&box, class, store);
}

static void end(void)
{
	box_end(&box);
}

/* ---- what is due */

TEST(test_outbox_new_alert_is_told_and_kept_so)
{
	struct alert *a;

	begin(&box_events);
	a = box_raise(&box, "good", 1);
	(void)box_turn(&box);
	assert_int_equal(box.sink.tells, 1);
	assert_int_equal(box_owed(&box).count, 1);
	box_answer(&box);
	(void)box_turn(&box);
	assert_int_equal(a->told[3].revision, 1);
	assert_int_equal(deliveries, 1);
	assert_string_equal(last_delivery.sink, "box");
	assert_int_equal(last_delivery.revision, 1);
	assert_int_equal(box_owed(&box).count, 0);
	assert_int_equal(box_stats(&box).taken, 1);
	assert_false(box_knows(&box, a));
	end();
}

TEST(test_outbox_history_is_waited_for_but_not_for_ever)
{
	begin(&box_events);
	keeps = false;
	(void)box_raise(&box, "good", 1);
	assert_in_range(span_ms(box_turn(&box)), 1, 2500);
	assert_int_equal(box.sink.tells, 0);
	assert_int_equal(box_owed(&box).count, 1);
	box_run(&box, 2100);
	assert_int_equal(box.sink.tells, 1);
	(void)box_raise(&box, "good", 2);
	box.now = box.alerts[2]->put;
	(void)box_turn(&box);
	assert_int_equal(box.sink.tells, 1);
	keeps = true;
	(void)box_turn(&box);
	assert_int_equal(box.sink.tells, 2);
	box_answer(&box);
	end();
}

TEST(test_outbox_history_that_has_not_begun_is_waited_for)
{
	begin(&box_events);
	keeps = writable = trouble = false;
	(void)box_raise(&box, "good", 1);
	assert_in_range(span_ms(box_turn(&box)), 1, 2500);
	assert_int_equal(box.sink.tells, 0);
	keeps = writable = true;
	(void)box_turn(&box);
	assert_int_equal(box.sink.tells, 1);
	box_answer(&box);
	end();
}

TEST(test_outbox_history_in_trouble_is_not_waited_for)
{
	begin(&box_events);
	keeps = writable = false;
	(void)box_raise(&box, "good", 1);
	(void)box_turn(&box);
	assert_int_equal(box.sink.tells, 1);
	box_answer(&box);
	end();
}

TEST(test_outbox_silenced_alert_is_told_when_the_silence_ends)
{
	struct alert *a;

	begin(&box_levels);
	a = box_raise(&box, "good", 1);
	a->silenced = true;
	box_run(&box, 10 * MINUTE_MS);
	assert_int_equal(box.sink.tells, 0);
	assert_int_equal(box_owed(&box).count, 0);
	a->silenced = false;
	box_run(&box, 1000);
	assert_int_equal(box.sink.known[1].revision, 1);
	end();
}

TEST(test_outbox_silence_after_the_telling_hides_no_end)
{
	struct alert *a;

	begin(&box_events);
	a = box_raise(&box, "good", 1);
	box_run(&box, 1000);
	a->silenced = true;
	ledger_end(box.ledger, a, wall_now(), "it is over");
	box_run(&box, 1000);
	assert_true(box.sink.known[1].ended);
	assert_true(box_knows(&box, a));
	end();
}

TEST(test_outbox_end_in_silence_stays_untold)
{
	struct alert *a;

	begin(&box_levels);
	a = box_raise(&box, "good", 1);
	a->silenced = true;
	ledger_end(box.ledger, a, wall_now(), "it is over");
	box_run(&box, 1000);
	assert_int_equal(box.sink.tells, 0);
	assert_true(box_knows(&box, a));
	end();
}

TEST(test_outbox_less_severe_alert_is_not_told)
{
	struct alert *a;

	begin(&box_events);
	box_limit(&box, SEVERITY_CRITICAL);
	a = box_raise(&box, "good", 1);
	box_run(&box, 1000);
	assert_int_equal(box.sink.tells, 0);
	ledger_end(box.ledger, a, wall_now(), "it is over");
	assert_true(box_knows(&box, a));
	end();
}

TEST(test_outbox_alert_that_ended_untold_is_told_once_with_its_end)
{
	struct alert *a;

	begin(&box_events);
	a = box_raise(&box, "good", 1);
	ledger_end(box.ledger, a, wall_now(), "it is over");
	assert_false(box_knows(&box, a));
	box_run(&box, DAY_MS);
	assert_int_equal(box.sink.tells, 1);
	assert_true(box.sink.known[1].ended);
	assert_int_equal(box_stats(&box).coalesced, 1);
	assert_true(box_knows(&box, a));
	end();
}

/* ---- while a telling is under way */

TEST(test_outbox_alert_that_changes_in_flight_is_told_again)
{
	struct alert *a;

	begin(&box_events);
	a = box_raise(&box, "good", 1);
	(void)box_turn(&box);
	box_revise(&box, a);
	box_revise(&box, a);
	box_answer(&box);
	box_run(&box, 1000);
	assert_int_equal(box.sink.tells, 2);
	assert_int_equal(box.sink.known[1].revision, 3);
	assert_int_equal(a->told[3].revision, 3);
	assert_int_equal(box_stats(&box).coalesced, 1);
	end();
}

TEST(test_outbox_alert_that_is_gone_in_flight_harms_nobody)
{
	struct alert *a;

	begin(&box_events);
	a = box_raise(&box, "good", 1);
	(void)box_raise(&box, "good", 2);
	(void)box_turn(&box);
	ledger_end(box.ledger, a, wall_now(), "it is over");
	ledger_settle(box.ledger, a);
	(void)box_raise(&box, "good", 1); /* a new instance: what was told was another */
	box_answer(&box);
	box_run(&box, 1000);
	assert_int_equal(box.sink.tells, 2);
	assert_int_equal(box.sink.known[1].times, 2);
	assert_int_equal(box.sink.known[2].times, 1);
	end();
}

TEST(test_outbox_end_in_flight_is_told_after_it)
{
	struct alert *a;

	begin(&box_levels);
	a = box_raise(&box, "good", 1);
	(void)box_turn(&box);
	ledger_end(box.ledger, a, wall_now(), "it is over");
	box_answer(&box);
	(void)box_turn(&box);
	assert_false(box_knows(&box, a));
	box_answer(&box);
	(void)box_turn(&box);
	assert_true(a->told[3].ended);
	end();
}

TEST(test_outbox_closed_in_flight_tells_nobody)
{
	begin(&box_events);
	(void)box_raise(&box, "good", 1);
	(void)box_turn(&box);
	end();
}

/* ---- reminders */

TEST(test_outbox_event_sink_is_told_once)
{
	begin(&box_events);
	(void)box_raise(&box, "good", 1);
	box_run(&box, DAY_MS);
	assert_int_equal(box.sink.tells, 1);
	end();
}

TEST(test_outbox_level_sink_is_reminded_every_minute)
{
	begin(&box_levels);
	(void)box_raise(&box, "good", 1);
	box_run(&box, DAY_MS);
	assert_in_range(box.sink.tells, DAY_MS / MINUTE_MS, DAY_MS / BOX_RESEND_MS + 1);
	assert_int_equal(box_stats(&box).taken, 1);
	assert_int_equal(deliveries, 1);
	end();
}

TEST(test_outbox_reminders_come_together)
{
	begin(&box_levels);
	for (size_t i = 0; i < 40; i++) {
		(void)box_raise(&box, "good", i);
		box_run(&box, 300);
	}
	box.sink.tells = 0;
	box_run(&box, 10 * MINUTE_MS);
	assert_in_range(box.sink.tells, 10, 15);
	end();
}

TEST(test_outbox_end_is_repeated_for_five_minutes)
{
	struct alert *a;

	begin(&box_levels);
	a = box_raise(&box, "good", 1);
	box_run(&box, 1000);
	ledger_end(box.ledger, a, wall_now(), "it is over");
	box_run(&box, 1000);
	assert_false(box_knows(&box, a));
	box.sink.tells = 0;
	box_run(&box, 5 * MINUTE_MS);
	assert_int_equal(box.sink.tells, 5);
	assert_true(box_knows(&box, a));
	box_run(&box, DAY_MS);
	assert_int_equal(box.sink.tells, 5);
	end();
}

/* What another process told may be gone with the sink's own memory. */
TEST(test_outbox_level_sink_is_reminded_at_once_after_a_start)
{
	struct alert *a;

	begin(&box_levels);
	a = box_raise(&box, "good", 1);
	a->told[3] = (struct telling){ .revision = a->revision, .at = wall_now() };
	(void)box_turn(&box);
	assert_int_equal(box.sink.tells, 1);
	box_answer(&box);
	box_run(&box, 1000);
	assert_int_equal(deliveries, 0);
	end();
}

TEST(test_outbox_oldest_is_the_one_that_waits_longest)
{
	begin(&box_events);
	box.sink.mood = BOX_AWAY;
	assert_int_equal(box_owed(&box).oldest.ms, 0);
	(void)box_raise(&box, "good", 1);
	box.alerts[1]->put.ns -= INT64_C(5000000000);
	(void)box_raise(&box, "good", 2);
	assert_in_range(wall_now().ms - box_owed(&box).oldest.ms, 4900, 15000);
	end();
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_outbox_new_alert_is_told_and_kept_so),
	cmocka_unit_test(test_outbox_history_is_waited_for_but_not_for_ever),
	cmocka_unit_test(test_outbox_history_that_has_not_begun_is_waited_for),
	cmocka_unit_test(test_outbox_history_in_trouble_is_not_waited_for),
	cmocka_unit_test(test_outbox_silenced_alert_is_told_when_the_silence_ends),
	cmocka_unit_test(test_outbox_silence_after_the_telling_hides_no_end),
	cmocka_unit_test(test_outbox_end_in_silence_stays_untold),
	cmocka_unit_test(test_outbox_less_severe_alert_is_not_told),
	cmocka_unit_test(test_outbox_alert_that_ended_untold_is_told_once_with_its_end),
	cmocka_unit_test(test_outbox_alert_that_changes_in_flight_is_told_again),
	cmocka_unit_test(test_outbox_alert_that_is_gone_in_flight_harms_nobody),
	cmocka_unit_test(test_outbox_end_in_flight_is_told_after_it),
	cmocka_unit_test(test_outbox_closed_in_flight_tells_nobody),
	cmocka_unit_test(test_outbox_event_sink_is_told_once),
	cmocka_unit_test(test_outbox_level_sink_is_reminded_every_minute),
	cmocka_unit_test(test_outbox_reminders_come_together),
	cmocka_unit_test(test_outbox_end_is_repeated_for_five_minutes),
	cmocka_unit_test(test_outbox_level_sink_is_reminded_at_once_after_a_start),
	cmocka_unit_test(test_outbox_oldest_is_the_one_that_waits_longest),
};

int main(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
