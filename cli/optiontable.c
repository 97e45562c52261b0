/* SPDX-License-Identifier: Apache-2.0 */
/* optiontable.c: see optiontable.h. */
#include "cli/optiontable.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/suggest.h"
#include "cli/checkvalue.h"
#include "cli/matrixvalue.h"
#include "cli/options.h"

enum {
	ASKING = VERB_PROBE | VERB_FINGERPRINT | VERB_CA | VERB_TRACE,
	DAEMON_VERBS = VERB_STATUS | VERB_HISTORY | VERB_EVENTS | VERB_CERTS | VERB_EXPLAIN |
		       VERB_RELOAD | VERB_ALERTS | VERB_SILENCE | VERB_FINDINGS,
	INVENTORY_VERBS = VERB_CHECK | VERB_RULES | VERB_ENDPOINTS,
	ALL_VERBS = ASKING | VERB_PORTS | DAEMON_VERBS | INVENTORY_VERBS | VERB_MATRIX,
};

/* clang-format off */
static const struct optiontable_rule rules[] = {
	{ "role", 0, VERB_PROBE, "ROLE",
	  "what each HOST is, unless it says so itself: vcenter, esxi, ovirt-engine, "
	  "ovirt-host, registry and others ('banksman ports')", optionvalue_role },
	{ "role", 0, VERB_PORTS, "ROLE",
	  "only the rows of this role; with --matrix: what each TARGET is, unless it says so itself",
	  optionvalue_role },
	{ "matrix", 0, VERB_PORTS, "NODES",
	  "a request sheet: from every node of this file (a name or an address a line, or both; "
	  "-: standard input) to every TARGET", matrixvalue_nodes },
	{ "no-resolve", 0, VERB_PORTS, NULL, "with --matrix: leave names as they are",
	  matrixvalue_no_resolve },
	{ "port", 0, VERB_PROBE, "N",
	  "ask this port instead of the documented ones (repeatable); N=M: the documented "
	  "port N is reached on M", optionvalue_port },
	{ "port", 0, VERB_FINGERPRINT | VERB_CA, "N", "the port to ask (443)", optionvalue_port },
	{ "check", 0, VERB_PROBE, "WORD",
	  "how to ask, whatever the documentation says: tcp, tls, http or https", optionvalue_check },
	{ "reach", 0, VERB_PROBE, NULL,
	  "ask for the port alone; the service behind it notices nothing", optionvalue_reach },
	{ "timeout", 0, VERB_PROBE | VERB_FINGERPRINT | VERB_CA, "TIME",
	  "for one whole attempt: 500ms, 3s, 1m (3s)", optionvalue_timeout },
	{ "timeout", 0, VERB_PORTS, "TIME", "with --matrix: for one name: 500ms, 3s (3s)",
	  optionvalue_timeout },
	{ "timeout", 0, VERB_TRACE, "TIME", "for one hop: 500ms, 3s (1s)", optionvalue_timeout },
	{ "max-hops", 0, VERB_TRACE, "N", "how far to follow, 1 to 64 (30)", optionvalue_max_hops },
	{ "family", 0, ASKING | VERB_PORTS, "4|6", "only IPv4 or only IPv6 addresses", optionvalue_family },
	{ "resolver", 0, ASKING | VERB_PORTS, "ADDR[:PORT]",
	  "the DNS server to ask instead of the system's (several: with commas)",
	  optionvalue_resolver },
	{ "ca", 0, VERB_PROBE, "FILE",
	  "certificates must lead to one of this PEM file", optionvalue_ca },
	{ "pin", 0, VERB_PROBE, "FINGERPRINT",
	  "the certificate must have this SHA-1 or SHA-256 fingerprint", optionvalue_pin },
	{ "min-version", 0, VERB_PROBE, "V",
	  "oldest acceptable vCenter or ESXi (as documented)", optionvalue_min_version },
	{ "path", 0, VERB_PROBE, "/PATH", "with --check http or https: what to get (/)",
	  optionvalue_path },
	{ "status", 0, VERB_PROBE, "N",
	  "with --check http or https: the only good status (any below 400)", optionvalue_status },
	{ "plain", 0, VERB_PROBE, NULL, "talk to a registry without TLS", optionvalue_plain },
	{ "max-in-flight", 0, VERB_PROBE, "N",
	  "attempts under way at once (64; with --reach 512)", optionvalue_max_in_flight },
	{ "sha1", 0, VERB_FINGERPRINT, NULL, "SHA-1, as Forklift wants it (the default)",
	  optionvalue_sha1 },
	{ "sha256", 0, VERB_FINGERPRINT, NULL, "SHA-256", optionvalue_sha256 },
	{ "via-daemon", 0, VERB_PROBE | VIA_DAEMON, NULL,
	  "let the daemon make its checks of these endpoints now; HOST names them as for 'banksman "
	  "status'", optionvalue_via_daemon },
	{ "problems", 0, VERB_STATUS, NULL, "only what is not clear", optionvalue_problems },
	{ "prometheus", 0, VERB_MATRIX, "URL",
	  "the one that scrapes the daemons, or a Thanos ($BANKSMAN_PROMETHEUS)",
	  matrixvalue_prometheus },
	{ "token-file", 0, VERB_MATRIX, "FILE", "a bearer token to send, over https alone",
	  matrixvalue_token_file },
	{ "ca", 0, VERB_MATRIX, "FILE",
	  "Prometheus' certificate must lead to one of this PEM file", optionvalue_ca },
	{ "timeout", 0, VERB_MATRIX, "TIME", "how long Prometheus may take: 500ms, 30s (30s)",
	  optionvalue_timeout },
	{ "label", 0, VERB_MATRIX, "NAME=VALUE",
	  "only daemons whose series have this label, such as cluster=prod (repeatable)",
	  matrixvalue_label },
	{ "node-label", 0, VERB_MATRIX, "NAME",
	  "the label that tells the node (node, else instance)", matrixvalue_node_label },
	{ "match", 0, VERB_MATRIX, "PATTERN",
	  "only these endpoints: esx04, esx04:902, :902, a provider, or with * and ?",
	  matrixvalue_match },
	{ "provider", 0, VERB_MATRIX, "NAME", "only the endpoints of this provider",
	  matrixvalue_provider },
	{ "by", 0, VERB_MATRIX, "endpoint|provider", "what a line is (endpoint)", matrixvalue_by },
	{ "problems", 0, VERB_MATRIX, NULL, "only lines that are not all open",
	  optionvalue_problems },
	{ "output", 'o', VERB_MATRIX, "table|wide|json|csv",
	  "for people, with a column for each node in any case, for programs, a spreadsheet",
	  optionvalue_output },
	{ "history", 0, VERB_ALERTS | VERB_FINDINGS, NULL, "those that were, too; the newest first",
	  optionvalue_history },
	{ "severity", 0, VERB_ALERTS, "WORD", "so severe or more: info, warning or critical (info)",
	  optionvalue_severity },
	{ "alert", 0, VERB_ALERTS, "NAME", "only alerts of this name, such as PortClosed",
	  optionvalue_alert },
	{ "for", 0, VERB_SILENCE, "TIME", "how long nobody wants to hear of it: 30m, 2h, 7d",
	  optionvalue_for },
	{ "why", 0, VERB_SILENCE, "TEXT", "why, for those who wonder later", optionvalue_why },
	{ "alert", 0, VERB_SILENCE, "NAME",
	  "only alerts of this name, such as PortClosed (all)", optionvalue_alert },
	{ "end", 0, VERB_SILENCE, "ID", "end this silence now", optionvalue_end },
	{ "since", 0, VERB_ALERTS | VERB_FINDINGS, "TIME",
	  "with --history: from then on: 7d (ago), 03:12 (1d)", optionvalue_since },
	{ "since", 0, VERB_HISTORY, "TIME", "from then to now: 7d (ago), 03:12 (1d)",
	  optionvalue_since },
	{ "since", 0, VERB_EVENTS, "TIME", "from then on: 7d (ago), 03:12 (1d)", optionvalue_since },
	{ "from", 0, VERB_HISTORY, "TIME", "from then: \"2026-11-25 03:12\"", optionvalue_from },
	{ "to", 0, VERB_HISTORY, "TIME", "to then (now)", optionvalue_to },
	{ "at", 0, VERB_HISTORY, "TIME", "how it was at that moment; without ENDPOINT everything",
	  optionvalue_at },
	{ "aspect", 0, VERB_HISTORY, "WORD", "whose states: port, service, trust or name (port)",
	  optionvalue_aspect },
	{ "follow", 'f', VERB_EVENTS, NULL, "then wait for more, until interrupted",
	  optionvalue_follow },
	{ "limit", 0, VERB_STATUS | VERB_HISTORY | VERB_EVENTS | VERB_CERTS | VERB_ALERTS |
		VERB_FINDINGS, "N",
	  "at most so many rows", optionvalue_limit },
	{ "timeout", 0, DAEMON_VERBS, "TIME", "how long the daemon may take: 500ms, 30s (30s)",
	  optionvalue_timeout },
	{ "socket", 0, DAEMON_VERBS, "PATH",
	  "the daemon's ($BANKSMAN_SOCKET, else " OPTIONS_SOCKET ")",
	  optionvalue_socket },
	{ "socket", 0, VERB_PROBE | VIA_DAEMON, "PATH", "with --via-daemon: the daemon's",
	  optionvalue_socket },
	{ "output", 'o', VERB_STATUS | VERB_HISTORY | VERB_EVENTS | VERB_CERTS | VERB_ALERTS |
		VERB_SILENCE | VERB_FINDINGS,
	  "table|wide|json", "for people, with all columns, or for programs", optionvalue_output },
	{ "output", 'o', VERB_PROBE | VERB_TRACE | VERB_EXPLAIN | VIA_DAEMON, "table|json",
	  "for people or for programs", optionvalue_output },
	{ "output", 'o', VERB_CA, "pem|json", "the certificate alone, or with what it says",
	  optionvalue_output },
	{ "severity", 0, VERB_FINDINGS, "SEVERITY",
	  "only what is so severe or more: info, warning or blocker (info)", checkvalue_only },
	{ "verdict", 0, VERB_FINDINGS, "WORD",
	  "only what fails (fail), or what no export tells (unknown)", checkvalue_verdict },
	{ "rule", 0, VERB_FINDINGS, "ID", "only of this rule, such as page.name or 'page.*'",
	  checkvalue_rule },
	{ "kind", 0, VERB_FINDINGS, "WORD", "only about such things: vm, host, plan, provider, …",
	  checkvalue_kind },
	{ "plan", 0, VERB_FINDINGS, "NAME", "only of this plan: namespace/name", checkvalue_plan },
	{ "plan", 0, VERB_CHECK, "NAME",
	  "judge this plan alone: its name, or namespace/name (all plans; without any, all machines)",
	  checkvalue_plan },
	{ "warm", 0, VERB_CHECK, NULL, "as for a warm migration, whatever the plans say",
	  checkvalue_warm },
	{ "cold", 0, VERB_CHECK, NULL, "as for a cold one (the default without plans)",
	  checkvalue_cold },
	{ "target-namespace", 0, VERB_CHECK, "NAME",
	  "where the machines go, whatever the plans say", checkvalue_target_namespace },
	{ "release", 0, VERB_CHECK, "V", "Forklift's release, such as 2.3 (as the exports say)",
	  checkvalue_release },
	{ "baseline", 0, VERB_CHECK, "FILE",
	  "an earlier export: what changed since is told (repeatable)", checkvalue_baseline },
	{ "rules", 0, VERB_CHECK | VERB_RULES, "DIR",
	  "a folder of further rules and import scripts (*.sql)", checkvalue_rules },
	{ "only", 0, VERB_CHECK, "SEVERITY",
	  "tell only what is so severe or more: info, warning or blocker (info)", checkvalue_only },
	{ "fail-on", 0, VERB_CHECK, "SEVERITY",
	  "which findings make exit status 1: blocker, warning (and worse) or never (blocker)",
	  checkvalue_fail_on },
	{ "compare-forklift", 0, VERB_CHECK, NULL,
	  "tell where Forklift's own concerns in the exports differ from the findings, and why",
	  checkvalue_compare_forklift },
	{ "output", 'o', VERB_CHECK, "table|wide|json|html|junit|csv",
	  "for people, with all objects, for programs, a page, a CI server, a spreadsheet",
	  optionvalue_output },
	{ "output", 'o', VERB_RULES, "table|json|markdown",
	  "for people, for programs or for documentation", optionvalue_output },
	{ "live", 0, VERB_ENDPOINTS, NULL,
	  "what the daemon watches now, and where it knows each from, instead", optionvalue_live },
	{ "timeout", 0, VERB_ENDPOINTS, "TIME",
	  "with --live: how long the daemon may take (30s)", optionvalue_timeout },
	{ "socket", 0, VERB_ENDPOINTS, "PATH", "with --live: the daemon's", optionvalue_socket },
	{ "output", 'o', VERB_ENDPOINTS, "yaml|json|hosts|table",
	  "yaml or json, the daemon reads both; hosts, probe and ports --matrix read it (@-); with "
	  "--live table or json", optionvalue_output },
	{ "output", 'o', VERB_PORTS, "table|json|csv", "for people or for programs",
	  optionvalue_output },
	{ "help", 'h', ALL_VERBS | VIA_DAEMON, NULL, "this text", optionvalue_help },
};
/* clang-format on */

