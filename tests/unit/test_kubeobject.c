/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/kubeobject.h"

#include <string.h>

#include "tests/unit/unit.h"

#define META                                                                                       \
	"\"metadata\":{\"name\":\"a\",\"namespace\":\"mtv\",\"uid\":\"u-1\",\"resourceVersion\":"  \
	"\"7\"}"
#define PIN "3A:10:0B:5C:77:E2:41:90:AF:3D:6B:28:C4:F9:05:1E:8D:62:B7:D3"

static json_t *parsed(const char *text)
{
	json_t *o = json_loads(text, JSON_ALLOW_NUL, NULL);

	if (o == NULL)
		fail_msg("no JSON: %s", text);
	return o;
}

static struct kubeobject taken(enum kube_kind kind, const char *text)
{
	json_t *o = parsed(text);
	struct kubeobject read;

	if (!kubeobject_read(kind, o, &read))
		fail_msg("not taken: %s", text);
	json_decref(o);
	return read;
}

TEST(test_kubeobject_provider_of_vsphere_has_host_port_and_pin)
{
	struct kubeobject o =
		taken(KUBE_PROVIDER, "{" META ",\"spec\":{\"type\":\"vsphere\",\"url\":"
				     "\"https://vc.example.com:8443/sdk\"},\"status\":{"
				     "\"fingerprint\":\"" PIN "\"}}");

	assert_string_equal(o.ref.namespace, "mtv");
	assert_string_equal(o.ref.name, "a");
	assert_string_equal(o.uid, "u-1");
	assert_string_equal(o.version, "7");
	assert_int_equal(o.provider.source, KUBE_SOURCE_VSPHERE);
	assert_false(o.provider.esxi);
	assert_string_equal(o.provider.host, "vc.example.com");
	assert_int_equal(o.provider.port, 8443);
	assert_int_equal(o.provider.pin.len, SHA1_BYTES);
	assert_int_equal(o.provider.pin.bytes[19], 0xd3);
}

TEST(test_kubeobject_provider_may_be_an_esxi_host)
{
	struct kubeobject o =
		taken(KUBE_PROVIDER,
		      "{" META ",\"spec\":{\"type\":\"vsphere\",\"url\":"
		      "\"https://[fd00::1]/sdk\",\"settings\":{\"sdkEndpoint\":\"esxi\"}}}");

	assert_true(o.provider.esxi);
	assert_string_equal(o.provider.host, "fd00::1");
	assert_int_equal(o.provider.port, 443);
	assert_int_equal(o.provider.pin.len, 0);
}

TEST(test_kubeobject_what_makes_no_sense_is_not_known)
{
	static const char *const specs[] = {
		"null",
		"[]",
		"{\"type\":3,\"url\":{}}",
		"{\"type\":\"ova\",\"url\":\"server:/export\"}",
		"{\"url\":\"https://\"}",
		"{\"url\":\"https://user@host/\"}",
		"{\"url\":\"ftp://host/\"}",
		"{\"url\":\"https://a b/\"}",
		"{\"url\":\"https://a\\u0000b/\"}",
		"{\"settings\":\"esxi\"}",
		"{\"settings\":{\"sdkEndpoint\":true}}",
	};

	for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++) {
		char text[512];
		struct kubeobject o;

		(void)snprintf(text, sizeof text,
			       "{" META ",\"spec\":%s,\"status\":{\"fingerprint\":\"AB\"}}",
			       specs[i]);
		o = taken(KUBE_PROVIDER, text);
		assert_int_equal(o.provider.source, KUBE_SOURCE_OTHER);
		assert_string_equal(o.provider.host, "");
		assert_false(o.provider.esxi);
		assert_int_equal(o.provider.pin.len, 0);
	}
}

TEST(test_kubeobject_without_a_name_is_none)
{
	static const char *const texts[] = { "{}",
					     "[]",
					     "3",
					     "{\"metadata\":[]}",
					     "{\"metadata\":{\"name\":\"\"}}",
					     "{\"metadata\":{\"name\":7}}",
					     "{\"metadata\":{\"name\":\"a b\"}}" };

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		for (int k = 0; k < KUBE_KIND_N; k++) {
			json_t *o = json_loads(texts[i], JSON_DECODE_ANY, NULL);
			struct kubeobject read;

			assert_non_null(o);
			assert_false(kubeobject_read((enum kube_kind)k, o, &read));
			json_decref(o);
		}
}

TEST(test_kubeobject_host_has_the_address_of_the_disk_transfer)
{
	struct kubeobject o =
		taken(KUBE_HOST, "{" META ",\"spec\":{\"id\":\"host-88\",\"ipAddress\":"
				 "\"192.0.2.31\",\"provider\":{\"name\":\"vc\","
				 "\"namespace\":\"mtv\"}}}");

	assert_string_equal(o.host.address, "192.0.2.31");
	assert_string_equal(o.host.provider.name, "vc");
	assert_string_equal(o.host.provider.namespace, "mtv");
	o = taken(KUBE_HOST, "{" META ",\"spec\":{\"ipAddress\":\"not an address\"}}");
	assert_string_equal(o.host.address, "");
}

