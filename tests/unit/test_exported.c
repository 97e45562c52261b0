/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/exported.h"

#include <string.h>

#include "base/must.h"
#include "inventory/offer.h"
#include "tests/unit/unit.h"

#define PIN "3A:10:0B:5C:77:E2:41:90:AF:3D:6B:28:C4:F9:05:1E:8D:62:B7:D3"

static void add(struct exported *e, const struct offer *offer)
{
	json_t *o = exported_json(offer);

	assert_non_null(o);
	exported_add(e, o);
	json_decref(o);
}

TEST(test_exported_host_is_taken_as_it_is_said)
{
	struct exported e = { .count = 0 };
	const struct exported_host *h;

	add(&e, &(struct offer){ .role = "esxi",
				 .address = "esx1.lab.example",
				 .fingerprint = PIN,
				 .site = "u-1",
				 .manager = "vc.lab.example:8443" });
	add(&e,
	    &(struct offer){ .role = "ovirt-host", .address = "fd00::1", .manager = "[fd00::2]" });
	assert_int_equal(e.count, 2);
	h = &e.list[0];
	assert_int_equal(h->role, ROLE_ESXI);
	assert_string_equal(h->address, "esx1.lab.example");
	assert_int_equal(h->pin.len, SHA1_BYTES);
	assert_string_equal(h->site, "u-1");
	assert_string_equal(h->manager, "vc.lab.example");
	assert_int_equal(h->manager_port, 8443);
	h = &e.list[1];
	assert_int_equal(h->role, ROLE_OVIRT_HOST);
	assert_string_equal(h->address, "fd00::1");
	assert_int_equal(h->pin.len, 0);
	assert_string_equal(h->site, "");
	assert_string_equal(h->manager, "fd00::2");
	assert_int_equal(h->manager_port, 443);
	assert_int_equal(e.left_out, 0);
	exported_done(&e);
}

TEST(test_exported_nobodys_host_is_not_said)
{
	assert_null(
		exported_json(&(struct offer){ .role = "vcenter", .address = "vc.example.com" }));
}

TEST(test_exported_what_cannot_be_watched_is_left_out)
{
	static const char *const addresses[] = { "", "no host", "fe80::1%eth0", "esx1:8443",
						 "a..b" };
	char long_one[2000];
	struct exported e = { .count = 0 };
	json_t *none = json_object();

	memset(long_one, 'a', sizeof long_one - 1);
	long_one[sizeof long_one - 1] = '\0';
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++)
		add(&e, &(struct offer){ .role = "esxi", .address = addresses[i], .site = "u" });
	add(&e, &(struct offer){ .role = "esxi", .address = NULL, .site = "u" });
	add(&e, &(struct offer){ .role = "esxi", .address = long_one, .site = "u" });
	add(&e, &(struct offer){ .role = "esxi", .address = "\xff", .site = "u" });
	add(&e, &(struct offer){ .role = "vcenter", .address = "esx1", .site = "u" });
	exported_add(&e, none);
	assert_int_equal(e.count, 0);
	assert_int_equal(e.left_out, ARRAY_LEN(addresses) + 5);
	json_decref(none);
	exported_done(&e);
}

TEST(test_exported_garbage_beside_an_address_is_not_known)
{
	struct exported e = { .count = 0 };

	add(&e, &(struct offer){ .role = "esxi",
				 .address = "192.0.2.1:443",
				 .fingerprint = "AB:CD",
				 .site = "\xff",
				 .manager = "no host" });
	assert_int_equal(e.count, 1);
	assert_string_equal(e.list[0].address, "192.0.2.1");
	assert_int_equal(e.list[0].pin.len, 0);
	assert_string_equal(e.list[0].site, "");
	assert_string_equal(e.list[0].manager, "");
	exported_done(&e);
}

TEST(test_exported_no_more_than_there_may_be)
{
	json_t *o = exported_json(&(struct offer){ .role = "esxi", .address = "a", .site = "u" });
	struct exported e = { .count = 0 };

	for (size_t i = 0; i < EXPORTED_MAX + 3; i++)
		exported_add(&e, o);
	assert_int_equal(e.count, EXPORTED_MAX);
	assert_int_equal(e.left_out, 3);
	json_decref(o);
	exported_done(&e);
}

TEST(test_exported_same_when_every_word_is)
{
	static const struct offer offers[] = {
		{ .role = "esxi", .address = "a", .site = "u", .manager = "vc" },
		{ .role = "ovirt-host", .address = "a", .site = "u", .manager = "vc" },
		{ .role = "esxi", .address = "b", .site = "u", .manager = "vc" },
		{ .role = "esxi", .address = "a", .site = "v", .manager = "vc" },
		{ .role = "esxi", .address = "a", .site = "u", .manager = "vd" },
		{ .role = "esxi", .address = "a", .site = "u", .manager = "vc:444" },
		{ .role = "esxi",
		  .address = "a",
		  .site = "u",
		  .manager = "vc",
		  .fingerprint = PIN },
	};
	struct exported none = { .count = 0 };

	for (size_t i = 0; i < ARRAY_LEN(offers); i++)
		for (size_t k = 0; k < ARRAY_LEN(offers); k++) {
			struct exported a = { .count = 0 };
			struct exported b = { .count = 0 };

			add(&a, &offers[i]);
			add(&b, &offers[k]);
			assert_int_equal(exported_same(&a, &b), i == k);
			assert_false(exported_same(&a, &none));
			exported_done(&a);
			exported_done(&b);
		}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_exported_host_is_taken_as_it_is_said),
	cmocka_unit_test(test_exported_nobodys_host_is_not_said),
	cmocka_unit_test(test_exported_what_cannot_be_watched_is_left_out),
	cmocka_unit_test(test_exported_garbage_beside_an_address_is_not_known),
	cmocka_unit_test(test_exported_no_more_than_there_may_be),
	cmocka_unit_test(test_exported_same_when_every_word_is),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
