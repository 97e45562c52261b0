/* SPDX-License-Identifier: Apache-2.0 */
/* matrixtable.h: the lines of a matrix as a table; see matrixshow.h.  Pure. */
#ifndef CLI_MATRIXTABLE_H
#define CLI_MATRIXTABLE_H

struct buf;
struct matrixshow;

/* A column for each node that is heard. */
void matrixtable_nodes(const struct matrixshow *how, struct buf *out);

/* "39/40", and from which nodes not. */
void matrixtable_summed(const struct matrixshow *how, struct buf *out);

#endif
