/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/match.h"

#include <string.h>

#include "base/must.h"
#include "tests/unit/unit.h"

static struct match_subject subject(const char *address)
{
	struct match_subject s = { .name = "esx04.example.com:902",
				   .host = "esx04.example.com",
				   .provider = "dc1",
				   .port = 902 };

	MUST(addr_parse(address, 902, &s.address));
	return s;
}

static enum match how(const char *text)
{
	struct match_subject s = subject("10.1.7.14");
	struct pattern p;

	MUST(pattern_parse(text, &p));
	return pattern_match(&p, &s);
}

TEST(test_match_whole_names_are_exact)
{
	assert_int_equal(how("esx04.example.com:902"), MATCH_EXACT);
	assert_int_equal(how("ESX04.Example.COM:902"), MATCH_EXACT);
	assert_int_equal(how("esx04.example.com"), MATCH_EXACT);
}

TEST(test_match_first_labels_of_the_host_do)
{
	assert_int_equal(how("esx04"), MATCH_LABEL);
	assert_int_equal(how("ESX04:902"), MATCH_LABEL);
	assert_int_equal(how("esx04.example:902"), MATCH_LABEL);
}

TEST(test_match_prefix_of_the_host_is_the_weakest)
{
	assert_int_equal(how("esx"), MATCH_PREFIX);
	assert_int_equal(how("esx0:902"), MATCH_PREFIX);
	assert_int_equal(how("esx04.ex"), MATCH_PREFIX);
}

TEST(test_match_port_alone_is_that_port_everywhere)
{
	assert_int_equal(how("902"), MATCH_LABEL);
	assert_int_equal(how(":902"), MATCH_LABEL);
	assert_int_equal(how("443"), MATCH_NONE);
	assert_int_equal(how(":443"), MATCH_NONE);
}

TEST(test_match_another_port_is_another_endpoint)
{
	assert_int_equal(how("esx04:443"), MATCH_NONE);
	assert_int_equal(how("esx04.example.com:443"), MATCH_NONE);
	assert_int_equal(how("10.1.7.14:443"), MATCH_NONE);
	assert_int_equal(how("esx04:0"), MATCH_NONE);
	assert_int_equal(how("esx04:902x"), MATCH_NONE);
}

TEST(test_match_documented_port_names_a_mapped_one)
{
	struct match_subject s = subject("10.1.7.14");
	struct pattern p;

	s.port = 19902;
	s.documented_port = 902;
	assert_true(pattern_parse("esx04:902", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_LABEL);
	assert_true(pattern_parse("esx04:19902", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_LABEL);
}

TEST(test_match_addresses_are_compared_as_addresses)
{
	struct match_subject s = subject("fd00::1");
	struct pattern p;

	assert_int_equal(how("10.1.7.14"), MATCH_EXACT);
	assert_int_equal(how("10.1.7.14:902"), MATCH_EXACT);
	assert_int_equal(how("10.1.7.1"), MATCH_NONE);
	assert_true(pattern_parse("[fd00:0::1]:902", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_EXACT);
	assert_true(pattern_parse("fd00::1", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_EXACT);
	assert_true(pattern_parse("[fd00::1]", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_EXACT);
}

TEST(test_match_numeric_host_is_never_a_prefix)
{
	struct match_subject s = subject("10.1.7.14");
	struct pattern p;

	s.name = "10.1.7.14:902";
	s.host = "10.1.7.14";
	assert_true(pattern_parse("10.1.7.1", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_NONE);
	assert_true(pattern_parse("10.1.7.14", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_EXACT);
}

TEST(test_match_provider_names_all_of_its_endpoints)
{
	struct match_subject s = subject("10.1.7.14");
	struct pattern p;

	assert_int_equal(how("DC1"), MATCH_LABEL);
	assert_int_equal(how("dc"), MATCH_NONE);
	s.provider = "";
	assert_true(pattern_parse("dc1", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_NONE);
}

TEST(test_match_glob_fits_names_hosts_addresses_and_providers)
{
	assert_int_equal(how("esx*"), MATCH_LABEL);
	assert_int_equal(how("esx0?.example.com"), MATCH_LABEL);
	assert_int_equal(how("*.EXAMPLE.com:902"), MATCH_LABEL);
	assert_int_equal(how("10.1.*"), MATCH_LABEL);
	assert_int_equal(how("10.1.*:902"), MATCH_LABEL);
	assert_int_equal(how("d?1"), MATCH_LABEL);
	assert_int_equal(how("*"), MATCH_LABEL);
	assert_int_equal(how("esx?"), MATCH_NONE);
	assert_int_equal(how("*:443"), MATCH_NONE);
	assert_int_equal(how("?"), MATCH_NONE);
}

TEST(test_match_many_stars_take_no_time)
{
	struct match_subject s = subject("10.1.7.14");
	struct pattern p;
	char text[PATTERN_BYTES];

	for (size_t i = 0; i + 2 < sizeof text; i += 2)
		memcpy(text + i, "*e", 2);
	text[sizeof text - 2] = '\0';
	assert_true(pattern_parse(text, &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_NONE);
}

TEST(test_match_host_without_address_has_its_name_alone)
{
	struct match_subject s = subject("10.1.7.14");
	struct pattern p;

	s.address = (struct addr){ 0 };
	assert_true(pattern_parse("10.1.7.14", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_NONE);
	assert_true(pattern_parse("esx04", &p));
	assert_int_equal(pattern_match(&p, &s), MATCH_LABEL);
}

TEST(test_match_empty_and_long_patterns_are_refused)
{
	struct pattern p;
	char text[PATTERN_BYTES + 1];

	memset(text, 'a', sizeof text);
	text[PATTERN_BYTES] = '\0';
	assert_false(pattern_parse("", &p));
	assert_false(pattern_parse(text, &p));
	text[PATTERN_BYTES - 1] = '\0';
	assert_true(pattern_parse(text, &p));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_match_whole_names_are_exact),
	cmocka_unit_test(test_match_first_labels_of_the_host_do),
	cmocka_unit_test(test_match_prefix_of_the_host_is_the_weakest),
	cmocka_unit_test(test_match_port_alone_is_that_port_everywhere),
	cmocka_unit_test(test_match_another_port_is_another_endpoint),
	cmocka_unit_test(test_match_documented_port_names_a_mapped_one),
	cmocka_unit_test(test_match_addresses_are_compared_as_addresses),
	cmocka_unit_test(test_match_numeric_host_is_never_a_prefix),
	cmocka_unit_test(test_match_provider_names_all_of_its_endpoints),
	cmocka_unit_test(test_match_glob_fits_names_hosts_addresses_and_providers),
	cmocka_unit_test(test_match_many_stars_take_no_time),
	cmocka_unit_test(test_match_host_without_address_has_its_name_alone),
	cmocka_unit_test(test_match_empty_and_long_patterns_are_refused),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
