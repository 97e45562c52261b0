/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "inventory/xlsxtext.h"
#include "tests/unit/caught.h"
#include "tests/unit/unit.h"
#include "tests/unit/zipped.h"

#define MAIN "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define REL  "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define RELATIONS                                                                                  \
	"<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
#define SHEET     "<worksheet xmlns=\"" MAIN "\"><sheetData>"
#define SHEET_END "</sheetData></worksheet>"

enum { PARTS_MAX = 8 };

static const char package[] =
	RELATIONS "<Relationship Id=\"rId1\" Type=\"" REL
		  "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char workbook[] =
	"<workbook xmlns=\"" MAIN "\" xmlns:r=\"" REL "\"><sheets>"
	"<sheet name=\"vInfo\" sheetId=\"1\" r:id=\"rId1\"/>"
	"<sheet name=\"chart\" sheetId=\"2\" r:id=\"rId9\"/>"
	"<sheet name=\"vCD\" sheetId=\"3\" r:id=\"rId2\"/></sheets></workbook>";
static const char relations[] = RELATIONS
	"<Relationship Id=\"rId1\" Type=\"" REL "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
	"<Relationship Id=\"rId2\" Type=\"" REL
	"/worksheet\" Target=\"/xl/worksheets/sheet2.xml\"/>"
	"<Relationship Id=\"rId9\" Type=\"" REL "/chartsheet\" Target=\"c.xml\"/>"
	"<Relationship Id=\"rId3\" Type=\"" REL
	"/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";
static const char texts[] =
	"<sst xmlns=\"" MAIN "\"><si><t>VM</t></si><si><r><t>erp</t></r><r><t>-db</t></r>"
	"<rPh sb=\"0\" eb=\"1\"><t>no</t></rPh></si><si/><si><t>a_x000D_b _x005F_x0041_ "
	"_x00_</t></si></sst>";
static const char empty_sheet[] = SHEET SHEET_END;

/* The workbook with sheet1 and sheet2; the parts whose names are in place are those instead. */
static char *make(const char *sheet1, const char *sheet2, const struct zipped_part *other,
		  size_t *ret_n)
{
	struct zipped_part parts[] = {
		{ "_rels/.rels", package, sizeof package - 1 },
		{ "xl/workbook.xml", workbook, sizeof workbook - 1 },
		{ "xl/_rels/workbook.xml.rels", relations, sizeof relations - 1 },
		{ "xl/SharedStrings.xml", texts, sizeof texts - 1 },
		{ "xl/worksheets/sheet1.xml", sheet1, strlen(sheet1) },
		{ "xl/worksheets/sheet2.xml", sheet2, strlen(sheet2) },
	};

	for (size_t i = 0; other != NULL && i < ARRAY_LEN(parts); i++)
		if (strcmp(parts[i].name, other->name) == 0)
			parts[i] = *other;
	return zipped_make(parts, ARRAY_LEN(parts), ZIP_CM_DEFLATE, ret_n);
}

static void assert_records(const char *sheet1, const char *sheet2, const char *records,
			   const char *notices)
{
	struct caught c;
	size_t n;
	char *bytes = make(sheet1, sheet2, NULL, &n);

	caught_init(&c);
	if (!caught_read(&c, xlsx_reader_new, bytes, n))
		fail_msg("%s", c.err.text);
	assert_string_equal(buf_text(&c.records), records);
	assert_string_equal(buf_text(&c.notices), notices);
	caught_done(&c);
	free(bytes);
}

static void assert_bytes_refused(const char *bytes, size_t n, const char *why)
{
	struct caught c;

	caught_init(&c);
	if (caught_read_pieces(&c, xlsx_reader_new, bytes, n, n + 1))
		fail_msg("taken, though %s", why);
	if (strstr(c.err.text, why) == NULL)
		fail_msg("\"%s\" is not in \"%s\"", why, c.err.text);
	caught_done(&c);
}

static void assert_refused(const char *sheet1, const struct zipped_part *other, const char *why)
{
	size_t n;
	char *bytes = make(sheet1, empty_sheet, other, &n);

	assert_bytes_refused(bytes, n, why);
	free(bytes);
}

