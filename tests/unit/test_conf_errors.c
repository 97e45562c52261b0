/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/conf.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

struct refusal {
	const char *text;
	const char *complaint; /* behind "conf.yaml:" */
};

static void assert_refusals(const struct refusal *r, size_t count)
{
	for (size_t i = 0; i < count; i++)
		confs_refused(r[i].text, r[i].complaint);
}

#define ASSERT_REFUSALS(cases) assert_refusals(cases, ARRAY_LEN(cases))

/* The line of one key of a section, as the only fault of the file. */
static void assert_value(const char *section, const char *line, const char *complaint)
{
	AUTO(text)
	char *text = xasprintf("providers: []\n%s:\n  %s\n", section, line);
	AUTO(text) char *want = xasprintf("3: %s.%s", section, complaint);

	confs_refused(text, want);
}

TEST(test_conf_errors_unknown_key_is_suggested)
{
	static const struct refusal cases[] = {
		{ "prob: {}\n", "1: prob: unknown key (did you mean 'probe'?)" },
		{ "node: x\n\nendpoint: []\n",
		  "3: endpoint: unknown key (did you mean 'endpoints'?)" },
		{ "providers:\n- name: a\n  type: vsphere\n  vcentre: x\n",
		  "4: providers[0].vcentre: unknown key (did you mean 'vcenter'?)" },
		{ "endpoints:\n- address: h:1\n- address: h:2\n  intervall: 1s\n",
		  "4: endpoints[1].intervall: unknown key (did you mean 'interval'?)" },
		{ "probe:\n  max-in-flight: 3\n",
		  "2: probe.max-in-flight: unknown key (did you mean 'max_in_flight'?)" },
		{ "Node: x\n", "1: Node: unknown key (did you mean 'node'?)" },
		{ "kubernetes: {}\n", "1: kubernetes: unknown key" },
		{ "<<: x\n", "1: <<: unknown key" },
		{ "\"\": x\n", "1: unknown key" },
		{ "\"node\\0\": x\n", "1: node: unknown key (did you mean 'node'?)" },
		{ "\"no\\nde\": x\n", "1: no?de: unknown key (did you mean 'node'?)" },
	};

	ASSERT_REFUSALS(cases);
}

TEST(test_conf_errors_long_unknown_key_is_cut)
{
	AUTO(text) char *text = xcalloc(1, 100001);

	memset(text, 'k', 100000);
	memcpy(text + 900, ": x\n", 5);
	confs_refused(text, "1: kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk...: "
			    "unknown key");
}

TEST(test_conf_errors_shape_is_told)
{
	static const struct refusal cases[] = {
		{ "providers: x\n", "1: providers: wants a list: [VALUE, VALUE], or lines that "
				    "begin with \"- \"" },
		{ "providers:\n  name: x\n",
		  "2: providers: wants a list: lines that begin with \"- \"" },
		{ "providers:\n- vsphere\n", "2: providers[0]: wants keys below it" },
		{ "providers:\n-\n", "2: providers[0]: wants keys below it" },
		{ "providers:\n- - x\n", "2: providers[0]: wants keys below it" },
		{ "probe: 10s\n", "1: probe: wants keys below it" },
		{ "probe: [10s]\n", "1: probe: wants keys below it" },
		{ "node: [a]\n", "1: node: wants one value, not a list" },
		{ "node: {a: b}\n", "1: node: wants one value, not keys below it" },
		{ "node:\n", "1: node: has no value; leave the key out, or write \"\" for none" },
		{ "node: ~\n", "1: node: has no value; leave the key out, or write \"\" for none" },
		{ "probe:\n  confirm: 1s\n", "2: probe.confirm: wants a list: [VALUE, VALUE], or "
					     "lines that begin with \"- \"" },
		{ "probe:\n  confirm: [[1s]]\n",
		  "2: probe.confirm[0]: wants one value, not a list" },
		{ "probe:\n  confirm:\n  - 1s\n  -\n",
		  "4: probe.confirm[1]: has no value; leave the key out, or write \"\" for none" },
		{ "- name: x\n", "1: wants keys such as \"providers:\" at the top" },
		{ "hello\n", "1: wants keys such as \"providers:\" at the top" },
		{ "? [node]\n: x\n", "1: a key must be a word" },
		{ "probe:\n  ? {a: b}\n  : x\n", "2: probe: a key must be a word" },
	};

	ASSERT_REFUSALS(cases);
}

