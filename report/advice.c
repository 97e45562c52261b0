/* SPDX-License-Identifier: Apache-2.0 */
/* advice.c: all sentences about findings; see advice.h. */
#include "report/advice.h"

#include <string.h>

#include "report/finding.h"

/*
 * In the templates: {host} the name, {address} the address, {port} the port, {way} address and
 * port, {by} the device that sent the ICMP error, {error} the system's words, {family} 4 or 6.
 */
static const char *const reasons[REASON_N] = {
	[REASON_REFUSED] = "refused: the host is up but nothing listens on {port} (or a firewall "
			   "answers with a reset)",
	[REASON_RESET] = "reset: {way} takes the connection and drops it at once; the service "
			 "is overloaded or lets only some addresses in, or a firewall cuts it",
	[REASON_NO_ANSWER] = "no answer: something between here and {address} drops it silently; "
			     "run: banksman trace {way}",
	[REASON_ADMIN_PROHIBITED] = "rejected by {by} (admin-prohibited): ask for the firewall "
				    "there to let {way} through",
	[REASON_HOST_PROHIBITED] = "rejected by {by} (host-prohibited): ask for the firewall there "
				   "to let {way} through",
	[REASON_NET_PROHIBITED] = "rejected by {by} (net-prohibited): ask for the firewall there "
				  "to let {way} through",
	[REASON_PORT_UNREACHABLE] = "rejected by {by} (port-unreachable): a packet filter there "
				    "refuses {way}; ask for it to be opened",
	[REASON_PROTOCOL_UNREACHABLE] = "rejected by {by} (protocol-unreachable): a packet filter "
					"there refuses TCP; ask for {way} to be opened",
	[REASON_FAILED_POLICY] = "rejected by {by} (failed-policy): the source address of this "
				 "machine is not let through there",
	[REASON_REJECT_ROUTE] =
		"rejected by {by} (reject-route): the routing there refuses {address} "
		"on purpose; ask for the route",
	[REASON_LOCAL_POLICY] =
		"rejected by this machine's own firewall or routing policy: look at "
		"its output rules (nft list ruleset; ip rule)",
	[REASON_NET_UNREACHABLE] = "no route: {by} knows no way to {address}; ask for the routing "
				   "there",
	[REASON_HOST_UNREACHABLE] =
		"unreachable: {by} cannot find {address}; the host is down, or its "
		"address or VLAN is wrong",
	[REASON_TTL_EXCEEDED] = "a routing loop: packets circle until {by} gives up; run: banksman "
				"trace {way}",
	[REASON_DNS_NXDOMAIN] = "no such name in DNS: check the spelling of {host}, or ask for the "
				"record",
	[REASON_DNS_NODATA] =
		"the name has no address in DNS: ask for an A or AAAA record for {host}",
	[REASON_DNS_SERVFAIL] = "the DNS server could not answer (SERVFAIL): look at the zone of "
				"{host}, or at the server's forwarders",
	[REASON_DNS_REFUSED] =
		"the DNS server refuses to answer this machine (REFUSED): ask for its "
		"access list, or name another with --resolver",
	[REASON_DNS_TIMEOUT] =
		"no DNS server answered in time: check the servers of /etc/resolv.conf "
		"(or of --resolver), and port 53 to them",
	[REASON_DNS_NO_SERVER] = "no DNS server could be asked: check the servers of "
				 "/etc/resolv.conf (or of --resolver), and port 53 to them",
	[REASON_DNS_BAD_REPLY] = "the DNS server's reply makes no sense: check that the servers of "
				 "/etc/resolv.conf (or of --resolver) are DNS servers",
	[REASON_LOCAL] = "not checked: this machine could not try ({error})",
};

/* When no device has said so, it is this machine's own view. */
static const char *const reasons_alone[REASON_N] = {
	[REASON_ADMIN_PROHIBITED] = "rejected on the way (admin-prohibited): ask for the firewalls "
				    "between here and {address}",
	[REASON_NET_UNREACHABLE] = "no route: this machine knows no way to {address}; look at its "
				   "routes (ip route get {address}), or ask only IPv{other} with "
				   "--family {other}",
	[REASON_HOST_UNREACHABLE] = "unreachable: nobody on its network answers for {address}; the "
				    "host is down, or its address or VLAN is wrong",
	[REASON_PORT_UNREACHABLE] =
		"rejected on the way (port-unreachable): a packet filter refuses "
		"{way}",
};

/* When the device is the destination itself. */
static const char *const reasons_itself[REASON_N] = {
	[REASON_ADMIN_PROHIBITED] =
		"rejected by {by} itself (admin-prohibited): open port {port} in "
		"that host's firewall",
	[REASON_HOST_PROHIBITED] = "rejected by {by} itself (host-prohibited): open port {port} in "
				   "that host's firewall",
	[REASON_PORT_UNREACHABLE] =
		"rejected by {by} itself (port-unreachable): open port {port} in "
		"that host's firewall",
};

