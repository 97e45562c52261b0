/* SPDX-License-Identifier: Apache-2.0 */
/* confkeys.c: the table of all keys, and the help; see confkeys.h and conf_help(). */
#include "daemon/confkeys.h"

#include <string.h>

#include "base/must.h"
#include "daemon/alert.h"
#include "daemon/confvalue.h"

#define IN_CONF(member)     offsetof(struct conf, member)
#define IN_PROVIDER(member) offsetof(struct conf_provider, member)
#define IN_ENDPOINT(member) offsetof(struct conf_endpoint, member)
#define IN_OUTLET(member)   offsetof(struct conf_outlet, member)
#define IN_WINDOW(member)   offsetof(struct conf_window, member)

enum { PROVIDERS_MAX = 1024, ENDPOINTS_MAX = 65536, WINDOWS_MAX = 256 };

/* They are read as a struct conf_list. */
_Static_assert(offsetof(struct conf, alerts.label_count) ==
		       offsetof(struct conf, alerts.labels) + offsetof(struct conf_list, count),
	       "labels and their count follow each other");
_Static_assert(offsetof(struct conf_sink, url_count) ==
		       offsetof(struct conf_sink, urls) + offsetof(struct conf_list, count),
	       "URLs and their count follow each other");

/* clang-format off */
static const struct conf_key keys[] = {
	{ CONF_TOP, CONF_NAME, false, "node", NULL, NULL, NULL, IN_CONF(node),
	  "the name of this node in everything that is recorded; the host's name when not given" },

	{ CONF_PROVIDER, CONF_NAME, true, "name", NULL, NULL, NULL, IN_PROVIDER(name),
	  "what the provider is called; best as Forklift's Provider is" },
	{ CONF_PROVIDER, CONF_KIND, true, "type", NULL, NULL, NULL, IN_PROVIDER(kind),
	  "what kind of virtualisation it is" },
	{ CONF_PROVIDER, CONF_PLACE, false, "vcenter", NULL, NULL, NULL, IN_PROVIDER(vcenter),
	  "the vCenter Server (vsphere), with a port if it is not the documented one" },
	{ CONF_PROVIDER, CONF_HOSTS, false, "esxi", NULL, NULL, NULL, IN_PROVIDER(esxi),
	  "the ESXi hosts (vsphere); each is watched on every documented port" },
	{ CONF_PROVIDER, CONF_PLACE, false, "engine", NULL, NULL, NULL, IN_PROVIDER(engine),
	  "the engine (ovirt), with a port if it is not the documented one" },
	{ CONF_PROVIDER, CONF_HOSTS, false, "hosts", NULL, NULL, NULL, IN_PROVIDER(hosts),
	  "the hosts (ovirt); each is watched on every documented port" },
	{ CONF_PROVIDER, CONF_PIN, false, "fingerprint", NULL, NULL, NULL, IN_PROVIDER(pin),
	  "what the certificate of the vCenter or engine must be: SHA-1 or SHA-256" },
	{ CONF_PROVIDER, CONF_FILE, false, "ca", NULL, NULL, NULL, IN_PROVIDER(ca_file),
	  "PEM file of the authorities to believe; the system's when not given" },
	{ CONF_PROVIDER, CONF_MAPPINGS, false, "ports", NULL, NULL, NULL, IN_PROVIDER(ports),
	  "\"902=19902\": the documented port 902 is reached on 19902, at all its machines" },

	{ CONF_ENDPOINT, CONF_NAME, false, "name", NULL, NULL, NULL, IN_ENDPOINT(target.name),
	  "what the endpoint is called; HOST:PORT when not given" },
	{ CONF_ENDPOINT, CONF_PLACE, false, "address", NULL, NULL, NULL, IN_ENDPOINT(address),
	  "where it is; only http, https and registry know a port by themselves, and registry "
	  "the host" },
	{ CONF_ENDPOINT, CONF_CHECK, false, "check", "tcp", NULL, NULL, IN_ENDPOINT(check),
	  "how to talk to it" },
	{ CONF_ENDPOINT, CONF_URL_PATH, false, "path", NULL, NULL, NULL,
	  IN_ENDPOINT(target.http_path), "what to ask for (http, https); / when not given" },
	{ CONF_ENDPOINT, CONF_COUNT, false, "status", NULL, "100", "599",
	  IN_ENDPOINT(target.http_status),
	  "the status to expect (http, https); any below 400 when not given" },
	{ CONF_ENDPOINT, CONF_IMAGE, false, "image", NULL, NULL, NULL, IN_ENDPOINT(target.image),
	  "the image that must be there (registry)" },
	{ CONF_ENDPOINT, CONF_FLAG, false, "plain", "false", NULL, NULL, IN_ENDPOINT(target.plain),
	  "without TLS (registry)" },
	{ CONF_ENDPOINT, CONF_PIN, false, "fingerprint", NULL, NULL, NULL, IN_ENDPOINT(target.pin),
	  "what the certificate must be: SHA-1 or SHA-256" },
	{ CONF_ENDPOINT, CONF_FILE, false, "ca", NULL, NULL, NULL, IN_ENDPOINT(target.ca_file),
	  "PEM file of the authorities to believe; the system's when not given" },
	{ CONF_ENDPOINT, CONF_TIME, false, "interval", NULL, "1s", "1d",
	  IN_ENDPOINT(target.interval), "as probe.interval, which counts when not given" },
	{ CONF_ENDPOINT, CONF_TIME_OR_OFF, false, "serve_interval", NULL, "1s", "7d",
	  IN_ENDPOINT(target.serve_interval),
	  "as probe.serve_interval, which counts when not given; with check: tcp off counts" },
	{ CONF_ENDPOINT, CONF_TIME, false, "timeout", NULL, "100ms", "1m",
	  IN_ENDPOINT(target.timeout), "as probe.timeout, which counts when not given" },

	{ CONF_PROBE, CONF_TIME, false, "interval", "10s", "1s", "1d", IN_CONF(probe.interval),
	  "how often each port is tried, silently: the peer's program notices nothing" },
	{ CONF_PROBE, CONF_TIME_OR_OFF, false, "serve_interval", "5m", "1s", "7d",
	  IN_CONF(probe.serve_interval),
	  "how often the service behind it is talked to and its certificate is read" },
	{ CONF_PROBE, CONF_TIME, false, "timeout", "3s", "100ms", "1m", IN_CONF(probe.timeout),
	  "how long one attempt may take; at most as long as the intervals" },
	{ CONF_PROBE, CONF_TIME, false, "name_interval", "30s", "1s", "1d",
	  IN_CONF(probe.name_interval), "how often names are looked up again" },
	{ CONF_PROBE, CONF_WAITS, false, "confirm", "250ms, 500ms, 1s", "10ms", "1m",
	  IN_CONF(probe.policy),
	  "waits before the further looks that must agree before a change is declared; at most 8; "
	  "[]: the first look counts" },
	{ CONF_PROBE, CONF_SHARE, false, "flap_begin", "30%", "1%", "100%",
	  IN_CONF(probe.policy.flap_on_pct),
	  "share of changes among the last looks above which an endpoint is flapping" },
	{ CONF_PROBE, CONF_SHARE, false, "flap_end", "25%", "0%", "99%",
	  IN_CONF(probe.policy.flap_off_pct), "share below which it no longer is" },
	{ CONF_PROBE, CONF_COUNT, false, "max_in_flight", "256", "1", "65536",
	  IN_CONF(probe.max_in_flight), "attempts under way at once" },
	{ CONF_PROBE, CONF_COUNT, false, "per_address", "2", "1", "64", IN_CONF(probe.per_address),
	  "attempts under way at once at one address" },
	{ CONF_PROBE, CONF_TIME_OR_OFF, false, "separation", "1ms", "1ms", "1s",
	  IN_CONF(probe.separation),
	  "time between two starts, but to catch up; a burst would falsify the round-trip times" },
	{ CONF_PROBE, CONF_COUNT, false, "nodes", "1", "1", "100000", IN_CONF(probe.nodes),
	  "how many nodes watch the same machines, where discovery.pods does not tell" },
	{ CONF_PROBE, CONF_COUNT, false, "serve_nodes", "3", "1", "100000",
	  IN_CONF(probe.serve_nodes),
	  "as many serve checks as of so many nodes; all of them take turns, or where they are known "
	  "these alone make them; all try the port" },
	{ CONF_PROBE, CONF_RATE, false, "serve_budget", "30", "0", "100000",
	  IN_CONF(probe.serve_budget),
	  "serve checks per minute and address, of all nodes together; 0: no bound" },
	{ CONF_PROBE, CONF_SERVERS, false, "resolver", NULL, NULL, NULL, IN_CONF(probe.resolver),
	  "the DNS servers to ask; the system's when not given" },
	{ CONF_PROBE, CONF_FAMILY, false, "family", "any", NULL, NULL, IN_CONF(probe.family),
	  "which addresses of a name are watched" },
	{ CONF_PROBE, CONF_TIME_OR_OFF, false, "expiry_warning", "30d", "1h", "3650d",
	  IN_CONF(probe.expiry_warning), "a certificate with less left is expiring" },

	{ CONF_HISTORY, CONF_FILE_OR_NONE, false, "path", "/var/lib/banksman/history.db", NULL, NULL,
	  IN_CONF(history.path), "the database; \"\": no history is kept" },
	{ CONF_HISTORY, CONF_TIME, false, "keep", "90d", "1h", "3650d", IN_CONF(history.keep),
	  "how long states, events, certificates, traces and hourly figures are kept" },
	{ CONF_HISTORY, CONF_TIME, false, "keep_samples", "14d", "1h", "3650d",
	  IN_CONF(history.keep_samples), "how long single round-trip times are kept" },
	{ CONF_HISTORY, CONF_SIZE, false, "max_size", "2GiB", "16MiB", "16TiB",
	  IN_CONF(history.max_bytes),
	  "how large the database may grow; the oldest round-trip times go first" },

	{ CONF_INVENTORY, CONF_FOLDER, false, "directory", "", NULL, NULL,
	  IN_CONF(inventory.directory),
	  "folder of exports (of Forklift, vSphere, oVirt, Kubernetes), judged together whenever one "
	  "changes; \"\": none" },
	{ CONF_INVENTORY, CONF_FLAG, false, "endpoints", "true", NULL, NULL,
	  IN_CONF(inventory.endpoints),
	  "whether the ESXi and oVirt hosts that the exports name are watched, as far as their vCenter "
	  "or engine is" },
	{ CONF_INVENTORY, CONF_FOLDER, false, "rules", "", NULL, NULL, IN_CONF(inventory.rules),
	  "folder of further rules; \"\": none" },
	{ CONF_INVENTORY, CONF_NAME, false, "release", NULL, NULL, NULL,
	  IN_CONF(inventory.release), "the release of Forklift; as the exports say when not given" },
	{ CONF_INVENTORY, CONF_WARM, false, "warm", "plans", NULL, NULL, IN_CONF(inventory.warm),
	  "whether migrations will be warm; plans: as the plans say, cold without plans" },
	{ CONF_INVENTORY, CONF_NAME, false, "target_namespace", NULL, NULL, NULL,
	  IN_CONF(inventory.target_namespace),
	  "where machines will go; as the plans say when not given" },
	{ CONF_INVENTORY, CONF_TIME, false, "timeout", "5m", "1s", "1h",
	  IN_CONF(inventory.timeout), "how long one judgement may take" },
	{ CONF_INVENTORY, CONF_SIZE, false, "memory", "512MiB", "64MiB", "64GiB",
	  IN_CONF(inventory.memory_bytes),
	  "how much memory the process that reads and judges may take" },

	{ CONF_API, CONF_SOCKET, false, "socket", "/run/banksman/banksman.sock", NULL, NULL,
	  IN_CONF(api.socket), "where questions are answered; \"\": nowhere" },
	{ CONF_API, CONF_MODE, false, "mode", "0660", "0", "0777", IN_CONF(api.mode),
	  "the permissions of the socket" },
	{ CONF_API, CONF_NAME, false, "group", NULL, NULL, NULL, IN_CONF(api.group),
	  "the group of the socket; that of the daemon when not given" },
	{ CONF_API, CONF_COUNT, false, "max_connections", "64", "1", "4096",
	  IN_CONF(api.max_connections), "connections at once" },

	{ CONF_METRICS, CONF_LISTEN, false, "listen", "", NULL, NULL, IN_CONF(metrics.listen),
	  "where Prometheus may ask over TCP; \"\": only on the socket" },
	{ CONF_METRICS, CONF_DETAIL, false, "detail", "endpoint", NULL, NULL,
	  IN_CONF(metrics.detail), "one series for all, for each endpoint, or for each address" },

	{ CONF_ALERTS, CONF_TIME_OR_OFF, false, "cooldown", "2m", "1s", "1d",
	  IN_CONF(alerts.cooldown),
	  "an alert that comes again within this time ends only when all has been well for as long" },
	{ CONF_ALERTS, CONF_TIME, false, "resend", "55s", "10s", "1h", IN_CONF(alerts.resend),
	  "how often Alertmanager is told again of what lasts; it forgets what it is not told" },
	{ CONF_ALERTS, CONF_TIME, false, "changed_for", "1h", "1m", "30d",
	  IN_CONF(alerts.changed_for), "how long a changed certificate is an alert" },
	{ CONF_ALERTS, CONF_SHARE, false, "degraded_loss", "15%", "0%", "100%",
	  IN_CONF(alerts.loss_pct),
	  "share of the last 100 looks at an open port without an answer from which on its path is "
	  "degraded; 0%: never" },
	{ CONF_ALERTS, CONF_LABELS, false, "labels", NULL, NULL, NULL, IN_CONF(alerts.labels),
	  "further labels of every alert; at most 32" },

	{ CONF_SINK, CONF_NAME, true, "name", NULL, NULL, NULL, IN_OUTLET(sink.name),
	  "what the sink is called; what it was told is remembered under this name" },
	{ CONF_SINK, CONF_SINK_TYPE, true, "type", NULL, NULL, NULL, IN_OUTLET(sink.type),
	  "how it is told" },
	{ CONF_SINK, CONF_URLS, false, "url", NULL, NULL, NULL, IN_OUTLET(sink.urls),
	  "where it is (alertmanager, webhook); each of several is told everything" },
	{ CONF_SINK, CONF_ARGUMENTS, false, "command", NULL, NULL, NULL, IN_OUTLET(command),
	  "the program, by its absolute path, and its arguments (exec); no shell reads them" },
	{ CONF_SINK, CONF_FILE, false, "ca", NULL, NULL, NULL, IN_OUTLET(sink.ca_file),
	  "PEM file of the authorities to believe (alertmanager, webhook); the system's when not "
	  "given" },
	{ CONF_SINK, CONF_FILE, false, "bearer_token_file", NULL, NULL, NULL,
	  IN_OUTLET(sink.token_file), "file of the token to send (alertmanager, webhook)" },
	{ CONF_SINK, CONF_FILE, false, "secret_file", NULL, NULL, NULL,
	  IN_OUTLET(sink.secret_file), "file of the key to sign with (webhook)" },
	{ CONF_SINK, CONF_PROXY, false, "proxy", NULL, NULL, NULL, IN_OUTLET(sink.proxy),
	  "the HTTP proxy to go through (alertmanager, webhook); none when not given" },
	{ CONF_SINK, CONF_TIME, false, "timeout", "10s", "1s", "1m", IN_OUTLET(sink.timeout),
	  "how long one telling may take (all but journal)" },
	{ CONF_SINK, CONF_SEVERITY, false, "severity", "info", NULL, NULL, IN_OUTLET(sink.least),
	  "what is less severe is not told" },

	{ CONF_WINDOW, CONF_PATTERN, true, "match", NULL, NULL, NULL, IN_WINDOW(match),
	  "whose alerts are not told, as a person names endpoints; \"*\": everybody's" },
	{ CONF_WINDOW, CONF_TEXT, false, "why", "", NULL, NULL, IN_WINDOW(why),
	  "the reason, for people" },
	{ CONF_WINDOW, CONF_MOMENT, false, "from", NULL, NULL, NULL, IN_WINDOW(from),
	  "when it begins; goes with until" },
	{ CONF_WINDOW, CONF_MOMENT, false, "until", NULL, NULL, NULL, IN_WINDOW(until),
	  "when it ends" },
	{ CONF_WINDOW, CONF_CLOCK, false, "begin", NULL, "00:00", "23:59", IN_WINDOW(begin),
	  "when it begins, in UTC, on each of its days; goes with end" },
	{ CONF_WINDOW, CONF_CLOCK, false, "end", NULL, "00:00", "24:00", IN_WINDOW(end),
	  "when it ends, in UTC; of the next day when that is not after begin" },
	{ CONF_WINDOW, CONF_DAYS, false, "days", NULL, NULL, NULL, IN_WINDOW(days),
	  "the days in UTC on which it begins (mon, tue, wed, thu, fri, sat, sun); every day when "
	  "not given" },

	{ CONF_DISCOVERY, CONF_SWITCH, false, "enabled", "auto", NULL, NULL,
	  IN_CONF(discovery.enabled),
	  "whether to watch what the Kubernetes API has of Forklift's Providers and Hosts; auto: where "
	  "the token file is" },
	{ CONF_DISCOVERY, CONF_URL_OR_NONE, false, "api", "", NULL, NULL, IN_CONF(discovery.api),
	  "the Kubernetes API; \"\": as KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT say, or "
	  "else https://kubernetes.default.svc" },
	{ CONF_DISCOVERY, CONF_FILE, false, "token_file", NULL, NULL, NULL,
	  IN_CONF(discovery.token_file),
	  "file of the token to send, read anew for each question; a pod's own when not given" },
	{ CONF_DISCOVERY, CONF_FILE, false, "ca_file", NULL, NULL, NULL, IN_CONF(discovery.ca_file),
	  "PEM file of the authorities to believe; a pod's own when not given" },
	{ CONF_DISCOVERY, CONF_NAMESPACE, false, "namespace", "", NULL, NULL,
	  IN_CONF(discovery.namespace), "that of Forklift's objects; \"\": all" },
	{ CONF_DISCOVERY, CONF_URL_OR_NONE, false, "inventory", "", NULL, NULL,
	  IN_CONF(discovery.inventory),
	  "Forklift's inventory service, which knows all ESXi hosts of a Provider and their "
	  "thumbprints; \"\": it is not asked" },
	{ CONF_DISCOVERY, CONF_FILE, false, "inventory_ca_file", NULL, NULL, NULL,
	  IN_CONF(discovery.inventory_ca),
	  "PEM file of the authorities to believe there; OpenShift's service CA in a pod when not "
	  "given" },
	{ CONF_DISCOVERY, CONF_SELECTOR, false, "pods", "", NULL, NULL, IN_CONF(discovery.pods),
	  "the labels of this daemon's pods, one on each node: the ready ones share the serve checks; "
	  "\"\": as probe.nodes says" },

	{ CONF_LOG, CONF_LEVEL, false, "level", "notice", NULL, NULL, IN_CONF(log.level),
	  "the least important line that is written" },
};
/* clang-format on */

