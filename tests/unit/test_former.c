/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/former.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/must.h"
#include "daemon/store.h"
#include "probes/reason.h"
#include "tests/unit/unit.h"

static struct store_endpoint named(const char *name, const char *address)
{
	return (struct store_endpoint){ .id = 1,
					.name = name,
					.host = "esx04",
					.address = address,
					.port = 902,
					.check = "authd" };
}

static struct store_past past(int64_t id, const char *address, bool retired)
{
	struct store_past p = { .endpoint = named("esx04:902", address), .retired = retired };

	p.endpoint.id = id;
	for (int a = 0; a < ASPECT_N; a++)
		p.value[a] = STATE_NOTHING;
	p.value[ASPECT_PORT] = REASON_REFUSED;
	p.since[ASPECT_PORT].ms = id * 1000;
	p.open.ms = id * 1000 - 1;
	return p;
}

static bool takes(struct formers *f, const struct store_endpoint *e, int64_t id)
{
	struct former got = { .id = 0 };

	if (!formers_take(f, e, &got))
		return false;
	assert_int_equal(got.id, id);
	return true;
}

/* How many it was told of, and the sum of their ids. */
struct gone {
	unsigned count;
	int64_t ids;
};

static void on_gone(void *owner, int64_t id)
{
	struct gone *g = owner;

	g->count++;
	g->ids += id;
}

TEST(test_former_put_gives_its_id_alone_and_once)
{
	struct formers *f = formers_new(NULL);
	struct store_endpoint e = named("a", "10.0.0.1");
	struct former got;

	assert_false(formers_take(f, &e, &got));
	formers_put(f, &e);
	assert_true(formers_take(f, &e, &got));
	assert_int_equal(got.id, 1);
	for (int a = 0; a < ASPECT_N; a++)
		assert_int_equal(got.value[a], STATE_NOTHING);
	assert_false(formers_take(f, &e, &got));
	formers_free(f);
}

TEST(test_former_put_again_remembers_the_last)
{
	struct formers *f = formers_new(NULL);
	struct store_endpoint e = named("a", "10.0.0.1");

	formers_put(f, &e);
	e.id = 6;
	formers_put(f, &e);
	assert_true(takes(f, &e, 6));
	assert_false(takes(f, &e, 0));
	formers_free(f);
}

TEST(test_former_name_and_address_tell_them_apart)
{
	struct formers *f = formers_new(NULL);
	struct store_endpoint list[] = { named("a", "10.0.0.1"), named("a", "10.0.0.2"),
					 named("b", "10.0.0.1"), named("a", "") };

	for (size_t i = 0; i < ARRAY_LEN(list); i++) {
		list[i].id = (int64_t)i + 5;
		formers_put(f, &list[i]);
	}
	for (size_t i = 0; i < ARRAY_LEN(list); i++)
		assert_true(takes(f, &list[i], (int64_t)i + 5));
	formers_free(f);
}

static void put_numbered(struct formers *f, int64_t id)
{
	char name[32];
	struct store_endpoint e = named(name, "10.0.0.1");

	(void)snprintf(name, sizeof name, "%d", (int)id);
	e.id = id;
	formers_put(f, &e);
}

/* A name whose addresses are others every minute would fill the memory. */
TEST(test_former_too_many_forget_what_ended_first)
{
	struct formers *f = formers_new(NULL);
	struct gone gone = { 0 };
	struct store_endpoint first = named("1", "10.0.0.1");
	struct store_endpoint second = named("2", "10.0.0.1");

	formers_settle(f, on_gone, &gone);
	for (int64_t id = 1; id <= FORMERS_MAX; id++)
		put_numbered(f, id);
	put_numbered(f, 1); /* the last one now */
	put_numbered(f, FORMERS_MAX + 1);
	assert_false(takes(f, &second, 0));
	assert_true(takes(f, &first, 1));
	assert_int_equal(gone.count, 0);
	formers_free(f);
}

