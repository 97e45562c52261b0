/* SPDX-License-Identifier: Apache-2.0 */
/* dbraw.c: see dbraw.h. */
#include "daemon/dbraw.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"

enum { PRAGMA_SIZE = 96 };

bool dbraw_failed(struct sqlite3 *raw, int rc, const char *what, struct err *ret_err)
{
	int last = sqlite3_extended_errcode(raw);
	bool about_it = (last & 0xff) == (rc & 0xff);

	return err_set(ret_err, about_it ? last : rc, "%s: %s (%d)", what,
		       about_it ? sqlite3_errmsg(raw) : sqlite3_errstr(rc), about_it ? last : rc);
}

bool dbraw_exec(struct sqlite3 *raw, const char *sql, struct err *ret_err)
{
	int rc = sqlite3_exec(raw, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK || dbraw_failed(raw, rc, sql, ret_err);
}

bool dbraw_set(struct sqlite3 *raw, const char *name, int value, struct err *ret_err)
{
	char sql[PRAGMA_SIZE];

	MUST(snprintf(sql, sizeof sql, "PRAGMA %s = %d", name, value) < PRAGMA_SIZE);
	return dbraw_exec(raw, sql, ret_err);
}

bool dbraw_get(struct sqlite3 *raw, const char *name, int64_t *ret_value, struct err *ret_err)
{
	char sql[PRAGMA_SIZE];
	sqlite3_stmt *s = NULL;
	int rc;

	MUST(snprintf(sql, sizeof sql, "PRAGMA %s", name) < PRAGMA_SIZE);
	rc = sqlite3_prepare_v2(raw, sql, -1, &s, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	if (rc == SQLITE_ROW)
		*ret_value = sqlite3_column_int64(s, 0);
	else
		(void)dbraw_failed(raw, rc == SQLITE_DONE ? SQLITE_CORRUPT : rc, sql, ret_err);
	(void)sqlite3_finalize(s);
	return rc == SQLITE_ROW;
}

bool dbraw_set_wal(struct sqlite3 *raw, struct err *ret_err)
{
	static const char sql[] = "PRAGMA journal_mode = WAL";
	sqlite3_stmt *s = NULL;
	int rc = sqlite3_prepare_v2(raw, sql, -1, &s, NULL);
	const char *mode;
	bool ok;

	if (rc == SQLITE_OK)
		rc = sqlite3_step(s);
	mode = rc == SQLITE_ROW ? (const char *)sqlite3_column_text(s, 0) : NULL;
	ok = mode != NULL && strcmp(mode, "wal") == 0;
	if (!ok)
		(void)dbraw_failed(raw, rc == SQLITE_ROW ? SQLITE_READONLY : rc, sql, ret_err);
	(void)sqlite3_finalize(s);
	return ok;
}
