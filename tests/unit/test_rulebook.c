/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/rulebook.h"

#include <jansson.h>
#include <string.h>

#include "report/term.h"
#include "tests/unit/unit.h"

static const struct rule rules[] = {
	{ .id = "site.info",
	  .severity = RULE_INFO,
	  .title = "Good to know",
	  .why = "It is.",
	  .place = "rules.d/site.sql" },
	{ .id = "page.iso",
	  .severity = RULE_WARNING,
	  .category = "Warning",
	  .page = "S-ISO",
	  .title = "An <ISO> image is mounted",
	  .why = "The *copy* waits.",
	  .remedy = "Run `govc device.cdrom.eject -vm NAME`.",
	  .source = "the documentation",
	  .note = "Forklift has no such rule.",
	  .place = "builtin" },
	{ .id = "page.a", .severity = RULE_WARNING, .title = "A\033[2J", .place = "builtin" },
};

static void made(struct rulebook *b, struct buf *out)
{
	*b = (struct rulebook){ 0 };
	for (size_t i = 0; i < 3; i++)
		rulebook_add(b, &rules[i]);
	rulebook_sort(b);
	buf_init(out, 1 << 20);
}

TEST(test_rulebook_lists_the_severest_first)
{
	static const struct term plain = { 0 };
	struct rulebook b;
	struct buf out;

	made(&b, &out);
	rulebook_put_table(&b, &plain, &out);
	assert_string_equal(buf_text(&out), "Warnings (2):\n"
					    "  page.a     A?[2J\n"
					    "  page.iso   An <ISO> image is mounted\n"
					    "\n"
					    "Remarks (1):\n"
					    "  site.info  Good to know\n"
					    "\n"
					    "3 rules.  More of one: banksman rules explain RULE\n");
	buf_done(&out);
	rulebook_done(&b);
}

TEST(test_rulebook_explains_one)
{
	static const struct term plain = { 0 };
	struct buf out;

	buf_init(&out, 1 << 20);
	rulebook_put_rule(&rules[1], &plain, &out);
	assert_string_equal(buf_text(&out), "rule        page.iso\n"
					    "title       An <ISO> image is mounted\n"
					    "severity    warning\n"
					    "why         The *copy* waits.\n"
					    "remedy      Run `govc device.cdrom.eject -vm NAME`.\n"
					    "note        Forklift has no such rule.\n"
					    "forklift    Warning\n"
					    "page        S-ISO\n"
					    "source      the documentation\n"
					    "place       builtin\n");
	buf_done(&out);
}

TEST(test_rulebook_json_has_all)
{
	const char *id, *category;
	struct rulebook b;
	struct buf out;
	json_t *all;

	made(&b, &out);
	rulebook_put_json(&b, &out);
	all = json_loads(buf_text(&out), 0, NULL);
	assert_int_equal(json_array_size(json_object_get(all, "rules")), 3);
	assert_int_equal(json_unpack(json_array_get(json_object_get(all, "rules"), 1), "{s:s,s:s}",
				     "id", &id, "forklift_category", &category),
			 0);
	assert_string_equal(id, "page.iso");
	assert_string_equal(category, "Warning");
	json_decref(all);
	buf_done(&out);
	rulebook_done(&b);
}

TEST(test_rulebook_markdown_is_text_but_for_code)
{
	struct rulebook b;
	struct buf out;

	made(&b, &out);
	rulebook_put_markdown(&b, &out);
	assert_non_null(strstr(buf_text(&out),
			       "### `page.iso`\n\n"
			       "**An \\<ISO\\> image is mounted** (warning; Forklift: Warning; "
			       "documented prerequisite S-ISO)\n\n"
			       "The \\*copy\\* waits.\n\n"
			       "What to do: Run `govc device.cdrom.eject -vm NAME`.\n\n"
			       "Note: Forklift has no such rule.\n\n"
			       "Source: the documentation\n"));
	assert_non_null(strstr(buf_text(&out), "## Warnings\n\n### `page.a`"));
	assert_non_null(strstr(buf_text(&out), "\n## Remarks\n\n### `site.info`"));
	buf_done(&out);
	rulebook_done(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rulebook_lists_the_severest_first),
	cmocka_unit_test(test_rulebook_explains_one),
	cmocka_unit_test(test_rulebook_json_has_all),
	cmocka_unit_test(test_rulebook_markdown_is_text_but_for_code),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
