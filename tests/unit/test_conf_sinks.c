/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/alert.h"
#include "daemon/conf.h"
#include "tests/unit/confs.h"
#include "tests/unit/unit.h"

static char folder[] = "/tmp/test_conf_sinks.XXXXXX";

static struct conf *taken(const char *lines)
{
	AUTO(text) char *text = xasprintf("providers: []\n%s", lines);

	return confs_taken(text);
}

static void refused(const char *lines, const char *complaint)
{
	AUTO(text) char *text = xasprintf("providers: []\n%s", lines);

	confs_refused(text, complaint);
}

/* Line 5 is the first behind name and type. */
static void refused_sink(const char *type, const char *lines, const char *complaint)
{
	AUTO(text) char *text = xasprintf("sinks:\n- name: s\n  type: %s\n%s", type, lines);

	refused(text, complaint);
}

/* A whole file, which names others, is looked at by conf_load(). */
static void assert_load(const char *lines, const char *complaint)
{
	AUTO(text) char *path = xasprintf("%s/conf.yaml", folder);
	AUTO(text) char *want = xasprintf("%s:%s", path, complaint != NULL ? complaint : "");
	FILE *f = fopen(path, "we");
	struct err e = { 0 };
	struct conf *c;

	assert_non_null(f);
	assert_true(fprintf(f, "providers: []\n%s", lines) > 0);
	assert_int_equal(fclose(f), 0);
	c = conf_load(path, &e);
	if (complaint == NULL && c == NULL)
		fail_msg("%s", e.text);
	if (complaint != NULL)
		assert_string_equal(e.text, want);
	conf_free(c);
	(void)unlink(path);
}

TEST(test_conf_sinks_when_not_given_there_is_the_journal)
{
	struct conf *c = taken("");

	assert_int_equal(c->sink_count, 1);
	assert_string_equal(c->sinks[0].name, "journal");
	assert_int_equal(c->sinks[0].type, SINK_JOURNAL);
	assert_int_equal(c->sinks[0].least, SEVERITY_INFO);
	assert_int_equal(c->sinks[0].url_count, 0);
	conf_free(c);
	c = taken("sinks: ~\n");
	assert_int_equal(c->sink_count, 1);
	conf_free(c);
}

TEST(test_conf_sinks_empty_list_of_sinks_means_none)
{
	struct conf *c = taken("sinks: []\n");

	assert_int_equal(c->sink_count, 0);
	conf_free(c);
}

TEST(test_conf_sinks_of_every_type_are_read)
{
	struct conf *c = taken("sinks:\n"
			       "- name: am\n"
			       "  type: alertmanager\n"
			       "  url: ['https://a:9093', 'http://[fd00::1]:9093/am/']\n"
			       "  ca: /ca.pem\n"
			       "  bearer_token_file: /token\n"
			       "  proxy: http://proxy:3128\n"
			       "  timeout: 1s\n"
			       "  severity: warning\n"
			       "- name: hook\n"
			       "  type: webhook\n"
			       "  url: ['http://h/x?a=b']\n"
			       "  secret_file: /key\n"
			       "- name: run\n"
			       "  type: exec\n"
			       "  command: [/bin/page, -x, '', a b]\n"
			       "  timeout: 1m\n"
			       "- name: log\n"
			       "  type: journal\n"
			       "  severity: critical\n");
	const struct conf_sink *s = c->sinks;

	assert_int_equal(c->sink_count, 4);
	assert_string_equal(s[0].name, "am");
	assert_int_equal(s[0].type, SINK_ALERTMANAGER);
	assert_int_equal(s[0].url_count, 2);
	assert_string_equal(s[0].urls[1], "http://[fd00::1]:9093/am/");
	assert_string_equal(s[0].ca_file, "/ca.pem");
	assert_string_equal(s[0].token_file, "/token");
	assert_string_equal(s[0].proxy, "http://proxy:3128");
	assert_int_equal(span_ms(s[0].timeout), 1000);
	assert_int_equal(s[0].least, SEVERITY_WARNING);
	assert_null(s[0].command);
	assert_int_equal(s[1].type, SINK_WEBHOOK);
	assert_string_equal(s[1].secret_file, "/key");
	assert_null(s[1].ca_file);
	assert_int_equal(span_ms(s[1].timeout), 10000);
	assert_int_equal(s[2].type, SINK_EXEC);
	assert_int_equal(s[2].url_count, 0);
	assert_string_equal(s[2].command[0], "/bin/page");
	assert_string_equal(s[2].command[2], "");
	assert_string_equal(s[2].command[3], "a b");
	assert_null(s[2].command[4]);
	assert_int_equal(s[3].type, SINK_JOURNAL);
	assert_int_equal(s[3].least, SEVERITY_CRITICAL);
	assert_null(s[3].command);
	conf_free(c);
}

