/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

static const struct show plain = { .now = { .ms = ASKED_NOW_MS } };
static const struct show problems = { .now = { .ms = ASKED_NOW_MS }, .problems = true };
static const struct show wide = { .now = { .ms = ASKED_NOW_MS }, .wide = true };
static const struct show utf8 = { .now = { .ms = ASKED_NOW_MS }, .term = { .utf8 = true } };

#define OPEN                                                                                       \
	"{'id':13,'name':'esx04:443','address':'10.1.7.13','state':'open','reason':'ok',"          \
	"'since':'2026-11-25T12:00:00.000Z','sentence':'ESXi 8','mark':'good','rtt_us':310,"       \
	"'host':'esx04','port':443,'check':'esxi','provider':'p','checks':10,'losses':1,"          \
	"'service':{'state':'serving','reason':'serving'},"                                        \
	"'trust':{'state':'trusted','reason':'expiring'}}"
#define SHUT                                                                                       \
	"{'id':14,'name':'esx04:902','address':'10.1.7.14','state':'filtered',"                    \
	"'reason':'no-answer','since':'2026-11-25T13:59:00.000Z','sentence':'no answer',"          \
	"'mark':'bad','host':'esx04','port':19902,'documented_port':902,'flapping':true}"

TEST(test_show_status_has_the_worst_first)
{
	asked_shows(show_status, &plain, "{'endpoints':[" OPEN "," SHUT "]}",
		    "     ENDPOINT   ADDRESS    STATE                  FOR      RTT  WHAT\n"
		    "FAIL esx04:902  10.1.7.14  filtered (flapping)  1 min        -  no answer\n"
		    "ok   esx04:443  10.1.7.13  open                   2 h  0.31 ms  ESXi 8\n"
		    "\n"
		    "1 of 2 ways are clear; 1 is not.\n");
}

TEST(test_show_status_wide_has_every_column)
{
	asked_shows(
		show_status, &wide, "{'endpoints':[" OPEN "]}",
		"   ENDPOINT   ADDRESS    PROVIDER  CHECK  STATE  FOR  SERVICE  CERTIFICATE     "
		"       LOST      RTT  WHAT\n"
		"ok esx04:443  10.1.7.13  p         esxi   open   2 h  serving  trusted "
		"(expiring)  1 of 10  0.31 ms  ESXi 8\n"
		"\n"
		"The way is clear.\n");
}

TEST(test_show_status_of_nothing_says_so)
{
	asked_shows(show_status, &plain, "{'endpoints':[]}", "No endpoints.\n");
	asked_shows(show_status, &problems, "{'endpoints':[]}", "No problems.\n");
	asked_shows(show_status, &plain, "{}", "No endpoints.\n");
	asked_has(show_status, &problems, "{'endpoints':[" SHUT "]}",
		  "\n1 with a problem; 1 is not clear.\n");
	asked_has(show_status, &plain, "{'endpoints':[" OPEN "],'next':'7'}",
		  "\nThe way is clear; there are more (--limit).\n");
}

TEST(test_show_status_tells_what_hinders_the_daemon)
{
	static const char text[] =
		"{'daemon':{'node':'n7','version':'0.1.0','uptime_s':90,"
		"'time':'2026-11-25T14:00:00.000Z',"
		"'endpoints':{'total':3,'open':1,'filtered':2,'failing':1},"
		"'names':{'total':4,'unresolved':1},"
		"'store':{'writable':false,'trouble':'disk full','queued':9,'dropped':2},"
		"'configuration':{'error':'banksman.yaml:3: probe: no such key'}},'endpoints':[]}";

	asked_shows(show_status, &plain, text,
		    "banksmand 0.1.0 on n7, up 1 min 30 s, 2026-11-25 14:00:00 UTC\n"
		    "3 endpoints: 1 open, 2 filtered, 1 open but failing; 1 of 4 names cannot be "
		    "resolved\n"
		    "FAIL the history is not being written: disk full; 9 waiting, 2 given up\n"
		    "warn the configuration was not reloaded, the old one stays: banksman.yaml:3: "
		    "probe: no such key\n"
		    "\n"
		    "No endpoints.\n");
}

TEST(test_show_status_tells_how_the_inventory_is)
{
	asked_has(
		show_status, &plain,
		"{'daemon':{'inventory':{'directory':'/srv/x','judged':"
		"'2026-11-25T13:00:00.000Z','trouble':'b.json: nonsense','summary':{'machines':9,"
		"'ready':2,'blocked':3,'undetermined':4,'fail':{'blocker':5,'warning':6,'info':7},"
		"'unknown':{'blocker':8}},'hosts':{'strangers':1}}},'endpoints':[]}",
		"inventory: 9 machines: 2 ready, 3 blocked, 4 undetermined; 5 blockers fail, 6 "
		"warnings, 7 infos; 8 blockers cannot be told. Judged 1 h ago.\n"
		"warn the inventory could not be judged again, what stands here is older: b.json: "
		"nonsense\n"
		"warn 1 host that the exports name is not watched: no vCenter or engine that is "
		"watched is said to be theirs\n");
}

