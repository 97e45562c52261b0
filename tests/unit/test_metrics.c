/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/metrics.h"

#include <string.h>

#include "base/must.h"
#include "base/version.h"
#include "daemon/registry.h"
#include "tests/unit/unit.h"
#include "tests/unit/watched.h"

static const char site[] = "providers:\n"
			   "- name: dc1\n"
			   "  type: vsphere\n"
			   "  vcenter: 10.1.7.2\n"
			   "endpoints:\n"
			   "- name: six\n"
			   "  address: \"[fd00::1]:9000\"\n"
			   "- name: nowhere\n"
			   "  address: minio.example.com:9000\n";

static struct watched watched(void)
{
	struct watched w = watched_new(site);
	struct endpoint *e = watched_endpoint(&w, "10.1.7.2:443");

	watched_declare(e, ASPECT_PORT, REASON_OK, 1500);
	watched_declare(e, ASPECT_SERVICE, SERVICE_TLS_TIMEOUT, 2000);
	e->rtt_us = 310;
	e->checks = 12;
	e->losses = 2;
	return w;
}

static struct metrics_facts facts(const struct watched *w, enum metrics_detail detail)
{
	struct metrics_facts f = { .registry = w->registry,
				   .detail = detail,
				   .started = { .ms = 1795615506789 },
				   .loaded = { .ms = 1795615507000 },
				   .loaded_well = true,
				   .connections = 3 };

	f.round = (struct round_stats){ .started = 100,
					.served = 7,
					.skipped = 1,
					.local = 2,
					.in_flight = 4,
					.waiting = 5,
					.late_seconds = 0.25 };
	f.round.late[0] = 90;
	f.round.late[3] = 8;
	f.round.late[ROUND_BUCKETS] = 2;
	return f;
}

static const char *text_of(const struct metrics_facts *f, enum metrics_format format,
			   struct buf *out)
{
	buf_init(out, 1 << 20);
	for (size_t i = 0; i < metrics_count(); i++)
		metrics_put(f, i, format, out);
	return buf_text(out);
}

