/* SPDX-License-Identifier: Apache-2.0 */
/*
 * guard.c: see guard.h.
 *
 *	mode     reads            writes               else
 *	ENGINE   all              all                  all
 *	MATCH    json_each        nothing              functions
 *	IMPORT   all tables       main's, but those    functions, recursion
 *	                          of the engine
 *	RULE     all tables, but  nothing              functions, recursion
 *	         no record's body
 *
 * Denied to all but the engine: ATTACH, PRAGMA also as a table, CREATE, DROP, transactions, the
 * schema's tables, and what is not named here.
 */
#include "inventory/guard.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "inventory/script.h"
#include "inventory/sqlfunc.h"

enum {
	CACHE_KIB = 32 * 1024,
	PAGE_BYTES = 8192,      /* a machine's record fits into one */
	PROGRESS_STEPS = 1000,  /* between two looks at the clock */
	VALUE_BYTES = 32 << 20, /* twice the largest record */
	SQL_BYTES = 1 << 20,
	BUSY_MS = 1000,
	HEAP_MIB = 1024, /* of all connections; a record of 16 MiB alone may take most of it */
};

struct guard {
	sqlite3 *raw;
	enum guard_mode mode;
	struct mono deadline; /* ns 0: none */
	struct span limit;
	bool late; /* the time was up */
};

