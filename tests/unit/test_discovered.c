/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/discovered.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "tests/unit/unit.h"

static struct kubeobject named(enum kube_kind kind, const char *name)
{
	struct kubeobject o = { .kind = kind };

	text_printf(o.ref.namespace, sizeof o.ref.namespace, "mtv");
	text_printf(o.ref.name, sizeof o.ref.name, "%s", name);
	return o;
}

static bool put(struct discovered *d, const char *name, const char *address)
{
	struct kubeobject o = named(KUBE_HOST, name);

	text_printf(o.host.address, sizeof o.host.address, "%s", address);
	return discovered_put(d, &o);
}

TEST(test_discovered_tells_whether_anything_changed)
{
	struct discovered *d = discovered_new();
	struct kubeobject gone = named(KUBE_HOST, "a");

	assert_true(put(d, "b", "192.0.2.2"));
	assert_true(put(d, "a", "192.0.2.1"));
	assert_false(put(d, "a", "192.0.2.1"));
	assert_true(put(d, "a", "192.0.2.9"));
	assert_int_equal(discovered_count(d, KUBE_HOST), 2);
	assert_string_equal(discovered_get(d, KUBE_HOST, 0)->ref.name, "a");
	assert_string_equal(discovered_find(d, KUBE_HOST, &gone.ref)->host.address, "192.0.2.9");
	assert_null(discovered_find(d, KUBE_PROVIDER, &gone.ref));
	assert_true(discovered_drop(d, &gone));
	assert_false(discovered_drop(d, &gone));
	assert_int_equal(discovered_count(d, KUBE_HOST), 1);
	discovered_free(d);
}

TEST(test_discovered_list_ends_what_it_does_not_name)
{
	struct discovered *d = discovered_new();

	assert_true(put(d, "a", "192.0.2.1"));
	assert_true(put(d, "b", "192.0.2.2"));
	assert_true(put(d, "c", "192.0.2.3"));
	discovered_begin(d, KUBE_HOST, NULL);
	assert_int_equal(discovered_count(d, KUBE_HOST), 3);
	assert_false(put(d, "b", "192.0.2.2"));
	discovered_begin(d, KUBE_HOST, NULL); /* the first one broke off */
	assert_false(put(d, "c", "192.0.2.3"));
	assert_true(discovered_end(d, KUBE_HOST, NULL));
	assert_int_equal(discovered_count(d, KUBE_HOST), 1);
	assert_string_equal(discovered_get(d, KUBE_HOST, 0)->ref.name, "c");
	assert_false(discovered_end(d, KUBE_HOST, NULL));
	discovered_free(d);
}

TEST(test_discovered_list_of_one_provider_leaves_the_others)
{
	static const struct kube_ref vc1 = { "mtv", "vc1" };
	static const struct kube_ref vc2 = { "mtv", "vc2" };
	struct discovered *d = discovered_new();
	struct kubeobject o = named(KUBE_MACHINE, "host-1");

	o.host.provider = vc1;
	assert_true(discovered_put(d, &o));
	o.host.provider = vc2;
	assert_true(discovered_put(d, &o)); /* another machine of the same id */
	discovered_begin(d, KUBE_MACHINE, &vc1);
	assert_true(discovered_end(d, KUBE_MACHINE, &vc1));
	assert_int_equal(discovered_count(d, KUBE_MACHINE), 1);
	assert_string_equal(discovered_get(d, KUBE_MACHINE, 0)->host.provider.name, "vc2");
	discovered_free(d);
}

TEST(test_discovered_what_was_known_before_stands_until_something_is_heard)
{
	struct discovered *d = discovered_new();
	struct discovered *before = discovered_new();
	const struct kubeobject *one, *two;
	uint64_t number;

	(void)put(before, "one", "192.0.2.1");
	(void)put(before, "two", "192.0.2.2");
	one = discovered_get(before, KUBE_HOST, 0);
	two = discovered_get(before, KUBE_HOST, 1);
	(void)put(d, "one", "192.0.2.9");
	discovered_restore(d, one, (struct wall){ 5 }); /* it is known better */
	discovered_restore(d, two, (struct wall){ 7 });
	assert_int_equal(discovered_count(d, KUBE_HOST), 2);
	assert_int_equal(discovered_restored(d, one).ms, 0);
	assert_int_equal(discovered_restored(d, two).ms, 7);
	assert_int_equal(discovered_last_known(d, KUBE_HOST).ms, 7);
	number = discovered_number(d, KUBE_HOST);
	assert_true(put(d, "two", "192.0.2.2")); /* the same: now it was heard of */
	assert_int_equal(discovered_number(d, KUBE_HOST), number);
	assert_int_equal(discovered_last_known(d, KUBE_HOST).ms, 0);
	assert_false(put(d, "two", "192.0.2.2"));
	assert_true(put(d, "two", "192.0.2.3"));
	assert_int_not_equal(discovered_number(d, KUBE_HOST), number);
	discovered_free(before);
	discovered_free(d);
}

TEST(test_discovered_is_bounded)
{
	struct discovered *d = discovered_new();
	char name[32];

	for (unsigned i = 0; i < DISCOVERED_MAX + 3; i++) {
		(void)snprintf(name, sizeof name, "h%07u", i);
		assert_int_equal(put(d, name, "192.0.2.1"), i < DISCOVERED_MAX);
	}
	assert_int_equal(discovered_count(d, KUBE_HOST), DISCOVERED_MAX);
	assert_int_equal(discovered_left_out(d, KUBE_HOST), 3);
	assert_true(put(d, "h0000000", "192.0.2.2")); /* what is there may change */
	discovered_begin(d, KUBE_HOST, NULL);
	assert_int_equal(discovered_left_out(d, KUBE_HOST), 0);
	discovered_free(d);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_discovered_tells_whether_anything_changed),
	cmocka_unit_test(test_discovered_list_ends_what_it_does_not_name),
	cmocka_unit_test(test_discovered_list_of_one_provider_leaves_the_others),
	cmocka_unit_test(test_discovered_what_was_known_before_stands_until_something_is_heard),
	cmocka_unit_test(test_discovered_is_bounded),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