static const char *const services[SERVICE_N] = {
	[SERVICE_BANNER_TIMEOUT] =
		"open, but its first line does not come: another device answers "
		"in its place, the address is used twice, or the service is stuck",
	[SERVICE_BANNER_CLOSED] =
		"open, but closed before its first line came: the service lets no "
		"more sessions in, or another device answers in its place",
	[SERVICE_BANNER_MISMATCH] = "open, but something else answers: check that {address} is the "
				    "right machine",
	[SERVICE_TLS_TIMEOUT] =
		"open, but the TLS handshake gets no answer: the service is stuck, or "
		"a device on the way swallows it (also: path MTU)",
	[SERVICE_TLS_CLOSED] =
		"open, but closed during the TLS handshake: a device on the way cuts "
		"TLS, or the service is starting",
	[SERVICE_TLS_ALERT] = "open, but the TLS handshake is refused with an alert",
	[SERVICE_TLS_ERROR] = "open, but the TLS handshake fails",
	[SERVICE_NOT_TLS] = "open, but it does not speak TLS: check that {port} is the right port, "
			    "and {address} the right machine",
	[SERVICE_HTTP_TIMEOUT] =
		"open, but the reply does not come in time: the service is stuck or "
		"overloaded; try --timeout 15s",
	[SERVICE_HTTP_CLOSED] = "open, but closed before the reply was complete: the service is "
				"starting or failing",
	[SERVICE_HTTP_INVALID] = "open, but the reply is not HTTP: check that {way} is the right "
				 "service",
	[SERVICE_HTTP_TOO_LARGE] = "open, but the reply is far too large: check that {way} is the "
				   "right service",
	[SERVICE_HTTP_STATUS] = "open, but the reply has the wrong status",
	[SERVICE_WRONG_PRODUCT] = "open, but another product answers: check that {address} is the "
				  "right machine, and its role",
	[SERVICE_WRONG_VERSION] = "serving, but too old to migrate from",
	[SERVICE_NOT_READY] = "open, but not ready: wait for it to start, or look at its own logs",
	[SERVICE_IMAGE_ABSENT] = "the registry answers, but the image is not there: check the "
				 "reference, or push it",
	[SERVICE_NEEDS_LOGIN] = "the registry answers, but wants a login for this image: a pull "
				"secret is needed",
	[SERVICE_TOKEN_FAILED] = "the registry answers, but its token server does not: nodes must "
				 "reach that too",
	[SERVICE_LOCAL] =
		"open, but not checked to the end: this machine could not go on ({error})",
};

static const char *error_text(const struct finding *found)
{
	const char *text = strerrordesc_np(found->verdict.os_error);

	return found->verdict.os_error != 0 && text != NULL ? text : "no more is known";
}

/* Appends what "{name}" stands for. */
static void put_value(const struct finding *found, const char *name, size_t len, struct buf *out)
{
	char text[ADDR_TEXT_SIZE];

	if (strncmp(name, "host", len) == 0)
		buf_puts(out, found->host);
	else if (strncmp(name, "port", len) == 0)
		buf_printf(out, "%u", found->port);
	else if (strncmp(name, "error", len) == 0)
		buf_puts(out, error_text(found));
	else if (strncmp(name, "other", len) == 0)
		buf_puts(out, addr_family(&found->address) == AF_INET6 ? "4" : "6");
	else if (strncmp(name, "by", len) == 0 && !addr_present(&found->verdict.icmp.from))
		buf_puts(out, "a device on the way"); /* an errno told it, no ICMP error */
	if (strncmp(name, "address", len) == 0)
		addr_format(&found->address, text);
	else if (strncmp(name, "way", len) == 0)
		addr_format_port(&found->address, text);
	else if (strncmp(name, "by", len) == 0)
		addr_format(&found->verdict.icmp.from, text);
	else
		return;
	buf_puts(out, text);
}

static void put_template(const struct finding *found, const char *template, struct buf *out)
{
	for (const char *p = template; *p != '\0';) {
		size_t plain = strcspn(p, "{");
		const char *end;

		buf_put(out, p, plain);
		p += plain;
		end = strchr(p, '}');
		if (end == NULL)
			continue; /* at the template's end */
		put_value(found, p + 1, (size_t)(end - p - 1), out);
		p = end + 1;
	}
}

static void put_reason(const struct finding *found, struct buf *out)
{
	const struct icmp *icmp = &found->verdict.icmp;
	enum reason reason = found->verdict.reason;
	const char *template = reasons[reason];

	if (!icmp->present || !addr_present(&icmp->from)) {
		if (reasons_alone[reason] != NULL)
			template = reasons_alone[reason];
	} else if (addr_same_host(&icmp->from, &found->address) && reasons_itself[reason] != NULL) {
		template = reasons_itself[reason];
	}
	if (template != NULL)
		put_template(found, template, out);
	else
		buf_puts(out, reason_sentence(reason));
}

