/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and their answers, as the asker gets them. */
#include "daemon/history.h"

#include <event2/event.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "probes/cert.h"
#include "probes/reason.h"
#include "probes/trace.h"
#include "tests/unit/kept.h"
#include "tests/unit/made.h"
#include "tests/unit/unit.h"

/* 2026-01-01T00:00:00Z, and minutes after it. */
#define T0   INT64_C(1767225600000)
#define M(n) (T0 + (n)*INT64_C(60000))

static struct kept k;

static int set_up(__attribute__((unused)) void **state)
{
	kept_init(&k, NULL);
	kept_open(&k);
	kept_start(&k);
	kept_enrol(&k, 1);
	kept_enrol(&k, 2);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	kept_done(&k);
	return 0;
}

static void expect(const struct question *q, const char *want)
{
	AUTO(text) char *text = kept_ask(&k, q);

	assert_string_equal(text, want);
}

static json_t *ask(const struct question *q)
{
	AUTO(text) char *text = kept_ask(&k, q);
	json_t *j = json_loads(text, 0, NULL);

	if (j == NULL)
		fail_msg("no JSON: %s", text);
	return j;
}

static struct question within(enum question_kind kind, int64_t endpoint, int64_t from, int64_t to)
{
	struct question q = kept_question(kind, endpoint);

	q.from.ms = from;
	q.to.ms = to;
	return q;
}

static double number(const json_t *j, const char *key)
{
	const json_t *v = json_object_get(j, key);

	if (!json_is_number(v))
		fail_msg("no number: %s", key);
	return json_number_value(v);
}

static const char *word(const json_t *j, const char *key)
{
	const char *text = json_string_value(json_object_get(j, key));

	return text != NULL ? text : "-";
}

/* Open from minute 0, filtered at 10, closed at 12, open at 15, filtered at 40 to 41. */
static void put_story(void)
{
	kept_change(&k, 1, STATE_NOTHING, REASON_OK, M(0));
	kept_change(&k, 1, REASON_OK, REASON_NO_ANSWER, M(10));
	kept_change(&k, 1, REASON_NO_ANSWER, REASON_REFUSED, M(12));
	kept_change(&k, 1, REASON_REFUSED, REASON_OK, M(15));
	kept_change(&k, 1, REASON_OK, REASON_NO_ANSWER, M(40));
	kept_change(&k, 1, REASON_NO_ANSWER, REASON_OK, M(41));
	kept_settle(&k);
}

TEST(test_history_spans_newest_first_within_the_window)
{
	struct question q = within(QUESTION_SPANS, 1, M(11), M(13));

	put_story();
	expect(&q, "[{\"id\":3,\"endpoint\":1,\"aspect\":\"port\",\"state\":\"closed\","
		   "\"reason\":\"refused\",\"from\":\"2026-01-01T00:12:00.000Z\","
		   "\"to\":\"2026-01-01T00:15:00.000Z\",\"seen\":\"2026-01-01T00:12:00.000Z\","
		   "\"count\":1},"
		   "{\"id\":2,\"endpoint\":1,\"aspect\":\"port\",\"state\":\"filtered\","
		   "\"reason\":\"no-answer\",\"from\":\"2026-01-01T00:10:00.000Z\","
		   "\"to\":\"2026-01-01T00:12:00.000Z\",\"seen\":\"2026-01-01T00:10:00.000Z\","
		   "\"count\":1}]");
	q = kept_question(QUESTION_SPANS, 2);
	expect(&q, "[]");
}

TEST(test_history_lasting_span_has_no_end)
{
	struct question q = kept_question(QUESTION_SPANS, 1);
	json_t *j;

	put_story();
	j = ask(&q);
	assert_int_equal(json_array_size(j), 6);
	assert_string_equal(word(json_array_get(j, 0), "to"), "-");
	assert_string_equal(word(json_array_get(j, 5), "to"), "2026-01-01T00:10:00.000Z");
	json_decref(j);
}

