/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/moment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/must.h"
#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

static const struct wall now = { .ms = ASKED_NOW_MS };

static void zone(const char *name)
{
	MUST(setenv("TZ", name, 1) == 0); /* NOLINT(concurrency-mt-unsafe): one thread */
	tzset();
}

static void assert_parsed(const char *text, int64_t want_ms)
{
	struct wall t;
	struct err err;

	if (!moment_parse(text, now, &t, &err))
		fail_msg("%s", err.text);
	if (t.ms != want_ms)
		fail_msg("%s: %lld ms off", text, (long long)(t.ms - want_ms));
}

static void assert_refused(const char *text)
{
	struct wall t = { .ms = 7 };
	struct err err;

	if (moment_parse(text, now, &t, &err))
		fail_msg("%s is taken", text);
	assert_int_equal(t.ms, 7);
}

TEST(test_moment_is_shown_in_the_local_zone)
{
	char text[MOMENT_TEXT_SIZE];

	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	moment_format(now, text);
	assert_string_equal(text, "2026-11-25 15:00:00 CET");
	moment_format((struct wall){ .ms = ASKED_NOW_MS - INT64_C(100) * 86400000 - 1 }, text);
	assert_string_equal(text, "2026-08-17 15:59:59 CEST");
	zone("UTC");
	moment_format((struct wall){ .ms = -1 }, text);
	assert_string_equal(text, "1969-12-31 23:59:59 UTC");
	moment_format((struct wall){ .ms = INT64_MAX }, text);
	assert_string_equal(text, "-");
	moment_format((struct wall){ .ms = INT64_MIN }, text);
	assert_string_equal(text, "-");
}

TEST(test_moment_zone_cannot_drive_the_terminal)
{
	char text[MOMENT_TEXT_SIZE];

	zone("<\x1b[2J>0");
	moment_format(now, text);
	assert_null(strchr(text, '\x1b'));
	zone("UTC");
}

TEST(test_moment_span_has_two_units)
{
	static const struct {
		int64_t ms;
		const char *want;
	} cases[] = {
		{ -1, "-" },
		{ 0, "0 ms" },
		{ 999, "999 ms" },
		{ 1000, "1 s" },
		{ 59999, "59 s" },
		{ 60000, "1 min" },
		{ 61000, "1 min 1 s" },
		{ 3599999, "59 min 59 s" },
		{ 10380000, "2 h 53 min" },
		{ 86399999, "23 h 59 min" },
		{ 86400000, "1 d" },
		{ 97200000, "1 d 3 h" },
		{ INT64_C(951000000), "11 d" },
		{ INT64_MAX, "106751991167 d" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char text[MOMENT_SPAN_SIZE];

		moment_format_span(cases[i].ms, text);
		assert_string_equal(text, cases[i].want);
	}
}

TEST(test_moment_with_a_zone_is_taken_as_it_is)
{
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_parsed("2026-11-25T14:00:00Z", ASKED_NOW_MS);
	assert_parsed("2026-11-25T15:00:00.5+01:00", ASKED_NOW_MS + 500);
	assert_parsed("now", ASKED_NOW_MS);
	assert_parsed("90m", ASKED_NOW_MS - 5400000);
	assert_parsed("7d", ASKED_NOW_MS - INT64_C(7) * 86400000);
}

TEST(test_moment_without_a_zone_is_local)
{
	zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_parsed("2026-11-25 15:00", ASKED_NOW_MS);
	assert_parsed("2026-11-25T15:00:01", ASKED_NOW_MS + 1000);
	assert_parsed("2026-08-01 00:00:00",
		      ASKED_NOW_MS - INT64_C(116) * 86400000 - INT64_C(57600000));
	assert_parsed("2026-11-25", ASKED_NOW_MS - INT64_C(15) * 3600000);
	assert_parsed("15:00", ASKED_NOW_MS);
	assert_parsed("03:12", ASKED_NOW_MS - INT64_C(11) * 3600000 - INT64_C(48) * 60000);
	/* Today's is still to come: it is yesterday's. */
	assert_parsed("15:00:01", ASKED_NOW_MS + 1000 - INT64_C(86400000));
	zone("UTC");
}

TEST(test_moment_that_is_none_is_refused)
{
	static const char *const texts[] = {
		"",
		"7",
		"yesterday",
		"2026-11-31",
		"2026-02-29",
		"2026-13-01",
		"2026-11-25 24:00",
		"2026-11-25 23:60",
		"25:00",
		"3:12",
		"03:12:60",
		"2026-11-25  03:12",
		"-7d",
		"2026-11-25T3:12",
		"2026-11-25 03:12 ",
		"\x1b",
	};
	struct wall t;
	struct err err;

	zone("UTC");
	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		assert_refused(texts[i]);
	assert_false(moment_parse("\x1b[2J", now, &t, &err));
	assert_string_equal(err.text, "'?[2J' is no time such as 7d (ago), 03:12, 2026-11-25 03:12 "
				      "or 2026-11-25T03:12:00Z");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_moment_is_shown_in_the_local_zone),
	cmocka_unit_test(test_moment_zone_cannot_drive_the_terminal),
	cmocka_unit_test(test_moment_span_has_two_units),
	cmocka_unit_test(test_moment_with_a_zone_is_taken_as_it_is),
	cmocka_unit_test(test_moment_without_a_zone_is_local),
	cmocka_unit_test(test_moment_that_is_none_is_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