TEST(test_show_probe_looks_like_probe)
{
	asked_shows(show_probe, &plain, "{'endpoints':[" OPEN "," SHUT "]}",
		    "     HOST   ADDRESS         PORT  STATE         RTT  WHAT\n"
		    "ok   esx04  10.1.7.13        443  open      0.31 ms  ESXi 8\n"
		    "FAIL esx04  10.1.7.14  902=19902  filtered        -  no answer\n"
		    "\n"
		    "1 of 2 ways are clear; 1 is not.\n");
}

TEST(test_show_choice_is_a_short_list)
{
	static const struct show one = { .limit = 1 };

	asked_shows(show_choice, &plain, "{'endpoints':[" OPEN ",{'name':'esx09'}]}",
		    "  esx04:443  10.1.7.13\n  esx09\n");
	asked_shows(show_choice, &one, "{'endpoints':[" OPEN ",{},{}]}",
		    "  esx04:443  10.1.7.13\n  and 2 more\n");
}

#define CUT                                                                                        \
	"{'id':4,'time':'2026-11-25T13:00:00.000Z','endpoint':14,'name':'esx04:902',"              \
	"'address':'10.1.7.14','kind':'port','before':'open','after':'filtered',"                  \
	"'reason':'no-answer'}"

TEST(test_show_events_are_a_table)
{
	asked_shows(show_events, &plain,
		    "{'events':[{'id':1,'time':'2026-11-25T12:00:00.000Z','kind':'started',"
		    "'detail':'0.1.0'}," CUT "]}",
		    "     TIME                     ENDPOINT   WHAT\n"
		    "ok   2026-11-25 12:00:00 UTC  -          started; 0.1.0\n"
		    "FAIL 2026-11-25 13:00:00 UTC  esx04:902  port open -> filtered (no-answer)\n");
	asked_shows(show_events, &plain, "{'events':[]}", "No events.\n");
}

TEST(test_show_event_is_a_line)
{
	asked_shows(show_event, &utf8, CUT,
		    "✗ 2026-11-25 13:00:00 UTC  esx04:902  port open → filtered (no-answer)\n");
	asked_shows(show_event, &plain,
		    "{'kind':'port','after':'open','reason':'ok','detail':'open'}",
		    "ok   port open\n");
}

TEST(test_show_certs_say_when_they_end)
{
	asked_shows(show_certs, &plain,
		    "{'certificates':[{'name':'a','subject':'CN=a','sha1':'01:02',"
		    "'not_after':'2026-11-25T13:00:00Z','first_seen':'2026-11-24T14:00:00.000Z',"
		    "'last_seen':'2026-11-25T13:59:00.000Z'},"
		    "{'name':'b','not_after':'2026-12-01T14:00:00Z'},"
		    "{'name':'c','not_after':'2027-12-01T14:00:00Z'},{'name':'d'}]}",
		    "     ENDPOINT  EXPIRES   FIRST SEEN  LAST SEEN  CERTIFICATE\n"
		    "FAIL a         1 h ago   1 d ago     1 min ago  CN=a; SHA-1 01:02\n"
		    "warn b         in 6 d    -           -          -\n"
		    "ok   c         in 371 d  -           -          -\n"
		    "?    d         -         -           -          -\n");
	asked_shows(show_certs, &plain, "{}", "No certificate was seen.\n");
}

TEST(test_show_at_is_how_it_was)
{
	asked_shows(
		show_at, &plain,
		"{'time':'2026-11-25T03:12:00.000Z','endpoints':["
		"{'name':'esx04:902','address':'10.1.7.14','observed':true,'state':'filtered',"
		"'reason':'admin-prohibited','offender':'10.1.7.1','detail':'so',"
		"'since':'2026-11-25T03:02:00.000Z'},"
		"{'name':'esx04:443','observed':true,'state':'open','reason':'ok',"
		"'service':'failing','service_reason':'tls-alert','trust':'untried'},"
		"{'host':'esx09','observed':false}]}",
		"At 2026-11-25 03:12:00 UTC:\n"
		"\n"
		"     ENDPOINT   ADDRESS    STATE                           FOR  SERVICE         "
		"     CERTIFICATE  DETAIL\n"
		"FAIL esx04:902  10.1.7.14  filtered (admin-prohibited)  10 min  -               "
		"     -            from 10.1.7.1; so\n"
		"FAIL esx04:443  -          open                              -  failing "
		"(tls-alert)  untried      -\n"
		"?    esx09      -          not observed                      -  -               "
		"     -            -\n");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_show_status_has_the_worst_first),
	cmocka_unit_test(test_show_status_wide_has_every_column),
	cmocka_unit_test(test_show_status_of_nothing_says_so),
	cmocka_unit_test(test_show_status_tells_what_hinders_the_daemon),
	cmocka_unit_test(test_show_status_tells_how_the_inventory_is),
	cmocka_unit_test(test_show_probe_looks_like_probe),
	cmocka_unit_test(test_show_choice_is_a_short_list),
	cmocka_unit_test(test_show_events_are_a_table),
	cmocka_unit_test(test_show_event_is_a_line),
	cmocka_unit_test(test_show_certs_say_when_they_end),
	cmocka_unit_test(test_show_at_is_how_it_was),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
