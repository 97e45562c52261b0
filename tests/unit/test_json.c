/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "tests/unit/findings.h"
#include "tests/unit/unit.h"

static const struct machine esxi = { .role = ROLE_ESXI, .name = "esx01.example.com" };
static const struct machine unknown = { .name = "www.example.com" };

#define SHA1_ONES   "01:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01:01"
#define OF_8(byte)  byte ":" byte ":" byte ":" byte ":" byte ":" byte ":" byte ":" byte
#define OF_32(byte) OF_8(byte) ":" OF_8(byte) ":" OF_8(byte) ":" OF_8(byte)

/* Both as objects, so that neither blanks nor the order of keys count. */
static void assert_json(const char *got, const char *want)
{
	json_error_t e;
	json_t *a = json_loads(got, JSON_REJECT_DUPLICATES, &e);
	json_t *b = json_loads(want, JSON_REJECT_DUPLICATES, &e);

	assert_non_null(a);
	if (b == NULL)
		fail_msg("%d: %s", e.line, e.text);
	if (!json_equal(a, b))
		fail_msg("%s\nis not\n%s", got, want);
	json_decref(a);
	json_decref(b);
}

static void assert_results(const struct findings *s, const char *want)
{
	struct buf got;

	buf_init(&got, 64 * 1024);
	report_put_findings(s, &got);
	assert_false(buf_overflowed(&got));
	assert_json(buf_text(&got), want);
	buf_done(&got);
}

/* Takes found over. */
static void assert_row(struct finding *found, const char *want)
{
	struct findings s = { 0 };
	char *whole = xasprintf("{\"results\":[%s]}", want);

	findings_add(&s, found);
	assert_results(&s, whole);
	free(whole);
	findings_free(&s);
}

TEST(test_json_without_rows_is_an_empty_list)
{
	struct findings s = { 0 };

	assert_results(&s, "{\"results\":[]}");
	s.interrupted = true;
	assert_results(&s, "{\"results\":[],\"interrupted\":true}");
}

TEST(test_json_text_ends_with_a_line_end)
{
	struct buf out;
	json_t *o = report_object();

	report_set_number(o, "a", 1);
	buf_init(&out, 1024);
	report_put(o, &out);
	assert_string_equal(buf_text(&out), "{\n  \"a\": 1\n}\n");
	buf_done(&out);
}

TEST(test_json_least_verdict_has_no_key_more)
{
	assert_row(finding_made(&unknown, "10.1.7.9", 8080),
		   "{\"host\":\"www.example.com\",\"address\":\"10.1.7.9\",\"family\":4,"
		   "\"port\":8080,\"check\":\"tcp\",\"state\":\"open\",\"reason\":\"ok\","
		   "\"duration_us\":0}");
}

TEST(test_json_name_without_address_has_none)
{
	struct finding *found = finding_made(&esxi, NULL, 902);

	found->verdict.reason = REASON_DNS_NXDOMAIN;
	assert_row(found, "{\"host\":\"esx01.example.com\",\"role\":\"esxi\",\"port\":902,"
			  "\"check\":\"authd\",\"purpose\":\"Disk transfer data copy\","
			  "\"severity\":\"blocker\",\"state\":\"unresolved\","
			  "\"reason\":\"dns-nxdomain\",\"duration_us\":0}");
}

TEST(test_json_host_of_a_registry_is_its_name)
{
	struct finding *found = finding_made(&unknown, "10.1.7.9", 8080);

	found->image = "www.example.com:8080/vddk:8";
	assert_row(found, "{\"host\":\"www.example.com\",\"address\":\"10.1.7.9\",\"family\":4,"
			  "\"port\":8080,\"check\":\"tcp\",\"state\":\"open\",\"reason\":\"ok\","
			  "\"duration_us\":0}");
}

