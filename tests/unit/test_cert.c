/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/cert.h"

#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/mem.h"
#include "base/must.h"
#include "tests/unit/made.h"
#include "tests/unit/unit.h"

/* Made once by `openssl req -x509`; its key is gone.  What follows is what openssl said of it. */
static const char known_pem[] = "-----BEGIN CERTIFICATE-----\n"
				"MIID0zCCArugAwIBAgIUGdYMTmHQ0Ly4O/clAvK30OVlwmUwDQYJKoZIhvcNAQEL\n"
				"BQAwRDELMAkGA1UEBhMCREUxFzAVBgNVBAoMDk3DvGxsZXIgU8O2aG5lMRwwGgYD\n"
				"VQQDDBN2Y2VudGVyLmV4YW1wbGUuY29tMB4XDTI2MTEyMjIzMDAwOVoXDTM2MTEx\n"
				"OTIzMDAwOVowRDELMAkGA1UEBhMCREUxFzAVBgNVBAoMDk3DvGxsZXIgU8O2aG5l\n"
				"MRwwGgYDVQQDDBN2Y2VudGVyLmV4YW1wbGUuY29tMIIBIjANBgkqhkiG9w0BAQEF\n"
				"AAOCAQ8AMIIBCgKCAQEAnhD/RiVkIYHFLiAj1Cn5UsLPqIgmhjIL+4YZefMVVs90\n"
				"jt1QdVjJMNYS7aqPD10YW+kkWe04ETaSnYE6t+av47apDkeAZaDI9hYNext2Tk0K\n"
				"ILUPQsZRLBvtB4s1PPyDFCzlcoF6GmygEnjX79BCDS4X6oj2fxHOuykFeUtnksWu\n"
				"sorefEv/XLyKK2j43YIjcySEfX9SmrK/oYYGPWSzJAE56awGAq5VRF3CUW1qIYw7\n"
				"sIHqKfhH9ZCATSWJAnlUvvVbvQfTJVTWgsP286JANSHOJSMHcT8nqXCCNFXlnQm7\n"
				"hNkc00wxu0fZBIwLprV7FtT4Tz49E+hui0OGmre5zwIDAQABo4G8MIG5MB0GA1Ud\n"
				"DgQWBBQ5KbKYIshDV/HFzyIgxvpFAqcHKjAfBgNVHSMEGDAWgBQ5KbKYIshDV/HF\n"
				"zyIgxvpFAqcHKjAPBgNVHRMBAf8EBTADAQH/MGYGA1UdEQRfMF2CE3ZjZW50ZXIu\n"
				"ZXhhbXBsZS5jb22HBAoAAAGHEP0AAAAAAAAAAAAAAAAAAAGBEHJvb3RAZXhhbXBs\n"
				"ZS5jb22GHGh0dHBzOi8vdmNlbnRlci5leGFtcGxlLmNvbS8wDQYJKoZIhvcNAQEL\n"
				"BQADggEBABHtx0V0wk6Ne9xZhptFfZewP4b9KCiKbeHpHdL3q2kKAcow7oKe6PyJ\n"
				"p7O5riHoIbgctCCSRjhCuKm5gGZ6waFJ7h1SnTMoq1YpsxFMttRj5m2WXYz36KHK\n"
				"s/1tJum1H6maTWzD0CtAetrGnm6MCmVF02imXuqFFXhssOYqkV4h/9oTh63C6RAj\n"
				"o00XWaJfcsP+KoX7CY3MqvkoGFzR0CzMvGuBtoBzXyIyND7pS065VP44fxlt+wOw\n"
				"EVdxcfPiAu+EXf1whwjTDsZ2ju7TCJXsWHx+NefPAKTz7yeRbChL6OEg8ITbyeyW\n"
				"qLc22YW337A5gAUakTHV52RgQ23WrME=\n"
				"-----END CERTIFICATE-----\n";
static const char known_sha1[] = "30:71:6B:E4:5D:F1:46:A4:F3:7E:B0:4C:8A:CC:C2:A9:AA:78:4F:77";
static const char known_sha256[] = "B6:6B:46:00:AB:F4:F1:57:3F:1A:7D:E7:67:70:26:61:"
				   "49:41:A8:BE:29:5D:FE:96:69:23:E1:9F:B3:91:0D:E7";
static const char known_spki_sha256[] = "AF:19:EC:0B:6B:8C:A1:13:EC:B9:DA:8B:46:46:3E:C6:"
					"76:D7:B1:90:20:C9:A1:0A:08:8E:C7:CC:BA:84:74:FA";

