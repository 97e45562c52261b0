/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/advice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "cli/hosts.h"
#include "tests/unit/rows.h"
#include "tests/unit/unit.h"

static const struct host esxi = { .role = ROLE_ESXI, .name = "esx01.example.com" };
static const struct host ovirt = { .role = ROLE_OVIRT_HOST, .name = "kvm01.example.com" };
static const struct host ova = { .role = ROLE_OVA, .name = "nfs.example.com" };
static const struct host unknown = { .name = "www.example.com" };

/* 2029-12-22, ten days before the certificates of rows.h end. */
static const struct wall now = { INT64_C(1892592000000) };

static void assert_advice(const struct row *r, const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	advice_put(r, now, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

/* r's sentence is whole: something, on one line, every template filled in, no final stop. */
static void assert_whole(struct row *r, const char *what)
{
	struct buf b;
	const char *text;

	buf_init(&b, 4096);
	advice_put(r, now, &b);
	text = buf_text(&b);
	if (text[0] == '\0' || strpbrk(text, "{}\n") != NULL || strstr(text, "  ") != NULL ||
	    strstr(text, "()") != NULL || strstr(text, "(null)") != NULL ||
	    strchr(" .:;,", text[strlen(text) - 1]) != NULL)
		fail_msg("%s: \"%s\"", what, text);
	buf_done(&b);
	row_free(r);
}

static struct row *reason_row(enum reason reason)
{
	struct row *r = row_made(&esxi, "10.1.7.9", 902);

	r->verdict.reason = reason;
	return r;
}

static struct row *service_row(enum service service)
{
	struct row *r = row_made(&esxi, "10.1.7.9", 902);

	r->verdict.service = service;
	return r;
}

TEST(test_advice_every_reason_is_a_whole_sentence)
{
	for (enum reason reason = REASON_OK; reason < REASON_N; reason++) {
		struct row *r = row_made(&esxi, NULL, 902);

		r->verdict.reason = reason;
		if (reason_state(reason) == PORT_UNRESOLVED)
			assert_whole(r, reason_name(reason));
		else
			row_free(r);
		assert_whole(reason_row(reason), reason_name(reason));
		r = row_made(&esxi, "fd00::9", 902);
		row_icmp(r, reason, "fd00::1");
		assert_whole(r, reason_name(reason));
		r = reason_row(reason);
		row_icmp(r, reason, "10.1.7.9");
		r->verdict.os_error = EACCES;
		assert_whole(r, reason_name(reason));
	}
}

TEST(test_advice_every_service_is_a_whole_sentence)
{
	for (enum service service = SERVICE_UNTRIED; service < SERVICE_N; service++) {
		struct row *r = service_row(service);

		assert_whole(r, service_name(service));
		r = service_row(service);
		(void)verdict_facts(&r->verdict);
		assert_whole(r, service_name(service));
		r = service_row(service);
		text_printf(verdict_facts(&r->verdict)->detail, LIMIT_FACT_BYTES, "why");
		assert_whole(r, service_name(service));
	}
}

TEST(test_advice_every_trust_is_a_whole_sentence)
{
	for (enum trust trust = TRUST_UNTRIED; trust < TRUST_N; trust++)
		for (unsigned bits = 0; bits < 32; bits++) {
			struct row *r = row_made(&esxi, "10.1.7.9", bits & 1 ? 902 : 443);
			struct judgement *j;

			(void)row_cert(r);
			r->verdict.facts->cert->self_signed = (bits & 2) != 0;
			j = &r->verdict.facts->trust;
			j->overall = trust;
			j->ca_asked = (bits & 4) != 0;
			j->expiring = (bits & 8) != 0;
			(void)snprintf(j->reason, sizeof j->reason, "%s",
				       bits & 16 || trust == TRUST_UNTRUSTED ? "for a reason" : "");
			assert_whole(r, trust_name(trust));
		}
}

static void assert_reason(enum reason reason, const char *from, const char *want)
{
	struct row *r = reason_row(reason);

	if (from != NULL)
		row_icmp(r, reason, from);
	assert_advice(r, want);
	row_free(r);
}

TEST(test_advice_no_answer_names_the_trace_to_run)
{
	struct row *r = row_made(&esxi, "fd00::9", 902);

	r->verdict.reason = REASON_NO_ANSWER;
	assert_advice(r, "no answer: something between here and fd00::9 drops it silently; run: "
			 "banksman trace [fd00::9]:902");
	row_free(r);
	assert_reason(REASON_NO_ANSWER, NULL,
		      "no answer: something between here and 10.1.7.9 drops it silently; run: "
		      "banksman trace 10.1.7.9:902");
}

TEST(test_advice_refused_and_reset)
{
	assert_reason(REASON_REFUSED, NULL,
		      "refused: the host is up but nothing listens on 902 (or a firewall answers "
		      "with a reset)");
	assert_reason(REASON_RESET, NULL,
		      "reset: 10.1.7.9:902 takes the connection and drops it at once; the service "
		      "is overloaded or lets only some addresses in, or a firewall cuts it");
}

TEST(test_advice_rejection_names_the_device)
{
	assert_reason(REASON_ADMIN_PROHIBITED, "10.1.7.1",
		      "rejected by 10.1.7.1 (admin-prohibited): ask for the firewall there to let "
		      "10.1.7.9:902 through");
	assert_reason(REASON_PORT_UNREACHABLE, "10.1.7.1",
		      "rejected by 10.1.7.1 (port-unreachable): a packet filter there refuses "
		      "10.1.7.9:902; ask for it to be opened");
	assert_reason(REASON_NET_UNREACHABLE, "10.1.7.1",
		      "no route: 10.1.7.1 knows no way to 10.1.7.9; ask for the routing there");
	assert_reason(
		REASON_HOST_UNREACHABLE, "10.1.7.1",
		"unreachable: 10.1.7.1 cannot find 10.1.7.9; the host is down, or its address "
		"or VLAN is wrong");
	assert_reason(REASON_TTL_EXCEEDED, "10.1.7.1",
		      "a routing loop: packets circle until 10.1.7.1 gives up; run: banksman trace "
		      "10.1.7.9:902");
}

TEST(test_advice_rejection_by_the_host_itself_is_its_own_firewall)
{
	assert_reason(
		REASON_ADMIN_PROHIBITED, "10.1.7.9",
		"rejected by 10.1.7.9 itself (admin-prohibited): open port 902 in that host's "
		"firewall");
	assert_reason(REASON_HOST_PROHIBITED, "10.1.7.9",
		      "rejected by 10.1.7.9 itself (host-prohibited): open port 902 in that host's "
		      "firewall");
	assert_reason(
		REASON_PORT_UNREACHABLE, "10.1.7.9",
		"rejected by 10.1.7.9 itself (port-unreachable): open port 902 in that host's "
		"firewall");
}

TEST(test_advice_rejection_by_nobody_known)
{
	struct row *r = row_made(&esxi, "fd00::9", 902);

	r->verdict.reason = REASON_NET_UNREACHABLE;
	assert_advice(r, "no route: this machine knows no way to fd00::9; look at its routes (ip "
			 "route get fd00::9), or ask only IPv4 with --family 4");
	row_free(r);
	assert_reason(
		REASON_NET_UNREACHABLE, NULL,
		"no route: this machine knows no way to 10.1.7.9; look at its routes (ip route "
		"get 10.1.7.9), or ask only IPv6 with --family 6");
	assert_reason(
		REASON_HOST_UNREACHABLE, NULL,
		"unreachable: nobody on its network answers for 10.1.7.9; the host is down, or "
		"its address or VLAN is wrong");
	assert_reason(
		REASON_PROTOCOL_UNREACHABLE, NULL,
		"rejected by a device on the way (protocol-unreachable): a packet filter there "
		"refuses TCP; ask for 10.1.7.9:902 to be opened");
	assert_reason(
		REASON_LOCAL_POLICY, NULL,
		"rejected by this machine's own firewall or routing policy: look at its output "
		"rules (nft list ruleset; ip rule)");
}

TEST(test_advice_dns_names_the_host)
{
	assert_reason(
		REASON_DNS_NXDOMAIN, NULL,
		"no such name in DNS: check the spelling of esx01.example.com, or ask for the "
		"record");
	assert_reason(REASON_DNS_NODATA, NULL,
		      "the name has no address in DNS: ask for an A or AAAA record for "
		      "esx01.example.com");
	assert_reason(
		REASON_DNS_TIMEOUT, NULL,
		"no DNS server answered in time: check the servers of /etc/resolv.conf (or of "
		"--resolver), and port 53 to them");
}

TEST(test_advice_local_gives_the_systems_words)
{
	struct row *r = reason_row(REASON_LOCAL);

	assert_advice(r, "not checked: this machine could not try (no more is known)");
	r->verdict.os_error = EMFILE;
	assert_advice(r, "not checked: this machine could not try (Too many open files)");
	r->verdict.os_error = 99999;
	assert_advice(r, "not checked: this machine could not try (no more is known)");
	row_free(r);
	r = service_row(SERVICE_LOCAL);
	r->verdict.os_error = ENOMEM;
	assert_advice(r, "open, but not checked to the end: this machine could not go on (Cannot "
			 "allocate memory)");
	row_free(r);
}

static void assert_service(enum service service, const char *detail, const char *want)
{
	struct row *r = service_row(service);

	text_printf(verdict_facts(&r->verdict)->detail, LIMIT_FACT_BYTES, "%s", detail);
	assert_advice(r, want);
	row_free(r);
}

TEST(test_advice_service_that_fails_ends_with_its_detail)
{
	assert_service(
		SERVICE_BANNER_TIMEOUT, "",
		"open, but its first line does not come: another device answers in its place, "
		"the address is used twice, or the service is stuck");
	assert_service(SERVICE_BANNER_MISMATCH, "it greets with \"SSH-2.0\"",
		       "open, but something else answers: check that 10.1.7.9 is the right machine "
		       "(it greets with \"SSH-2.0\")");
	assert_service(SERVICE_NOT_TLS, "",
		       "open, but it does not speak TLS: check that 902 is the right port, and "
		       "10.1.7.9 the right machine");
	assert_service(SERVICE_WRONG_VERSION, "it is 6.0, 6.5 or later is needed",
		       "serving, but too old to migrate from (it is 6.0, 6.5 or later is needed)");
	assert_service(SERVICE_NEEDS_LOGIN, "",
		       "the registry answers, but wants a login for this image: a pull secret is "
		       "needed");
}

TEST(test_advice_tls_alert_has_its_number_unless_explained)
{
	struct row *r = service_row(SERVICE_TLS_ALERT);

	verdict_facts(&r->verdict)->tls_alert = 0;
	assert_advice(r, "open, but the TLS handshake is refused with an alert (alert 0)");
	r->verdict.facts->tls_alert = 40;
	assert_advice(r, "open, but the TLS handshake is refused with an alert (alert 40)");
	text_printf(r->verdict.facts->detail, LIMIT_FACT_BYTES, "handshake failure");
	assert_advice(r,
		      "open, but the TLS handshake is refused with an alert (handshake failure)");
	row_free(r);
}

TEST(test_advice_serving_says_what_it_is)
{
	struct row *r = service_row(SERVICE_SERVING);
	struct facts *f = verdict_facts(&r->verdict);

	assert_advice(r, "serving");
	text_printf(f->tls_version, sizeof f->tls_version, "TLSv1.3");
	assert_advice(r, "speaks TLSv1.3");
	f->http_status = 204;
	assert_advice(r, "answers with HTTP status 204");
	text_printf(f->version, sizeof f->version, "1.10");
	assert_advice(r, "1.10");
	text_printf(f->product, sizeof f->product, "VMware Authentication Daemon");
	text_printf(f->features, sizeof f->features, "SSL NFCSSL SHA256");
	assert_advice(r, "VMware Authentication Daemon 1.10, SSL NFCSSL SHA256");
	text_printf(f->build, sizeof f->build, "24022510");
	r->same_as_443 = true;
	assert_advice(r,
		      "VMware Authentication Daemon 1.10 build 24022510, SSL NFCSSL SHA256, same "
		      "certificate as 443");
	row_free(r);
}

TEST(test_advice_open_port_alone_is_open)
{
	struct row *r = service_row(SERVICE_UNTRIED);

	assert_advice(r, "open");
	row_free(r);
}

TEST(test_advice_registry_says_that_the_image_is_there)
{
	struct row *r = service_row(SERVICE_SERVING);
	struct facts *f = verdict_facts(&r->verdict);

	f->image = IMAGE_PRESENT;
	assert_advice(r, "the image is there");
	text_printf(f->product, sizeof f->product, "OCI registry");
	text_printf(f->digest, sizeof f->digest, "sha256:00ff");
	assert_advice(r, "OCI registry, the image is there (sha256:00ff)");
	row_free(r);
}

TEST(test_advice_machine_that_nobody_knows_is_said_to_be_none)
{
	struct row *r = row_made(&unknown, "10.1.7.9", 443);

	r->item.dialect = DIALECT_IDENTIFY;
	r->verdict.service = SERVICE_SERVING;
	verdict_facts(&r->verdict)->http_status = 200;
	assert_advice(r, "answers with HTTP status 200, but is no vCenter, ESXi or oVirt engine");
	row_free(r);
}

TEST(test_advice_minor_port_says_that_it_may_be_needless)
{
	struct row *r = row_made(&ovirt, "10.1.7.9", 443);

	r->verdict.reason = REASON_REFUSED;
	assert_advice(r,
		      "refused: the host is up but nothing listens on 443 (or a firewall answers "
		      "with a reset); not needed since the release after 2.7");
	r->item.asked = true;
	assert_advice(r,
		      "refused: the host is up but nothing listens on 443 (or a firewall answers "
		      "with a reset)");
	row_free(r);
	r = row_made(&ova, "10.1.7.9", 111);
	r->verdict.reason = REASON_REFUSED;
	assert_advice(r,
		      "refused: the host is up but nothing listens on 111 (or a firewall answers "
		      "with a reset); not needed at every site");
	row_free(r);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_advice_every_reason_is_a_whole_sentence),
	cmocka_unit_test(test_advice_every_service_is_a_whole_sentence),
	cmocka_unit_test(test_advice_every_trust_is_a_whole_sentence),
	cmocka_unit_test(test_advice_no_answer_names_the_trace_to_run),
	cmocka_unit_test(test_advice_refused_and_reset),
	cmocka_unit_test(test_advice_rejection_names_the_device),
	cmocka_unit_test(test_advice_rejection_by_the_host_itself_is_its_own_firewall),
	cmocka_unit_test(test_advice_rejection_by_nobody_known),
	cmocka_unit_test(test_advice_dns_names_the_host),
	cmocka_unit_test(test_advice_local_gives_the_systems_words),
	cmocka_unit_test(test_advice_service_that_fails_ends_with_its_detail),
	cmocka_unit_test(test_advice_tls_alert_has_its_number_unless_explained),
	cmocka_unit_test(test_advice_serving_says_what_it_is),
	cmocka_unit_test(test_advice_open_port_alone_is_open),
	cmocka_unit_test(test_advice_registry_says_that_the_image_is_there),
	cmocka_unit_test(test_advice_machine_that_nobody_knows_is_said_to_be_none),
	cmocka_unit_test(test_advice_minor_port_says_that_it_may_be_needless),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
