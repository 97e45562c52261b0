/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "tests/unit/caught.h"
#include "tests/unit/unit.h"

static void assert_records_n(const char *csv, size_t n, const char *records, const char *notices)
{
	struct caught c;

	caught_init(&c);
	if (!caught_read(&c, csv_reader_new, csv, n))
		fail_msg("%.100s: %s", csv, c.err.text);
	assert_string_equal(buf_text(&c.records), records);
	assert_string_equal(buf_text(&c.notices), notices);
	assert_int_equal(c.text.len, 0);
	caught_done(&c);
}

static void assert_records(const char *csv, const char *records)
{
	assert_records_n(csv, strlen(csv), records, "");
}

static void assert_refused(const char *csv, size_t n, const char *records, const char *why)
{
	struct caught c;

	caught_init(&c);
	assert_false(caught_read_pieces(&c, csv_reader_new, csv, n, n));
	assert_string_equal(c.err.text, why);
	assert_string_equal(buf_text(&c.records), records);
	caught_done(&c);
}

TEST(test_csv_rows_become_objects)
{
	assert_records("VM,Powerstate,VM ID\nerp-db-01,poweredOn,vm-1042\nweb \"1\",,vm-7\n",
		       "csv|row 2|{\"VM\":\"erp-db-01\",\"Powerstate\":\"poweredOn\","
		       "\"VM ID\":\"vm-1042\"}\n"
		       "csv|row 3|{\"VM\":\"web \\\"1\\\"\",\"VM ID\":\"vm-7\"}\n");
	assert_records("VM\r\na\r\nb", "csv|row 2|{\"VM\":\"a\"}\ncsv|row 3|{\"VM\":\"b\"}\n");
	assert_records(" VM , \" VM ID\t\"\n a , \" b \"\n",
		       "csv|row 2|{\"VM\":\"a\",\"VM ID\":\" b \"}\n");
	assert_records("VM,Annotation\na,\"two\nlines, and a \"\"quote\"\"\"\n",
		       "csv|row 2|{\"VM\":\"a\",\"Annotation\":\"two\\nlines, and a "
		       "\\\"quote\\\"\"}\n");
	assert_records("VM,Host\n", "");
	assert_records("", "");
	assert_records("VM,Host\n,\n,h\n", "csv|row 3|{\"Host\":\"h\"}\n");
}

TEST(test_csv_delimiter_is_that_of_the_first_line)
{
	assert_records("VM;Size, MiB;Host\na;1,5;h\n",
		       "csv|row 2|{\"VM\":\"a\",\"Size, MiB\":\"1,5\",\"Host\":\"h\"}\n");
	assert_records("VM\tHost\na, b\th\n", "csv|row 2|{\"VM\":\"a, b\",\"Host\":\"h\"}\n");
	assert_records("\"a;b;c;d\",Host\n1,2\n", "csv|row 2|{\"a;b;c;d\":\"1\",\"Host\":\"2\"}\n");
	assert_records("sep=;\r\nVM;x,y,z\r\na;b\r\n",
		       "csv|row 2|{\"VM\":\"a\",\"x,y,z\":\"b\"}\n");
	assert_records("sep=|\nVM|Host\na|b\n", "csv|row 2|{\"VM\":\"a\",\"Host\":\"b\"}\n");
	assert_records("\"VM\nname\",Host\na,b\n",
		       "csv|row 2|{\"VM\\nname\":\"a\",\"Host\":\"b\"}\n");
}

TEST(test_csv_formulas_stay_text)
{
	assert_records(
		"VM,Annotation\n=1+1,\"=HYPERLINK(\"\"http://x\"\")\"\n+1,@SUM(A1)\n"
		"-2,=cmd|' /C calc'!A0\n",
		"csv|row 2|{\"VM\":\"=1+1\",\"Annotation\":\"=HYPERLINK(\\\"http://x\\\")\"}\n"
		"csv|row 3|{\"VM\":\"+1\",\"Annotation\":\"@SUM(A1)\"}\n"
		"csv|row 4|{\"VM\":\"-2\",\"Annotation\":\"=cmd|' /C calc'!A0\"}\n");
}

