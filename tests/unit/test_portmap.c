/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/portmap.h"

#include <errno.h>

#include "base/err.h"
#include "base/must.h"
#include "tests/unit/unit.h"

static void assert_map(const char *text, uint16_t documented, uint16_t actual, bool mapped)
{
	struct portmap map = { 0 };
	struct err e;

	if (!portmap_parse(text, &map, &e))
		fail_msg("%s is refused: %s", text, e.text);
	assert_int_equal(map.documented, documented);
	assert_int_equal(map.actual, actual);
	assert_int_equal(map.mapped, mapped);
}

static void assert_refused(const char *text, const char *complaint)
{
	struct portmap map = { .documented = 7, .actual = 8, .mapped = true };
	struct err e = { 0 };

	if (portmap_parse(text, &map, &e))
		fail_msg("%s is taken", text);
	assert_string_equal(e.text, complaint);
	assert_int_equal(e.code, EINVAL);
	assert_int_equal(map.documented, 7);
	assert_int_equal(map.actual, 8);
	assert_true(map.mapped);
}

TEST(test_portmap_number_stands_for_itself)
{
	assert_map("902", 902, 902, false);
	assert_map("1", 1, 1, false);
	assert_map("65535", 65535, 65535, false);
}

TEST(test_portmap_equals_maps_the_documented_port)
{
	assert_map("902=19902", 902, 19902, true);
	assert_map("1=65535", 1, 65535, true);
	assert_map("443=443", 443, 443, true);
}

TEST(test_portmap_what_is_no_port_is_refused_and_named)
{
	static const char *const cases[][2] = {
		{ "", "" },
		{ "0", "0" },
		{ "65536", "65536" },
		{ "-1", "-1" },
		{ "+902", "+902" },
		{ "0x50", "0x50" },
		{ " 443", " 443" },
		{ "443 ", "443 " },
		{ "https", "https" },
		{ "=", "" },
		{ "=902", "" },
		{ "902=", "" },
		{ "902=0", "0" },
		{ "0=902", "0" },
		{ "902=70000", "70000" },
		{ "902=1=2", "1=2" },
		{ "902==1", "=1" },
		{ "902,443", "902,443" },
		{ "902:443", "902:443" },
		{ "99999999999999999999999", "99999999999999999999999" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err want;

		(void)err_set(&want, 0, "port '%s' is not a number from 1 to 65535", cases[i][1]);
		assert_refused(cases[i][0], want.text);
	}
}

TEST(test_portmap_control_bytes_are_not_repeated)
{
	assert_refused("9\x1b[2J", "port '9?[2J' is not a number from 1 to 65535");
	assert_refused("902=\xff", "port '?' is not a number from 1 to 65535");
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_portmap_number_stands_for_itself),
	cmocka_unit_test(test_portmap_equals_maps_the_documented_port),
	cmocka_unit_test(test_portmap_what_is_no_port_is_refused_and_named),
	cmocka_unit_test(test_portmap_control_bytes_are_not_repeated),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