static const struct {
	const char *name;
	unsigned max; /* of a sequence; 0: one mapping */
} sections[CONF_SECTION_N] = {
	[CONF_TOP] = { "", 0 },
	[CONF_PROVIDER] = { "providers", PROVIDERS_MAX },
	[CONF_ENDPOINT] = { "endpoints", ENDPOINTS_MAX },
	[CONF_PROBE] = { "probe", 0 },
	[CONF_HISTORY] = { "history", 0 },
	[CONF_INVENTORY] = { "inventory", 0 },
	[CONF_API] = { "api", 0 },
	[CONF_METRICS] = { "metrics", 0 },
	[CONF_ALERTS] = { "alerts", 0 },
	[CONF_SINK] = { "sinks", ALERT_SINKS_MAX },
	[CONF_WINDOW] = { "maintenance", WINDOWS_MAX },
	[CONF_DISCOVERY] = { "discovery", 0 },
	[CONF_LOG] = { "log", 0 },
};

const struct conf_key *confkeys_of(enum conf_section s, size_t *ret_count)
{
	size_t first = 0;
	size_t end;

	while (first < ARRAY_LEN(keys) && keys[first].section != s)
		first++;
	for (end = first; end < ARRAY_LEN(keys) && keys[end].section == s;)
		end++;
	*ret_count = end - first;
	return &keys[first];
}

