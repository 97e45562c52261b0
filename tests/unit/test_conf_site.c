/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

#define SHA1   "5A:0C:7B:1E:93:D4:26:AF:80:11:CE:35:6F:92:48:DB:E7:04:B9:6C"
#define SHA256 "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

/* "provider name host:port dialect", one line a target. */
static void assert_targets(const char *text, const char *want)
{
	struct conf *c = confs_taken(text);
	struct buf got;

	buf_init(&got, 64 * 1024);
	for (size_t i = 0; i < c->target_count; i++) {
		const struct conf_target *t = &c->targets[i];

		buf_printf(&got, "%s %s %s:%u %s\n", t->provider[0] != '\0' ? t->provider : "-",
			   t->name, t->host, t->port, dialect_name(t->dialect));
	}
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
	conf_free(c);
}

/* The provider's lines behind its name and type. */
static void refused_provider(const char *type, const char *lines, const char *complaint)
{
	AUTO(text) char *text = xasprintf("providers:\n- name: p\n  type: %s\n%s", type, lines);

	confs_refused(text, complaint);
}

TEST(test_conf_site_every_documented_port_of_a_machine_is_a_target)
{
	assert_targets("providers:\n"
		       "- name: dc1\n"
		       "  type: vsphere\n"
		       "  vcenter: vc.example.com\n"
		       "  esxi: [esx01, 10.0.0.2]\n"
		       "- name: rhv\n"
		       "  type: ovirt\n"
		       "  engine: engine\n"
		       "  hosts:\n"
		       "  - \"fd00::1\"\n",
		       "dc1 vc.example.com:443 vc.example.com:443 vcenter\n"
		       "dc1 esx01:443 esx01:443 esxi\n"
		       "dc1 esx01:902 esx01:902 authd\n"
		       "dc1 10.0.0.2:443 10.0.0.2:443 esxi\n"
		       "dc1 10.0.0.2:902 10.0.0.2:902 authd\n"
		       "rhv engine:443 engine:443 ovirt-engine\n"
		       "rhv [fd00::1]:443 fd00::1:443 tls\n"
		       "rhv [fd00::1]:54322 fd00::1:54322 imageio\n");
}

TEST(test_conf_site_target_knows_its_rule_and_role)
{
	struct conf *c = confs_taken("providers:\n- name: dc1\n  type: vsphere\n"
				     "  vcenter: vc:8443\n  esxi: [esx01]\n  ports: [902=19902]\n");
	const struct conf_target *vc = confs_target(c, "vc:8443");
	const struct conf_target *esx = confs_target(c, "esx01:902");

	assert_ptr_equal(vc->rule, port_rule_find(ROLE_VCENTER, 443));
	assert_int_equal(vc->role, ROLE_VCENTER);
	assert_int_equal(vc->port, 8443);
	assert_ptr_equal(esx->rule, port_rule_find(ROLE_ESXI, 902));
	assert_int_equal(esx->role, ROLE_ESXI);
	assert_int_equal(esx->port, 19902);
	conf_free(c);
}

TEST(test_conf_site_ports_are_mapped_by_provider_and_machine)
{
	assert_targets("providers:\n"
		       "- name: dc1\n"
		       "  type: vsphere\n"
		       "  vcenter: vc\n"
		       "  esxi:\n"
		       "  - esx01\n"
		       "  - esx02:902=2902\n"
		       "  - esx03:443=3443,902=3902\n"
		       "  - \"[fd00::4]:902=4902\"\n"
		       "  ports: [443=8443, 902=9902]\n",
		       "dc1 vc:443 vc:8443 vcenter\n"
		       "dc1 esx01:443 esx01:8443 esxi\n"
		       "dc1 esx01:902 esx01:9902 authd\n"
		       "dc1 esx02:443 esx02:8443 esxi\n"
		       "dc1 esx02:902 esx02:2902 authd\n"
		       "dc1 esx03:443 esx03:3443 esxi\n"
		       "dc1 esx03:902 esx03:3902 authd\n"
		       "dc1 [fd00::4]:443 fd00::4:8443 esxi\n"
		       "dc1 [fd00::4]:902 fd00::4:4902 authd\n");
}

TEST(test_conf_site_own_port_of_the_manager_goes_before_the_mapping)
{
	assert_targets("providers:\n- name: rhv\n  type: ovirt\n  engine: engine:9443\n"
		       "  ports: [443=8443]\n",
		       "rhv engine:9443 engine:9443 ovirt-engine\n");
}