static struct digests *digests;

static int set_up(__attribute__((unused)) void **state)
{
	digests = digests_new();
	return digests != NULL ? 0 : -1;
}

static int tear_down(__attribute__((unused)) void **state)
{
	digests_free(digests);
	return 0;
}

static struct cert *known(void)
{
	struct cert *c = cert_new_pem(known_pem, strlen(known_pem), digests);

	assert_non_null(c);
	return c;
}

static void assert_fingerprint(const uint8_t *bytes, size_t len, const char *want)
{
	char text[FINGERPRINT_TEXT_SIZE];

	fingerprint_format(bytes, len, text);
	assert_string_equal(text, want);
}

TEST(test_cert_fingerprints_are_those_of_the_command)
{
	struct cert *c = known();

	assert_fingerprint(c->sha1, SHA1_BYTES, known_sha1);
	assert_fingerprint(c->sha256, SHA256_BYTES, known_sha256);
	assert_fingerprint(c->spki_sha256, SHA256_BYTES, known_spki_sha256);
	cert_free(c);
}

TEST(test_cert_facts_are_those_of_the_command)
{
	static const char *const san[] = { "DNS:vcenter.example.com", "IP Address:10.0.0.1",
					   "IP Address:fd00::1", "email:root@example.com",
					   "URI:https://vcenter.example.com/" };
	struct cert *c = known();

	assert_string_equal(c->subject, "CN=vcenter.example.com,O=M\xc3\xbcller S\xc3\xb6hne,C=DE");
	assert_string_equal(c->issuer, c->subject);
	assert_int_equal(c->san_count, ARRAY_LEN(san));
	for (size_t i = 0; i < ARRAY_LEN(san); i++)
		assert_string_equal(c->san[i], san[i]);
	assert_true(c->not_before.ms == INT64_C(1795388409000));
	assert_true(c->not_after.ms == INT64_C(2110748409000));
	assert_true(c->self_signed);
	assert_string_equal(c->key_type, "RSA");
	assert_int_equal(c->key_bits, 2048);
	assert_string_equal(c->signature, "sha256WithRSAEncryption");
	assert_int_equal(c->chain_count, 1);
	cert_free(c);
}

TEST(test_cert_pem_there_and_back_is_the_same)
{
	struct cert *c = known();
	char *pem = cert_pem(c);

	assert_string_equal(pem, known_pem);
	free(pem);
	cert_free(c);
}

TEST(test_cert_pem_behind_other_text_is_found)
{
	char *text = xasprintf("# the CA\n%s%s", known_pem, "trailing");
	struct cert *c = cert_new_pem(text, strlen(text), digests);

	assert_non_null(c);
	assert_fingerprint(c->sha1, SHA1_BYTES, known_sha1);
	cert_free(c);
	free(text);
}

TEST(test_cert_pem_without_certificate_is_none)
{
	static const char key[] = "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
	static const char junk[] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
	static const char encrypted[] =
		"-----BEGIN CERTIFICATE-----\n"
		"Proc-Type: 4,ENCRYPTED\n"
		"DEK-Info: AES-128-CBC,A399400C43573AF31699C47281156F30\n"
		"\n"
		"aHmC+xEUf7iVrQIUndXL+8Y475slCW7Heul7sd3zOGy35ENqXxT5w+cK/2qbvDXC\n"
		"-----END CERTIFICATE-----\n";

	assert_null(cert_new_pem("", 0, digests));
	/* OpenSSL would ask for a pass phrase, on the terminal or from standard input. */
	assert_null(cert_new_pem(encrypted, sizeof encrypted - 1, digests));
	assert_null(cert_new_pem("<html>", 6, digests));
	assert_null(cert_new_pem(key, sizeof key - 1, digests));
	assert_null(cert_new_pem(junk, sizeof junk - 1, digests));
	assert_null(cert_new_pem(known_pem, strlen(known_pem) / 2, digests));
	assert_null(cert_new_pem(known_pem, LIMIT_CA_FILE_BYTES + 1, digests));
}

