/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/alertfilter.h"

#include "base/must.h"
#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

#define ESX                                                                                        \
	"{'target':'esx04.example.com:902','host':'esx04.example.com','provider':'dc1',"           \
	"'address':'10.1.7.14','port':'19902'}"

static bool named(const char *pattern, enum match least, const char *labels)
{
	struct alertfilter f = { .least = least, .any_kind = true };
	json_t *o = asked_json(labels);
	bool fits;

	MUST(pattern_parse(pattern, &f.pattern));
	fits = alertfilter_fits(&f, ALERT_PORT_CLOSED, SEVERITY_INFO, o);
	json_decref(o);
	return fits;
}

TEST(test_alertfilter_endpoints_are_named_as_everywhere)
{
	assert_true(named("esx04.example.com:902", MATCH_EXACT, ESX));
	assert_true(named("esx04:902", MATCH_LABEL, ESX));
	assert_true(named("esx04:19902", MATCH_LABEL, ESX));
	assert_true(named(":902", MATCH_LABEL, ESX));
	assert_true(named("10.1.7.14", MATCH_EXACT, ESX));
	assert_true(named("dc1", MATCH_LABEL, ESX));
	assert_true(named("esx*", MATCH_LABEL, ESX));
	assert_true(named("esx", MATCH_PREFIX, ESX));
	assert_false(named("esx", MATCH_LABEL, ESX));
	assert_false(named("esx04", MATCH_EXACT, ESX));
	assert_false(named("esx04:443", MATCH_PREFIX, ESX));
	assert_false(named("10.1.7.1", MATCH_PREFIX, ESX));
}

TEST(test_alertfilter_alerts_without_an_endpoint_are_named_by_their_provider)
{
	assert_true(named("dc1", MATCH_LABEL, "{'provider':'dc1','node':'n7'}"));
	assert_false(named("esx04", MATCH_PREFIX, "{'provider':'dc1','node':'n7'}"));
	assert_true(named("*", MATCH_LABEL, "{'node':'n7'}"));
	assert_false(named("n7", MATCH_PREFIX, "{'node':'n7'}"));
	assert_false(named("902", MATCH_PREFIX, "{'port':'x','address':'y','target':7}"));
}

TEST(test_alertfilter_rows_of_the_history_are_judged_alike)
{
	struct alertfilter f = { .severity = SEVERITY_WARNING, .any_kind = true };
	static const struct {
		const char *row;
		bool any;
		bool closed;
	} cases[] = {
		{ "{'alertname':'PortClosed','severity':'critical','labels':{}}", true, true },
		{ "{'alertname':'Flapping','severity':'warning','labels':{}}", true, false },
		{ "{'alertname':'PortClosed','severity':'info','labels':{}}", false, false },
		{ "{'alertname':'Unheard','severity':'critical','labels':{}}", false, false },
		{ "{'alertname':'PortClosed','severity':'bad'}", false, false },
		{ "{'severity':'critical'}", false, false },
		{ "[]", false, false },
	};

	assert_false(alertfilter_all(&f));
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		json_t *o = asked_json(cases[i].row);

		f.any_kind = true;
		assert_int_equal(alertfilter_fits_row(&f, o), cases[i].any);
		f.any_kind = false;
		f.kind = ALERT_PORT_CLOSED;
		assert_int_equal(alertfilter_fits_row(&f, o), cases[i].closed);
		json_decref(o);
	}
	f = (struct alertfilter){ .any_kind = true };
	assert_true(alertfilter_all(&f));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_alertfilter_endpoints_are_named_as_everywhere),
	cmocka_unit_test(test_alertfilter_alerts_without_an_endpoint_are_named_by_their_provider),
	cmocka_unit_test(test_alertfilter_rows_of_the_history_are_judged_alike),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
