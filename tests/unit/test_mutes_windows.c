/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/mutes.h"

#include "base/mem.h"
#include "base/must.h"
#include "base/when.h"
#include "daemon/conf.h"
#include "daemon/store.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

enum { HOUR_MS = 3600000, DAY_MS = 86400000 };

void __wrap_store_put_silence(struct store *s, const struct store_silence *silence);

/* Windows are kept by the configuration alone. */
void __wrap_store_put_silence(struct store *s, const struct store_silence *silence)
{
	(void)s;
	fail_msg("silence %s is kept", silence->pattern);
}

static struct wall at(const char *text)
{
	struct wall t;

	MUST(when_parse_time(text, &t));
	return t;
}

static struct wall ms(int64_t value)
{
	return (struct wall){ .ms = value };
}

static struct match_subject subject(const char *name, const char *host, const char *address,
				    uint16_t port)
{
	struct match_subject s = { .name = name, .host = host, .provider = "dc1", .port = port };

	if (address != NULL)
		MUST(addr_parse(address, port, &s.address));
	return s;
}

static bool muted(const struct mutes *m, int64_t now)
{
	struct match_subject s =
		subject("esx1.example.com:902", "esx1.example.com", "10.1.7.1", 902);

	return mutes_match(m, ALERT_PORT_CLOSED, &s, ms(now));
}

static void assert_turn(const struct mutes *m, const char *now, const char *turn)
{
	char got[WHEN_TEXT_SIZE];
	char want[WHEN_TEXT_SIZE];

	when_format(mutes_turn(m, at(now)), got);
	when_format(at(turn), want);
	assert_string_equal(got, want);
}

static void assert_muted(const struct mutes *m, const char *now, bool want)
{
	if (muted(m, at(now).ms) != want)
		fail_msg("%s at %s", want ? "not muted" : "muted", now);
}

/* With the windows of these lines in force; conf_free() the configuration last. */
static struct mutes *with_windows(const char *lines, struct conf **ret_conf)
{
	AUTO(text) char *text = xasprintf("providers: []\nmaintenance:\n%s", lines);
	struct mutes *m = mutes_new(NULL);

	*ret_conf = confs_taken(text);
	mutes_configure(m, *ret_conf);
	return m;
}

TEST(test_mutes_windows_that_is_once_has_exact_ends)
{
	struct conf *c;
	struct mutes *m = with_windows("- match: esx1\n  from: 2028-02-29T22:00:00+01:00\n"
				       "  until: 2028-03-01T00:30:00Z\n",
				       &c);

	assert_muted(m, "2028-02-29T20:59:59.999Z", false);
	assert_muted(m, "2028-02-29T21:00:00Z", true);
	assert_muted(m, "2028-02-29T23:59:59.999Z", true);
	assert_muted(m, "2028-03-01T00:29:59.999Z", true);
	assert_muted(m, "2028-03-01T00:30:00Z", false);
	assert_turn(m, "2028-01-01T00:00:00Z", "2028-02-29T21:00:00Z");
	assert_turn(m, "2028-02-29T20:59:59.999Z", "2028-02-29T21:00:00Z");
	assert_turn(m, "2028-02-29T21:00:00Z", "2028-03-01T00:30:00Z");
	assert_int_equal(mutes_turn(m, at("2028-03-01T00:30:00Z")).ms, INT64_MAX);
	mutes_free(m);
	conf_free(c);
}

