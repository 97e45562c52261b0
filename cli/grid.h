/* SPDX-License-Identifier: Apache-2.0 */
/*
 * grid.h: rows of cells as a table for people.
 *
 *	grid_init(&g, columns, ARRAY_LEN(columns));
 *	grid_row(&g, MARK_BAD);                  // for each row
 *	grid_set(&g, 0, "esx04:902");            // any of its cells; text is copied
 *	grid_put(&g, &term, &out);
 *	grid_done(&g);
 */
#ifndef CLI_GRID_H
#define CLI_GRID_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "report/finding.h"

struct term;

enum { GRID_COLUMNS = 12 };

struct grid_column {
	const char *title;
	bool right; /* aligned */
	bool prose; /* the last column alone: wrapped beside the others, or below them */
};

struct grid_cells {
	enum mark mark;
	char *text[GRID_COLUMNS]; /* owned; NULL: nothing */
};

struct grid {
	const struct grid_column *columns; /* borrowed; static */
	size_t column_count;
	struct grid_cells *rows; /* owned */
	size_t count;
	size_t size; /* allocated */
};

void grid_init(struct grid *g, const struct grid_column *columns, size_t count);

/* Begins a row; its mark stands in front. */
void grid_row(struct grid *g, enum mark mark);

/* A cell of the last row; text is fit to be shown. */
void grid_set(struct grid *g, size_t column, const char *text);

/* Appends the titles and all rows, without the columns in which no row has anything. */
void grid_put(const struct grid *g, const struct term *t, struct buf *out);

void grid_done(struct grid *g);

#endif
