/* SPDX-License-Identifier: Apache-2.0 */
/* What is put is there afterwards, exactly, and a restart leaves the gap that it was. */
#include "daemon/store.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/cert.h"
#include "probes/reason.h"
#include "tests/unit/kept.h"
#include "tests/unit/made.h"
#include "tests/unit/unit.h"

TEST(test_store_first_start_is_fresh_and_past_is_empty)
{
	struct kept k;
	struct store_pasts pasts;

	kept_init(&k, NULL);
	kept_open(&k);
	store_past(k.store, &pasts);
	assert_int_equal(pasts.count, 0);
	assert_int_equal(pasts.max_id, 0);
	assert_int_equal(pasts.seen.ms, 0);
	store_past_free(&pasts);
	assert_int_equal(event_base_loop(k.base, EVLOOP_NONBLOCK), 0);
	assert_int_equal(k.fresh, 1);
	kept_close(&k);
	kept_open(&k);
	assert_int_equal(event_base_loop(k.base, EVLOOP_NONBLOCK), 0);
	assert_int_equal(k.fresh, 1);
	kept_done(&k);
}

TEST(test_store_change_is_one_span_after_the_other_and_an_event)
{
	struct kept k;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, 1000);
	store_put_span(k.store, &(struct store_span){ .endpoint = 1,
						      .aspect = ASPECT_PORT,
						      .value = REASON_ADMIN_PROHIBITED,
						      .since = { 5000 },
						      .offender = "10.1.7.1",
						      .detail = "ICMP 3/13",
						      .event = true,
						      .from = REASON_OK });
	kept_settle(&k);
	kept_expect(&k,
		    "SELECT group_concat(state || ' ' || reason || ' ' || since_ms || ' ' ||"
		    " ifnull(until_ms, '-') || ' ' || ifnull(offender, '-'), ', ') FROM span",
		    "open ok 1000 5000 -, filtered admin-prohibited 5000 - 10.1.7.1");
	kept_expect(&k,
		    "SELECT group_concat(at_ms || ' ' || kind || ' ' || ifnull(before, '-') || ' '"
		    " || after || ' ' || reason || ' ' || ifnull(detail, '-'), ', ') FROM event",
		    "1000 port - open ok -, "
		    "5000 port open filtered admin-prohibited ICMP 3/13");
	assert_true(kept_stats(&k).writable);
	assert_string_equal(kept_stats(&k).trouble, "");
	kept_done(&k);
}

TEST(test_store_same_state_said_again_changes_nothing)
{
	struct kept k;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	for (int i = 0; i < 3; i++) {
		kept_enrol(&k, 1);
		kept_span(&k, 1, REASON_OK, wall_now().ms);
	}
	kept_settle(&k);
	kept_expect(&k, "SELECT count(*) || ' ' || (SELECT count(*) FROM endpoint) FROM span",
		    "1 1");
	kept_done(&k);
}

TEST(test_store_touches_are_added_when_the_span_ends)
{
	struct kept k;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, 1000);
	store_touch(k.store, 1, ASPECT_PORT, 6, (struct wall){ 61000 });
	store_touch(k.store, 1, ASPECT_PORT, 5, (struct wall){ 111000 });
	kept_settle(&k);
	kept_change(&k, 1, REASON_OK, REASON_REFUSED, 120000);
	store_touch(k.store, 1, ASPECT_PORT, 2, (struct wall){ 130000 });
	kept_settle(&k);
	kept_expect(&k, "SELECT group_concat(count || ' ' || seen_ms, ', ') FROM span",
		    "12 111000, 1 120000");
	kept_close(&k);
	kept_expect(&k, "SELECT group_concat(count || ' ' || seen_ms, ', ') FROM span",
		    "12 111000, 3 130000");
	kept_done(&k);
}

TEST(test_store_retired_ends_and_comes_back_under_its_row)
{
	struct kept k;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, 1000);
	store_retire(k.store, 1, (struct wall){ 9000 });
	kept_settle(&k);
	kept_expect(&k, "SELECT until_ms || ' ' || retired_ms FROM span, endpoint", "9000 9000");
	kept_enrol(&k, 1);
	kept_settle(&k);
	kept_expect(&k, "SELECT count(*) || ' ' || (retired_ms IS NULL) FROM endpoint", "1 1");
	kept_done(&k);
}

