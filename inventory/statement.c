/* SPDX-License-Identifier: Apache-2.0 */
/* statement.c: see statement.h. */
#include "inventory/statement.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>

#include "base/must.h"
#include "inventory/guard.h"

#define STMT(upper, name, may_scan, sql) [STATEMENT_##upper] = (sql),
static const char *const statements[] = {
#include "inventory_statements.inc"
};
#undef STMT

const char *statement_sql(enum statement_id id)
{
	return statements[id];
}

static void bind(sqlite3_stmt *s, const char *types, va_list args)
{
	int at = 1;

	(void)sqlite3_reset(s);
	for (; *types != '\0'; types++, at++) {
		int rc = SQLITE_OK;

		if (*types == 'i') {
			rc = sqlite3_bind_int64(s, at, va_arg(args, int64_t));
		} else if (*types == 't') {
			rc = sqlite3_bind_text(s, at, va_arg(args, const char *), -1,
					       SQLITE_STATIC);
		} else {
			int value = va_arg(args, int);

			MUST(*types == 'n');
			rc = value < 0 ? sqlite3_bind_null(s, at) : sqlite3_bind_int(s, at, value);
		}
		/* too long: it stays NULL */
		MUST(rc == SQLITE_OK || rc == SQLITE_TOOBIG);
	}
}

void statement_bind(sqlite3_stmt *s, const char *types, ...)
{
	va_list args;

	va_start(args, types);
	bind(s, types, args);
	va_end(args);
}

sqlite3_stmt *statement_start(struct guard *g, enum statement_id id, const char *types, ...)
{
	const char *sql = statements[id];
	sqlite3_stmt *s = NULL;
	struct err e;
	va_list args;

	MUST(guard_prepare(g, &sql, &s, &e));
	va_start(args, types);
	bind(s, types, args);
	va_end(args);
	return s;
}

bool statement_end(struct guard *g, sqlite3_stmt *s, struct err *ret_err)
{
	int rc = guard_step(g, s, ret_err);

	MUST(rc != SQLITE_ROW);
	(void)sqlite3_finalize(s);
	return rc == SQLITE_DONE;
}
