/* SPDX-License-Identifier: Apache-2.0 */
/* test_kuberow.c: what discovery knows, to the history and back. */
#include "daemon/kuberow.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "daemon/discovered.h"
#include "tests/unit/unit.h"

enum { HEARD_MS = 1795615200, TEXT_BYTES = 65536 };

#define SHA1 "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB"

/* Puts what the API would say. */
static void put(struct discovered *d, enum kube_kind kind, const char *text)
{
	json_t *o = json_loads(text, 0, NULL);
	struct kubeobject read;

	assert_non_null(o);
	assert_true(kubeobject_read(kind, o, &read));
	assert_true(discovered_put(d, &read));
	json_decref(o);
}

static void put_machine(struct discovered *d)
{
	static const struct kube_ref provider = { "mtv", "vc" };
	static const char text[] = "{\"id\": \"host-9\", \"revision\": 7, \"name\": "
				   "\"esx9.lab.example\", \"thumbprint\": \"" SHA1 "\"}";
	json_t *o = json_loads(text, 0, NULL);
	struct kubeobject read;

	assert_true(kubeobject_read_machine(&provider, o, &read));
	assert_true(discovered_put(d, &read));
	json_decref(o);
}

static struct discovered *some(void)
{
	struct discovered *d = discovered_new();

	put(d, KUBE_PROVIDER,
	    "{\"metadata\": {\"namespace\": \"mtv\", \"name\": \"vc\", \"uid\": \"aa-11\"},"
	    "\"spec\": {\"type\": \"vsphere\", \"url\": \"https://[fd00::1]:8443/sdk\","
	    "\"settings\": {\"sdkEndpoint\": \"esxi\"}},"
	    "\"status\": {\"fingerprint\": \"" SHA1 "\"}}");
	put(d, KUBE_PROVIDER,
	    "{\"metadata\": {\"namespace\": \"mtv\", \"name\": \"rhv\"},"
	    "\"spec\": {\"type\": \"ovirt\", \"url\": \"https://engine/ovirt-engine/api\"}}");
	put(d, KUBE_PROVIDER,
	    "{\"metadata\": {\"namespace\": \"mtv\", \"name\": \"host\"},"
	    "\"spec\": {\"type\": \"openshift\"}}");
	put(d, KUBE_HOST,
	    "{\"metadata\": {\"namespace\": \"mtv\", \"name\": \"esx1\"}, \"spec\": "
	    "{\"ipAddress\": \"10.1.7.1\", \"provider\": {\"namespace\": \"mtv\", "
	    "\"name\": \"vc\"}}}");
	put(d, KUBE_PLAN,
	    "{\"metadata\": {\"namespace\": \"mtv\", \"name\": \"wave\"}, \"spec\": {"
	    "\"provider\": {\"source\": {\"namespace\": \"mtv\", \"name\": \"vc\"}}, "
	    "\"vms\": [{\"id\": \"vm-1\"}, {\"id\": \"vm-2\"}]}, \"status\": {\"conditions\": "
	    "[{\"type\": \"Succeeded\", \"status\": \"True\"}]}}");
	put(d, KUBE_POD,
	    "{\"metadata\": {\"namespace\": \"b\", \"name\": \"b-x\"}, \"spec\": "
	    "{\"nodeName\": \"n7\"}, \"status\": {\"conditions\": "
	    "[{\"type\": \"Ready\", \"status\": \"True\"}]}}");
	put_machine(d);
	return d;
}

TEST(test_kuberow_of_every_kind_comes_back_as_it_was)
{
	struct discovered *d = some();

	for (int k = 0; k < KUBE_KIND_N; k++) {
		enum kube_kind kind = (enum kube_kind)k;
		struct discovered *back = discovered_new();
		struct buf text;
		size_t at = 0;

		buf_init(&text, TEXT_BYTES);
		while (!kuberow_put(d, kind, 1, &at, &text))
			continue;
		assert_int_equal(at, discovered_count(d, kind));
		assert_true(kuberow_read(kind, buf_text(&text), (struct wall){ HEARD_MS }, back));
		buf_done(&text);
		assert_true(discovered_count(d, kind) > 0);
		assert_int_equal(discovered_count(back, kind), discovered_count(d, kind));
		for (size_t i = 0; i < discovered_count(d, kind); i++) {
			const struct kubeobject *o = discovered_get(back, kind, i);

			assert_true(kubeobject_same(o, discovered_get(d, kind, i)));
			assert_string_equal(o->uid, discovered_get(d, kind, i)->uid);
			assert_int_equal(discovered_restored(back, o).ms, HEARD_MS);
		}
		discovered_free(back);
	}
	discovered_free(d);
}

TEST(test_kuberow_what_makes_no_sense_is_left_out)
{
	struct discovered *d = discovered_new();
	const struct wall at = { HEARD_MS };

	assert_false(kuberow_read(KUBE_HOST, "", at, d));
	assert_false(kuberow_read(KUBE_HOST, "{}", at, d));
	assert_false(kuberow_read(KUBE_HOST, "[", at, d));
	assert_true(kuberow_read(KUBE_HOST, "[]", at, d));
	for (int k = 0; k < KUBE_KIND_N; k++)
		assert_true(kuberow_read((enum kube_kind)k,
					 "[7, null, [], {}, {\"metadata\": []}, {\"metadata\": "
					 "{\"name\": \"\"}}, {\"machine\": 7}]",
					 at, d));
	assert_int_equal(discovered_count(d, KUBE_HOST), 0);
	assert_int_equal(discovered_count(d, KUBE_MACHINE), 0);
	discovered_free(d);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_kuberow_of_every_kind_comes_back_as_it_was),
	cmocka_unit_test(test_kuberow_what_makes_no_sense_is_left_out),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
