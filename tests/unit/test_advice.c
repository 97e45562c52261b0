/* SPDX-License-Identifier: Apache-2.0 */
#include "report/advice.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "base/text.h"
#include "tests/unit/findings.h"
#include "tests/unit/unit.h"

static const struct machine esxi = { .role = ROLE_ESXI, .name = "esx01.example.com" };
static const struct machine ovirt = { .role = ROLE_OVIRT_HOST, .name = "kvm01.example.com" };
static const struct machine ova = { .role = ROLE_OVA, .name = "nfs.example.com" };
static const struct machine unknown = { .name = "www.example.com" };

/* 2029-12-22, ten days before the certificates of findings.h end. */
static const struct wall now = { INT64_C(1892592000000) };

static void assert_advice(const struct finding *found, const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	advice_put(found, now, &got);
	assert_string_equal(buf_text(&got), want);
	buf_done(&got);
}

/* The sentence is whole: something, on one line, every template filled in, no final stop. */
static void assert_whole(struct finding *found, const char *what)
{
	struct buf b;
	const char *text;

	buf_init(&b, 4096);
	advice_put(found, now, &b);
	text = buf_text(&b);
	if (text[0] == '\0' || strpbrk(text, "{}\n") != NULL || strstr(text, "  ") != NULL ||
	    strstr(text, "()") != NULL || strstr(text, "(null)") != NULL ||
	    strchr(" .:;,", text[strlen(text) - 1]) != NULL)
		fail_msg("%s: \"%s\"", what, text);
	buf_done(&b);
	finding_free(found);
}

static struct finding *reason_finding(enum reason reason)
{
	struct finding *found = finding_made(&esxi, "10.1.7.9", 902);

	found->verdict.reason = reason;
	return found;
}

static struct finding *service_finding(enum service service)
{
	struct finding *found = finding_made(&esxi, "10.1.7.9", 902);

	found->verdict.service = service;
	return found;
}

TEST(test_advice_every_reason_is_a_whole_sentence)
{
	for (enum reason reason = REASON_OK; reason < REASON_N; reason++) {
		struct finding *found = finding_made(&esxi, NULL, 902);

		found->verdict.reason = reason;
		if (reason_state(reason) == PORT_UNRESOLVED)
			assert_whole(found, reason_name(reason));
		else
			finding_free(found);
		assert_whole(reason_finding(reason), reason_name(reason));
		found = finding_made(&esxi, "fd00::9", 902);
		finding_icmp(found, reason, "fd00::1");
		assert_whole(found, reason_name(reason));
		found = reason_finding(reason);
		finding_icmp(found, reason, "10.1.7.9");
		found->verdict.os_error = EACCES;
		assert_whole(found, reason_name(reason));
	}
}

TEST(test_advice_every_service_is_a_whole_sentence)
{
	for (enum service service = SERVICE_UNTRIED; service < SERVICE_N; service++) {
		struct finding *found = service_finding(service);

		assert_whole(found, service_name(service));
		found = service_finding(service);
		(void)verdict_facts(&found->verdict);
		assert_whole(found, service_name(service));
		found = service_finding(service);
		text_printf(verdict_facts(&found->verdict)->detail, LIMIT_FACT_BYTES, "why");
		assert_whole(found, service_name(service));
	}
}

TEST(test_advice_every_trust_is_a_whole_sentence)
{
	for (enum trust trust = TRUST_UNTRIED; trust < TRUST_N; trust++)
		for (unsigned bits = 0; bits < 32; bits++) {
			struct finding *found =
				finding_made(&esxi, "10.1.7.9", bits & 1 ? 902 : 443);
			struct judgement *j;

			(void)finding_cert(found);
			found->verdict.facts->cert->self_signed = (bits & 2) != 0;
			j = &found->verdict.facts->trust;
			j->overall = trust;
			j->ca_asked = (bits & 4) != 0;
			j->expiring = (bits & 8) != 0;
			(void)snprintf(j->reason, sizeof j->reason, "%s",
				       bits & 16 || trust == TRUST_UNTRUSTED ? "for a reason" : "");
			assert_whole(found, trust_name(trust));
		}
}

static void assert_reason(enum reason reason, const char *from, const char *want)
{
	struct finding *found = reason_finding(reason);

	if (from != NULL)
		finding_icmp(found, reason, from);
	assert_advice(found, want);
	finding_free(found);
}

