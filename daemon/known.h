/* SPDX-License-Identifier: Apache-2.0 */
/*
 * known.h: what the store thread remembers of each endpoint that was put: its row, and what is
 * written seldom.
 *
 * The caller numbers endpoints before the database may be reachable, so that its number and
 * the row's can differ: when an earlier process had numbered otherwise.  A row that has no
 * number of the caller's, while its own stands for another endpoint, is called -row.
 *
 * Who was retired is dropped by known_tidy(); without an entry, number and row are the same.
 *
 * Changes belong to a transaction: known_rollback() takes back those since known_begin().
 */
#ifndef DAEMON_KNOWN_H
#define DAEMON_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/aspect.h"
#include "daemon/store.h"
#include "probes/cert.h"

struct known;

/* What changes with a transaction. */
struct known_now {
	int64_t row; /* 0: not in this database yet, as far as we know */
	struct {
		unsigned count; /* sightings of the lasting span that are not written yet */
		struct wall seen;
	} touch[ASPECT_N];
	int64_t certificate; /* row of the one shown last; 0: none */
	uint8_t sha256[SHA256_BYTES];
	struct wall sighted;
	bool sighting; /* sighted is not written yet */
	bool retired;  /* in no configuration any more */
};

struct known_endpoint {
	int64_t id;           /* the caller's */
	struct known_now now; /* read only: known_change() writes it */
	struct store_endpoint
		described; /* texts owned; id 0: was never put, only its row is known */
	char *memory;      /* owned: the texts */
	uint64_t stamp;    /* of the transaction that changed it last */
};

struct known *known_new(void);
void known_free(struct known *k);

/* NULL when id is not known. */
struct known_endpoint *known_find(const struct known *k, int64_t id);

/* Makes id known, or takes its new description; NULL: without one. */
struct known_endpoint *known_put(struct known *k, int64_t id,
				 const struct store_endpoint *described);

/* A copy of e whose texts live in the memory returned, which the caller owns. */
char *known_describe(const struct store_endpoint *e, struct store_endpoint *ret_copy);

/* The numbers as the asker knows them, and back. */
int64_t known_id(const struct known *k, int64_t row);
int64_t known_row(const struct known *k, int64_t id);

/* ---- changes */

void known_begin(struct known *k);
struct known_now *known_change(struct known *k, struct known_endpoint *e);

/* e is in row `row`. */
void known_set_row(struct known *k, struct known_endpoint *e, int64_t row);
void known_commit(struct known *k);
void known_rollback(struct known *k);

/* Another database: no row is known any more. */
void known_forget(struct known *k);

/*
 * Drops those that nothing need be known of: retired or never put, with nothing left to be
 * written, and called as their row is.  Not within a transaction; pointers to them end.
 */
void known_tidy(struct known *k);

/* Every endpoint, in no order: *at begins with 0; NULL at the end. */
struct known_endpoint *known_next(const struct known *k, size_t *at);

#endif
