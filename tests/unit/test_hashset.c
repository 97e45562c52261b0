/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hashset.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/unit.h"

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* Puts it there; false: it is there. */
static bool put(struct hashset *h, const char *word, uint64_t hash)
{
	const void **slot = hashset_slot(h, word, hash, compare);

	if (*slot != NULL)
		return false;
	*slot = word;
	return true;
}

TEST(test_hashset_what_is_there_is_found_by_what_equals_it)
{
	const char word[] = "vc";
	struct hashset h;

	hashset_init(&h, 2);
	assert_true(put(&h, "vc", 7));
	assert_false(put(&h, word, 7));
	assert_true(put(&h, "rhv", 9));
	assert_string_equal(*hashset_slot(&h, word, 7, compare), "vc");
	assert_null(*hashset_slot(&h, "none", 7, compare));
	hashset_done(&h);
}

TEST(test_hashset_has_room_for_all_though_all_have_one_hash)
{
	enum { MANY = 100 };
	static char words[MANY][8];
	struct hashset h;

	hashset_init(&h, MANY);
	for (int i = 0; i < MANY; i++) {
		(void)snprintf(words[i], sizeof words[i], "w%d", i);
		assert_true(put(&h, words[i], UINT64_MAX));
	}
	for (int i = 0; i < MANY; i++)
		assert_ptr_equal(*hashset_slot(&h, words[i], UINT64_MAX, compare), words[i]);
	assert_null(*hashset_slot(&h, "none", UINT64_MAX, compare));
	hashset_done(&h);
}

TEST(test_hashset_of_nothing_has_nothing)
{
	struct hashset h;

	hashset_init(&h, 0);
	assert_null(*hashset_slot(&h, "vc", 0, compare));
	hashset_done(&h);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hashset_what_is_there_is_found_by_what_equals_it),
	cmocka_unit_test(test_hashset_has_room_for_all_though_all_have_one_hash),
	cmocka_unit_test(test_hashset_of_nothing_has_nothing),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
