/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/silenceapi.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "daemon/mutes.h"
#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

static const struct wall now = { .ms = ASKED_NOW_MS };

/* ' stands for " in text. */
static struct silence taken(const char *text)
{
	json_t *o = asked_json(text);
	char *body = json_dumps(o, JSON_COMPACT);
	struct silence s;
	struct err err;

	if (!silenceapi_read(body, now, &s, &err))
		fail_msg("%s: %s", text, err.text);
	free(body);
	json_decref(o);
	return s;
}

static void refused(const char *body, const char *words)
{
	struct silence s = { .id = 42 };
	struct err err;

	if (silenceapi_read(body, now, &s, &err))
		fail_msg("taken: %s", body);
	assert_int_equal(s.id, 42);
	if (strstr(err.text, words) == NULL)
		fail_msg("no '%s' in: %s", words, err.text);
}

TEST(test_silenceapi_length_and_end_are_taken)
{
	struct silence s = taken("{'match':'esx04:902','for':'2h','why':'new card'}");

	assert_string_equal(s.pattern.text, "esx04:902");
	assert_int_equal(s.pattern.port, 902);
	assert_int_equal(s.from.ms, now.ms);
	assert_int_equal(s.until.ms - now.ms, 2 * 3600 * 1000);
	assert_true(s.any_kind);
	assert_string_equal(s.why, "new card");
	assert_string_equal(s.by, "");
	s = taken("{'match':'*','until':'2026-11-25T14:00:00.001Z','why':'x',"
		  "'alertname':'Flapping'}");
	assert_int_equal(s.until.ms - now.ms, 1);
	assert_false(s.any_kind);
	assert_int_equal(s.kind, ALERT_FLAPPING);
}

TEST(test_silenceapi_why_is_fit_to_be_shown_and_not_cut)
{
	char body[400];
	char why[SILENCE_WHY_BYTES + 1];
	struct silence s = taken("{'match':'a','for':'1m','why':'a\\u001b[2J\\nb \\u00e9'}");

	assert_string_equal(s.why, "a?[2J?b \xc3\xa9");
	memset(why, 'x', sizeof why);
	why[SILENCE_WHY_BYTES - 1] = '\0';
	MUST((size_t)snprintf(body, sizeof body, "{'match':'a','for':'1m','why':'%s'}", why) <
	     sizeof body);
	s = taken(body);
	assert_string_equal(s.why, why);
	MUST((size_t)snprintf(body, sizeof body, "{\"match\":\"a\",\"for\":\"1m\",\"why\":\"%sx\"}",
			      why) < sizeof body);
	refused(body, "why has at most 239 bytes");
}

TEST(test_silenceapi_what_makes_no_sense_is_refused)
{
	refused("", "the body is {\"match\"");
	refused("nonsense", "the body is {\"match\"");
	refused("[]", "the body is {\"match\"");
	refused("{\"match\":\"a\",\"match\":\"b\"}", "the body is");
	refused("{}", "match names endpoints");
	refused("{\"match\":\"a\"}", "for or until");
	refused("{\"match\":\"a\",\"for\":\"1h\",\"until\":\"2999-01-01T00:00:00Z\"}",
		"for or until");
	refused("{\"match\":\"a\",\"for\":\"1\"}", "for is a time such as 30m, 2h or 7d, not '1'");
	refused("{\"match\":\"a\",\"until\":\"2026-11-25T14:00:00Z\"}", "has passed");
	refused("{\"match\":\"a\",\"until\":\"1h\"}", "until is a time such as");
	refused("{\"match\":\"a\",\"for\":\"1h\"}", "why says");
	refused("{\"match\":\"a\",\"for\":\"1h\",\"why\":\"\\t\"}", "why says");
	refused("{\"match\":\"a\",\"for\":\"1h\",\"why\":\"x\",\"alertname\":\"flaping\"}",
		"no alert is called 'flaping'");
	refused("{\"match\":\"a\",\"for\":\"1h\",\"why\":null}", "why is a text");
	refused("{\"match\":\"a\",\"fro\":\"1h\"}", "no key 'fro' (did you mean 'for'?)");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_silenceapi_length_and_end_are_taken),
	cmocka_unit_test(test_silenceapi_why_is_fit_to_be_shown_and_not_cut),
	cmocka_unit_test(test_silenceapi_what_makes_no_sense_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
