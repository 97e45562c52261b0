/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts, deliveries and silences: what is put is there, and comes back after a restart. */
#include "daemon/store.h"

#include <event2/event.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/reason.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

static struct kept k;
static unsigned news; /* calls of on_kept() */

static void on_kept(void *owner)
{
	MUST(owner == &k);
	news++;
}

static int set_up(__attribute__((unused)) void **state)
{
	kept_init(&k, NULL);
	kept_open(&k);
	news = 0;
	store_on_kept(k.store, on_kept, &k);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	kept_done(&k);
	return 0;
}

static struct store_alert closed(int64_t endpoint, int64_t starts_ms)
{
	return (struct store_alert){ .identity = "PortClosed esx1:902 192.0.2.1",
				     .name = "PortClosed",
				     .subject = "esx1:902 192.0.2.1",
				     .severity = "critical",
				     .endpoint = endpoint,
				     .starts = { starts_ms },
				     .revision = 1,
				     .labels = "{\"host\":\"esx1\"}",
				     .annotations = "{\"summary\":\"refused\"}" };
}

static struct store_delivery delivery(int64_t starts_ms, const char *sink, unsigned revision)
{
	return (struct store_delivery){ .identity = "PortClosed esx1:902 192.0.2.1",
					.starts = { starts_ms },
					.sink = sink,
					.revision = revision,
					.at = { 9000 } };
}

static struct store_silence silence(int64_t id, int64_t until_ms)
{
	return (struct store_silence){ .id = id,
				       .pattern = "esx04",
				       .name = "",
				       .from = { 1000 },
				       .until = { until_ms },
				       .why = "new disks",
				       .by = "root" };
}

static struct store_pasts reopened(void)
{
	struct store_pasts pasts;

	kept_close(&k);
	kept_open(&k);
	store_past(k.store, &pasts);
	return pasts;
}

#define ROWS                                                                                       \
	"SELECT group_concat(starts_ms || ' ' || ifnull(ends_ms, '-') || ' ' || revision || ' ' "  \
	"|| "                                                                                      \
	"settled, ', ') FROM (SELECT * FROM alert ORDER BY id)"

TEST(test_store_alert_is_one_row_however_often_it_changes)
{
	struct store_alert a = closed(1, 1000);

	kept_start(&k);
	kept_enrol(&k, 1);
	(void)store_put_alert(k.store, &a);
	a.revision = 2;
	a.severity = "warning";
	a.coalesced = 3;
	a.silenced = true;
	a.annotations = "{\"summary\":\"filtered\"}";
	(void)store_put_alert(k.store, &a);
	kept_settle(&k);
	kept_expect(&k, ROWS, "1000 - 2 0");
	kept_expect(
		&k,
		"SELECT identity || ' ' || endpoint_id || ' ' || severity || ' ' || coalesced ||"
		" ' ' || silenced || ' ' || labels || ' ' || annotations FROM alert",
		"PortClosed esx1:902 192.0.2.1 1 warning 3 1 {\"host\":\"esx1\"}"
		" {\"summary\":\"filtered\"}");
	a.ends.ms = 5000;
	a.revision = 3;
	a.settled = true;
	(void)store_put_alert(k.store, &a);
	kept_settle(&k);
	kept_expect(&k, ROWS, "1000 5000 3 1");
}

/* The process before could not be asked what it left. */
TEST(test_store_alert_settles_other_instances_of_its_identity)
{
	struct store_alert a = closed(0, 1000);
	struct store_alert b = closed(0, 3000);
	struct store_alert c = closed(0, 2000); /* by a clock that was set back */

	(void)store_put_alert(k.store, &a);
	(void)store_put_alert(k.store, &b);
	(void)store_put_alert(k.store, &c);
	a.settled = true;
	a.ends.ms = 1500;
	(void)store_put_alert(k.store, &a); /* a late word of it leaves the others alone */
	kept_close(&k);
	kept_expect(&k, ROWS, "1000 1500 1 1, 3000 3000 1 1, 2000 - 1 0");
}

