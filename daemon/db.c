/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db.c: see db.h.  The only SQL in here: PRAGMAs, and how transactions begin and end.
 *
 * Automatic checkpoints are off: they would come in the middle of a commit.  Triggers and
 * views are off: the schema has none, so one that is there came with a hostile file.
 */
#include "daemon/db.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "daemon/dbfile.h"
#include "daemon/dbfunc.h"
#include "daemon/dbraw.h"
#include "daemon/migrate.h"

enum {
	CACHE_KIB = 2048,
	BUSY_MS = 100, /* then the store tries again by itself */
	VALUE_BYTES_MAX = 8 << 20,
	TEMP_STORE_MEMORY = 2,
	PROGRESS_STEPS = 2000, /* of SQLite's machine between two looks at the clock */
};

#define STMT(upper, name, may_scan, sql) { name, sql },
static const struct {
	const char *name;
	const char *sql;
} statements[STATEMENT_N] = {
#include "history_statements.inc"
};
#undef STMT

struct db {
	sqlite3 *raw;                        /* owned */
	sqlite3_stmt *prepared[STATEMENT_N]; /* owned */
	enum statement under_way;            /* STATEMENT_N: none */
	int bound;                           /* the first failure of a binder */
	int wal_pages;
	bool durable;         /* synchronous=FULL is set */
	struct mono deadline; /* ns 0: none */
	struct err error;
};

const struct err *db_error(const struct db *d)
{
	return &d->error;
}

enum db_fault db_fault(const struct err *e)
{
	switch (e->code < 0 ? e->code : e->code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return DB_FAULT_NONE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return DB_FAULT_BUSY;
	case SQLITE_FULL:
		return DB_FAULT_FULL;
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
	case SQLITE_TOOBIG:
		return DB_FAULT_REFUSED;
	case SQLITE_INTERRUPT:
		return DB_FAULT_TIME;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
		return DB_FAULT_CORRUPT;
	case MIGRATE_NEWER:
		return DB_FAULT_NEWER;
	case MIGRATE_FOREIGN:
		return DB_FAULT_FOREIGN;
	default:
		return DB_FAULT_OTHER;
	}
}

static bool failed(struct db *d, int rc, const char *what)
{
	return dbraw_failed(d->raw, rc, what, &d->error);
}

static bool exec(struct db *d, const char *sql)
{
	return dbraw_exec(d->raw, sql, &d->error);
}

static int on_wal(void *data, sqlite3 *raw, const char *name, int pages)
{
	struct db *d = data;

	(void)raw;
	(void)name;
	d->wal_pages = pages;
	return SQLITE_OK;
}

static int on_progress(void *data)
{
	const struct db *d = data;

	return d->deadline.ns != 0 && mono_before(d->deadline, mono_now());
}