/* The first configuration may name them all. */
TEST(test_former_more_pasts_than_are_kept_are_there_until_it_is_settled)
{
	enum { MANY = FORMERS_MAX + 2 };
	struct store_past *list = calloc(MANY, sizeof *list);
	char(*names)[8] = calloc(MANY, sizeof *names);
	struct gone gone = { 0 };
	struct formers *f;

	assert_non_null(list);
	assert_non_null(names);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(names[i], sizeof names[i], "%d", i);
		list[i] = past(i + 1, "10.0.0.1", false);
		list[i].endpoint.name = names[i];
	}
	f = formers_new(&(struct store_pasts){ .list = list, .count = MANY, .max_id = MANY });
	assert_true(takes(f, &list[0].endpoint, 1));
	formers_settle(f, on_gone, &gone);
	assert_int_equal(gone.count, MANY - 1);
	assert_false(takes(f, &list[1].endpoint, 0));
	assert_true(takes(f, &list[2].endpoint, 3));
	formers_free(f);
	free(list);
	free(names);
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
	assert_int_equal(got.open.ms, 2999);
	assert_int_equal(got.value[ASPECT_SERVICE], STATE_NOTHING);
	formers_free(f);
}

TEST(test_former_past_of_another_port_or_check_keeps_its_id_alone)
{
	struct store_past list[] = { past(3, "10.0.0.1", false), past(4, "10.0.0.2", false) };
	struct store_pasts pasts = { .list = list, .count = 2, .max_id = 4 };
	struct formers *f = formers_new(&pasts);
	struct store_endpoint port = named("esx04:902", "10.0.0.1");
	struct store_endpoint check = named("esx04:902", "10.0.0.2");
	struct former got;

	port.port = 903;
	check.check = "tls";
	assert_true(formers_take(f, &port, &got));
	assert_int_equal(got.id, 3);
	assert_int_equal(got.value[ASPECT_PORT], STATE_NOTHING);
	assert_int_equal(got.open.ms, 0);
	assert_true(formers_take(f, &check, &got));
	assert_int_equal(got.id, 4);
	assert_int_equal(got.value[ASPECT_PORT], STATE_NOTHING);
	formers_free(f);
}

TEST(test_former_settled_past_keeps_its_id_alone_and_is_told_of)
{
	struct store_past list[] = { past(3, "10.0.0.1", false), past(4, "10.0.0.2", false),
				     past(5, "10.0.0.3", true) };
	struct store_pasts pasts = { .list = list, .count = 3, .max_id = 5 };
	struct formers *f = formers_new(&pasts);
	struct store_endpoint e = named("esx04:902", "10.0.0.1");
	struct gone gone = { 0 };
	struct former got;

	assert_true(takes(f, &list[1].endpoint, 4));
	formers_settle(f, on_gone, &gone);
	assert_int_equal(gone.count, 1);
	assert_int_equal(gone.ids, 3);
	formers_settle(f, on_gone, &gone);
	assert_int_equal(gone.count, 1);
	assert_true(formers_take(f, &e, &got));
	assert_int_equal(got.id, 3);
	assert_int_equal(got.value[ASPECT_PORT], STATE_NOTHING);
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
	formers_settle(f, on_gone, &(struct gone){ 0 });
	assert_int_equal(formers_addresses(f, "esx04", addrs, ARRAY_LEN(addrs)), 0);
	formers_free(f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_former_put_gives_its_id_alone_and_once),
	cmocka_unit_test(test_former_put_again_remembers_the_last),
	cmocka_unit_test(test_former_name_and_address_tell_them_apart),
	cmocka_unit_test(test_former_too_many_forget_what_ended_first),
	cmocka_unit_test(test_former_more_pasts_than_are_kept_are_there_until_it_is_settled),
	cmocka_unit_test(test_former_past_is_where_it_was_left),
	cmocka_unit_test(test_former_past_of_another_port_or_check_keeps_its_id_alone),
	cmocka_unit_test(test_former_settled_past_keeps_its_id_alone_and_is_told_of),
	cmocka_unit_test(test_former_past_that_was_retired_keeps_its_id_alone),
	cmocka_unit_test(test_former_addresses_are_those_of_the_host_once_each),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
