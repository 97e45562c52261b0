/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/remarks.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/unit.h"

static struct remarks *r;
static char ended[400]; /* "rule id; …" */

static int begin(__attribute__((unused)) void **state)
{
	r = remarks_new();
	ended[0] = '\0';
	return 0;
}

static int end(__attribute__((unused)) void **state)
{
	remarks_free(r);
	return 0;
}

static struct remark of(const char *rule, const char *id, const char *message, int64_t at_ms)
{
	return (struct remark){ .rule = rule,
				.kind = "vm",
				.id = id,
				.name = "web",
				.plan = "",
				.message = message,
				.severity = RULE_WARNING,
				.first = { at_ms } };
}

static void add(const char *rule, const char *id, const char *message, int64_t at_ms)
{
	struct remark m = of(rule, id, message, at_ms);
	struct err err;

	MUST(remarks_add(r, &m, &err));
}

static void on_ended(void *owner, struct remark *m)
{
	size_t len = strlen(ended);

	MUST(owner == &r);
	(void)snprintf(ended + len, sizeof ended - len, "%s %s; ", m->rule, m->id);
	remark_free(m);
}

static void commit(void)
{
	ended[0] = '\0';
	remarks_commit(r, on_ended, &r);
}

static struct remark *find(const char *rule, const char *id)
{
	struct remark like = of(rule, id, "", 0);

	return remarks_find(r, &like);
}

static void three(void)
{
	remarks_begin(r);
	add("a", "1", "x", 100);
	add("a", "2", "x", 100);
	add("b", "1", "y", 100);
	commit();
}

TEST(test_remarks_what_is_found_again_keeps_its_beginning)
{
	three();
	assert_string_equal(ended, "");
	find("a", "2")->put = true;
	remarks_begin(r);
	add("a", "2", "x", 200);
	add("b", "1", "another", 200);
	add("c", "1", "z", 200);
	commit();
	assert_string_equal(ended, "a 1; ");
	assert_int_equal(remarks_count(r), 3);
	assert_int_equal(find("a", "2")->first.ms, 100);
	assert_true(find("a", "2")->put);
	/* It says something else, which the history is to know; it began when it did. */
	assert_int_equal(find("b", "1")->first.ms, 100);
	assert_string_equal(find("b", "1")->message, "another");
	assert_false(find("b", "1")->put);
	assert_int_equal(find("c", "1")->first.ms, 200);
	assert_null(find("a", "1"));
}

TEST(test_remarks_another_severity_is_to_be_written)
{
	struct remark m = of("a", "1", "x", 200);
	struct err err;

	three();
	find("a", "1")->put = true;
	m.severity = RULE_BLOCKER;
	remarks_begin(r);
	assert_true(remarks_add(r, &m, &err));
	commit();
	assert_false(find("a", "1")->put);
	assert_int_equal(find("a", "1")->first.ms, 100);
	assert_string_equal(ended, "a 2; b 1; ");
}

TEST(test_remarks_dropped_set_changes_nothing)
{
	uint64_t number;

	three();
	number = remarks_number(r);
	remarks_begin(r);
	add("a", "1", "x", 200);
	add("z", "9", "x", 200);
	remarks_drop(r);
	assert_int_equal(remarks_number(r), number);
	assert_int_equal(remarks_count(r), 3);
	assert_int_equal(find("a", "1")->first.ms, 100);
	remarks_begin(r); /* and one that is begun twice */
	add("a", "1", "x", 300);
	remarks_begin(r);
	commit();
	assert_string_equal(ended, "a 1; a 2; b 1; ");
	assert_int_equal(remarks_number(r), number + 1);
}

TEST(test_remarks_every_part_of_an_identity_counts)
{
	struct remark m = of("a", "1", "x", 100);
	struct err err;

	remarks_begin(r);
	assert_true(remarks_add(r, &m, &err));
	m.plan = "ns/p";
	assert_true(remarks_add(r, &m, &err));
	m.name = "xen";
	assert_true(remarks_add(r, &m, &err));
	m.id = "2";
	assert_true(remarks_add(r, &m, &err));
	m.kind = "zone";
	assert_true(remarks_add(r, &m, &err));
	m.unknown = true;
	assert_true(remarks_add(r, &m, &err));
	commit();
	assert_int_equal(remarks_count(r), 6);
}

TEST(test_remarks_disorder_and_doubles_are_refused)
{
	struct remark m = of("a", "1", "other words", 100);
	struct err err;

	remarks_begin(r);
	add("a", "1", "x", 100);
	assert_false(remarks_add(r, &m, &err));
	m.id = "0";
	assert_false(remarks_add(r, &m, &err));
	assert_non_null(strstr(err.text, "order"));
	remarks_drop(r);
	assert_int_equal(remarks_count(r), 0);
}

TEST(test_remarks_too_many_bytes_are_refused)
{
	enum { LEN = 4 << 20 };
	AUTO(text) char *huge = xcalloc(1, LEN + 1);
	struct err err;
	char id[16];
	bool ok = true;

	memset(huge, 'x', LEN);
	remarks_begin(r);
	for (int i = 0; ok && i < 100; i++) {
		struct remark m = of("a", id, huge, 100);

		(void)snprintf(id, sizeof id, "%03d", i);
		ok = remarks_add(r, &m, &err);
	}
	assert_false(ok);
	assert_non_null(strstr(err.text, "more than"));
}

TEST(test_remarks_adopted_ones_are_in_force_in_their_order)
{
	struct remark b = of("b", "1", "y", 50);
	struct remark a = of("a", "7", "x", 60);

	a.put = b.put = true;
	remarks_begin(r);
	remarks_adopt(r, &b);
	remarks_adopt(r, &a);
	remarks_adopted(r);
	assert_int_equal(remarks_count(r), 2);
	assert_string_equal(remarks_at(r, 0)->rule, "a");
	assert_true(find("b", "1")->put);
	remarks_begin(r);
	add("b", "1", "y", 200);
	commit();
	assert_string_equal(ended, "a 7; ");
	assert_int_equal(find("b", "1")->first.ms, 50);
}

TEST(test_remarks_words)
{
	enum rule_severity s = RULE_INFO;

	for (int i = 0; i < RULE_SEVERITY_N; i++) {
		assert_true(remark_parse_severity(remark_severity((enum rule_severity)i), &s));
		assert_int_equal(s, i);
	}
	assert_false(remark_parse_severity("critical", &s));
	assert_string_equal(remark_verdict(true), "unknown");
	assert_string_equal(remark_verdict(false), "fail");
}

#define EACH(test) cmocka_unit_test_setup_teardown(test, begin, end)

static const struct CMUnitTest tests[] = {
	EACH(test_remarks_what_is_found_again_keeps_its_beginning),
	EACH(test_remarks_another_severity_is_to_be_written),
	EACH(test_remarks_dropped_set_changes_nothing),
	EACH(test_remarks_every_part_of_an_identity_counts),
	EACH(test_remarks_disorder_and_doubles_are_refused),
	EACH(test_remarks_too_many_bytes_are_refused),
	EACH(test_remarks_adopted_ones_are_in_force_in_their_order),
	EACH(test_remarks_words),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