TEST(test_store_samples_are_json_with_null_for_a_miss)
{
	struct kept k;
	struct store_samples s = { .endpoint = 1,
				   .start = { 1000 },
				   .interval = span_of_ms(10000),
				   .count = 4,
				   .rtt_us = { 250, SAMPLE_LOST, SAMPLE_NOT_RUN, 2147483647 } };

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	store_put_samples(k.store, &s);
	store_put_samples(k.store, &s); /* the clock was set back by as much */
	s.count = 0;
	store_put_samples(k.store, &s);
	s = (struct store_samples){ .endpoint = 1,
				    .start = { 41000 },
				    .interval = span_of_ms(10000),
				    .count = STORE_CHUNK };
	for (int i = 0; i < STORE_CHUNK; i++)
		s.rtt_us[i] = 2147483647;
	store_put_samples(k.store, &s);
	kept_settle(&k);
	kept_expect(&k,
		    "SELECT group_concat(seq || ' ' || count || ' ' || rtt, '; ') FROM sample"
		    " WHERE start_ms = 1000",
		    "0 4 [250,null,-1,2147483647]; 1 4 [250,null,-1,2147483647]");
	kept_expect(&k, "SELECT json_array_length(rtt) FROM sample WHERE start_ms = 41000", "60");
	kept_done(&k);
}

TEST(test_store_certificate_once_and_its_sightings)
{
	struct kept k;
	struct store_pasts pasts;
	struct digests *digests = digests_new();
	struct made a = made_new(&(struct plan){ .name = "a" });
	struct made b = made_new(&(struct plan){ .name = "b" });
	struct cert *ca = cert_of(a.x, digests);
	struct cert *cb = cert_of(b.x, digests);

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_enrol(&k, 2);
	kept_enrol(&k, 3);
	store_put_certificate(k.store, 1, ca, (struct wall){ 1000 });
	store_put_certificate(k.store, 2, ca, (struct wall){ 1500 });
	store_put_certificate(k.store, 1, ca, (struct wall){ 2000 });
	store_put_certificate(k.store, 1, cb, (struct wall){ 3000 });
	store_put_certificate(k.store, 1, cb, (struct wall){ 4000 });
	kept_close(&k);
	kept_expect(&k, "SELECT count(*) FROM certificate", "2");
	kept_expect(&k,
		    "SELECT group_concat(endpoint_id || ' ' || subject || ' ' || first_ms || ' '"
		    " || last_ms, ', ') FROM sighting JOIN certificate c ON c.id = certificate_id",
		    "1 CN=a 1000 2000, 2 CN=a 1500 1500, 1 CN=b 3000 4000");
	kept_expect(&k,
		    "SELECT length(sha256) || ' ' || length(sha1) || ' ' || (length(der) > 100)"
		    " || ' ' || self_signed FROM certificate",
		    "32 20 1 1");
	kept_open(&k);
	store_past(k.store, &pasts);
	assert_memory_equal(pasts.list[0].cert->sha1, cb->sha1, SHA1_BYTES);
	assert_memory_equal(pasts.list[0].cert->sha256, cb->sha256, SHA256_BYTES);
	assert_memory_equal(pasts.list[0].cert->spki_sha256, cb->spki_sha256, SHA256_BYTES);
	assert_string_equal(pasts.list[0].cert->issuer, "CN=b");
	assert_memory_equal(pasts.list[1].cert->sha256, ca->sha256, SHA256_BYTES);
	assert_null(pasts.list[2].cert);
	store_past_free(&pasts);
	kept_done(&k);
	cert_free(ca);
	cert_free(cb);
	made_free(&a);
	made_free(&b);
	digests_free(digests);
}

TEST(test_store_clean_restart_leaves_a_gap_and_remembers)
{
	struct kept k;
	struct store_pasts pasts;
	int64_t before = wall_now().ms;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, before - 5000);
	store_touch(k.store, 1, ASPECT_PORT, 1, (struct wall){ before - 3000 });
	kept_enrol(&k, 7);
	store_retire(k.store, 7, wall_now());
	kept_close(&k);
	kept_expect(&k, "SELECT until_ms IS NULL FROM span", "1");
	kept_open(&k);
	kept_expect(&k, "SELECT until_ms = stopped_ms FROM span, run WHERE run.id = 1", "1");
	store_past(k.store, &pasts);
	assert_int_equal(pasts.count, 2);
	assert_int_equal(pasts.max_id, 7);
	assert_true(pasts.seen.ms >= before && pasts.seen.ms <= wall_now().ms);
	assert_string_equal(pasts.list[0].endpoint.name, "esx1:902");
	assert_string_equal(pasts.list[0].endpoint.address, "192.0.2.1");
	assert_string_equal(pasts.list[0].endpoint.provider, "site");
	assert_string_equal(pasts.list[0].endpoint.check, "authd");
	assert_int_equal(pasts.list[0].endpoint.port, 902);
	assert_int_equal(pasts.list[0].value[ASPECT_PORT], REASON_OK);
	assert_int_equal(pasts.list[0].value[ASPECT_TRUST], STATE_NOTHING);
	assert_int_equal(pasts.list[0].since[ASPECT_PORT].ms, before - 5000);
	assert_int_equal(pasts.list[0].open.ms, before - 3000);
	assert_int_equal(pasts.list[1].open.ms, 0);
	assert_false(pasts.list[0].retired);
	assert_true(pasts.list[1].retired);
	store_past_free(&pasts);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_span(&k, 1, REASON_OK, before - 5000); /* as restored: it was not observed so long */
	kept_settle(&k);
	kept_expect(&k,
		    "SELECT (b.since_ms >= r.started_ms) || ' ' || (b.began_ms = a.began_ms)"
		    " || ' ' || count(*) FROM span a, span b, run r"
		    " WHERE a.id = 1 AND b.id = 2 AND r.id = 2",
		    "1 1 1");
	kept_done(&k);
}