TEST(test_csv_encodings)
{
	static const char utf16[] = "\xff\xfeV\0M\0\t\0\xfc\0\n\0a\0\t\0\x3d\xd8\x00\xde\n\0";
	static const char broken[] = "\xfe\xff\0V\0M\0\n\xd8\x3d\0a\0\n\xdc";

	assert_records("\xef\xbb\xbfVM,\xc3\xbc\na,\xe2\x82\xac\n",
		       "csv|row 2|{\"VM\":\"a\",\"\xc3\xbc\":\"\xe2\x82\xac\"}\n");
	assert_records_n(utf16, sizeof utf16 - 1,
			 "csv|row 2|{\"VM\":\"a\",\"\xc3\xbc\":\"\xf0\x9f\x98\x80\"}\n", "");
	assert_records_n(broken, sizeof broken - 1,
			 "csv|row 2|{\"VM\":\"\xef\xbf\xbd"
			 "a\"}\n"
			 "csv|row 3|{\"VM\":\"\xef\xbf\xbd\"}\n",
			 "");
	assert_records_n("VM,x\nB\xfc"
			 "cher,\x80\x81\nk\xc3\xbc,\xe4\n",
			 20,
			 "csv|row 2|{\"VM\":\"B\xc3\xbc"
			 "cher\",\"x\":\"\xe2\x82\xac\xef\xbf\xbd\"}\n"
			 "csv|row 3|{\"VM\":\"k\xc3\xbc\",\"x\":\"\xc3\xa4\"}\n",
			 "is not UTF-8; read as Windows-1252\n");
	assert_records_n("VM,x\na,b\0c\n", 11,
			 "csv|row 2|{\"VM\":\"a\",\"x\":\"b\xef\xbf\xbd"
			 "c\"}\n",
			 "");
	assert_records("V", "");
}

TEST(test_csv_columns_without_and_with_one_title_are_told)
{
	assert_records_n("VM,,Tag,Tag,Tag\na,b,1,2,3\nc,,4,,,x\nd,,,,,y\n", 43,
			 "csv|row 2|{\"VM\":\"a\",\"Tag\":\"1\"}\n"
			 "csv|row 3|{\"VM\":\"c\",\"Tag\":\"4\"}\n"
			 "csv|row 4|{\"VM\":\"d\"}\n",
			 "row 1: two columns have the title \"Tag\"; the first one counts\n"
			 "row 2: cells in columns without a title are not read\n");
}

TEST(test_csv_quote_without_end_is_told)
{
	static const char text[] = "VM,Host\na,b\nc,\"never\nclosed\nd,e\n";
	static const char title[] = "\"VM,Host\na,b\n";

	assert_refused(text, sizeof text - 1, "csv|row 2|{\"VM\":\"a\",\"Host\":\"b\"}\n",
		       "row 3: a quote is never closed");
	assert_refused(title, sizeof title - 1, "", "row 1: a quote is never closed");
}

/* before, then n times what, then after. */
static void repeated(struct buf *b, const char *before, size_t n, const char *what,
		     const char *after)
{
	buf_clear(b);
	buf_puts(b, before);
	for (size_t i = 0; i < n; i++)
		buf_puts(b, what);
	buf_puts(b, after);
}

TEST(test_csv_rows_are_bounded)
{
	struct buf b;

	buf_init(&b, (size_t)64 * 1024 * 1024);
	repeated(&b, "VM,x\na,", 16 * 1024,
		 "0123456789abcdef0123456789abcdef0123456789abcdef"
		 "0123456789abcdef",
		 "z\n");
	assert_refused(b.data, b.len, "", "row 2: a cell is longer than 1 MiB");
	repeated(&b, "VM,x\na,\"", 32 * 1024 * 1024, "z", "");
	assert_refused(b.data, b.len, "", "row 2: a cell is longer than 1 MiB");
	repeated(&b, "", 2000, "v", ",x\n");
	assert_refused(b.data, b.len, "", "row 1: the title of column 1 is longer than 1 KiB");
	repeated(&b, "VM", 16384, ",", "x\n");
	assert_refused(b.data, b.len, "", "row 1: more than 16384 columns");
	repeated(&b, "VM\na", 16384, ",", "x\n");
	assert_refused(b.data, b.len, "", "row 2: more than 16384 columns");
	buf_done(&b);
}

TEST(test_csv_failure_of_the_sink_ends_the_reading)
{
	static const char text[] = "VM\na\nb\nc\n";
	struct caught c;

	caught_init(&c);
	c.refuse_from = 2;
	assert_false(caught_read_pieces(&c, csv_reader_new, text, sizeof text - 1, 100));
	assert_string_equal(c.err.text, "row 3: refused");
	assert_int_equal(c.pieces, 2);
	caught_done(&c);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_csv_rows_become_objects),
	cmocka_unit_test(test_csv_delimiter_is_that_of_the_first_line),
	cmocka_unit_test(test_csv_formulas_stay_text),
	cmocka_unit_test(test_csv_encodings),
	cmocka_unit_test(test_csv_columns_without_and_with_one_title_are_told),
	cmocka_unit_test(test_csv_quote_without_end_is_told),
	cmocka_unit_test(test_csv_rows_are_bounded),
	cmocka_unit_test(test_csv_failure_of_the_sink_ends_the_reading),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
