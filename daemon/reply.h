/* SPDX-License-Identifier: Apache-2.0 */
/* reply.h: replies in JSON, and what is wrong with a request. */
#ifndef DAEMON_REPLY_H
#define DAEMON_REPLY_H

#include <jansson.h>
#include <stdbool.h>

struct buf;
struct exchange;

/* "Not Found"; static. */
const char *reply_phrase(int status);

/* o as one line; it is released. */
void reply_json(struct exchange *x, int status, json_t *o);

/*
 * {"error":{"code":"not-found","message":"…"}}; code NULL: the status' own word.  The arguments may
 * be outside text.
 */
__attribute__((format(printf, 4, 5))) void reply_fail(struct exchange *x, int status,
						      const char *code, const char *format, ...);

/* o without its last brace, then ,"key":rows}: rows are JSON already.  o is released. */
void reply_rows(struct exchange *x, json_t *o, const char *key, const char *rows, size_t len);

/* Puts the next piece, of any size; false: it was the last. */
typedef bool reply_piece_fn(void *owner, struct buf *out);

/* One piece of a reply that was begun; false: it was the last, and exchange_end() is to follow. */
bool reply_piece(struct exchange *x, reply_piece_fn *put, void *owner);

#endif
