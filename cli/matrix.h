/* SPDX-License-Identifier: Apache-2.0 */
/*
 * matrix.h: which node reaches which endpoint, from the daemons' metrics as Prometheus has them.
 * Rows are endpoints, columns nodes.  Pure.
 */
#ifndef CLI_MATRIX_H
#define CLI_MATRIX_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct err;

/* Of a port and what serves there, as a node's daemon declares it; the worse, the greater. */
enum matrix_state {
	MATRIX_NOT_WATCHED, /* from there */
	MATRIX_OPEN,
	MATRIX_UNOBSERVED,
	MATRIX_UNKNOWN,
	MATRIX_FAILING, /* open, and its service is not as it should be */
	MATRIX_CLOSED,
	MATRIX_FILTERED,
	MATRIX_UNREACHABLE,
	MATRIX_UNRESOLVED,
	MATRIX_STATE_N
};

struct matrix_count {
	size_t open;
	size_t failing; /* of those open */
	size_t lost;    /* declared, and not open */
	size_t unknown;
};

enum matrix_word {
	MATRIX_HEARD,   /* Prometheus has its endpoints */
	MATRIX_STALE,   /* so it has, but not of late */
	MATRIX_SUMMARY, /* its metrics.detail is summary: it tells no endpoints */
	MATRIX_IDLE,    /* it watches nothing */
	MATRIX_SILENT,  /* it was heard within the hour, and is no more */
};

struct matrix_node {
	char *name; /* owned; fit to be shown */
	enum matrix_word word;
	struct wall seen; /* the last scrape; 0: not known */
	struct matrix_count count;
	double total; /* endpoints that it says it has, and those of them that are not open */
	double not_open;
};

/* Texts are owned and fit to be shown; "" what is not known. */
struct matrix_row {
	const char *key; /* the endpoint as it was told; borrowed while the matrix is made */
	char *endpoint;
	char *provider;
	char *role;
	char *host;
	char *port;
	char *severity;
	struct matrix_count count;
};

struct matrix {
	struct wall time;          /* of the server; 0: not known */
	struct matrix_node *nodes; /* owned; in natural order: n2 before n10 */
	size_t node_count;
	struct matrix_row *rows; /* owned; in the order of providers, then names */
	size_t row_count;
	uint8_t *cells; /* owned; enum matrix_state, row by row */
};

/* The samples of the queries in matrixask.h.  Lists may be NULL: nothing is said. */
struct matrix_told {
	const json_t *states;
	const json_t *failing;
	const json_t *infos;
	const json_t *seen;
	const json_t *counts;
	const char *node_label; /* NULL: "node", and where that is absent "instance" */
	const char *match;      /* NULL: all endpoints (patterns as in pattern.h) */
	const char *provider;   /* NULL: of all providers */
};

/* False when that is more than a matrix holds. */
__attribute__((warn_unused_result)) bool
matrix_make(const struct matrix_told *told, struct matrix *ret_matrix, struct err *ret_err);
void matrix_done(struct matrix *m);

enum matrix_state matrix_at(const struct matrix *m, size_t row, size_t node);

/* "open", "filtered", …; "" of MATRIX_NOT_WATCHED. */
const char *matrix_state_name(enum matrix_state s);
bool matrix_lost(enum matrix_state s);

/* Counts one cell more. */
void matrix_add(struct matrix_count *c, enum matrix_state s);

/* The columns: nodes of which there are cells. */
bool matrix_heard(const struct matrix_node *n);
size_t matrix_heard_count(const struct matrix *m);

/*
 * Bytes at the end of each heard node's name that all of them have and nobody needs: a domain, a
 * port.
 */
size_t matrix_suffix(const struct matrix *m);

/* The exit status (report/exit.h): clear, something is lost, or it cannot be told. */
int matrix_status(const struct matrix *m);

#endif
