/* SPDX-License-Identifier: Apache-2.0 */
/* matrixshow.h: a matrix for people and for programs.  Pure. */
#ifndef CLI_MATRIXSHOW_H
#define CLI_MATRIXSHOW_H

#include <stdbool.h>

#include "base/buf.h"
#include "cli/localise.h"
#include "cli/matrix.h"
#include "cli/matrixline.h"
#include "report/term.h"

struct matrixshow {
	const struct matrix *matrix;
	const struct locales *locales;
	const struct matrixlines *lines;
	struct term term;
	bool wide;     /* a column for each node in any case, and all sentences */
	bool filtered; /* only some endpoints were asked for */
	bool by_provider;
};

/*
 * The lines, with a column for each node when the terminal is wide enough for all of them, else
 * with the nodes summed up; where the losses lie; and which nodes could not be heard.
 */
void matrixshow_table(const struct matrixshow *how, struct buf *out);
void matrixshow_json(const struct matrixshow *how, struct buf *out);
void matrixshow_csv(const struct matrixshow *how, struct buf *out);

/* Whether a column for each node fits into width columns (0: a pipe's). */
bool matrixshow_fits(const struct matrixshow *how, size_t width);

#endif
