/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "cli/availability.h"
#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

static const struct show plain = { .now = { .ms = ASKED_NOW_MS }, .term = { .width = 67 } };
static const struct show one = { .now = { .ms = ASKED_NOW_MS },
				 .term = { .width = 67 },
				 .limit = 1 };

#define HEAD                                                                                       \
	"'endpoint':{'id':14,'name':'esx04:902','address':'10.1.7.14'},'aspect':'port',"           \
	"'from':'2026-11-25T12:00:00.000Z','to':'2026-11-25T14:00:00.000Z'"
#define SPANS                                                                                      \
	"'spans':[{'id':9,'state':'filtered','reason':'admin-prohibited','offender':'10.1.7.1',"   \
	"'from':'2026-11-25T13:30:00.000Z','count':180},"                                          \
	"{'id':8,'state':'open','reason':'ok','from':'2026-11-25T12:30:00.000Z',"                  \
	"'to':'2026-11-25T13:30:00.000Z','count':360}]"
#define SUMMARY                                                                                    \
	"'summary':{'observed_ms':5400000,'unobserved_ms':1800000,'open_ms':3600000,"              \
	"'availability_pct':66.666667,'outages':1,'longest_outage':{"                              \
	"'from':'2026-11-25T13:30:00.000Z','to':'2026-11-25T14:00:00.000Z','ms':1800000,"          \
	"'reason':'admin-prohibited'},'samples':540,'lost':180,'loss_pct':33.333333,"              \
	"'rtt_us':{'min':200,'mean':320,'p50':310,'p95':370,'max':900},'jitter_us':37}"

TEST(test_show_history_draws_and_lists)
{
	asked_shows(
		show_history, &plain,
		"{" HEAD "," SPANS "," SUMMARY ",'samples':[{'from':'2026-11-25T12:30:00.000Z',"
		"'interval_ms':120000,'rtt_us':[200,200,200,200,200,200,200,200,200,200,"
		"400,400,400,400,400,400,400,400,400,400,-1,-1,-1,-1,-1,-1,-1,-1,-1,-1,"
		"null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]}]}",
		"esx04:902  10.1.7.14  port\n"
		"\n"
		"state  ...............==============================_______________\n"
		"       2026-11-25 12:00:00 UTC              2026-11-25 14:00:00 UTC\n"
		"       = clear  _ not clear  . not observed\n"
		"rtt                   __________##########          xxxxxxxxxxxxxxx\n"
		"       0.20 ms to 0.40 ms; x: no answer\n"
		"\n"
		"     FROM                               FOR  STATE     REASON\n"
		"FAIL 2026-11-25 13:30:00 UTC  so far 30 min  filtered  admin-prohibited\n"
		"    from 10.1.7.1\n"
		"ok   2026-11-25 12:30:00 UTC            1 h  open      ok\n"
		"\n"
		"In all: available 66.66 %; 1 outage, the longest 30 min from\n"
		"2026-11-25 13:30:00 UTC (admin-prohibited); 30 min not observed;\n"
		"180 of 540 packets lost (33.33 %); RTT p50 0.31 ms, p95 0.37 ms,\n"
		"max 0.90 ms; jitter 0.04 ms.\n");
}

TEST(test_show_history_says_how_many_are_left_out)
{
	asked_has(show_history, &one, "{" HEAD "," SPANS "}", "\nand 1 earlier (--limit 2)\n");
}

TEST(test_show_history_of_nothing_says_so)
{
	asked_shows(show_history, &plain, "{" HEAD ",'spans':[]}",
		    "esx04:902  10.1.7.14  port\n"
		    "\n"
		    "state  ............................................................\n"
		    "       2026-11-25 12:00:00 UTC              2026-11-25 14:00:00 UTC\n"
		    "       . not observed\n"
		    "\n"
		    "Nothing was recorded in this time.\n");
	asked_shows(show_history, &plain, "{}", "\n\nNothing was recorded in this time.\n");
}

TEST(test_show_history_of_hours_is_drawn)
{
	asked_has(
		show_history, &plain,
		"{" HEAD ",'spans':[],'rollups':[{'hour':'2026-11-25T12:00:00.000Z','lost':1,"
		"'rtt_us':{'p50':310}},{'hour':'2026-11-25T13:00:00.000Z','lost':3,'rtt_us':{}}]}",
		"\nrtt                   _                             x\n"
		"       0.31 ms to 0.31 ms; x: no answer\n");
}

static void assert_pct(double pct, const char *want)
{
	char text[AVAILABILITY_PCT_SIZE];

	availability_format(pct, text);
	assert_string_equal(text, want);
}

TEST(test_availability_is_never_rounded_up)
{
	assert_pct(100, "100 %");
	assert_pct(99.999999, "99.9999 %");
	assert_pct(99.95, "99.95 %");
	assert_pct(99.9, "99.9 %");
	assert_pct(99.31, "99.31 %");
	assert_pct(86.599, "86.59 %");
	assert_pct(50, "50 %");
	assert_pct(0, "0 %");
	assert_pct(0.0001, "0 %");
	assert_pct(-1, "-");
	assert_pct(101, "-");
}

TEST(test_availability_of_nothing_is_no_number)
{
	json_t *o = asked_json("{'observed_ms':0,'outages':0}");
	struct buf out;

	buf_init(&out, 1024);
	availability_put_brief(o, &out);
	assert_string_equal(buf_text(&out), "not observed");
	buf_clear(&out);
	availability_put(NULL, &out);
	assert_string_equal(buf_text(&out), "not observed");
	buf_done(&out);
	json_decref(o);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_show_history_draws_and_lists),
	cmocka_unit_test(test_show_history_says_how_many_are_left_out),
	cmocka_unit_test(test_show_history_of_nothing_says_so),
	cmocka_unit_test(test_show_history_of_hours_is_drawn),
	cmocka_unit_test(test_availability_is_never_rounded_up),
	cmocka_unit_test(test_availability_of_nothing_is_no_number),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
