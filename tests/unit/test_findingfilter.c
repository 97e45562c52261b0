/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/findingfilter.h"

#include "base/must.h"
#include "base/text.h"
#include "daemon/remarks.h"
#include "tests/unit/asked.h"
#include "tests/unit/unit.h"

static const struct remark disc = { .rule = "page.iso",
				    .kind = "vm",
				    .id = "vm-1",
				    .name = "web [1]",
				    .plan = "mtv/a",
				    .message = "a disc is in",
				    .severity = RULE_WARNING };

#define FITS(...) assert_true(findingfilter_fits(&(struct findingfilter){ __VA_ARGS__ }, &disc))
#define FITS_NOT(...)                                                                              \
	assert_false(findingfilter_fits(&(struct findingfilter){ __VA_ARGS__ }, &disc))

TEST(test_findingfilter_of_nothing_fits_all)
{
	FITS(.any_verdict = true);
}

TEST(test_findingfilter_severity_is_a_least_and_verdict_is_one)
{
	FITS(.least = RULE_WARNING, .any_verdict = true);
	FITS_NOT(.least = RULE_BLOCKER, .any_verdict = true);
	FITS(.unknown = false);
	FITS_NOT(.unknown = true);
}

TEST(test_findingfilter_texts_are_patterns_of_the_whole)
{
	FITS(.rule = "page.iso");
	FITS(.rule = "page.*");
	FITS(.rule = "*iso");
	FITS(.rule = "*.*o*");
	FITS(.rule = "page?iso");
	FITS(.rule = "page.iso***");
	FITS_NOT(.rule = "page");
	FITS_NOT(.rule = "iso");
	FITS_NOT(.rule = "page.iso?");
	FITS_NOT(.rule = "*isa");
	FITS(.kind = "vm", .plan = "mtv/*");
	FITS_NOT(.kind = "vm", .plan = "other/*");
}

TEST(test_findingfilter_name_is_a_name_or_an_id)
{
	FITS(.name = "web [1]"); /* a bracket is nothing special */
	FITS(.name = "vm-1");
	FITS(.name = "vm-?");
	FITS_NOT(.name = "web 1");
	FITS_NOT(.name = "Web*");
}

static bool row_fits(const struct findingfilter *f, const char *text)
{
	json_t *o = asked_json(text);
	bool fits = findingfilter_fits_row(f, o);

	json_decref(o);
	return fits;
}

TEST(test_findingfilter_rows_of_the_history_are_looked_at_alike)
{
	static const char row[] = "{'rule':'page.iso','severity':'blocker','verdict':'unknown',"
				  "'object':{'kind':'vm','name':'web'},'message':'m'}";
	struct findingfilter any = { .any_verdict = true };
	struct findingfilter f = { .least = RULE_BLOCKER, .unknown = true, .name = "web" };

	assert_true(row_fits(&any, row));
	assert_true(row_fits(&f, row));
	f.unknown = false;
	assert_false(row_fits(&f, row));
	assert_false(row_fits(&any, "{}"));
	assert_false(row_fits(&any, "{'severity':'critical'}"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_findingfilter_of_nothing_fits_all),
	cmocka_unit_test(test_findingfilter_severity_is_a_least_and_verdict_is_one),
	cmocka_unit_test(test_findingfilter_texts_are_patterns_of_the_whole),
	cmocka_unit_test(test_findingfilter_name_is_a_name_or_an_id),
	cmocka_unit_test(test_findingfilter_rows_of_the_history_are_looked_at_alike),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
