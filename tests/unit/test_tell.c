/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/tell.h"

#include <jansson.h>
#include <string.h>

#include "base/must.h"
#include "tests/unit/rulings.h"
#include "tests/unit/unit.h"

static struct options usual(enum output output)
{
	struct options o;

	options_init(&o, VERB_CHECK);
	o.output = output;
	return o;
}

/* What the format makes of the list, in out. */
static const char *text_of(const struct teller *teller, const struct options *o, struct buf *out)
{
	static const struct term plain = { .utf8 = true };

	buf_init(out, 1 << 20);
	rulings_tell(teller, o, &plain, rulings_list, RULINGS_COUNT, out);
	assert_false(buf_overflowed(out));
	return buf_text(out);
}

static size_t times(const char *text, const char *part)
{
	size_t n = 0;

	for (; (text = strstr(text, part)) != NULL; text += strlen(part))
		n++;
	return n;
}

TEST(test_tell_table_is_grouped_by_rule_and_what_is_not_known_comes_last)
{
	struct options o = usual(OUTPUT_TABLE);
	struct buf out;

	assert_string_equal(
		text_of(tell_table(), &o, &out),
		"✗ The name is taken in the target namespace: 1 blocker (page.name.taken)\n"
		"    =1<b>\"'&?[31m?\xc3\xbc (plan mtv/wave-1): vm-prod has a machine of this "
		"name.\n"
		"  → Rename the machine, or choose another namespace.\n"
		"\n"
		"! An ISO image is mounted: 2 warnings (page.iso)\n"
		"    web-01: CD/DVD drive 1 holds tools.iso.\n"
		"    web-02: CD/DVD drive 1 holds tools.iso.\n"
		"  → Take the image out.\n"
		"\n"
		"- DRS is on: 1 remark (vmware.drs.enabled)\n"
		"    cluster c1: The cluster moves machines by itself.\n"
		"\n"
		"? The name is taken in the target namespace: not known of 1 (page.name.taken)\n"
		"    web-01: No export tells what is in the namespace.\n"
		"\n"
		"2 of 4 machines are ready; 1 is blocked; of 1 it is not known. 1 blocker, "
		"2 warnings, 1 remark, 1 not known, by 4 rules.\n"
		"Next: banksman rules explain page.name.taken\n");
	buf_done(&out);
}

TEST(test_tell_table_shows_the_first_and_counts_the_rest)
{
	enum { MANY = 17 };
	static const struct term plain = { 0 };
	struct options o = usual(OUTPUT_TABLE);
	struct ruling list[MANY];
	struct buf out;

	for (size_t i = 0; i < MANY; i++)
		list[i] = rulings_list[2];
	buf_init(&out, 1 << 20);
	rulings_tell(tell_table(), &o, &plain, list, MANY, &out);
	assert_int_equal(times(buf_text(&out), "    web-01: "), 5);
	assert_non_null(strstr(buf_text(&out), "    ... and 12 more (-o wide)\n"));
	buf_clear(&out);
	o.output = OUTPUT_WIDE;
	rulings_tell(tell_table(), &o, &plain, list, MANY, &out);
	assert_int_equal(times(buf_text(&out), "    web-01 (vm-2): "), MANY);
	assert_null(strstr(buf_text(&out), "more (-o wide)"));
	buf_done(&out);
}

TEST(test_tell_only_leaves_the_less_severe_out_of_every_format)
{
	const struct teller *all[] = { tell_table(), tell_json(), tell_csv(), tell_junit(),
				       tell_html() };
	struct options o = usual(OUTPUT_TABLE);
	struct buf out;

	o.only = RULE_BLOCKER;
	for (size_t i = 0; i < ARRAY_LEN(all); i++) {
		const char *text = text_of(all[i], &o, &out);

		assert_non_null(strstr(text, "vm-prod has a machine"));
		assert_null(strstr(text, "tools.iso"));
		assert_null(strstr(text, "moves machines"));
		buf_done(&out);
	}
}

TEST(test_tell_json_is_what_was_found)
{
	struct options o = usual(OUTPUT_JSON);
	const char *rule, *verdict, *kind, *name, *plan, *message;
	int judged, fail, unknown;
	struct buf out;
	json_t *all = json_loads(text_of(tell_json(), &o, &out), 0, NULL);

	assert_non_null(all);
	assert_int_equal(json_unpack(all, "{s:{s:{s:i},s:{s:{s:i,s:i}}}}", "summary", "machines",
				     "judged", &judged, "rules", "page.name.taken", "fail", &fail,
				     "unknown", &unknown),
			 0);
	assert_int_equal(judged, 4);
	assert_int_equal(fail, 1);
	assert_int_equal(unknown, 1);
	assert_int_equal(json_array_size(json_object_get(all, "findings")), RULINGS_COUNT);
	assert_int_equal(json_unpack(json_array_get(json_object_get(all, "findings"), 0),
				     "{s:s,s:s,s:{s:s,s:s},s:s,s:s}", "rule", &rule, "verdict",
				     &verdict, "object", "kind", &kind, "name", &name, "plan",
				     &plan, "message", &message),
			 0);
	assert_string_equal(rule, "page.name.taken");
	assert_string_equal(verdict, "fail");
	assert_string_equal(kind, "vm");
	assert_string_equal(name, RULINGS_NAME);
	assert_string_equal(plan, "mtv/wave-1");
	assert_null(strstr(buf_text(&out), "\xe2\x80\xae"));
	json_decref(all);
	buf_done(&out);
}

