/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.c: the table of families; see metrics.h. */
#include "daemon/metrics.h"

#include <inttypes.h>
#include <string.h>

#include "base/must.h"
#include "base/version.h"
#include "daemon/alertseries.h"
#include "daemon/kubeseries.h"
#include "daemon/registry.h"
#include "daemon/series.h"
#include "daemon/surveyseries.h"
#include "daemon/tally.h"

/* ---- what is more than one number */

static void put_build(const struct writer *w)
{
	buf_printf(w->out, "banksman_build_info{version=\"%s\"} 1\n", VERSION_TEXT);
}

static void put_checks(const struct writer *w)
{
	writer_count(w, "{depth=\"reach\"}", w->facts->round.started);
	writer_count(w, "{depth=\"serve\"}", w->facts->round.served);
}

static void put_lateness(const struct writer *w)
{
	const struct round_stats *r = &w->facts->round;
	uint64_t sum = 0;

	for (size_t i = 0; i < ROUND_BUCKETS; i++) {
		sum += r->late[i];
		buf_printf(w->out, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", w->name,
			   round_bucket_seconds[i], sum);
	}
	sum += r->late[ROUND_BUCKETS];
	buf_printf(w->out, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", w->name, sum);
	buf_printf(w->out, "%s_sum %.9g\n%s_count %" PRIu64 "\n", w->name, r->late_seconds, w->name,
		   sum);
}

static void put_commits(const struct writer *w)
{
	buf_printf(w->out, "%s_sum %.9g\n%s_count %" PRIu64 "\n", w->name,
		   w->facts->store.commit_seconds, w->name, w->facts->store.commits);
}

/* ---- what is watched, all together */

static void put_endpoints(const struct writer *w)
{
	struct tally t;

	tally_count(w->facts->registry, &t);
	for (int s = 0; s < PORT_STATE_N; s++)
		buf_printf(w->out, "%s{state=\"%s\"} %zu\n", w->name,
			   port_state_name((enum port_state)s), t.states[s]);
	buf_printf(w->out, "%s{state=\"unobserved\"} %zu\n", w->name, t.unobserved);
}

static void put_problems(const struct writer *w)
{
	struct tally t;

	tally_count(w->facts->registry, &t);
	buf_printf(w->out, "%s{problem=\"failing\"} %zu\n", w->name, t.failing);
	buf_printf(w->out, "%s{problem=\"untrusted\"} %zu\n", w->name, t.untrusted);
	buf_printf(w->out, "%s{problem=\"flapping\"} %zu\n", w->name, t.flapping);
}

static void put_names(const struct writer *w)
{
	struct tally t;

	tally_count(w->facts->registry, &t);
	buf_printf(w->out, "%s{state=\"resolved\"} %zu\n", w->name, t.names - t.names_unresolved);
	buf_printf(w->out, "%s{state=\"unresolved\"} %zu\n", w->name, t.names_unresolved);
}

/* ---- the table */

enum type { GAUGE, COUNTER, HISTOGRAM, SUMMARY, INFO };

enum need { NEED_NOTHING, NEED_STORE, NEED_ENDPOINTS };

enum kind { KIND_FLAG, KIND_COUNT, KIND_SIZE, KIND_TIME };

/* Where the samples come from: put writes them, or else one is a fact as it stands. */
struct source {
	void (*put)(const struct writer *w);
	enum kind kind;
	size_t offset; /* in struct metrics_facts */
};

/* clang-format off */
/* Where size_t is uint64_t it counts as that. */
#define KIND_OF(member) \
	_Generic(((const struct metrics_facts *)NULL)->member, \
		bool: KIND_FLAG, uint64_t: KIND_COUNT, struct wall: KIND_TIME, default: KIND_SIZE)
#define FACT(member) { .kind = KIND_OF(member), .offset = offsetof(struct metrics_facts, member) }
#define PUT(function) { .put = (function) }
/* clang-format on */

static const struct family {
	const char *name; /* without _total and _info */
	enum type type;
	enum need need;
	const char *unit; /* in OpenMetrics; "": none */
	struct source source;
	const char *help;
} families[] = {
	{ "banksman_build", INFO, NEED_NOTHING, "", PUT(put_build), "The version of the daemon." },
	{ "banksman_start_timestamp_seconds", GAUGE, NEED_NOTHING, "seconds", FACT(started),
	  "When the daemon started." },
	{ "banksman_config_last_reload_successful", GAUGE, NEED_NOTHING, "", FACT(loaded_well),
	  "Whether the last attempt to load the configuration, and to listen as it says, "
	  "succeeded." },
	{ "banksman_config_last_reload_success_timestamp_seconds", GAUGE, NEED_NOTHING, "seconds",
	  FACT(loaded), "When the configuration in force was loaded." },
	{ "banksman_api_connections", GAUGE, NEED_NOTHING, "", FACT(connections),
	  "Connections to the socket and to the metrics listener." },
	{ "banksman_checks", COUNTER, NEED_NOTHING, "", PUT(put_checks),
	  "Checks that were started, by depth." },
	{ "banksman_schedule_skipped", COUNTER, NEED_NOTHING, "", FACT(round.skipped),
	  "Regular checks given up because an earlier one was not over or the daemon was late." },
	{ "banksman_checks_not_run", COUNTER, NEED_NOTHING, "", FACT(round.local),
	  "Checks that this machine could not run; they say nothing about the other side." },
	{ "banksman_checks_in_flight", GAUGE, NEED_NOTHING, "", FACT(round.in_flight),
	  "Checks under way." },
	{ "banksman_checks_waiting", GAUGE, NEED_NOTHING, "", FACT(round.waiting),
	  "Checks that are due and held back by a limit." },
	{ "banksman_schedule_lateness_seconds", HISTOGRAM, NEED_NOTHING, "seconds",
	  PUT(put_lateness), "How late regular reach checks were started." },
	{ "banksman_history_writable", GAUGE, NEED_STORE, "", FACT(store.writable),
	  "Whether the last commit to the history succeeded." },
	{ "banksman_history_queue", GAUGE, NEED_STORE, "", FACT(store.queued),
	  "Messages that wait to be written." },
	{ "banksman_history_rows", COUNTER, NEED_STORE, "", FACT(store.rows),
	  "Rows written to the history." },
	{ "banksman_history_commit_seconds", SUMMARY, NEED_STORE, "seconds", PUT(put_commits),
	  "Time spent in commits, and their number." },
	{ "banksman_history_last_commit_timestamp_seconds", GAUGE, NEED_STORE, "seconds",
	  FACT(store.committed), "When the last commit succeeded." },
	{ "banksman_history_failures", COUNTER, NEED_STORE, "", FACT(store.failures),
	  "Commits that failed." },
	{ "banksman_history_dropped", COUNTER, NEED_STORE, "", FACT(store.dropped),
	  "Chunks of round-trip times given up because they could not be written." },
	{ "banksman_history_set_aside", COUNTER, NEED_STORE, "", FACT(store.set_aside),
	  "Corrupt databases put away." },
	{ "banksman_history_size_bytes", GAUGE, NEED_STORE, "bytes", FACT(store.bytes),
	  "The database and its write-ahead log." },
	{ "banksman_endpoints", GAUGE, NEED_NOTHING, "", PUT(put_endpoints),
	  "Endpoints by the declared state of their port." },
	{ "banksman_endpoint_problems", GAUGE, NEED_NOTHING, "", PUT(put_problems),
	  "Endpoints with a failing service, an untrusted certificate, or flapping." },
	{ "banksman_names", GAUGE, NEED_NOTHING, "", PUT(put_names),
	  "Host names by whether they resolve." },
	{ "banksman_alerts_active", GAUGE, NEED_NOTHING, "", PUT(alertseries_active),
	  "Alerts that last, by severity; silenced ones count too." },
	{ "banksman_alerts_unsettled", GAUGE, NEED_NOTHING, "", PUT(alertseries_unsettled),
	  "Alerts that last, or of whose end a sink is still to be told." },
	{ "banksman_sink_up", GAUGE, NEED_NOTHING, "", PUT(alertseries_sink_up),
	  "Whether the last telling through the sink succeeded, or none was tried yet." },
	{ "banksman_sink_pending", GAUGE, NEED_NOTHING, "", PUT(alertseries_sink_pending),
	  "Alerts that the sink is still to be told of." },
	{ "banksman_sink_oldest_pending_timestamp_seconds", GAUGE, NEED_NOTHING, "seconds",
	  PUT(alertseries_sink_oldest),
	  "Since when the oldest of them waits; absent when none does." },
	{ "banksman_sink_last_success_timestamp_seconds", GAUGE, NEED_NOTHING, "seconds",
	  PUT(alertseries_sink_told), "When the sink last took something; absent before." },
	{ "banksman_sink_alerts_taken", COUNTER, NEED_NOTHING, "", PUT(alertseries_sink_taken),
	  "Alerts that the sink took, reminders left out." },
	{ "banksman_sink_alerts_refused", COUNTER, NEED_NOTHING, "", PUT(alertseries_sink_refused),
	  "Alerts that the sink will never take as they are." },
	{ "banksman_sink_failures", COUNTER, NEED_NOTHING, "", PUT(alertseries_sink_failures),
	  "Tellings that failed and were, or will be, tried again." },
	{ "banksman_sink_coalesced", COUNTER, NEED_NOTHING, "", PUT(alertseries_sink_coalesced),
	  "Tellings that a later one of the same alert took the place of." },
	{ "banksman_discovery_synced", GAUGE, NEED_NOTHING, "", PUT(kubeseries_synced),
	  "Whether all of Forklift's Providers and Hosts were heard of, at least once." },
	{ "banksman_discovery_objects", GAUGE, NEED_NOTHING, "", PUT(kubeseries_objects),
	  "Objects of a resource, as last known." },
	{ "banksman_discovery_up", GAUGE, NEED_NOTHING, "", PUT(kubeseries_up),
	  "Whether the resource was listed and the last question about it was answered." },
	{ "banksman_discovery_last_success_timestamp_seconds", GAUGE, NEED_NOTHING, "seconds",
	  PUT(kubeseries_heard),
	  "When the resource was last known to be up to date; absent before." },
	{ "banksman_discovery_lists", COUNTER, NEED_NOTHING, "", PUT(kubeseries_lists),
	  "Lists of the resource that were begun; more than one means that its history was lost." },
	{ "banksman_discovery_watches", COUNTER, NEED_NOTHING, "", PUT(kubeseries_watches),
	  "Watches of the resource that were begun." },
	{ "banksman_discovery_failures", COUNTER, NEED_NOTHING, "", PUT(kubeseries_failures),
	  "Lists and watches that failed and were, or will be, tried again." },
	{ "banksman_inventory_machines", GAUGE, NEED_NOTHING, "", PUT(surveyseries_machines),
	  "Judged machines: ready, blocked, or neither known." },
	{ "banksman_inventory_findings", GAUGE, NEED_NOTHING, "", PUT(surveyseries_findings),
	  "What the rules say of the inventory, by severity and verdict." },
	{ "banksman_inventory_last_judged_timestamp_seconds", GAUGE, NEED_NOTHING, "seconds",
	  PUT(surveyseries_judged), "When the exports were read whose findings are in force." },
	{ "banksman_inventory_judge_duration_seconds", GAUGE, NEED_NOTHING, "seconds",
	  PUT(surveyseries_took), "How long that judgement took." },
	{ "banksman_inventory_last_judge_successful", GAUGE, NEED_NOTHING, "",
	  PUT(surveyseries_well), "Whether the last attempt to judge the inventory succeeded." },
	{ "banksman_inventory_judgements", COUNTER, NEED_NOTHING, "", PUT(surveyseries_judgements),
	  "Judgements of this process that succeeded." },
	{ "banksman_inventory_judge_failures", COUNTER, NEED_NOTHING, "",
	  PUT(surveyseries_failures), "Those that failed; the last findings stayed in force." },
	{ "banksman_endpoint", INFO, NEED_ENDPOINTS, "", PUT(series_info), "What an endpoint is." },
	{ "banksman_endpoint_up", GAUGE, NEED_ENDPOINTS, "", PUT(series_up),
	  "Whether the port is open; absent while that is unknown." },
	{ "banksman_endpoint_state", GAUGE, NEED_ENDPOINTS, "", PUT(series_state),
	  "1 for the state that is declared; the others are absent." },
	{ "banksman_endpoint_rtt_seconds", GAUGE, NEED_ENDPOINTS, "seconds", PUT(series_rtt),
	  "Round-trip time of the last successful check, as the kernel measured it." },
	{ "banksman_endpoint_last_change_timestamp_seconds", GAUGE, NEED_ENDPOINTS, "seconds",
	  PUT(series_change), "Since when the port is as it is." },
	{ "banksman_endpoint_service_up", GAUGE, NEED_ENDPOINTS, "", PUT(series_service),
	  "Whether the service behind an open port is as it should be." },
	{ "banksman_endpoint_trusted", GAUGE, NEED_ENDPOINTS, "", PUT(series_trust),
	  "Whether the certificate behind an open port is trusted." },
	{ "banksman_endpoint_flapping", GAUGE, NEED_ENDPOINTS, "", PUT(series_flapping),
	  "Whether the endpoint changes too often." },
	{ "banksman_certificate_not_after_timestamp_seconds", GAUGE, NEED_ENDPOINTS, "seconds",
	  PUT(series_not_after), "When the certificate ends that was seen last." },
	{ "banksman_endpoint_checks", COUNTER, NEED_ENDPOINTS, "", PUT(series_checks),
	  "Reach checks of this process." },
	{ "banksman_endpoint_losses", COUNTER, NEED_ENDPOINTS, "", PUT(series_losses),
	  "Reach checks of this process that found the port not open." },
};

const char *metrics_type(enum metrics_format f)
{
	return f == METRICS_OPENMETRICS
		       ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
		       : "text/plain; version=0.0.4; charset=utf-8";
}

size_t metrics_count(void)
{
	return ARRAY_LEN(families);
}

static bool wanted(const struct family *f, const struct metrics_facts *facts)
{
	switch (f->need) {
	case NEED_STORE:
		return facts->has_store;
	case NEED_ENDPOINTS:
		return facts->detail != METRICS_SUMMARY;
	case NEED_NOTHING:
		break;
	}
	return true;
}

/* False: it is not told. */
static bool fact_of(const struct metrics_facts *facts, const struct source *s, double *ret_value)
{
	const void *at = (const char *)facts + s->offset;

	switch (s->kind) {
	case KIND_FLAG:
		*ret_value = *(const bool *)at ? 1 : 0;
		return true;
	case KIND_COUNT:
		*ret_value = (double)*(const uint64_t *)at;
		return true;
	case KIND_SIZE:
		*ret_value = (double)*(const size_t *)at;
		return true;
	case KIND_TIME:
		*ret_value = (double)((const struct wall *)at)->ms / 1000;
		return ((const struct wall *)at)->ms != 0;
	}
	return false;
}

static void put_samples(const struct family *f, const struct writer *w)
{
	double value;

	if (f->source.put != NULL)
		f->source.put(w);
	else if (!fact_of(w->facts, &f->source, &value))
		return;
	else if (f->type == COUNTER)
		writer_count(w, "", (uint64_t)value);
	else
		writer_value(w, "", value);
}

/* In the older format a counter's family has the name of its samples, and there is no info. */
static void put_head(const struct family *f, enum metrics_format format, struct buf *out)
{
	static const char *const types[] = { [GAUGE] = "gauge",
					     [COUNTER] = "counter",
					     [HISTOGRAM] = "histogram",
					     [SUMMARY] = "summary",
					     [INFO] = "info" };
	bool open = format == METRICS_OPENMETRICS;
	const char *suffix = "";

	if (!open && f->type == COUNTER)
		suffix = "_total";
	if (!open && f->type == INFO)
		suffix = "_info";
	buf_printf(out, "# HELP %s%s %s\n", f->name, suffix, f->help);
	buf_printf(out, "# TYPE %s%s %s\n", f->name, suffix,
		   !open && f->type == INFO ? "gauge" : types[f->type]);
	if (open && f->unit[0] != '\0')
		buf_printf(out, "# UNIT %s %s\n", f->name, f->unit);
}

void metrics_put(const struct metrics_facts *facts, size_t i, enum metrics_format format,
		 struct buf *out)
{
	const struct family *f = &families[i];
	struct writer w = { .facts = facts, .name = f->name, .out = out };
	struct buf samples;

	MUST(i < ARRAY_LEN(families));
	if (wanted(f, facts)) {
		buf_init(&samples, out->cap);
		w.out = &samples;
		put_samples(f, &w);
		if (samples.len > 0) {
			put_head(f, format, out);
			buf_put(out, buf_text(&samples), samples.len);
		}
		buf_done(&samples);
	}
	if (format == METRICS_OPENMETRICS && i == ARRAY_LEN(families) - 1)
		buf_puts(out, "# EOF\n");
}
