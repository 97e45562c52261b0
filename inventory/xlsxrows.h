/* SPDX-License-Identifier: Apache-2.0 */
/* xlsxrows.h: the cells of a sheet to the rows of a table. */
#ifndef INVENTORY_XLSXROWS_H
#define INVENTORY_XLSXROWS_H

#include <stdbool.h>

struct err;
struct table;
struct xlsxsheet;
struct xlsxtexts;
struct xlsxzip;

/*
 * Hands the sheet's rows to table.  Numbers, dates among them, are as the file writes
 * them; truths are "True" and "False", as RVTools has them in other formats; errors such
 * as #N/A count as absent.
 */
bool xlsxrows_read(const struct xlsxsheet *sheet, struct xlsxzip *z, const struct xlsxtexts *texts,
		   struct table *table, struct err *ret_err);

#endif