TEST(test_mutes_windows_of_every_day_is_within_the_day)
{
	struct conf *c;
	struct mutes *m = with_windows("- {match: esx1, begin: 02:00, end: 03:30}\n", &c);

	assert_muted(m, "2026-12-05T01:59:59.999Z", false);
	assert_muted(m, "2026-12-05T02:00:00Z", true);
	assert_muted(m, "2026-12-05T03:29:59.999Z", true);
	assert_muted(m, "2026-12-05T03:30:00Z", false);
	assert_turn(m, "2026-12-05T00:00:00Z", "2026-12-05T02:00:00Z");
	assert_turn(m, "2026-12-05T02:00:00Z", "2026-12-05T03:30:00Z");
	assert_turn(m, "2026-12-05T03:30:00Z", "2026-12-06T02:00:00Z");
	assert_turn(m, "2026-12-31T23:00:00Z", "2027-01-01T02:00:00Z");
	assert_turn(m, "2028-02-28T23:00:00Z", "2028-02-29T02:00:00Z");
	mutes_free(m);
	conf_free(c);
}

/* 2026-12-05 is a Saturday. */
TEST(test_mutes_windows_across_midnight_belongs_to_the_day_it_begins_on)
{
	struct conf *c;
	struct mutes *m =
		with_windows("- {match: esx1, begin: 22:00, end: 02:00, days: [sat]}\n", &c);

	assert_muted(m, "2026-12-05T01:00:00Z", false); /* of Friday's there is none */
	assert_muted(m, "2026-12-05T21:59:59.999Z", false);
	assert_muted(m, "2026-12-05T22:00:00Z", true);
	assert_muted(m, "2026-12-05T23:59:59.999Z", true);
	assert_muted(m, "2026-12-06T00:00:00Z", true);
	assert_muted(m, "2026-12-06T01:59:59.999Z", true);
	assert_muted(m, "2026-12-06T02:00:00Z", false);
	assert_muted(m, "2026-12-06T22:00:00Z", false);
	assert_turn(m, "2026-12-05T01:00:00Z", "2026-12-05T22:00:00Z");
	assert_turn(m, "2026-12-05T22:00:00Z", "2026-12-06T02:00:00Z");
	assert_turn(m, "2026-12-06T01:00:00Z", "2026-12-06T02:00:00Z");
	assert_turn(m, "2026-12-06T02:00:00Z", "2026-12-12T22:00:00Z");
	mutes_free(m);
	conf_free(c);
}

TEST(test_mutes_windows_across_midnight_ends_on_a_leap_day)
{
	struct conf *c; /* 2028-02-28 is a Monday */
	struct mutes *m =
		with_windows("- {match: esx1, begin: 23:00, end: 01:00, days: [mon, tue]}\n", &c);

	assert_muted(m, "2028-02-28T23:30:00Z", true);
	assert_muted(m, "2028-02-29T00:59:59.999Z", true);
	assert_muted(m, "2028-02-29T01:00:00Z", false);
	assert_muted(m, "2028-02-29T23:00:00Z", true);
	assert_muted(m, "2028-03-01T00:30:00Z", true);
	assert_muted(m, "2028-03-01T23:30:00Z", false);
	assert_turn(m, "2028-02-29T00:30:00Z", "2028-02-29T01:00:00Z");
	assert_turn(m, "2028-03-01T01:00:00Z", "2028-03-06T23:00:00Z");
	mutes_free(m);
	conf_free(c);
}

TEST(test_mutes_windows_of_one_day_come_again_in_a_week)
{
	struct conf *c;
	struct mutes *m =
		with_windows("- {match: esx1, begin: 12:00, end: 13:00, days: [sat]}\n", &c);

	assert_turn(m, "2026-12-05T13:00:00Z", "2026-12-12T12:00:00Z");
	mutes_free(m);
	conf_free(c);
}

TEST(test_mutes_windows_of_a_whole_day)
{
	static const char *const ways[] = { "begin: 00:00, end: 24:00",
					    "begin: 00:00, end: 00:00" };

	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		AUTO(text)
		char *lines = xasprintf("- {match: esx1, %s, days: [sun]}\n", ways[i]);
		struct conf *c;
		struct mutes *m = with_windows(lines, &c);

		assert_muted(m, "2026-12-05T23:59:59.999Z", false);
		assert_muted(m, "2026-12-06T00:00:00Z", true);
		assert_muted(m, "2026-12-06T23:59:59.999Z", true);
		assert_muted(m, "2026-12-07T00:00:00Z", false);
		assert_turn(m, "2026-12-06T00:00:00Z", "2026-12-07T00:00:00Z");
		assert_turn(m, "2026-12-07T00:00:00Z", "2026-12-13T00:00:00Z");
		mutes_free(m);
		conf_free(c);
	}
}

