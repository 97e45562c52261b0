/* SPDX-License-Identifier: Apache-2.0 */
/* past.h: rows of the history as an answer, without those that nobody wants. */
#ifndef DAEMON_PAST_H
#define DAEMON_PAST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct exchange;
struct question;
struct store;

struct past_want {
	const char *key; /* static; of the array of rows: "alerts" */
	/* NULL: every row is wanted. */
	bool (*fits)(const void *filter, const json_t *row);
	const void *filter; /* copied */
	size_t size;        /* of filter */
};

/*
 * Answers x with {KEY:[…],"next":…}: a page of q, of which rows are left out that do not fit, so
 * that it may be shorter than its limit.  store NULL: no history is kept.
 */
void past_send(struct store *store, const struct question *q, const struct past_want *want,
	       struct exchange *x);

#endif
