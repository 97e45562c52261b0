/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/conf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/confs.h"
#include "tests/unit/made.h"
#include "tests/unit/unit.h"

static char folder[] = "/tmp/test_conf.XXXXXX";

/* "FOLDER/name", owned by the caller; text NULL: nothing is written. */
static char *file_of(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = text != NULL ? fopen(path, "we") : NULL;

	if (text != NULL) {
		assert_non_null(f);
		assert_true(fputs(text, f) >= 0);
		assert_int_equal(fclose(f), 0);
	}
	return path;
}

static void assert_load_refused(const char *path, const char *complaint)
{
	struct err e = { 0 };
	AUTO(text) char *want = xasprintf("%s%s", path, complaint);

	assert_null(conf_load(path, &e));
	assert_string_equal(e.text, want);
}

TEST(test_conf_defaults_are_those_of_the_manual)
{
	struct conf *c = confs_taken("providers: []\n");
	char host[256] = "";

	assert_int_equal(gethostname(host, sizeof host - 1), 0);
	assert_string_equal(c->path, "conf.yaml");
	assert_string_equal(c->node, host);
	assert_int_equal(c->target_count, 0);
	assert_int_equal(span_ms(c->probe.interval), 10000);
	assert_int_equal(span_ms(c->probe.serve_interval), 300000);
	assert_int_equal(span_ms(c->probe.timeout), 3000);
	assert_int_equal(span_ms(c->probe.name_interval), 30000);
	assert_int_equal(c->probe.policy.confirm_count, 3);
	assert_int_equal(span_ms(c->probe.policy.confirm[0]), 250);
	assert_int_equal(span_ms(c->probe.policy.confirm[1]), 500);
	assert_int_equal(span_ms(c->probe.policy.confirm[2]), 1000);
	assert_int_equal(c->probe.policy.flap_on_pct, 30);
	assert_int_equal(c->probe.policy.flap_off_pct, 25);
	assert_int_equal(c->probe.max_in_flight, 256);
	assert_int_equal(c->probe.per_address, 2);
	assert_int_equal(span_ms(c->probe.separation), 1);
	assert_int_equal(c->probe.serve_nodes, 3);
	assert_int_equal(c->probe.nodes, 1);
	assert_int_equal((int)c->probe.serve_budget, 30);
	assert_null(c->probe.resolver);
	assert_int_equal(c->probe.family, AF_UNSPEC);
	assert_int_equal(span_ms(c->probe.expiry_warning), INT64_C(30) * 86400000);
	assert_string_equal(c->history.path, "/var/lib/banksman/history.db");
	assert_int_equal(span_ms(c->history.keep), INT64_C(90) * 86400000);
	assert_int_equal(span_ms(c->history.keep_samples), INT64_C(14) * 86400000);
	assert_int_equal(c->history.max_bytes, INT64_C(2) << 30);
	assert_string_equal(c->api.socket, "/run/banksman/banksman.sock");
	assert_int_equal(c->api.mode, 0660);
	assert_null(c->api.group);
	assert_int_equal(c->api.max_connections, 64);
	assert_string_equal(c->metrics.listen, "");
	assert_int_equal(c->metrics.detail, METRICS_ENDPOINT);
	assert_int_equal(c->discovery.enabled, SWITCH_AUTO);
	assert_false(c->discovery.on); /* text alone looks at no file */
	assert_string_equal(c->discovery.api, "");
	assert_string_equal(c->discovery.token_file,
			    "/var/run/secrets/kubernetes.io/serviceaccount/token");
	assert_string_equal(c->discovery.ca_file,
			    "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt");
	assert_string_equal(c->discovery.namespace, "");
	assert_string_equal(c->discovery.pods, "");
	assert_string_equal(c->discovery.inventory, "");
	assert_string_equal(c->discovery.inventory_ca,
			    "/var/run/secrets/kubernetes.io/serviceaccount/service-ca.crt");
	assert_int_equal(c->log.level, LOG_LEVEL_NOTICE);
	conf_free(c);
}

