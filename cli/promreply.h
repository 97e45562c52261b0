/* SPDX-License-Identifier: Apache-2.0 */
/* promreply.h: what Prometheus answered to a query, read.  No network. */
#ifndef CLI_PROMREPLY_H
#define CLI_PROMREPLY_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"

struct err;

enum { PROMREPLY_BYTES = 128 * 1024 * 1024, PROMREPLY_WARNING_SIZE = 256 };

/* Of an instant query: a series and its value each. */
struct promreply {
	json_t *samples;                      /* owned; an array */
	char warning[PROMREPLY_WARNING_SIZE]; /* the first; "": none.  With one, parts may lack */
};

/*
 * A whole reply.  False with a sentence when it is no such answer; what a server says of itself
 * is quoted there, and what can be done is said.
 */
__attribute__((warn_unused_result)) bool promreply_read(long http_status, const char *text,
							size_t len, struct promreply *ret_reply,
							struct err *ret_err);
void promreply_done(struct promreply *r);

/* Borrowed from the sample; "" when the series has no such label.  Not fit to be shown. */
const char *promreply_label(const json_t *sample, const char *name);

/* A finite value; false when there is none. */
bool promreply_value(const json_t *sample, double *ret_value);

/* When the query was evaluated, by the server's clock. */
bool promreply_time(const json_t *sample, struct wall *ret_time);

#endif
