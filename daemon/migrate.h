/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.h: makes a database ours: the pragmas of its file, and its schema up to date. */
#ifndef DAEMON_MIGRATE_H
#define DAEMON_MIGRATE_H

#include <stdbool.h>

#include "base/err.h"

struct sqlite3;

/* Result codes of our own, beside SQLite's, which are positive. */
enum { MIGRATE_NEWER = -1, MIGRATE_FOREIGN = -2 };

/* Stored in the file's header (sqlite.org/fileformat2.html, 1.3.11): "BNKS". */
enum { MIGRATE_APPLICATION_ID = 0x424e4b53 };

/*
 * Each migration is one transaction; a failure leaves the version reached.  ret_new: the
 * database was empty.
 */
__attribute__((warn_unused_result)) bool migrate(struct sqlite3 *raw, bool *ret_new,
						 struct err *ret_err);

/* The version that migrate() leads to. */
int migrate_version(void);

#endif
