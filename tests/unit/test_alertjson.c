/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/alertjson.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/must.h"
#include "daemon/alert.h"
#include "tests/unit/unit.h"

enum { NOW_MS = 1764000000, LATER_MS = 1764220000 };

/* What Alertmanager is told at NOW_MS of an alert from `starts` to `ends` (0: it lasts). */
static void assert_told(int64_t starts, int64_t ends, const char *starts_at, const char *ends_at)
{
	struct alert alert = { .kind = ALERT_PORT_CLOSED,
			       .starts = { starts },
			       .ends = { ends },
			       .labels = json_object(),
			       .annotations = json_object() };
	const struct alert *a = &alert;
	char *text = alertjson_manager(&a, 1, (struct wall){ NOW_MS }, (struct wall){ LATER_MS });
	json_t *list = json_loads(text, 0, NULL);
	const json_t *one = json_array_get(list, 0);

	assert_string_equal(json_string_value(json_object_get(one, "startsAt")), starts_at);
	assert_string_equal(json_string_value(json_object_get(one, "endsAt")), ends_at);
	json_decref(list);
	free(text);
	json_decref(alert.labels);
	json_decref(alert.annotations);
}

TEST(test_alertjson_manager_ends_what_lasts_later)
{
	assert_told(NOW_MS - 1000, 0, "1970-01-21T09:59:59.000Z", "1970-01-21T10:03:40.000Z");
}

TEST(test_alertjson_manager_is_told_of_no_time_to_come)
{
	/* By a clock that was an hour ahead, and was set back since. */
	assert_told(NOW_MS + 3600000, NOW_MS + 3600001, "1970-01-21T10:00:00.000Z",
		    "1970-01-21T10:00:00.000Z");
	assert_told(NOW_MS + 3600000, 0, "1970-01-21T10:00:00.000Z", "1970-01-21T10:03:40.000Z");
	assert_told(NOW_MS - 1000, NOW_MS + 3600000, "1970-01-21T09:59:59.000Z",
		    "1970-01-21T10:00:00.000Z");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_alertjson_manager_ends_what_lasts_later),
	cmocka_unit_test(test_alertjson_manager_is_told_of_no_time_to_come),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