TEST(test_metrics_summary_in_the_prometheus_format_is_this_text)
{
	static const char expected[] =
		"# HELP banksman_build_info The version of the daemon.\n"
		"# TYPE banksman_build_info gauge\n"
		"banksman_build_info{version=\"" VERSION_TEXT "\"} 1\n"
		"# HELP banksman_start_timestamp_seconds When the daemon started.\n"
		"# TYPE banksman_start_timestamp_seconds gauge\n"
		"banksman_start_timestamp_seconds 1795615506.789\n"
		"# HELP banksman_config_last_reload_successful Whether the last attempt to load "
		"the configuration, and to listen as it says, succeeded.\n"
		"# TYPE banksman_config_last_reload_successful gauge\n"
		"banksman_config_last_reload_successful 1\n"
		"# HELP banksman_config_last_reload_success_timestamp_seconds When the "
		"configuration in force was loaded.\n"
		"# TYPE banksman_config_last_reload_success_timestamp_seconds gauge\n"
		"banksman_config_last_reload_success_timestamp_seconds 1795615507\n"
		"# HELP banksman_api_connections Connections to the socket and to the metrics "
		"listener.\n"
		"# TYPE banksman_api_connections gauge\n"
		"banksman_api_connections 3\n"
		"# HELP banksman_checks_total Checks that were started, by depth.\n"
		"# TYPE banksman_checks_total counter\n"
		"banksman_checks_total{depth=\"reach\"} 100\n"
		"banksman_checks_total{depth=\"serve\"} 7\n"
		"# HELP banksman_schedule_skipped_total Regular checks given up because an "
		"earlier one was not over or the daemon was late.\n"
		"# TYPE banksman_schedule_skipped_total counter\n"
		"banksman_schedule_skipped_total 1\n"
		"# HELP banksman_checks_not_run_total Checks that this machine could not run; "
		"they say nothing about the other side.\n"
		"# TYPE banksman_checks_not_run_total counter\n"
		"banksman_checks_not_run_total 2\n"
		"# HELP banksman_checks_in_flight Checks under way.\n"
		"# TYPE banksman_checks_in_flight gauge\n"
		"banksman_checks_in_flight 4\n"
		"# HELP banksman_checks_waiting Checks that are due and held back by a limit.\n"
		"# TYPE banksman_checks_waiting gauge\n"
		"banksman_checks_waiting 5\n"
		"# HELP banksman_schedule_lateness_seconds How late regular reach checks were "
		"started.\n"
		"# TYPE banksman_schedule_lateness_seconds histogram\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.0001\"} 90\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.00025\"} 90\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.0005\"} 90\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.001\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.0025\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.005\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.01\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.025\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.05\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.1\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"0.5\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"1\"} 98\n"
		"banksman_schedule_lateness_seconds_bucket{le=\"+Inf\"} 100\n"
		"banksman_schedule_lateness_seconds_sum 0.25\n"
		"banksman_schedule_lateness_seconds_count 100\n"
		"# HELP banksman_endpoints Endpoints by the declared state of their port.\n"
		"# TYPE banksman_endpoints gauge\n"
		"banksman_endpoints{state=\"open\"} 1\n"
		"banksman_endpoints{state=\"closed\"} 0\n"
		"banksman_endpoints{state=\"filtered\"} 0\n"
		"banksman_endpoints{state=\"unreachable\"} 0\n"
		"banksman_endpoints{state=\"unresolved\"} 0\n"
		"banksman_endpoints{state=\"unknown\"} 0\n"
		"banksman_endpoints{state=\"unobserved\"} 2\n"
		"# HELP banksman_endpoint_problems Endpoints with a failing service, an "
		"untrusted certificate, or flapping.\n"
		"# TYPE banksman_endpoint_problems gauge\n"
		"banksman_endpoint_problems{problem=\"failing\"} 1\n"
		"banksman_endpoint_problems{problem=\"untrusted\"} 0\n"
		"banksman_endpoint_problems{problem=\"flapping\"} 0\n"
		"# HELP banksman_names Host names by whether they resolve.\n"
		"# TYPE banksman_names gauge\n"
		"banksman_names{state=\"resolved\"} 1\n"
		"banksman_names{state=\"unresolved\"} 0\n";
	struct watched w = watched();
	struct metrics_facts f = facts(&w, METRICS_SUMMARY);
	struct buf out;

	assert_string_equal(text_of(&f, METRICS_PROMETHEUS, &out), expected);
	buf_done(&out);
	watched_free(&w);
}

static void assert_has(const char *text, const char *line)
{
	const char *at = strstr(text, line);

	if (at == NULL || (at != text && at[-1] != '\n'))
		fail_msg("no line %s in\n%s", line, text);
}

TEST(test_metrics_openmetrics_counters_infos_and_units_have_their_own_names)
{
	struct watched w = watched();
	struct metrics_facts f = facts(&w, METRICS_SUMMARY);
	struct buf out;
	const char *text = text_of(&f, METRICS_OPENMETRICS, &out);

	assert_has(text, "# TYPE banksman_build info\nbanksman_build_info{");
	assert_has(text, "# TYPE banksman_checks counter\nbanksman_checks_total{");
	assert_has(text, "# UNIT banksman_schedule_lateness_seconds seconds\n");
	assert_string_equal(text + out.len - 6, "# EOF\n");
	buf_done(&out);
	watched_free(&w);
}

