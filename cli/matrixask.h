/* SPDX-License-Identifier: Apache-2.0 */
/* matrixask.h: the queries (PromQL) whose answers make a matrix. */
#ifndef CLI_MATRIXASK_H
#define CLI_MATRIXASK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct err;

enum matrixask {
	MATRIXASK_STATES,  /* of each port of each node */
	MATRIXASK_INFOS,   /* what an endpoint is */
	MATRIXASK_SEEN,    /* when each node's daemon was scraped last, within the hour */
	MATRIXASK_COUNTS,  /* how many endpoints each node has, by state; at any metrics.detail */
	MATRIXASK_FAILING, /* the services that fail, of each node that asks them */
	MATRIXASK_N
};

/*
 * The query; only of series whose labels are as wanted ("NAME=VALUE" each), nodes told apart by
 * node_label (NULL: "node" and "instance").
 */
void matrixask_put(enum matrixask which, const char *node_label, const char *const *wanted,
		   size_t count, struct buf *out);

/* Whether text, up to an "=" or its end, is the name of a label. */
bool matrixask_is_label(const char *text);

#endif
