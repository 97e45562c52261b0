/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/hearing.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "daemon/remarks.h"
#include "tests/unit/unit.h"

#define RULE                                                                                       \
	"{\"rule\":{\"id\":\"page.iso\",\"severity\":\"blocker\",\"title\":\"t\",\"remedy\":"      \
	"\"r\"}}\n"
#define FINDING "[0,\"vm\",\"vm-1\",\"web\",\"\",\"a disc is in\"]\n"
#define LATER                                                                                      \
	"{\"rule\":{\"id\":\"vm.X\",\"severity\":\"info\",\"category\":\"Warning\"}}\n"            \
	"[1,\"vm\",\"vm-1\",\"web\",\"ns/p\",\"no export tells\"]\n"
#define NOTICE "{\"notice\":{\"file\":\"a.json\",\"text\":\"holds nothing\"}}\n"
#define BLOCKED                                                                                    \
	"{\"blocked\":{\"plan\":\"ns/p\",\"machines\":1,\"total\":2,\"rules\":1,"                  \
	"\"worst\":[[\"page.iso\",1]]}}\n"
#define HOST                                                                                       \
	"{\"host\":{\"role\":\"esxi\",\"address\":\"esx1.example\",\"manager\":\"vc.example\"}}\n" \
	"{\"host\":[]}\n"
#define END                                                                                        \
	"{\"end\":{\"machines\":2,\"ready\":1,\"blocked\":1,\"undetermined\":0,\"plans\":1,"       \
	"\"rules\":9,\"failed\":[0,0,1],\"unknown\":[1,0,0]}}\n"

static struct remarks *remarks;
static struct hearing *h;

static int begin(__attribute__((unused)) void **state)
{
	remarks = remarks_new();
	remarks_begin(remarks);
	h = hearing_new(remarks, (struct wall){ .ms = 77 });
	return 0;
}

static int end(__attribute__((unused)) void **state)
{
	hearing_free(h);
	remarks_free(remarks);
	return 0;
}

static bool put(const char *text)
{
	return hearing_put(h, text, strlen(text));
}

static void on_ended(__attribute__((unused)) void *owner, struct remark *m)
{
	remark_free(m);
}

static void assert_all_was_heard(void)
{
	const struct rule_text *r;
	struct heard heard;

	assert_true(hearing_complete(h, &heard));
	remarks_commit(remarks, on_ended, NULL);
	assert_int_equal(remarks_count(remarks), 2);
	assert_string_equal(remarks_at(remarks, 0)->message, "a disc is in");
	assert_int_equal(remarks_at(remarks, 0)->severity, RULE_BLOCKER);
	assert_int_equal(remarks_at(remarks, 0)->first.ms, 77);
	assert_true(remarks_at(remarks, 1)->unknown);
	assert_string_equal(remarks_at(remarks, 1)->plan, "ns/p");
	r = rule_texts_find(&heard.rules, "page.iso");
	assert_non_null(r);
	assert_string_equal(r->remedy, "r");
	assert_string_equal(rule_texts_find(&heard.rules, "vm.X")->category, "Warning");
	assert_null(rule_texts_find(&heard.rules, "vm.Y"));
	assert_int_equal(heard.blocked.count, 1);
	assert_int_equal(heard.blocked.list[0].total, 2);
	assert_int_equal(heard.hosts.count, 1);
	assert_string_equal(heard.hosts.list[0].manager, "vc.example");
	assert_int_equal(heard.hosts.left_out, 1);
	assert_int_equal(heard.summary.machines, 2);
	assert_int_equal(heard.summary.failed[RULE_BLOCKER], 1);
	assert_int_equal(heard.summary.unknown[RULE_INFO], 1);
	assert_int_equal(json_array_size(heard.notices), 1);
	heard_done(&heard);
}

TEST(test_hearing_takes_all_at_once)
{
	assert_true(put(NOTICE RULE FINDING LATER BLOCKED HOST END));
	assert_all_was_heard();
}

TEST(test_hearing_takes_it_byte_by_byte)
{
	static const char text[] = NOTICE RULE FINDING LATER BLOCKED HOST END;

	for (size_t i = 0; i + 1 < sizeof text; i++)
		assert_true(hearing_put(h, &text[i], 1));
	assert_all_was_heard();
}

TEST(test_hearing_without_an_end_it_is_not_complete)
{
	struct heard heard;

	assert_true(put(RULE FINDING LATER BLOCKED));
	assert_false(hearing_complete(h, &heard));
	assert_true(put("{\"end\":{}}")); /* no line end: it may have been cut */
	assert_false(hearing_complete(h, &heard));
}

TEST(test_hearing_nonsense_is_refused)
{
	static const char *const bad[] = {
		"\n",
		"nonsense\n",
		"{}\n",
		"7\n",
		FINDING, /* of no rule */
		RULE RULE,
		RULE "[0,\"vm\",\"vm-1\",\"web\",\"\"]\n",
		RULE "[0,\"vm\",\"vm-1\",\"web\",\"\",null]\n",
		RULE "[\"0\",\"vm\",\"vm-1\",\"web\",\"\",\"m\"]\n",
		RULE FINDING FINDING,
		"{\"rule\":{\"id\":\"x\",\"severity\":\"critical\"}}\n",
		"{\"rule\":{\"severity\":\"info\"}}\n" RULE "{\"rule\":7}\n",
		"{\"blocked\":{}}\n",
		"{\"blocked\":[1]}\n",
		END END,
		END RULE,
	};

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		struct heard heard;

		remarks_begin(remarks);
		hearing_free(h);
		h = hearing_new(remarks, (struct wall){ .ms = 77 });
		if (put(bad[i]))
			fail_msg("taken: %s", bad[i]);
		assert_string_not_equal(hearing_error(h), "");
		assert_false(put(RULE)); /* and nothing after it */
		assert_false(hearing_complete(h, &heard));
	}
}

TEST(test_hearing_a_line_has_a_bound)
{
	AUTO(text) char *line = xcalloc(1, HEARING_LINE_BYTES + 2);

	memset(line, ' ', HEARING_LINE_BYTES + 1);
	assert_false(put(line));
	assert_non_null(strstr(hearing_error(h), "too long"));
}

TEST(test_hearing_notices_and_plans_have_a_bound)
{
	struct heard heard;
	char line[200];

	for (int i = 0; i < HEARING_NOTICES_MAX + 5; i++)
		assert_true(put(NOTICE));
	for (int i = 0; i < BLOCKED_PLANS_MAX + 7; i++) {
		(void)snprintf(line, sizeof line, "{\"blocked\":{\"plan\":\"ns/%d\"}}\n", i);
		assert_true(put(line));
	}
	assert_true(put(END));
	assert_true(hearing_complete(h, &heard));
	assert_int_equal(json_array_size(heard.notices), HEARING_NOTICES_MAX);
	assert_int_equal(heard.blocked.count, BLOCKED_PLANS_MAX);
	assert_int_equal(heard.blocked.more, 7);
	heard_done(&heard);
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

static const struct CMUnitTest tests[] = {
	EACH(test_hearing_takes_all_at_once),
	EACH(test_hearing_takes_it_byte_by_byte),
	EACH(test_hearing_without_an_end_it_is_not_complete),
	EACH(test_hearing_nonsense_is_refused),
	EACH(test_hearing_a_line_has_a_bound),
	EACH(test_hearing_notices_and_plans_have_a_bound),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