TEST(test_advice_no_answer_names_the_trace_to_run)
{
	struct finding *found = finding_made(&esxi, "fd00::9", 902);

	found->verdict.reason = REASON_NO_ANSWER;
	assert_advice(found,
		      "no answer: something between here and fd00::9 drops it silently; run: "
		      "banksman trace [fd00::9]:902");
	finding_free(found);
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
	struct finding *found = finding_made(&esxi, "fd00::9", 902);

	found->verdict.reason = REASON_NET_UNREACHABLE;
	assert_advice(found,
		      "no route: this machine knows no way to fd00::9; look at its routes (ip "
		      "route get fd00::9), or ask only IPv4 with --family 4");
	finding_free(found);
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
	struct finding *found = reason_finding(REASON_LOCAL);

	assert_advice(found, "not checked: this machine could not try (no more is known)");
	found->verdict.os_error = EMFILE;
	assert_advice(found, "not checked: this machine could not try (Too many open files)");
	found->verdict.os_error = 99999;
	assert_advice(found, "not checked: this machine could not try (no more is known)");
	finding_free(found);
	found = service_finding(SERVICE_LOCAL);
	found->verdict.os_error = ENOMEM;
	assert_advice(found,
		      "open, but not checked to the end: this machine could not go on (Cannot "
		      "allocate memory)");
	finding_free(found);
}

static void assert_service(enum service service, const char *detail, const char *want)
{
	struct finding *found = service_finding(service);

	text_printf(verdict_facts(&found->verdict)->detail, LIMIT_FACT_BYTES, "%s", detail);
	assert_advice(found, want);
	finding_free(found);
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
	struct finding *found = service_finding(SERVICE_TLS_ALERT);

	verdict_facts(&found->verdict)->tls_alert = 0;
	assert_advice(found, "open, but the TLS handshake is refused with an alert (alert 0)");
	found->verdict.facts->tls_alert = 40;
	assert_advice(found, "open, but the TLS handshake is refused with an alert (alert 40)");
	text_printf(found->verdict.facts->detail, LIMIT_FACT_BYTES, "handshake failure");
	assert_advice(found,
		      "open, but the TLS handshake is refused with an alert (handshake failure)");
	finding_free(found);
}

TEST(test_advice_serving_says_what_it_is)
{
	struct finding *found = service_finding(SERVICE_SERVING);
	struct facts *f = verdict_facts(&found->verdict);

	assert_advice(found, "serving");
	text_printf(f->tls_version, sizeof f->tls_version, "TLSv1.3");
	assert_advice(found, "speaks TLSv1.3");
	f->http_status = 204;
	assert_advice(found, "answers with HTTP status 204");
	text_printf(f->version, sizeof f->version, "1.10");
	assert_advice(found, "1.10");
	text_printf(f->product, sizeof f->product, "VMware Authentication Daemon");
	text_printf(f->features, sizeof f->features, "SSL NFCSSL SHA256");
	assert_advice(found, "VMware Authentication Daemon 1.10, SSL NFCSSL SHA256");
	text_printf(f->build, sizeof f->build, "24022510");
	found->same_as_443 = true;
	assert_advice(found,
		      "VMware Authentication Daemon 1.10 build 24022510, SSL NFCSSL SHA256, same "
		      "certificate as 443");
	finding_free(found);
}

TEST(test_advice_open_port_alone_is_open)
{
	struct finding *found = service_finding(SERVICE_UNTRIED);

	assert_advice(found, "open");
	finding_free(found);
}

TEST(test_advice_registry_says_that_the_image_is_there)
{
	struct finding *found = service_finding(SERVICE_SERVING);
	struct facts *f = verdict_facts(&found->verdict);

	f->image = IMAGE_PRESENT;
	assert_advice(found, "the image is there");
	text_printf(f->product, sizeof f->product, "OCI registry");
	text_printf(f->digest, sizeof f->digest, "sha256:00ff");
	assert_advice(found, "OCI registry, the image is there (sha256:00ff)");
	finding_free(found);
}

TEST(test_advice_machine_that_nobody_knows_is_said_to_be_none)
{
	struct finding *found = finding_made(&unknown, "10.1.7.9", 443);

	found->dialect = DIALECT_IDENTIFY;
	found->verdict.service = SERVICE_SERVING;
	verdict_facts(&found->verdict)->http_status = 200;
	assert_advice(found,
		      "answers with HTTP status 200, but is no vCenter, ESXi or oVirt engine");
	finding_free(found);
}

TEST(test_advice_minor_port_says_that_it_may_be_needless)
{
	struct finding *found = finding_made(&ovirt, "10.1.7.9", 443);

	found->verdict.reason = REASON_REFUSED;
	assert_advice(found,
		      "refused: the host is up but nothing listens on 443 (or a firewall answers "
		      "with a reset); not needed since the release after 2.7");
	found->asked = true;
	assert_advice(found,
		      "refused: the host is up but nothing listens on 443 (or a firewall answers "
		      "with a reset)");
	finding_free(found);
	found = finding_made(&ova, "10.1.7.9", 111);
	found->verdict.reason = REASON_REFUSED;
	assert_advice(found,
		      "refused: the host is up but nothing listens on 111 (or a firewall answers "
		      "with a reset); not needed at every site");
	finding_free(found);
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