TEST(test_store_alert_of_an_unknown_endpoint_is_kept_without)
{
	struct store_alert a = closed(77, 1000);

	kept_start(&k);
	(void)store_put_alert(k.store, &a);
	kept_settle(&k);
	kept_expect(&k, "SELECT endpoint_id IS NULL FROM alert", "1");
	assert_int_equal(kept_stats(&k).lost, 0);
}

TEST(test_store_delivery_is_one_row_for_each_sink_and_nothing_of_the_unknown)
{
	struct store_alert a = closed(0, 1000);
	struct store_delivery first = delivery(1000, "ops", 1);
	struct store_delivery later = delivery(1000, "ops", 2);
	struct store_delivery other = delivery(1000, "mail", 0);
	struct store_delivery nobody = delivery(1001, "ops", 1);

	kept_start(&k);
	(void)store_put_alert(k.store, &a);
	store_put_delivery(k.store, &first);
	later.ended = true;
	store_put_delivery(k.store, &later);
	other.refused = 2;
	store_put_delivery(k.store, &other);
	store_put_delivery(k.store, &nobody);
	kept_settle(&k);
	kept_expect(&k,
		    "SELECT group_concat(sink || ' ' || revision || ' ' || refused || ' ' || ended,"
		    " ', ') FROM delivery",
		    "mail 0 2 0, ops 2 0 1");
	assert_int_equal(kept_stats(&k).lost, 0);
}

TEST(test_store_past_has_unsettled_alerts_with_their_deliveries)
{
	struct store_alert a = closed(1, 1000);
	struct store_alert b = closed(0, 2000);
	struct store_alert gone = closed(0, 500);
	struct store_delivery one = delivery(1000, "ops", 4);
	struct store_delivery two = delivery(1000, "a sink of another name", 3);
	struct store_pasts pasts;

	b.identity = "NodeIsolated";
	b.subject = "";
	b.name = "NodeIsolated";
	b.ends.ms = 2500;
	b.silenced = true;
	gone.settled = true;
	gone.ends.ms = 600;
	kept_enrol(&k, 1);
	(void)store_put_alert(k.store, &gone);
	(void)store_put_alert(k.store, &a);
	(void)store_put_alert(k.store, &b);
	one.ended = true;
	store_put_delivery(k.store, &one);
	store_put_delivery(k.store, &two);
	pasts = reopened();
	assert_int_equal(pasts.alert_count, 2);
	assert_string_equal(pasts.alerts[0].alert.identity, a.identity);
	assert_string_equal(pasts.alerts[0].alert.labels, a.labels);
	assert_string_equal(pasts.alerts[0].alert.annotations, a.annotations);
	assert_string_equal(pasts.alerts[0].alert.severity, "critical");
	assert_int_equal(pasts.alerts[0].alert.endpoint, 1);
	assert_int_equal(pasts.alerts[0].alert.ends.ms, 0);
	assert_int_equal(pasts.alerts[0].delivery_count, 2);
	assert_string_equal(pasts.alerts[0].deliveries[0].sink, two.sink);
	assert_int_equal(pasts.alerts[0].deliveries[0].revision, 3);
	assert_string_equal(pasts.alerts[0].deliveries[1].sink, "ops");
	assert_int_equal(pasts.alerts[0].deliveries[1].revision, 4);
	assert_true(pasts.alerts[0].deliveries[1].ended);
	assert_int_equal(pasts.alerts[0].deliveries[1].at.ms, 9000);
	assert_string_equal(pasts.alerts[1].alert.identity, "NodeIsolated");
	assert_string_equal(pasts.alerts[1].alert.subject, "");
	assert_int_equal(pasts.alerts[1].alert.endpoint, 0);
	assert_int_equal(pasts.alerts[1].alert.starts.ms, 2000);
	assert_int_equal(pasts.alerts[1].alert.ends.ms, 2500);
	assert_true(pasts.alerts[1].alert.silenced);
	assert_false(pasts.alerts[1].alert.settled);
	assert_int_equal(pasts.alerts[1].delivery_count, 0);
	store_past_free(&pasts);
}