TEST(test_json_icmp_names_its_sender)
{
	struct finding *found = finding_made(&unknown, "fd00::9", 902);

	finding_icmp(found, REASON_ADMIN_PROHIBITED, "fd00::1");
	found->verdict.duration = span_of_ms(12);
	found->verdict.syn_retransmits = 2;
	assert_row(found, "{\"host\":\"www.example.com\",\"address\":\"fd00::9\",\"family\":6,"
			  "\"port\":902,\"check\":\"tcp\",\"state\":\"filtered\","
			  "\"reason\":\"admin-prohibited\",\"syn_retransmits\":2,"
			  "\"icmp\":{\"type\":3,\"code\":13,\"from\":\"fd00::1\"},"
			  "\"duration_us\":12000}");
}

TEST(test_json_mapped_port_has_the_documented_one_besides)
{
	struct finding *found = finding_made(&esxi, "10.1.7.9", 902);

	found->port = 19902;
	found->verdict.rtt_us = 0;
	assert_row(found,
		   "{\"host\":\"esx01.example.com\",\"role\":\"esxi\",\"address\":\"10.1.7.9\","
		   "\"family\":4,\"port\":19902,\"documented_port\":902,\"check\":\"authd\","
		   "\"purpose\":\"Disk transfer data copy\",\"severity\":\"blocker\","
		   "\"state\":\"open\",\"reason\":\"ok\",\"rtt_us\":0,\"duration_us\":0}");
}

/* {host…port} of finding_made(&unknown, "10.1.7.9", 443). */
#define HEAD                                                                                       \
	"{\"host\":\"www.example.com\",\"address\":\"10.1.7.9\",\"family\":4,\"port\":443,"        \
	"\"check\":\"tcp\",\"state\":\"open\",\"reason\":\"ok\",\"duration_us\":0"

TEST(test_json_every_service_has_its_state_and_reason)
{
	for (enum service service = SERVICE_UNTRIED; service < SERVICE_N; service++) {
		struct finding *found = finding_made(&unknown, "10.1.7.9", 443);
		char *want;

		found->verdict.service = service;
		if (service == SERVICE_UNTRIED)
			want = xstrdup(HEAD "}");
		else if (service == SERVICE_SERVING)
			want = xstrdup(HEAD ",\"service\":{\"state\":\"serving\"}}");
		else
			want = xasprintf(HEAD ",\"service\":{\"state\":\"%s\",\"reason\":\"%s\"}}",
					 service == SERVICE_LOCAL ? "unknown" : "failing",
					 service_name(service));
		assert_row(found, want);
		free(want);
	}
}

TEST(test_json_empty_facts_add_nothing)
{
	struct finding *found = finding_made(&unknown, "10.1.7.9", 443);

	found->verdict.service = SERVICE_SERVING;
	(void)verdict_facts(&found->verdict);
	assert_row(found, HEAD ",\"service\":{\"state\":\"serving\"}}");
}

TEST(test_json_image_has_its_word)
{
	static const char *const words[] = { [IMAGE_PRESENT] = "present",
					     [IMAGE_ABSENT] = "absent",
					     [IMAGE_NEEDS_LOGIN] = "needs-login" };

	for (enum image_state i = IMAGE_PRESENT; i <= IMAGE_NEEDS_LOGIN; i++) {
		struct finding *found = finding_made(&unknown, "10.1.7.9", 443);
		char *want = xasprintf(HEAD ",\"service\":{\"state\":\"serving\",\"image\":\"%s\","
					    "\"digest\":\"sha256:00\"}}",
				       words[i]);

		found->verdict.service = SERVICE_SERVING;
		verdict_facts(&found->verdict)->image = i;
		text_printf(found->verdict.facts->digest, LIMIT_FACT_BYTES, "sha256:00");
		assert_row(found, want);
		free(want);
	}
}

TEST(test_json_tls_alert_alone_is_told)
{
	struct finding *found = finding_made(&unknown, "10.1.7.9", 443);

	found->verdict.service = SERVICE_TLS_ALERT;
	verdict_facts(&found->verdict)->tls_alert = 0;
	assert_row(found, HEAD ",\"service\":{\"state\":\"failing\",\"reason\":\"tls-alert\"},"
			       "\"tls\":{\"alert\":0}}");
}

