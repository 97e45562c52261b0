/* SPDX-License-Identifier: Apache-2.0 */
/* kept.h: a store in a folder of its own, for tests, and a look into its file from outside. */
#ifndef TESTS_UNIT_KEPT_H
#define TESTS_UNIT_KEPT_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/store.h"

struct event_base;

struct kept {
	char folder[64];
	char path[96]; /* of the database */
	struct event_base *base;
	struct store *store;
	struct store_conf conf;
	unsigned fresh; /* calls of the fresh callback */
};

/* A new folder below parent; NULL: where temporary files go. */
void kept_init(struct kept *k, const char *parent);

/* Opens the store, and starts its thread; both may be done again after kept_close(). */
void kept_open(struct kept *k);
void kept_start(struct kept *k);
void kept_close(struct kept *k);

/* Closes what is open and removes the folder. */
void kept_done(struct kept *k);

/* Runs the loop until all that was put is committed (or test() holds); fails after 20 s. */
void kept_settle(struct kept *k);
void kept_wait(struct kept *k, bool (*test)(struct kept *k));
struct store_stats kept_stats(struct kept *k);

/* An endpoint "NAME:902" at 192.0.2.N (name NULL: "esxN"), enrolled. */
void kept_enrol(struct kept *k, int64_t id);

/* Port spans; reasons are of enum reason.  event: from the value before. */
void kept_span(struct kept *k, int64_t id, int reason, int64_t since_ms);
void kept_change(struct kept *k, int64_t id, int from, int to, int64_t since_ms);

/* The answer's JSON, owned by the caller; an error is a text that begins with "error: ". */
char *kept_ask(struct kept *k, const struct question *q);
char *kept_ask_next(struct kept *k, const struct question *q, int64_t *ret_next);

/* All of one kind about an endpoint. */
struct question kept_question(enum question_kind kind, int64_t endpoint);

/* The first column of the first row that sql gives, "" for none; owned by the caller. */
char *kept_sql(const char *path, const char *sql);
void kept_expect(const struct kept *k, const char *sql, const char *result);

/* Overwrites len bytes of the database from offset on. */
void kept_scribble(const char *path, long offset, const void *p, size_t len);

/* How many files in the folder have word in their name. */
unsigned kept_files(const struct kept *k, const char *word);

#endif