TEST(test_mutes_windows_of_24_hours_that_begins_late_lasts_until_then)
{
	struct conf *c;
	struct mutes *m = with_windows("- {match: esx1, begin: 23:59, end: 23:59, days: [sat]}\n"
				       "- {match: other, begin: 23:59, end: 23:59}\n",
				       &c);
	struct match_subject other = subject("other:1", "other", NULL, 1);

	assert_muted(m, "2026-12-05T23:58:59.999Z", false);
	assert_muted(m, "2026-12-06T23:58:59.999Z", true);
	assert_muted(m, "2026-12-06T23:59:00Z", false);
	for (int64_t t = at("2026-12-05T00:00:00Z").ms; t < at("2026-12-08T00:00:00Z").ms;
	     t += 60000)
		assert_true(mutes_match(m, ALERT_FLAPPING, &other, ms(t)));
	mutes_free(m);
	conf_free(c);
}

/* Hour by hour through a fortnight, against weekdays counted by hand. */
TEST(test_mutes_windows_every_day_of_the_week_is_its_own)
{
	static const char *const names[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };

	for (int day = 0; day < 7; day++) {
		AUTO(text)
		char *lines = xasprintf("- {match: esx1, begin: 12:00, end: 12:01, days: [%s]}\n",
					names[day]);
		struct conf *c;
		struct mutes *m = with_windows(lines, &c);
		int64_t sunday = at("2026-11-29T00:00:00Z").ms;

		for (int64_t t = sunday; t < sunday + INT64_C(14) * DAY_MS; t += HOUR_MS) {
			int64_t hour = (t - sunday) / HOUR_MS;

			assert_int_equal(muted(m, t), hour % 24 == 12 && hour / 24 % 7 == day);
		}
		mutes_free(m);
		conf_free(c);
	}
}

TEST(test_mutes_windows_weekday_before_1970_are_counted_right)
{
	struct conf *c; /* 1969-12-31 is a Wednesday: a clock that was never set */
	struct mutes *m =
		with_windows("- {match: esx1, begin: 22:00, end: 02:00, days: [wed]}\n", &c);

	assert_muted(m, "1969-12-31T21:59:00Z", false);
	assert_muted(m, "1969-12-31T22:00:00Z", true);
	assert_muted(m, "1970-01-01T01:59:00Z", true);
	assert_muted(m, "1969-12-25T01:00:00Z", true);
	assert_muted(m, "1969-12-31T01:00:00Z", false);
	assert_turn(m, "1969-12-25T02:00:00Z", "1969-12-31T22:00:00Z");
	mutes_free(m);
	conf_free(c);
}

TEST(test_mutes_windows_that_overlap_turn_at_every_end)
{
	struct conf *c;
	struct mutes *m = with_windows("- {match: esx1, begin: 01:00, end: 03:00}\n"
				       "- {match: '*', begin: 02:00, end: 04:00}\n"
				       "- match: dc1\n  from: 2026-12-05T03:30:00Z\n"
				       "  until: 2026-12-05T05:00:00Z\n",
				       &c);
	struct match_subject node = { .name = "", .host = "", .provider = "" };

	assert_muted(m, "2026-12-05T01:30:00Z", true);
	assert_muted(m, "2026-12-05T03:15:00Z", true);
	assert_muted(m, "2026-12-05T04:30:00Z", true);
	assert_muted(m, "2026-12-05T05:00:00Z", false);
	assert_false(mutes_match(m, ALERT_STORE_FAILING, &node, at("2026-12-05T01:30:00Z")));
	assert_true(mutes_match(m, ALERT_STORE_FAILING, &node, at("2026-12-05T02:30:00Z")));
	assert_turn(m, "2026-12-05T01:00:00Z", "2026-12-05T02:00:00Z");
	assert_turn(m, "2026-12-05T02:00:00Z", "2026-12-05T03:00:00Z");
	assert_turn(m, "2026-12-05T03:00:00Z", "2026-12-05T03:30:00Z");
	assert_turn(m, "2026-12-05T03:30:00Z", "2026-12-05T04:00:00Z");
	assert_turn(m, "2026-12-05T04:00:00Z", "2026-12-05T05:00:00Z");
	assert_turn(m, "2026-12-05T05:00:00Z", "2026-12-06T01:00:00Z");
	mutes_free(m);
	conf_free(c);
}

