/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

static struct conf *taken(const char *lines)
{
	AUTO(text) char *text = xasprintf("providers: []\n%s", lines);

	return confs_taken(text);
}

static void refused(const char *lines, const char *complaint)
{
	AUTO(text) char *text = xasprintf("providers: []\n%s", lines);

	confs_refused(text, complaint);
}

static void refused_window(const char *lines, const char *complaint)
{
	AUTO(text) char *text = xasprintf("maintenance:\n- match: x\n%s", lines);

	refused(text, complaint);
}

/* ---- alerts */

TEST(test_conf_alerts_defaults_are_those_of_the_manual)
{
	struct conf *c = taken("");

	assert_int_equal(span_ms(c->alerts.cooldown), 120000);
	assert_int_equal(span_ms(c->alerts.resend), 55000);
	assert_int_equal(span_ms(c->alerts.changed_for), 3600000);
	assert_int_equal(c->alerts.loss_pct, 15);
	assert_int_equal(c->alerts.label_count, 0);
	assert_int_equal(c->window_count, 0);
	conf_free(c);
}

TEST(test_conf_alerts_every_setting_is_read)
{
	struct conf *c = taken("alerts:\n  cooldown: off\n  resend: 10s\n  changed_for: 2d\n"
			       "  degraded_loss: 0%\n  labels: [a=b, \"_x2=s \xc3\xbc=y\"]\n");

	assert_int_equal(c->alerts.cooldown.ns, 0);
	assert_int_equal(span_ms(c->alerts.resend), 10000);
	assert_int_equal(span_ms(c->alerts.changed_for), INT64_C(2) * 86400000);
	assert_int_equal(c->alerts.loss_pct, 0);
	assert_int_equal(c->alerts.label_count, 2);
	assert_string_equal(c->alerts.labels[0], "a=b");
	assert_string_equal(c->alerts.labels[1], "_x2=s \xc3\xbc=y");
	assert_null(c->alerts.labels[2]);
	conf_free(c);
}

TEST(test_conf_alerts_values_out_of_bounds_are_told)
{
	refused("alerts:\n  resend: 9s\n", "3: alerts.resend: '9s' is not within 10s and 1h");
	refused("alerts:\n  resend: 61m\n", "3: alerts.resend: '61m' is not within 10s and 1h");
	refused("alerts:\n  resend: off\n",
		"3: alerts.resend: 'off' is not a time such as 250ms, 10s, 5m, 2h or 7d");
	refused("alerts:\n  cooldown: 2d\n", "3: alerts.cooldown: '2d' is not within 1s and 1d");
	refused("alerts:\n  degraded_loss: 101\n",
		"3: alerts.degraded_loss: '101' is not within 0% and 100%");
	refused("alerts:\n  degraded_los: 1%\n",
		"3: alerts.degraded_los: unknown key (did you mean 'degraded_loss'?)");
}

TEST(test_conf_alerts_labels_that_are_none_are_told)
{
	static const char *const bad[] = { "",      "a",     "a=",    "=b",        "1a=b",
					   "a-b=c", "a b=c", "__a=b", "\xc3\xbc=b" };
	static const char *const ours[] = { "alertname", "severity", "node", "provider", "target",
					    "host",      "address",  "port", "role" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(text)
		char *text = xasprintf("alerts:\n  labels:\n  - x=y\n  - '%s'\n", bad[i]);
		AUTO(text)
		char *why = xasprintf("5: alerts.labels[1]: '%s' is not a label such as "
				      "cluster=prod (letters, digits and _ in the name, no digit "
				      "and no __ in front)",
				      bad[i]);

		refused(text, why);
	}
	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		AUTO(text) char *text = xasprintf("alerts:\n  labels: [%s=x]\n", ours[i]);
		AUTO(text)
		char *why = xasprintf("3: alerts.labels[0]: every alert has a label %s of its own",
				      ours[i]);

		refused(text, why);
	}
	refused("alerts:\n  labels: [\"a=\\eb\"]\n",
		"3: alerts.labels[0]: holds a character that cannot be printed");
	refused("alerts:\n  labels: [\"a=\xff\"]\n",
		"3: not a UTF-8 text: invalid leading UTF-8 octet");
}

