/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/watchlist.h"

#include <jansson.h>

#include "base/err.h"
#include "base/must.h"
#include "cli/hosts.h"
#include "tests/unit/unit.h"

#define SHA1 "5A:0C:7B:1E:93:D4:26:AF:80:11:CE:35:6F:92:48:DB:E7:04:B9:6C"

/* Of no site and no manager, which nobody asks for here. */
#define OFFER(p, t, r, a, n, f)                                                                    \
	{                                                                                          \
		p, t, r, a, n, f, NULL, NULL                                                       \
	}

static void assert_yaml(const struct offer *offers, size_t count, const char *want)
{
	struct watchlist w = { 0 };
	struct buf out;

	for (size_t i = 0; i < count; i++)
		watchlist_add(&w, &offers[i]);
	buf_init(&out, 1 << 20);
	watchlist_put_yaml(&w, &out);
	assert_string_equal(buf_text(&out), want);
	buf_done(&out);
	watchlist_done(&w);
}

TEST(test_watchlist_names_the_vcenter_its_hosts_and_their_certificates)
{
	static const struct offer offers[] = {
		OFFER("dc1", "vsphere", "vcenter", "vc.lab.example:8443", NULL, SHA1),
		OFFER("dc1", "vsphere", "esxi", "192.0.2.31", "esx01.lab.example", SHA1),
		OFFER("dc1", "vsphere", "esxi", "esx02.lab.example", "esx02.lab.example", NULL),
		OFFER("rhv", "ovirt", "ovirt-engine", "[2001:db8::1]:443", NULL, NULL),
		OFFER("rhv", "ovirt", "ovirt-host", "kvm01.lab.example", "kvm01", NULL),
		OFFER("rhv", "ovirt", "ovirt-host", NULL, "kvm02", NULL),
	};

	assert_yaml(offers, ARRAY_LEN(offers),
		    "# What the exports name; check it with: banksmand -t FILE\n"
		    "providers:\n"
		    "- name: \"dc1\"\n"
		    "  type: vsphere\n"
		    "  vcenter: \"vc.lab.example:8443\"\n"
		    "  fingerprint: \"" SHA1 "\"\n"
		    "  esxi:\n"
		    "  - \"192.0.2.31\" # esx01.lab.example\n"
		    "  - \"esx02.lab.example\"\n"
		    "- name: \"rhv\"\n"
		    "  type: ovirt\n"
		    "  engine: \"2001:db8::1\"\n"
		    "  hosts:\n"
		    "  - \"kvm01.lab.example\" # kvm01\n"
		    "  # kvm02: no export tells its address; that of oVirt's own API would\n"
		    "\n"
		    "# The hosts' certificates as the vCenter has them.\n"
		    "endpoints:\n"
		    "- name: \"192.0.2.31:443/certificate\"\n"
		    "  address: \"192.0.2.31:443\"\n"
		    "  check: tls\n"
		    "  fingerprint: \"" SHA1 "\"\n");
}

TEST(test_watchlist_lets_no_name_out_of_its_place)
{
	static const struct offer offers[] = {
		OFFER("a\"\nb: ${HOME}", "vsphere", "vcenter", "vc\"\n- x", NULL, "AB\"\n"),
		OFFER("a\"\nb: ${HOME}", "vsphere", "esxi", "esx01", "e\n- evil\xe2\x80\xae", "zz"),
		OFFER("a--b- --HOME-", "vsphere", "vcenter", "vc2", NULL, NULL),
	};

	assert_yaml(offers, ARRAY_LEN(offers),
		    "# What the exports name; check it with: banksmand -t FILE\n"
		    "providers:\n"
		    "- name: \"a--b:---HOME-\"\n"
		    "  type: vsphere\n"
		    "  esxi:\n"
		    "  - \"esx01\" # e?- evil?\n"
		    "  # 'vc\"?- x' is no address\n"
		    "- name: \"a--b----HOME-\"\n"
		    "  type: vsphere\n"
		    "  vcenter: \"vc2\"\n");
}

TEST(test_watchlist_watches_each_place_once)
{
	static const struct offer offers[] = {
		OFFER("a", "vsphere", "vcenter", "vc", NULL, NULL),
		OFFER("a", "vsphere", "vcenter", "vc3", NULL, NULL),
		OFFER("a", "vsphere", "esxi", "esx01", NULL, NULL),
		OFFER("b c", "vsphere", "esxi", "ESX01", "other", NULL),
		OFFER("b-c", "vsphere", "esxi", "esx02:8443", NULL, SHA1),
		OFFER("b*c", "ovirt", "ovirt-host", "h", NULL, NULL),
	};

	assert_yaml(offers, ARRAY_LEN(offers),
		    "# What the exports name; check it with: banksmand -t FILE\n"
		    "providers:\n"
		    "- name: \"a\"\n"
		    "  type: vsphere\n"
		    "  vcenter: \"vc\"\n"
		    "  esxi:\n"
		    "  - \"esx01\"\n"
		    "  # vc3 is one more of a, which is vc\n"
		    "# b-c has nothing that can be watched:\n"
		    "  # other: ESX01 is watched as part of a\n"
		    "- name: \"b-c-2\"\n"
		    "  type: vsphere\n"
		    "  esxi:\n"
		    "  - \"esx02:443=8443\"\n"
		    "- name: \"b-c-3\"\n"
		    "  type: ovirt\n"
		    "  hosts:\n"
		    "  - \"h\"\n");
}

