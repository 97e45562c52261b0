/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "base/must.h"
#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

static const struct show plain = { .now = { .ms = ASKED_NOW_MS } };
static const struct show wide = { .now = { .ms = ASKED_NOW_MS }, .wide = true };

#define CLOSED                                                                                     \
	"{'serial':3,'alertname':'PortClosed','severity':'critical','state':'active',"             \
	"'subject':'esx04:902 10.1.7.14','starts':'2026-11-25T13:57:00.000Z','revision':2,"        \
	"'coalesced':0,'silenced':false,'labels':{'target':'esx04:902','provider':'dc1',"          \
	"'address':'10.1.7.14','node':'n7'},'annotations':{'summary':'esx04:902 is filtered',"     \
	"'hop':'10.1.0.1','last_good':'2026-11-25T13:56:50.000Z','trace':'silent beyond "          \
	"10.1.0.1',"                                                                               \
	"'impact':'migrations wait','remedy':'open it'},"                                          \
	"'deliveries':[{'sink':'am','revision':2,'ended':false},"                                  \
	"{'sink':'hook','revision':1,'refused':2,'ended':false},"                                  \
	"{'sink':'log','revision':1,'ended':false}]}"
#define EXPIRING                                                                                   \
	"{'serial':1,'alertname':'CertificateExpiring','severity':'warning','state':'active',"     \
	"'starts':'2026-11-24T14:00:00.000Z','revision':1,'silenced':true,"                        \
	"'labels':{'target':'vc:443'},'annotations':{'summary':'it ends in 7 days'}}"
#define LOST                                                                                       \
	"{'serial':2,'alertname':'ProviderUnreachable','severity':'critical','state':'resolved',"  \
	"'starts':'2026-11-25T13:00:00.000Z','ends':'2026-11-25T13:58:00.000Z','revision':2,"      \
	"'silenced':false,'labels':{'provider':'dc2'},"                                            \
	"'annotations':{'summary':'all of dc2 was lost','resolution':'it is back'}}"
#define ISOLATED                                                                                   \
	"{'serial':4,'alertname':'NodeIsolated','severity':'critical','state':'active',"           \
	"'starts':'2026-11-25T13:59:00.000Z','labels':{'node':'n7'},'annotations':{}}"

TEST(test_show_alerts_worst_come_first_and_the_newest_of_them)
{
	asked_shows(show_alerts, &plain,
		    "{'alerts':[" EXPIRING "," LOST "," CLOSED "," ISOLATED "],'sinks':[]}",
		    "     SEVERITY     FOR  ALERT                TARGET        STATE     WHAT\n"
		    "FAIL critical   1 min  NodeIsolated         node n7       -         -\n"
		    "FAIL critical   3 min  PortClosed           esx04:902     -         "
		    "esx04:902 is filtered\n"
		    "warn warning      1 d  CertificateExpiring  vc:443        silenced  "
		    "it ends in 7 days\n"
		    "ok   critical  58 min  ProviderUnreachable  provider dc2  ended     "
		    "all of dc2 was lost; ended 2 min ago: it is back\n"
		    "\n"
		    "3 alerts last: 2 critical, 1 warning; 1 is silenced.\n");
}

TEST(test_show_alerts_wide_says_who_was_told_and_what_to_do)
{
	asked_shows(
		show_alerts, &wide, "{'alerts':[" CLOSED "],'sinks':[]}",
		"     SEVERITY  SINCE                      FOR  ALERT       TARGET     "
		"ADDRESS    PROVIDER  TOLD          "
		"WHAT\n"
		"FAIL critical  2026-11-25 13:57:00 UTC  3 min  PortClosed  esx04:902  "
		"10.1.7.14  dc1       am, not hook  "
		"esx04:902 is filtered; hop 10.1.0.1; the way: silent beyond 10.1.0.1; last good "
		"2026-11-25 13:56:50 UTC; migrations wait; what to do: open it\n"
		"\n"
		"1 alert lasts: 1 critical.\n");
}

TEST(test_show_alerts_sinks_that_fail_are_named)
{
	static const char text[] =
		"{'alerts':[],'sinks':["
		"{'sink':'am','type':'alertmanager','failing':true,'trouble':'connection refused',"
		"'taken':7,'refused':0,'pending':2,'oldest':'2026-11-25T13:57:00.000Z',"
		"'told':'2026-11-25T13:55:00.000Z'},"
		"{'sink':'hook','failing':false,'taken':9,'refused':1,'pending':0},"
		"{'sink':'log','failing':false,'taken':4,'refused':0,'pending':1}]}";

	asked_shows(show_alerts, &plain, text,
		    "warn sink am: failing for 3 min: connection refused; 2 wait; last told 5 min "
		    "ago\n"
		    "warn sink hook: 9 taken; 1 refused for good\n"
		    "No alert lasts.\n");
	asked_has(show_alerts, &wide, text, "\nok sink log: 4 taken; 1 waits\n");
	asked_has(show_alerts, &plain, "{'alerts':[],'sinks':[{'sink':'x','failing':true}]}",
		  "warn sink x: failing: no reason given\n");
}