TEST(test_cert_chain_is_kept_in_order)
{
	struct made ca = made_new(&(struct plan){ .name = "Example CA", .ca = true });
	struct made leaf = made_new(&(struct plan){ .name = "leaf", .issuer = &ca });
	STACK_OF(X509) *served = chain_of(leaf.x, ca.x, NULL);
	struct cert *c = cert_new(served, digests);
	STACK_OF(X509) *again = cert_chain(c);

	assert_string_equal(c->subject, "CN=leaf");
	assert_string_equal(c->issuer, "CN=Example CA");
	assert_false(c->self_signed);
	assert_string_equal(c->key_type, "EC");
	assert_int_equal(c->key_bits, 256);
	assert_string_equal(c->signature, "ecdsa-with-SHA256");
	assert_int_equal(c->san_count, 0);
	assert_int_equal(c->chain_count, 2);
	assert_int_equal(sk_X509_num(again), 2);
	assert_int_equal(X509_cmp(sk_X509_value(again, 0), leaf.x), 0);
	assert_int_equal(X509_cmp(sk_X509_value(again, 1), ca.x), 0);
	chain_free(again);
	cert_free(c);
	chain_free(served);
	made_free(&leaf);
	made_free(&ca);
}

TEST(test_cert_chain_too_long_is_cut)
{
	struct made m = made_new(&(struct plan){ .name = "again and again" });
	STACK_OF(X509) *served = chain_of(m.x, NULL);
	struct cert *c;

	for (int i = 0; i < 2 * LIMIT_CHAIN_LENGTH; i++)
		assert_true(X509_up_ref(m.x) == 1 && sk_X509_push(served, m.x) > 0);
	c = cert_new(served, digests);
	assert_int_equal(c->chain_count, LIMIT_CHAIN_LENGTH);
	cert_free(c);
	chain_free(served);
	made_free(&m);
}

TEST(test_cert_same_name_but_other_key_is_not_self_signed)
{
	struct made ca = made_new(&(struct plan){ .name = "twin", .ca = true });
	struct made leaf = made_new(&(struct plan){ .name = "twin", .issuer = &ca });
	struct cert *c = cert_of(leaf.x, digests);

	assert_string_equal(c->subject, c->issuer);
	assert_false(c->self_signed);
	cert_free(c);
	made_free(&leaf);
	made_free(&ca);
}

static void assert_times(const char *from, const char *to, int64_t from_ms, int64_t to_ms)
{
	struct made m = made_new(&(struct plan){ .name = "t", .from = from, .to = to });
	struct cert *c = cert_of(m.x, digests);

	assert_true(c->not_before.ms == from_ms);
	assert_true(c->not_after.ms == to_ms);
	cert_free(c);
	made_free(&m);
}

TEST(test_cert_times_far_away_are_read)
{
	assert_times("19500101000000Z", "99991231235959Z", INT64_C(-631152000000),
		     INT64_C(253402300799000));
	assert_times("00010101000000Z", "19691231235959Z", INT64_C(-62135596800000), -1000);
	assert_times("19700101000000Z", "20380119031408Z", 0, INT64_C(2147483648000));
	assert_times("500101000000Z", "491231235959Z", INT64_C(-631152000000),
		     INT64_C(2524607999000));
}

/* --- hostile texts ------------------------------------------------------- */

/* RFC 3629, and no control character: what JSON and a terminal can take. */
static void assert_clean(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p != '\0') {
		int more = *p >= 0xf0 ? 3 : *p >= 0xe0 ? 2 : *p >= 0xc0 ? 1 : 0;

		if (*p < ' ' || *p == 0x7f || (*p >= 0x80 && *p < 0xc2) || *p > 0xf4)
			fail_msg("byte %02x", *p);
		if (*p == 0xc2 && p[1] < 0xa0)
			fail_msg("control character U+%04X", p[1]);
		for (p++; more > 0; more--, p++)
			if ((*p & 0xc0) != 0x80)
				fail_msg("broken UTF-8 before byte %td", (const char *)p - text);
	}
}

static void add_name(X509 *x, int type, const void *bytes, int len)
{
	X509_NAME *n = X509_NAME_dup(X509_get_subject_name(x));

	MUST(X509_NAME_add_entry_by_NID(n, NID_organizationName, type, bytes, len, -1, 0) == 1);
	MUST(X509_set_subject_name(x, n) == 1);
	X509_NAME_free(n);
}

static void finish_controls(X509 *x)
{
	add_name(x, V_ASN1_UTF8STRING, "a\x1b[2J\x7f\n\r\t\0b", 10);
}

static void finish_c1(X509 *x)
{
	add_name(x, V_ASN1_UTF8STRING,
		 "a\xc2\x9b"
		 "2Jb",
		 6);
}