TEST(test_conf_every_setting_is_read)
{
	struct conf *c = confs_taken("node: n7\n"
				     "probe:\n"
				     "  interval: 20s\n"
				     "  serve_interval: off\n"
				     "  timeout: 1.5s\n"
				     "  name_interval: 2m\n"
				     "  confirm: [100ms, 2s]\n"
				     "  flap_begin: 40%\n"
				     "  flap_end: 10\n"
				     "  max_in_flight: 1000\n"
				     "  per_address: 4\n"
				     "  separation: 0\n"
				     "  nodes: 12\n"
				     "  serve_nodes: 5\n"
				     "  serve_budget: 7\n"
				     "  resolver: 10.0.0.53,[fd00::53]:5353\n"
				     "  family: 6\n"
				     "  expiry_warning: 7d\n"
				     "history:\n"
				     "  path: /srv/h.db\n"
				     "  keep: 30d\n"
				     "  keep_samples: 12h\n"
				     "  max_size: 512Mi\n"
				     "api:\n"
				     "  socket: \"\"\n"
				     "  mode: 0600\n"
				     "  group: wheel\n"
				     "  max_connections: 9\n"
				     "metrics:\n"
				     "  listen: \"[::]:9902\"\n"
				     "  detail: address\n"
				     "discovery:\n"
				     "  enabled: on\n"
				     "  api: https://api.example.com:6443\n"
				     "  token_file: /etc/token\n"
				     "  ca_file: /etc/ca.pem\n"
				     "  namespace: openshift-mtv\n"
				     "  inventory: https://inventory.example.com:8443/\n"
				     "  inventory_ca_file: /etc/inventory.pem\n"
				     "  pods: app=banksman,tier in (a)\n"
				     "log:\n"
				     "  level: debug\n");

	assert_string_equal(c->node, "n7");
	assert_int_equal(span_ms(c->probe.interval), 20000);
	assert_int_equal(c->probe.serve_interval.ns, 0);
	assert_int_equal(span_ms(c->probe.timeout), 1500);
	assert_int_equal(span_ms(c->probe.name_interval), 120000);
	assert_int_equal(c->probe.policy.confirm_count, 2);
	assert_int_equal(span_ms(c->probe.policy.confirm[0]), 100);
	assert_int_equal(span_ms(c->probe.policy.confirm[1]), 2000);
	assert_int_equal(c->probe.policy.flap_on_pct, 40);
	assert_int_equal(c->probe.policy.flap_off_pct, 10);
	assert_int_equal(c->probe.max_in_flight, 1000);
	assert_int_equal(c->probe.per_address, 4);
	assert_int_equal(c->probe.separation.ns, 0);
	assert_int_equal(c->probe.nodes, 12);
	assert_int_equal(c->probe.serve_nodes, 5);
	assert_int_equal((int)c->probe.serve_budget, 7);
	assert_string_equal(c->probe.resolver, "10.0.0.53,[fd00::53]:5353");
	assert_int_equal(c->probe.family, AF_INET6);
	assert_int_equal(span_ms(c->probe.expiry_warning), INT64_C(7) * 86400000);
	assert_string_equal(c->history.path, "/srv/h.db");
	assert_int_equal(span_ms(c->history.keep), INT64_C(30) * 86400000);
	assert_int_equal(span_ms(c->history.keep_samples), INT64_C(12) * 3600000);
	assert_int_equal(c->history.max_bytes, INT64_C(512) << 20);
	assert_string_equal(c->api.socket, "");
	assert_int_equal(c->api.mode, 0600);
	assert_string_equal(c->api.group, "wheel");
	assert_int_equal(c->api.max_connections, 9);
	assert_string_equal(c->metrics.listen, "[::]:9902");
	assert_int_equal(c->metrics.detail, METRICS_ADDRESS);
	assert_true(c->discovery.on);
	assert_string_equal(c->discovery.api, "https://api.example.com:6443");
	assert_string_equal(c->discovery.token_file, "/etc/token");
	assert_string_equal(c->discovery.ca_file, "/etc/ca.pem");
	assert_string_equal(c->discovery.namespace, "openshift-mtv");
	assert_string_equal(c->discovery.inventory, "https://inventory.example.com:8443/");
	assert_string_equal(c->discovery.inventory_ca, "/etc/inventory.pem");
	assert_string_equal(c->discovery.pods, "app=banksman,tier in (a)");
	assert_int_equal(c->log.level, LOG_LEVEL_DEBUG);
	conf_free(c);
}

TEST(test_conf_empty_list_of_waits_is_not_the_default)
{
	struct conf *c = confs_taken("probe:\n  confirm: []\nproviders: []\n");

	assert_int_equal(c->probe.policy.confirm_count, 0);
	conf_free(c);
	c = confs_taken("probe:\n  confirm:\nproviders: []\n");
	assert_int_equal(c->probe.policy.confirm_count, 3);
	conf_free(c);
}

TEST(test_conf_empty_sections_count_for_nothing)
{
	struct conf *defaults = confs_taken("endpoints: []\n");
	struct conf *c = confs_taken("providers: ~\nendpoints: []\nprobe:\nhistory: null\napi: {}\n"
				     "metrics:\n  # listen: x\nlog: ~\n");

	confs_same_settings(c, defaults);
	conf_free(c);
	conf_free(defaults);
}

TEST(test_conf_yaml_may_be_json)
{
	struct conf *c = confs_taken("{\"node\": \"n1\", \"endpoints\": [{\"name\": \"a\", "
				     "\"address\": \"h:1\"}], \"log\": {\"level\": \"warn\"}}");

	assert_string_equal(c->node, "n1");
	assert_int_equal(c->target_count, 1);
	assert_int_equal(c->log.level, LOG_LEVEL_WARN);
	conf_free(c);
}