TEST(test_xlsx_sheets_become_records)
{
	assert_records(
		SHEET
		"<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>"
		"<c r=\"B1\" t=\"inlineStr\"><is><t>VM </t><rPh><t>x</t></rPh>"
		"<r><t>ID</t></r></is></c><c r=\"D1\" t=\"str\"><f>A1</f><v>CPUs</v></c></row>"
		"<row r=\"2\"><c r=\"A2\" t=\"s\"><v>1</v></c><c r=\"D2\"><v>4</v></c></row>"
		"<row r=\"17\"><c r=\"A17\" t=\"s\"><v>3</v></c>"
		"<c r=\"B17\" t=\"inlineStr\"><is><t>vm-7</t></is></c></row>" SHEET_END,
		SHEET
		"<row><c t=\"s\"><v>0</v></c><c t=\"inlineStr\"><is><t>Connected</t></is></c></row>"
		"<row><c t=\"s\"><v>1</v></c><c t=\"b\"><v>1</v></c></row>"
		"<row><c/><c t=\"b\"><v>0</v></c></row>" SHEET_END,
		"csv|vInfo row 2|{\"VM\":\"erp-db\",\"CPUs\":\"4\"}\n"
		"csv|vInfo row 17|{\"VM\":\"a\\u000db _x0041_ _x00_\",\"VM ID\":\"vm-7\"}\n"
		"csv|vCD row 2|{\"VM\":\"erp-db\",\"Connected\":\"True\"}\n"
		"csv|vCD row 3|{\"Connected\":\"False\"}\n",
		"");
}

TEST(test_xlsx_values_are_as_written_and_errors_are_absent)
{
	assert_records(
		SHEET
		"<row r=\"3\"><c r=\"A3\"><v>7</v></c><c r=\"B3\" t=\"str\"><v>b</v></c>"
		"<c r=\"C3\" t=\"str\"><v>c</v></c></row>"
		"<row r=\"4\"><c r=\"A4\"><v>45231.5</v></c><c r=\"B4\" t=\"e\"><v>#N/A</v></c>"
		"<c r=\"C4\" t=\"d\"><v>2026-01-02T03:04:05</v></c></row>"
		"<row r=\"5\"><c r=\"B5\" t=\"s\"><v>2</v></c><c r=\"C5\" t=\"b\"/></row>"
		"<row r=\"6\"><c r=\"A6\" t=\"str\"><f>1+1</f><v>=1+1</v></c></row>"
		"<row r=\"7\"><c r=\"XFD7\"><v>1</v></c></row>" SHEET_END,
		empty_sheet,
		"csv|vInfo row 4|{\"7\":\"45231.5\",\"c\":\"2026-01-02T03:04:05\"}\n"
		"csv|vInfo row 6|{\"7\":\"=1+1\"}\n",
		"vInfo row 7: cells in columns without a title are not read\n");
}

TEST(test_xlsx_broken_cells_are_told_with_their_place)
{
	assert_refused(SHEET "<row r=\"5\"><c r=\"B5\" t=\"s\"><v>99</v></c></row>" SHEET_END, NULL,
		       "sheet vInfo: xl/worksheets/sheet1.xml: line 1: row 5: column 2: "
		       "there is no text 99");
	assert_refused(SHEET "<row><c t=\"s\"><v>-1</v></c></row>" SHEET_END, NULL,
		       "row 1: column 1: there is no text -1");
	assert_refused(SHEET
		       "<row><c t=\"s\"><v>99999999999999999999999999</v></c></row>" SHEET_END,
		       NULL, "there is no text 99999");
	assert_refused(SHEET "<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>" SHEET_END, NULL,
		       "row 1: more than 16384 columns");
	assert_refused(SHEET
		       "<row r=\"1\"><c r=\"ZZZZZZZZZZZZZZZZZZ1\"><v>1</v></c></row>" SHEET_END,
		       NULL, "row 1: more than 16384 columns");
	assert_refused(SHEET "<row r=\"1048577\">", NULL, "more than 1048576 rows");
	assert_refused(SHEET "<row>\n<c>", NULL, "sheet1.xml: line 2: no element found");
	assert_refused("<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet/>", NULL, "a document type");
	assert_refused(SHEET "<row><c t=\"str\"><v>&a;</v></c></row>", NULL, "undefined entity");
}

TEST(test_xlsx_archive_that_is_no_workbook_is_told)
{
	static const struct zipped_part files[] = { { "vms.json", "[]", 2 }, { "b", "", 0 } };
	static const struct zipped_part no_relations = { "xl/_rels/workbook.xml.rels", "<a/>", 4 };
	static const struct zipped_part no_sheet = { "xl/worksheets/sheet1.xml", "", 0 };
	struct caught c;
	size_t n;
	char *bytes = zipped_make(files, ARRAY_LEN(files), ZIP_CM_STORE, &n);

	assert_bytes_refused(bytes, n, "a zip archive, but no workbook of Excel; unpack it");
	free(bytes);
	assert_bytes_refused("", 0, "archive");
	assert_bytes_refused("PK\3\4 and then nothing", 21, "archive");
	assert_refused("", &no_sheet, "no element found");
	/* sheets that lead nowhere are none */
	bytes = make(empty_sheet, empty_sheet, &no_relations, &n);
	caught_init(&c);
	assert_true(caught_read(&c, xlsx_reader_new, bytes, n));
	assert_int_equal(c.records.len, 0);
	caught_done(&c);
	free(bytes);
}

TEST(test_xlsx_every_cut_is_refused)
{
	size_t n;
	char *bytes = make(SHEET "<row><c><v>1</v></c></row>" SHEET_END, empty_sheet, NULL, &n);

	for (size_t i = 0; i < n; i += 7)
		assert_bytes_refused(bytes, i, "");
	free(bytes);
}

