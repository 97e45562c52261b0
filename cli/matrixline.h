/* SPDX-License-Identifier: Apache-2.0 */
/* matrixline.h: the lines of a matrix as it is shown: an endpoint each, or a provider each.  Pure. */
#ifndef CLI_MATRIXLINE_H
#define CLI_MATRIXLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/matrix.h"
#include "report/finding.h"

enum { MATRIXLINE_CELL_SIZE = 48 };

struct matrixline {
	const char *name;     /* borrowed from the matrix */
	const char *provider; /* of an endpoint; else "" */
	size_t first;         /* of its rows, which stand together */
	size_t count;
	size_t open;    /* nodes from which all of it is, and serves */
	size_t watched; /* nodes that watch any of it */
	enum mark mark;
};

struct matrixlines {
	struct matrixline *list; /* owned */
	size_t count;
	size_t left_out; /* lines without problems, when only problems are wanted */
};

void matrixlines_make(const struct matrix *m, bool by_provider, bool problems,
		      struct matrixlines *ret_lines);
void matrixlines_done(struct matrixlines *l);

/* "filtered", or of several endpoints "40/41" that are well; "-": not watched from there. */
enum mark matrixline_cell(const struct matrix *m, const struct matrixline *l, size_t node,
			  char ret_text[MATRIXLINE_CELL_SIZE]);

#endif
