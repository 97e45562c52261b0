/* SPDX-License-Identifier: Apache-2.0 */
/* meaning.c: see meaning.h. */
#include "report/meaning.h"

#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"

#define DEVICE_REJECTS                                                                             \
	"a rule on {hop} rejects this node's traffic on purpose; a rule set was changed, or "      \
	"never "                                                                                   \
	"had this way"
#define ASK_DEVICE                                                                                 \
	"ask for the firewall on {hop} to let this node reach {way}; then: banksman probe "        \
	"--via-daemon {name}"
#define WRONG_SERVICE "another service or another machine has this address and port"
#define CHECK_MACHINE "look whether {way} is the right machine: banksman probe {way}"
#define STUCK         "the service hangs or is overloaded, or a device on the way answers in its place"
#define LOOK_THERE    "look at the service on {host} itself: its log, its load, a restart"
#define DNS_NEXT      "ask the same servers by hand: dig {host}; see /etc/resolv.conf on this node"
#define CERTIFICATE_NEXT                                                                           \
	"banksman certs {name} shows what was served before; if the change was meant, tell the "   \
	"provider the new one: banksman fingerprint {way}"

static const struct meaning meanings[] = {
	{ "refused",
	  "the host is up and the service is not: stopped, crashed, still starting, or on another "
	  "port; or a firewall answers with a reset",
	  "look whether the service runs on {host} and listens on this port" },
	{ "reset",
	  "the service lets only some addresses in or has no session left, or a firewall cuts the "
	  "connection",
	  "look at the access list and the session limit of the service on {host}" },
	{ "no-answer",
	  "a firewall on the way drops silently (a rule changed, or lacks this way), or the host "
	  "is "
	  "down",
	  "banksman trace {way} names the last device that answers; ask for the firewall there" },
	{ "admin-prohibited", DEVICE_REJECTS, ASK_DEVICE },
	{ "host-prohibited", DEVICE_REJECTS, ASK_DEVICE },
	{ "net-prohibited", DEVICE_REJECTS, ASK_DEVICE },
	{ "port-unreachable", DEVICE_REJECTS, ASK_DEVICE },
	{ "protocol-unreachable", DEVICE_REJECTS, ASK_DEVICE },
	{ "failed-policy", "{hop} does not accept the source address of this node",
	  "ask for the source filter (uRPF, ingress policy) on {hop}" },
	{ "reject-route", "a route on {hop} refuses the destination on purpose",
	  "ask for the routing on {hop}" },
	{ "local-policy",
	  "this node's own firewall or routing policy rejects it: an egress policy, nftables, ip "
	  "rule",
	  "on this node: nft list ruleset; ip rule; in a cluster also its egress policies" },
	{ "net-unreachable", "a router has no route to the network, or lost it",
	  "ask for the routing on {hop}; on this node: ip route get {host}" },
	{ "host-unreachable", "the host is down, or its address or VLAN is wrong",
	  "look whether {host} is up and has this address" },
	{ "ttl-exceeded", "two routers send the packets to each other",
	  "banksman trace {way} shows the circle; ask for the routing there" },
	{ "dns-nxdomain", "the record was removed or never made, or the name is misspelt",
	  DNS_NEXT },
	{ "dns-nodata", "the name has records, and none is an address", DNS_NEXT },
	{ "dns-servfail", "the zone's servers are away, or its signature is broken", DNS_NEXT },
	{ "dns-refused", "the server answers only others", DNS_NEXT },
	{ "dns-timeout", "the servers are away, or port 53 is closed on the way", DNS_NEXT },
	{ "dns-no-server", "no server is configured, or none can be reached", DNS_NEXT },
	{ "dns-bad-reply", "what answers on port 53 is no DNS server", DNS_NEXT },
	{ "local", "this node could not make the check: files, memory or ports ran out",
	  "look at the daemon's log and at its limits" },
	{ "banner-timeout", STUCK, LOOK_THERE },
	{ "banner-closed", "the service has no session left, or a device answers in its place",
	  LOOK_THERE },
	{ "banner-mismatch", WRONG_SERVICE, CHECK_MACHINE },
	{ "tls-timeout", STUCK ", or large packets are lost (path MTU)", LOOK_THERE },
	{ "tls-closed", "the service is starting, or a device on the way cuts TLS", LOOK_THERE },
	{ "tls-alert",
	  "the service refuses our TLS: its versions, ciphers, or it wants a client "
	  "certificate",
	  "look at the TLS settings of the service on {host}" },
	{ "tls-error", "the TLS of the service is broken, or a device on the way changes it",
	  LOOK_THERE },
	{ "not-tls", WRONG_SERVICE, CHECK_MACHINE },
	{ "http-timeout", STUCK, LOOK_THERE },
	{ "http-closed", "the service is starting or failing", LOOK_THERE },
	{ "http-invalid", WRONG_SERVICE, CHECK_MACHINE },
	{ "http-too-large", WRONG_SERVICE, CHECK_MACHINE },
	{ "http-status", "the service is not well, or the path that is asked is wrong",
	  LOOK_THERE },
	{ "wrong-product", WRONG_SERVICE, CHECK_MACHINE },
	{ "wrong-version", "the machine runs a release that is not supported any more",
	  "update it, or migrate from another host" },
	{ "not-ready", "the service is starting, or a part of it failed", LOOK_THERE },
	{ "image-absent", "the image was never pushed, or was removed",
	  "push the image, or correct the reference in the configuration" },
	{ "needs-login", "the image is private", "give the cluster a pull secret for {host}" },
	{ "token-failed", "the registry's token server is away or refuses", LOOK_THERE },
	{ "untrusted",
	  "the authority that signed it is not known here, as with every self-signed "
	  "certificate",
	  "give the provider the right CA or fingerprint: banksman fingerprint {way}" },
	{ "expired", "nobody renewed it", "renew the certificate of {host}" },
	{ "not-yet-valid", "a clock is wrong, here or where it was signed",
	  "compare the clocks of this node and {host}" },
	{ "expiring", "it is soon to be renewed",
	  "renew the certificate of {host} before it ends" },
	{ "name-mismatch", "the host is asked by another name than its certificate has",
	  "ask {host} by a name of its certificate, or have that changed" },
	{ "fingerprint-mismatch", "the certificate was renewed, or another machine answers",
	  CERTIFICATE_NEXT },
	{ "changed", "the certificate was renewed, or another machine answers", CERTIFICATE_NEXT },
};

