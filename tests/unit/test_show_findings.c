/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/show.h"

#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

static const struct show plain = { .now = { .ms = ASKED_NOW_MS } };
static const struct show wide = { .now = { .ms = ASKED_NOW_MS }, .wide = true };

#define FAILS                                                                                      \
	"{'rule':'page.iso','severity':'blocker','verdict':'fail','object':{'kind':'vm',"          \
	"'id':'vm-1','name':'web'},'message':'a disc is in','title':'No disc','remedy':'Eject "    \
	"it.',"                                                                                    \
	"'first_seen':'2026-11-25T11:00:00.000Z','last_seen':'2026-11-25T13:00:00.000Z'}"
#define UNKNOWN                                                                                    \
	"{'rule':'vm.X','severity':'warning','verdict':'unknown','object':{'kind':'host',"         \
	"'id':'host-7'},'plan':'mtv/a','message':'no export tells','first_seen':"                  \
	"'2026-11-25T13:00:00.000Z','last_seen':'2026-11-25T13:00:00.000Z'}"
#define ENDED                                                                                      \
	"{'id':9,'rule':'page.iso','severity':'blocker','verdict':'fail','object':{'kind':'vm',"   \
	"'name':'web'},'message':'a disc is in','first_seen':'2026-11-25T11:00:00.000Z',"          \
	"'last_seen':'2026-11-25T12:00:00.000Z','ended':'2026-11-25T13:00:00.000Z'}"
#define HEAD                                                                                       \
	"'directory':'/srv/x','judged':'2026-11-25T13:00:00.000Z','summary':{'machines':9,"        \
	"'ready':2,'blocked':3,'undetermined':4,'fail':{'blocker':5,'warning':6,'info':7},"        \
	"'unknown':{'blocker':8,'warning':0,'info':0}}"
#define SUMMARY                                                                                    \
	"9 machines: 2 ready, 3 blocked, 4 undetermined; 5 blockers fail, 6 warnings, 7 infos; 8 " \
	"blockers cannot be told. Judged 1 h ago.\n"

TEST(test_show_findings_are_told_with_what_they_are_about)
{
	asked_shows(
		show_findings, &plain, "{" HEAD ",'findings':[" FAILS "," UNKNOWN "]}",
		"     SEVERITY  RULE      KIND  NAME    PLAN   FOR  WHAT\n"
		"FAIL blocker   page.iso  vm    web     -      3 h  a disc is in\n"
		"?    warning   vm.X      host  host-7  mtv/a  1 h  not known: no export tells\n"
		"\n" SUMMARY);
}

TEST(test_show_findings_wide_has_times_and_what_to_do)
{
	asked_has(show_findings, &wide, "{" HEAD ",'findings':[" FAILS "]}",
		  "FAIL blocker   page.iso  vm    web   vm-1  2026-11-25 11:00:00 UTC  "
		  "2026-11-25 13:00:00 UTC  3 h  a disc is in; what to do: Eject it.\n");
	asked_has(show_findings, &wide,
		  "{" HEAD ",'findings':[],'notices':[{'file':'/srv/x/a.json','text':'holds "
		  "nothing'}]}",
		  "warn /srv/x/a.json: holds nothing\n");
}

TEST(test_show_findings_that_are_old_are_told_as_such)
{
	asked_shows(show_findings, &plain,
		    "{" HEAD ",'trouble':'b.json: line 1: nonsense','findings':[]}",
		    "No findings.\n" SUMMARY
		    "warn the inventory could not be judged again, what stands here is older: "
		    "b.json: line 1: nonsense\n");
	asked_shows(show_findings, &plain, "{'directory':'/srv/x','findings':[]}",
		    "No findings.\nThe inventory has not been judged yet.\n");
	asked_shows(show_findings, &plain,
		    "{'directory':'/srv/x','trouble':'no export is in /srv/x','findings':[]}",
		    "No findings.\n"
		    "warn the inventory could not be judged: no export is in /srv/x\n");
}

TEST(test_show_findings_of_the_past_say_which_last)
{
	asked_shows(show_findings, &plain, "{'findings':[" UNKNOWN "," ENDED "],'next':'7'}",
		    "   SEVERITY  RULE      KIND  NAME    PLAN   FIRST SEEN               FOR  "
		    "STATE  "
		    "WHAT\n"
		    "?  warning   vm.X      host  host-7  mtv/a  2026-11-25 13:00:00 UTC  1 h  "
		    "lasts  "
		    "not known: no export tells\n"
		    "ok blocker   page.iso  vm    web     -      2026-11-25 11:00:00 UTC  2 h  "
		    "ended  "
		    "a disc is in\n"
		    "\n"
		    "These are 2; there are more (--limit, -o json).\n");
}

TEST(test_show_findings_takes_any_object)
{
	static const char *const odd[] = {
		"{}",
		"{'findings':7}",
		"{'findings':[7,null,{},{'object':7,'message':{}}]}",
		"{'directory':7,'judged':'yesterday','summary':[],'findings':[]}",
		"{'directory':'/x','judged':'2026-11-25T13:00:00Z','notices':[7],'findings':[]}",
	};

	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
		asked_has(show_findings, &plain, odd[i], "");
		asked_has(show_findings, &wide, odd[i], "");
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_show_findings_are_told_with_what_they_are_about),
	cmocka_unit_test(test_show_findings_wide_has_times_and_what_to_do),
	cmocka_unit_test(test_show_findings_that_are_old_are_told_as_such),
	cmocka_unit_test(test_show_findings_of_the_past_say_which_last),
	cmocka_unit_test(test_show_findings_takes_any_object),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
