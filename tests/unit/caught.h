/* SPDX-License-Identifier: Apache-2.0 */
/* caught.h: a sink that keeps all that a reader hands over. */
#ifndef TESTS_UNIT_CAUGHT_H
#define TESTS_UNIT_CAUGHT_H

#include "base/buf.h"
#include "base/err.h"
#include "inventory/reader.h"

typedef struct reader *reader_maker(struct sink *sink);

struct caught {
	struct sink sink;
	struct buf text;      /* put() */
	struct buf records;   /* record(): lines of "list|place|json" */
	struct buf notices;   /* lines */
	unsigned refuse_from; /* the how-manieth piece fails; 0: none does */
	unsigned pieces;
	struct err err;
};

void caught_init(struct caught *c);
void caught_done(struct caught *c);

/* Has a reader read bytes in pieces of size piece; false: c->err says why not. */
bool caught_read_pieces(struct caught *c, reader_maker *make, const char *bytes, size_t n,
			size_t piece);

/* Reads bytes at once, then in small pieces, which must make no difference. */
bool caught_read(struct caught *c, reader_maker *make, const char *bytes, size_t n);

#endif
