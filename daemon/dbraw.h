/* SPDX-License-Identifier: Apache-2.0 */
/* dbraw.h: SQLite's calls with their failures in words; for db.c and migrate.c alone. */
#ifndef DAEMON_DBRAW_H
#define DAEMON_DBRAW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct sqlite3;

/* What SQLite says about rc, with its extended code; returns false. */
bool dbraw_failed(struct sqlite3 *raw, int rc, const char *what, struct err *ret_err);

bool dbraw_exec(struct sqlite3 *raw, const char *sql, struct err *ret_err);

/* Runs "NAME = value" as a PRAGMA. */
bool dbraw_set(struct sqlite3 *raw, const char *name, int value, struct err *ret_err);

/* The number that PRAGMA name gives. */
bool dbraw_get(struct sqlite3 *raw, const char *name, int64_t *ret_value, struct err *ret_err);

/* Turns the WAL on; the failure is READONLY where SQLite merely stays in another mode. */
bool dbraw_set_wal(struct sqlite3 *raw, struct err *ret_err);

#endif