/* Walks through all pages; returns the values of key as one text. */
static char *paged(struct question q, const char *key, unsigned limit, unsigned *ret_pages)
{
	char *all = xstrdup("");

	q.limit = limit;
	for (*ret_pages = 1;; (*ret_pages)++) {
		AUTO(text) char *text = kept_ask_next(&k, &q, &q.after);
		json_t *j = json_loads(text, 0, NULL);
		json_t *row;
		size_t i;

		MUST(j != NULL && json_array_size(j) <= limit);
		json_array_foreach(j, i, row)
		{
			json_t *v = json_object_get(row, key);
			char *longer = json_is_integer(v)
					       ? xasprintf("%s%lld ", all,
							   (long long)json_integer_value(v))
					       : xasprintf("%s%s ", all, word(row, key));

			free(all);
			all = longer;
		}
		json_decref(j);
		if (q.after == 0)
			return all;
	}
}

static void expect_pages(enum question_kind kind, int64_t endpoint, const char *key,
			 const char *want)
{
	struct question q = kept_question(kind, endpoint);
	unsigned pages;
	AUTO(text) char *one = paged(q, key, 1000, &pages);
	AUTO(text) char *two = paged(q, key, 2, &pages);

	assert_string_equal(one, want);
	assert_string_equal(two, want);
	assert_true(pages > 1);
}

TEST(test_history_pages_give_every_row_once)
{
	struct question q = kept_question(QUESTION_EVENTS, 0);
	unsigned pages;
	char *text;

	put_story();
	for (int i = 0; i < 5; i++)
		store_put_samples(k.store, &(struct store_samples){ .endpoint = 1,
								    .start = { M(i / 2) },
								    .interval = span_of_ms(1000),
								    .count = 1,
								    .rtt_us = { i } });
	kept_settle(&k);
	expect_pages(QUESTION_SPANS, 1, "id", "6 5 4 3 2 1 ");
	expect_pages(QUESTION_SPANS, 0, "id", "6 5 4 3 2 1 ");
	expect_pages(QUESTION_EVENTS, 0, "id", "6 5 4 3 2 1 ");
	expect_pages(QUESTION_EVENTS, 1, "id", "6 5 4 3 2 1 ");
	expect_pages(QUESTION_SAMPLES, 1, "from",
		     "2026-01-01T00:00:00.000Z 2026-01-01T00:00:00.000Z 2026-01-01T00:01:00.000Z "
		     "2026-01-01T00:01:00.000Z 2026-01-01T00:02:00.000Z ");
	q.ascending = true;
	text = paged(q, "id", 2, &pages);
	assert_string_equal(text, "1 2 3 4 5 6 ");
	free(text);
}

TEST(test_history_events_name_the_endpoint)
{
	struct question q = within(QUESTION_EVENTS, 1, M(10), M(11));

	put_story();
	expect(&q, "[{\"id\":2,\"time\":\"2026-01-01T00:10:00.000Z\",\"endpoint\":1,"
		   "\"name\":\"esx1:902\",\"address\":\"192.0.2.1\",\"kind\":\"port\","
		   "\"before\":\"open\",\"after\":\"filtered\",\"reason\":\"no-answer\"}]");
	q = within(QUESTION_EVENTS, 0, M(100), M(200));
	expect(&q, "[]");
}

TEST(test_history_at_is_the_state_of_everything_then)
{
	struct question q = within(QUESTION_AT, 0, M(11), INT64_MAX);
	json_t *j;
	json_t *one;

	put_story();
	store_put_span(k.store, &(struct store_span){ .endpoint = 1,
						      .aspect = ASPECT_SERVICE,
						      .value = SERVICE_SERVING,
						      .since = { M(1) },
						      .event = true,
						      .from = STATE_NOTHING });
	kept_settle(&k);
	j = ask(&q);
	assert_int_equal(json_array_size(j), 2);
	one = json_array_get(j, 0);
	assert_string_equal(word(one, "state"), "filtered");
	assert_string_equal(word(one, "reason"), "no-answer");
	assert_string_equal(word(one, "since"), "2026-01-01T00:10:00.000Z");
	assert_string_equal(word(one, "service"), "serving");
	assert_string_equal(word(one, "provider"), "site");
	assert_string_equal(word(one, "trust"), "-");
	assert_true(json_is_true(json_object_get(one, "observed")));
	assert_int_equal(number(one, "port"), 902);
	assert_true(json_is_false(json_object_get(json_array_get(j, 1), "observed")));
	assert_string_equal(word(json_array_get(j, 1), "state"), "-");
	json_decref(j);
	q.from.ms = M(-5);
	j = ask(&q);
	assert_true(json_is_false(json_object_get(json_array_get(j, 0), "observed")));
	json_decref(j);
	q = kept_question(QUESTION_AT, 1);
	j = ask(&q);
	assert_int_equal(json_array_size(j), 1);
	assert_string_equal(word(json_array_get(j, 0), "state"), "open");
	json_decref(j);
}

