/* SPDX-License-Identifier: Apache-2.0 */
#include "probes/banner.h"

#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

static const char esxi[] =
	"220 VMware Authentication Daemon Version 1.10: SSL Required, ServerDaemonProtocol:SOAP, "
	"MKSDisplayProtocol:VNC , VMXARGS supported, NFCSSL supported/t, SHA256 supported";

TEST(test_banner_of_a_new_esxi_tells_all)
{
	struct banner b;

	assert_true(banner_parse(esxi, strlen(esxi), &b));
	assert_string_equal(b.version, "1.10");
	assert_true(b.ssl_required);
	assert_true(b.nfc_ssl);
	assert_true(b.sha256);
}

TEST(test_banner_without_features_has_a_version_only)
{
	static const char *const lines[] = {
		"220 VMware Authentication Daemon Version 1.0",
		"220 VMware Authentication Daemon Version 1.0:",
		"220 VMware Authentication Daemon Version 1.0, ServerDaemonProtocol:SOAP",
		"220 VMware Authentication Daemon Version 1.0 something",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct banner b;

		assert_true(banner_parse(lines[i], strlen(lines[i]), &b));
		assert_string_equal(b.version, "1.0");
		assert_false(b.ssl_required);
		assert_false(b.nfc_ssl);
		assert_false(b.sha256);
	}
}

TEST(test_banner_of_another_service_is_refused)
{
	static const char *const lines[] = {
		"",
		"2",
		"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3",
		"220 mail.example.com ESMTP Postfix",
		"220 VMware Authentication Daemon Version ",
		"220 VMware Authentication Daemon Version : SSL Required",
		"220 vmware authentication daemon version 1.10",
		" 220 VMware Authentication Daemon Version 1.10",
		"421 VMware Authentication Daemon Version 1.10",
	};

	for (size_t i = 0; i < ARRAY_LEN(lines); i++) {
		struct banner b = { .version = "untouched" };

		if (banner_parse(lines[i], strlen(lines[i]), &b))
			fail_msg("%s is taken", lines[i]);
		assert_string_equal(b.version, "untouched");
	}
}

TEST(test_banner_every_cut_is_read_within_its_length)
{
	for (size_t len = 0; len < strlen(esxi); len++) {
		struct banner b;

		assert_int_equal(banner_parse(esxi, len, &b),
				 len > strlen("220 VMware Authentication Daemon Version "));
	}
}

TEST(test_banner_hostile_version_is_made_harmless)
{
	static const char line[] = "220 VMware Authentication Daemon Version 1\x1b[2J\0\xff\xc2\x9b"
				   "123456789012345678901234567890: x";
	struct banner b;

	assert_true(banner_parse(line, sizeof line - 1, &b));
	assert_string_equal(b.version, "1?[2J????1234567890123456789012");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_banner_of_a_new_esxi_tells_all),
	cmocka_unit_test(test_banner_without_features_has_a_version_only),
	cmocka_unit_test(test_banner_of_another_service_is_refused),
	cmocka_unit_test(test_banner_every_cut_is_read_within_its_length),
	cmocka_unit_test(test_banner_hostile_version_is_made_harmless),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