TEST(test_conf_alerts_label_given_twice_is_refused)
{
	refused("alerts:\n  labels:\n  - a=1\n  - ab=2\n  - a=3\n",
		"6: alerts.labels[2]: the label is given by labels[0]");
	conf_free(taken("alerts:\n  labels: [ab=1, a=2, abc=3]\n"));
}

TEST(test_conf_alerts_too_many_labels_are_refused)
{
	struct buf text;

	buf_init(&text, 4096);
	buf_puts(&text, "alerts:\n  labels:\n");
	for (int i = 0; i < 32; i++)
		buf_printf(&text, "  - l%d=x\n", i);
	conf_free(taken(buf_text(&text)));
	buf_puts(&text, "  - l32=x\n");
	refused(buf_text(&text), "3: alerts.labels: more than 32 entries");
	buf_done(&text);
}

/* ---- maintenance */

TEST(test_conf_alerts_windows_of_both_forms_are_read)
{
	struct conf *c = taken("maintenance:\n"
			       "- match: esx1*\n"
			       "  why: new memory\n"
			       "  from: 2028-02-29T23:00:00Z\n"
			       "  until: '2028-03-01T01:00:00.5+01:00'\n"
			       "- {match: '*', begin: 22:00, end: '02:30', days: [sat, sun, sat]}\n"
			       "- {match: '[fd00::1]:902', begin: 00:00, end: 24:00}\n");
	const struct conf_window *w = c->windows;

	assert_int_equal(c->window_count, 3);
	assert_string_equal(w[0].match, "esx1*");
	assert_string_equal(w[0].why, "new memory");
	assert_int_equal(w[0].from.ms, INT64_C(1835478000000));
	assert_int_equal(w[0].until.ms, INT64_C(1835481600500));
	assert_int_equal(w[0].days | w[0].begin | w[0].end, 0);
	assert_string_equal(w[1].why, "");
	assert_int_equal(w[1].from.ms, 0);
	assert_int_equal(w[1].begin, 22 * 60);
	assert_int_equal(w[1].end, 2 * 60 + 30);
	assert_int_equal(w[1].days, 0x41);
	assert_int_equal(w[2].begin, 0);
	assert_int_equal(w[2].end, 1440);
	assert_int_equal(w[2].days, 0x7f);
	conf_free(c);
}

TEST(test_conf_alerts_window_is_of_one_form)
{
	static const char mixed[] = "does not go with from and until: a window is once, or comes "
				    "again";
	static const char *const keys[] = { "begin: 22:00", "end: 22:00", "days: [sat]" };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		AUTO(text)
		char *lines = xasprintf("  from: 2026-01-01T00:00:00Z\n"
					"  until: 2026-01-02T00:00:00Z\n  %s\n",
					keys[i]);
		AUTO(text)
		char *want = xasprintf("6: maintenance[0].%.*s: %s", (int)strcspn(keys[i], ":"),
				       keys[i], mixed);

		refused_window(lines, want);
	}
	refused_window("", "3: maintenance[0]: says no time: give from and until, or begin and "
			   "end");
	refused_window("  days: [sat]\n",
		       "3: maintenance[0]: says no time: give from and until, or begin and end");
	refused_window("  begin: 22:00\n", "3: maintenance[0].end: is missing beside begin");
	refused_window("  end: 22:00\n", "3: maintenance[0].begin: is missing beside end");
	refused_window("  from: 2026-01-01T00:00:00Z\n",
		       "3: maintenance[0].until: is missing beside from");
	refused_window("  until: 2026-01-01T00:00:00Z\n",
		       "3: maintenance[0].from: is missing beside until");
	refused("maintenance:\n- begin: 22:00\n  end: 23:00\n",
		"3: maintenance[0].match: is missing");
}

TEST(test_conf_alerts_window_ends_after_it_begins)
{
	refused_window("  from: 2026-01-01T00:00:00Z\n  until: 2026-01-01T00:00:00Z\n",
		       "5: maintenance[0].until: is not after from");
	refused_window("  from: 2026-01-01T00:00:00Z\n  until: 2026-01-01T00:30:00+01:00\n",
		       "5: maintenance[0].until: is not after from");
	conf_free(taken("maintenance:\n- {match: x, from: '2026-01-01T00:00:00Z', until: "
			"'2026-01-01T00:00:00.001Z'}\n"));
}