/* Text of n bytes between before and after. */
static char *padded(const char *before, char c, size_t n, const char *after)
{
	char *padding = xcalloc(1, n + 1);
	char *text;

	memset(padding, c, n);
	text = xasprintf("%s%s%s", before, padding, after);
	free(padding);
	return text;
}

TEST(test_xlsx_bombs_are_refused)
{
	char *sheet = padded(SHEET, ' ', (size_t)70 * 1024 * 1024, SHEET_END);
	char *cell = padded(SHEET "<row><c t=\"str\"><v>", 'x', 2 * 1024 * 1024, "</v></c></row>");
	size_t n;
	char *bytes = make(sheet, empty_sheet, NULL, &n);

	/* 70 KiB that unpack to 70 MiB */
	assert_true(n < 200 * 1024);
	assert_bytes_refused(bytes, n, "sheet1.xml: unpacks to more than 64 MiB");
	assert_refused(cell, NULL, "row 1: column 1: a cell is longer than 1 MiB");
	free(bytes);
	free(sheet);
	free(cell);
}

/* More than 65,535 make libzip write the longer end; long names make the shorter one too long. */
TEST(test_xlsx_directory_that_is_too_long_is_refused)
{
	static const struct {
		size_t count;
		int width;
	} cases[] = { { 65536, 8 }, { 50000, 200 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct zipped_part *parts = xcalloc(cases[i].count, sizeof *parts);
		char **names = xcalloc(cases[i].count, sizeof *names);
		char *bytes;
		size_t n;

		for (size_t k = 0; k < cases[i].count; k++) {
			names[k] = xasprintf("%0*zu", cases[i].width, k);
			parts[k] = (struct zipped_part){ .name = names[k], .bytes = "" };
		}
		bytes = zipped_make(parts, cases[i].count, ZIP_CM_STORE, &n);
		assert_bytes_refused(bytes, n,
				     "the archive lists more than 65535 files or 8 MiB of names");
		for (size_t k = 0; k < cases[i].count; k++)
			free(names[k]);
		free(names);
		free(parts);
		free(bytes);
	}
}

TEST(test_xlsx_byte_that_changed_is_noticed)
{
	struct caught c;
	size_t n;
	static const struct zipped_part files[] = {
		{ "xl/workbook.xml", workbook, sizeof workbook - 1 },
		{ "xl/_rels/workbook.xml.rels", relations, sizeof relations - 1 },
		{ "xl/sharedStrings.xml", texts, sizeof texts - 1 },
		{ "xl/worksheets/sheet1.xml", empty_sheet, sizeof empty_sheet - 1 },
		{ "xl/worksheets/sheet2.xml", empty_sheet, sizeof empty_sheet - 1 },
	};
	char *bytes = zipped_make(files, ARRAY_LEN(files), ZIP_CM_STORE, &n);
	char *vinfo = memmem(bytes, n, "vInfo", 5);

	/* without _rels/.rels it is a workbook as well */
	caught_init(&c);
	assert_true(caught_read(&c, xlsx_reader_new, bytes, n));
	caught_done(&c);
	assert_non_null(vinfo);
	vinfo[0] = 'w';
	assert_bytes_refused(bytes, n, "xl/workbook.xml: CRC error");
	free(bytes);
}

TEST(test_xlsx_texts)
{
	static const struct {
		const char *text;
		const char *want;
	} cases[] = {
		{ "", "" },
		{ "_", "_" },
		{ "a_b", "a_b" },
		{ "_x0041_", "A" },
		{ "_x004a_x", "Jx" },
		{ "_x20AC__x0041_", "\xe2\x82\xac"
				    "A" },
		{ "_x005F_x0041_", "_x0041_" },
		{ "_x004G_", "_x004G_" },
		{ "_x0041", "_x0041" },
		{ "_xD800_", "\xef\xbf\xbd" },
	};
	struct buf b;

	buf_init(&b, 256);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		buf_clear(&b);
		xlsxtext_put(&b, cases[i].text, strlen(cases[i].text));
		assert_string_equal(buf_text(&b), cases[i].want);
	}
	buf_done(&b);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_xlsx_sheets_become_records),
	cmocka_unit_test(test_xlsx_values_are_as_written_and_errors_are_absent),
	cmocka_unit_test(test_xlsx_broken_cells_are_told_with_their_place),
	cmocka_unit_test(test_xlsx_archive_that_is_no_workbook_is_told),
	cmocka_unit_test(test_xlsx_every_cut_is_refused),
	cmocka_unit_test(test_xlsx_bombs_are_refused),
	cmocka_unit_test(test_xlsx_directory_that_is_too_long_is_refused),
	cmocka_unit_test(test_xlsx_byte_that_changed_is_noticed),
	cmocka_unit_test(test_xlsx_texts),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
