/* SPDX-License-Identifier: Apache-2.0 */
/* Hosts that exports name: whose they are, and what comes before them. */
#include "daemon/confmerge.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "daemon/discovered.h"
#include "daemon/exported.h"
#include "inventory/offer.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

#define ON  "discovery: {enabled: on}\n"
#define PIN "3A:10:0B:5C:77:E2:41:90:AF:3D:6B:28:C4:F9:05:1E:8D:62:B7:D3"

static struct discovered *d;
static struct exported e;
static struct conf *base, *merged;

static int begin(__attribute__((unused)) void **state)
{
	d = discovered_new();
	e = (struct exported){ .count = 0 };
	base = merged = NULL;
	return 0;
}

static int end(__attribute__((unused)) void **state)
{
	conf_free(merged);
	conf_free(base);
	exported_done(&e);
	discovered_free(d);
	return 0;
}

static void put_provider(const char *name, enum kube_source source, const char *host, uint16_t port)
{
	struct kubeobject o = { .kind = KUBE_PROVIDER,
				.provider = { .source = source, .port = port } };

	text_printf(o.ref.namespace, sizeof o.ref.namespace, "mtv");
	text_printf(o.ref.name, sizeof o.ref.name, "%s", name);
	text_printf(o.uid, sizeof o.uid, "uid-%s", name);
	text_printf(o.provider.host, sizeof o.provider.host, "%s", host);
	assert_true(discovered_put(d, &o));
}

static void put_host(enum kube_kind kind, const char *address, const char *provider)
{
	struct kubeobject o = { .kind = kind };

	text_printf(o.ref.namespace, sizeof o.ref.namespace, "mtv");
	text_printf(o.ref.name, sizeof o.ref.name, "h");
	text_printf(o.host.address, sizeof o.host.address, "%s", address);
	text_printf(o.host.provider.namespace, sizeof o.host.provider.namespace, "mtv");
	text_printf(o.host.provider.name, sizeof o.host.provider.name, "%s", provider);
	assert_true(discovered_put(d, &o));
}

static void export(const char *role, const char *address, const char *site, const char *manager)
{
	json_t *o = exported_json(&(struct offer){ .role = role,
						   .address = address,
						   .fingerprint = PIN,
						   .site = site,
						   .manager = manager });

	assert_non_null(o);
	exported_add(&e, o);
	json_decref(o);
}

/* "PROVIDER/TARGET …" of what comes from exports. */
static void assert_exported(const char *conf, const char *want)
{
	char names[2048] = "";

	conf_free(merged);
	conf_free(base);
	base = confs_taken(conf);
	merged = confmerge_new(base, d, &e);
	for (size_t i = 0; i < merged->target_count; i++) {
		const struct conf_target *t = &merged->targets[i];
		size_t len = strlen(names);

		if (t->origin != NULL && strcmp(t->origin, CONFMERGE_EXPORT) == 0)
			(void)snprintf(names + len, sizeof names - len, "%s%s/%s",
				       len > 0 ? " " : "", t->provider, t->name);
	}
	assert_string_equal(names, want);
}

TEST(test_confmerge_exports_of_a_provider_of_the_file_are_watched)
{
	export("esxi", "192.0.2.11", NULL, "VC.example.com");
	export("esxi", "192.0.2.12", "unheard-of", "vc.example.com");
	export("esxi", "192.0.2.13", NULL, "other.example.com");
	export("esxi", "192.0.2.14", NULL, "vc.example.com:444");
	export("ovirt-host", "192.0.2.15", NULL, "vc.example.com");
	assert_exported("providers: [{name: dc1, type: vsphere, vcenter: vc.example.com}]\n",
			"dc1/192.0.2.11:443 dc1/192.0.2.11:902 dc1/192.0.2.12:443 "
			"dc1/192.0.2.12:902");
	assert_int_equal(merged->strangers, 3);
	assert_int_equal(confs_target(merged, "192.0.2.11:902")->pin.len, SHA1_BYTES);
	assert_int_equal(confs_target(merged, "192.0.2.11:902")->role, ROLE_ESXI);
}

