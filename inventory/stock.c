/* SPDX-License-Identifier: Apache-2.0 */
/* stock.c: see stock.h. */
#include "inventory/stock.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "inventory/guard.h"
#include "inventory/intake.h"
#include "inventory/merge.h"
#include "inventory/overrun.h"
#include "inventory/script.h"
#include "inventory/statement.h"

/* For the SQL of one kind of record; such SQL is fast or wrong. */
#define IMPORT_LIMIT_MS INT64_C(300000)

/* For all that follows the import: exports made for it have a million of equal names. */
#define IDENTITY_LIMIT_MS INT64_C(600000)

enum { NOTICE_SIZE = 400 };

struct stock {
	struct guard *guard;
	const struct scripts *scripts; /* borrowed */
	const struct stock_ears *ears; /* borrowed */
	struct intake *intake;         /* owned; NULL once settled */
	bool settled;
};

/* C99 promises string literals of 4,095 bytes; gcc and clang have no such bound. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverlength-strings"
#define SCRIPT(name, sql) { sql, name, 1 },
static const struct script_sql schema[] = {
#include "inventory_schema.inc"
};
static const struct script_sql identity[] = {
#include "inventory_identity.inc"
};
#undef SCRIPT
#pragma GCC diagnostic pop

static const struct span for_ever;

/* What the scripts read: the records of one kind. */
static const char input[] =
	"CREATE TEMP TABLE importing (format TEXT, kind TEXT);"
	"CREATE TEMP VIEW input AS SELECT record.id, record.place, record.list, record.body"
	" FROM temp.importing CROSS JOIN main.record USING (format, kind);";

struct stock *stock_new(const char *path, const struct scripts *scripts,
			const struct stock_ears *ears, struct err *ret_err)
{
	struct stock *s = xcalloc(1, sizeof *s);
	bool ok;

	s->scripts = scripts;
	s->ears = ears;
	s->guard = guard_open(path, false, ret_err);
	ok = s->guard != NULL;
	for (size_t i = 0; ok && i < ARRAY_LEN(schema); i++)
		ok = guard_run_script(s->guard, &schema[i], ret_err);
	ok = ok && guard_run(s->guard, input, ret_err);
	if (ok)
		s->intake = intake_new(s->guard, scripts, ears, ret_err);
	if (s->intake != NULL)
		return s;
	stock_free(s);
	return NULL;
}

void stock_free(struct stock *s)
{
	if (s == NULL)
		return;
	intake_free(s->intake);
	guard_close(s->guard);
	free(s);
}

bool stock_read(struct stock *s, const char *path, struct err *ret_err)
{
	MUST(!s->settled);
	return intake_read(s->intake, path, ret_err);
}

/* ---- the import */

static bool has_records(struct stock *s, const struct script_kind *k, bool *ret_has,
			struct err *ret_err)
{
	sqlite3_stmt *q = statement_start(s->guard, STATEMENT_RECORD_HAS, "tt",
					  s->scripts->formats[k->format].id, k->id);
	bool ok = guard_step(s->guard, q, ret_err) == SQLITE_ROW;

	*ret_has = ok && sqlite3_column_int(q, 0) > 0;
	(void)sqlite3_finalize(q);
	return ok;
}

static bool import(struct stock *s, const struct script_kind *k, struct err *ret_err)
{
	sqlite3_stmt *put;
	bool has;
	bool ok = has_records(s, k, &has, ret_err);

	if (!has)
		return ok;
	put = statement_start(s->guard, STATEMENT_IMPORTING_PUT, "tt",
			      s->scripts->formats[k->format].id, k->id);
	if (!statement_end(s->guard, put, ret_err))
		return false;
	guard_set(s->guard, GUARD_IMPORT, span_of_ms(IMPORT_LIMIT_MS));
	overrun_watch(span_of_ms(IMPORT_LIMIT_MS), k->sql.place);
	ok = guard_run_script(s->guard, &k->sql, ret_err);
	overrun_done();
	guard_set(s->guard, GUARD_ENGINE, for_ever);
	return ok &&
	       statement_end(s->guard, statement_start(s->guard, STATEMENT_IMPORTING_NONE, ""),
			     ret_err);
}

/* Whatever no script knows: at the end, as a script may have taken a second look. */
static bool tell_foreign(struct stock *s, struct err *ret_err)
{
	sqlite3_stmt *q = statement_start(s->guard, STATEMENT_FOREIGN, "");
	char text[NOTICE_SIZE];
	int rc;

	while ((rc = guard_step(s->guard, q, ret_err)) == SQLITE_ROW) {
		long long n = sqlite3_column_int64(q, 1);
		long long all = sqlite3_column_int64(q, 2);

		if (n >= all)
			(void)snprintf(text, sizeof text, "no import script knows what it holds");
		else
			(void)snprintf(text, sizeof text,
				       "no import script knows %lld of its %lld records; the first "
				       "is %s",
				       n, all, sqlite3_column_text(q, 3));
		if (s->ears->notice != NULL)
			s->ears->notice(s->ears->notice_owner,
					(const char *)sqlite3_column_text(q, 0), text);
	}
	(void)sqlite3_finalize(q);
	return rc == SQLITE_DONE;
}

/* The first script finds what is the same; the others begin with what the merge has made of it. */
static bool identify(struct stock *s, struct err *ret_err)
{
	guard_set(s->guard, GUARD_ENGINE, span_of_ms(IDENTITY_LIMIT_MS));
	if (!guard_run_script(s->guard, &identity[0], ret_err) || !merge(s->guard, ret_err))
		return false;
	for (size_t i = 1; i < ARRAY_LEN(identity); i++)
		if (!guard_run_script(s->guard, &identity[i], ret_err))
			return false;
	/* Rules join many tables: SQLite shall know which are large. */
	return guard_run(s->guard, "PRAGMA analysis_limit = 1000; ANALYZE main", ret_err);
}

bool stock_settle(struct stock *s, struct err *ret_err)
{
	bool ok;

	if (s->settled)
		return true;
	s->settled = true;
	intake_free(s->intake);
	s->intake = NULL;
	ok = guard_run(s->guard, "BEGIN", ret_err);
	for (size_t i = 0; ok && i < s->scripts->kinds_n; i++)
		ok = import(s, &s->scripts->kinds[i], ret_err);
	ok = ok && tell_foreign(s, ret_err) && identify(s, ret_err) &&
	     guard_run(s->guard, "COMMIT", ret_err);
	guard_set(s->guard, GUARD_ENGINE, for_ever);
	return ok;
}

bool stock_settled(const struct stock *s)
{
	return s->settled;
}

struct guard *stock_guard(struct stock *s)
{
	return s->guard;
}