static void fill(struct facts *f)
{
	struct cert *c = f->cert;

	text_printf(f->product, sizeof f->product, "VMware ESXi");
	text_printf(f->version, sizeof f->version, "8.0.3");
	text_printf(f->build, sizeof f->build, "24022510");
	text_printf(f->api_type, sizeof f->api_type, "HostAgent");
	text_printf(f->instance_uuid, sizeof f->instance_uuid, "0-1-2");
	text_printf(f->features, sizeof f->features, "SSL \"\xc3\xbc\"");
	text_printf(f->detail, sizeof f->detail, "more");
	f->http_status = 200;
	text_printf(f->tls_version, sizeof f->tls_version, "TLSv1.3");
	text_printf(f->tls_cipher, sizeof f->tls_cipher, "TLS_AES_256_GCM_SHA384");
	f->client_cert_requested = true;
	c->san = xcalloc(2, sizeof *c->san);
	c->san[0] = xstrdup("DNS:esx01.example.com");
	c->san[1] = xstrdup("IP Address:10.1.7.9");
	c->san_count = 2;
	f->trust.expiring = true;
	f->trust.pin = PIN_MATCH;
	memcpy(f->trust.reason, "it is pinned", sizeof "it is pinned");
	f->ca = cert_made("CN=engine CA", "CN=engine CA");
	f->ca_verifies = true;
}

TEST(test_json_full_verdict_has_every_key)
{
	struct finding *found = finding_made(&esxi, "10.1.7.9", 443);

	(void)finding_cert(found);
	fill(found->verdict.facts);
	found->verdict.rtt_us = 310;
	found->verdict.duration = (struct span){ 1234567 };
	assert_row(found,
		   "{\"host\":\"esx01.example.com\",\"role\":\"esxi\",\"address\":\"10.1.7.9\","
		   "\"family\":4,\"port\":443,\"check\":\"esxi\","
		   "\"purpose\":\"Disk transfer authentication\",\"severity\":\"blocker\","
		   "\"state\":\"open\",\"reason\":\"ok\",\"rtt_us\":310,"
		   "\"service\":{\"state\":\"serving\",\"product\":\"VMware ESXi\","
		   "\"version\":\"8.0.3\",\"build\":\"24022510\",\"api_type\":\"HostAgent\","
		   "\"instance_uuid\":\"0-1-2\",\"features\":\"SSL \\\"\\u00fc\\\"\","
		   "\"http_status\":200,\"detail\":\"more\"},"
		   "\"tls\":{\"version\":\"TLSv1.3\",\"cipher\":\"TLS_AES_256_GCM_SHA384\","
		   "\"client_certificate_requested\":true},"
		   "\"certificate\":{\"sha1\":\"" SHA1_ONES "\",\"sha256\":\"" OF_32(
			   "AB") "\","
				 "\"spki_sha256\":\"" OF_32(
					 "FF") "\",\"subject\":\"CN=esx01.example.com\","
					       "\"issuer\":\"CN=Example CA\","
					       "\"san\":[\"DNS:esx01.example.com\",\"IP "
					       "Address:10.1.7.9\"],"
					       "\"not_before\":\"2020-01-01T00:00:00Z\",\"not_"
					       "after\":\"2030-01-01T00:00:00Z\","
					       "\"self_signed\":false,\"key\":\"RSA 2048\","
					       "\"signature\":\"sha256WithRSAEncryption\"},"
					       "\"trust\":{\"state\":\"trusted\",\"reason\":"
					       "\"it is pinned\",\"chain\":\"ok\","
					       "\"name\":\"ok\",\"validity\":\"expiring\","
					       "\"pin\":\"match\"},"
					       "\"ca\":{\"sha256\":\"" OF_32(
						       "AB") "\",\"subject\":\"CN=engine CA\","
							     "\"not_after\":\"2030-01-01T00:00:"
							     "00Z\",\"verifies\":true},"
							     "\"duration_us\":1234}");
}

/* The trust object of a judgement. */
static void assert_trust(const struct judgement *j, const char *want)
{
	struct findings s = { 0 };
	struct finding *found = finding_made(&esxi, "10.1.7.9", 443);
	struct buf got;
	json_t *whole;
	char *text;

	(void)finding_cert(found);
	found->verdict.facts->trust = *j;
	findings_add(&s, found);
	buf_init(&got, 64 * 1024);
	report_put_findings(&s, &got);
	whole = json_loads(buf_text(&got), 0, NULL);
	text = json_dumps(
		json_object_get(json_array_get(json_object_get(whole, "results"), 0), "trust"), 0);
	assert_non_null(text);
	assert_json(text, want);
	free(text);
	json_decref(whole);
	buf_done(&got);
	findings_free(&s);
}