TEST(test_conf_errors_key_given_twice_names_both_lines)
{
	static const struct refusal cases[] = {
		{ "node: x\n# c\nnode: y\n",
		  "3: node: stands here a second time; the first is in line 1" },
		{ "providers: []\nprobe:\n  timeout: 1s\n  interval: 5s\n  timeout: 1s\n",
		  "5: probe.timeout: stands here a second time; the first is in line 3" },
		{ "endpoints:\n- address: h:1\n- name: a\n  address: h:2\n  name: a\n",
		  "5: endpoints[1].name: stands here a second time; the first is in line 3" },
		{ "log: {level: info}\nlog:\n",
		  "2: log: stands here a second time; the first is in "
		  "line 1" },
	};

	ASSERT_REFUSALS(cases);
}

TEST(test_conf_errors_yaml_that_is_none_is_told)
{
	static const struct refusal cases[] = {
		{ "providers:\n- name: a\n\ttype: vsphere\n",
		  "3: not YAML: found a tab character that violates indentation (a tab indents "
		  "this line; use blanks)" },
		{ "probe:\n\tinterval: 1s\n",
		  "2: not YAML: found character that cannot start any token (a tab indents this "
		  "line; use blanks)" },
		{ "probe: {interval: 1s\n", "2: not YAML: did not find expected ',' or '}'" },
		{ "node: \"a\n", "2: not YAML: found unexpected end of stream" },
		{ "node: x\n  probe: y\n",
		  "2: not YAML: mapping values are not allowed in this context" },
		{ "node: @x\n", "1: not YAML: found character that cannot start any token" },
		{ "node: \xff\n", "1: not a UTF-8 text: invalid leading UTF-8 octet" },
		{ "node: x\nlog:\n  level: \xc3(\n",
		  "3: not a UTF-8 text: invalid trailing UTF-8 octet" },
		{ "node: \xed\xa0\x80\n", "1: not a UTF-8 text: invalid Unicode character" },
		{ "node: \x01\n", "1: not a UTF-8 text: control characters are not allowed" },
		{ "\xff\xfen\n", "1: not a UTF-8 text: invalid leading UTF-8 octet" },
		{ "node: x\n---\nnode: y\n", "2: a second document begins; only one is taken" },
		{ "node: x\n...\n---\n", "3: a second document begins; only one is taken" },
		{ "%YAML 7.0\n---\nnode: x\n", "1: not YAML: found incompatible YAML document" },
	};

	ASSERT_REFUSALS(cases);
}

TEST(test_conf_errors_byte_order_mark_is_taken)
{
	conf_free(confs_taken("\xef\xbb\xbfproviders: []\r\nnode: x\r\n"));
}

TEST(test_conf_errors_aliases_and_tags_are_refused)
{
	static const struct refusal cases[] = {
		{ "node: &a x\nlog:\n  level: *a\n",
		  "3: log.level: aliases are not taken; write the value out" },
		{ "providers: &a [*a]\n",
		  "1: providers[0]: aliases are not taken; write the value out" },
		{ "log: &a {level: info}\nprobe: *a\n",
		  "2: probe: aliases are not taken; write the value out" },
		{ "node: !!str x\n", "1: node: tags are not taken; leave the word with \"!\" out" },
		{ "providers: !x []\n",
		  "1: providers: tags are not taken; leave the word with \"!\" out" },
		{ "probe: !!map {}\n",
		  "1: probe: tags are not taken; leave the word with \"!\" out" },
	};

	ASSERT_REFUSALS(cases);
	conf_free(confs_taken("node: &unused x\nproviders: &also []\n"));
}

/* Each level would be ten of the one before. */
TEST(test_conf_errors_nested_rubbish_is_refused_at_once)
{
	AUTO(text) char *text = xcalloc(1, 1000001);

	memset(text, '[', 1000000);
	confs_refused(text, "1: wants keys such as \"providers:\" at the top");
	memcpy(text, "node: ", 6);
	confs_refused(text, "1: node: wants one value, not a list");
	memcpy(text, "probe: {a: ", 11);
	confs_refused(text, "1: probe.a: unknown key");
	memset(text, '-', 1000000);
	for (size_t i = 1; i < 1000000; i += 2)
		text[i] = ' ';
	confs_refused(text, "1: wants keys such as \"providers:\" at the top");
}

