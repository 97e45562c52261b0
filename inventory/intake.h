/* SPDX-License-Identifier: Apache-2.0 */
/* intake.h: files into the table record, each row with its format and kind; for stock.c. */
#ifndef INVENTORY_INTAKE_H
#define INVENTORY_INTAKE_H

#include <stdbool.h>

#include "base/err.h"

struct guard;
struct intake;
struct scripts;
struct stock_ears;

/* Everything is borrowed and outlives it; fails over a `match` that is no SQL. */
struct intake *intake_new(struct guard *g, const struct scripts *scripts,
			  const struct stock_ears *ears, struct err *ret_err);
void intake_free(struct intake *in);

/* An error begins with the file.  All records of a file, or none. */
bool intake_read(struct intake *in, const char *path, struct err *ret_err);

#endif
