/* SPDX-License-Identifier: Apache-2.0 */
/* xlsxtext.h: texts of a workbook: the shared ones, and what is escaped in any. */
#ifndef INVENTORY_XLSXTEXT_H
#define INVENTORY_XLSXTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct err;
struct xlsxzip;

/* Texts that cells name by number, 256 MiB of them at most. */
struct xlsxtexts {
	struct buf text; /* one after the other */
	size_t *ends;    /* owned; of each in text */
	size_t count;
	size_t size;
};

/* What is open of a text: it is in <t>, but not in <t> of a <rPh>, which tells how to say it. */
struct xlsxtext_place {
	unsigned t;
	unsigned phonetic;
};

void xlsxtext_open(struct xlsxtext_place *p, const char *local);
void xlsxtext_close(struct xlsxtext_place *p, const char *local);
bool xlsxtext_counts(const struct xlsxtext_place *p);

/* Appends text with "_x000D_" and its like decoded (ECMA-376-1, 22.4.2.4, bstr). */
void xlsxtext_put(struct buf *out, const char *text, size_t n);

bool xlsxtexts_read(struct xlsxtexts *all, struct xlsxzip *z, const char *part,
		    struct err *ret_err);
void xlsxtexts_done(struct xlsxtexts *all);

/* NULL: there is none with this number.  Borrowed until xlsxtexts_done(). */
const char *xlsxtexts_find(const struct xlsxtexts *all, size_t number, size_t *ret_n);

#endif
