/* SPDX-License-Identifier: Apache-2.0 */
/* drawn.h: a matrix as it is drawn, for tests of what is made of one. */
#ifndef TESTS_UNIT_DRAWN_H
#define TESTS_UNIT_DRAWN_H

#include <jansson.h>

#include "cli/matrix.h"

/* The samples that Prometheus would have; what matrix_make() makes of them borrows nothing. */
struct drawn {
	json_t *states;
	json_t *failing;
	json_t *infos;
	json_t *seen;
	json_t *counts;
};

/* When it is: 1795615200, and every node was seen 10 s before. */
#define DRAWN_NOW 1795615200.0

/*
 * Lines such as "esx04:902 dc1 ..x?-": endpoint (HOST:PORT), provider ("-": none), and from n1, n2, …:
 * "." open, "f" open and failing, "x" filtered, "c" closed, "?" unknown, "o" unobserved, "-" not watched.
 */
struct drawn drawn_new(const char *text);
void drawn_free(struct drawn *d);

/* A sample {metric: labels, value: [now, value]}; labels are taken over. */
json_t *drawn_sample(json_t *labels, const char *value);

struct matrix_told drawn_told(const struct drawn *d);

/* The matrix of such lines. */
struct matrix drawn_matrix(const char *text);

#endif
