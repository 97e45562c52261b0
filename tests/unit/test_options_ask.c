/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/options.h"

#include <stdlib.h>

#include "base/must.h"
#include "tests/unit/unit.h"
#include "tests/unit/words.h"

TEST(test_options_of_history_are_taken)
{
	struct words l = words_taken(VERB_HISTORY, "a|--from|2026-11-25T03:12:00Z|--to|"
						   "2026-11-25T04:12:00Z|--aspect|trust|--limit|7|"
						   "--socket|/tmp/s|-owide|--timeout|5s");
	const struct options *o = &l.options;

	assert_int_equal(o->to.ms - o->from.ms, 3600000);
	assert_string_equal(o->aspect, "trust");
	assert_int_equal(o->limit, 7);
	assert_string_equal(o->socket, "/tmp/s");
	assert_int_equal(o->output, OUTPUT_WIDE);
	assert_int_equal(span_ms(o->timeout), 5000);
	words_done(&l);
	l = words_taken(VERB_HISTORY, "a|--since|7d");
	assert_int_equal(l.options.now.ms - l.options.from.ms, INT64_C(7) * 86400000);
	assert_int_equal(l.options.to.ms, l.options.now.ms);
	words_done(&l);
	l = words_taken(VERB_HISTORY, "--at|1h");
	assert_true(l.options.at_given);
	assert_int_equal(l.options.now.ms - l.options.at.ms, 3600000);
	words_done(&l);
}

TEST(test_options_of_the_other_asking_verbs_are_taken)
{
	struct words l = words_taken(VERB_EVENTS, "-f|--since|2h|x");

	assert_true(l.options.follow && l.options.since_given);
	assert_null(l.options.aspect);
	words_done(&l);
	l = words_taken(VERB_STATUS, "--problems|-o|json");
	assert_true(l.options.problems);
	assert_int_equal(l.options.output, OUTPUT_JSON);
	assert_int_equal(span_ms(l.options.timeout), 30000);
	words_done(&l);
	l = words_taken(VERB_PROBE, "--via-daemon|--socket|/tmp/s|-ojson|a|b");
	assert_true(l.options.via_daemon);
	assert_int_equal(l.options.word_count, 2);
	assert_int_equal(span_ms(l.options.timeout), 120000);
	words_done(&l);
}

TEST(test_options_socket_comes_from_the_environment)
{
	struct words l;

	MUST(unsetenv("BANKSMAN_SOCKET") == 0); /* NOLINT(concurrency-mt-unsafe): one thread */
	l = words_taken(VERB_STATUS, "");
	assert_string_equal(l.options.socket, "/run/banksman/banksman.sock");
	words_done(&l);
	MUST(setenv("BANKSMAN_SOCKET", "/tmp/e", 1) == 0); /* NOLINT(concurrency-mt-unsafe) */
	l = words_taken(VERB_STATUS, "");
	assert_string_equal(l.options.socket, "/tmp/e");
	words_done(&l);
	l = words_taken(VERB_STATUS, "--socket|/tmp/s");
	assert_string_equal(l.options.socket, "/tmp/s");
	words_done(&l);
	MUST(unsetenv("BANKSMAN_SOCKET") == 0); /* NOLINT(concurrency-mt-unsafe): one thread */
}

TEST(test_options_via_daemon_takes_none_of_our_own_probing)
{
	words_refused(VERB_PROBE, "--via-daemon|--reach|a",
		      "--reach does not go with --via-daemon: the daemon asks as its configuration "
		      "says");
	words_refused(VERB_PROBE, "--timeout=3s|--via-daemon|a",
		      "--timeout does not go with --via-daemon: the daemon asks as its "
		      "configuration says");
	words_refused(VERB_PROBE, "--socket|/tmp/s|a", "--socket needs --via-daemon");
}

TEST(test_options_windows_that_make_no_sense_are_refused)
{
	words_refused(VERB_HISTORY, "a|--since|1d|--from|2d", "--since and --from are the same");
	words_refused(VERB_HISTORY, "a|--at|1d|--since|2d",
		      "--at is a moment: it takes no --since, --from, --to");
	words_refused(VERB_HISTORY, "a|--from|1h|--to|2h", "the window ends before it begins");
	words_refused(VERB_HISTORY, "a|--from|2026-11-25T03:12:00Z|--to|2026-11-25T03:12:00Z",
		      "the window ends before it begins");
	words_refused(VERB_HISTORY, "a|--at|2999-01-01", "--at: that moment is still to come");
}

TEST(test_options_values_of_the_asking_verbs_are_checked)
{
	words_refused(VERB_HISTORY, "--aspect|ports",
		      "--aspect: 'ports' is none of port, service, trust, name (did you mean "
		      "'port'?)");
	words_refused(VERB_HISTORY, "--since|soon",
		      "--since: 'soon' is no time such as 7d (ago), 03:12, 2026-11-25 03:12 or "
		      "2026-11-25T03:12:00Z");
	words_refused(VERB_STATUS, "--limit|0", "--limit: '0' is not a number from 1 to 1000000");
	words_refused(VERB_STATUS, "--socket=", "--socket: is followed by no path");
	words_refused(VERB_EXPLAIN, "-owide", "--output: 'wide' is none of table|json");
	words_refused(VERB_STATUS, "--folow", "unknown option '--folow'");
	words_refused(VERB_EVENTS, "--folow",
		      "unknown option '--folow' (did you mean '--follow'?)");
}

