/* SPDX-License-Identifier: Apache-2.0 */
/* verb.c: all verbs in one table; see verb.h. */
#include "cli/verb.h"

#include <string.h>

#include "base/must.h"
#include "cli/options.h"

#define NAMING                                                                                     \
	"ENDPOINT names one or several as a person would: esx04.example.com:902, esx04:902,\n"     \
	"esx04, :902, 10.1.7.14, a provider, or a pattern with * and ?.\n"

static const struct verb verbs[] = {
	{ .name = "probe",
	  .arguments = "[options] HOST...",
	  .summary = "is the way to these machines clear?",
	  .text = "Asks every address of each HOST on every port that the documentation names for\n"
		  "its role, and says what it found and what to do next.  A host without a role "
		  "is\n"
		  "asked on 443 what it is.\n"
		  "\n"
		  "HOST is a name or an address, with :PORT behind it and ROLE= before it if need "
		  "be,\n"
		  "it, or @FILE: a list of hosts, one a line (@-: standard input):\n"
		  "\n"
		  "  banksman probe vcenter.example.com esxi=esx01.example.com esxi=10.1.7.9\n"
		  "  banksman probe --reach --role esxi @hosts.txt\n"
		  "  banksman probe registry=quay.example.com/team/vddk:8.0\n"
		  "  banksman probe --role esxi --port 902=19902 198.51.100.7   (behind a NAT)\n"
		  "\n"
		  "Exit status: 0 all clear, 1 something is not, 2 usage, 3 could not be run.\n",
	  .bit = VERB_PROBE,
	  .run = cmd_probe },
	{ .name = "fingerprint",
	  .arguments = "[options] HOST...",
	  .summary = "the certificate's fingerprint, as a provider wants it",
	  .text = "Prints the fingerprint of the certificate that HOST serves, whatever its "
		  "state.\n"
		  "\n"
		  "  banksman fingerprint vcenter.example.com\n"
		  "  banksman fingerprint --sha256 esx01.example.com:902\n",
	  .bit = VERB_FINGERPRINT,
	  .run = cmd_fingerprint },
	{ .name = "ca",
	  .arguments = "[options] ENGINE",
	  .summary = "the oVirt engine's CA certificate",
	  .text = "Prints the CA certificate of an oVirt engine, and says on standard error "
		  "whether\n"
		  "the certificate that the engine itself serves verifies against it.\n"
		  "\n"
		  "  banksman ca engine.example.com > ca.pem\n",
	  .bit = VERB_CA,
	  .run = cmd_ca },
	{ .name = "trace",
	  .arguments = "[options] HOST:PORT",
	  .summary = "which device on the way drops or rejects?",
	  .text = "Follows the way to a TCP port hop by hop, without any privilege, and names the\n"
		  "device behind which it ends.\n"
		  "\n"
		  "  banksman trace esx01.example.com:902\n",
	  .bit = VERB_TRACE,
	  .run = cmd_trace },
	{ .name = "ports",
	  .arguments = "[options] [--matrix NODES HOST...]",
	  .summary = "the documented port requirements, and the firewall request for them",
	  .text = "Lists the ports that the documentation asks for, with their purpose and the\n"
		  "releases that ask for them.  JSON and CSV have all columns.\n"
		  "\n"
		  "With --matrix it writes what a network team needs to open them: every node of\n"
		  "a list to every HOST (as for 'banksman probe', with its role) and documented\n"
		  "port, each connection once, with the addresses of names.\n"
		  "\n"
		  "  oc get nodes --no-headers -o custom-columns=\\\n"
		  "N:.metadata.name,A:.status.addresses[0].address > nodes.txt\n"
		  "  banksman ports --matrix nodes.txt @site.txt -o csv > request.csv\n"
		  "  banksman endpoints -o hosts vms.json hosts.json |\n"
		  "      banksman ports --matrix nodes.txt @- -o csv\n"
		  "\n"
		  "Exit status: 0 well, 1 an address is missing, 2 usage, 3 could not be run.\n",
	  .bit = VERB_PORTS,
	  .run = cmd_ports },
	{ .name = "check",
	  .arguments = "[options] FILE...",
	  .summary = "can these machines be migrated, by their exports?",
	  .text = "Reads exports of an inventory, several of one site as one picture, judges the\n"
		  "machines by all rules ('banksman rules'), and says what stands in the way and "
		  "what\n"
		  "to do.  It asks nobody: what no export tells is said to be not known.\n"
		  "\n"
		  "FILE is what Forklift's inventory, govc, oVirt's API, RVTools or oc wrote, in "
		  "JSON,\n"
		  "YAML, XML, CSV or xlsx, compressed or not; - is standard input.\n"
		  "\n"
		  "  banksman check vms.json hosts.json clusters.json\n"
		  "  banksman check vms.json - < plans-and-maps.yaml\n"
		  "  banksman check --plan wave-1 --warm -o html *.json > report.html\n"
		  "  banksman check --baseline monday.json friday.json\n"
		  "\n"
		  "Exit status: 0 ready, 1 there are findings that --fail-on names (what is not\n"
		  "known is none), 2 usage, 3 a file could not be read.\n",
	  .bit = VERB_CHECK,
	  .run = cmd_check },
	{ .name = "rules",
	  .arguments = "[options] [explain RULE]",
	  .summary = "what 'check' judges by",
	  .text = "Lists the rules, the severest first, or explains one: why it matters, what to "
		  "do,\n"
		  "where it comes from, and how it differs from Forklift's.\n"
		  "\n"
		  "  banksman rules\n"
		  "  banksman rules explain page.iso\n",
	  .bit = VERB_RULES,
	  .run = cmd_rules },
	{ .name = "endpoints",
	  .arguments = "[options] FILE... | --live [ENDPOINT]",
	  .summary = "the daemon's configuration, from exports",
	  .text = "Writes the providers and endpoints of the daemon's configuration as exports "
		  "tell\n"
		  "them: vCenters, engines, hosts, and the fingerprints that Forklift recorded.\n"
		  "What lacks an address becomes a comment.\n"
		  "\n"
		  "With --live it shows what the daemon on this machine watches, and where it "
		  "knows\n"
		  "each from: its configuration, or a Provider or Host of Forklift.\n"
		  "\n"
		  "  banksman endpoints provider.json hosts.json > banksman.yaml\n"
		  "  banksmand -t banksman.yaml\n"
		  "  banksman endpoints -o hosts provider.json hosts.json | banksman probe @-\n"
		  "  banksman endpoints --live\n",
	  .bit = VERB_ENDPOINTS,
	  .run = cmd_endpoints },
	{ .name = "matrix",
	  .arguments = "--prometheus URL [options]",
	  .summary = "which node reaches which endpoint, and where it is blocked",
	  .text = "Asks the Prometheus that scrapes the daemons, and shows every endpoint and the\n"
		  "nodes that reach it: a column for each node where the terminal is wide enough,\n"
		  "else how many, and which do not.  Below it says where the losses lie: at nodes\n"
		  "that lost everything, at endpoints that everybody lost, or between some of "
		  "both.\n"
		  "The daemons must tell Prometheus their endpoints (metrics: {detail: "
		  "endpoint}).\n"
		  "\n"
		  "  banksman matrix --prometheus http://localhost:9090\n"
		  "  banksman matrix --prometheus https://thanos.apps.example.com --token-file t "
		  "\\\n"
		  "      --label cluster=prod --match :902 --problems\n"
		  "\n"
		  "Exit status: 0 all is open from every node, 1 something is not, 2 usage, 3 it\n"
		  "cannot be told: Prometheus cannot be asked, or knows nothing of a node.\n",
	  .bit = VERB_MATRIX,
	  .run = cmd_matrix },
	{ .name = "status",
	  .arguments = "[options] [ENDPOINT]",
	  .summary = "is every way clear now, as the daemon sees it?",
	  .text = "Asks the daemon on this machine for the present state of what it watches: the\n"
		  "worst first.\n"
		  "\n" NAMING "\n"
		  "  banksman status\n"
		  "  banksman status --problems\n"
		  "  banksman status esx04 -o wide\n"
		  "\n"
		  "Exit status: 0 all clear, 1 something is not or is not known, 2 usage, 3 the\n"
		  "daemon cannot be asked.\n",
	  .bit = VERB_STATUS,
	  .run = cmd_status },
	{ .name = "explain",
	  .arguments = "[options] ENDPOINT",
	  .summary = "one way: what is wrong, since when, why, what to do",
	  .text = "Tells on one screen all that the daemon knows of one endpoint: what it found, "
		  "what\n"
		  "that means, the likely cause, the last change, the device that stands in the "
		  "way,\n"
		  "the certificate, the availability, and the next step.\n"
		  "\n"
		  "  banksman explain esx04:902\n",
	  .bit = VERB_EXPLAIN,
	  .run = cmd_explain },
	{ .name = "history",
	  .arguments = "[options] ENDPOINT",
	  .summary = "one way over time, or everything at a moment",
	  .text = "Draws the states of one endpoint over a window of time and its round-trip "
		  "times,\n"
		  "and lists the states, the newest first, with availability, outages and losses.\n"
		  "\n"
		  "  banksman history esx04:902 --since 7d\n"
		  "  banksman history esx04:902 --at 03:12\n"
		  "  banksman history --at \"2026-11-25 03:12\"\n",
	  .bit = VERB_HISTORY,
	  .run = cmd_history },
	{ .name = "events",
	  .arguments = "[options] [ENDPOINT]",
	  .summary = "what changed, and what changes",
	  .text = "Lists the daemon's journal, the oldest first: every change of a state, of an\n"
		  "address, of a certificate.\n"
		  "\n"
		  "  banksman events --since 7d esx04\n"
		  "  banksman events --follow\n"
		  "\n"
		  "With --follow, -o json prints one object a line.\n",
	  .bit = VERB_EVENTS,
	  .run = cmd_events },
	{ .name = "certs",
	  .arguments = "[options] [ENDPOINT]",
	  .summary = "which certificates were seen where, and when",
	  .text = "Lists the certificates that the daemon saw, the newest first.\n"
		  "\n"
		  "  banksman certs esx04\n",
	  .bit = VERB_CERTS,
	  .run = cmd_certs },
	{ .name = "alerts",
	  .arguments = "[options] [ENDPOINT | test]",
	  .summary = "what is wrong, since when, and who was told",
	  .text = "Lists the alerts that last, the worst first, and the sinks that cannot be "
		  "told.\n"
		  "'test' sends a test alert through every sink, and shows each answer; only root\n"
		  "and the daemon's own user may.\n"
		  "\n" NAMING "\n"
		  "  banksman alerts\n"
		  "  banksman alerts esx04 --history --since 7d\n"
		  "  banksman alerts test\n"
		  "\n"
		  "Exit status: 0 no alert lasts (with test: every sink took it; with --history: "
		  "there\n"
		  "was an answer), 1 one does (one did not), 2 usage, 3 the daemon cannot be "
		  "asked.\n",
	  .bit = VERB_ALERTS,
	  .run = cmd_alerts },
	{ .name = "findings",
	  .arguments = "[options] [NAME]",
	  .summary = "what the daemon found in the exported inventory",
	  .text = "Lists what the rules say of the exports in the folder that the daemon watches "
		  "(see\n"
		  "inventory.directory in banksman.yaml(5)), the worst first: at most 200 rows "
		  "unless\n"
		  "--limit says otherwise.  NAME is the name or the id of a machine, host or plan, "
		  "or a\n"
		  "pattern with * and ?.\n"
		  "\n"
		  "  banksman findings --severity blocker\n"
		  "  banksman findings 'web-*' -o wide\n"
		  "  banksman findings --history --since 7d --rule page.name\n"
		  "\n"
		  "Exit status: 0 no blocker that is listed fails (with --history: there was an "
		  "answer),\n"
		  "1 one does, or the inventory could not be judged, 2 usage, 3 the daemon cannot "
		  "be\n"
		  "asked.\n",
	  .bit = VERB_FINDINGS,
	  .run = cmd_findings },
	{ .name = "silence",
	  .arguments = "[options] [ENDPOINT --for TIME --why TEXT]",
	  .summary = "let nobody be told of something for a while",
	  .text = "Without ENDPOINT it lists the silences that last.  Alerts that are silenced "
		  "are\n"
		  "recorded as ever, and told when the silence ends and they still last.  Only "
		  "root\n"
		  "and the daemon's own user may silence.\n"
		  "\n" NAMING
		  "A beginning alone (esx for esx04) silences nothing: write esx*.  '*' is "
		  "everything,\n"
		  "alerts about the node itself too.\n"
		  "\n"
		  "  banksman silence esx04 --for 2h --why \"new network card\"\n"
		  "  banksman silence dc1 --alert CertificateChanged --for 1d --why renewal\n"
		  "  banksman silence --end 7\n",
	  .bit = VERB_SILENCE,
	  .run = cmd_silence },
	{ .name = "reload",
	  .arguments = "[options]",
	  .summary = "let the daemon read its configuration again",
	  .text = "Says whether the new configuration is in force, or why the old one stays.  "
		  "Only\n"
		  "root and the daemon's own user may.\n",
	  .bit = VERB_RELOAD,
	  .run = cmd_reload },
};

const struct verb *verb_all(size_t *ret_count)
{
	*ret_count = ARRAY_LEN(verbs);
	return verbs;
}

const struct verb *verb_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verbs); i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}
