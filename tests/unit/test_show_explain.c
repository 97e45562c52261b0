/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "base/must.h"
#include "probes/reason.h"
#include "report/meaning.h"
#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

static const struct show plain = { .now = { .ms = ASKED_NOW_MS } };

TEST(test_show_explain_is_one_screen)
{
	asked_shows(
		show_explain, &plain,
		"{'endpoint':{'id':14,'name':'esx04:902','host':'esx04','address':'10.1.7.14',"
		"'port':902,'role':'esxi','check':'authd','purpose':'Disk transfer data copy',"
		"'severity':'blocker','state':'filtered','reason':'admin-prohibited','mark':'bad',"
		"'sentence':'rejected by 10.1.7.1','since':'2026-11-25T13:00:00.000Z',"
		"'icmp':{'type':3,'code':13,'from':'10.1.7.1'},'checks':9,'losses':3,"
		"'checked':'2026-11-25T13:59:56.000Z'},"
		"'event':{'time':'2026-11-25T13:00:00.000Z','kind':'port','before':'open',"
		"'after':'filtered','reason':'admin-prohibited'},"
		"'trace':{'outcome':'rejected-by','by':'10.1.7.1','time':'2026-11-25T13:01:00.000Z'"
		"},"
		"'availability':{'24h':{'availability_pct':99.3,'outages':1,"
		"'longest_outage':{'ms':3600000}},'7d':{'availability_pct':100,'outages':0}}}",
		"FAIL esx04:902  10.1.7.14  filtered (admin-prohibited)\n"
		"\n"
		"Outcome       rejected by 10.1.7.1\n"
		"Meaning       Disk transfer data copy; disks of virtual machines on this host "
		"cannot be copied\n"
		"Likely cause  a rule on 10.1.7.1 rejects this node's traffic on purpose; a rule "
		"set was changed, or never had this way\n"
		"Last change   2026-11-25 13:00:00 UTC, 1 h ago: port open -> filtered "
		"(admin-prohibited)\n"
		"Hop           rejected-by 10.1.7.1, traced 59 min ago\n"
		"Availability  24 h: available 99.3 %; 1 outage, the longest 1 h | 7 d: available "
		"100 %; no outage\n"
		"Last check    4 s ago; 3 of 9 checks lost since the start\n"
		"Next step     ask for the firewall on 10.1.7.1 to let this node reach "
		"10.1.7.14:902; then: banksman probe --via-daemon esx04:902\n");
}

TEST(test_show_explain_of_a_clear_way_wants_nothing)
{
	asked_shows(
		show_explain, &plain,
		"{'endpoint':{'name':'a:443','host':'a','address':'fd00::1','port':443,"
		"'state':'open','reason':'ok','mark':'good','sentence':'fine',"
		"'service':{'state':'serving','reason':'serving'},"
		"'trust':{'state':'trusted','reason':'trusted'},"
		"'certificate':{'subject':'CN=a','not_after':'2026-12-25T14:00:00Z',"
		"'sha1':'01:02'}},'trace':{'outcome':'silent-beyond','by':'10.1.7.1'}}",
		"ok a:443  fd00::1  open\n"
		"\n"
		"Outcome       fine\n"
		"Meaning       the way is clear; if it were not, whatever needs this way fails\n"
		"Certificate   CN=a; trusted; expires in 30 d; SHA-1 01:02\n"
		"Next step     none\n");
}

TEST(test_show_explain_service_and_certificate_give_the_reason)
{
	asked_has(
		show_explain, &plain,
		"{'endpoint':{'name':'a','host':'a','address':'fd00::1','port':443,'state':'open',"
		"'reason':'ok','service':{'state':'failing','reason':'not-tls'}}}",
		"\nNext step     look whether [fd00::1]:443 is the right machine: banksman probe "
		"[fd00::1]:443\n");
	asked_has(show_explain, &plain,
		  "{'endpoint':{'name':'a','host':'h','state':'open','reason':'ok',"
		  "'service':{'state':'serving','reason':'serving'},"
		  "'trust':{'state':'untrusted','reason':'expired'}}}",
		  "\nNext step     renew the certificate of h\n");
}

TEST(test_show_explain_says_that_the_history_is_missing)
{
	asked_has(show_explain, &plain, "{'endpoint':{},'history_error':'it keeps none'}",
		  "\nHistory       it keeps none\n");
}

TEST(test_meaning_every_reason_of_a_failure_has_one)
{
	for (int i = 0; i < REASON_N; i++)
		if (i != REASON_OK && meaning_find(reason_name((enum reason)i)) == NULL)
			fail_msg("%s", reason_name((enum reason)i));
	for (int i = 0; i < SERVICE_N; i++)
		if (i != SERVICE_UNTRIED && i != SERVICE_SERVING &&
		    meaning_find(service_name((enum service)i)) == NULL)
			fail_msg("%s", service_name((enum service)i));
	for (int i = 0; i < TRUST_N; i++)
		if (i != TRUST_UNTRIED && i != TRUST_TRUSTED &&
		    meaning_find(trust_name((enum trust)i)) == NULL)
			fail_msg("%s", trust_name((enum trust)i));
	assert_null(meaning_find("ok"));
	assert_null(meaning_find(""));
}

TEST(test_meaning_effect_depends_on_the_check)
{
	assert_string_equal(meaning_effect("esxi", "authd"),
			    "disks of virtual machines on this host cannot be copied");
	assert_string_equal(meaning_effect("esxi", "esxi"), "no copy from this host can log in");
	assert_string_equal(meaning_effect("", ""), "whatever needs this way fails");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_show_explain_is_one_screen),
	cmocka_unit_test(test_show_explain_of_a_clear_way_wants_nothing),
	cmocka_unit_test(test_show_explain_service_and_certificate_give_the_reason),
	cmocka_unit_test(test_show_explain_says_that_the_history_is_missing),
	cmocka_unit_test(test_meaning_every_reason_of_a_failure_has_one),
	cmocka_unit_test(test_meaning_effect_depends_on_the_check),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