TEST(test_store_past_hands_over_rows_that_are_not_ours)
{
	struct store_pasts pasts;

	kept_close(&k);
	free(kept_sql(
		k.path,
		"INSERT INTO alert VALUES (3, 'x', 'Unheard', '', 'loud', NULL,"
		" -9223372036854775808, NULL, -1, 9223372036854775807, 7, 0, '{', '[1,null]'),"
		" (4, 'y', '', '', '', NULL, 1, 2, 0, 0, 0, 0, '', x'00' || '{}')"));
	free(kept_sql(k.path, "INSERT INTO delivery VALUES (3, '', -5, 99999999999, 2, -1)"));
	free(kept_sql(k.path, "INSERT INTO silence VALUES (9223372036854775807, '', 'Unheard',"
			      " 0, 9223372036854775807, '', '')"));
	kept_open(&k);
	store_past(k.store, &pasts);
	assert_int_equal(pasts.alert_count, 2);
	assert_string_equal(pasts.alerts[0].alert.labels, "{");
	assert_int_equal(pasts.alerts[0].alert.revision, 0);
	assert_int_equal(pasts.alerts[0].alert.coalesced, INT32_MAX);
	assert_int_equal(pasts.alerts[0].deliveries[0].revision, 0);
	assert_int_equal(pasts.alerts[0].deliveries[0].refused, INT32_MAX);
	assert_string_equal(pasts.alerts[1].alert.annotations, "");
	assert_int_equal(pasts.alerts[0].alert.starts.ms, 0);
	assert_int_equal(pasts.silence_count, 0);
	assert_true(pasts.max_silence < INT64_MAX - 1000000);
	store_past_free(&pasts);
}

TEST(test_store_past_has_silences_that_last_and_the_highest_number_ever)
{
	int64_t now = wall_now().ms;
	struct store_silence s = silence(1, now + 60000);
	struct store_pasts pasts;

	store_put_silence(k.store, &s);
	s = silence(2, now + 60000);
	s.name = "Flapping";
	store_put_silence(k.store, &s);
	s = silence(3, now + 60000);
	store_put_silence(k.store, &s);
	s.until.ms = now - 1; /* somebody ended it */
	store_put_silence(k.store, &s);
	pasts = reopened();
	assert_int_equal(pasts.silence_count, 2);
	assert_int_equal(pasts.silences[0].silence.id, 2);
	assert_string_equal(pasts.silences[0].silence.name, "Flapping");
	assert_int_equal(pasts.silences[1].silence.id, 1);
	assert_string_equal(pasts.silences[1].silence.pattern, "esx04");
	assert_string_equal(pasts.silences[1].silence.name, "");
	assert_string_equal(pasts.silences[1].silence.why, "new disks");
	assert_string_equal(pasts.silences[1].silence.by, "root");
	assert_int_equal(pasts.silences[1].silence.from.ms, 1000);
	assert_int_equal(pasts.silences[1].silence.until.ms, now + 60000);
	assert_int_equal(pasts.max_silence, 3);
	store_past_free(&pasts);
	free(kept_sql(k.path, "DELETE FROM silence"));
	pasts = reopened();
	assert_int_equal(pasts.silence_count, 0);
	assert_int_equal(pasts.max_silence, 3);
	store_past_free(&pasts);
}

/* ---- tickets */

static uint64_t ticket;

static bool ticket_kept(struct kept *kept)
{
	return store_kept(kept->store, ticket);
}

static bool told(struct kept *kept)
{
	(void)kept;
	return news > 0;
}

TEST(test_store_ticket_is_kept_once_it_is_in_the_database)
{
	struct store_alert a = closed(0, 1000);

	ticket = store_put_alert(k.store, &a);
	assert_true(ticket > 0);
	assert_false(store_kept(k.store, ticket));
	kept_start(&k);
	kept_wait(&k, ticket_kept);
	kept_expect(&k, ROWS, "1000 - 1 0");
	kept_wait(&k, told);
	assert_true(store_put_alert(k.store, &a) > ticket);
}

