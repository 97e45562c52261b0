/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/former.h"

#include "base/must.h"
#include "daemon/store.h"
#include "probes/reason.h"
#include "tests/unit/unit.h"

static struct store_endpoint named(const char *name, const char *address)
{
	return (struct store_endpoint){ .name = name, .host = "esx04", .address = address };
}

static struct store_past past(int64_t id, const char *address, bool retired)
{
	struct store_past p = { .endpoint = named("esx04:902", address), .retired = retired };

	p.endpoint.id = id;
	for (int a = 0; a < ASPECT_N; a++)
		p.value[a] = STATE_NOTHING;
	p.value[ASPECT_PORT] = REASON_REFUSED;
	p.since[ASPECT_PORT].ms = id * 1000;
	return p;
}

TEST(test_former_put_is_taken_once)
{
	struct formers *f = formers_new(NULL);
	struct store_endpoint e = named("a", "10.0.0.1");
	struct former how = { .id = 5, .value = { REASON_OK }, .since = { { 7 } } };
	struct former got = { .id = 0 };

	assert_false(formers_take(f, &e, &got));
	formers_put(f, &e, &how);
	assert_true(formers_take(f, &e, &got));
	assert_int_equal(got.id, 5);
	assert_int_equal(got.value[0], REASON_OK);
	assert_int_equal(got.since[0].ms, 7);
	assert_false(formers_take(f, &e, &got));
	formers_free(f);
}

TEST(test_former_put_again_remembers_the_last)
{
	struct formers *f = formers_new(NULL);
	struct store_endpoint e = named("a", "10.0.0.1");
	struct former got;

	formers_put(f, &e, &(struct former){ .id = 5 });
	formers_put(f, &e, &(struct former){ .id = 6 });
	assert_true(formers_take(f, &e, &got));
	assert_int_equal(got.id, 6);
	assert_false(formers_take(f, &e, &got));
	formers_free(f);
}

TEST(test_former_name_and_address_tell_them_apart)
{
	struct formers *f = formers_new(NULL);
	struct store_endpoint list[] = { named("a", "10.0.0.1"), named("a", "10.0.0.2"),
					 named("b", "10.0.0.1"), named("a", "") };

	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		formers_put(f, &list[i], &(struct former){ .id = (int64_t)i });
	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		struct former got;

		assert_true(formers_take(f, &list[i], &got));
		assert_int_equal(got.id, i);
	}
	formers_free(f);
}

TEST(test_former_past_is_where_it_was_left)
{
	struct store_past list[] = { past(3, "10.0.0.1", false) };
	struct store_pasts pasts = { .list = list, .count = 1, .max_id = 3 };
	struct formers *f = formers_new(&pasts);
	struct store_endpoint e = named("esx04:902", "10.0.0.1");
	struct former got;

	list[0] = past(9, "10.0.0.9", false); /* it was copied */
	assert_true(formers_take(f, &e, &got));
	assert_int_equal(got.id, 3);
	assert_int_equal(got.value[ASPECT_PORT], REASON_REFUSED);
	assert_int_equal(got.since[ASPECT_PORT].ms, 3000);
	assert_int_equal(got.value[ASPECT_SERVICE], STATE_NOTHING);
	formers_free(f);
}

TEST(test_former_past_that_was_retired_keeps_its_id_alone)
{
	struct store_past list[] = { past(3, "10.0.0.1", true) };
	struct store_pasts pasts = { .list = list, .count = 1, .max_id = 3 };
	struct formers *f = formers_new(&pasts);
	struct store_endpoint e = named("esx04:902", "10.0.0.1");
	struct addr addrs[4];
	struct former got;

	assert_int_equal(formers_addresses(f, "esx04", addrs, ARRAY_LEN(addrs)), 0);
	assert_true(formers_take(f, &e, &got));
	assert_int_equal(got.id, 3);
	assert_int_equal(got.value[ASPECT_PORT], STATE_NOTHING);
	formers_free(f);
}

TEST(test_former_addresses_are_those_of_the_host_once_each)
{
	struct store_past list[] = {
		past(1, "", false),         past(2, "10.0.0.2", false),
		past(3, "10.0.0.1", false), past(4, "10.0.0.2", false),
		past(5, "10.0.0.9", false), past(6, "no address", false),
	};
	struct store_pasts pasts = { .list = list, .count = ARRAY_LEN(list) };
	struct addr addrs[4];
	struct formers *f;

	list[4].endpoint.host = "esx05";
	f = formers_new(&pasts);
	assert_int_equal(formers_addresses(f, "esx04", addrs, ARRAY_LEN(addrs)), 2);
	assert_int_equal(formers_addresses(f, "esx04", addrs, 1), 1);
	assert_int_equal(formers_addresses(f, "esx05", addrs, ARRAY_LEN(addrs)), 1);
	assert_int_equal(formers_addresses(f, "esx03", addrs, ARRAY_LEN(addrs)), 0);
	assert_int_equal(formers_addresses(f, "esx06", addrs, ARRAY_LEN(addrs)), 0);
	formers_forget_addresses(f);
	assert_int_equal(formers_addresses(f, "esx04", addrs, ARRAY_LEN(addrs)), 0);
	formers_free(f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_former_put_is_taken_once),
	cmocka_unit_test(test_former_put_again_remembers_the_last),
	cmocka_unit_test(test_former_name_and_address_tell_them_apart),
	cmocka_unit_test(test_former_past_is_where_it_was_left),
	cmocka_unit_test(test_former_past_that_was_retired_keeps_its_id_alone),
	cmocka_unit_test(test_former_addresses_are_those_of_the_host_once_each),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