TEST(test_kubeobject_plan_is_over_when_nothing_of_it_can_fail)
{
	static const struct {
		const char *more;
		bool over;
	} rows[] = {
		{ "", false },
		{ ",\"archived\":false", false },
		{ ",\"archived\":true", true },
		{ "},\"status\":{\"conditions\":[{\"type\":\"Succeeded\",\"status\":\"True\"}]",
		  true },
		{ "},\"status\":{\"conditions\":[{\"type\":\"Succeeded\",\"status\":\"False\"}]",
		  false },
		{ "},\"status\":{\"conditions\":[null,3,{\"type\":\"Failed\",\"status\":\"True\"}]",
		  false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[512];
		struct kubeobject o;

		(void)snprintf(text, sizeof text,
			       "{" META ",\"spec\":{\"vms\":[{},{}],\"provider\":{\"source\":{"
			       "\"name\":\"vc\",\"namespace\":\"mtv\"}}%s}}",
			       rows[i].more);
		o = taken(KUBE_PLAN, text);
		assert_int_equal(o.plan.machines, 2);
		assert_string_equal(o.plan.source.name, "vc");
		assert_int_equal(o.plan.over, rows[i].over);
	}
}

TEST(test_kubeobject_pod_is_ready_until_it_leaves)
{
	struct kubeobject o =
		taken(KUBE_POD, "{" META ",\"spec\":{\"nodeName\":\"n1\"},\"status\":{"
				"\"conditions\":[{\"type\":\"Ready\",\"status\":"
				"\"True\"}]}}");

	assert_true(o.pod.ready);
	assert_string_equal(o.pod.node, "n1");
	o = taken(KUBE_POD,
		  "{\"metadata\":{\"name\":\"a\",\"deletionTimestamp\":\"2026-01-01T00:00:00Z\"},"
		  "\"spec\":{\"nodeName\":\"n1\"},\"status\":{\"conditions\":[{\"type\":"
		  "\"Ready\",\"status\":\"True\"}]}}");
	assert_false(o.pod.ready);
}

TEST(test_kubeobject_machine_of_the_inventory)
{
	static const struct kube_ref of = { "mtv", "vc" };
	struct kubeobject read;
	json_t *o = parsed(
		"{\"id\":\"host-88\",\"name\":\"esx01.example.com\",\"thumbprint\":\"" PIN "\"}");

	assert_true(kubeobject_read_machine(&of, o, &read));
	json_decref(o);
	assert_string_equal(read.ref.name, "host-88");
	assert_string_equal(read.host.address, "esx01.example.com");
	assert_string_equal(read.host.provider.name, "vc");
	assert_int_equal(read.host.pin.len, SHA1_BYTES);
	o = parsed(
		"{\"id\":\"host-89\",\"name\":\"the third one\",\"networkAdapters\":[3,{\"name\":"
		"\"vMotion\",\"ipAddress\":\"192.0.2.7\"},{\"name\":\"Management Network\","
		"\"ipAddress\":\"192.0.2.8\"}]}");
	assert_true(kubeobject_read_machine(&of, o, &read));
	json_decref(o);
	assert_string_equal(read.host.address, "192.0.2.8");
}

TEST(test_kubeobject_same_is_what_discovery_uses)
{
	struct kubeobject a =
		taken(KUBE_HOST, "{" META ",\"spec\":{\"ipAddress\":\"192.0.2.31\"}}");
	struct kubeobject b = a;

	memcpy(b.version, "8", 2);
	assert_true(kubeobject_same(&a, &b));
	memcpy(b.host.address, "192.0.2.32", sizeof "192.0.2.32");
	assert_false(kubeobject_same(&a, &b));
	b = a;
	b.kind = KUBE_MACHINE;
	assert_false(kubeobject_same(&a, &b));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_kubeobject_provider_of_vsphere_has_host_port_and_pin),
	cmocka_unit_test(test_kubeobject_provider_may_be_an_esxi_host),
	cmocka_unit_test(test_kubeobject_what_makes_no_sense_is_not_known),
	cmocka_unit_test(test_kubeobject_without_a_name_is_none),
	cmocka_unit_test(test_kubeobject_host_has_the_address_of_the_disk_transfer),
	cmocka_unit_test(test_kubeobject_plan_is_over_when_nothing_of_it_can_fail),
	cmocka_unit_test(test_kubeobject_pod_is_ready_until_it_leaves),
	cmocka_unit_test(test_kubeobject_machine_of_the_inventory),
	cmocka_unit_test(test_kubeobject_same_is_what_discovery_uses),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