static bool configure(struct db *d, struct known *known)
{
	static const int off[] = { SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_ENABLE_VIEW,
				   SQLITE_DBCONFIG_TRUSTED_SCHEMA };
	int rc = dbfunc_register(d->raw, known);

	if (rc != SQLITE_OK)
		return failed(d, rc, "functions");
	(void)sqlite3_extended_result_codes(d->raw, 1);
	(void)sqlite3_busy_timeout(d->raw, BUSY_MS);
	(void)sqlite3_limit(d->raw, SQLITE_LIMIT_LENGTH, VALUE_BYTES_MAX);
	(void)sqlite3_limit(d->raw, SQLITE_LIMIT_ATTACHED, 0);
	for (size_t i = 0; i < ARRAY_LEN(off); i++)
		(void)sqlite3_db_config(d->raw, off[i], 0, NULL);
	(void)sqlite3_db_config(d->raw, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* To close somebody's database after a look would put its WAL into it. */
	(void)sqlite3_db_config(d->raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_progress_handler(d->raw, PROGRESS_STEPS, on_progress, d);
	return dbraw_set(d->raw, "cache_size", -CACHE_KIB, &d->error) &&
	       dbraw_set(d->raw, "foreign_keys", 1, &d->error) &&
	       dbraw_set(d->raw, "cell_size_check", 1, &d->error) &&
	       dbraw_set(d->raw, "mmap_size", 0, &d->error) &&
	       dbraw_set(d->raw, "temp_store", TEMP_STORE_MEMORY, &d->error);
}

/* What is ours by now may be tidied up when it is closed. */
static bool adopt(struct db *d, bool *ret_new)
{
	if (!migrate(d->raw, ret_new, &d->error))
		return false;
	(void)sqlite3_db_config(d->raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);
	return true;
}

/* With our number in the header, a statement that does not fit means a damaged schema. */
static bool prepare_all(struct db *d)
{
	for (size_t i = 0; i < STATEMENT_N; i++) {
		int rc = sqlite3_prepare_v3(d->raw, statements[i].sql, -1,
					    SQLITE_PREPARE_PERSISTENT, &d->prepared[i], NULL);

		if (rc == SQLITE_OK)
			continue;
		(void)failed(d, rc, statements[i].name);
		if ((rc & 0xff) == SQLITE_ERROR)
			d->error.code = SQLITE_CORRUPT;
		return false;
	}
	return true;
}

struct db *db_open(const char *path, enum db_mode mode, struct known *known, bool *ret_new,
		   struct err *ret_err)
{
	int flags =
		mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	bool is_new = false;
	struct db *d;
	int rc;

	if (mode == DB_WRITE && dbfile_is_foreign(path, MIGRATE_APPLICATION_ID, ret_err)) {
		ret_err->code = MIGRATE_FOREIGN;
		return NULL;
	}
	d = xcalloc(1, sizeof *d);
	rc = sqlite3_open_v2(path, &d->raw, flags | SQLITE_OPEN_NOMUTEX, NULL);
	d->under_way = STATEMENT_N;
	if (d->raw == NULL)
		(void)err_set(&d->error, SQLITE_NOMEM, "no memory");
	else if (rc != SQLITE_OK)
		(void)failed(d, rc, "opening");
	else if (configure(d, known) && (mode == DB_READ || adopt(d, &is_new)) && prepare_all(d)) {
		/* Last: to turn automatic checkpoints off takes any hook away, being one. */
		(void)sqlite3_wal_hook(d->raw, on_wal, d);
		*ret_new = is_new;
		return d;
	}
	*ret_err = d->error;
	db_close(d);
	return NULL;
}

void db_close(struct db *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < STATEMENT_N; i++)
		(void)sqlite3_finalize(d->prepared[i]);
	MUST(sqlite3_close(d->raw) == SQLITE_OK);
	free(d);
}

/* ---- transactions */

static void stop_statement(struct db *d)
{
	if (d->under_way == STATEMENT_N)
		return;
	(void)sqlite3_reset(d->prepared[d->under_way]);
	(void)sqlite3_clear_bindings(d->prepared[d->under_way]);
	d->under_way = STATEMENT_N;
}

bool db_begin(struct db *d, bool durable)
{
	stop_statement(d);
	if (durable != d->durable) {
		if (!exec(d, durable ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"))
			return false;
		d->durable = durable;
	}
	return exec(d, "BEGIN IMMEDIATE");
}

bool db_commit(struct db *d)
{
	stop_statement(d);
	return exec(d, "COMMIT");
}

void db_rollback(struct db *d)
{
	stop_statement(d);
	if (sqlite3_get_autocommit(d->raw) == 0)
		(void)sqlite3_exec(d->raw, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- statements */

const char *db_statement_name(enum statement id)
{
	return statements[id].name;
}

void db_start(struct db *d, enum statement id)
{
	stop_statement(d);
	d->under_way = id;
	d->bound = SQLITE_OK;
}

static int parameter(struct db *d, const char *name)
{
	int at = sqlite3_bind_parameter_index(d->prepared[d->under_way], name);

	MUST(at > 0);
	return at;
}

static void bound(struct db *d, int rc)
{
	if (d->bound == SQLITE_OK)
		d->bound = rc;
}

void db_bind_int(struct db *d, const char *name, int64_t value)
{
	bound(d, sqlite3_bind_int64(d->prepared[d->under_way], parameter(d, name), value));
}

void db_bind_wall(struct db *d, const char *name, struct wall value)
{
	db_bind_int(d, name, value.ms);
}

void db_bind_text(struct db *d, const char *name, const char *text)
{
	bound(d, sqlite3_bind_text(d->prepared[d->under_way], parameter(d, name), text, -1,
				   SQLITE_STATIC));
}

void db_bind_filled(struct db *d, const char *name, const char *text)
{
	if (text != NULL && text[0] != '\0')
		db_bind_text(d, name, text);
}

void db_bind_blob(struct db *d, const char *name, const void *p, size_t len)
{
	bound(d, sqlite3_bind_blob64(d->prepared[d->under_way], parameter(d, name), p, len,
				     SQLITE_STATIC));
}

enum db_row db_next(struct db *d)
{
	int rc = d->bound;

	MUST(d->under_way < STATEMENT_N);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(d->prepared[d->under_way]);
	if (rc == SQLITE_ROW)
		return DB_ROW;
	if (rc != SQLITE_DONE)
		(void)failed(d, rc, statements[d->under_way].name);
	stop_statement(d);
	return rc == SQLITE_DONE ? DB_END : DB_FAILED;
}

bool db_run(struct db *d)
{
	enum db_row row = db_next(d);

	MUST(row != DB_ROW);
	return row == DB_END;
}

bool db_one(struct db *d)
{
	const char *name = statements[d->under_way].name;
	enum db_row row = db_next(d);

	if (row == DB_END)
		return err_set(&d->error, SQLITE_CORRUPT, "%s: a row is missing", name);
	return row == DB_ROW;
}

int64_t db_int(struct db *d, int column)
{
	return sqlite3_column_int64(d->prepared[d->under_way], column);
}

bool db_is_null(struct db *d, int column)
{
	return sqlite3_column_type(d->prepared[d->under_way], column) == SQLITE_NULL;
}

const char *db_text(struct db *d, int column)
{
	const unsigned char *text = sqlite3_column_text(d->prepared[d->under_way], column);

	return text != NULL ? (const char *)text : "";
}

int64_t db_changes(struct db *d)
{
	return sqlite3_changes64(d->raw);
}

/* ---- the file */

void db_set_deadline(struct db *d, struct mono t)
{
	d->deadline = t;
}

int db_wal_pages(const struct db *d)
{
	return d->wal_pages;
}

bool db_checkpoint(struct db *d)
{
	int rc;

	stop_statement(d);
	rc = sqlite3_wal_checkpoint_v2(d->raw, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	if (rc != SQLITE_OK && (rc & 0xff) != SQLITE_BUSY)
		return failed(d, rc, "checkpoint");
	d->wal_pages = 0;
	return true;
}

bool db_size(struct db *d, int64_t *ret_bytes, int64_t *ret_free_bytes)
{
	int64_t pages, unused, bytes;

	stop_statement(d);
	if (!dbraw_get(d->raw, "page_count", &pages, &d->error) ||
	    !dbraw_get(d->raw, "freelist_count", &unused, &d->error) ||
	    !dbraw_get(d->raw, "page_size", &bytes, &d->error))
		return false;
	*ret_bytes = pages * bytes;
	*ret_free_bytes = unused * bytes;
	return true;
}

bool db_shrink(struct db *d, int pages)
{
	char sql[48];

	MUST(snprintf(sql, sizeof sql, "PRAGMA incremental_vacuum(%d)", pages) > 0);
	stop_statement(d);
	return exec(d, sql);
}