TEST(test_tell_csv_is_a_row_for_each_finding)
{
	struct options o = usual(OUTPUT_CSV);
	struct buf out;
	const char *text = text_of(tell_csv(), &o, &out);

	assert_int_equal(times(text, "\r\n"), 1 + RULINGS_COUNT);
	assert_non_null(strstr(text,
			       "rule,severity,forklift_category,verdict,kind,id,name,plan,"
			       "message,remedy\r\n"
			       "page.name.taken,blocker,Critical,fail,vm,vm-1,"
			       "\"'=1<b>\"\"'&\xef\xbf\xbd[31m\xef\xbf\xbd\xc3\xbc\",mtv/wave-1,"));
	assert_non_null(strstr(text, "page.name.taken,blocker,Critical,unknown,vm,vm-2,web-01,,"));
	buf_done(&out);
}

TEST(test_tell_junit_fails_what_the_exit_status_says_and_skips_what_is_not_known)
{
	struct options o = usual(OUTPUT_JUNIT);
	struct buf out;
	const char *text = text_of(tell_junit(), &o, &out);

	assert_non_null(strstr(text, "<testsuites name=\"banksman check\" tests=\"6\" "
				     "failures=\"1\" errors=\"0\" skipped=\"1\">"));
	assert_non_null(strstr(text, "<testsuite name=\"page.iso\" tests=\"2\" failures=\"0\""));
	assert_non_null(strstr(text, "name=\"vm =1&lt;b&gt;&quot;&#39;&amp;\xef\xbf\xbd[31m"
				     "\xef\xbf\xbd\xc3\xbc (vm-1), plan mtv/wave-1\"><failure "
				     "type=\"blocker\" message=\"vm-prod has"));
	assert_non_null(strstr(text, "<skipped message=\"No export tells"));
	assert_non_null(strstr(text, "<testcase classname=\"page.tools\" "
				     "name=\"VMware Tools run\"/>"));
	assert_int_equal(times(text, "<testsuite "), times(text, "</testsuite>"));
	buf_done(&out);
	o.fail_on = RULE_WARNING;
	assert_non_null(strstr(text_of(tell_junit(), &o, &out), "failures=\"3\" errors=\"0\""));
	buf_done(&out);
	o.fail_never = true;
	assert_null(strstr(text_of(tell_junit(), &o, &out), "<failure"));
	buf_done(&out);
}

TEST(test_tell_html_is_whole_and_refers_to_nothing_outside)
{
	static const char *const outside[] = { "http:", "https:", "src=", "@import", "url(" };
	struct options o = usual(OUTPUT_HTML);
	struct buf out;
	const char *text = text_of(tell_html(), &o, &out);

	for (size_t i = 0; i < ARRAY_LEN(outside); i++)
		assert_null(strstr(text, outside[i]));
	assert_null(strstr(text, "<b>\"'&"));
	assert_non_null(strstr(text, "=1&lt;b&gt;&quot;&#39;&amp;"));
	assert_non_null(strstr(text, "<article class=\"blocker\" id=\"rule-page.name.taken\">"));
	assert_non_null(strstr(text, "<a href=\"#rule-page.iso\">"));
	assert_non_null(strstr(text, "Of 1 machine more there is nothing to say."));
	assert_int_equal(times(text, "<article "), times(text, "</article>"));
	assert_int_equal(times(text, "<tr"), times(text, "</tr>"));
	assert_int_equal(times(text, "<table>"), times(text, "</table>"));
	buf_done(&out);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_tell_table_is_grouped_by_rule_and_what_is_not_known_comes_last),
	cmocka_unit_test(test_tell_table_shows_the_first_and_counts_the_rest),
	cmocka_unit_test(test_tell_only_leaves_the_less_severe_out_of_every_format),
	cmocka_unit_test(test_tell_json_is_what_was_found),
	cmocka_unit_test(test_tell_csv_is_a_row_for_each_finding),
	cmocka_unit_test(
		test_tell_junit_fails_what_the_exit_status_says_and_skips_what_is_not_known),
	cmocka_unit_test(test_tell_html_is_whole_and_refers_to_nothing_outside),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