TEST(test_conf_errors_nothing_to_watch_is_refused_unless_meant)
{
	static const char hint[] =
		"1: names neither providers nor endpoints, so nothing is watched; if that is "
		"meant, say \"providers: []\"";
	static const struct refusal cases[] = {
		{ "", "1: is empty; name providers or endpoints to watch" },
		{ "# nothing\n", "1: is empty; name providers or endpoints to watch" },
		{ "---\n", "1: is empty; name providers or endpoints to watch" },
		{ "~\n", "1: is empty; name providers or endpoints to watch" },
		{ "{}\n", hint },
		{ "node: x\n", hint },
		{ "providers:\n", hint },
		{ "providers:\nendpoints: ~\n", hint },
	};

	ASSERT_REFUSALS(cases);
	conf_free(confs_taken("providers: []\n"));
	conf_free(confs_taken("providers:\nendpoints: []\n"));
}

TEST(test_conf_errors_variables_are_told)
{
	static const struct refusal cases[] = {
		{ "node: a${TEST_NOPE}b\n",
		  "1: node: the environment variable TEST_NOPE is not set" },
		{ "endpoints:\n- address: h:1\n- address: '${TEST_NOPE}'\n",
		  "3: endpoints[1].address: the environment variable TEST_NOPE is not set" },
		{ "probe:\n  confirm:\n  - 1s\n  - ${TEST_NOPE}\n",
		  "4: probe.confirm[1]: the environment variable TEST_NOPE is not set" },
		{ "node: $NAME\n", "1: node: '$NAME': a variable is written ${NAME} or "
				   "${NAME:-word}, a dollar sign $$" },
		{ "node: $(NAME)\n", "1: node: '$(NAME)': a variable is written ${NAME} or "
				     "${NAME:-word}, a dollar sign $$" },
		{ "node: x$\n", "1: node: 'x$': a variable is written ${NAME} or ${NAME:-word}, a "
				"dollar sign $$" },
		{ "node: ${NAME\n", "1: node: '${NAME': a variable is written ${NAME} or "
				    "${NAME:-word}, a dollar sign $$" },
		{ "node: ${}\n", "1: node: '${}': a variable is written ${NAME} or ${NAME:-word}, "
				 "a dollar sign $$" },
		{ "node: ${1X}\n", "1: node: '${1X}': a variable is written ${NAME} or "
				   "${NAME:-word}, a dollar sign $$" },
		{ "node: ${A-b}\n", "1: node: '${A-b}': a variable is written ${NAME} or "
				    "${NAME:-word}, a dollar sign $$" },
		{ "node: \"a\\0b\"\n", "1: node: holds a NUL character" },
		{ "node: \"a\\eb\"\n", "1: node: holds a character that cannot be printed" },
		{ "node: |\n  a\n  b\n", "1: node: holds a character that cannot be printed" },
	};

	(void)unsetenv("TEST_NOPE");
	ASSERT_REFUSALS(cases);
}

TEST(test_conf_errors_value_too_long_is_refused)
{
	AUTO(text) char *long_text = xcalloc(1, 5001);

	memset(long_text, 'x', 5000);
	(void)setenv("TEST_LONG", long_text, 1);
	confs_refused("node: ${TEST_LONG}\n", "1: node: longer than 4096 bytes");
	(void)unsetenv("TEST_LONG");
}

TEST(test_conf_errors_names_are_told)
{
	static const char why[] = "not a name: letters, digits and . _ - : / @, at most 253, the "
				  "first a letter or digit";
	static const char *const names[] = { "", "-a", "a b", "a\"b", "\xc3\xbc", "a,b" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		AUTO(text) char *text = xasprintf("node: '%s'\n", names[i]);
		AUTO(text) char *want = xasprintf("1: node: '%s' is %s", names[i], why);

		confs_refused(text, want);
	}
	assert_value("api", "group: 'a b'",
		     "group: 'a b' is not a name: letters, digits and . _ - : / @, at most 253, "
		     "the first a letter or digit");
}

