/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/affected.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "daemon/conf.h"
#include "daemon/discovered.h"
#include "tests/unit/unit.h"

static struct kubeobject object(enum kube_kind kind, const char *namespace, const char *name)
{
	struct kubeobject o = { .kind = kind };

	text_printf(o.ref.namespace, sizeof o.ref.namespace, "%s", namespace);
	text_printf(o.ref.name, sizeof o.ref.name, "%s", name);
	return o;
}

static void put_provider(struct discovered *d, const char *namespace, const char *name,
			 const char *host)
{
	struct kubeobject o = object(KUBE_PROVIDER, namespace, name);

	text_printf(o.provider.host, sizeof o.provider.host, "%s", host);
	assert_true(discovered_put(d, &o));
}

static void put_host(struct discovered *d, const char *address, const char *namespace,
		     const char *provider)
{
	struct kubeobject o = object(KUBE_HOST, namespace, address);

	o.host.provider = object(KUBE_PROVIDER, namespace, provider).ref;
	text_printf(o.host.address, sizeof o.host.address, "%s", address);
	assert_true(discovered_put(d, &o));
}

static void put_plan(struct discovered *d, const char *name, const char *source, size_t machines,
		     bool over)
{
	struct kubeobject o = object(KUBE_PLAN, "mtv", name);

	o.plan = (struct kube_plan){ .source = object(KUBE_PROVIDER, "mtv", source).ref,
				     .machines = machines,
				     .over = over };
	assert_true(discovered_put(d, &o));
}

static void assert_affected(const struct discovered *d, const char *provider, enum role role,
			    const char *host, const char *want)
{
	struct conf_target t = { .provider = provider, .role = role, .host = host };
	struct buf out;

	buf_init(&out, 1024);
	affected_put(d, &t, &out);
	assert_string_equal(buf_text(&out), want);
	buf_done(&out);
}

TEST(test_affected_plans_of_the_provider_are_named)
{
	struct discovered *d = discovered_new();
	struct buf out;

	put_provider(d, "mtv", "vc", "vc.example.com");
	put_host(d, "192.0.2.31", "mtv", "vc");
	assert_affected(d, "vc", ROLE_VCENTER, "vc.example.com", "");
	put_plan(d, "wave-1", "vc", 12, false);
	put_plan(d, "other", "another", 3, false);
	put_plan(d, "over", "vc", 3, true);
	assert_affected(d, "vc", ROLE_VCENTER, "vc.example.com",
			"plan mtv/wave-1 (12 machines) will fail");
	put_plan(d, "wave-2", "vc", 1, false);
	assert_affected(d, "vc", ROLE_VCENTER, "vc.example.com",
			"plans mtv/wave-1 (12 machines) and mtv/wave-2 (1 machine) will fail");
	assert_affected(d, "vc", ROLE_ESXI, "192.0.2.31",
			"what of plans mtv/wave-1 (12 machines) and mtv/wave-2 (1 machine) is on "
			"this host will fail");
	buf_init(&out, 1024);
	affected_put_provider(d, "mtv/vc", &out);
	assert_string_equal(buf_text(&out), "plans mtv/wave-1 (12 machines) and mtv/wave-2 (1 "
					    "machine) will fail");
	buf_done(&out);
	discovered_free(d);
}

TEST(test_affected_many_plans_are_counted)
{
	struct discovered *d = discovered_new();
	char name[16];

	put_provider(d, "mtv", "vc", "vc.example.com");
	for (unsigned i = 1; i <= 7; i++) {
		(void)snprintf(name, sizeof name, "w%u", i);
		put_plan(d, name, "vc", i, false);
	}
	assert_affected(
		d, "vc", ROLE_VCENTER, "vc.example.com",
		"plans mtv/w1 (1 machine), mtv/w2 (2 machines), mtv/w3 (3 machines), mtv/w4 "
		"(4 machines), mtv/w5 (5 machines) and 2 more will fail");
	discovered_free(d);
}

TEST(test_affected_a_machine_counts_for_every_provider_that_has_it)
{
	struct discovered *d = discovered_new();

	put_provider(d, "mtv", "vc", "vc.example.com");
	put_provider(d, "mtv", "vc2", "VC.example.com"); /* the same vCenter */
	put_host(d, "192.0.2.31", "mtv", "vc2");
	put_plan(d, "wave-1", "vc", 2, false);
	put_plan(d, "wave-2", "vc2", 2, false);
	assert_affected(d, "dc1", ROLE_VCENTER, "vc.example.com",
			"plans mtv/wave-1 (2 machines) and mtv/wave-2 (2 machines) will fail");
	assert_affected(d, "", ROLE_ESXI, "192.0.2.31",
			"what of plan mtv/wave-2 (2 machines) is on this host will fail");
	assert_affected(d, "", ROLE_ESXI, "192.0.2.32", "");
	discovered_free(d);
}

TEST(test_affected_namesakes_are_told_apart)
{
	struct discovered *d = discovered_new();

	put_provider(d, "mtv", "vc", "vc.example.com");
	put_provider(d, "prod", "vc", "other.example.com");
	put_plan(d, "wave-1", "vc", 2, false);
	assert_affected(d, "prod/vc", ROLE_VCENTER, "other.example.com", "");
	assert_affected(d, "mtv/vc", ROLE_VCENTER, "vc.example.com",
			"plan mtv/wave-1 (2 machines) will fail");
	discovered_free(d);
}

TEST(test_affected_nothing_known_is_nothing_said)
{
	assert_affected(NULL, "vc", ROLE_VCENTER, "vc.example.com", "");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_affected_plans_of_the_provider_are_named),
	cmocka_unit_test(test_affected_many_plans_are_counted),
	cmocka_unit_test(test_affected_a_machine_counts_for_every_provider_that_has_it),
	cmocka_unit_test(test_affected_namesakes_are_told_apart),
	cmocka_unit_test(test_affected_nothing_known_is_nothing_said),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