TEST(test_conf_alerts_bad_times_of_windows_are_told)
{
	static const char *const moments[] = { "2026-01-01", "2026-02-29T00:00:00Z", "tomorrow",
					       "2026-01-01T00:00:00", "1970-01-01T00:00:00Z" };
	static const char *const clocks[] = { "22",    "22:0", "22:60", "25:00",   "24:01",
					      "22.00", "2:00", "",      "22:00:00" };

	for (size_t i = 0; i < ARRAY_LEN(moments); i++) {
		AUTO(text) char *lines = xasprintf("  from: '%s'\n", moments[i]);
		AUTO(text)
		char *want = xasprintf("4: maintenance[0].from: '%s' is not a time such as "
				       "2026-11-22T22:00:00Z",
				       moments[i]);

		refused_window(lines, want);
	}
	for (size_t i = 0; i < ARRAY_LEN(clocks); i++) {
		AUTO(text) char *lines = xasprintf("  end: '%s'\n", clocks[i]);
		AUTO(text)
		char *want = xasprintf("4: maintenance[0].end: '%s' is not a time of day such as "
				       "22:00",
				       clocks[i]);

		refused_window(lines, want);
	}
	refused_window("  begin: 24:00\n",
		       "4: maintenance[0].begin: '24:00' is not within 00:00 and 23:59");
}

TEST(test_conf_alerts_bad_days_are_told)
{
	refused_window("  begin: 22:00\n  end: 23:00\n  days: [sat, Sunday]\n",
		       "6: maintenance[0].days[1]: 'Sunday' is not mon, tue, wed, thu, fri, sat "
		       "or sun");
	refused_window("  begin: 22:00\n  end: 23:00\n  days: [sat, Sun]\n",
		       "6: maintenance[0].days[1]: 'Sun' is not mon, tue, wed, thu, fri, sat or "
		       "sun (did you mean 'sun'?)");
	refused_window("  begin: 22:00\n  end: 23:00\n  days: []\n",
		       "6: maintenance[0].days: names no day; leave it out for every day");
}

TEST(test_conf_alerts_bad_patterns_are_told)
{
	static const char *const bad[] = { "", "esx 1", "esx1,esx2", "esx[12]", "esx]", "esx1$$" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(text) char *text = xasprintf("maintenance:\n- match: '%s'\n", bad[i]);
		AUTO(text)
		char *want = xasprintf("3: maintenance[0].match: '%s' is not a pattern such as "
				       "esx04, esx04:902, esx1*, 10.1.7.14 or dc1",
				       i + 1 < ARRAY_LEN(bad) ? bad[i] : "esx1$");

		refused(text, want);
	}
}

TEST(test_conf_alerts_reason_of_a_window_has_a_limit)
{
	char why[241];

	memset(why, 'w', sizeof why);
	why[240] = '\0';
	{
		AUTO(text) char *lines = xasprintf("  why: %s\n", why);

		refused_window(lines, "4: maintenance[0].why: longer than 239 bytes");
	}
	why[239] = '\0';
	{
		AUTO(text)
		char *lines = xasprintf("maintenance:\n- {match: x, begin: 01:00, end: 02:00, why: "
					"%s}\n",
					why);

		conf_free(taken(lines));
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_conf_alerts_defaults_are_those_of_the_manual),
	cmocka_unit_test(test_conf_alerts_every_setting_is_read),
	cmocka_unit_test(test_conf_alerts_values_out_of_bounds_are_told),
	cmocka_unit_test(test_conf_alerts_labels_that_are_none_are_told),
	cmocka_unit_test(test_conf_alerts_label_given_twice_is_refused),
	cmocka_unit_test(test_conf_alerts_too_many_labels_are_refused),
	cmocka_unit_test(test_conf_alerts_windows_of_both_forms_are_read),
	cmocka_unit_test(test_conf_alerts_window_is_of_one_form),
	cmocka_unit_test(test_conf_alerts_window_ends_after_it_begins),
	cmocka_unit_test(test_conf_alerts_bad_times_of_windows_are_told),
	cmocka_unit_test(test_conf_alerts_bad_days_are_told),
	cmocka_unit_test(test_conf_alerts_bad_patterns_are_told),
	cmocka_unit_test(test_conf_alerts_reason_of_a_window_has_a_limit),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