TEST(test_store_commits_without_alerts_are_no_news)
{
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_wait(&k, told); /* it is writable from now on */
	news = 0;
	for (int i = 0; i < 20; i++) {
		struct store_silence s = silence(1, i);

		kept_span(&k, 1, i % 2 == 0 ? REASON_OK : REASON_REFUSED, i);
		store_touch(k.store, 1, ASPECT_PORT, 1, (struct wall){ i });
		store_put_silence(k.store, &s);
		kept_settle(&k);
	}
	MUST(event_base_loop(k.base, EVLOOP_NONBLOCK) >= 0);
	assert_int_equal(news, 0);
}

static bool unwritable(struct kept *kept)
{
	return news > 0 && !kept_stats(kept).writable;
}

static bool writable(struct kept *kept)
{
	return news > 0 && kept_stats(kept).writable;
}

TEST(test_store_that_ceases_and_begins_to_be_writable_is_news)
{
	struct store_alert a = closed(0, 1000);
	sqlite3 *raw;

	kept_start(&k);
	kept_enrol(&k, 1);
	kept_wait(&k, writable);
	kept_settle(&k);
	MUST(event_base_loop(k.base, EVLOOP_NONBLOCK) >= 0);
	MUST(sqlite3_open(k.path, &raw) == SQLITE_OK);
	MUST(sqlite3_exec(raw, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK);
	news = 0;
	ticket = store_put_alert(k.store, &a);
	kept_wait(&k, unwritable);
	assert_false(store_kept(k.store, ticket));
	MUST(sqlite3_exec(raw, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
	MUST(sqlite3_close(raw) == SQLITE_OK);
	news = 0;
	kept_wait(&k, writable);
	kept_wait(&k, ticket_kept);
}

/* ---- numbers */

static bool well(struct kept *kept)
{
	return kept_stats(kept).writable && kept_stats(kept).queued == 0;
}

/* The caller numbered before it could look: its 2 is row 1. */
TEST(test_store_alert_is_of_the_endpoint_that_the_caller_means)
{
	struct question q = kept_question(QUESTION_ALERTS, 2);
	struct store_alert a = closed(2, 1000);
	sqlite3 *raw;
	char *text;

	kept_enrol(&k, 1);
	kept_close(&k);
	MUST(sqlite3_open(k.path, &raw) == SQLITE_OK);
	MUST(sqlite3_exec(raw, "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE", NULL, NULL,
			  NULL) == SQLITE_OK);
	kept_open(&k);
	kept_start(&k);
	store_put_endpoint(k.store, &(struct store_endpoint){ .id = 2,
							      .provider = "",
							      .role = "esxi",
							      .name = "esx1:902",
							      .host = "esx.example.com",
							      .address = "192.0.2.1",
							      .port = 902,
							      .check = "authd" });
	(void)store_put_alert(k.store, &a);
	MUST(sqlite3_exec(raw, "ROLLBACK", NULL, NULL, NULL) == SQLITE_OK);
	MUST(sqlite3_close(raw) == SQLITE_OK);
	kept_wait(&k, well);
	kept_expect(&k, "SELECT endpoint_id FROM alert", "1");
	text = kept_ask(&k, &q);
	assert_non_null(strstr(text, "\"endpoint\":2"));
	free(text);
	q.endpoint = 1;
	text = kept_ask(&k, &q);
	assert_null(strstr(text, "\"endpoint\":1"));
	free(text);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_STORE(test_store_alert_is_one_row_however_often_it_changes),
	WITH_STORE(test_store_alert_settles_other_instances_of_its_identity),
	WITH_STORE(test_store_alert_of_an_unknown_endpoint_is_kept_without),
	WITH_STORE(test_store_delivery_is_one_row_for_each_sink_and_nothing_of_the_unknown),
	WITH_STORE(test_store_past_has_unsettled_alerts_with_their_deliveries),
	WITH_STORE(test_store_past_hands_over_rows_that_are_not_ours),
	WITH_STORE(test_store_past_has_silences_that_last_and_the_highest_number_ever),
	WITH_STORE(test_store_ticket_is_kept_once_it_is_in_the_database),
	WITH_STORE(test_store_commits_without_alerts_are_no_news),
	WITH_STORE(test_store_that_ceases_and_begins_to_be_writable_is_news),
	WITH_STORE(test_store_alert_is_of_the_endpoint_that_the_caller_means),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