const struct meaning *meaning_find(const char *reason)
{
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++)
		if (strcmp(reason, meanings[i].reason) == 0)
			return &meanings[i];
	return NULL;
}

void meaning_put(const char *text, const struct meaning_names *names, struct buf *out)
{
	const struct {
		const char *word;
		const char *text;
	} words[] = {
		{ "{name}", names->name },
		{ "{host}", names->host },
		{ "{way}", names->way },
		{ "{hop}", names->hop[0] != '\0' ? names->hop : "the device on the way" },
	};

	while (*text != '\0') {
		size_t i = 0;

		while (i < ARRAY_LEN(words) &&
		       strncmp(text, words[i].word, strlen(words[i].word)) != 0)
			i++;
		if (i == ARRAY_LEN(words)) {
			buf_put(out, text++, 1);
		} else {
			buf_puts(out, words[i].text);
			text += strlen(words[i].word);
		}
	}
}

const char *meaning_effect(const char *role, const char *check)
{
	static const struct {
		const char *role;
		const char *check; /* "": any */
		const char *effect;
	} effects[] = {
		{ "vcenter", "",
		  "no migration from this vCenter can be planned, started or go on" },
		{ "esxi", "authd", "disks of virtual machines on this host cannot be copied" },
		{ "esxi", "", "no copy from this host can log in" },
		{ "ovirt-engine", "",
		  "no migration from this engine can be planned, started or go on" },
		{ "ovirt-host", "imageio",
		  "disks of virtual machines on this host cannot be copied" },
		{ "ovirt-host", "", "releases that log in at the host itself cannot" },
		{ "registry", "", "this node cannot pull the image" },
		{ "openstack", "",
		  "migrations from this OpenStack fail where they need this service" },
		{ "ova", "", "the OVA files cannot be read" },
		{ "openshift", "", "migrations from that cluster fail" },
		{ "hyperv", "", "migrations from this host fail" },
	};

	for (size_t i = 0; i < ARRAY_LEN(effects); i++)
		if (strcmp(role, effects[i].role) == 0 &&
		    (effects[i].check[0] == '\0' || strcmp(check, effects[i].check) == 0))
			return effects[i].effect;
	return "whatever needs this way fails";
}
