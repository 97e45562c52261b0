/* SPDX-License-Identifier: Apache-2.0 */
/* reason.c: the tables behind reason.h. */
#include "probes/reason.h"

#include <errno.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>

#include "base/must.h"

static const char *const port_states[PORT_STATE_N] = {
	[PORT_OPEN] = "open",
	[PORT_CLOSED] = "closed",
	[PORT_FILTERED] = "filtered",
	[PORT_UNREACHABLE] = "unreachable",
	[PORT_UNRESOLVED] = "unresolved",
	[PORT_UNKNOWN] = "unknown",
};

/* clang-format off */
static const struct {
	const char *name;
	const char *layer;
	enum port_state state;
	const char *sentence;
} reasons[REASON_N] = {
	[REASON_OK] = { "ok", "tcp", PORT_OPEN, "the port answers" },
	[REASON_REFUSED] = { "refused", "tcp", PORT_CLOSED,
		"refused: nothing listens on the port, or a firewall answers in its name" },
	[REASON_RESET] = { "reset", "tcp", PORT_CLOSED,
		"the connection was reset right after it was made" },
	[REASON_NO_ANSWER] = { "no-answer", "tcp", PORT_FILTERED,
		"no answer: something on the way drops it silently, or the host is away" },
	[REASON_ADMIN_PROHIBITED] = { "admin-prohibited", "icmp", PORT_FILTERED,
		"a firewall rejects it (administratively prohibited)" },
	[REASON_HOST_PROHIBITED] = { "host-prohibited", "icmp", PORT_FILTERED,
		"a firewall rejects it (host prohibited)" },
	[REASON_NET_PROHIBITED] = { "net-prohibited", "icmp", PORT_FILTERED,
		"a firewall rejects it (network prohibited)" },
	[REASON_PORT_UNREACHABLE] = { "port-unreachable", "icmp", PORT_FILTERED,
		"a firewall rejects it (port unreachable)" },
	[REASON_PROTOCOL_UNREACHABLE] = { "protocol-unreachable", "icmp", PORT_FILTERED,
		"a firewall rejects it (protocol unreachable)" },
	[REASON_FAILED_POLICY] = { "failed-policy", "icmp", PORT_FILTERED,
		"a router rejects our source address (ingress or egress policy)" },
	[REASON_REJECT_ROUTE] = { "reject-route", "icmp", PORT_FILTERED,
		"a router has a rejecting route for the destination" },
	[REASON_LOCAL_POLICY] = { "local-policy", "local", PORT_FILTERED,
		"this machine's own firewall or routing rejects it" },
	[REASON_NET_UNREACHABLE] = { "net-unreachable", "icmp", PORT_UNREACHABLE,
		"there is no route to the network" },
	[REASON_HOST_UNREACHABLE] = { "host-unreachable", "icmp", PORT_UNREACHABLE,
		"no machine answers at the address" },
	[REASON_TTL_EXCEEDED] = { "ttl-exceeded", "icmp", PORT_UNREACHABLE,
		"the packets go in a circle (time to live exceeded)" },
	[REASON_DNS_NXDOMAIN] = { "dns-nxdomain", "dns", PORT_UNRESOLVED,
		"the name does not exist" },
	[REASON_DNS_NODATA] = { "dns-nodata", "dns", PORT_UNRESOLVED,
		"the name exists but has no such address" },
	[REASON_DNS_SERVFAIL] = { "dns-servfail", "dns", PORT_UNRESOLVED,
		"the DNS server failed to answer (SERVFAIL)" },
	[REASON_DNS_REFUSED] = { "dns-refused", "dns", PORT_UNRESOLVED,
		"the DNS server refuses to answer us" },
	[REASON_DNS_TIMEOUT] = { "dns-timeout", "dns", PORT_UNRESOLVED,
		"the DNS server did not answer in time" },
	[REASON_DNS_NO_SERVER] = { "dns-no-server", "dns", PORT_UNRESOLVED,
		"no DNS server could be reached" },
	[REASON_DNS_BAD_REPLY] = { "dns-bad-reply", "dns", PORT_UNRESOLVED,
		"the DNS server's reply made no sense" },
	[REASON_LOCAL] = { "local", "local", PORT_UNKNOWN,
		"the check could not be run here" },
};

