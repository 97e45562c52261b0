/* SPDX-License-Identifier: Apache-2.0 */
/*
 * db.h: one connection to the history database, and its statements by name.
 *
 *	db_start(d, STMT_SPAN_END);
 *	db_bind_int(d, ":endpoint", id);
 *	if (!db_run(d)) …               // db_error() says what and where
 *
 * One statement is under way at a time; the next db_start() ends it.  A connection is used by
 * one thread at a time.
 */
#ifndef DAEMON_DB_H
#define DAEMON_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"

struct db;
struct known;

#define STMT(upper, name, may_scan, sql) STMT_##upper,
enum statement {
#include "history_statements.inc"
	STATEMENT_N
};
#undef STMT

enum db_mode {
	DB_WRITE, /* makes the file when there is none, and migrates; before any other */
	DB_READ   /* what a connection in DB_WRITE has opened before */
};

/* What a failure asks for. */
enum db_fault {
	DB_FAULT_NONE,
	DB_FAULT_BUSY,    /* another process holds it: the same again later */
	DB_FAULT_FULL,    /* the disk is full: the same again later */
	DB_FAULT_REFUSED, /* this row breaks a rule of the schema: never again */
	DB_FAULT_TIME,    /* the time allowed for a question was over */
	DB_FAULT_CORRUPT, /* to be set aside */
	DB_FAULT_NEWER,   /* of a newer version of the program: not to be touched */
	DB_FAULT_FOREIGN, /* of another program, or no database: not to be touched */
	DB_FAULT_OTHER    /* input or output, permissions: open it again later */
};

/*
 * Opens path and prepares every statement.  NULL with the reason on failure.  known
 * translates endpoint numbers in answers; NULL: as they are; borrowed, outlives the connection.
 * ret_new: the database was empty before.
 */
struct db *db_open(const char *path, enum db_mode mode, struct known *known, bool *ret_new,
		   struct err *ret_err);

/* NULL is allowed. */
void db_close(struct db *d);

/* The last failure; its code is SQLite's extended result code. */
const struct err *db_error(const struct db *d);
enum db_fault db_fault(const struct err *e);

/* ---- transactions */

/* BEGIN IMMEDIATE; durable: its commit reaches the disk before it returns. */
__attribute__((warn_unused_result)) bool db_begin(struct db *d, bool durable);
__attribute__((warn_unused_result)) bool db_commit(struct db *d);

/* Ends a transaction without effect; harmless without one.  Keeps db_error(). */
void db_rollback(struct db *d);

/* ---- statements */

void db_start(struct db *d, enum statement id);

/* Texts and blobs are borrowed until the statement ends. */
void db_bind_int(struct db *d, const char *name, int64_t value);
void db_bind_wall(struct db *d, const char *name, struct wall value);
void db_bind_text(struct db *d, const char *name, const char *text);
void db_bind_filled(struct db *d, const char *name, const char *text); /* "" becomes NULL */
void db_bind_blob(struct db *d, const char *name, const void *p, size_t len);

/* No row is wanted. */
__attribute__((warn_unused_result)) bool db_run(struct db *d);

/* Exactly one row is there, and is readable until the next db_start(). */
__attribute__((warn_unused_result)) bool db_one(struct db *d);

enum db_row { DB_ROW, DB_END, DB_FAILED };
enum db_row db_next(struct db *d);

/* Of the row at hand; the text lives until the next row. */
int64_t db_int(struct db *d, int column);
bool db_is_null(struct db *d, int column);
const char *db_text(struct db *d, int column);

/* Rows that the last db_run() changed. */
int64_t db_changes(struct db *d);

const char *db_statement_name(enum statement id);

/* ---- the file */

/* Questions of this connection end with DB_FAULT_TIME at t. */
void db_set_deadline(struct db *d, struct mono t);

/* Pages of the WAL after the last commit. */
int db_wal_pages(const struct db *d);

/* Copies what it can of the WAL into the file; false on failure, not when a reader is in the way. */
bool db_checkpoint(struct db *d);

/* Bytes of the database's pages, and of those that are free. */
bool db_size(struct db *d, int64_t *ret_bytes, int64_t *ret_free_bytes);

/* Gives up to `pages` free pages back to the file system. */
bool db_shrink(struct db *d, int pages);

#endif
