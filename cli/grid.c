/* SPDX-License-Identifier: Apache-2.0 */
/* grid.c: see grid.h. */
#include "cli/grid.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "cli/mark.h"
#include "report/term.h"

/* Prose stands beside the columns when it has this much room, else below them. */
enum { BESIDE_MIN = 48, UNDER_INDENT = 4 };

struct layout {
	const struct term *term;
	size_t mark;                 /* width of the marks */
	size_t widths[GRID_COLUMNS]; /* 0: the column is left out */
	size_t last;                 /* the last column that is not */
	size_t left;                 /* columns up to the prose */
	bool prose;
	bool beside;
};

void grid_init(struct grid *g, const struct grid_column *columns, size_t count)
{
	MUST(count > 0 && count <= GRID_COLUMNS);
	*g = (struct grid){ .columns = columns, .column_count = count };
}

void grid_row(struct grid *g, enum mark mark)
{
	if (g->count == g->size) {
		g->size = g->size > 0 ? g->size * 2 : 16;
		g->rows = xreallocarray(g->rows, g->size, sizeof *g->rows);
	}
	g->rows[g->count++] = (struct grid_cells){ .mark = mark };
}

void grid_set(struct grid *g, size_t column, const char *text)
{
	struct grid_cells *row = &g->rows[g->count - 1];

	MUST(g->count > 0 && column < g->column_count);
	free(row->text[column]);
	row->text[column] = text[0] != '\0' ? xstrdup(text) : NULL;
}

static void widen(size_t *width, const char *text)
{
	size_t n = term_columns(text);

	if (n > *width)
		*width = n;
}

static struct layout layout_of(const struct grid *g, const struct term *t)
{
	struct layout l = { .term = t };

	for (size_t r = 0; r < g->count; r++) {
		widen(&l.mark, mark_sign(g->rows[r].mark, t));
		for (size_t i = 0; i < g->column_count; i++)
			if (g->rows[r].text[i] != NULL)
				widen(&l.widths[i], g->rows[r].text[i]);
	}
	l.left = l.mark + 1;
	for (size_t i = 0; i < g->column_count; i++) {
		if (l.widths[i] == 0)
			continue;
		if (g->columns[i].prose) {
			l.prose = true;
			continue;
		}
		widen(&l.widths[i], g->columns[i].title);
		l.left += l.widths[i] + 2;
		l.last = i;
	}
	l.beside = l.prose && (t->width == 0 || l.left + BESIDE_MIN <= t->width);
	return l;
}

static void put_cell(const struct grid *g, const struct layout *l, size_t i, const char *text,
		     struct buf *out)
{
	bool last = i == l->last && !l->beside;
	int pad = (int)(l->widths[i] - term_columns(text));

	if (g->columns[i].right)
		buf_printf(out, "%*s%s", pad, "", text);
	else
		buf_printf(out, "%s%*s", text, last ? 0 : pad, "");
	buf_puts(out, last ? "" : "  ");
}

static void put_row(const struct grid *g, const struct layout *l, const struct grid_cells *row,
		    struct buf *out)
{
	const char *sign = mark_sign(row->mark, l->term);
	bool colour = l->term->colour;
	const char *prose = NULL;

	buf_printf(out, "%s%s%s%*s ", colour ? mark_colour(row->mark) : "", sign,
		   colour ? "\033[0m" : "", (int)(l->mark - term_columns(sign)), "");
	for (size_t i = 0; i < g->column_count; i++) {
		const char *text = row->text[i] != NULL ? row->text[i] : "-";

		if (g->columns[i].prose)
			prose = row->text[i];
		else if (l->widths[i] > 0)
			put_cell(g, l, i, text, out);
	}
	if (l->beside) {
		term_wrap(out, prose != NULL ? prose : "-", l->left, l->left, l->term->width);
	} else if (prose != NULL) {
		buf_printf(out, "\n%*s", UNDER_INDENT, "");
		term_wrap(out, prose, UNDER_INDENT, UNDER_INDENT, l->term->width);
	} else {
		buf_puts(out, "\n");
	}
}

static void put_titles(const struct grid *g, const struct layout *l, struct buf *out)
{
	buf_printf(out, "%*s ", (int)l->mark, "");
	for (size_t i = 0; i < g->column_count; i++) {
		if (l->widths[i] == 0)
			continue;
		if (!g->columns[i].prose)
			put_cell(g, l, i, g->columns[i].title, out);
		else if (l->beside)
			buf_puts(out, g->columns[i].title);
	}
	buf_puts(out, "\n");
}

void grid_put(const struct grid *g, const struct term *t, struct buf *out)
{
	struct layout l = layout_of(g, t);

	if (g->count == 0)
		return;
	put_titles(g, &l, out);
	for (size_t r = 0; r < g->count; r++)
		put_row(g, &l, &g->rows[r], out);
}

void grid_done(struct grid *g)
{
	for (size_t r = 0; r < g->count; r++)
		for (size_t i = 0; i < g->column_count; i++)
			free(g->rows[r].text[i]);
	free(g->rows);
	*g = (struct grid){ 0 };
}