TEST(test_show_alerts_history_is_in_the_daemons_order)
{
	asked_shows(show_alerts, &plain, "{'alerts':[" LOST "," CLOSED "],'next':'7'}",
		    "     SEVERITY  SINCE                       FOR  ALERT                TARGET   "
		    "     STATE  WHAT\n"
		    "ok   critical  2026-11-25 13:00:00 UTC  58 min  ProviderUnreachable  provider "
		    "dc2  ended  all of dc2 was lost; ended 2 min ago: it is back\n"
		    "FAIL critical  2026-11-25 13:57:00 UTC   3 min  PortClosed           esx04:902"
		    "     lasts  esx04:902 is filtered\n"
		    "\n"
		    "2 alerts; there are more (--limit).\n");
	asked_shows(show_alerts, &plain, "{'alerts':[]}", "No alerts.\n");
	asked_shows(show_alerts, &plain, "{}", "No alerts.\n");
}

TEST(test_show_alerts_test_has_a_line_for_each_sink)
{
	asked_shows(show_alerts_test, &plain,
		    "{'results':[{'sink':'am','type':'alertmanager','ok':true,'detail':'','ms':12},"
		    "{'sink':'hook','type':'webhook','ok':false,'detail':'503 Service Unavailable',"
		    "'ms':1003},{'sink':'x','ok':false}]}",
		    "     SINK  TYPE             TIME  ANSWER\n"
		    "ok   am    alertmanager    12 ms  taken\n"
		    "FAIL hook  webhook       1003 ms  503 Service Unavailable\n"
		    "FAIL x     -                   -  no reason given\n"
		    "\n"
		    "1 of 3 sinks took the test alert.\n");
	asked_has(show_alerts_test, &plain, "{'results':[{'sink':'log','ok':true}]}",
		  "\nThe sink took the test alert.\n");
	asked_shows(show_alerts_test, &plain, "{'results':[]}",
		    "There is no sink: nobody is told of alerts.\n");
}

#define QUIET                                                                                      \
	"{'id':7,'match':'esx04','from':'2026-11-25T13:00:00.000Z',"                               \
	"'until':'2026-11-25T15:30:00.000Z','why':'new card','by':'root'}"

TEST(test_show_silences_say_until_when_and_why)
{
	asked_shows(show_silences, &plain, "{'silences':[" QUIET "]}",
		    "     ID  ENDPOINT        LEFT  BY    WHY\n"
		    "warn  7  esx04     1 h 30 min  root  new card\n");
	asked_shows(show_silences, &wide, "{'silences':[" QUIET "]}",
		    "     ID  ENDPOINT  UNTIL                          LEFT  BY    WHY\n"
		    "warn  7  esx04     2026-11-25 15:30:00 UTC  1 h 30 min  root  new card\n");
	asked_shows(show_silences, &plain, "{'silences':[]}", "No silences.\n");
}

TEST(test_show_silence_that_silences_nothing_is_a_warning)
{
	asked_shows(show_silence, &plain, "{'silence':" QUIET ",'endpoints':2}",
		    "Silence 7: until 2026-11-25 15:30:00 UTC nobody is told of alerts of 'esx04', "
		    "which 2 endpoints are called now.\n");
	asked_has(show_silence, &plain, "{'silence':" QUIET ",'endpoints':0}",
		  "\nwarn nothing that is watched is called so: ");
	asked_has(show_silence, &plain,
		  "{'silence':{'id':1,'match':'*','alertname':'Flapping'},'endpoints':1}",
		  "nobody is told of Flapping of '*', which 1 endpoint is called now.\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_show_alerts_worst_come_first_and_the_newest_of_them),
	cmocka_unit_test(test_show_alerts_wide_says_who_was_told_and_what_to_do),
	cmocka_unit_test(test_show_alerts_sinks_that_fail_are_named),
	cmocka_unit_test(test_show_alerts_history_is_in_the_daemons_order),
	cmocka_unit_test(test_show_alerts_test_has_a_line_for_each_sink),
	cmocka_unit_test(test_show_silences_say_until_when_and_why),
	cmocka_unit_test(test_show_silence_that_silences_nothing_is_a_warning),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
