/* SPDX-License-Identifier: Apache-2.0 */
/* matrixtable.c: a matrix with a column for each node, or with its nodes summed up. */
#include "cli/matrixtable.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "cli/grid.h"
#include "cli/mark.h"
#include "cli/matrixshow.h"

/* What a pipe is taken for: wide enough for a handful of nodes. */
enum { PIPE_WIDTH = 120, GAP = 2, NODES_SHOWN = 6 };

/* ---- the layout */

struct layout {
	size_t sign;
	size_t name;
	size_t provider; /* 0: left out */
	size_t suffix;
	size_t *nodes; /* owned; 0: no column */
	size_t whole;
};

static size_t larger(size_t a, size_t b)
{
	return a > b ? a : b;
}

static bool several_providers(const struct matrixshow *how)
{
	const struct matrixlines *l = how->lines;

	for (size_t i = 1; i < l->count; i++)
		if (strcmp(l->list[i].provider, l->list[0].provider) != 0)
			return true;
	return how->wide && l->count > 0 && l->list[0].provider[0] != '\0';
}

/* An open port is its mark alone, so that what is not open stands out. */
static const char *cell_text(const struct matrixshow *how, size_t line, size_t node,
			     enum mark *ret_mark, char room[MATRIXLINE_CELL_SIZE])
{
	const struct matrixline *l = &how->lines->list[line];

	*ret_mark = matrixline_cell(how->matrix, l, node, room);
	return l->count == 1 && *ret_mark == MARK_GOOD ? mark_sign(MARK_GOOD, &how->term) : room;
}

static size_t node_width(const struct matrixshow *how, size_t node, size_t suffix)
{
	char room[MATRIXLINE_CELL_SIZE];
	size_t width = term_columns(how->matrix->nodes[node].name) - suffix;
	enum mark mark;

	for (size_t i = 0; i < how->lines->count; i++)
		width = larger(width, term_columns(cell_text(how, i, node, &mark, room)));
	return width;
}

static struct layout layout_of(const struct matrixshow *how)
{
	const struct matrix *m = how->matrix;
	struct layout l = { .suffix = matrix_suffix(m) };

	for (int k = MARK_GOOD; k <= MARK_UNKNOWN; k++)
		l.sign = larger(l.sign, term_columns(mark_sign((enum mark)k, &how->term)));
	l.name = strlen("ENDPOINT");
	for (size_t i = 0; i < how->lines->count; i++)
		l.name = larger(l.name, term_columns(how->lines->list[i].name));
	if (several_providers(how))
		for (size_t i = 0; i < how->lines->count; i++)
			l.provider = larger(larger(l.provider, strlen("PROVIDER")),
					    term_columns(how->lines->list[i].provider));
	l.whole = l.sign + 1 + l.name + (l.provider > 0 ? GAP + l.provider : 0);
	l.nodes = xcalloc(m->node_count + 1, sizeof *l.nodes);
	for (size_t n = 0; n < m->node_count; n++)
		if (matrix_heard(&m->nodes[n])) {
			l.nodes[n] = node_width(how, n, l.suffix);
			l.whole += GAP + l.nodes[n];
		}
	return l;
}

bool matrixshow_fits(const struct matrixshow *how, size_t width)
{
	struct layout l = layout_of(how);

	free(l.nodes);
	return l.whole <= (width > 0 ? width : PIPE_WIDTH);
}

/* ---- a column for each node */

static void put_padded(const char *text, size_t columns, size_t width, struct buf *out)
{
	buf_printf(out, "%s%*s", text, (int)(width > columns ? width - columns : 0), "");
}

static void put_coloured(const struct matrixshow *how, enum mark mark, const char *text,
			 size_t width, struct buf *out)
{
	buf_printf(out, "%s%s%s%*s", how->term.colour ? mark_colour(mark) : "", text,
		   how->term.colour ? "\033[0m" : "", (int)(width - term_columns(text)), "");
}

static void put_title(const struct matrixshow *how, const struct layout *l, struct buf *out)
{
	const struct matrix *m = how->matrix;

	buf_printf(out, "%*s", (int)l->sign + 1, "");
	put_padded("ENDPOINT", strlen("ENDPOINT"), l->name, out);
	if (l->provider > 0)
		buf_printf(out, "  %-*s", (int)l->provider, "PROVIDER");
	for (size_t n = 0; n < m->node_count; n++) {
		const char *name = m->nodes[n].name;

		if (l->nodes[n] == 0)
			continue;
		buf_printf(out, "  %.*s%*s", (int)(strlen(name) - l->suffix), name,
			   (int)(l->nodes[n] + l->suffix - term_columns(name)), "");
	}
}

static void put_line(const struct matrixshow *how, const struct layout *l, size_t i,
		     struct buf *out)
{
	const struct matrixline *line = &how->lines->list[i];