TEST(test_metrics_history_is_told_where_one_is_kept)
{
	struct watched w = watched();
	struct metrics_facts f = facts(&w, METRICS_SUMMARY);
	struct buf out;
	const char *text;

	f.has_store = true;
	f.store = (struct store_stats){ .writable = true,
					.commits = 4,
					.rows = UINT64_C(9007199254740992), /* 2^53 */
					.failures = 5,
					.dropped = 6,
					.set_aside = 7,
					.queued = 8,
					.bytes = 4096,
					.commit_seconds = 0.5 };
	text = text_of(&f, METRICS_PROMETHEUS, &out);
	assert_has(text, "banksman_history_writable 1\n");
	assert_has(text, "banksman_history_queue 8\n");
	assert_has(text, "banksman_history_rows_total 9007199254740992\n");
	assert_has(text, "banksman_history_commit_seconds_sum 0.5\n"
			 "banksman_history_commit_seconds_count 4\n");
	assert_has(text, "banksman_history_failures_total 5\n");
	assert_has(text, "banksman_history_dropped_total 6\n");
	assert_has(text, "banksman_history_set_aside_total 7\n");
	assert_has(text, "banksman_history_size_bytes 4096\n");
	assert_null(strstr(text, "banksman_history_last_commit_timestamp_seconds"));
	buf_done(&out);
	f.store.committed.ms = 1795615507250;
	f.store.writable = false;
	text = text_of(&f, METRICS_PROMETHEUS, &out);
	assert_has(text, "banksman_history_last_commit_timestamp_seconds 1795615507.25\n");
	assert_has(text, "banksman_history_writable 0\n");
	buf_done(&out);
	watched_free(&w);
}

TEST(test_metrics_each_address_has_its_series)
{
	struct watched w = watched();
	struct metrics_facts f = facts(&w, METRICS_ADDRESS);
	struct buf out;
	const char *text = text_of(&f, METRICS_PROMETHEUS, &out);

	assert_has(text, "banksman_endpoint_info{endpoint=\"10.1.7.2:443\",provider=\"dc1\","
			 "role=\"vcenter\",host=\"10.1.7.2\",port=\"443\",check=\"vcenter\","
			 "severity=\"blocker\"} 1\n");
	assert_has(text,
		   "banksman_endpoint_up{endpoint=\"10.1.7.2:443\",address=\"10.1.7.2\"} 1\n");
	assert_has(text, "banksman_endpoint_state{endpoint=\"10.1.7.2:443\",address=\"10.1.7.2\","
			 "state=\"open\"} 1\n");
	assert_has(text, "banksman_endpoint_state{endpoint=\"nowhere\",state=\"unobserved\"} 1\n");
	assert_has(text, "banksman_endpoint_rtt_seconds{endpoint=\"10.1.7.2:443\","
			 "address=\"10.1.7.2\"} 0.00031\n");
	assert_has(text,
		   "banksman_endpoint_last_change_timestamp_seconds{endpoint=\"10.1.7.2:443\","
		   "address=\"10.1.7.2\"} 1.5\n");
	assert_has(text, "banksman_endpoint_service_up{endpoint=\"10.1.7.2:443\","
			 "address=\"10.1.7.2\"} 0\n");
	assert_has(text, "banksman_endpoint_checks_total{endpoint=\"10.1.7.2:443\","
			 "address=\"10.1.7.2\"} 12\n");
	assert_has(text, "banksman_endpoint_losses_total{endpoint=\"10.1.7.2:443\","
			 "address=\"10.1.7.2\"} 2\n");
	assert_null(strstr(text, "banksman_endpoint_trusted{"));
	buf_done(&out);
	watched_free(&w);
}

TEST(test_metrics_by_endpoint_have_no_address)
{
	struct watched w = watched();
	struct metrics_facts f = facts(&w, METRICS_ENDPOINT);
	struct buf out;
	const char *text = text_of(&f, METRICS_PROMETHEUS, &out);

	assert_has(text, "banksman_endpoint_up{endpoint=\"10.1.7.2:443\"} 1\n");
	assert_null(strstr(text, "address="));
	buf_done(&out);
	watched_free(&w);
}

