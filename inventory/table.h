/* SPDX-License-Identifier: Apache-2.0 */
/* table.h: rows of cells to records: the first row has titles, every other is an object. */
#ifndef INVENTORY_TABLE_H
#define INVENTORY_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "inventory/reader.h"

/* As many as Excel has. */
enum { TABLE_COLUMNS = 16384 };

struct table {
	struct sink *sink; /* borrowed */
	struct buf row;    /* the object, as far as it is known */
	char **titles;     /* owned, as members: "\"VM ID\":"; NULL: a column without */
	size_t columns;    /* 0: titles are next */
	bool titled;
	bool untitled_cell; /* this row has one */
	bool noticed;       /* that was said */
};

void table_init(struct table *t, struct sink *sink);
void table_done(struct table *t);

/* Another table begins, with a row of titles. */
void table_clear(struct table *t);

/* The next cell of the row, of any column that had none; blank ones count as absent. */
bool table_cell(struct table *t, size_t column, const char *text, size_t n, struct err *ret_err);

/* The row is complete: titles, or a record of list 'csv'; without a cell it is nothing. */
bool table_end_row(struct table *t, const char *place, struct err *ret_err);

#endif
