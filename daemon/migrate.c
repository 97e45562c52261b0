/* SPDX-License-Identifier: Apache-2.0 */
/* migrate.c: see migrate.h. */
#include "daemon/migrate.h"

#include <sqlite3.h>

#include "base/must.h"
#include "daemon/dbraw.h"

enum {
	PAGE_BYTES = 2048,        /* a chunk of samples dirties one page: small ones write less */
	WAL_FILE_BYTES = 8 << 20, /* what a checkpoint leaves of it */
	VACUUM_INCREMENTAL = 2,
	SYNCHRONOUS_NORMAL = 1,
};

/* C99 promises string literals of 4,095 bytes; gcc and clang have no such bound. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#define MIGRATION(number, name, sql) { number, name, sql },
static const struct {
	int number;
	const char *name;
	const char *sql;
} migrations[] = {
#include "history_migrations.inc"
};
#undef MIGRATION
#pragma GCC diagnostic pop

int migrate_version(void)
{
	return migrations[ARRAY_LEN(migrations) - 1].number;
}

static bool migrate_one(struct sqlite3 *raw, size_t i, struct err *ret_err)
{
	int rc;

	if (!dbraw_exec(raw, "BEGIN IMMEDIATE", ret_err))
		return false;
	rc = sqlite3_exec(raw, migrations[i].sql, NULL, NULL, NULL);
	if (rc != SQLITE_OK) {
		(void)dbraw_failed(raw, rc, migrations[i].name, ret_err);
		/* With our number in the header, what is in the way is no work of ours. */
		if ((rc & 0xff) == SQLITE_ERROR)
			ret_err->code = SQLITE_CORRUPT;
	} else if (dbraw_set(raw, "user_version", migrations[i].number, ret_err) &&
		   dbraw_exec(raw, "COMMIT", ret_err))
		return true;
	(void)sqlite3_exec(raw, "ROLLBACK", NULL, NULL, NULL);
	return err_add(ret_err, "migration %d", migrations[i].number);
}

/*
 * What must be said before the first page is written.  With the id in that page, before there is
 * a WAL, the file says whose it is from the beginning, however damaged it is later.
 */
static bool prepare_new(struct sqlite3 *raw, struct err *ret_err)
{
	return dbraw_set(raw, "page_size", PAGE_BYTES, ret_err) &&
	       dbraw_set(raw, "auto_vacuum", VACUUM_INCREMENTAL, ret_err) &&
	       dbraw_set(raw, "application_id", MIGRATE_APPLICATION_ID, ret_err) &&
	       dbraw_set_wal(raw, ret_err);
}

/* A database that never had a table is new: its schema_version did not count up yet. */
static bool look(struct sqlite3 *raw, bool *ret_new, int64_t *ret_version, struct err *ret_err)
{
	int64_t application, schema;

	if (!dbraw_get(raw, "schema_version", &schema, ret_err) ||
	    !dbraw_get(raw, "application_id", &application, ret_err) ||
	    !dbraw_get(raw, "user_version", ret_version, ret_err))
		return false;
	*ret_new = schema == 0 && *ret_version == 0 &&
		   (application == 0 || application == MIGRATE_APPLICATION_ID);
	if (!*ret_new && application != MIGRATE_APPLICATION_ID)
		return err_set(ret_err, MIGRATE_FOREIGN,
			       "the file is a database of another program");
	if (*ret_version > migrate_version())
		return err_set(ret_err, MIGRATE_NEWER,
			       "it is of version %lld and this program knows up to %d: a newer "
			       "banksmand wrote it",
			       (long long)*ret_version, migrate_version());
	return true;
}

bool migrate(struct sqlite3 *raw, bool *ret_new, struct err *ret_err)
{
	int64_t version;

	if (!look(raw, ret_new, &version, ret_err) ||
	    !(*ret_new ? prepare_new(raw, ret_err) : dbraw_set_wal(raw, ret_err)) ||
	    !dbraw_set(raw, "journal_size_limit", WAL_FILE_BYTES, ret_err) ||
	    !dbraw_set(raw, "wal_autocheckpoint", 0, ret_err) ||
	    !dbraw_set(raw, "synchronous", SYNCHRONOUS_NORMAL, ret_err))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(migrations); i++)
		if (migrations[i].number > version && !migrate_one(raw, i, ret_err))
			return false;
	return true;
}