TEST(test_options_of_alerts_are_taken)
{
	struct words l = words_taken(VERB_ALERTS, "esx04|--history|--since|7d|--severity|warning|"
						  "--alert|PortClosed|--limit|3|-owide");
	const struct options *o = &l.options;

	assert_true(o->history && o->since_given);
	assert_string_equal(o->severity, "warning");
	assert_string_equal(o->alert, "PortClosed");
	assert_int_equal(o->limit, 3);
	assert_int_equal(o->output, OUTPUT_WIDE);
	assert_int_equal(span_ms(o->timeout), 30000);
	words_done(&l);
	l = words_taken(VERB_ALERTS, "test");
	assert_int_equal(span_ms(l.options.timeout), 180000);
	words_done(&l);
	l = words_taken(VERB_ALERTS, "test|--timeout|5s");
	assert_int_equal(span_ms(l.options.timeout), 5000);
	words_done(&l);
	words_refused(VERB_ALERTS, "--since|7d", "--since needs --history");
	words_refused(VERB_ALERTS, "test|--severity|info",
		      "alerts test takes no --history, --severity, --alert, --limit");
	words_refused(VERB_ALERTS, "--severity|critcal",
		      "--severity: 'critcal' is none of info, warning, critical (did you mean "
		      "'critical'?)");
	words_refused(VERB_ALERTS,
		      "--alert=", "--alert: is followed by no name such as PortClosed");
}

TEST(test_options_of_findings_are_taken)
{
	struct words l = words_taken(VERB_FINDINGS,
				     "web-1|--severity|blocker|--verdict|unknown|--rule|page.*|"
				     "--kind|vm|--plan|mtv/a|--history|--since|7d|-ojson");
	const struct options *o = &l.options;

	assert_int_equal(o->only, RULE_BLOCKER);
	assert_string_equal(o->verdict, "unknown");
	assert_string_equal(o->rule, "page.*");
	assert_string_equal(o->kind, "vm");
	assert_string_equal(o->ask.plan, "mtv/a");
	assert_true(o->history && o->since_given);
	assert_int_equal(o->word_count, 1);
	words_done(&l);
	l = words_taken(VERB_FINDINGS, "");
	assert_int_equal(l.options.only, RULE_INFO);
	assert_null(l.options.verdict);
	words_done(&l);
	words_refused(VERB_FINDINGS, "--since|7d", "--since needs --history");
	words_refused(VERB_FINDINGS, "--severity|critical",
		      "--severity: 'critical' is none of info, warning, blocker");
	words_refused(VERB_FINDINGS, "--verdict|fails",
		      "--verdict: 'fails' is neither fail nor unknown");
	words_refused(VERB_FINDINGS, "--rule=", "--rule: is followed by no name");
}

TEST(test_options_of_silence_say_which_how_long_and_why)
{
	struct words l =
		words_taken(VERB_SILENCE, "esx04|--for|2h|--why|new card|--alert|Flapping");

	assert_string_equal(l.options.lasts, "2h");
	assert_string_equal(l.options.why, "new card");
	assert_string_equal(l.options.alert, "Flapping");
	words_done(&l);
	l = words_taken(VERB_SILENCE, "--end|7");
	assert_int_equal(l.options.end, 7);
	words_done(&l);
	l = words_taken(VERB_SILENCE, "-ojson");
	assert_int_equal(l.options.word_count, 0);
	words_done(&l);
	words_refused(VERB_SILENCE, "esx04", "for how long? --for 2h");
	words_refused(VERB_SILENCE, "esx04|--for|2h",
		      "why? --why TEXT is what others see who wonder why nobody was told");
	words_refused(
		VERB_SILENCE, "--for|2h|--why|x",
		"which endpoints? Name one, such as esx04:902 or esx04, or '*' for everything");
	words_refused(VERB_SILENCE, "esx04|--end|7",
		      "--end takes nothing else: it ends that silence");
	words_refused(VERB_SILENCE, "--end|x",
		      "--end: 'x' is not the number of a silence ('banksman silence' lists them)");
	words_refused(VERB_SILENCE, "a|--for|soon",
		      "--for: 'soon' is not a time such as 30m, 2h or 7d");
	words_refused(VERB_SILENCE, "a|--why| ", "--why: is followed by no word");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_options_of_history_are_taken),
	cmocka_unit_test(test_options_of_the_other_asking_verbs_are_taken),
	cmocka_unit_test(test_options_socket_comes_from_the_environment),
	cmocka_unit_test(test_options_via_daemon_takes_none_of_our_own_probing),
	cmocka_unit_test(test_options_windows_that_make_no_sense_are_refused),
	cmocka_unit_test(test_options_values_of_the_asking_verbs_are_checked),
	cmocka_unit_test(test_options_of_alerts_are_taken),
	cmocka_unit_test(test_options_of_findings_are_taken),
	cmocka_unit_test(test_options_of_silence_say_which_how_long_and_why),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
