/* SPDX-License-Identifier: Apache-2.0 */
#include "base/list.h"

#include "base/must.h"
#include "tests/unit/unit.h"

struct item {
	int value;
	struct link link;
};

static struct link *pop(struct list *l)
{
	struct link *k = list_first(l);

	if (k != NULL)
		link_remove(k);
	return k;
}

static int value_of(struct link *k)
{
	return k != NULL ? container_of(k, struct item, link)->value : -1;
}

TEST(test_list_new_is_empty)
{
	struct list l;

	list_init(&l);
	assert_true(list_empty(&l));
	assert_null(list_first(&l));
	assert_null(pop(&l));
}

TEST(test_list_push_back_keeps_the_order)
{
	struct item items[3] = { { .value = 1 }, { .value = 2 }, { .value = 3 } };
	struct list l;
	int want = 1;

	list_init(&l);
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		list_push_back(&l, &items[i].link);
	for (struct link *k = list_first(&l); k != NULL; k = list_next(&l, k))
		assert_int_equal(value_of(k), want++);
	assert_int_equal(want, 4);
	for (int i = 1; i <= 3; i++)
		assert_int_equal(value_of(pop(&l)), i);
	assert_true(list_empty(&l));
}

TEST(test_list_remove_in_the_middle_joins_the_neighbours)
{
	struct item items[3] = { { .value = 1 }, { .value = 2 }, { .value = 3 } };
	struct list l;

	list_init(&l);
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		list_push_back(&l, &items[i].link);
	link_remove(&items[1].link);
	assert_false(link_on_list(&items[1].link));
	assert_int_equal(value_of(list_next(&l, &items[0].link)), 3);
	link_remove(&items[1].link);
	link_remove(&items[0].link);
	assert_int_equal(value_of(list_first(&l)), 3);
	link_remove(&items[2].link);
	assert_true(list_empty(&l));
}

TEST(test_list_removed_link_can_be_pushed_again)
{
	struct item a = { .value = 1 };
	struct list l;
	struct list other;

	list_init(&l);
	list_init(&other);
	list_push_back(&l, &a.link);
	assert_true(link_on_list(&a.link));
	link_remove(&a.link);
	list_push_back(&other, &a.link);
	assert_true(list_empty(&l));
	assert_int_equal(value_of(pop(&other)), 1);
	assert_false(link_on_list(&a.link));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_list_new_is_empty),
	cmocka_unit_test(test_list_push_back_keeps_the_order),
	cmocka_unit_test(test_list_remove_in_the_middle_joins_the_neighbours),
	cmocka_unit_test(test_list_removed_link_can_be_pushed_again),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
