/* SPDX-License-Identifier: Apache-2.0 */
/*
 * localise.h: where the losses of a matrix lie: at nodes that lost everything, at endpoints that
 * everybody lost, or between some of both.  Pure.
 */
#ifndef CLI_LOCALISE_H
#define CLI_LOCALISE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "cli/matrix.h"

/* Nodes and endpoints with the same fate; all of these nodes lost all of these endpoints. */
struct locale {
	bool everything; /* that the nodes watch */
	bool everybody;  /* who watches the endpoints and knows */
	size_t *nodes;   /* owned; in the matrix */
	size_t node_count;
	size_t *rows; /* owned; in the matrix */
	size_t row_count;
	enum matrix_state state; /* of all of them; MATRIX_NOT_WATCHED: they differ */
};

struct locales {
	struct locale *list; /* owned; nodes first, then what everybody lost, then the rest */
	size_t count;
};

/* Every loss is in one of the locales at least. */
void localise(const struct matrix *m, struct locales *ret_locales);
void locales_done(struct locales *l);

/* "node n7 lost 41 of 41", "all 40 nodes lost esx04:902", "2 of 40 nodes (n7, n9) lost …" */
void localise_put(const struct matrix *m, const struct locale *l, struct buf *out);

#endif