static const struct {
	int limit, value;
} limits[] = {
	{ SQLITE_LIMIT_LENGTH, VALUE_BYTES },
	{ SQLITE_LIMIT_SQL_LENGTH, SQL_BYTES },
	{ SQLITE_LIMIT_COLUMN, 500 },
	{ SQLITE_LIMIT_EXPR_DEPTH, 500 },
	{ SQLITE_LIMIT_COMPOUND_SELECT, 100 },
	{ SQLITE_LIMIT_VDBE_OP, 250 * 1000 },
	{ SQLITE_LIMIT_FUNCTION_ARG, 100 },
	{ SQLITE_LIMIT_ATTACHED, 1 },
	{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000 },
	{ SQLITE_LIMIT_VARIABLE_NUMBER, 100 },
	{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
	{ SQLITE_LIMIT_WORKER_THREADS, 0 },
};

/* ---- what is allowed */

static bool begins(const char *text, const char *with)
{
	return sqlite3_strnicmp(text, with, (int)strlen(with)) == 0;
}

/* Not the schema, nor SQLite's tables that show or change what is below SQL. */
static bool may_read(const char *table)
{
	static const char *const below[] = { "sqlite_", "pragma_", "dbstat", "bytecode",
					     "tables_used" };

	for (size_t i = 0; i < ARRAY_LEN(below); i++)
		if (table == NULL || begins(table, below[i]))
			return false;
	return true;
}

/* Neither what others found, nor a record as it was read: a Secret may be one. */
static bool may_judge(const char *table, const char *column)
{
	return may_read(table) && sqlite3_stricmp(table, "finding") != 0 &&
	       (sqlite3_stricmp(table, "record") != 0 || sqlite3_stricmp(column, "body") != 0);
}

/* What reads the record alone.  SQLite asks for GUARD_RECORD where no column of it is named. */
static bool may_match(const char *table)
{
	static const char *const such[] = { "json_each", "json_tree", GUARD_RECORD };

	for (size_t i = 0; i < ARRAY_LEN(such); i++)
		if (table != NULL && sqlite3_stricmp(table, such[i]) == 0)
			return true;
	return false;
}

static bool may_write(const char *table, const char *database)
{
	static const char *const ours[] = { "source",     "asked",       "judged",
					    "word_entry", "word_mapped", "finding" };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		if (sqlite3_stricmp(table, ours[i]) == 0)
			return false;
	return may_read(table) && database != NULL && strcmp(database, "main") == 0;
}

static bool may_call(const char *function)
{
	static const char *const outside[] = { "load_extension", "readfile",       "writefile",
					       "edit",           "fts3_tokenizer", "lsmode" };

	for (size_t i = 0; i < ARRAY_LEN(outside); i++)
		if (sqlite3_stricmp(function, outside[i]) == 0)
			return false;
	return true;
}

static int authorize(void *owner, int action, const char *a, const char *b, const char *database,
		     const char *view)
{
	const struct guard *g = owner;
	bool ok = false;

	(void)view;
	if (g->mode == GUARD_ENGINE)
		return SQLITE_OK;
	if (action == SQLITE_SELECT)
		ok = true;
	else if (action == SQLITE_FUNCTION)
		ok = may_call(b);
	else if (action == SQLITE_READ && g->mode == GUARD_RULE)
		ok = may_judge(a, b);
	else if (action == SQLITE_READ)
		ok = g->mode == GUARD_MATCH ? may_match(a) : may_read(a);
	else if (action == SQLITE_RECURSIVE)
		ok = g->mode != GUARD_MATCH;
	else if (action == SQLITE_INSERT || action == SQLITE_UPDATE || action == SQLITE_DELETE)
		ok = g->mode == GUARD_IMPORT && may_write(a, database);
	return ok ? SQLITE_OK : SQLITE_DENY;
}

static int on_progress(void *owner)
{
	struct guard *g = owner;

	if (g->deadline.ns != 0 && mono_before(g->deadline, mono_now()))
		g->late = true;
	return g->late;
}

void guard_set(struct guard *g, enum guard_mode mode, struct span limit)
{
	g->mode = mode;
	g->late = false;
	g->limit = limit;
	g->deadline = limit.ns > 0 ? mono_add(mono_now(), limit) : (struct mono){ 0 };
}

/* ---- the connection */

bool guard_failed(struct guard *g, int rc, struct err *ret_err)
{
	if ((rc & 0xff) == SQLITE_INTERRUPT && g->late)
		return err_set(ret_err, rc, "ran longer than %lld s",
			       (long long)(span_ms(g->limit) / 1000));
	if ((rc & 0xff) == SQLITE_NOMEM)
		return err_set(ret_err, rc, "out of memory, of which %d MiB are the most",
			       HEAP_MIB);
	if ((rc & 0xff) == SQLITE_FULL)
		return err_set(ret_err, rc,
			       "no room for temporary files is left; TMPDIR=FOLDER "
			       "names another place for them");
	return err_set(ret_err, rc, "%s", sqlite3_errmsg(g->raw));
}

static bool configure(struct guard *g, bool read_only, struct err *ret_err)
{
	static const int off[] = { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
				   SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER,
				   SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_DQS_DML,
				   SQLITE_DBCONFIG_DQS_DDL };
	int rc = sqlfunc_register(g->raw);
	char *sql;
	bool ok;

	if (rc != SQLITE_OK)
		return guard_failed(g, rc, ret_err);
	(void)sqlite3_extended_result_codes(g->raw, 1);
	(void)sqlite3_busy_timeout(g->raw, BUSY_MS);
	for (size_t i = 0; i < ARRAY_LEN(limits); i++)
		(void)sqlite3_limit(g->raw, limits[i].limit, limits[i].value);
	/*
	 * TRUSTED_SCHEMA stays on: the schema is ours, as no script may CREATE; without it SQLite
	 * 3.40 refuses its own JSON functions in views.
	 */
	for (size_t i = 0; i < ARRAY_LEN(off); i++)
		(void)sqlite3_db_config(g->raw, off[i], 0, NULL);
	sqlite3_progress_handler(g->raw, PROGRESS_STEPS, on_progress, g);
	/* Such a table is made with its first use, by a CREATE that is denied to scripts. */
	if (!guard_run(g, "SELECT 1 FROM json_each('[]'), json_tree('[]')", ret_err))
		return false;
	/* Nothing of it outlives us, nor a failure: no way back, no waiting for the disk. */
	sql = xasprintf("PRAGMA page_size = %d; PRAGMA cache_size = -%d; PRAGMA mmap_size = 0;"
			"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
			"PRAGMA cell_size_check = ON; PRAGMA query_only = %d",
			PAGE_BYTES, CACHE_KIB, read_only);
	ok = guard_run(g, sql, ret_err);
	free(sql);
	/* It would refuse to be without a journal. */
	(void)sqlite3_db_config(g->raw, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_set_authorizer(g->raw, authorize, g);
	return ok;
}

struct guard *guard_open(const char *path, bool read_only, struct err *ret_err)
{
	int flags = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
	struct guard *g = xcalloc(1, sizeof *g);
	int rc;

	(void)sqlite3_hard_heap_limit64((sqlite3_int64)HEAP_MIB << 20);
	rc = sqlite3_open_v2(path, &g->raw, flags | SQLITE_OPEN_NOMUTEX, NULL);

	MUST(g->raw != NULL); /* no memory */
	if (rc != SQLITE_OK)
		(void)guard_failed(g, rc, ret_err);
	else if (configure(g, read_only, ret_err))
		return g;
	guard_close(g);
	return NULL;
}

void guard_close(struct guard *g)
{
	if (g == NULL)
		return;
	MUST(sqlite3_close(g->raw) == SQLITE_OK);
	free(g);
}

/* ---- statements */

bool guard_prepare(struct guard *g, const char **p, sqlite3_stmt **ret_statement,
		   struct err *ret_err)
{
	const char *tail;
	int rc;

	do {
		rc = sqlite3_prepare_v2(g->raw, *p, -1, ret_statement, &tail);
		if (rc != SQLITE_OK) {
			int offset = sqlite3_error_offset(g->raw);

			*p += offset > 0 ? offset : 0;
			return guard_failed(g, rc, ret_err);
		}
		*p = tail;
	} while (*ret_statement == NULL && *tail != '\0');
	return true;
}

int guard_step(struct guard *g, sqlite3_stmt *statement, struct err *ret_err)
{
	int rc = sqlite3_step(statement);

	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		(void)guard_failed(g, rc, ret_err);
	return rc;
}

/* Runs what is at *p; at a failure *p is where it is. */
static bool run(struct guard *g, const char **p, struct err *ret_err)
{
	while (**p != '\0') {
		const char *start = *p;
		sqlite3_stmt *s;
		int rc = SQLITE_DONE;

		if (!guard_prepare(g, p, &s, ret_err))
			return false;
		while (s != NULL && (rc = guard_step(g, s, ret_err)) == SQLITE_ROW)
			;
		(void)sqlite3_finalize(s);
		if (rc != SQLITE_DONE) {
			*p = start + strspn(start, " \t\r\n");
			return false;
		}
	}
	return true;
}

bool guard_run(struct guard *g, const char *sql, struct err *ret_err)
{
	return run(g, &sql, ret_err);
}

bool guard_where(const struct script_sql *sql, const char *p, struct err *ret_err)
{
	unsigned line = sql->line;

	for (const char *q = sql->text; q < p && *q != '\0'; q++)
		line += *q == '\n';
	return err_add(ret_err, "%s:%u", sql->place, line);
}

bool guard_run_script(struct guard *g, const struct script_sql *sql, struct err *ret_err)
{
	const char *p = sql->text;

	return run(g, &p, ret_err) || guard_where(sql, p, ret_err);
}

bool guard_number(struct guard *g, const char *sql, int64_t *ret_value, struct err *ret_err)
{
	sqlite3_stmt *s;
	int rc;

	if (!guard_prepare(g, &sql, &s, ret_err))
		return false;
	rc = guard_step(g, s, ret_err);
	if (rc == SQLITE_ROW)
		*ret_value = sqlite3_column_int64(s, 0);
	else if (rc == SQLITE_DONE)
		(void)err_set(ret_err, 0, "no row");
	(void)sqlite3_finalize(s);
	return rc == SQLITE_ROW;
}
