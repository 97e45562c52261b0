/* SPDX-License-Identifier: Apache-2.0 */
/* response.h: what the daemon answered, read: an object, or why there is none.  No network. */
#ifndef CLI_RESPONSE_H
#define CLI_RESPONSE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct err;

enum { RESPONSE_BYTES = 64 * 1024 * 1024, RESPONSE_LINE_BYTES = 256 * 1024 };

/*
 * A whole reply.  Returns STATUS_CLEAR with the object, which the caller owns, or the exit status
 * (report/exit.h) that this reply means, with a sentence: STATUS_NOT_CLEAR there is no such
 * thing, STATUS_USAGE the question was not understood, STATUS_LOCAL all else.
 */
int response_read(long http_status, const char *text, size_t len, json_t **ret_object,
		  struct err *ret_err);

/* Takes over one object of a stream; false: no more are wanted. */
typedef bool response_line_fn(void *owner, json_t *object);

/* Objects a line each, as they come in pieces. */
struct response_lines {
	struct buf line; /* begun and not ended */
	response_line_fn *take;
	void *owner;
};

void response_lines_init(struct response_lines *l, response_line_fn *take, void *owner);

/* What came next; empty lines are ignored.  False: enough, or (with a message) no such stream. */
__attribute__((warn_unused_result)) bool
response_lines_put(struct response_lines *l, const char *text, size_t len, struct err *ret_err);
void response_lines_done(struct response_lines *l);

#endif
