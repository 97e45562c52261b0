/* SPDX-License-Identifier: Apache-2.0 */
#include "base/parse.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

TEST(test_parse_u64_digits_within_bounds_are_taken)
{
	uint64_t v = 0;

	assert_true(parse_u64("0", 0, 10, &v));
	assert_int_equal(v, 0);
	assert_true(parse_u64("007", 0, 10, &v));
	assert_int_equal(v, 7);
	assert_true(parse_u64("18446744073709551615", 0, UINT64_MAX, &v));
	assert_true(v == UINT64_MAX);
}

TEST(test_parse_u64_anything_else_is_refused)
{
	static const char *const bad[] = {
		"",
		"-1",
		"+1",
		" 1",
		"1 ",
		"0x10",
		"1.5",
		"1e3",
		"18446744073709551616",
		"99999999999999999999",
		"9",
		"21",
	};
	uint64_t v = 77;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		assert_false(parse_u64(bad[i], 10, 20, &v));
		assert_int_equal(v, 77);
	}
}

TEST(test_parse_port_bounds_are_1_and_65535)
{
	uint16_t port = 0;

	assert_true(parse_port("1", &port));
	assert_int_equal(port, 1);
	assert_true(parse_port("65535", &port));
	assert_int_equal(port, 65535);
	assert_false(parse_port("0", &port));
	assert_false(parse_port("65536", &port));
	assert_false(parse_port("443/tcp", &port));
	assert_int_equal(port, 65535);
}

TEST(test_parse_span_units_and_decimals_are_taken)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "1ms", 1 },
		{ "250ms", 250 },
		{ "3s", 3000 },
		{ "1.5s", 1500 },
		{ "0.001s", 1 },
		{ "1.25s", 1250 },
		{ "1.125s", 1125 },
		{ "5m", 300000 },
		{ "0.5m", 30000 },
		{ "2h", 7200000 },
		{ "7d", 604800000 },
		{ "1.0ms", 1 },
		{ "3660d", INT64_C(3660) * 86400 * 1000 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct span d = { 0 };

		if (!parse_span(cases[i].text, &d))
			fail_msg("%s is refused", cases[i].text);
		assert_int_equal(d.ns, cases[i].ms * 1000000);
	}
}

TEST(test_parse_span_anything_else_is_refused)
{
	static const char *const bad[] = {
		"",
		"5",
		"s",
		"ms",
		"0s",
		"0ms",
		"0.5ms",
		"0.0001s",
		"1.s",
		".5s",
		"1..5s",
		"1.5.1s",
		"-1s",
		"+1s",
		"1 s",
		" 1s",
		"1s ",
		"1S",
		"1sec",
		"1.0005s",
		"1w",
		"3661d",
		"1e3s",
		"87841h",
		"99999999999999999999999s",
		"9223372036854775807ms",
		"1ss",
		"1,5s",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct span d = { 77 };

		if (parse_span(bad[i], &d))
			fail_msg("%s is taken", bad[i]);
		assert_int_equal(d.ns, 77);
	}
}

TEST(test_parse_hex_with_and_without_colons_is_the_same)
{
	static const char *const good[] = { "01:aB:fF", "01ABFF", "01:abff", "01ab:ff" };
	const uint8_t want[] = { 0x01, 0xab, 0xff };

	for (size_t i = 0; i < ARRAY_LEN(good); i++) {
		uint8_t bytes[4];
		size_t len = 0;

		assert_true(parse_hex(good[i], sizeof bytes, bytes, &len));
		assert_int_equal(len, sizeof want);
		assert_memory_equal(bytes, want, sizeof want);
	}
}

TEST(test_parse_hex_odd_or_misplaced_is_refused)
{
	static const char *const bad[] = { "",       "0",    ":",           "01:",   ":01",
					   "01::02", "0:1",  "0g",          "01 02", "01-02",
					   "0x01",   "01:2", "010203040506" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		uint8_t bytes[4];
		size_t len = 77;

		if (parse_hex(bad[i], sizeof bytes, bytes, &len))
			fail_msg("%s is taken", bad[i]);
		assert_int_equal(len, 77);
	}
}

TEST(test_parse_hex_exactly_at_the_cap_fits)
{
	uint8_t bytes[2];
	size_t len;

	assert_true(parse_hex("0102", sizeof bytes, bytes, &len));
	assert_int_equal(len, 2);
	assert_false(parse_hex("010203", sizeof bytes, bytes, &len));
}