TEST(test_confmerge_exports_follow_the_ports_and_the_ca_of_their_provider)
{
	export("ovirt-host", "h1.example.com", NULL, "engine.example.com");
	export("ovirt-host", "h2.example.com", NULL, "engine.example.com:8443");
	assert_exported("providers: [{name: rhv, type: ovirt, engine: engine.example.com, ports: "
			"[\"443=8443\", \"54322=19322\"], ca: /etc/ca.pem}]\n",
			"rhv/h1.example.com:443 rhv/h1.example.com:54322 rhv/h2.example.com:443 "
			"rhv/h2.example.com:54322");
	assert_int_equal(confs_target(merged, "h1.example.com:54322")->port, 19322);
	assert_string_equal(confs_target(merged, "h1.example.com:54322")->ca_file, "/etc/ca.pem");
}

TEST(test_confmerge_exports_belong_to_the_provider_of_their_uid)
{
	put_provider("vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	put_provider("vc2", KUBE_SOURCE_VSPHERE, "vc2.example.com", 443);
	put_provider("rhv", KUBE_SOURCE_OVIRT, "engine.example.com", 443);
	export("esxi", "192.0.2.11", "uid-vc2", "vc.example.com");
	export("esxi", "192.0.2.12", NULL, "vc.example.com");
	export("esxi", "192.0.2.13", "uid-rhv", NULL);
	export("esxi", "192.0.2.14", "", "");
	assert_exported(ON, "vc2/192.0.2.11:443 vc2/192.0.2.11:902 vc/192.0.2.12:443 "
			    "vc/192.0.2.12:902");
	assert_int_equal(merged->strangers, 2);
}

TEST(test_confmerge_exports_come_after_all_else)
{
	put_provider("vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	put_host(KUBE_HOST, "192.0.2.11", "vc");
	export("esxi", "192.0.2.11", "uid-vc", NULL);
	export("esxi", "192.0.2.12", "uid-vc", NULL);
	export("esxi", "192.0.2.13", "uid-vc", NULL);
	export("esxi", "192.0.2.13", "uid-vc", NULL);
	assert_exported(ON "providers: [{name: mine, type: vsphere, esxi: [192.0.2.12]}]\n",
			"vc/192.0.2.13:443 vc/192.0.2.13:902");
	assert_string_equal(confs_target(merged, "192.0.2.11:902")->origin, "host mtv/h");
	assert_null(confs_target(merged, "192.0.2.12:902")->origin);
	assert_int_equal(merged->strangers, 0);
}

TEST(test_confmerge_exports_say_nothing_of_whom_the_inventory_tells)
{
	put_provider("vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	put_host(KUBE_MACHINE, "192.0.2.11", "vc");
	export("esxi", "192.0.2.12", "uid-vc", NULL);
	export("esxi", "192.0.2.13", NULL, "vc.example.com");
	assert_exported(ON, "");
	assert_exported(ON "providers: [{name: mine, type: vsphere, vcenter: vc.example.com}]\n",
			"");
	assert_int_equal(merged->strangers, 0);
}

TEST(test_confmerge_exports_without_a_provider_are_strangers)
{
	put_provider("vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	export("esxi", "192.0.2.12", "uid-vc", "vc.example.com");
	assert_exported("providers: []\ndiscovery: {enabled: off}\n", "");
	assert_int_equal(merged->strangers, 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test_setup_teardown(
		test_confmerge_exports_of_a_provider_of_the_file_are_watched, begin, end),
	cmocka_unit_test_setup_teardown(
		test_confmerge_exports_follow_the_ports_and_the_ca_of_their_provider, begin, end),
	cmocka_unit_test_setup_teardown(test_confmerge_exports_belong_to_the_provider_of_their_uid,
					begin, end),
	cmocka_unit_test_setup_teardown(test_confmerge_exports_come_after_all_else, begin, end),
	cmocka_unit_test_setup_teardown(
		test_confmerge_exports_say_nothing_of_whom_the_inventory_tells, begin, end),
	cmocka_unit_test_setup_teardown(test_confmerge_exports_without_a_provider_are_strangers,
					begin, end),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
