/* SPDX-License-Identifier: Apache-2.0 */
#include "inventory/sqlfunc.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

static sqlite3 *raw;

static int set_up(__attribute__((unused)) void **state)
{
	assert_int_equal(sqlite3_open(":memory:", &raw), SQLITE_OK);
	assert_int_equal(sqlfunc_register(raw), SQLITE_OK);
	return 0;
}

static int tear_down(__attribute__((unused)) void **state)
{
	return sqlite3_close(raw);
}

/* Lines "expression = value", the value as quote() writes it. */
static void expect(const char *const *lines, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const char *equals = strstr(lines[i], " = ");
		sqlite3_stmt *s = NULL;
		char sql[256];

		(void)snprintf(sql, sizeof sql, "SELECT quote(%.*s)", (int)(equals - lines[i]),
			       lines[i]);
		if (sqlite3_prepare_v2(raw, sql, -1, &s, NULL) != SQLITE_OK ||
		    sqlite3_step(s) != SQLITE_ROW)
			fail_msg("%s: %s", sql, sqlite3_errmsg(raw));
		if (strcmp((const char *)sqlite3_column_text(s, 0), equals + 3) != 0)
			fail_msg("%s, not %s", lines[i], sqlite3_column_text(s, 0));
		assert_int_equal(sqlite3_finalize(s), SQLITE_OK);
	}
}

#define EXPECT(...)                                                                                \
	do {                                                                                       \
		static const char *const lines[] = { __VA_ARGS__ };                                \
		expect(lines, ARRAY_LEN(lines));                                                   \
	} while (0)

TEST(test_sqlfunc_truth)
{
	EXPECT("truth(1) = 1", "truth('TRUE') = 1", "truth(' yes ') = 1", "truth(0) = 0",
	       "truth('False') = 0", "truth('no') = 0", "truth('') = NULL", "truth(2) = NULL",
	       "truth('maybe') = NULL", "truth(NULL) = NULL", "truth(x'31') = NULL");
}

TEST(test_sqlfunc_whole)
{
	EXPECT("whole(7) = 7", "whole('-7') = -7", "whole(' +12 ') = 12", "whole('12.9') = 12",
	       "whole(12.9) = 12", "whole('1,024') = NULL", "whole('') = NULL",
	       "whole('12 MB') = NULL", "whole('1e3') = NULL",
	       "whole('1234567890123456789') = NULL",
	       "whole(9223372036854775807) = 9223372036854775807", "whole('.5') = NULL",
	       "whole(NULL) = NULL", "whole('-') = NULL");
}

TEST(test_sqlfunc_text)
{
	EXPECT("text('a') = 'a'", "text(1) = '1'", "text(1.5) = '1.5'", "text(NULL) = NULL",
	       "text(x'00') = NULL");
}

TEST(test_sqlfunc_mac_uuid_fingerprint)
{
	EXPECT("mac('00:50:56:AB:cd:ef') = '00:50:56:ab:cd:ef'",
	       "mac('005056abcdef') = '00:50:56:ab:cd:ef'",
	       "mac('0050.56ab.cdef') = '00:50:56:ab:cd:ef'",
	       "mac('00-50-56-ab-cd-ef') = '00:50:56:ab:cd:ef'", "mac('00:50:56:ab:cd') = NULL",
	       "mac('00:50:56:ab:cd:eg') = NULL", "mac('') = NULL", "mac(NULL) = NULL",
	       "uuid('42 1A 2b 3c 00 11 22 33-44 55 66 77 88 99 aa bb') = "
	       "'421a2b3c-0011-2233-4455-66778899aabb'",
	       "uuid('{421A2B3C-0011-2233-4455-66778899AABB}') = "
	       "'421a2b3c-0011-2233-4455-66778899aabb'",
	       "uuid('vm-12') = NULL", "uuid('') = NULL",
	       "fingerprint('aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd') = "
	       "'AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD'",
	       "length(fingerprint(hex(zeroblob(32)))) = 95", "fingerprint('') = ''",
	       "fingerprint(' ') = ''", "fingerprint(NULL) = NULL", "fingerprint('aa:bb') = NULL",
	       "fingerprint(hex(zeroblob(33))) = NULL");
}

TEST(test_sqlfunc_addresses)
{
	EXPECT("address('10.1.2.3/24') = '10.1.2.3'", "address('FE80:0::1%eth0') = 'fe80::1'",
	       "address('10.1.2') = NULL", "address('10.1.2.03') = NULL", "address('host') = NULL",
	       "address('') = NULL", "address(NULL) = NULL", "family('10.1.2.3') = 4",
	       "family('2001:db8::1') = 6", "family('x') = NULL", "link_local('169.254.3.4') = 1",
	       "link_local('169.253.3.4') = 0", "link_local('fe80::1') = 1",
	       "link_local('febf::1') = 1", "link_local('fec0::1') = 0", "link_local('') = NULL",
	       "url_host('https://vc.lab.example/sdk') = 'vc.lab.example'",
	       "url_host('https://u:p@vc.lab.example:8443') = 'vc.lab.example'",
	       "url_host('https://[2001:db8::1]:443/sdk') = '2001:db8::1'",
	       "url_host('vc.lab.example') = NULL", "url_host('https://') = NULL",
	       "url_host('://x') = NULL", "url_host('a b://x') = NULL", "url_host(NULL) = NULL",
	       "url_host('https://vc/a@b') = 'vc'");
}

TEST(test_sqlfunc_versions)
{
	EXPECT("version_at_least('4.10', '4.9') = 1", "version_at_least('4.9', '4.10') = 0",
	       "version_at_least('v1.2.3-rc.1', '1.2.3') = 1", "version_at_least('7', '7.0.0') = 1",
	       "version_at_least('7.0.0', '7.0.1') = 0", "version_at_least('', '1') = NULL",
	       "version_at_least('x', '1') = NULL", "version_at_least(NULL, '1') = NULL",
	       "version_at_least('1', NULL) = NULL",
	       "version_at_least('99999999999999999999999', '1') = 1");
}

TEST(test_sqlfunc_renamed)
{
	EXPECT("renamed('Web_01.Lab') = 'web-01.lab'", "renamed('-a..b-') = 'a.b'",
	       "renamed('a (b)/c\\d+e*f') = 'a-b-c-d-e-f'", "renamed('--') = NULL",
	       "renamed('') = NULL", "renamed('\xc3\xa9t\xc3\xa9') = 't'", "renamed(NULL) = NULL",
	       "length(renamed(hex(zeroblob(100)))) = 63",
	       "renamed(substr(hex(zeroblob(40)), 1, 62) || '.x') = "
	       "'00000000000000000000000000000000000000000000000000000000000000'",
	       "renamed('a - - b') = 'a-b'");
}

TEST(test_sqlfunc_first)
{
	EXPECT("(SELECT first(value) FROM json_each('[null, 2, 3]')) = 2",
	       "(SELECT first(value) FROM json_each('[null]')) = NULL",
	       "(SELECT first(value) FROM json_each('[]')) = NULL",
	       "(SELECT first(value) FROM json_each('[\"a\", \"b\"]')) = 'a'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sqlfunc_truth),
		cmocka_unit_test(test_sqlfunc_whole),
		cmocka_unit_test(test_sqlfunc_text),
		cmocka_unit_test(test_sqlfunc_mac_uuid_fingerprint),
		cmocka_unit_test(test_sqlfunc_addresses),
		cmocka_unit_test(test_sqlfunc_versions),
		cmocka_unit_test(test_sqlfunc_renamed),
		cmocka_unit_test(test_sqlfunc_first),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