TEST(test_history_at_leaves_out_what_was_retired_before)
{
	struct question q = kept_question(QUESTION_AT, 0);
	json_t *j;

	put_story();
	store_retire(k.store, 1, (struct wall){ M(50) });
	kept_settle(&k);
	j = ask(&q);
	assert_int_equal(json_array_size(j), 1);
	assert_string_equal(word(json_array_get(j, 0), "name"), "esx2:902");
	json_decref(j);
	q.from.ms = M(45);
	j = ask(&q);
	assert_int_equal(json_array_size(j), 2);
	json_decref(j);
}

TEST(test_history_summary_counts_exactly)
{
	struct question q = within(QUESTION_SUMMARY, 1, M(5), M(45));
	json_t *j, *longest;

	put_story();
	j = ask(&q);
	assert_string_equal(word(j, "from"), "2026-01-01T00:05:00.000Z");
	assert_string_equal(word(j, "to"), "2026-01-01T00:45:00.000Z");
	assert_int_equal(number(j, "observed_ms"), 40 * 60000);
	assert_int_equal(number(j, "unobserved_ms"), 0);
	assert_int_equal(number(j, "open_ms"), 34 * 60000);
	assert_true(number(j, "availability_pct") > 84.99 && number(j, "availability_pct") < 85.01);
	assert_int_equal(number(j, "outages"), 2);
	longest = json_object_get(j, "longest_outage");
	assert_string_equal(word(longest, "from"), "2026-01-01T00:10:00.000Z");
	assert_string_equal(word(longest, "to"), "2026-01-01T00:15:00.000Z");
	assert_int_equal(number(longest, "ms"), 5 * 60000);
	assert_string_equal(word(longest, "reason"), "refused"); /* three of its five minutes */
	assert_int_equal(number(j, "samples"), 0);
	assert_true(json_is_null(json_object_get(j, "loss_pct")));
	json_decref(j);
}

TEST(test_history_summary_clips_an_outage_to_the_window)
{
	struct question q = within(QUESTION_SUMMARY, 1, M(14), M(20));
	json_t *j;

	put_story();
	j = ask(&q);
	assert_int_equal(number(j, "open_ms"), 5 * 60000);
	assert_int_equal(number(json_object_get(j, "longest_outage"), "ms"), 60000);
	json_decref(j);
}

TEST(test_history_summary_of_nothing_is_null_not_zero)
{
	struct question q = within(QUESTION_SUMMARY, 2, M(0), M(10));
	json_t *j = ask(&q);

	assert_int_equal(number(j, "observed_ms"), 0);
	assert_int_equal(number(j, "unobserved_ms"), 600000);
	assert_true(json_is_null(json_object_get(j, "availability_pct")));
	assert_true(json_is_null(json_object_get(j, "longest_outage")));
	json_decref(j);
	q = kept_question(QUESTION_SUMMARY, 99); /* nobody */
	j = ask(&q);
	assert_true(json_is_null(json_object_get(j, "availability_pct")));
	json_decref(j);
}