const struct optiontable_rule *optiontable_find(unsigned verb, const char *word)
{
	size_t len = strcspn(word + 2, "=");

	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct optiontable_rule *r = &rules[i];

		if ((r->verbs & verb) == 0)
			continue;
		if (word[1] != '-' && r->letter != '\0' && word[1] == r->letter)
			return r;
		if (word[1] == '-' && strlen(r->name) == len &&
		    strncmp(word + 2, r->name, len) == 0)
			return r;
	}
	return NULL;
}

const char *optiontable_suggest(unsigned verb, const char *name)
{
	const char *names[ARRAY_LEN(rules)];

	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		names[i] = (rules[i].verbs & verb) != 0 ? rules[i].name : NULL;
	return suggest_word(name, names, ARRAY_LEN(names));
}

/* text in lines of at most width bytes, each but the first behind indent blanks. */
static void put_lines(struct buf *out, const char *text, size_t indent, size_t width)
{
	for (bool first = true; *text != '\0'; first = false) {
		size_t len = strlen(text);

		if (len > width) {
			len = width;
			while (len > 0 && text[len] != ' ')
				len--;
		}
		buf_printf(out, "%*s%.*s\n", first ? 0 : (int)indent, "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

void optiontable_help(unsigned verb, struct buf *out)
{
	enum { COLUMN = 28, WIDTH = 80 - COLUMN };

	buf_puts(out, "Options:\n");
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct optiontable_rule *r = &rules[i];
		char head[COLUMN + 24];
		int n;

		if ((r->verbs & verb) == 0)
			continue;
		n = snprintf(head, sizeof head, "  %c%c%c --%s %s", r->letter ? '-' : ' ',
			     r->letter ? r->letter : ' ', r->letter ? ',' : ' ', r->name,
			     r->argument != NULL ? r->argument : "");
		MUST(n > 0 && (size_t)n < sizeof head);
		if (n < COLUMN)
			buf_printf(out, "%-*s", COLUMN, head);
		else
			buf_printf(out, "%s\n%*s", head, COLUMN, "");
		put_lines(out, r->help, COLUMN, WIDTH);
	}
}
