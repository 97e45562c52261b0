/* SPDX-License-Identifier: Apache-2.0 */
/*
 * writer.h: messages into rows, within the caller's transaction.  What changes in memory is
 * settled with it: known_commit() or known_rollback().  False: db_error() says why.
 */
#ifndef DAEMON_WRITER_H
#define DAEMON_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

struct db;
struct known;
struct message;

struct writer {
	struct db *db;       /* borrowed; NULL while closed */
	struct known *known; /* borrowed */
	struct wall started; /* when this process began to observe */
	uint64_t rows;       /* written */
	uint64_t refused;    /* messages about endpoints that nobody knows */
};

__attribute__((warn_unused_result)) bool writer_apply(struct writer *w, const struct message *m);

/* Writes what is kept in memory: counts of lasting spans, last sightings of certificates. */
__attribute__((warn_unused_result)) bool writer_flush(struct writer *w);

/* `count` records were given up before they could be written: the journal says so. */
__attribute__((warn_unused_result)) bool writer_say_lost(struct writer *w, uint64_t count,
							 struct wall now);

#endif
