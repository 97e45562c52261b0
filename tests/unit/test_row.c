/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/row.h"

#include "base/mem.h"
#include "cli/hosts.h"
#include "tests/unit/unit.h"

static const struct host esxi = { .role = ROLE_ESXI, .name = "esx01.example.com" };
static const struct host unknown = { .name = "10.1.7.9" };
static const struct host registry = { .role = ROLE_REGISTRY,
				      .name = "quay.example.com",
				      .image = "quay.example.com/vddk:8" };

static struct row *made(const struct host *h, size_t order, const char *address, uint16_t port)
{
	struct plan_item item = { .port = port, .dialect = DIALECT_TCP };
	struct addr a = { 0 };

	if (address != NULL)
		assert_true(addr_parse(address, port, &a));
	return row_new(h, order, &a, &item);
}

TEST(test_row_new_knows_where_and_nothing_more)
{
	struct plan_item item = { .port = 902, .dialect = DIALECT_AUTHD };
	struct addr address = { 0 };
	struct row *r;

	assert_true(addr_parse("fd00::9", 1, &address));
	r = row_new(&esxi, 7, &address, &item);
	assert_ptr_equal(r->host, &esxi);
	assert_int_equal(r->host_order, 7);
	assert_int_equal(addr_port(&r->finding.address), 902);
	assert_string_equal(r->finding.host, "esx01.example.com");
	assert_null(r->finding.image);
	assert_int_equal(r->finding.port, 902);
	assert_int_equal(r->finding.dialect, DIALECT_AUTHD);
	assert_int_equal(r->finding.role, ROLE_ESXI);
	assert_int_equal(r->finding.verdict.rtt_us, -1);
	assert_null(r->finding.verdict.facts);
	assert_null(r->probe);
	assert_false(r->finished);
	row_free(r);
	row_free(NULL);
}

TEST(test_row_new_without_address_stays_without)
{
	struct row *r = made(&esxi, 0, NULL, 443);

	assert_false(addr_present(&r->finding.address));
	row_free(r);
}

TEST(test_row_of_a_registry_has_its_image)
{
	struct row *r = made(&registry, 0, "10.1.7.9", 443);

	assert_string_equal(r->finding.host, "quay.example.com");
	assert_string_equal(r->finding.image, "quay.example.com/vddk:8");
	row_free(r);
}

TEST(test_row_item_is_the_one_that_was_set)
{
	struct plan_item item = { .port = 19902,
				  .dialect = DIALECT_AUTHD,
				  .rule = port_rule_find(ROLE_ESXI, 902),
				  .asked = true };
	struct row *r = made(&esxi, 0, "10.1.7.9", 443);
	struct plan_item got;

	row_set_item(r, &item);
	got = row_item(r);
	assert_int_equal(got.port, 19902);
	assert_int_equal(got.dialect, DIALECT_AUTHD);
	assert_non_null(got.rule);
	assert_ptr_equal(got.rule, item.rule);
	assert_true(got.asked);
	row_free(r);
}

static void add(struct results *s, struct row *r)
{
	s->rows = xreallocarray(s->rows, s->count + 1, sizeof(struct row *));
	s->rows[s->count++] = r;
}

TEST(test_row_order_is_host_then_address_then_port)
{
	struct results s = { 0 };

	add(&s, made(&unknown, 0, "9.0.0.1", 443));
	add(&s, made(&unknown, 0, "10.0.0.1", 80));
	add(&s, made(&unknown, 0, "10.0.0.1", 443));
	add(&s, made(&unknown, 0, "10.0.0.2", 80));
	add(&s, made(&unknown, 0, "::1", 443));
	add(&s, made(&unknown, 0, "fd00::1", 1));
	add(&s, made(&unknown, 1, NULL, 443));
	add(&s, made(&unknown, 1, "1.0.0.1", 1));
	add(&s, made(&unknown, 2, "::", 65535));
	for (size_t i = 0; i < s.count; i++)
		for (size_t j = 0; j < s.count; j++) {
			int order = row_compare(&s.rows[i], &s.rows[j]);

			assert_int_equal(order < 0, i < j);
			assert_int_equal(order > 0, i > j);
		}
	results_done(&s);
	assert_null(s.rows);
	assert_int_equal(s.count, 0);
}

TEST(test_row_findings_are_those_of_all_rows)
{
	struct results s = { .left_out = 3, .interrupted = true };
	struct findings findings;

	add(&s, made(&esxi, 0, "10.1.7.9", 443));
	add(&s, made(&esxi, 0, "10.1.7.9", 902));
	results_findings(&s, &findings);
	assert_int_equal(findings.count, 2);
	assert_ptr_equal(findings.list[0], &s.rows[0]->finding);
	assert_ptr_equal(findings.list[1], &s.rows[1]->finding);
	assert_int_equal(findings.left_out, 3);
	assert_true(findings.interrupted);
	findings_done(&findings);
	results_done(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_row_new_knows_where_and_nothing_more),
	cmocka_unit_test(test_row_new_without_address_stays_without),
	cmocka_unit_test(test_row_of_a_registry_has_its_image),
	cmocka_unit_test(test_row_item_is_the_one_that_was_set),
	cmocka_unit_test(test_row_order_is_host_then_address_then_port),
	cmocka_unit_test(test_row_findings_are_those_of_all_rows),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
