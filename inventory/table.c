/* SPDX-License-Identifier: Apache-2.0 */
/* table.c: see table.h. */
#include "inventory/table.h"

#include <errno.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "inventory/escape.h"

enum {
	ROW_BYTES = 16 * 1024 * 1024,
	TITLE_BYTES = 1024, /* escaped */
	NOTICE_SIZE = 256,
};

void table_init(struct table *t, struct sink *sink)
{
	*t = (struct table){ .sink = sink };
	buf_init(&t->row, ROW_BYTES);
}

void table_clear(struct table *t)
{
	for (size_t i = 0; i < t->columns; i++)
		free(t->titles[i]);
	free(t->titles);
	t->titles = NULL;
	t->columns = 0;
	t->titled = t->untitled_cell = t->noticed = false;
	buf_clear(&t->row);
}

void table_done(struct table *t)
{
	table_clear(t);
	buf_done(&t->row);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void trim(const char **text, size_t *n)
{
	while (*n > 0 && is_blank(**text)) {
		++*text;
		--*n;
	}
	while (*n > 0 && is_blank((*text)[*n - 1]))
		--*n;
}

/* ---- titles */

static bool add_title(struct table *t, size_t column, const char *text, size_t n, struct err *e)
{
	struct buf title;

	buf_init(&title, TITLE_BYTES);
	escape_put(&title, text, n);
	buf_puts(&title, ":");
	if (buf_overflowed(&title)) {
		buf_done(&title);
		return err_set(e, E2BIG, "the title of column %zu is longer than 1 KiB",
			       column + 1);
	}
	if (column >= t->columns) {
		t->titles = xreallocarray(t->titles, column + 1, sizeof *t->titles);
		while (t->columns <= column)
			t->titles[t->columns++] = NULL;
	}
	free(t->titles[column]);
	t->titles[column] = title.data;
	return true;
}

/* By title, then by column. */
static int compare_titles(const void *a, const void *b)
{
	char **x = *(char **const *)a;
	char **y = *(char **const *)b;
	int order = strcmp(*x, *y);

	return order != 0 ? order : (x > y) - (x < y);
}

static void notice_twice(struct table *t, const char *title, const char *place)
{
	char text[NOTICE_SIZE];

	text_printf(text, sizeof text, "%s: two columns have the title %.*s; the first one counts",
		    place, (int)strlen(title) - 1, title);
	t->sink->notice(t->sink->owner, text);
}

/* Of columns with one title the first is read. */
static void drop_twins(struct table *t, const char *place)
{
	char ***sorted = xcalloc(t->columns, sizeof *sorted);
	size_t n = 0;

	for (size_t i = 0; i < t->columns; i++)
		if (t->titles[i] != NULL)
			sorted[n++] = &t->titles[i];
	qsort(sorted, n, sizeof *sorted, compare_titles);
	for (size_t i = 1, first = 0; i < n; i++) {
		if (strcmp(*sorted[i], *sorted[first]) != 0) {
			first = i;
			continue;
		}
		if (i == first + 1)
			notice_twice(t, *sorted[first], place);
		free(*sorted[i]);
		*sorted[i] = NULL;
	}
	free(sorted);
}

/* ---- rows */

bool table_cell(struct table *t, size_t column, const char *text, size_t n, struct err *e)
{
	const char *word = text;
	size_t len = n;

	trim(&word, &len);
	if (len == 0)
		return true;
	if (column >= TABLE_COLUMNS)
		return err_set(e, E2BIG, "more than %d columns", TABLE_COLUMNS);
	if (!t->titled)
		return add_title(t, column, word, len, e);
	if (column >= t->columns || t->titles[column] == NULL) {
		t->untitled_cell = true;
		return true;
	}
	buf_puts(&t->row, t->row.len == 0 ? "{" : ",");
	buf_puts(&t->row, t->titles[column]);
	escape_put(&t->row, text, n);
	return true;
}

static void notice_untitled(struct table *t, const char *place)
{
	char text[NOTICE_SIZE];

	if (t->noticed)
		return;
	t->noticed = true;
	text_printf(text, sizeof text, "%s: cells in columns without a title are not read", place);
	t->sink->notice(t->sink->owner, text);
}

bool table_end_row(struct table *t, const char *place, struct err *e)
{
	bool ok = true;

	if (!t->titled) {
		t->titled = t->columns > 0;
		drop_twins(t, place);
		return true;
	}
	if (t->untitled_cell)
		notice_untitled(t, place);
	t->untitled_cell = false;
	if (t->row.len > 0) {
		buf_puts(&t->row, "}");
		ok = buf_overflowed(&t->row) ? err_set(e, E2BIG, "larger than 16 MiB")
					     : t->sink->record(t->sink->owner, "csv", place,
							       t->row.data, t->row.len, e);
	}
	buf_clear(&t->row);
	return ok;
}