/* "SSL NFCSSL SHA256", "checksum extents flush zero". */
static void put_product(const struct finding *found, const struct facts *f, struct buf *out)
{
	if (f->product[0] != '\0')
		buf_puts(out, f->product);
	if (f->version[0] != '\0')
		buf_printf(out, "%s%s", f->product[0] != '\0' ? " " : "", f->version);
	if (f->build[0] != '\0')
		buf_printf(out, " build %s", f->build);
	if (f->features[0] != '\0')
		buf_printf(out, ", %s", f->features);
	if (f->image == IMAGE_PRESENT)
		buf_printf(out, "%sthe image is there", f->product[0] != '\0' ? ", " : "");
	if (f->digest[0] != '\0')
		buf_printf(out, " (%s)", f->digest);
	if (found->same_as_443)
		buf_puts(out, ", same certificate as 443");
}

static void put_serving(const struct finding *found, const struct facts *f, struct buf *out)
{
	size_t before = out->len;

	put_product(found, f, out);
	if (out->len > before)
		return;
	if (f->http_status != 0)
		buf_printf(out, "answers with HTTP status %u", f->http_status);
	else if (f->tls_version[0] != '\0')
		buf_printf(out, "speaks %s", f->tls_version);
	else
		buf_puts(out, "serving");
	if (found->dialect == DIALECT_IDENTIFY)
		buf_puts(out, ", but is no vCenter, ESXi or oVirt engine");
}

static void put_service(const struct finding *found, struct buf *out)
{
	const struct facts *f = found->verdict.facts;
	enum service service = found->verdict.service;

	if (service == SERVICE_UNTRIED) {
		buf_puts(out, "open");
		return;
	}
	if (service == SERVICE_SERVING && f != NULL) {
		put_serving(found, f, out);
		return;
	}
	if (services[service] != NULL)
		put_template(found, services[service], out);
	else
		buf_puts(out, service_sentence(service));
	if (service == SERVICE_TLS_ALERT && f != NULL && f->detail[0] == '\0' && f->tls_alert >= 0)
		buf_printf(out, " (alert %d)", f->tls_alert);
	if (f != NULL && f->detail[0] != '\0')
		buf_printf(out, " (%s)", f->detail);
}

static void put_expiry(const struct cert *c, struct wall now, struct buf *out)
{
	enum { DAY_MS = 86400000 };
	int64_t days = (c->not_after.ms - now.ms) / DAY_MS;
	const char *mark = days == 1 || days == -1 ? "" : "s";

	if (c->not_after.ms < now.ms)
		buf_printf(out, "expired %lld day%s ago", (long long)-days, mark);
	else
		buf_printf(out, "expires in %lld day%s", (long long)days, mark);
}

/* "Unable to get local issuer certificate" is OpenSSL's way to say that it does not know whom. */
static void put_untrusted(const struct facts *f, struct buf *out)
{
	const struct judgement *j = &f->trust;
	const char *jargon = strstr(j->reason, "unable to get local issuer certificate");

	if (jargon == NULL)
		buf_puts(out, j->reason);
	else if (jargon - j->reason > 2)
		buf_put(out, j->reason, (size_t)(jargon - j->reason - 2)); /* up to ": " */
	else if (j->ca_asked)
		buf_puts(out, "it does not lead to an authority of --ca");
	else
		buf_puts(out, "this machine does not know its issuer");
	if (!f->cert->self_signed)
		buf_printf(out, " (%s)", f->cert->issuer);
}

static void put_trust(const struct finding *found, struct wall now, struct buf *out)
{
	const struct facts *f = found->verdict.facts;
	const struct judgement *j;

	if (f == NULL || f->cert == NULL)
		return;
	j = &f->trust;
	if (j->overall == TRUST_TRUSTED || j->overall == TRUST_UNTRIED)
		return;
	if (j->overall == TRUST_UNTRUSTED) {
		buf_puts(out, "; certificate not trusted: ");
		put_untrusted(f, out);
	} else {
		buf_printf(out, "; certificate: %s",
			   j->reason[0] != '\0' ? j->reason : trust_sentence(j->overall));
		if (found->dialect == DIALECT_AUTHD && j->overall == TRUST_FINGERPRINT_MISMATCH &&
		    j->pin == PIN_NONE)
			buf_puts(out, "; another machine answers here, or the host was not "
				      "restarted after a renewal");
	}
	if ((j->expiring || j->expired) && strstr(j->reason, "expire") == NULL) {
		buf_puts(out, "; ");
		put_expiry(f->cert, now, out);
	}
}

/* A third-party certificate on the engine's 443 is well, but then two authorities matter. */
static void put_engine(const struct facts *f, struct buf *out)
{
	if (f != NULL && f->ca != NULL && !f->ca_verifies)
		buf_puts(out,
			 "; its certificate is not from its own CA: hosts on 54322 need that CA "
			 "(banksman ca), this port another");
}

void advice_put(const struct finding *found, struct wall now, struct buf *out)
{
	if (found->verdict.reason != REASON_OK) {
		put_reason(found, out);
	} else {
		put_service(found, out);
		put_trust(found, now, out);
		put_engine(found->verdict.facts, out);
	}
	if (finding_mark(found) == MARK_WARNING && !finding_clear(found) && found->rule != NULL) {
		if (found->rule->until[0] != '\0')
			buf_printf(out, "; not needed since the release after %s",
				   found->rule->until);
		else
			buf_puts(out, "; not needed at every site");
	}
}
