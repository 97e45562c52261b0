/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard.h: a connection to an inventory database, and what the SQL that runs on it may do.
 *
 * Scripts may come from a user's folder: they reach the tables and nothing else.  See the table
 * in guard.c.
 */
#ifndef INVENTORY_GUARD_H
#define INVENTORY_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct sqlite3_stmt;
struct script_sql;

enum guard_mode {
	GUARD_ENGINE, /* our own statements: all */
	GUARD_MATCH,  /* an expression over a record: no table */
	GUARD_IMPORT, /* writes the tables of the inventory */
	GUARD_RULE    /* reads */
};

struct guard;

/* What a statement in GUARD_MATCH calls the one row of list and body that it looks at. */
#define GUARD_RECORD "the_record"

/* A connection; NULL on failure.  read_only: the file exists. */
struct guard *guard_open(const char *path, bool read_only, struct err *ret_err);
void guard_close(struct guard *g);

/* What is prepared from now on, and how long it may run from now on; 0: for ever. */
void guard_set(struct guard *g, enum guard_mode mode, struct span limit);

/*
 * The next statement of *p, which moves behind it; *ret_statement is NULL when none is left.  The
 * caller finalizes it.
 */
bool guard_prepare(struct guard *g, const char **p, struct sqlite3_stmt **ret_statement,
		   struct err *ret_err);

/* SQLITE_ROW, SQLITE_DONE, or a failure: an error is set then, a time that is up told as such. */
int guard_step(struct guard *g, struct sqlite3_stmt *statement, struct err *ret_err);

/* Runs every statement of a text; rows are dropped. */
bool guard_run(struct guard *g, const char *sql, struct err *ret_err);

/* The same for a script: an error begins with its place and line. */
bool guard_run_script(struct guard *g, const struct script_sql *sql, struct err *ret_err);

/* Puts place and line of where p is in a script before an error. */
bool guard_where(const struct script_sql *sql, const char *p, struct err *ret_err);

/* The first column of the only row of a statement without parameters. */
bool guard_number(struct guard *g, const char *sql, int64_t *ret_value, struct err *ret_err);

/* What SQLite says about rc; returns false. */
bool guard_failed(struct guard *g, int rc, struct err *ret_err);

#endif
