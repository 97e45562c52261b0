/* SPDX-License-Identifier: Apache-2.0 */
/* xlsxbook.h: which sheets a workbook has, and where they and their texts are. */
#ifndef INVENTORY_XLSXBOOK_H
#define INVENTORY_XLSXBOOK_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct xlsxzip;

struct xlsxsheet {
	char name[128]; /* fit to be shown */
	char *relation; /* owned */
	char *part;     /* owned; NULL: no sheet of cells, a chart */
};

struct xlsxbook {
	struct xlsxsheet *sheets; /* owned; in the order of the workbook */
	size_t count;
	char *strings; /* owned; the part; NULL: there is none */
};

bool xlsxbook_read(struct xlsxbook *b, struct xlsxzip *z, struct err *ret_err);
void xlsxbook_done(struct xlsxbook *b);

#endif
