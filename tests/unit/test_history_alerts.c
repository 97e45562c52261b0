/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of alerts: which, in which order, in which words. */
#include "daemon/history.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/kept.h"
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

/* Instance `name` of minutes [starts, ends); ends 0: it lasts. */
static void put(const char *name, int64_t endpoint, int64_t starts, int64_t ends)
{
	(void)store_put_alert(k.store, &(struct store_alert){ .identity = name,
							      .name = "PortClosed",
							      .subject = name,
							      .severity = "critical",
							      .endpoint = endpoint,
							      .starts = { M(starts) },
							      .ends = { ends > 0 ? M(ends) : 0 },
							      .revision = 1,
							      .labels = "{}",
							      .annotations = "{}" });
}

/* The subjects that q is answered with, page by page. */
static char *subjects(struct question q)
{
	char *all = xstrdup("");

	do {
		AUTO(text) char *text = kept_ask_next(&k, &q, &q.after);
		json_t *j = json_loads(text, 0, NULL);
		json_t *row;
		size_t i;

		if (j == NULL)
			fail_msg("no JSON: %s", text);
		MUST(json_array_size(j) <= q.limit);
		json_array_foreach(j, i, row)
		{
			char *more = xasprintf("%s%s ", all,
					       json_string_value(json_object_get(row, "subject")));

			free(all);
			all = more;
		}
		json_decref(j);
	} while (q.after != 0);
	return all;
}

static void expect(const struct question *q, const char *want)
{
	AUTO(text) char *text = subjects(*q);

	assert_string_equal(text, want);
}

static struct question within(int64_t endpoint, int64_t from, int64_t to)
{
	struct question q = kept_question(QUESTION_ALERTS, endpoint);

	q.from.ms = M(from);
	q.to.ms = M(to);
	return q;
}

TEST(test_history_alert_in_all_its_words)
{
	struct question q = kept_question(QUESTION_ALERTS, 0);
	struct store_delivery v = { .identity = "PortClosed a",
				    .starts = { M(0) },
				    .sink = "ops",
				    .revision = 2,
				    .ended = true,
				    .at = { M(6) } };
	AUTO(text) char *text = NULL;

	(void)store_put_alert(k.store,
			      &(struct store_alert){ .identity = "PortClosed a",
						     .name = "PortClosed",
						     .subject = "a",
						     .severity = "critical",
						     .endpoint = 2,
						     .starts = { M(0) },
						     .ends = { M(5) },
						     .revision = 2,
						     .coalesced = 1,
						     .silenced = true,
						     .labels = "{\"host\":\"esx \\\"1\\\"\"}",
						     .annotations = "{\"summary\":\"x\"}" });
	store_put_delivery(k.store, &v);
	v = (struct store_delivery){ .identity = v.identity,
				     .starts = v.starts,
				     .sink = "mail",
				     .refused = 1,
				     .at = { M(7) } };
	store_put_delivery(k.store, &v);
	kept_settle(&k);
	text = kept_ask(&k, &q);
	assert_string_equal(
		text, "[{\"id\":1,\"alertname\":\"PortClosed\",\"severity\":\"critical\","
		      "\"subject\":\"a\",\"endpoint\":2,\"starts\":\"2026-01-01T00:00:00.000Z\","
		      "\"ends\":\"2026-01-01T00:05:00.000Z\",\"revision\":2,\"coalesced\":1,"
		      "\"silenced\":true,\"labels\":{\"host\":\"esx \\\"1\\\"\"},"
		      "\"annotations\":{\"summary\":\"x\"},\"deliveries\":["
		      "{\"sink\":\"mail\",\"refused\":1,\"ended\":false,"
		      "\"at\":\"2026-01-01T00:07:00.000Z\"},"
		      "{\"sink\":\"ops\",\"revision\":2,\"ended\":true,"
		      "\"at\":\"2026-01-01T00:06:00.000Z\"}]}]");
}

TEST(test_history_alert_of_the_node_that_lasts_leaves_out_what_is_not)
{
	struct question q = kept_question(QUESTION_ALERTS, 0);
	AUTO(text) char *text = NULL;

	(void)store_put_alert(k.store, &(struct store_alert){ .identity = "NodeIsolated",
							      .name = "NodeIsolated",
							      .subject = "",
							      .severity = "critical",
							      .starts = { M(0) },
							      .revision = 1,
							      .labels = "{}",
							      .annotations = "{}" });
	kept_settle(&k);
	text = kept_ask(&k, &q);
	assert_string_equal(text,
			    "[{\"id\":1,\"alertname\":\"NodeIsolated\",\"severity\":\"critical\","
			    "\"starts\":\"2026-01-01T00:00:00.000Z\",\"revision\":1,"
			    "\"coalesced\":0,\"silenced\":false,\"labels\":{},\"annotations\":{},"
			    "\"deliveries\":[]}]");
}

TEST(test_history_alerts_that_lasted_within_the_window_newest_first)
{
	struct question q = within(0, 10, 20);

	put("before", 1, 0, 10); /* its end does not belong to it */
	put("into", 1, 0, 11);
	put("around", 2, 5, 30);
	put("inside", 2, 12, 13);
	put("on", 1, 19, 0);
	put("after", 1, 20, 25);
	kept_settle(&k);
	expect(&q, "on inside around into ");
	q.limit = 1;
	expect(&q, "on inside around into ");
	q = within(1, 10, 20);
	expect(&q, "on into ");
	q = kept_question(QUESTION_ALERTS, 2);
	q.limit = 1;
	expect(&q, "inside around ");
	q = kept_question(QUESTION_ALERTS, 0);
	q.limit = 4;
	expect(&q, "after on inside around into before ");
}

/* A file that is not ours: what is no object becomes one, and the answer is JSON. */
TEST(test_history_alert_with_texts_that_are_no_objects_is_answered)
{
	static const char *const rubbish[] = { "", "{", "[1]", "\"x\"", "null", "{\"a\":1}}" };
	struct question q = kept_question(QUESTION_ALERTS, 0);
	AUTO(text) char *text = NULL;
	json_t *j;
	json_t *row;
	size_t i;

	for (i = 0; i < ARRAY_LEN(rubbish); i++) {
		AUTO(text)
		char *sql = xasprintf("INSERT INTO alert VALUES (NULL, '%zu', '', '', '', NULL, 1,"
				      " NULL, 1, 0, 5, 0, '%s', '%s')",
				      i, rubbish[i], rubbish[i]);

		free(kept_sql(k.path, sql));
	}
	text = kept_ask(&k, &q);
	j = json_loads(text, 0, NULL);
	assert_int_equal(json_array_size(j), ARRAY_LEN(rubbish));
	json_array_foreach(j, i, row)
	{
		assert_true(json_is_object(json_object_get(row, "labels")));
		assert_int_equal(json_object_size(json_object_get(row, "annotations")), 0);
		assert_true(json_is_true(json_object_get(row, "silenced")));
	}
	json_decref(j);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	WITH_STORE(test_history_alert_in_all_its_words),
	WITH_STORE(test_history_alert_of_the_node_that_lasts_leaves_out_what_is_not),
	WITH_STORE(test_history_alerts_that_lasted_within_the_window_newest_first),
	WITH_STORE(test_history_alert_with_texts_that_are_no_objects_is_answered),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
