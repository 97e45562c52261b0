/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/confmerge.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "daemon/discovered.h"
#include "daemon/rendezvous.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

#define ON "discovery: {enabled: on}\n"

static void put_provider(struct discovered *d, const char *namespace, const char *name,
			 enum kube_source source, const char *host, uint16_t port)
{
	struct kubeobject o = { .kind = KUBE_PROVIDER,
				.provider = { .source = source, .port = port } };

	text_printf(o.ref.namespace, sizeof o.ref.namespace, "%s", namespace);
	text_printf(o.ref.name, sizeof o.ref.name, "%s", name);
	text_printf(o.provider.host, sizeof o.provider.host, "%s", host);
	o.provider.pin = (struct pin){ .bytes = { 0xab }, .len = SHA1_BYTES };
	assert_true(discovered_put(d, &o));
}

static void put_host(struct discovered *d, enum kube_kind kind, const char *name,
		     const char *address, const char *provider)
{
	struct kubeobject o = { .kind = kind };

	text_printf(o.ref.namespace, sizeof o.ref.namespace, "mtv");
	text_printf(o.ref.name, sizeof o.ref.name, "%s", name);
	text_printf(o.host.address, sizeof o.host.address, "%s", address);
	text_printf(o.host.provider.namespace, sizeof o.host.provider.namespace, "mtv");
	text_printf(o.host.provider.name, sizeof o.host.provider.name, "%s", provider);
	if (kind == KUBE_MACHINE)
		o.host.pin = (struct pin){ .bytes = { 0xcd }, .len = SHA1_BYTES };
	assert_true(discovered_put(d, &o));
}

/* The names of all targets, one behind the other. */
static void assert_targets(const struct conf *c, const char *want)
{
	char names[2048] = "";

	for (size_t i = 0; i < c->target_count; i++) {
		size_t len = strlen(names);

		(void)snprintf(names + len, sizeof names - len, "%s%s", i > 0 ? " " : "",
			       c->targets[i].name);
	}
	assert_string_equal(names, want);
}