TEST(test_conf_errors_times_are_told)
{
	static const char why[] = "is not a time such as 250ms, 10s, 5m, 2h or 7d";
	static const char *const times[] = { "10",
					     "0",
					     "-1s",
					     "1 s",
					     "s",
					     "1w",
					     "ten seconds",
					     "1e3s",
					     "off",
					     "",
					     "99999999999999d" };

	for (size_t i = 0; i < ARRAY_LEN(times); i++) {
		AUTO(text) char *line = xasprintf("interval: '%s'", times[i]);
		AUTO(text) char *want = xasprintf("interval: '%s' %s", times[i], why);

		assert_value("probe", line, want);
	}
	assert_value("probe", "interval: 999ms", "interval: '999ms' is not within 1s and 1d");
	assert_value("probe", "interval: 25h", "interval: '25h' is not within 1s and 1d");
	assert_value("probe", "serve_interval: 8d", "serve_interval: '8d' is not within 1s and 7d");
	assert_value("probe", "timeout: 99ms", "timeout: '99ms' is not within 100ms and 1m");
	assert_value("probe", "confirm: [1s, 5ms]", "confirm[1]: '5ms' is not within 10ms and 1m");
	assert_value("probe", "confirm: [1s,1s,1s,1s,1s,1s,1s,1s,1s]",
		     "confirm: more than 8 entries");
	assert_value("probe", "separation: 2s", "separation: '2s' is not within 1ms and 1s");
}

TEST(test_conf_errors_numbers_are_told)
{
	assert_value("probe", "max_in_flight: many", "max_in_flight: 'many' is not a whole number");
	assert_value("probe", "max_in_flight: 1.5", "max_in_flight: '1.5' is not a whole number");
	assert_value("probe", "max_in_flight: -1", "max_in_flight: '-1' is not a whole number");
	assert_value("probe", "max_in_flight: ''", "max_in_flight: '' is not a whole number");
	assert_value("probe", "max_in_flight: 0", "max_in_flight: '0' is not within 1 and 65536");
	assert_value("probe", "max_in_flight: 99999999999999999999",
		     "max_in_flight: '99999999999999999999' is not within 1 and 65536");
	assert_value("probe", "per_address: 65", "per_address: '65' is not within 1 and 64");
	assert_value("probe", "serve_budget: 1e3", "serve_budget: '1e3' is not a whole number");
	assert_value("probe", "flap_begin: most",
		     "flap_begin: 'most' is not a percentage such as 30%");
	assert_value("probe", "flap_begin: ''", "flap_begin: '' is not a percentage such as 30%");
	assert_value("probe", "flap_begin: '%'", "flap_begin: '%' is not a percentage such as 30%");
	assert_value("probe", "flap_begin: 101%", "flap_begin: '101%' is not within 1% and 100%");
	assert_value("history", "max_size: big",
		     "max_size: 'big' is not a size such as 512MiB or 2GiB");
	assert_value("history", "max_size: 2GB",
		     "max_size: '2GB' is not a size such as 512MiB or 2GiB");
	assert_value("history", "max_size: GiB",
		     "max_size: 'GiB' is not a size such as 512MiB or 2GiB");
	assert_value("history", "max_size: 99999999999TiB",
		     "max_size: '99999999999TiB' is not a size such as 512MiB or 2GiB");
	assert_value("history", "max_size: 1MiB", "max_size: '1MiB' is not within 16MiB and 16TiB");
}

TEST(test_conf_errors_other_values_are_told)
{
	static const char mode[] = "is not a mode of three octal digits such as 0660";
	static const char *const modes[] = { "0680", "1660", "66", "00660", "rw", "" };

	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		AUTO(text) char *line = xasprintf("mode: '%s'", modes[i]);
		AUTO(text) char *want = xasprintf("mode: '%s' %s", modes[i], mode);

		assert_value("api", line, want);
	}
	assert_value("log", "level: warning",
		     "level: 'warning' is not error, warn, notice, info or debug (did you mean "
		     "'warn'?)");
	assert_value("log", "level: notic",
		     "level: 'notic' is not error, warn, notice, info or debug (did you mean "
		     "'notice'?)");
	assert_value("metrics", "detail: all", "detail: 'all' is not summary, endpoint or address");
	assert_value("probe", "family: ipv4", "family: 'ipv4' is not any, 4 or 6");
	assert_value("probe", "resolver: dns.example.com",
		     "resolver: 'dns.example.com' is not a DNS server such as 10.0.0.53, or "
		     "several: 10.0.0.53:53,[fd00::53]:53");
	assert_value("probe", "resolver: '10.0.0.53,'",
		     "resolver: '10.0.0.53,' is not a DNS server such as 10.0.0.53, or several: "
		     "10.0.0.53:53,[fd00::53]:53");
	assert_value("metrics", "listen: ':9902'",
		     "listen: ':9902' is not ADDRESS:PORT such as 127.0.0.1:9902 or [::]:9902");
	assert_value("metrics", "listen: 127.0.0.1",
		     "listen: '127.0.0.1' is not ADDRESS:PORT such as 127.0.0.1:9902 or [::]:9902");
	assert_value("metrics", "listen: localhost:9902",
		     "listen: 'localhost:9902' is not ADDRESS:PORT such as 127.0.0.1:9902 or "
		     "[::]:9902");
	assert_value("history", "path: history.db",
		     "path: 'history.db' is not the absolute path of a file");
	assert_value("history", "path: /var/lib/",
		     "path: '/var/lib/' is not the absolute path of a file");
}