TEST(test_conf_sinks_kubernetes_is_told_where_discovery_asks)
{
	struct conf *c = taken("sinks:\n"
			       "- name: events\n"
			       "  type: kubernetes\n"
			       "discovery:\n"
			       "  enabled: off\n"
			       "  api: https://api:6443\n"
			       "  token_file: /token\n"
			       "  ca_file: /ca\n"
			       "  namespace: mtv\n");
	const struct conf_sink *s = c->sinks;

	assert_int_equal(s->type, SINK_KUBERNETES);
	assert_int_equal(s->url_count, 1);
	assert_string_equal(s->urls[0], "https://api:6443");
	assert_string_equal(s->token_file, "/token");
	assert_string_equal(s->ca_file, "/ca");
	assert_string_equal(s->namespace, "mtv");
	conf_free(c);
	refused_sink("kubernetes", "  url: ['https://api:6443']\n",
		     "5: sinks[0].url: means something only with type: alertmanager or webhook");
}

TEST(test_conf_sinks_sink_must_be_whole)
{
	refused("sinks:\n- type: journal\n", "3: sinks[0].name: is missing");
	refused("sinks:\n- name: s\n", "3: sinks[0].type: is missing");
	refused_sink("slack", "",
		     "4: sinks[0].type: 'slack' is not alertmanager, webhook, exec, journal or "
		     "kubernetes");
	refused_sink("webhok", "",
		     "4: sinks[0].type: 'webhok' is not alertmanager, webhook, exec, journal or "
		     "kubernetes (did you mean 'webhook'?)");
	refused_sink("alertmanager", "",
		     "3: sinks[0].url: is missing; type: alertmanager wants a list of at least "
		     "one");
	refused_sink("webhook", "  url: []\n",
		     "5: sinks[0].url: is missing; type: webhook wants a list of at least one");
	refused_sink("exec", "",
		     "3: sinks[0].command: is missing; type: exec wants a program and its "
		     "arguments");
	refused_sink("exec", "  command: []\n",
		     "5: sinks[0].command: is missing; type: exec wants a program and its "
		     "arguments");
	refused_sink("exec", "  command: [page, x]\n",
		     "5: sinks[0].command[0]: is not the absolute path of a program");
	refused_sink("exec", "  command: ['']\n",
		     "5: sinks[0].command[0]: is not the absolute path of a program");
	refused_sink("webhook", "  url: http://h\n",
		     "5: sinks[0].url: wants a list: [VALUE, VALUE], or lines that begin with "
		     "\"- \"");
}

