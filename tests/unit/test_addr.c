/* SPDX-License-Identifier: Apache-2.0 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <sys/un.h>

#include "base/must.h"
#include "tests/unit/unit.h"

static struct addr parsed(const char *text, uint16_t port)
{
	struct addr a = { 0 };

	if (!addr_parse(text, port, &a))
		fail_msg("%s is refused", text);
	return a;
}

static void assert_texts(const char *text, uint16_t port, const char *alone, const char *with_port)
{
	struct addr a = parsed(text, port);
	char got[ADDR_TEXT_SIZE];

	addr_format(&a, got);
	assert_string_equal(got, alone);
	addr_format_port(&a, got);
	assert_string_equal(got, with_port);
}

TEST(test_addr_text_there_and_back_is_canonical)
{
	assert_texts("10.1.2.3", 902, "10.1.2.3", "10.1.2.3:902");
	assert_texts("0.0.0.0", 0, "0.0.0.0", "0.0.0.0:0");
	assert_texts("fd00:0:0:0::1", 443, "fd00::1", "[fd00::1]:443");
	assert_texts("::ffff:10.0.0.1", 65535, "::ffff:10.0.0.1", "[::ffff:10.0.0.1]:65535");
	assert_texts("2001:DB8::A", 1, "2001:db8::a", "[2001:db8::a]:1");
}

TEST(test_addr_scope_is_kept)
{
	struct addr a = parsed("fe80::1%lo", 22);

	assert_int_equal(a.in6.sin6_scope_id, if_nametoindex("lo"));
	assert_texts("fe80::1%lo", 22, "fe80::1%lo", "[fe80::1%lo]:22");
}

TEST(test_addr_longest_text_fits)
{
	struct addr a = parsed("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", UINT16_MAX);
	char got[ADDR_TEXT_SIZE];

	addr_format_port(&a, got);
	assert_string_equal(got, "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535");
}

TEST(test_addr_what_is_not_numeric_is_refused)
{
	static const char *const bad[] = { "",
					   "localhost",
					   "10.1.2",
					   "10.1.2.3.4",
					   "10.1.2.256",
					   "010.1.2.3x",
					   "10.1.2.3 ",
					   "[::1]",
					   "::1::",
					   "fe80::1%",
					   "fe80::1%no-such-interface",
					   "1:2:3:4:5:6:7:8:9",
					   "10.1.2.3%lo",
					   "::1/128",
					   "1111111111111111111111111111111111111111111111111" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct addr a = { 0 };

		if (addr_parse(bad[i], 1, &a))
			fail_msg("%s is taken", bad[i]);
		assert_false(addr_present(&a));
	}
}

TEST(test_addr_empty_has_no_text_and_no_family)
{
	struct addr a = { 0 };
	char got[ADDR_TEXT_SIZE] = "left over";

	assert_false(addr_present(&a));
	assert_int_equal(addr_family(&a), AF_UNSPEC);
	addr_format(&a, got);
	assert_string_equal(got, "");
}

TEST(test_addr_port_set_is_read_back)
{
	struct addr v4 = parsed("10.0.0.1", 1);
	struct addr v6 = parsed("::1", 1);

	addr_set_port(&v4, 54322);
	addr_set_port(&v6, 902);
	assert_int_equal(addr_port(&v4), 54322);
	assert_int_equal(addr_port(&v6), 902);
	assert_int_equal(v6.in6.sin6_port, htons(902));
	assert_int_equal(addr_len(&v4), sizeof(struct sockaddr_in));
	assert_int_equal(addr_len(&v6), sizeof(struct sockaddr_in6));
}

TEST(test_addr_same_host_port_does_not_count)
{
	struct addr a = parsed("10.0.0.1", 1);
	struct addr b = parsed("10.0.0.1", 2);
	struct addr c = parsed("10.0.0.2", 1);
	struct addr d = parsed("fe80::1", 1);
	struct addr e = parsed("fe80::1", 2);
	struct addr scoped = parsed("fe80::1%lo", 1);
	struct addr mapped = parsed("::ffff:10.0.0.1", 1);

	assert_true(addr_same_host(&a, &b));
	assert_false(addr_same_host(&a, &c));
	assert_true(addr_same_host(&d, &e));
	assert_false(addr_same_host(&d, &scoped));
	assert_false(addr_same_host(&a, &mapped));
}

TEST(test_addr_copy_takes_both_families_only)
{
	struct addr v4 = parsed("10.0.0.1", 443);
	struct addr v6 = parsed("fe80::1%lo", 443);
	struct sockaddr_un path = { .sun_family = AF_UNIX };
	struct addr got = { 0 };

	assert_false(addr_copy(NULL, sizeof v4.in, &got));
	assert_false(addr_copy(&v4.sa, sizeof v4.in - 1, &got));
	assert_false(addr_copy(&v6.sa, sizeof v6.in6 - 1, &got));
	assert_false(addr_copy((struct sockaddr *)&path, sizeof path, &got));
	assert_false(addr_present(&got));
	assert_true(addr_copy(&v4.sa, sizeof v4.in, &got));
	assert_true(addr_same_host(&got, &v4));
	assert_int_equal(addr_port(&got), 443);
	assert_true(addr_copy(&v6.sa, sizeof v6.in6, &got));
	assert_true(addr_same_host(&got, &v6));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_addr_text_there_and_back_is_canonical),
	cmocka_unit_test(test_addr_scope_is_kept),
	cmocka_unit_test(test_addr_longest_text_fits),
	cmocka_unit_test(test_addr_what_is_not_numeric_is_refused),
	cmocka_unit_test(test_addr_empty_has_no_text_and_no_family),
	cmocka_unit_test(test_addr_port_set_is_read_back),
	cmocka_unit_test(test_addr_same_host_port_does_not_count),
	cmocka_unit_test(test_addr_copy_takes_both_families_only),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
