/* SPDX-License-Identifier: Apache-2.0 */
/*
 * statement.h: the engine's own statements by name; their SQL is in schema/engine.sql.
 *
 *	s = statement_start(g, STATEMENT_SOURCE_DONE, "iii", id, bytes, records);
 *	ok = statement_end(g, s, &err);
 *
 * or, for rows, guard_step() until it is no SQLITE_ROW, and sqlite3_finalize().
 */
#ifndef INVENTORY_STATEMENT_H
#define INVENTORY_STATEMENT_H

#include <stdbool.h>

#include "base/err.h"

struct guard;
struct sqlite3_stmt;

#define STMT(upper, name, may_scan, sql) STATEMENT_##upper,
enum statement_id {
#include "inventory_statements.inc"
	STATEMENT_N
};
#undef STMT

const char *statement_sql(enum statement_id id);

/*
 * Prepared and bound.  types: "i" an int64_t, "t" a text or NULL, valid until the end; "n" an
 * int, NULL where it is negative.  Our own SQL always prepares.
 */
struct sqlite3_stmt *statement_start(struct guard *g, enum statement_id id, const char *types, ...);

/* Binds what statement_start() would, anew. */
void statement_bind(struct sqlite3_stmt *s, const char *types, ...);

/* Runs one that gives no rows and finalizes it. */
bool statement_end(struct guard *g, struct sqlite3_stmt *s, struct err *ret_err);

#endif
