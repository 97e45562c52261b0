/* SPDX-License-Identifier: Apache-2.0 */
/* rows.h: what a view of the schema gives; for the other files of this room. */
#ifndef INVENTORY_ROWS_H
#define INVENTORY_ROWS_H

#include <stdbool.h>

#include "base/err.h"

struct inventory;

/* Texts of the columns, NULL for NULL; valid while the callback runs. */
typedef void row_fn(void *owner, const char *const *texts);

/* Rows of our own SQL (at most 32 columns) over all that was read; reading ends with it. */
bool inventory_rows(struct inventory *inv, const char *sql, row_fn *fn, void *owner,
		    struct err *ret_err);

#endif