TEST(test_parse_hostport_each_shape_is_split)
{
	static const struct {
		const char *text;
		const char *host;
		uint16_t port;
	} cases[] = {
		{ "esx1", "esx1", 0 },
		{ "esx1.example.com:902", "esx1.example.com", 902 },
		{ "10.0.0.1:443", "10.0.0.1", 443 },
		{ "[fd00::1]:443", "fd00::1", 443 },
		{ "[fd00::1]", "fd00::1", 0 },
		{ "fd00::1", "fd00::1", 0 },
		{ "::1", "::1", 0 },
		{ "[fe80::1%eth0]:22", "fe80::1%eth0", 22 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char host[64];
		uint16_t port = 77;

		assert_true(parse_hostport(cases[i].text, host, sizeof host, &port));
		assert_string_equal(host, cases[i].host);
		assert_int_equal(port, cases[i].port);
	}
}

TEST(test_parse_hostport_broken_shapes_are_refused)
{
	static const char *const bad[] = { "",           ":443",      "host:",   "host:0",
					   "host:65536", "host:ssh",  "[::1",    "[]:443",
					   "[::1]443",   "[::1]:",    "[::1]:0", "[::1]]:1",
					   "a23456789",  "[23456789]" };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		char host[8];
		uint16_t port;

		if (parse_hostport(bad[i], host, sizeof host, &port))
			fail_msg("%s is taken", bad[i]);
	}
}

TEST(test_parse_is_host_names_and_addresses_are_hosts)
{
	static const char *const good[] = { "a",
					    "esx1",
					    "esx-1.example.com",
					    "example.",
					    "_srv.x",
					    "1host",
					    "4.example",
					    "10.1.2.3",
					    "::1",
					    "fd00::1",
					    "xn--bcher-kva.example" };
	static const char *const bad[] = { "",          ".",      "..",         "a..b", ".a",
					   "-a",        "a-",     "a.-b",       "a b",  "a/b",
					   "a:b",       "10.1.2", "10.1.2.300", "1",    "10.1.2.3.",
					   "b\xc3\xbc", "[::1]",  "a*b" };

	for (size_t i = 0; i < ARRAY_LEN(good); i++)
		if (!parse_is_host(good[i]))
			fail_msg("%s is refused", good[i]);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (parse_is_host(bad[i]))
			fail_msg("%s is taken", bad[i]);
}

/* A name of n bytes: labels of 49 letters, and a shorter one at the end. */
static const char *name_of(size_t n, char *name)
{
	for (size_t i = 0; i < n; i++)
		name[i] = i % 50 == 49 ? '.' : 'a';
	name[n] = '\0';
	return name;
}

TEST(test_parse_is_host_lengths_end_at_63_and_253)
{
	char name[300];

	memset(name, 'a', sizeof name);
	name[63] = '\0';
	assert_true(parse_is_host(name));
	name[63] = 'a';
	name[64] = '\0';
	assert_false(parse_is_host(name));
	assert_true(parse_is_host(name_of(253, name)));
	assert_false(parse_is_host(name_of(254, name)));
	(void)name_of(253, name);
	memcpy(name + 253, ".", sizeof ".");
	assert_true(parse_is_host(name));
}

TEST(test_parse_version_numbers_are_compared_as_numbers)
{
	static const struct {
		const char *version, *than;
		bool older;
	} cases[] = {
		{ "6.5", "6.10", true },
		{ "6.10", "6.5", false },
		{ "7.0.3", "7.0.3", false },
		{ "7", "7.0.0", false },
		{ "7.0", "7.0.1", true },
		{ "7.0.1", "7.0", false },
		{ "", "6.5", true },
		{ "6.5", "", false },
		{ "", "", false },
		{ "8.0 U1", "8.0.0", false },
		{ "6.5a", "6.5", false },
		{ "x.9", "1", true },
		{ "99999999999999999999", "1", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		if (parse_version_older(cases[i].version, cases[i].than) != cases[i].older)
			fail_msg("%s against %s", cases[i].version, cases[i].than);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_parse_u64_digits_within_bounds_are_taken),
	cmocka_unit_test(test_parse_u64_anything_else_is_refused),
	cmocka_unit_test(test_parse_port_bounds_are_1_and_65535),
	cmocka_unit_test(test_parse_span_units_and_decimals_are_taken),
	cmocka_unit_test(test_parse_span_anything_else_is_refused),
	cmocka_unit_test(test_parse_hex_with_and_without_colons_is_the_same),
	cmocka_unit_test(test_parse_hex_odd_or_misplaced_is_refused),
	cmocka_unit_test(test_parse_hex_exactly_at_the_cap_fits),
	cmocka_unit_test(test_parse_hostport_each_shape_is_split),
	cmocka_unit_test(test_parse_hostport_broken_shapes_are_refused),
	cmocka_unit_test(test_parse_is_host_names_and_addresses_are_hosts),
	cmocka_unit_test(test_parse_is_host_lengths_end_at_63_and_253),
	cmocka_unit_test(test_parse_version_numbers_are_compared_as_numbers),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