static const struct {
	const char *name;
	const char *sentence;
} services[SERVICE_N] = {
	[SERVICE_UNTRIED] = { "untried", "not asked" },
	[SERVICE_SERVING] = { "serving", "it serves" },
	[SERVICE_BANNER_TIMEOUT] = { "banner-timeout",
		"the connection opens, but the service never greets" },
	[SERVICE_BANNER_CLOSED] = { "banner-closed", "the service hung up before it greeted" },
	[SERVICE_BANNER_MISMATCH] = { "banner-mismatch", "another service greets here" },
	[SERVICE_TLS_TIMEOUT] = { "tls-timeout", "the TLS handshake was never answered" },
	[SERVICE_TLS_CLOSED] = { "tls-closed", "the service hung up during the TLS handshake" },
	[SERVICE_TLS_ALERT] = { "tls-alert", "the service refused the TLS handshake" },
	[SERVICE_TLS_ERROR] = { "tls-error", "the TLS handshake made no sense" },
	[SERVICE_NOT_TLS] = { "not-tls", "the service does not speak TLS" },
	[SERVICE_HTTP_TIMEOUT] = { "http-timeout", "the request was not answered in time" },
	[SERVICE_HTTP_CLOSED] = { "http-closed", "the service hung up before it had answered" },
	[SERVICE_HTTP_INVALID] = { "http-invalid", "the answer is not HTTP" },
	[SERVICE_HTTP_TOO_LARGE] = { "http-too-large", "the answer does not end" },
	[SERVICE_HTTP_STATUS] = { "http-status", "the service answers with an error" },
	[SERVICE_WRONG_PRODUCT] = { "wrong-product", "another product answers here" },
	[SERVICE_WRONG_VERSION] = { "wrong-version", "the version is too old" },
	[SERVICE_NOT_READY] = { "not-ready", "the service is there but not ready" },
	[SERVICE_IMAGE_ABSENT] = { "image-absent", "the registry does not have the image" },
	[SERVICE_NEEDS_LOGIN] = { "needs-login", "the registry wants a login for the image" },
	[SERVICE_TOKEN_FAILED] = { "token-failed", "the registry's token server gave no token" },
	[SERVICE_LOCAL] = { "local", "the check could not be run to its end here" },
};

static const struct {
	const char *name;
	const char *sentence;
} trusts[TRUST_N] = {
	[TRUST_UNTRIED] = { "untried", "no certificate was seen" },
	[TRUST_TRUSTED] = { "trusted", "the certificate is trusted" },
	[TRUST_UNTRUSTED] = { "untrusted", "the certificate is not signed by a trusted authority" },
	[TRUST_EXPIRED] = { "expired", "the certificate has expired" },
	[TRUST_NOT_YET_VALID] = { "not-yet-valid", "the certificate is not valid yet" },
	[TRUST_EXPIRING] = { "expiring", "the certificate expires soon" },
	[TRUST_NAME_MISMATCH] = { "name-mismatch", "the certificate is for another name" },
	[TRUST_FINGERPRINT_MISMATCH] = { "fingerprint-mismatch",
		"the certificate is not the expected one" },
	[TRUST_CHANGED] = { "changed", "the certificate is not the one seen before" },
};
/* clang-format on */

const char *port_state_name(enum port_state s)
{
	return port_states[s];
}

const char *reason_name(enum reason r)
{
	return reasons[r].name;
}

const char *reason_sentence(enum reason r)
{
	return reasons[r].sentence;
}

const char *reason_layer(enum reason r)
{
	return reasons[r].layer;
}

enum port_state reason_state(enum reason r)
{
	return reasons[r].state;
}

const char *service_name(enum service s)
{
	return services[s].name;
}

const char *service_sentence(enum service s)
{
	return services[s].sentence;
}

const char *trust_name(enum trust t)
{
	return trusts[t].name;
}

const char *trust_sentence(enum trust t)
{
	return trusts[t].sentence;
}