TEST(test_conf_errors_path_of_a_socket_has_a_limit)
{
	char line[256] = "socket: /";
	size_t len = strlen(line);

	memset(line + len, 's', 102);
	line[len + 102] = '\0';
	{
		AUTO(text) char *text = xasprintf("providers: []\napi:\n  %s\n", line);
		struct conf *c = confs_taken(text);

		assert_int_equal(strlen(c->api.socket), 103);
		conf_free(c);
	}
	line[len + 102] = 's';
	line[len + 103] = '\0';
	assert_value("api", line,
		     "socket: the path of a socket has at most 103 bytes, this one "
		     "has 104");
}

TEST(test_conf_errors_settings_must_agree)
{
	static const struct refusal cases[] = {
		{ "probe:\n  timeout: 11s\nproviders: []\n",
		  "2: probe.timeout: the timeout (11s) is longer than the interval (10s)" },
		{ "probe:\n  interval: 2s\nproviders: []\n",
		  "2: probe.interval: the timeout (3s) is longer than the interval (2s)" },
		{ "probe:\n  interval: 1m\n  serve_interval: 20s\n  timeout: 30s\nproviders: []\n",
		  "4: probe.timeout: the timeout (30s) is longer than the serve_interval (20s)" },
		{ "probe:\n  serve_interval: 2500ms\nproviders: []\n",
		  "2: probe.serve_interval: the timeout (3s) is longer than the serve_interval "
		  "(2500ms)" },
		{ "probe:\n  flap_end: 30%\nproviders: []\n",
		  "2: probe.flap_end: 30% is not below flap_begin (30%)" },
		{ "probe:\n  flap_begin: 20%\nproviders: []\n",
		  "1: probe.flap_end: 25% is not below flap_begin (20%)" },
		{ "history:\n  keep: 7d\nproviders: []\n",
		  "1: history.keep_samples: is longer than keep" },
	};

	ASSERT_REFUSALS(cases);
	conf_free(confs_taken("probe:\n  interval: 3s\n  serve_interval: 3s\nproviders: []\n"));
	conf_free(confs_taken("probe:\n  serve_interval: off\nproviders: []\n"));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_conf_errors_unknown_key_is_suggested),
	cmocka_unit_test(test_conf_errors_long_unknown_key_is_cut),
	cmocka_unit_test(test_conf_errors_shape_is_told),
	cmocka_unit_test(test_conf_errors_key_given_twice_names_both_lines),
	cmocka_unit_test(test_conf_errors_yaml_that_is_none_is_told),
	cmocka_unit_test(test_conf_errors_byte_order_mark_is_taken),
	cmocka_unit_test(test_conf_errors_aliases_and_tags_are_refused),
	cmocka_unit_test(test_conf_errors_nested_rubbish_is_refused_at_once),
	cmocka_unit_test(test_conf_errors_nothing_to_watch_is_refused_unless_meant),
	cmocka_unit_test(test_conf_errors_variables_are_told),
	cmocka_unit_test(test_conf_errors_value_too_long_is_refused),
	cmocka_unit_test(test_conf_errors_names_are_told),
	cmocka_unit_test(test_conf_errors_times_are_told),
	cmocka_unit_test(test_conf_errors_numbers_are_told),
	cmocka_unit_test(test_conf_errors_other_values_are_told),
	cmocka_unit_test(test_conf_errors_path_of_a_socket_has_a_limit),
	cmocka_unit_test(test_conf_errors_settings_must_agree),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
