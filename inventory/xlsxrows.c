/* SPDX-License-Identifier: Apache-2.0 */
/* xlsxrows.c: see xlsxrows.h. */
#include "inventory/xlsxrows.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "inventory/table.h"
#include "inventory/xlsxbook.h"
#include "inventory/xlsxtext.h"
#include "inventory/xlsxzip.h"

enum { CELL_BYTES = 1024 * 1024, ROWS_MAX = 1024 * 1024 };

enum cell_type { CELL_PLAIN, CELL_TEXT, CELL_SHARED, CELL_TRUTH, CELL_ERROR };

struct rows {
	const struct xlsxsheet *sheet;
	const struct xlsxtexts *texts;
	struct table *table;
	struct xlsxtext_place place;
	unsigned value; /* <v> that are open */
	size_t row;     /* from 1 */
	size_t column;  /* from 0, of the cell that is open or comes next */
	enum cell_type type;
	struct buf raw;  /* the cell's content, as it is written */
	struct buf text; /* and decoded */
};

static enum cell_type type_of(const char *t)
{
	static const struct {
		const char *name;
		enum cell_type type;
	} types[] = {
		{ "s", CELL_SHARED }, { "inlineStr", CELL_TEXT }, { "str", CELL_TEXT },
		{ "b", CELL_TRUTH },  { "e", CELL_ERROR },
	};

	for (size_t i = 0; t != NULL && i < sizeof types / sizeof *types; i++)
		if (strcmp(t, types[i].name) == 0)
			return types[i].type;
	return CELL_PLAIN;
}

/* The whole number that text is; most, if it is larger.  False: it is none. */
static bool number_of(const char *text, size_t most, size_t *ret_number)
{
	size_t number = 0;

	if (*text == '\0')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		number = number * 10 + (size_t)(*text - '0');
		number = number < most ? number : most;
	}
	*ret_number = number;
	return *text == '\0';
}

/* The column, from 0, of a reference such as "AB17"; it stays what it was if there is none. */
static void set_column(size_t *column, const char *reference)
{
	size_t found = 0;

	for (; *reference >= 'A' && *reference <= 'Z' && found <= TABLE_COLUMNS; reference++)
		found = found * 26 + (size_t)(*reference - 'A') + 1;
	if (found > 0)
		*column = found - 1;
}

static bool open_row(struct rows *r, const char **attributes, struct err *e)
{
	const char *number = xmlsafe_attribute(attributes, "r");

	if (number == NULL || !number_of(number, ROWS_MAX + 1, &r->row))
		r->row++;
	r->column = 0;
	return r->row <= ROWS_MAX || err_set(e, E2BIG, "more than %d rows", ROWS_MAX);
}

static void open_cell(struct rows *r, const char **attributes)
{
	const char *reference = xmlsafe_attribute(attributes, "r");

	if (reference != NULL)
		set_column(&r->column, reference);
	r->type = type_of(xmlsafe_attribute(attributes, "t"));
	buf_clear(&r->raw);
}

static bool on_open(void *owner, const char *name, const char **attributes, struct err *e)
{
	struct rows *r = owner;
	const char *local = xmlsafe_local(name);

	xlsxtext_open(&r->place, local);
	if (strcmp(local, "row") == 0)
		return open_row(r, attributes, e);
	if (strcmp(local, "c") == 0)
		open_cell(r, attributes);
	else if (strcmp(local, "v") == 0)
		r->value++;
	return true;
}

static bool on_text(void *owner, const char *text, size_t n, struct err *e)
{
	struct rows *r = owner;

	(void)e;
	if (r->value > 0 || xlsxtext_counts(&r->place))
		buf_put(&r->raw, text, n);
	return true;
}

static bool put_shared(struct rows *r, struct err *e)
{
	const char *text = NULL;
	size_t number;
	size_t n = 0;

	if (r->raw.len == 0)
		return true;
	if (number_of(buf_text(&r->raw), SIZE_MAX / 16, &number))
		text = xlsxtexts_find(r->texts, number, &n);
	if (text == NULL)
		return err_set(e, EINVAL, "column %zu: there is no text %.20s", r->column + 1,
			       buf_text(&r->raw));
	return table_cell(r->table, r->column, text, n, e);
}

static bool put_cell(struct rows *r, struct err *e)
{
	const char *truth = strcmp(buf_text(&r->raw), "1") == 0 ? "True" : "False";

	if (buf_overflowed(&r->raw))
		return err_set(e, E2BIG, "column %zu: a cell is longer than 1 MiB", r->column + 1);
	switch (r->type) {
	case CELL_PLAIN:
		return table_cell(r->table, r->column, buf_text(&r->raw), r->raw.len, e);
	case CELL_TEXT:
		buf_clear(&r->text);
		xlsxtext_put(&r->text, buf_text(&r->raw), r->raw.len);
		return table_cell(r->table, r->column, buf_text(&r->text), r->text.len, e);
	case CELL_SHARED:
		return put_shared(r, e);
	case CELL_TRUTH:
		return r->raw.len == 0 || table_cell(r->table, r->column, truth, strlen(truth), e);
	case CELL_ERROR:
		return true;
	}
	return true;
}

static bool end_row(struct rows *r, struct err *e)
{
	char place[sizeof r->sheet->name + 32];

	(void)snprintf(place, sizeof place, "%s row %zu", r->sheet->name, r->row);
	return table_end_row(r->table, place, e);
}

static bool on_close(void *owner, const char *name, struct err *e)
{
	struct rows *r = owner;
	const char *local = xmlsafe_local(name);
	bool ok = true;

	xlsxtext_close(&r->place, local);
	if (strcmp(local, "v") == 0) {
		r->value--;
	} else if (strcmp(local, "c") == 0) {
		ok = put_cell(r, e);
		r->column++;
	} else if (strcmp(local, "row") == 0) {
		ok = end_row(r, e);
	}
	return ok || err_add(e, "row %zu", r->row);
}

bool xlsxrows_read(const struct xlsxsheet *sheet, struct xlsxzip *z, const struct xlsxtexts *texts,
		   struct table *table, struct err *e)
{
	static const struct xmlsafe_calls calls = { on_open, on_close, on_text };
	struct rows r = { .sheet = sheet, .texts = texts, .table = table };
	bool ok;

	buf_init(&r.raw, CELL_BYTES);
	buf_init(&r.text, CELL_BYTES);
	table_clear(table);
	ok = xlsxzip_parse(z, sheet->part, &calls, &r, e) || err_add(e, "sheet %s", sheet->name);
	buf_done(&r.raw);
	buf_done(&r.text);
	return ok;
}