	put_coloured(how, line->mark, mark_sign(line->mark, &how->term), l->sign, out);
	buf_puts(out, " ");
	put_padded(line->name, term_columns(line->name), l->name, out);
	if (l->provider > 0) {
		buf_puts(out, "  ");
		put_padded(line->provider, term_columns(line->provider), l->provider, out);
	}
	for (size_t n = 0; n < how->matrix->node_count; n++) {
		char room[MATRIXLINE_CELL_SIZE];
		enum mark mark;
		const char *text;

		if (l->nodes[n] == 0)
			continue;
		text = cell_text(how, i, n, &mark, room);
		buf_puts(out, "  ");
		put_coloured(how, mark, text, l->nodes[n], out);
	}
}

/* Line ends without the blanks before them. */
static void end_line(struct buf *line, struct buf *out)
{
	size_t len = line->len;

	while (len > 0 && line->data[len - 1] == ' ')
		len--;
	buf_put(out, line->data, len);
	buf_puts(out, "\n");
	buf_clear(line);
}

void matrixtable_nodes(const struct matrixshow *how, struct buf *out)
{
	struct layout l = layout_of(how);
	struct buf line;

	buf_init(&line, TERM_OUTPUT_BYTES);
	put_title(how, &l, &line);
	end_line(&line, out);
	for (size_t i = 0; i < how->lines->count; i++) {
		put_line(how, &l, i, &line);
		end_line(&line, out);
	}
	buf_done(&line);
	free(l.nodes);
}

/* ---- the nodes summed up */

enum column { COLUMN_NAME, COLUMN_PROVIDER, COLUMN_NODES, COLUMN_WHAT, COLUMN_N };

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_NAME] = { .title = "ENDPOINT" },
	[COLUMN_PROVIDER] = { .title = "PROVIDER" },
	[COLUMN_NODES] = { .title = "NODES", .right = true },
	[COLUMN_WHAT] = { .title = "WHAT", .prose = true },
};

/* The cells of one line, a node each. */
struct cells {
	char (*text)[MATRIXLINE_CELL_SIZE]; /* owned */
	enum mark *mark;                    /* owned */
	size_t count;
};

static struct cells cells_of(const struct matrixshow *how, const struct matrixline *l)
{
	struct cells c = { .count = how->matrix->node_count };

	c.text = xcalloc(c.count + 1, sizeof *c.text);
	c.mark = xcalloc(c.count + 1, sizeof *c.mark);
	for (size_t n = 0; n < c.count; n++)
		c.mark[n] = matrixline_cell(how->matrix, l, n, c.text[n]);
	return c;
}

/* Whether an earlier node has the same cell. */
static bool told_before(const struct cells *c, size_t node)
{
	for (size_t n = 0; n < node; n++)
		if (strcmp(c->text[n], c->text[node]) == 0)
			return true;
	return false;
}

/* "filtered from n7, n9": the nodes whose cells are as that of first. */
static void put_group(const struct matrixshow *how, const struct matrixline *l,
		      const struct cells *c, size_t first, struct buf *out)
{
	size_t suffix = matrix_suffix(how->matrix);
	size_t count = 0;
	size_t shown = 0;

	for (size_t n = first; n < c->count; n++)
		count += strcmp(c->text[n], c->text[first]) == 0;
	buf_printf(out, "%s%s from ", out->len > 0 ? "; " : "", c->text[first]);
	if (count == l->watched && count > 1) {
		buf_puts(out, "all nodes");
		return;
	}
	for (size_t n = first; n < c->count && shown < NODES_SHOWN; n++) {
		const char *name = how->matrix->nodes[n].name;

		if (strcmp(c->text[n], c->text[first]) == 0)
			buf_printf(out, "%s%.*s", shown++ > 0 ? ", " : "",
				   (int)(strlen(name) - suffix), name);
	}
	if (count > shown)
		buf_printf(out, " and %zu more", count - shown);
}

static void put_what(const struct matrixshow *how, const struct matrixline *l, struct buf *out)
{
	struct cells c = cells_of(how, l);

	for (size_t n = 0; n < c.count; n++)
		if (c.mark[n] != MARK_GOOD && c.text[n][0] != '-' && !told_before(&c, n))
			put_group(how, l, &c, n, out);
	if (out->len == 0)
		buf_puts(out, l->watched > 0 ? "open" : "watched by no node");
	free(c.text);
	free(c.mark);
}

void matrixtable_summed(const struct matrixshow *how, struct buf *out)
{
	bool providers = several_providers(how);
	struct grid g;

	grid_init(&g, columns, COLUMN_N);
	for (size_t i = 0; i < how->lines->count; i++) {
		const struct matrixline *l = &how->lines->list[i];
		char text[MATRIXLINE_CELL_SIZE];
		struct buf what;

		grid_row(&g, l->mark);
		grid_set(&g, COLUMN_NAME, l->name);
		if (providers)
			grid_set(&g, COLUMN_PROVIDER, l->provider);
		(void)snprintf(text, sizeof text, "%zu/%zu", l->open, l->watched);
		grid_set(&g, COLUMN_NODES, text);
		buf_init(&what, TERM_OUTPUT_BYTES);
		put_what(how, l, &what);
		grid_set(&g, COLUMN_WHAT, buf_text(&what));
		buf_done(&what);
	}
	grid_put(&g, &how->term, out);
	grid_done(&g);
}