TEST(test_conf_variables_are_replaced_in_values)
{
	struct conf *c;

	(void)setenv("TEST_CONF_HOST", "esx01.example.com", 1);
	(void)setenv("TEST_CONF_EMPTY", "", 1);
	c = confs_taken("node: ${TEST_CONF_UNSET:-n1}\n"
			"providers:\n"
			"- name: dc${TEST_CONF_EMPTY}1\n"
			"  type: vsphere\n"
			"  esxi: ['${TEST_CONF_HOST}']\n"
			"endpoints:\n"
			"- address: ${TEST_CONF_EMPTY:-h}:80\n"
			"  check: http\n"
			"  path: /$$x\n"
			"history:\n"
			"  path: ${TEST_CONF_EMPTY}\n"
			"probe:\n"
			"  max_in_flight: ${TEST_CONF_UNSET:-77}\n");
	assert_string_equal(c->node, "n1");
	assert_string_equal(confs_target(c, "esx01.example.com:902")->provider, "dc1");
	assert_string_equal(confs_target(c, "h:80")->http_path, "/$x");
	assert_string_equal(c->history.path, "");
	assert_int_equal(c->probe.max_in_flight, 77);
	conf_free(c);
}

TEST(test_conf_what_a_variable_holds_is_not_looked_at_again)
{
	(void)setenv("TEST_CONF_DOLLAR", "/${HOME}", 1);
	(void)setenv("TEST_CONF_YAML", "x\nlog: {level: debug}", 1);
	struct conf *c = confs_taken("endpoints:\n- address: h\n  check: http\n"
				     "  path: ${TEST_CONF_DOLLAR}\n");

	assert_string_equal(c->targets[0].http_path, "/${HOME}");
	conf_free(c);
	confs_refused("node: ${TEST_CONF_YAML}\n",
		      "1: node: holds a character that cannot be printed");
}

TEST(test_conf_file_is_loaded)
{
	AUTO(text) char *path = file_of("good.yaml", "endpoints:\n- address: h:1\n");
	struct err e;
	struct conf *c = conf_load(path, &e);

	assert_non_null(c);
	assert_string_equal(c->path, path);
	assert_int_equal(c->target_count, 1);
	conf_free(c);
	(void)unlink(path);
}

TEST(test_conf_file_that_is_none_is_refused)
{
	AUTO(text) char *missing = file_of("missing.yaml", NULL);
	AUTO(text) char *pipe = file_of("pipe", NULL);

	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_load_refused(missing, ": No such file or directory");
	assert_load_refused(folder, ": is a directory; name the file in it");
	assert_load_refused("/dev/zero", ": is not a regular file");
	assert_load_refused(pipe, ": is not a regular file");
	(void)unlink(pipe);
}

TEST(test_conf_file_too_large_is_refused)
{
	AUTO(text) char *path = file_of("large.yaml", "endpoints: []\n");

	assert_int_equal(truncate(path, 4 * 1024 * 1024 + 1), 0);
	assert_load_refused(path, ": larger than 4 MiB");
	assert_int_equal(truncate(path, 4 * 1024 * 1024), 0);
	assert_load_refused(path, ":2: not a UTF-8 text: control characters are not allowed");
	(void)unlink(path);
}

TEST(test_conf_long_path_leaves_room_for_the_reason)
{
	char path[2000];
	struct err e;

	memset(path, 'd', sizeof path);
	memcpy(path + sizeof path - 6, ".yaml", 6);
	assert_null(conf_parse("nod: x\n", 7, path, &e));
	assert_memory_equal(e.text, "...ddd", 6);
	assert_non_null(strstr(e.text, "d.yaml:1: nod: unknown key (did you mean 'node'?)"));
}

TEST(test_conf_ca_file_is_looked_at_by_load_alone)
{
	static const char text[] = "endpoints:\n- address: h:1\n  check: tls\n  ca: %s\n";
	AUTO(text) char *ca = file_of("ca.pem", "");
	AUTO(text) char *yaml = xasprintf(text, ca);
	AUTO(text) char *path = file_of("ca.yaml", yaml);
	AUTO(text) char *begin = xasprintf("%s:4: endpoints[0].ca: cannot use %s: ", path, ca);
	struct conf *c = confs_taken(yaml);
	struct err e;

	assert_string_equal(c->targets[0].ca_file, ca);
	conf_free(c);
	assert_null(conf_load(path, &e));
	assert_memory_equal(e.text, begin, strlen(begin));
	(void)unlink(path);
	(void)unlink(ca);
}

TEST(test_conf_free_takes_null)
{
	conf_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_conf_defaults_are_those_of_the_manual),
	cmocka_unit_test(test_conf_every_setting_is_read),
	cmocka_unit_test(test_conf_empty_list_of_waits_is_not_the_default),
	cmocka_unit_test(test_conf_empty_sections_count_for_nothing),
	cmocka_unit_test(test_conf_yaml_may_be_json),
	cmocka_unit_test(test_conf_variables_are_replaced_in_values),
	cmocka_unit_test(test_conf_what_a_variable_holds_is_not_looked_at_again),
	cmocka_unit_test(test_conf_file_is_loaded),
	cmocka_unit_test(test_conf_file_that_is_none_is_refused),
	cmocka_unit_test(test_conf_file_too_large_is_refused),
	cmocka_unit_test(test_conf_long_path_leaves_room_for_the_reason),
	cmocka_unit_test(test_conf_ca_file_is_looked_at_by_load_alone),
	cmocka_unit_test(test_conf_free_takes_null),
};

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
