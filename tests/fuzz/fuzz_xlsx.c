/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_xlsx.c: workbooks.  The input is an archive, or, after a byte that is odd, the parts of
 * one, with NUL in between: the first sheet, the shared texts, the workbook and its relations.
 */
#include "tests/fuzz/reading.h"
#include "tests/unit/zipped.h"

static const char workbook[] =
	"<workbook><sheets><sheet name='vInfo' r:id='a'/></sheets></workbook>";
static const char relations[] =
	"<Relationships><Relationship Id='a' Type='/worksheet' Target='sheet.xml'/>"
	"<Relationship Id='b' Type='/sharedStrings' Target='texts.xml'/></Relationships>";

static void read_parts(struct input *in)
{
	struct zipped_part parts[] = {
		{ "xl/sheet.xml", NULL, 0 },
		{ "xl/texts.xml", NULL, 0 },
		{ "xl/workbook.xml", workbook, sizeof workbook - 1 },
		{ "xl/_rels/workbook.xml.rels", relations, sizeof relations - 1 },
	};
	char *made[ARRAY_LEN(parts)] = { NULL };
	char *bytes;
	size_t n;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (in->len == 0 && parts[i].bytes != NULL)
			break;
		parts[i].bytes = made[i] = input_until(in, '\0', &parts[i].n);
	}
	bytes = zipped_make(parts, ARRAY_LEN(parts), ZIP_CM_STORE, &n);
	reading_must_be_sound(xlsx_reader_new, (const uint8_t *)bytes, n, 4096);
	free(bytes);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		free(made[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t which = input_byte(&in);

	if (which % 2 == 1)
		read_parts(&in);
	else
		reading_must_be_sound(xlsx_reader_new, in.data, in.len, 4096);
	return 0;
}