enum reason reason_of_errno(int error)
{
	switch (error) {
	case 0:
		return REASON_OK;
	case ECONNREFUSED:
		return REASON_REFUSED;
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
		return REASON_RESET;
	case ETIMEDOUT:
		return REASON_NO_ANSWER;
	case ENETUNREACH:
	case ENETDOWN:
		return REASON_NET_UNREACHABLE;
	case EHOSTUNREACH:
	case EHOSTDOWN:
		return REASON_HOST_UNREACHABLE;
	case ENOPROTOOPT:
		return REASON_PROTOCOL_UNREACHABLE;
	case EACCES: /* a "prohibit" route */
	case EPERM:  /* a packet filter in the output path */
	case EINVAL: /* a "blackhole" route */
		return REASON_LOCAL_POLICY;
	default:
		return REASON_LOCAL;
	}
}

/* RFC 792, RFC 1122 (3.2.2.1) and RFC 1812 (5.2.7.1). */
static enum reason reason_of_icmp4(const struct icmp *m)
{
	if (m->type == ICMP_TIME_EXCEEDED)
		return m->code == ICMP_EXC_TTL ? REASON_TTL_EXCEEDED : REASON_OK;
	if (m->type != ICMP_DEST_UNREACH)
		return REASON_OK;
	switch (m->code) {
	case ICMP_NET_UNREACH:
	case ICMP_NET_UNKNOWN:
	case ICMP_NET_UNR_TOS:
		return REASON_NET_UNREACHABLE;
	case ICMP_HOST_UNREACH:
	case ICMP_HOST_UNKNOWN:
	case ICMP_HOST_ISOLATED:
	case ICMP_HOST_UNR_TOS:
	case ICMP_SR_FAILED:
		return REASON_HOST_UNREACHABLE;
	case ICMP_PROT_UNREACH:
		return REASON_PROTOCOL_UNREACHABLE;
	case ICMP_PORT_UNREACH:
		return REASON_PORT_UNREACHABLE;
	case ICMP_NET_ANO:
		return REASON_NET_PROHIBITED;
	case ICMP_HOST_ANO:
		return REASON_HOST_PROHIBITED;
	case ICMP_PKT_FILTERED:
	case ICMP_PREC_VIOLATION:
	case ICMP_PREC_CUTOFF:
		return REASON_ADMIN_PROHIBITED;
	default: /* fragmentation needed: the kernel deals with it */
		return REASON_OK;
	}
}

enum { ICMP6_FAILED_POLICY = 5, ICMP6_REJECT_ROUTE = 6 };

/* RFC 4443, section 3. */
static enum reason reason_of_icmp6(const struct icmp *m)
{
	if (m->type == ICMP6_TIME_EXCEEDED)
		return m->code == ICMP6_TIME_EXCEED_TRANSIT ? REASON_TTL_EXCEEDED : REASON_OK;
	if (m->type != ICMP6_DST_UNREACH)
		return REASON_OK;
	switch (m->code) {
	case ICMP6_DST_UNREACH_NOROUTE:
	case ICMP6_DST_UNREACH_BEYONDSCOPE:
		return REASON_NET_UNREACHABLE;
	case ICMP6_DST_UNREACH_ADMIN:
		return REASON_ADMIN_PROHIBITED;
	case ICMP6_DST_UNREACH_ADDR:
		return REASON_HOST_UNREACHABLE;
	case ICMP6_DST_UNREACH_NOPORT:
		return REASON_PORT_UNREACHABLE;
	case ICMP6_FAILED_POLICY:
		return REASON_FAILED_POLICY;
	case ICMP6_REJECT_ROUTE:
		return REASON_REJECT_ROUTE;
	default:
		return REASON_OK;
	}
}

enum reason reason_of_icmp(const struct icmp *m, const struct addr *local,
			   const struct addr *target)
{
	enum reason r = addr_family(&m->from) == AF_INET6 ? reason_of_icmp6(m) : reason_of_icmp4(m);

	/*
	 * From ourselves, "unreachable" is the kernel telling that nobody
	 * answered ARP or neighbour discovery; a prohibition is our own filter.
	 */
	if (reason_state(r) == PORT_FILTERED && addr_present(local) &&
	    addr_same_host(&m->from, local) && !addr_same_host(local, target))
		return REASON_LOCAL_POLICY;
	return r;
}
