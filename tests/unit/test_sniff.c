/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "inventory/reader.h"
#include "tests/unit/unit.h"

static void assert_syntax(const char *text, enum syntax want)
{
	enum syntax found = sniff(text, strlen(text));

	if (found != want)
		fail_msg("%d, not %d: %.60s", (int)found, (int)want, text);
}

TEST(test_sniff_binary_files_are_known_by_their_magic)
{
	char tar[512] = "lib64/libvixDiskLib.so";

	assert_syntax("\x1f\x8b\x08", SYNTAX_GZIP);
	assert_int_equal(sniff("PK\3\4\x14\0\6", 7), SYNTAX_ZIP);
	assert_syntax("PK\5\6", SYNTAX_ZIP);
	assert_int_equal(sniff("\xfd"
			       "7zXZ\0\0",
			       7),
			 SYNTAX_ARCHIVE);
	assert_syntax("BZh91AY&SY", SYNTAX_ARCHIVE);
	assert_syntax("\x28\xb5\x2f\xfd", SYNTAX_ARCHIVE);
	memcpy(tar + 257, "ustar", 5);
	assert_int_equal(sniff(tar, sizeof tar), SYNTAX_ARCHIVE);
	assert_int_equal(sniff(tar, 261), SYNTAX_UNKNOWN);
}

TEST(test_sniff_text_is_known_by_its_first_characters)
{
	assert_syntax("{\"a\": 1}", SYNTAX_JSON);
	assert_syntax("\xef\xbb\xbf \r\n[1]", SYNTAX_JSON);
	assert_syntax("<?xml version='1.0'?><vms/>", SYNTAX_XML);
	assert_syntax("\n<vms/>", SYNTAX_XML);
	assert_syntax("---\napiVersion: v1\n", SYNTAX_YAML);
	assert_syntax("%YAML 1.1\n---\n", SYNTAX_YAML);
	assert_syntax("- a\n- b\n", SYNTAX_YAML);
	assert_syntax("# a plan, of ours\n\napiVersion: v1\n", SYNTAX_YAML);
	assert_syntax("apiVersion: v1\nitems: []\n", SYNTAX_YAML);
	assert_syntax("items:\n- a, b\n", SYNTAX_YAML);
	assert_syntax("\"a, b\": 1\n", SYNTAX_YAML);
	assert_syntax("'a, b': 1\n", SYNTAX_YAML);
	assert_syntax("VM,Powerstate,Template\n", SYNTAX_CSV);
	assert_syntax("\xef\xbb\xbf\"VM\";\"Powerstate\"\n", SYNTAX_CSV);
	assert_syntax("VM\tPowerstate\n", SYNTAX_CSV);
	assert_syntax("sep=;\nVM;Powerstate\n", SYNTAX_CSV);
	assert_syntax("VM,Date: of snapshot\n", SYNTAX_CSV);
	assert_syntax("\"VM: name\",Powerstate\n", SYNTAX_CSV);
}

TEST(test_sniff_utf16_is_looked_through)
{
	assert_int_equal(sniff("\xff\xfe<\0v\0", 6), SYNTAX_XML);
	assert_int_equal(sniff("\xfe\xff\0V\0,\0x", 8), SYNTAX_CSV);
	assert_int_equal(sniff("\xff\xfe"
			       "a\0:\0 \0",
			       8),
			 SYNTAX_YAML);
	/* libyaml reads UTF-16, and with it JSON's */
	assert_int_equal(sniff("\xff\xfe{\0}\0", 6), SYNTAX_YAML);
	assert_int_equal(sniff("\xff\xfe", 2), SYNTAX_UNKNOWN);
	assert_int_equal(sniff("\xff\xfe{", 3), SYNTAX_UNKNOWN);
}

TEST(test_sniff_what_is_nothing_of_these_is_unknown)
{
	static const char elf[] = "\x7f"
				  "ELF\2\1\1\0\0\0";

	assert_syntax("", SYNTAX_UNKNOWN);
	assert_syntax("  \n", SYNTAX_UNKNOWN);
	assert_syntax("# only a comment", SYNTAX_UNKNOWN);
	assert_syntax("hello\nworld, again\n", SYNTAX_UNKNOWN);
	assert_int_equal(sniff(elf, sizeof elf), SYNTAX_UNKNOWN);
	assert_int_equal(sniff("a,b\0c", 5), SYNTAX_UNKNOWN);
}

TEST(test_sniff_no_more_than_the_head_is_read)
{
	char head[SNIFF_BYTES + 8];

	memset(head, ' ', sizeof head);
	head[SNIFF_BYTES] = '{';
	assert_int_equal(sniff(head, sizeof head), SYNTAX_UNKNOWN);
	head[SNIFF_BYTES - 1] = '{';
	assert_int_equal(sniff(head, sizeof head), SYNTAX_JSON);
	head[0] = (char)0xff;
	head[1] = (char)0xfe;
	assert_int_equal(sniff(head, sizeof head), SYNTAX_UNKNOWN);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_sniff_binary_files_are_known_by_their_magic),
	cmocka_unit_test(test_sniff_text_is_known_by_its_first_characters),
	cmocka_unit_test(test_sniff_utf16_is_looked_through),
	cmocka_unit_test(test_sniff_what_is_nothing_of_these_is_unknown),
	cmocka_unit_test(test_sniff_no_more_than_the_head_is_read),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