TEST(test_store_endpoint_of_the_past_can_be_retired_unseen)
{
	struct kept k;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_enrol(&k, 4);
	kept_close(&k);
	kept_open(&k);
	kept_start(&k);
	store_retire(k.store, 4, (struct wall){ 5 });
	store_retire(k.store, 99, (struct wall){ 5 });
	kept_settle(&k);
	kept_expect(&k, "SELECT group_concat(id || ' ' || retired_ms) FROM endpoint", "4 5");
	assert_int_equal(kept_stats(&k).lost, 1);
	kept_done(&k);
}

TEST(test_store_clock_set_back_never_ends_before_the_beginning)
{
	struct kept k;
	int64_t now = wall_now().ms;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, now);
	kept_change(&k, 1, REASON_OK, REASON_REFUSED, now - 3600000);
	kept_change(&k, 1, REASON_REFUSED, REASON_OK, now - 3500000);
	kept_settle(&k);
	kept_expect(&k,
		    "SELECT min(until_ms - since_ms) || ' ' || max(until_ms - since_ms)"
		    " FROM span",
		    "0 100000");
	kept_expect(&k, "SELECT group_concat(reason) FROM (SELECT reason FROM span ORDER BY id)",
		    "ok,refused,ok");
	kept_done(&k);
}

/* The last sign of life lies ahead: the clock was set back before the restart. */
TEST(test_store_restart_under_an_earlier_clock_ends_spans_by_now)
{
	struct kept k;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_enrol(&k, 1);
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, 1000);
	kept_close(&k);
	free(kept_sql(k.path, "UPDATE run SET stopped_ms = NULL, alive_ms = alive_ms + 3600000"));
	kept_open(&k);
	kept_expect(&k, "SELECT until_ms <= started_ms + 1000 FROM span, run WHERE run.id = 2",
		    "1");
	kept_done(&k);
}

TEST(test_store_events_of_the_daemon_have_no_endpoint)
{
	struct kept k;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	store_put_event(k.store, &(struct store_event){ .at = { 7 },
							.kind = "started",
							.before = "",
							.after = "",
							.detail = "version 1" });
	kept_settle(&k);
	kept_expect(&k,
		    "SELECT kind || ' ' || (endpoint_id IS NULL) || (before IS NULL) || ' '"
		    " || detail FROM event",
		    "started 11 version 1");
	kept_done(&k);
}

TEST(test_store_sign_of_life_comes_without_messages)
{
	struct kept k;
	char *first;
	struct mono end = mono_add(mono_now(), span_of_ms(10000));

	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	first = kept_sql(k.path, "SELECT alive_ms FROM run");
	for (bool moved = false; !moved;) {
		AUTO(text) char *now = kept_sql(k.path, "SELECT alive_ms FROM run");

		moved = strcmp(now, first) != 0;
		assert_true(mono_before(mono_now(), end));
	}
	free(first);
	kept_done(&k);
}

TEST(test_store_without_thread_commits_what_was_put)
{
	struct kept k;

	kept_init(&k, NULL);
	kept_open(&k);
	kept_enrol(&k, 1);
	kept_close(&k);
	kept_expect(&k, "SELECT count(*) FROM endpoint", "1");
	kept_expect(&k, "SELECT stopped_ms IS NOT NULL FROM run", "1");
	kept_done(&k);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_store_first_start_is_fresh_and_past_is_empty),
	cmocka_unit_test(test_store_change_is_one_span_after_the_other_and_an_event),
	cmocka_unit_test(test_store_same_state_said_again_changes_nothing),
	cmocka_unit_test(test_store_touches_are_added_when_the_span_ends),
	cmocka_unit_test(test_store_retired_ends_and_comes_back_under_its_row),
	cmocka_unit_test(test_store_samples_are_json_with_null_for_a_miss),
	cmocka_unit_test(test_store_certificate_once_and_its_sightings),
	cmocka_unit_test(test_store_clean_restart_leaves_a_gap_and_remembers),
	cmocka_unit_test(test_store_endpoint_of_the_past_can_be_retired_unseen),
	cmocka_unit_test(test_store_clock_set_back_never_ends_before_the_beginning),
	cmocka_unit_test(test_store_restart_under_an_earlier_clock_ends_spans_by_now),
	cmocka_unit_test(test_store_events_of_the_daemon_have_no_endpoint),
	cmocka_unit_test(test_store_sign_of_life_comes_without_messages),
	cmocka_unit_test(test_store_without_thread_commits_what_was_put),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