static void finish_latin1(X509 *x)
{
	add_name(x, V_ASN1_T61STRING, "M\xfcller\x9b", 7);
}

static int shift;

/* Entries are shown last one first. */
static void finish_long(X509 *x)
{
	for (int i = 0; i < 60; i++)
		add_name(x, V_ASN1_UTF8STRING, "\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc\xc3\xbc",
			 12);
	add_name(x, V_ASN1_UTF8STRING, "xxxxxxxxxxxxxxx", shift);
}

static void assert_clean_subject(void (*finish)(X509 *x))
{
	struct made m = made_new(&(struct plan){ .name = "t", .finish = finish });
	struct cert *c = cert_of(m.x, digests);

	assert_non_null(c->subject);
	assert_true(strlen(c->subject) <= LIMIT_NAME_BYTES);
	assert_clean(c->subject);
	cert_free(c);
	made_free(&m);
}

TEST(test_cert_subject_control_characters_are_made_harmless)
{
	assert_clean_subject(finish_controls);
}

TEST(test_cert_subject_c1_control_characters_are_made_harmless)
{
	assert_clean_subject(finish_c1);
}

TEST(test_cert_subject_latin1_becomes_utf8)
{
	assert_clean_subject(finish_latin1);
}

TEST(test_cert_subject_too_long_is_cut_between_characters)
{
	for (shift = 1; shift < 15; shift++)
		assert_clean_subject(finish_long);
}

static void add_alternative(X509 *x, GENERAL_NAME *name)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();

	MUST(names != NULL && name != NULL && sk_GENERAL_NAME_push(names, name) > 0);
	MUST(X509_add1_ext_i2d(x, NID_subject_alt_name, names, 0, 0) == 1);
	GENERAL_NAMES_free(names);
}

static void finish_san_dns(X509 *x)
{
	static const char text[] = "a\x1b[2J\xff\xc2\x9b\n\0b";
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_IA5STRING *ia5 = ASN1_IA5STRING_new();

	MUST(name != NULL && ia5 != NULL && ASN1_STRING_set(ia5, text, sizeof text - 1) == 1);
	GENERAL_NAME_set0_value(name, GEN_DNS, ia5);
	add_alternative(x, name);
}

static void finish_san_mailbox(X509 *x)
{
	static const char text[] = "a\xff\xfe\xc2\x9b"
				   "b";
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_UTF8STRING *utf8 = ASN1_UTF8STRING_new();
	ASN1_TYPE *value = ASN1_TYPE_new();

	MUST(name != NULL && utf8 != NULL && value != NULL &&
	     ASN1_STRING_set(utf8, text, sizeof text - 1) == 1);
	ASN1_TYPE_set(value, V_ASN1_UTF8STRING, utf8);
	MUST(GENERAL_NAME_set0_othername(name, OBJ_nid2obj(NID_id_on_SmtpUTF8Mailbox), value) == 1);
	add_alternative(x, name);
}

static void finish_san_odd_address(X509 *x)
{
	GENERAL_NAME *name = GENERAL_NAME_new();
	ASN1_OCTET_STRING *ip = ASN1_OCTET_STRING_new();

	MUST(name != NULL && ip != NULL &&
	     ASN1_OCTET_STRING_set(ip, (const unsigned char *)"\x0a\0\0\x01\x07", 5) == 1);
	GENERAL_NAME_set0_value(name, GEN_IPADD, ip);
	add_alternative(x, name);
}

static void assert_clean_alternative(void (*finish)(X509 *x))
{
	struct made m = made_new(&(struct plan){ .name = "t", .finish = finish });
	struct cert *c = cert_of(m.x, digests);

	assert_int_equal(c->san_count, 1);
	assert_clean(c->san[0]);
	cert_free(c);
	made_free(&m);
}

TEST(test_cert_alternative_dns_name_is_made_harmless)
{
	assert_clean_alternative(finish_san_dns);
}

TEST(test_cert_alternative_address_of_odd_length_is_harmless)
{
	assert_clean_alternative(finish_san_odd_address);
}

TEST(test_cert_alternative_mailbox_is_made_harmless)
{
	assert_clean_alternative(finish_san_mailbox);
}