TEST(test_conf_sinks_keys_without_meaning_are_refused)
{
	static const char *const cases[][3] = {
		{ "exec", "url: ['http://h']",
		  "url: means something only with type: alertmanager "
		  "or webhook" },
		{ "journal", "url: ['http://h']",
		  "url: means something only with type: "
		  "alertmanager or webhook" },
		{ "webhook", "command: [/bin/x]", "command: means something only with type: exec" },
		{ "journal", "command: [/bin/x]", "command: means something only with type: exec" },
		{ "exec", "ca: /x", "ca: means something only with type: alertmanager or webhook" },
		{ "journal", "bearer_token_file: /x",
		  "bearer_token_file: means something only "
		  "with type: alertmanager or webhook" },
		{ "alertmanager", "secret_file: /x",
		  "secret_file: means something only with type: "
		  "webhook" },
		{ "exec", "proxy: http://h",
		  "proxy: means something only with type: alertmanager "
		  "or webhook" },
		{ "journal", "timeout: 5s",
		  "timeout: means something only with type: "
		  "alertmanager, webhook or exec" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(text) char *line = xasprintf("  %s\n", cases[i][1]);
		AUTO(text) char *want = xasprintf("5: sinks[0].%s", cases[i][2]);

		refused_sink(cases[i][0], line, want);
	}
	refused_sink("webhook", "  url: ['http://h']\n  ca: /x\n",
		     "6: sinks[0].ca: means something only with an https URL");
}

TEST(test_conf_sinks_bad_urls_are_told)
{
	static const char at[] = "holds \"@\": a URL must not name a user or a password, and in a "
				 "path the sign is written %40";
	static const char hash[] = "holds \"#\": what follows is never sent; leave it out";
	static const char *const cases[][2] = {
		{ "http://user:password@h/x", at },
		{ "https://user@h", at },
		{ "https://h/@x", at },
		{ "http://h/x#y", hash },
		{ "h:9093", NULL },
		{ "ftp://h", NULL },
		{ "http://", NULL },
		{ "http:///x", NULL },
		{ "http://h:0/", NULL },
		{ "http://h:65536/", NULL },
		{ "http://h/a b", NULL },
		{ "http://-h/", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		AUTO(text)
		char *lines = xasprintf("  url:\n  - http://ok\n  - '%s'\n", cases[i][0]);
		AUTO(text)
		char *why = xasprintf("'%s' is not a URL such as https://alerts.example.com:9093",
				      cases[i][0]);
		AUTO(text)
		char *want = xasprintf("7: sinks[0].url[1]: %s",
				       cases[i][1] != NULL ? cases[i][1] : why);

		refused_sink("webhook", lines, want);
	}
	refused_sink("webhook", "  url: ['http://h', 'http://g', 'http://h']\n",
		     "5: sinks[0].url[2]: is the same as url[0]");
}

TEST(test_conf_sinks_url_of_an_alertmanager_is_a_base)
{
	static const char *const whole[] = { "/api/v2/alerts", "/api/v2/alerts/", "/api/v2",
					     "/am/api/v1/alerts" };

	for (size_t i = 0; i < ARRAY_LEN(whole); i++) {
		AUTO(text) char *lines = xasprintf("  url: ['http://h:9093%s']\n", whole[i]);
		const char *api = strstr(whole[i], "/api");
		AUTO(text)
		char *want = xasprintf("5: sinks[0].url[0]: leave %.*s out; /api/v2/alerts is put "
				       "behind the URL",
				       (int)(strlen(api) - (api[strlen(api) - 1] == '/')), api);

		refused_sink("alertmanager", lines, want);
	}
	refused_sink("alertmanager", "  url: ['http://h?x']\n",
		     "5: sinks[0].url[0]: holds \"?\": of an Alertmanager give the URL that "
		     "/api/v2/alerts is put behind");
	conf_free(taken("sinks:\n- {name: s, type: alertmanager, url: ['http://h/api/v2x']}\n"
			"- {name: t, type: webhook, url: ['http://h/api/v2/alerts']}\n"));
}

TEST(test_conf_sinks_bad_proxies_are_told)
{
	static const char *const bad[] = { "https://p:1", "http://p/x", "p:3128", "socks5://p",
					   "http://p/?x" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		AUTO(text) char *lines = xasprintf("  url: ['http://h']\n  proxy: '%s'\n", bad[i]);
		AUTO(text)
		char *want = xasprintf("6: sinks[0].proxy: '%s' is not a proxy such as "
				       "http://proxy.example.com:3128",
				       bad[i]);

		refused_sink("webhook", lines, want);
	}
	refused_sink("webhook", "  url: ['http://h']\n  proxy: http://u:p@proxy:1\n",
		     "6: sinks[0].proxy: holds \"@\": a URL must not name a user or a password, "
		     "and in a path the sign is written %40");
}

TEST(test_conf_sinks_other_values_of_a_sink_are_told)
{
	refused_sink("journal", "  severity: warn\n",
		     "5: sinks[0].severity: 'warn' is not info, warning or critical");
	refused_sink("journal", "  severity: warnin\n",
		     "5: sinks[0].severity: 'warnin' is not info, warning or critical (did you "
		     "mean 'warning'?)");
	refused_sink("webhook", "  timeout: 500ms\n",
		     "5: sinks[0].timeout: '500ms' is not within 1s and 1m");
	refused_sink("webhook", "  secret_file: key\n",
		     "5: sinks[0].secret_file: 'key' is not the absolute path of a file");
	refused_sink("webhook", "  token: x\n", "5: sinks[0].token: unknown key");
}

TEST(test_conf_sinks_names_of_sinks_are_unique)
{
	refused("sinks:\n- {name: a, type: journal}\n- {name: b, type: journal}\n"
		"- type: journal\n  name: a\n",
		"6: sinks[2].name: the name is taken by sinks[0] (line 3)");
}

TEST(test_conf_sinks_each_url_counts_as_a_sink)
{
	struct buf text;

	buf_init(&text, 64 * 1024);
	buf_puts(&text, "sinks:\n- {name: log, type: journal}\n- name: a\n  type: webhook\n"
			"  url:\n");
	for (int i = 0; i < ALERT_SINKS_MAX - 1; i++)
		buf_printf(&text, "  - http://h%d\n", i);
	conf_free(taken(buf_text(&text)));
	buf_puts(&text, "  - http://last\n");
	refused(buf_text(&text), "4: sinks[1]: more than 32 sinks, each URL counted");
	buf_clear(&text);
	buf_puts(&text, "sinks:\n");
	for (int i = 0; i <= ALERT_SINKS_MAX; i++)
		buf_printf(&text, "- {name: s%d, type: journal}\n", i);
	refused(buf_text(&text), "35: sinks: more than 32 entries");
	buf_done(&text);
}

TEST(test_conf_sinks_command_has_a_limit)
{
	struct buf text;

	buf_init(&text, 64 * 1024);
	buf_puts(&text, "  command:\n  - /bin/x\n");
	for (int i = 0; i < 64; i++)
		buf_puts(&text, "  - x\n");
	refused_sink("exec", buf_text(&text), "5: sinks[0].command: more than 64 entries");
	buf_done(&text);
}

static char *file_of(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", folder, name);
	FILE *f = fopen(path, "we");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	return path;
}

static void assert_secret(const char *key, const char *file, const char *why)
{
	AUTO(text)
	char *lines = xasprintf("sinks:\n- name: s\n  type: webhook\n  url: ['http://h']\n"
				"  %s: %s\n",
				key, file);
	AUTO(text)
	char *want =
		xasprintf("6: sinks[0].%s: cannot use %s: %s", key, file, why != NULL ? why : "");

	assert_load(lines, why != NULL ? want : NULL);
	conf_free(taken(lines));
}

TEST(test_conf_sinks_secrets_are_looked_at_by_load_alone)
{
	AUTO(text) char *good = file_of("good", "word\n");
	AUTO(text) char *empty = file_of("empty", "\n \n");
	AUTO(text) char *large = file_of("large", "x");
	AUTO(text) char *missing = xasprintf("%s/missing", folder);
	AUTO(text) char *pipe = xasprintf("%s/pipe", folder);

	assert_int_equal(truncate(large, 16 * 1024 + 1), 0);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_secret("secret_file", good, NULL);
	assert_secret("bearer_token_file", good, NULL);
	assert_secret("secret_file", missing, "No such file or directory");
	assert_secret("bearer_token_file", missing, "No such file or directory");
	assert_secret("secret_file", empty, "is empty");
	assert_secret("secret_file", large, "is larger than 16 KiB");
	assert_secret("secret_file", folder, "is not a regular file");
	assert_secret("secret_file", pipe, "is not a regular file");
	(void)unlink(good);
	(void)unlink(empty);
	(void)unlink(large);
	(void)unlink(pipe);
}

TEST(test_conf_sinks_ca_of_a_sink_is_looked_at_by_load_alone)
{
	AUTO(text) char *missing = xasprintf("%s/missing", folder);
	AUTO(text)
	char *lines = xasprintf("sinks:\n- name: s\n  type: webhook\n  url: ['https://h']\n"
				"  ca: %s\n",
				missing);
	AUTO(text)
	char *want = xasprintf("6: sinks[0].ca: cannot use %s: No such file or directory", missing);

	conf_free(taken(lines));
	assert_load(lines, want);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_conf_sinks_when_not_given_there_is_the_journal),
	cmocka_unit_test(test_conf_sinks_empty_list_of_sinks_means_none),
	cmocka_unit_test(test_conf_sinks_of_every_type_are_read),
	cmocka_unit_test(test_conf_sinks_kubernetes_is_told_where_discovery_asks),
	cmocka_unit_test(test_conf_sinks_sink_must_be_whole),
	cmocka_unit_test(test_conf_sinks_keys_without_meaning_are_refused),
	cmocka_unit_test(test_conf_sinks_bad_urls_are_told),
	cmocka_unit_test(test_conf_sinks_url_of_an_alertmanager_is_a_base),
	cmocka_unit_test(test_conf_sinks_bad_proxies_are_told),
	cmocka_unit_test(test_conf_sinks_other_values_of_a_sink_are_told),
	cmocka_unit_test(test_conf_sinks_names_of_sinks_are_unique),
	cmocka_unit_test(test_conf_sinks_each_url_counts_as_a_sink),
	cmocka_unit_test(test_conf_sinks_command_has_a_limit),
	cmocka_unit_test(test_conf_sinks_secrets_are_looked_at_by_load_alone),
	cmocka_unit_test(test_conf_sinks_ca_of_a_sink_is_looked_at_by_load_alone),
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