const char *confkeys_section_name(enum conf_section s)
{
	return sections[s].name;
}

bool confkeys_section_repeats(enum conf_section s)
{
	return sections[s].max > 0;
}

unsigned confkeys_section_max(enum conf_section s)
{
	return sections[s].max;
}

bool confkeys_type_is_list(enum conf_type t)
{
	return t >= CONF_WAITS && t < CONF_TYPE_N;
}

static void put_bounds(const struct conf_key *k, struct buf *out)
{
	if (k->low != NULL)
		buf_printf(out, " from %s to %s", k->low, k->high);
}

static void put_default(const struct conf_key *k, struct buf *out)
{
	if (k->needed)
		buf_puts(out, ", required");
	else if (k->fallback != NULL && k->fallback[0] == '\0')
		buf_puts(out, ", default \"\"");
	else if (k->fallback != NULL && confkeys_type_is_list(k->type))
		buf_printf(out, ", default [%s]", k->fallback);
	else if (k->fallback != NULL)
		buf_printf(out, ", default %s", k->fallback);
}

/* Folded at blanks, indented. */
static void put_folded(const char *text, struct buf *out)
{
	enum { INDENT = 4, WIDTH = 80 };
	const char *first = text;
	size_t column = WIDTH;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");

		if (column + 1 + len > WIDTH) {
			buf_printf(out, "%s%*s", text == first ? "" : "\n", INDENT, "");
			column = INDENT;
		} else {
			buf_puts(out, " ");
			column++;
		}
		buf_put(out, text, len);
		column += len;
		text += len;
		text += *text == ' ';
	}
	buf_puts(out, "\n");
}

void conf_help(struct buf *out)
{
	for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
		const struct conf_key *k = &keys[i];

		buf_printf(out, "%s%s%s%s: %s", sections[k->section].name,
			   confkeys_section_repeats(k->section) ? "[]" : "",
			   k->section != CONF_TOP ? "." : "", k->name,
			   confvalue_type_name(k->type));
		put_bounds(k, out);
		put_default(k, out);
		buf_puts(out, "\n");
		put_folded(k->help, out);
	}
}