TEST(test_cert_alternatives_too_many_are_cut)
{
	struct buf b;
	struct made m;
	struct cert *c;

	buf_init(&b, 64 * 1024);
	for (int i = 0; i < LIMIT_SAN_COUNT + 5; i++)
		buf_printf(&b, "%sDNS:h%d.example", i > 0 ? "," : "", i);
	m = made_new(&(struct plan){ .name = "t", .san = buf_text(&b) });
	c = cert_of(m.x, digests);
	assert_int_equal(c->san_count, LIMIT_SAN_COUNT);
	assert_string_equal(c->san[LIMIT_SAN_COUNT - 1], "DNS:h63.example");
	cert_free(c);
	made_free(&m);
	buf_done(&b);
}

/* --- pins ---------------------------------------------------------------- */

TEST(test_cert_pin_of_both_lengths_matches)
{
	struct cert *c = known();
	struct pin pin;
	struct err e;

	assert_true(pin_parse(known_sha1, &pin, &e));
	assert_int_equal(pin.len, SHA1_BYTES);
	assert_true(pin_matches(&pin, c));
	assert_true(pin_parse(known_sha256, &pin, &e));
	assert_int_equal(pin.len, SHA256_BYTES);
	assert_true(pin_matches(&pin, c));
	assert_true(pin_parse("30716be45df146a4f37eb04c8accc2a9aa784f77", &pin, &e));
	assert_true(pin_matches(&pin, c));
	cert_free(c);
}

TEST(test_cert_pin_of_another_certificate_does_not_match)
{
	struct cert *c = known();
	struct pin pin;
	struct err e;

	assert_true(pin_parse("30716be45df146a4f37eb04c8accc2a9aa784f78", &pin, &e));
	assert_false(pin_matches(&pin, c));
	assert_true(pin_parse(known_spki_sha256, &pin, &e));
	assert_false(pin_matches(&pin, c));
	cert_free(c);
}

TEST(test_cert_pin_that_is_none_is_refused)
{
	static const char *const bad[] = {
		"",
		"30:71",
		"30716be45df146a4f37eb04c8accc2a9aa784f7",
		"30716be45df146a4f37eb04c8accc2a9aa784f7777",
		"30716be45df146a4f37eb04c8accc2a9aa784g77",
		"SHA1 Fingerprint=30:71:6B:E4:5D:F1:46:A4:F3:7E:B0:4C:8A:CC:C2:A9:AA:78:4F:77",
		"B66B4600ABF4F1573F1A7DE7677026614941A8BE295DFE966923E19FB3910DE7FF",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct pin pin = { .len = 77 };
		struct err e = { 0 };

		if (pin_parse(bad[i], &pin, &e))
			fail_msg("%s is taken", bad[i]);
		assert_int_equal(pin.len, 77);
		assert_non_null(strstr(e.text, "is not a fingerprint"));
	}
}

TEST(test_cert_free_of_nothing_is_harmless)
{
	cert_free(NULL);
	digests_free(NULL);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_cert_fingerprints_are_those_of_the_command),
	cmocka_unit_test(test_cert_facts_are_those_of_the_command),
	cmocka_unit_test(test_cert_pem_there_and_back_is_the_same),
	cmocka_unit_test(test_cert_pem_behind_other_text_is_found),
	cmocka_unit_test(test_cert_pem_without_certificate_is_none),
	cmocka_unit_test(test_cert_chain_is_kept_in_order),
	cmocka_unit_test(test_cert_chain_too_long_is_cut),
	cmocka_unit_test(test_cert_same_name_but_other_key_is_not_self_signed),
	cmocka_unit_test(test_cert_times_far_away_are_read),
	cmocka_unit_test(test_cert_subject_control_characters_are_made_harmless),
	cmocka_unit_test(test_cert_subject_c1_control_characters_are_made_harmless),
	cmocka_unit_test(test_cert_subject_latin1_becomes_utf8),
	cmocka_unit_test(test_cert_subject_too_long_is_cut_between_characters),
	cmocka_unit_test(test_cert_alternative_dns_name_is_made_harmless),
	cmocka_unit_test(test_cert_alternative_address_of_odd_length_is_harmless),
	cmocka_unit_test(test_cert_alternative_mailbox_is_made_harmless),
	cmocka_unit_test(test_cert_alternatives_too_many_are_cut),
	cmocka_unit_test(test_cert_pin_of_both_lengths_matches),
	cmocka_unit_test(test_cert_pin_of_another_certificate_does_not_match),
	cmocka_unit_test(test_cert_pin_that_is_none_is_refused),
	cmocka_unit_test(test_cert_free_of_nothing_is_harmless),
};

int main(void)
{
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
