/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/known.h"

#include "base/mem.h"
#include "tests/unit/unit.h"

static struct known *k;

static int set_up(__attribute__((unused)) void **state)
{
	k = known_new();
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	known_free(k);
	return 0;
}

static struct known_endpoint *put(int64_t id, int64_t row)
{
	AUTO(text)
	char *address =
		xasprintf("10.0.%lld.%lld", (long long)(id / 256) % 256, (long long)id % 256);
	struct known_endpoint *e = known_put(k, id,
					     &(struct store_endpoint){ .id = id,
								       .provider = "",
								       .role = "esxi",
								       .name = "esx04:902",
								       .host = "esx04",
								       .address = address,
								       .check = "tcp" });

	known_begin(k);
	known_set_row(k, e, row);
	known_commit(k);
	return e;
}

static void retire(struct known_endpoint *e)
{
	known_begin(k);
	known_change(k, e)->retired = true;
	known_commit(k);
}

static size_t count(void)
{
	size_t at = 0;
	size_t n = 0;

	while (known_next(k, &at) != NULL)
		n++;
	return n;
}

/* A name whose address is another one every day, for decades. */
TEST(test_known_endpoints_that_come_and_go_leave_nothing)
{
	for (int64_t id = 1; id <= 20000; id++) {
		struct known_endpoint *e = put(id, id);

		if (id > 1)
			retire(e);
		known_tidy(k);
		assert_int_equal(count(), 1);
	}
	assert_non_null(known_find(k, 1));
	assert_null(known_find(k, 20000));
	assert_int_equal(known_row(k, 20000), 20000);
	assert_int_equal(known_id(k, 20000), 20000);
}

TEST(test_known_retired_with_something_unwritten_stays)
{
	struct known_endpoint *touched = put(1, 1);
	struct known_endpoint *shown = put(2, 2);

	retire(touched);
	retire(shown);
	known_begin(k);
	known_change(k, touched)->touch[ASPECT_PORT].count = 3;
	known_change(k, shown)->sighting = true;
	known_commit(k);
	known_tidy(k);
	assert_int_equal(count(), 2);
	known_begin(k);
	known_change(k, touched)->touch[ASPECT_PORT].count = 0;
	known_change(k, shown)->sighting = false;
	known_commit(k);
	known_tidy(k);
	assert_int_equal(count(), 0);
}

/* Its number is not its row's: without the entry one would be taken for the other. */
TEST(test_known_retired_that_is_called_otherwise_stays)
{
	retire(put(5, 2));
	put(2, 9);
	known_tidy(k);
	assert_int_equal(known_row(k, 5), 2);
	assert_int_equal(known_id(k, 2), 5);
	assert_int_equal(known_id(k, 9), 2);
	assert_int_equal(count(), 2);
}

/* Somebody of whom a late message came after it had been dropped. */
TEST(test_known_never_described_goes)
{
	(void)known_put(k, 7, NULL);
	put(8, 8);
	known_tidy(k);
	assert_null(known_find(k, 7));
	assert_non_null(known_find(k, 8));
}

TEST(test_known_row_that_was_rolled_back_leads_nowhere)
{
	struct known_endpoint *e = put(3, 3);

	known_begin(k);
	known_set_row(k, e, 12);
	known_rollback(k);
	retire(e);
	known_tidy(k);
	assert_int_equal(known_id(k, 12), 12);
	assert_int_equal(count(), 0);
}

TEST(test_known_retired_is_still_so_in_another_database)
{
	retire(put(4, 6));
	known_forget(k);
	known_tidy(k);
	assert_int_equal(count(), 0);
}

#define KNOWN(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

static const struct CMUnitTest tests[] = {
	KNOWN(test_known_endpoints_that_come_and_go_leave_nothing),
	KNOWN(test_known_retired_with_something_unwritten_stays),
	KNOWN(test_known_retired_that_is_called_otherwise_stays),
	KNOWN(test_known_never_described_goes),
	KNOWN(test_known_row_that_was_rolled_back_leads_nowhere),
	KNOWN(test_known_retired_is_still_so_in_another_database),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