TEST(test_metrics_addresses_of_one_name_count_by_the_worst)
{
	struct watched w = watched();
	struct metrics_facts f = facts(&w, METRICS_ENDPOINT);
	struct target *t = NULL;
	struct addr addrs[2];
	struct buf out;
	const char *text;

	while (strcmp((t = registry_next_target(w.registry, t))->conf->name, "nowhere") != 0)
		;
	assert_true(addr_parse("10.1.9.1", 0, &addrs[0]));
	assert_true(addr_parse("10.1.9.2", 0, &addrs[1]));
	assert_true(registry_addresses(w.registry, t->host, addrs, 2, true, true));
	for (struct link *k = list_first(&t->endpoints); k != NULL;
	     k = list_next(&t->endpoints, k)) {
		struct endpoint *e = container_of(k, struct endpoint, link);
		bool first = addr_same_host(&e->addr, &addrs[0]);

		watched_declare(e, ASPECT_PORT, first ? REASON_OK : REASON_NO_ANSWER, 1000);
		e->rtt_us = first ? 100 : 300;
		e->checks = 5;
	}
	text = text_of(&f, METRICS_PROMETHEUS, &out);
	assert_has(text, "banksman_endpoint_up{endpoint=\"nowhere\"} 0\n");
	assert_has(text, "banksman_endpoint_state{endpoint=\"nowhere\",state=\"filtered\"} 1\n");
	assert_has(text, "banksman_endpoint_rtt_seconds{endpoint=\"nowhere\"} 0.0003\n");
	assert_has(text, "banksman_endpoint_checks_total{endpoint=\"nowhere\"} 10\n");
	buf_done(&out);
	watched_free(&w);
}

TEST(test_metrics_history_is_told_only_when_there_is_one)
{
	struct watched w = watched();
	struct metrics_facts f = facts(&w, METRICS_SUMMARY);
	struct buf out;
	const char *text = text_of(&f, METRICS_PROMETHEUS, &out);

	assert_null(strstr(text, "banksman_history"));
	buf_done(&out);
	f.has_store = true;
	f.store = (struct store_stats){
		.writable = true, .commits = 4, .commit_seconds = 0.5, .bytes = 123456, .queued = 7
	};
	text = text_of(&f, METRICS_PROMETHEUS, &out);
	assert_has(text, "banksman_history_writable 1\n");
	assert_has(text, "banksman_history_queue 7\n");
	assert_has(text, "banksman_history_commit_seconds_sum 0.5\n"
			 "banksman_history_commit_seconds_count 4\n");
	assert_has(text, "banksman_history_size_bytes 123456\n");
	assert_null(strstr(text, "banksman_history_last_commit"));
	buf_done(&out);
	watched_free(&w);
}

TEST(test_metrics_label_values_are_escaped)
{
	struct watched w = watched();
	struct metrics_facts f = facts(&w, METRICS_ENDPOINT);
	struct buf out;
	const char *text;

	for (size_t i = 0; i < w.conf->target_count; i++)
		if (strcmp(w.conf->targets[i].name, "six") == 0)
			w.conf->targets[i].name = "a \"b\" \\ c";
	text = text_of(&f, METRICS_PROMETHEUS, &out);
	assert_has(text, "banksman_endpoint_flapping{endpoint=\"a \\\"b\\\" \\\\ c\"} 0\n");
	buf_done(&out);
	watched_free(&w);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_metrics_summary_in_the_prometheus_format_is_this_text),
	cmocka_unit_test(test_metrics_openmetrics_counters_infos_and_units_have_their_own_names),
	cmocka_unit_test(test_metrics_history_is_told_where_one_is_kept),
	cmocka_unit_test(test_metrics_each_address_has_its_series),
	cmocka_unit_test(test_metrics_by_endpoint_have_no_address),
	cmocka_unit_test(test_metrics_addresses_of_one_name_count_by_the_worst),
	cmocka_unit_test(test_metrics_history_is_told_only_when_there_is_one),
	cmocka_unit_test(test_metrics_label_values_are_escaped),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