TEST(test_confmerge_providers_and_hosts_become_documented_ports)
{
	struct conf *base = confs_taken(ON);
	struct discovered *d = discovered_new();
	const struct conf_target *t;
	struct conf *c;

	put_provider(d, "mtv", "vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	put_provider(d, "mtv", "rhv", KUBE_SOURCE_OVIRT, "engine.example.com", 8443);
	put_provider(d, "mtv", "here", KUBE_SOURCE_OTHER, "api.example.com", 6443);
	put_host(d, KUBE_HOST, "h1", "192.0.2.31", "vc");
	put_host(d, KUBE_HOST, "h2", "fd00::32", "vc");
	put_host(d, KUBE_HOST, "h3", "192.0.2.33", "unknown");
	put_host(d, KUBE_HOST, "h4", "192.0.2.34", "rhv");
	put_host(d, KUBE_HOST, "h5", "", "vc");
	c = confmerge_new(base, d, NULL);
	assert_targets(c,
		       "engine.example.com:8443 vc.example.com:443 192.0.2.31:443 192.0.2.31:902 "
		       "[fd00::32]:443 [fd00::32]:902");
	t = confs_target(c, "vc.example.com:443");
	assert_string_equal(t->provider, "vc");
	assert_string_equal(t->origin, "provider mtv/vc");
	assert_int_equal(t->role, ROLE_VCENTER);
	assert_int_equal(t->pin.len, SHA1_BYTES);
	assert_int_equal(span_ms(t->interval), 10000);
	assert_int_equal(span_ms(t->serve_interval), 300000);
	t = confs_target(c, "192.0.2.31:902");
	assert_string_equal(t->origin, "host mtv/h1");
	assert_int_equal(t->role, ROLE_ESXI);
	assert_int_equal(t->dialect, DIALECT_AUTHD);
	assert_int_equal(t->pin.len, 0);
	assert_non_null(t->rule);
	conf_free(c);
	discovered_free(d);
	conf_free(base);
}

TEST(test_confmerge_nothing_is_taken_in_where_it_is_not_wanted)
{
	struct conf *base = confs_taken("discovery: {enabled: off}\nendpoints: [{address: h:1}]\n");
	struct discovered *d = discovered_new();
	struct conf *c;

	put_provider(d, "mtv", "vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	c = confmerge_new(base, d, NULL);
	assert_targets(c, "h:1");
	assert_null(c->targets[0].origin);
	conf_free(c);
	discovered_free(d);
	conf_free(base);
}

TEST(test_confmerge_the_file_counts_by_name_and_by_place)
{
	struct conf *base = confs_taken(
		ON "endpoints:\n- {name: \"vc.example.com:443\", address: elsewhere:1}\n"
		   "providers:\n- {name: vc, type: vsphere, esxi: [192.0.2.31]}\n");
	struct discovered *d = discovered_new();
	struct conf *c;

	put_provider(d, "mtv", "vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	put_host(d, KUBE_HOST, "h1", "192.0.2.31", "vc");
	put_host(d, KUBE_HOST, "h2", "192.0.2.32", "vc");
	c = confmerge_new(base, d, NULL);
	assert_targets(c, "192.0.2.31:443 192.0.2.31:902 vc.example.com:443 192.0.2.32:443 "
			  "192.0.2.32:902");
	assert_string_equal(confs_target(c, "vc.example.com:443")->host, "elsewhere");
	assert_null(confs_target(c, "192.0.2.31:902")->origin);
	conf_free(c);
	discovered_free(d);
	conf_free(base);
}

TEST(test_confmerge_what_the_file_says_of_a_provider_holds_for_its_machines)
{
	struct conf *base = confs_taken(
		ON "providers:\n- {name: mtv/vc, type: vsphere, ca: /etc/vmca.pem, ports: "
		   "[\"902=19902\"]}\n- {name: vc, type: vsphere, ca: /etc/other.pem}\n");
	struct discovered *d = discovered_new();
	const struct conf_target *t;
	struct conf *c;

	put_provider(d, "mtv", "vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	put_host(d, KUBE_HOST, "h1", "192.0.2.31", "vc");
	c = confmerge_new(base, d, NULL);
	t = confs_target(c, "192.0.2.31:902");
	assert_int_equal(t->port, 19902);
	assert_string_equal(t->ca_file, "/etc/vmca.pem");
	conf_free(c);
	discovered_free(d);
	conf_free(base);
}

TEST(test_confmerge_one_address_is_watched_once_with_the_pin_of_the_inventory)
{
	struct conf *base = confs_taken(ON);
	struct discovered *d = discovered_new();
	const struct conf_target *t;
	struct conf *c;

	put_provider(d, "a", "vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	put_provider(d, "mtv", "vc", KUBE_SOURCE_VSPHERE, "VC.example.com", 443);
	put_host(d, KUBE_HOST, "h1", "192.0.2.31", "vc");
	put_host(d, KUBE_MACHINE, "host-7", "192.0.2.31", "vc");
	put_host(d, KUBE_MACHINE, "host-8", "esx08.example.com", "vc");
	c = confmerge_new(base, d, NULL);
	assert_targets(c, "vc.example.com:443 192.0.2.31:443 192.0.2.31:902 esx08.example.com:443 "
			  "esx08.example.com:902");
	t = confs_target(c, "192.0.2.31:902");
	assert_string_equal(t->origin, "host mtv/h1");
	assert_string_equal(t->provider, "mtv/vc"); /* another one has that name, too */
	assert_int_equal(t->pin.len, SHA1_BYTES);
	assert_int_equal(t->pin.bytes[0], 0xcd);
	assert_string_equal(confs_target(c, "esx08.example.com:443")->origin, "machine mtv/host-8");
	conf_free(c);
	discovered_free(d);
	conf_free(base);
}

TEST(test_confmerge_addresses_of_another_family_are_left_out)
{
	struct conf *base = confs_taken(ON "probe: {family: 6}\n");
	struct discovered *d = discovered_new();
	struct conf *c;

	put_provider(d, "mtv", "vc", KUBE_SOURCE_VSPHERE, "vc.example.com", 443);
	put_host(d, KUBE_HOST, "h1", "192.0.2.31", "vc");
	put_host(d, KUBE_HOST, "h2", "fd00::32", "vc");
	c = confmerge_new(base, d, NULL);
	assert_targets(c, "vc.example.com:443 [fd00::32]:443 [fd00::32]:902");
	conf_free(c);
	discovered_free(d);
	conf_free(base);
}

static void put_pod(struct discovered *d, const char *name, const char *node, bool ready)
{
	struct kubeobject o = { .kind = KUBE_POD, .pod = { .ready = ready } };

	text_printf(o.ref.name, sizeof o.ref.name, "%s", name);
	text_printf(o.pod.node, sizeof o.pod.node, "%s", node);
	assert_true(discovered_put(d, &o));
}

TEST(test_confmerge_ready_pods_are_peers)
{
	struct conf *base = confs_taken("node: n1\ndiscovery: {enabled: on, pods: app=banksman}\n"
					"probe: {nodes: 50}\n");
	struct discovered *d = discovered_new();
	struct conf *c = confmerge_new(base, d, NULL);

	assert_null(c->probe.peers); /* nothing is known of them */
	assert_int_equal(c->probe.nodes, 50);
	conf_free(c);
	put_pod(d, "a", "n1", true);
	put_pod(d, "b", "n2", true);
	put_pod(d, "b2", "n2", true); /* the old one is still there */
	put_pod(d, "c", "n3", false);
	put_pod(d, "d", "", true);
	c = confmerge_new(base, d, NULL);
	assert_int_equal(c->probe.peer_count, 2);
	assert_int_equal(c->probe.nodes, 2);
	assert_true(c->probe.self == rendezvous_hash("n1"));
	assert_true(c->probe.peers[0] < c->probe.peers[1]);
	for (size_t i = 0; i < 2; i++)
		assert_true(c->probe.peers[i] == rendezvous_hash("n1") ||
			    c->probe.peers[i] == rendezvous_hash("n2"));
	conf_free(c);
	discovered_free(d);
	conf_free(base);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_confmerge_providers_and_hosts_become_documented_ports),
	cmocka_unit_test(test_confmerge_nothing_is_taken_in_where_it_is_not_wanted),
	cmocka_unit_test(test_confmerge_the_file_counts_by_name_and_by_place),
	cmocka_unit_test(test_confmerge_what_the_file_says_of_a_provider_holds_for_its_machines),
	cmocka_unit_test(test_confmerge_one_address_is_watched_once_with_the_pin_of_the_inventory),
	cmocka_unit_test(test_confmerge_addresses_of_another_family_are_left_out),
	cmocka_unit_test(test_confmerge_ready_pods_are_peers),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
