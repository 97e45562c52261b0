/* SPDX-License-Identifier: Apache-2.0 */
/* xlsxzip.h: the parts of a workbook, which are XML in a zip archive. */
#ifndef INVENTORY_XLSXZIP_H
#define INVENTORY_XLSXZIP_H

#include <stdbool.h>
#include <stdint.h>

#include "inventory/xmlsafe.h"

struct xlsxzip;

/* Reads the archive of that many bytes at fd, which stays the caller's; NULL: it is none. */
struct xlsxzip *xlsxzip_open(int fd, uint64_t bytes, struct err *ret_err);
void xlsxzip_close(struct xlsxzip *z);

bool xlsxzip_has(const struct xlsxzip *z, const char *part);

/*
 * Has the part parsed.  All parts together may unpack to 64 MiB, or to 200 times the
 * archive if that is more, and to 2 GiB in no case.
 */
bool xlsxzip_parse(struct xlsxzip *z, const char *part, const struct xmlsafe_calls *calls,
		   void *owner, struct err *ret_err);

#endif