TEST(test_mutes_windows_configure_takes_the_place_of_what_was)
{
	struct conf *c;
	struct conf *none = confs_taken("providers: []\n");
	struct mutes *m = with_windows("- {match: esx1, begin: 00:00, end: 24:00}\n", &c);
	struct silence s = { .any_kind = true, .until = { 1000 }, .why = "w" };

	MUST(pattern_parse("esx2", &s.pattern));
	assert_non_null(mutes_add(m, &s));
	assert_true(muted(m, 1));
	mutes_configure(m, none);
	assert_false(muted(m, 1));
	assert_int_equal(mutes_next(m, NULL)->id, 1); /* silences stay */
	mutes_free(m);
	conf_free(none);
	conf_free(c);
}

/* Nothing changes between one turn and the next; from turn to turn through four weeks. */
TEST(test_mutes_windows_nothing_changes_between_turns)
{
	struct conf *c;
	struct mutes *m =
		with_windows("- {match: esx1, begin: 22:00, end: 02:00, days: [sat, sun]}\n"
			     "- {match: esx1, begin: 01:30, end: 06:15, days: [mon, wed]}\n"
			     "- {match: 'esx1:9*', begin: 05:00, end: 05:00, days: [thu]}\n",
			     &c);
	struct wall now = at("2028-02-20T00:00:00Z");
	struct wall end = at("2028-03-20T00:00:00Z");
	unsigned turns = 0;

	while (now.ms < end.ms) {
		struct wall next = mutes_turn(m, now);
		bool before = muted(m, now.ms);

		assert_true(next.ms > now.ms && next.ms <= now.ms + INT64_C(7) * DAY_MS);
		for (int64_t t = now.ms; t < next.ms; t += 60000)
			assert_int_equal(muted(m, t), before);
		assert_int_equal(muted(m, next.ms - 1), before);
		now = next;
		turns++;
	}
	assert_true(turns >= 4 * 10);
	mutes_free(m);
	conf_free(c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_mutes_windows_that_is_once_has_exact_ends),
	cmocka_unit_test(test_mutes_windows_of_every_day_is_within_the_day),
	cmocka_unit_test(test_mutes_windows_across_midnight_belongs_to_the_day_it_begins_on),
	cmocka_unit_test(test_mutes_windows_across_midnight_ends_on_a_leap_day),
	cmocka_unit_test(test_mutes_windows_of_one_day_come_again_in_a_week),
	cmocka_unit_test(test_mutes_windows_of_a_whole_day),
	cmocka_unit_test(test_mutes_windows_of_24_hours_that_begins_late_lasts_until_then),
	cmocka_unit_test(test_mutes_windows_every_day_of_the_week_is_its_own),
	cmocka_unit_test(test_mutes_windows_weekday_before_1970_are_counted_right),
	cmocka_unit_test(test_mutes_windows_that_overlap_turn_at_every_end),
	cmocka_unit_test(test_mutes_windows_configure_takes_the_place_of_what_was),
	cmocka_unit_test(test_mutes_windows_nothing_changes_between_turns),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