TEST(test_json_trust_has_each_judgement)
{
	assert_trust(
		&(struct judgement){ .chain_ok = true, .name_ok = true, .overall = TRUST_TRUSTED },
		"{\"state\":\"trusted\",\"chain\":\"ok\",\"name\":\"ok\","
		"\"validity\":\"ok\"}");
	assert_trust(&(struct judgement){ .chain_error = "self-signed certificate",
					  .expired = true,
					  .expiring = true,
					  .pin = PIN_MISMATCH,
					  .overall = TRUST_FINGERPRINT_MISMATCH,
					  .reason = "why" },
		     "{\"state\":\"fingerprint-mismatch\",\"reason\":\"why\","
		     "\"chain\":\"self-signed certificate\",\"name\":\"mismatch\","
		     "\"validity\":\"expired\",\"pin\":\"mismatch\"}");
	assert_trust(&(struct judgement){ .not_yet_valid = true, .overall = TRUST_NOT_YET_VALID },
		     "{\"state\":\"not-yet-valid\",\"name\":\"mismatch\","
		     "\"validity\":\"not-yet-valid\"}");
}

TEST(test_json_certificate_without_names_has_an_empty_list)
{
	struct cert *c = cert_made("", "CN=Example CA");
	json_t *o;

	c->key_type = NULL;
	c->signature = NULL;
	c->not_before.ms = INT64_MIN;
	o = report_cert(c);
	assert_int_equal(json_array_size(json_object_get(o, "san")), 0);
	assert_true(json_is_array(json_object_get(o, "san")));
	assert_null(json_object_get(o, "subject"));
	assert_null(json_object_get(o, "key"));
	assert_null(json_object_get(o, "signature"));
	assert_null(json_object_get(o, "not_before"));
	json_decref(o);
	cert_free(c);
}

TEST(test_json_text_that_is_not_utf8_is_said_to_be_so)
{
	json_t *o = report_object();

	report_set_text(o, "a", "\xff");
	report_set_text(o, "b", "");
	report_set_text(o, "c", NULL);
	assert_string_equal(json_string_value(json_object_get(o, "a")), "(not UTF-8)");
	assert_int_equal(json_object_size(o), 1);
	json_decref(o);
}

TEST(test_json_rows_keep_their_order)
{
	struct findings s = { 0 };

	findings_add(&s, finding_made(&unknown, "10.1.7.9", 443));
	findings_add(&s, finding_made(&unknown, "10.1.7.9", 443));
	s.list[1]->verdict.service = SERVICE_SERVING;
	assert_results(&s,
		       "{\"results\":[" HEAD "}," HEAD ",\"service\":{\"state\":\"serving\"}}]}");
	findings_free(&s);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_json_without_rows_is_an_empty_list),
	cmocka_unit_test(test_json_text_ends_with_a_line_end),
	cmocka_unit_test(test_json_least_verdict_has_no_key_more),
	cmocka_unit_test(test_json_name_without_address_has_none),
	cmocka_unit_test(test_json_host_of_a_registry_is_its_name),
	cmocka_unit_test(test_json_icmp_names_its_sender),
	cmocka_unit_test(test_json_mapped_port_has_the_documented_one_besides),
	cmocka_unit_test(test_json_every_service_has_its_state_and_reason),
	cmocka_unit_test(test_json_empty_facts_add_nothing),
	cmocka_unit_test(test_json_image_has_its_word),
	cmocka_unit_test(test_json_tls_alert_alone_is_told),
	cmocka_unit_test(test_json_full_verdict_has_every_key),
	cmocka_unit_test(test_json_trust_has_each_judgement),
	cmocka_unit_test(test_json_certificate_without_names_has_an_empty_list),
	cmocka_unit_test(test_json_text_that_is_not_utf8_is_said_to_be_so),
	cmocka_unit_test(test_json_rows_keep_their_order),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