TEST(test_history_summary_does_not_count_what_could_not_be_looked_at)
{
	struct question q = within(QUESTION_SUMMARY, 1, M(0), M(40));
	json_t *j;

	kept_change(&k, 1, STATE_NOTHING, REASON_OK, M(0));
	kept_change(&k, 1, REASON_OK, REASON_NO_ANSWER, M(10));
	kept_change(&k, 1, REASON_NO_ANSWER, REASON_LOCAL, M(20));
	kept_change(&k, 1, REASON_LOCAL, REASON_NO_ANSWER, M(30));
	kept_settle(&k);
	j = ask(&q);
	assert_int_equal(number(j, "observed_ms"), 30 * 60000);
	assert_int_equal(number(j, "unobserved_ms"), 10 * 60000);
	assert_int_equal(number(j, "outages"), 1);
	assert_int_equal(number(json_object_get(j, "longest_outage"), "ms"), 20 * 60000);
	json_decref(j);
}

TEST(test_history_summary_measures_across_chunk_borders)
{
	struct question q = within(QUESTION_SUMMARY, 1, M(0) + 1000, M(0) + 7000);
	json_t *j, *rtt;

	/* slots of a second: 9 100 - 300 | . 500 501 X; the first and the last are outside */
	store_put_samples(k.store,
			  &(struct store_samples){ .endpoint = 1,
						   .start = { M(0) },
						   .interval = span_of_ms(1000),
						   .count = 4,
						   .rtt_us = { 9, 100, SAMPLE_LOST, 300 } });
	store_put_samples(k.store,
			  &(struct store_samples){ .endpoint = 1,
						   .start = { M(0) + 4000 },
						   .interval = span_of_ms(1000),
						   .count = 4,
						   .rtt_us = { 500, 507, SAMPLE_NOT_RUN, 9 } });
	kept_settle(&k);
	j = ask(&q);
	rtt = json_object_get(j, "rtt_us");
	assert_int_equal(number(j, "samples"), 5);
	assert_int_equal(number(j, "lost"), 1);
	assert_true(number(j, "loss_pct") > 19.99 && number(j, "loss_pct") < 20.01);
	assert_int_equal(number(rtt, "min"), 100);
	assert_int_equal(number(rtt, "p50"), 300);
	assert_int_equal(number(rtt, "p95"), 507);
	assert_int_equal(number(rtt, "max"), 507);
	assert_int_equal(number(rtt, "mean"), 352);
	assert_int_equal(number(j, "jitter_us"), 104); /* (200 + 7) / 2 */
	assert_string_equal(word(j, "resolution"), "sample");
	json_decref(j);
	q = within(QUESTION_SAMPLES, 1, M(0) + 2500, M(0) + 6000);
	expect(&q, "[{\"endpoint\":1,\"from\":\"2026-01-01T00:00:03.000Z\",\"interval_ms\":1000,"
		   "\"rtt_us\":[300]},"
		   "{\"endpoint\":1,\"from\":\"2026-01-01T00:00:04.000Z\",\"interval_ms\":1000,"
		   "\"rtt_us\":[500,507]}]");
}

TEST(test_history_certificates_with_fingerprints_in_colons)
{
	struct digests *digests = digests_new();
	struct made m = made_new(&(struct plan){ .name = "esx \"1\"" });
	struct cert *c = cert_of(m.x, digests);
	struct question q = kept_question(QUESTION_CERTIFICATES, 1);
	char want[FINGERPRINT_TEXT_SIZE];
	json_t *j, *one;

	store_put_certificate(k.store, 1, c, (struct wall){ M(0) });
	store_put_certificate(k.store, 2, c, (struct wall){ M(1) });
	kept_settle(&k);
	j = ask(&q);
	assert_int_equal(json_array_size(j), 1);
	one = json_array_get(j, 0);
	fingerprint_format(c->sha256, sizeof c->sha256, want);
	assert_string_equal(word(one, "sha256"), want);
	fingerprint_format(c->sha1, sizeof c->sha1, want);
	assert_string_equal(word(one, "sha1"), want);
	assert_string_equal(word(one, "subject"), c->subject);
	assert_string_equal(word(one, "not_before"), "2000-01-01T00:00:00.000Z");
	assert_string_equal(word(one, "name"), "esx1:902");
	assert_string_equal(word(one, "first_seen"), "2026-01-01T00:00:00.000Z");
	assert_true(json_is_true(json_object_get(one, "self_signed")));
	json_decref(j);
	q.endpoint = 0;
	j = ask(&q);
	assert_int_equal(json_array_size(j), 2);
	json_decref(j);
	cert_free(c);
	made_free(&m);
	digests_free(digests);
}