TEST(test_watchlist_without_anything_is_a_configuration_too)
{
	assert_yaml(NULL, 0,
		    "# What the exports name; check it with: banksmand -t FILE\n"
		    "providers: []\n");
}

TEST(test_watchlist_json_leaves_out_what_cannot_be_watched)
{
	static const struct offer offers[] = {
		OFFER("dc1", "vsphere", "vcenter", "vc", NULL, SHA1),
		OFFER("dc1", "vsphere", "esxi", "2001:db8::7", NULL, SHA1),
		OFFER("rhv", "ovirt", "ovirt-host", NULL, "kvm02", NULL),
	};
	const char *name, *vcenter, *esxi, *address;
	struct watchlist w = { 0 };
	struct buf out;
	json_t *all;

	for (size_t i = 0; i < ARRAY_LEN(offers); i++)
		watchlist_add(&w, &offers[i]);
	buf_init(&out, 1 << 20);
	watchlist_put_json(&w, &out);
	all = json_loads(buf_text(&out), 0, NULL);
	assert_int_equal(json_unpack(all, "{s:[{s:s,s:s,s:[s]}],s:[{s:s}]}", "providers", "name",
				     &name, "vcenter", &vcenter, "esxi", &esxi, "endpoints",
				     "address", &address),
			 0);
	assert_string_equal(name, "dc1");
	assert_string_equal(esxi, "2001:db8::7");
	assert_string_equal(address, "[2001:db8::7]:443");
	json_decref(all);
	buf_done(&out);
	watchlist_done(&w);
}

TEST(test_watchlist_hosts_are_a_list_for_probe)
{
	static const struct offer offers[] = {
		OFFER("dc1", "vsphere", "vcenter", "vc.lab.example:8443", NULL, SHA1),
		OFFER("dc1", "vsphere", "esxi", "192.0.2.31", "esx01.lab.example", SHA1),
		OFFER("dc1", "vsphere", "esxi", "esx02.lab.example:8443", NULL, NULL),
		OFFER("rhv", "ovirt", "ovirt-engine", "[2001:db8::1]:443", NULL, NULL),
		OFFER("rhv", "ovirt", "ovirt-host", "kvm01.lab.example", "kvm01", NULL),
		OFFER("rhv", "ovirt", "ovirt-host", NULL, "kvm02", NULL),
	};
	struct watchlist w = { 0 };
	struct hosts h = { 0 };
	struct buf out;
	struct err err;

	for (size_t i = 0; i < ARRAY_LEN(offers); i++)
		watchlist_add(&w, &offers[i]);
	buf_init(&out, 1 << 20);
	watchlist_put_hosts(&w, &out);
	assert_string_equal(
		buf_text(&out),
		"# dc1\n"
		"vcenter=vc.lab.example:8443\n"
		"esxi=192.0.2.31 # esx01.lab.example\n"
		"esxi=esx02.lab.example:443=8443\n"
		"esxi=esx02.lab.example:902\n"
		"# rhv\n"
		"ovirt-engine=2001:db8::1\n"
		"ovirt-host=kvm01.lab.example # kvm01\n"
		"  # kvm02: no export tells its address; that of oVirt's own API would\n");
	assert_true(hosts_parse_text(&h, "f", buf_text(&out), out.len, ROLE_NONE, &err));
	assert_int_equal(h.count, 6);
	assert_int_equal(h.host[2].port.actual, 8443);
	assert_int_equal(h.host[4].role, ROLE_OVIRT_ENGINE);
	hosts_done(&h);
	buf_done(&out);
	watchlist_done(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_watchlist_names_the_vcenter_its_hosts_and_their_certificates),
	cmocka_unit_test(test_watchlist_lets_no_name_out_of_its_place),
	cmocka_unit_test(test_watchlist_watches_each_place_once),
	cmocka_unit_test(test_watchlist_without_anything_is_a_configuration_too),
	cmocka_unit_test(test_watchlist_hosts_are_a_list_for_probe),
	cmocka_unit_test(test_watchlist_json_leaves_out_what_cannot_be_watched),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
