/* SPDX-License-Identifier: Apache-2.0 */
/* scalar.h: one string, number or word of JSON, in pieces of any size; for cutter.c. */
#ifndef INVENTORY_SCALAR_H
#define INVENTORY_SCALAR_H

#include <stdbool.h>

#include "base/err.h"

struct buf;

enum token { TOKEN_NONE, TOKEN_STRING, TOKEN_ESCAPE, TOKEN_HEX, TOKEN_NUMBER, TOKEN_WORD };

struct scalar {
	enum token token;
	struct buf *to;      /* borrowed: where it goes as valid JSON; NULL: nowhere */
	struct buf *key;     /* the same without quotation marks */
	char number;         /* how far a number has come: see number_step() */
	const char *word;    /* what is left of a literal; static */
	unsigned hex_n, hex; /* digits of an escape, and their value */
	unsigned high;       /* a surrogate that waits for its other half; 0: none */
	char utf8[4];        /* of a character that is not complete */
	unsigned utf8_n, utf8_want;
	bool bad_utf8, bad_null; /* something became U+FFFD; sticky */
};

/* A scalar that begins with ch; to and key hold until its end. */
bool scalar_begin(struct scalar *s, char ch, struct buf *to, struct buf *key, struct err *ret_err);

/*
 * Takes what it can of p to end, which is not empty; ends (TOKEN_NONE) behind the last byte, or,
 * a number, at the first byte that is none of it.  NULL is a failure.
 */
const char *scalar_step(struct scalar *s, const char *p, const char *end, struct err *ret_err);

/* A number at the end of all. */
bool scalar_end(struct scalar *s, struct err *ret_err);

#endif
