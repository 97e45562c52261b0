/* SPDX-License-Identifier: Apache-2.0 */
/* Questions that want less than there is: one endpoint, or one aspect of it. */
#include "daemon/history.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "probes/reason.h"
#include "tests/unit/kept.h"
#include "tests/unit/unit.h"

#define MINUTE_MS INT64_C(60000)

/* 2026-01-01T00:00:00Z. */
static const int64_t begin_ms = INT64_C(1767225600000);

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

static void put_span(enum aspect aspect, int value, int minute)
{
	store_put_span(k.store, &(struct store_span){ .endpoint = 1,
						      .aspect = aspect,
						      .value = value,
						      .since = { begin_ms + minute * MINUTE_MS },
						      .event = true,
						      .from = STATE_NOTHING });
}

/* Twenty changes of the service between three of the port. */
static void put_story(void)
{
	put_span(ASPECT_PORT, REASON_OK, 0);
	for (int i = 0; i < 20; i++)
		put_span(ASPECT_SERVICE, i % 2 == 0 ? SERVICE_SERVING : SERVICE_TLS_TIMEOUT, i);
	put_span(ASPECT_PORT, REASON_REFUSED, 20);
	put_span(ASPECT_PORT, REASON_OK, 21);
	kept_settle(&k);
}

/* All pages; each but the last must be full.  The values of key as one text. */
static void expect_full_pages(struct question q, const char *key, const char *want)
{
	struct buf all;

	buf_init(&all, 4096);
	do {
		AUTO(text) char *text = kept_ask_next(&k, &q, &q.after);
		json_t *j = json_loads(text, 0, NULL);
		json_t *row;
		size_t i;

		assert_true(json_array_size(j) == q.limit || q.after == 0);
		json_array_foreach(j, i, row)
			buf_printf(&all, "%s ", json_string_value(json_object_get(row, key)));
		json_decref(j);
	} while (q.after != 0);
	assert_string_equal(buf_text(&all), want);
	buf_done(&all);
}

TEST(test_history_spans_of_one_aspect_fill_their_pages)
{
	struct question q = kept_question(QUESTION_SPANS, 1);

	put_story();
	q.limit = 2;
	q.aspect = "port";
	expect_full_pages(q, "state", "open closed open ");
	q.aspect = "name";
	expect_full_pages(q, "state", "");
	q.aspect = "service";
	q.limit = 19;
	q.from.ms = begin_ms + 17 * MINUTE_MS;
	expect_full_pages(q, "reason", "tls-timeout serving tls-timeout ");
}

TEST(test_history_at_of_one_endpoint_is_that_alone)
{
	struct question q = kept_question(QUESTION_AT, 2);

	put_story();
	expect_full_pages(q, "name", "esx2:902 ");
	q.endpoint = 1;
	expect_full_pages(q, "name", "esx1:902 ");
	q.after = 1;
	expect_full_pages(q, "name", "");
	q.after = 0;
	q.endpoint = 3;
	expect_full_pages(q, "name", "");
	q.endpoint = 0;
	q.limit = 1;
	expect_full_pages(q, "name", "esx1:902 esx2:902 ");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(test_history_spans_of_one_aspect_fill_their_pages, set_up,
					tear_down),
	cmocka_unit_test_setup_teardown(test_history_at_of_one_endpoint_is_that_alone, set_up,
					tear_down),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