TEST(test_history_traces_with_their_hops)
{
	struct question q = kept_question(QUESTION_TRACES, 1);
	struct trace_result *t = xcalloc(1, sizeof *t);

	MUST(addr_parse("192.0.2.1", 902, &t->target) && addr_parse("10.1.7.1", 0, &t->by));
	t->count = 2;
	t->hops[0] = (struct hop){ .ttl = 1, .rtt_us = -1 };
	t->hops[1] = (struct hop){ .ttl = 2,
				   .from = t->by,
				   .rtt_us = 700,
				   .icmp = { .present = true, .type = 11, .code = 0 } };
	t->outcome = TRACE_SILENT_BEYOND;
	t->reason = REASON_NO_ANSWER;
	store_put_trace(k.store, 1, t, (struct wall){ M(3) });
	free(t);
	kept_settle(&k);
	expect(&q, "[{\"id\":1,\"endpoint\":1,\"name\":\"esx1:902\","
		   "\"time\":\"2026-01-01T00:03:00.000Z\",\"target\":\"192.0.2.1:902\","
		   "\"outcome\":\"silent-beyond\",\"reason\":\"no-answer\",\"by\":\"10.1.7.1\","
		   "\"hops\":[{\"ttl\":1},{\"ttl\":2,\"address\":\"10.1.7.1\",\"rtt_us\":700,"
		   "\"icmp\":[11,0]}]}]");
	q.endpoint = 2;
	expect(&q, "[]");
}

TEST(test_history_question_about_one_endpoint_needs_one)
{
	static const enum question_kind kinds[] = { QUESTION_SAMPLES, QUESTION_ROLLUPS,
						    QUESTION_SUMMARY };

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct question q = kept_question(kinds[i], 0);

		expect(&q, "error: this question is about one endpoint");
	}
}

static void never(void *owner, const struct answer *a)
{
	(void)owner;
	(void)a;
	fail();
}

static void cancel_other(void *owner, const struct answer *a)
{
	struct ask **other = owner;

	(void)a;
	store_ask_cancel(*other);
	*other = NULL;
}

TEST(test_history_cancelled_question_is_never_answered)
{
	struct question q = kept_question(QUESTION_SPANS, 1);
	struct ask *later;

	put_story();
	store_ask_cancel(NULL);
	for (int i = 0; i < 50; i++)
		store_ask_cancel(store_ask(k.store, &q, never, NULL));
	(void)store_ask(k.store, &q, cancel_other, &later);
	later = store_ask(k.store, &q, never, NULL);
	free(kept_ask(&k, &q)); /* answers come in order: those before are through */
	assert_null(later);
	(void)store_ask(k.store, &q, never, NULL); /* under way when the store ends */
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_STORE(test_history_spans_newest_first_within_the_window),
	WITH_STORE(test_history_lasting_span_has_no_end),
	WITH_STORE(test_history_pages_give_every_row_once),
	WITH_STORE(test_history_events_name_the_endpoint),
	WITH_STORE(test_history_at_is_the_state_of_everything_then),
	WITH_STORE(test_history_at_leaves_out_what_was_retired_before),
	WITH_STORE(test_history_summary_counts_exactly),
	WITH_STORE(test_history_summary_clips_an_outage_to_the_window),
	WITH_STORE(test_history_summary_of_nothing_is_null_not_zero),
	WITH_STORE(test_history_summary_does_not_count_what_could_not_be_looked_at),
	WITH_STORE(test_history_summary_measures_across_chunk_borders),
	WITH_STORE(test_history_certificates_with_fingerprints_in_colons),
	WITH_STORE(test_history_traces_with_their_hops),
	WITH_STORE(test_history_question_about_one_endpoint_needs_one),
	WITH_STORE(test_history_cancelled_question_is_never_answered),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