TEST(test_conf_site_pin_is_of_the_manager_and_ca_of_all)
{
	struct conf *c = confs_taken("providers:\n- name: dc1\n  type: vsphere\n  vcenter: vc\n"
				     "  esxi: [esx01]\n  fingerprint: " SHA1 "\n  ca: /ca.pem\n");
	const struct conf_target *vc = confs_target(c, "vc:443");
	const struct conf_target *esx = confs_target(c, "esx01:443");

	assert_int_equal(vc->pin.len, SHA1_BYTES);
	assert_int_equal(vc->pin.bytes[1], 0x0c);
	assert_int_equal(esx->pin.len, 0);
	assert_string_equal(vc->ca_file, "/ca.pem");
	assert_string_equal(esx->ca_file, "/ca.pem");
	conf_free(c);
}

TEST(test_conf_site_times_are_those_of_probe)
{
	struct conf *c =
		confs_taken("providers:\n- name: dc1\n  type: vsphere\n  esxi: [esx01]\n"
			    "endpoints:\n- address: h:1\n- address: h:2\n  check: tls\n"
			    "- address: h:3\n  interval: 1m\n  serve_interval: 2m\n"
			    "  timeout: 5s\n- address: h:4\n  check: tls\n"
			    "  serve_interval: off\n"
			    "probe:\n  interval: 7s\n  serve_interval: 8s\n  timeout: 2s\n");
	static const struct {
		const char *name;
		int64_t interval_ms, serve_ms, timeout_ms;
	} want[] = {
		{ "esx01:443", 7000, 8000, 2000 }, { "esx01:902", 7000, 8000, 2000 },
		{ "h:1", 7000, 0, 2000 },          { "h:2", 7000, 8000, 2000 },
		{ "h:3", 60000, 120000, 5000 },    { "h:4", 7000, 0, 2000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(want); i++) {
		const struct conf_target *t = confs_target(c, want[i].name);

		assert_int_equal(span_ms(t->interval), want[i].interval_ms);
		assert_int_equal(span_ms(t->serve_interval), want[i].serve_ms);
		assert_int_equal(span_ms(t->timeout), want[i].timeout_ms);
	}
	conf_free(c);
}

TEST(test_conf_site_endpoints_of_every_check)
{
	struct conf *c;

	assert_targets(
		"endpoints:\n"
		"- {name: repo, address: 'minio.example.com:9000'}\n"
		"- {address: '[fd00::1]:22', check: tcp}\n"
		"- {address: 'h:636', check: tls}\n"
		"- {address: h, check: http}\n"
		"- {address: h, check: https}\n"
		"- {address: 'h:8443', check: https}\n"
		"- {check: registry, image: 'quay.example.com/team/vddk:8.0'}\n"
		"- {check: registry, image: 'reg:5000/vddk'}\n"
		"- {check: registry, image: 'reg.example.com/vddk', plain: true}\n"
		"- {check: registry, image: 'quay.example.com/vddk', address: 'mirror:5001'}\n",
		"- repo minio.example.com:9000 tcp\n"
		"- [fd00::1]:22 fd00::1:22 tcp\n"
		"- h:636 h:636 tls\n"
		"- h:80 h:80 http\n"
		"- h:443 h:443 https\n"
		"- h:8443 h:8443 https\n"
		"- quay.example.com:443 quay.example.com:443 registry\n"
		"- reg:5000 reg:5000 registry\n"
		"- reg.example.com:80 reg.example.com:80 registry\n"
		"- mirror:5001 mirror:5001 registry\n");
	c = confs_taken("endpoints:\n- name: x\n  address: h\n  check: https\n  path: /a?b=c\n"
			"  status: 204\n  fingerprint: " SHA256 "\n  ca: /ca.pem\n"
			"- name: r\n  check: registry\n  image: reg:5000/a/b@sha256:" SHA256 "\n");
	assert_string_equal(c->targets[0].http_path, "/a?b=c");
	assert_int_equal(c->targets[0].http_status, 204);
	assert_int_equal(c->targets[0].pin.len, SHA256_BYTES);
	assert_string_equal(c->targets[0].ca_file, "/ca.pem");
	assert_null(c->targets[0].rule);
	assert_int_equal(c->targets[0].role, ROLE_NONE);
	assert_string_equal(c->targets[1].image, "reg:5000/a/b@sha256:" SHA256);
	assert_int_equal(c->targets[1].role, ROLE_REGISTRY);
	assert_ptr_equal(c->targets[1].rule, port_rule_find(ROLE_REGISTRY, 443));
	assert_null(c->targets[1].http_path);
	conf_free(c);
}

TEST(test_conf_site_provider_must_be_whole)
{
	confs_refused("providers:\n- type: vsphere\n", "2: providers[0].name: is missing");
	confs_refused("providers:\n- name: p\n", "2: providers[0].type: is missing");
	confs_refused("providers:\n- name: p\n  type: vmware\n",
		      "3: providers[0].type: 'vmware' is not vsphere or ovirt");
	refused_provider("vsphere", "", "2: providers[0]: names no machine: give vcenter or esxi");
	refused_provider("ovirt", "  hosts: []\n",
			 "2: providers[0]: names no machine: give engine or hosts");
	refused_provider("vsphere", "  engine: x\n",
			 "4: providers[0].engine: belongs to providers of type ovirt");
	refused_provider("vsphere", "  vcenter: x\n  hosts: [y]\n",
			 "5: providers[0].hosts: belongs to providers of type ovirt");
	refused_provider("ovirt", "  vcenter: x\n",
			 "4: providers[0].vcenter: belongs to providers of type vsphere");
	refused_provider("ovirt", "  esxi: [x]\n",
			 "4: providers[0].esxi: belongs to providers of type vsphere");
	refused_provider("vsphere", "  esxi: [x]\n  fingerprint: " SHA1 "\n",
			 "5: providers[0].fingerprint: is that of the vcenter, and none is given");
	refused_provider("vsphere", "  vcenter: x\n  fingerprint: AA:BB\n",
			 "5: providers[0].fingerprint: 'AA:BB' is not a fingerprint: 40 or 64 hex "
			 "digits, with colons or without");
}

TEST(test_conf_site_bad_hosts_are_told)
{
	static const char *const cases[][2] = {
		{ "https://vc", "'https://vc' is a URL; write the host alone, or host:port" },
		{ "vc:0", "'vc:0': the port is not a number from 1 to 65535" },
		{ "vc:65536", "'vc:65536': the port is not a number from 1 to 65535" },
		{ "vc:", "'vc:': the port is not a number from 1 to 65535" },
		{ "[fd00::1]:x", "'[fd00::1]:x': the port is not a number from 1 to 65535" },
		{ "-vc", "'-vc' is not a host name or address" },
		{ "10.0.0.256", "'10.0.0.256' is not a host name or address" },
		{ "v c", "'v c' is not a host name or address" },
		{ "fe80::1%a/b", "'fe80::1%a/b' is not a host name or address" },
		{ "", "no host is given" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(text) char *line = xasprintf("  vcenter: '%s'\n", cases[i][0]);
		AUTO(text) char *item = xasprintf("  esxi:\n  - x\n  - '%s'\n", cases[i][0]);
		AUTO(text) char *why = xasprintf("4: providers[0].vcenter: %s", cases[i][1]);
		AUTO(text) char *why_item = xasprintf("6: providers[0].esxi[1]: %s", cases[i][1]);

		refused_provider("vsphere", line, why);
		refused_provider("vsphere", item, why_item);
	}
}

TEST(test_conf_site_bad_mappings_are_told)
{
	static const char *const cases[][2] = {
		{ "  esxi: ['h:902']\n",
		  "4: providers[0].esxi[0]: port 902: each documented port is watched; when one is "
		  "reached elsewhere, write host:902=19902" },
		{ "  esxi: ['h:902=0']\n", "4: providers[0].esxi[0]: '902=0' is not a port mapping "
					   "such as 902=19902 (ports 1 to 65535)" },
		{ "  esxi: ['h:902=1,902=2']\n",
		  "4: providers[0].esxi[0]: port 902 is mapped twice" },
		{ "  esxi: ['h:902=1,']\n",
		  "4: providers[0].esxi[0]: '' is not a port mapping such "
		  "as 902=19902 (ports 1 to 65535)" },
		{ "  esxi: ['h:903=1']\n",
		  "4: providers[0].esxi[0]: port 903 is not documented for esxi" },
		{ "  esxi: ['h=1']\n", "4: providers[0].esxi[0]: 'h=1' is not a host name or "
				       "address" },
		{ "  esxi: [h]\n  ports: ['902']\n",
		  "5: providers[0].ports[0]: '902' is not a port "
		  "mapping such as 902=19902 (ports 1 to 65535)" },
		{ "  esxi: [h]\n  ports: [443=1, 443=2]\n",
		  "5: providers[0].ports[1]: port 443 is mapped twice" },
		{ "  esxi: [h]\n  ports:\n  - 54322=1\n",
		  "6: providers[0].ports[0]: port 54322 is documented neither for vcenter nor for "
		  "esxi" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refused_provider("vsphere", cases[i][0], cases[i][1]);
}

TEST(test_conf_site_endpoint_must_be_whole)
{
	static const char *const cases[][2] = {
		{ "name: x", "address: is missing" },
		{ "address: h", "address: has no port; write h:PORT" },
		{ "address: h\n  check: tls", "address: has no port; write h:PORT" },
		{ "check: registry\n  address: h:1",
		  "image: is missing; check: registry looks for it" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(text) char *text = xasprintf("endpoints:\n- %s\n", cases[i][0]);
		AUTO(text) char *want = xasprintf("2: endpoints[0].%s", cases[i][1]);

		confs_refused(text, want);
	}
}

TEST(test_conf_site_keys_without_meaning_are_refused)
{
	static const char *const cases[][3] = {
		{ "tcp", "path: /", "path: means something only with check: http or https" },
		{ "tls", "status: 200", "status: means something only with check: http or https" },
		{ "https", "image: a/b", "image: means something only with check: registry" },
		{ "tls", "plain: true", "plain: means something only with check: registry" },
		{ "tcp", "ca: /ca.pem", "ca: means something only with a check with TLS" },
		{ "http", "fingerprint: " SHA1,
		  "fingerprint: means something only with a check with TLS" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(text)
		char *text = xasprintf("endpoints:\n- address: h:1\n  check: %s\n  %s\n",
				       cases[i][0], cases[i][1]);
		AUTO(text) char *want = xasprintf("4: endpoints[0].%s", cases[i][2]);

		confs_refused(text, want);
	}
	confs_refused("endpoints:\n- check: registry\n  image: h/i\n  plain: true\n  ca: /c\n",
		      "5: endpoints[0].ca: means something only with a check with TLS");
}

TEST(test_conf_site_bad_values_of_an_endpoint_are_told)
{
	static const char *const cases[][2] = {
		{ "check: https\n  status: 99", "status: '99' is not within 100 and 599" },
		{ "check: https\n  path: x",
		  "path: 'x' is not a path: it begins with / and holds no "
		  "blank" },
		{ "check: https\n  path: '/a b'",
		  "path: '/a b' is not a path: it begins with / and holds no blank" },
		{ "check: registry\n  image: 'UPPER/x'",
		  "image: 'UPPER/x' is not an image reference such as "
		  "quay.example.com/team/vddk:8.0" },
		{ "check: registry\n  plain: yes", "plain: 'yes' is not true or false" },
		{ "check: tls\n  ca: ca.pem", "ca: 'ca.pem' is not the absolute path of a file" },
		{ "check: ping\n  timeout: 1s", "check: 'ping' is not tcp, tls, http, https or "
						"registry" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(text)
		char *text = xasprintf("endpoints:\n- address: h:1\n  %s\n", cases[i][0]);
		unsigned line = i == ARRAY_LEN(cases) - 1 ? 3 : 4;
		AUTO(text) char *want = xasprintf("%u: endpoints[0].%s", line, cases[i][1]);

		confs_refused(text, want);
	}
}

TEST(test_conf_site_times_of_an_endpoint_must_agree)
{
	confs_refused(
		"endpoints:\n- address: h:1\n  interval: 2s\n",
		"3: endpoints[0].interval: the timeout (3s) is longer than the interval (2s)");
	confs_refused(
		"endpoints:\n- address: h:1\n  timeout: 11s\n",
		"3: endpoints[0].timeout: the timeout (11s) is longer than the interval (10s)");
	confs_refused("endpoints:\n- address: h:1\n  check: tls\n  serve_interval: 1s\n",
		      "4: endpoints[0].serve_interval: the timeout (3s) is longer than the "
		      "serve_interval (1s)");
	conf_free(confs_taken("endpoints:\n- address: h:1\n  interval: 1s\n  timeout: 1s\n"));
}

TEST(test_conf_site_family_of_a_numeric_host_must_fit)
{
	confs_refused("probe:\n  family: 4\nproviders:\n- name: p\n  type: vsphere\n  esxi:\n"
		      "  - \"fd00::1\"\n",
		      "7: providers[0].esxi[0]: fd00::1 is no IPv4 address, as probe.family asks");
	confs_refused("probe: {family: 6}\nendpoints:\n- name: x\n  address: 10.0.0.1:1\n",
		      "3: endpoints[0]: 10.0.0.1 is no IPv6 address, as probe.family asks");
	conf_free(confs_taken("probe: {family: 6}\nendpoints: [{address: 'h:1'}]\n"));
}

TEST(test_conf_site_nothing_is_there_twice)
{
	confs_refused("providers:\n- name: a\n  type: vsphere\n  esxi: [x]\n- type: vsphere\n"
		      "  esxi: [y]\n  name: a\n",
		      "7: providers[1].name: the name is taken by providers[0] (line 2)");
	confs_refused(
		"providers:\n- name: a\n  type: vsphere\n  vcenter: v\n  esxi:\n  - x\n  - y\n"
		"  - x\n",
		"8: providers[0].esxi[2]: the name x:443 is taken by providers[0].esxi[0] "
		"(line 6)");
	confs_refused("providers:\n- name: a\n  type: vsphere\n  vcenter: x\n"
		      "- name: b\n  type: ovirt\n  engine: x\n",
		      "7: providers[1].engine: the name x:443 is taken by providers[0].vcenter "
		      "(line 4)");
	confs_refused("endpoints:\n- name: e\n  address: h:1\n- address: h:2\n  name: e\n",
		      "4: endpoints[1]: the name e is taken by endpoints[0] (line 2)");
	confs_refused("endpoints:\n- address: h:1\n- name: other\n  address: H:1\n",
		      "3: endpoints[1]: H:1 is watched already, by endpoints[0] (line 2)");
	conf_free(confs_taken("endpoints:\n- {name: a, address: h, check: https}\n"
			      "- {name: b, address: h, check: https, path: /x}\n"
			      "- {name: c, address: 'h:443'}\n"));
}

/* As many as a large site has, twice over. */
TEST(test_conf_site_many_endpoints_are_read)
{
	struct buf text;
	struct conf *c;

	buf_init(&text, 4 * 1024 * 1024);
	buf_puts(&text, "endpoints:\n");
	for (int i = 0; i < 20000; i++)
		buf_printf(&text, "- address: host%d.example.com:902\n  check: tls\n", i);
	c = confs_taken(buf_text(&text));
	assert_int_equal(c->target_count, 20000);
	assert_string_equal(c->targets[19999].host, "host19999.example.com");
	conf_free(c);
	buf_puts(&text, "- address: host7.example.com:902\n");
	confs_refused(buf_text(&text), "40002: endpoints[20000]: the name host7.example.com:902 is "
				       "taken by endpoints[7] (line 16)");
	buf_done(&text);
}

TEST(test_conf_site_too_many_are_refused)
{
	struct buf text;

	buf_init(&text, 4 * 1024 * 1024);
	buf_puts(&text, "providers:\n");
	for (int p = 0; p < 3; p++) {
		buf_printf(&text, "- name: p%d\n  type: vsphere\n  esxi:\n", p);
		for (int i = 0; i < 16384; i++)
			buf_printf(&text, "  - h%d-%d\n", p, i);
	}
	confs_refused(buf_text(&text),
		      "32779: providers[2].esxi[0]: more than 65536 ports to watch");
	buf_clear(&text);
	buf_puts(&text, "providers:\n- name: p\n  type: vsphere\n  esxi:\n");
	for (int i = 0; i < 16385; i++)
		buf_printf(&text, "  - h%d\n", i);
	confs_refused(buf_text(&text), "16389: providers[0].esxi: more than 16384 entries");
	buf_done(&text);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_conf_site_every_documented_port_of_a_machine_is_a_target),
	cmocka_unit_test(test_conf_site_target_knows_its_rule_and_role),
	cmocka_unit_test(test_conf_site_ports_are_mapped_by_provider_and_machine),
	cmocka_unit_test(test_conf_site_own_port_of_the_manager_goes_before_the_mapping),
	cmocka_unit_test(test_conf_site_pin_is_of_the_manager_and_ca_of_all),
	cmocka_unit_test(test_conf_site_times_are_those_of_probe),
	cmocka_unit_test(test_conf_site_endpoints_of_every_check),
	cmocka_unit_test(test_conf_site_provider_must_be_whole),
	cmocka_unit_test(test_conf_site_bad_hosts_are_told),
	cmocka_unit_test(test_conf_site_bad_mappings_are_told),
	cmocka_unit_test(test_conf_site_endpoint_must_be_whole),
	cmocka_unit_test(test_conf_site_keys_without_meaning_are_refused),
	cmocka_unit_test(test_conf_site_bad_values_of_an_endpoint_are_told),
	cmocka_unit_test(test_conf_site_times_of_an_endpoint_must_agree),
	cmocka_unit_test(test_conf_site_family_of_a_numeric_host_must_fit),
	cmocka_unit_test(test_conf_site_nothing_is_there_twice),
	cmocka_unit_test(test_conf_site_many_endpoints_are_read),
	cmocka_unit_test(test_conf_site_too_many_are_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
