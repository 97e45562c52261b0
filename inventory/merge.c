/* SPDX-License-Identifier: Apache-2.0 */
/*
 * merge.c: see merge.h.  The SQL is made here, as it is the same for every table; the names in it
 * are those of our own schema.
 */
#include "inventory/merge.h"

#include <sqlite3.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "inventory/guard.h"

enum { SQL_BYTES = 64 * 1024 };

/*
 * fold: a row that goes, the one that stays, and its turn in filling it.  owned: the tables whose
 * rows have a ref and belong to those of others.
 */
static const char prepare[] =
	"CREATE TEMP TABLE fold (tab TEXT, id INTEGER, keep INTEGER, turn INTEGER,"
	" PRIMARY KEY (tab, id)) WITHOUT ROWID;"
	"CREATE TEMP TABLE owned AS"
	" SELECT t.name AS tab, f.\"from\" AS col, f.\"table\" AS owner"
	" FROM main.sqlite_schema AS t JOIN pragma_foreign_key_list(t.name) AS f"
	" WHERE t.type = 'table'"
	" AND EXISTS (SELECT 1 FROM pragma_table_info(t.name) WHERE name = 'ref');";

static const char owned[] = "SELECT tab, col, owner FROM temp.owned";
static const char finish[] = "DROP TABLE temp.fold; DROP TABLE temp.owned; DROP TABLE temp.same;";

__attribute__((format(printf, 3, 4))) static bool run(struct guard *g, struct err *ret_err,
						      const char *format, ...)
{
	char *sql;
	va_list args;
	bool ok;

	va_start(args, format);
	sql = xvasprintf(format, args);
	va_end(args);
	ok = guard_run(g, sql, ret_err);
	free(sql);
	return ok;
}

typedef bool row_fn(struct guard *g, sqlite3_stmt *row, struct err *ret_err);

static bool each(struct guard *g, const char *sql, row_fn *fn, struct err *ret_err)
{
	sqlite3_stmt *s;
	bool ok = true;
	int rc;

	if (!guard_prepare(g, &sql, &s, ret_err))
		return false;
	while (ok && (rc = guard_step(g, s, ret_err)) != SQLITE_DONE)
		ok = rc == SQLITE_ROW && fn(g, s, ret_err);
	(void)sqlite3_finalize(s);
	return ok;
}

static const char *text_at(sqlite3_stmt *row, int column)
{
	return (const char *)sqlite3_column_text(row, column);
}

/* ---- who is the same as whom, over any number of others */

struct pair {
	int64_t id, keep;
};

struct groups {
	struct pair *pairs; /* owned, as all of these */
	int64_t *ids;       /* of all pairs, in order, each once */
	size_t *up;         /* a member of the same group with a lesser id, or itself */
	size_t pairs_n, ids_n;
};

static void groups_done(struct groups *s)
{
	free(s->pairs);
	free(s->ids);
	free(s->up);
}

static int by_id(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a;
	int64_t y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static size_t find(const struct groups *s, int64_t id)
{
	const int64_t *at = bsearch(&id, s->ids, s->ids_n, sizeof id, by_id);
	size_t i = (size_t)(at - s->ids);

	while (s->up[i] != i) {
		s->up[i] = s->up[s->up[i]];
		i = s->up[i];
	}
	return i;
}

static void join_all(struct groups *s)
{
	size_t n = 0;

	s->ids = xcalloc(2 * s->pairs_n + 1, sizeof *s->ids);
	s->up = xcalloc(2 * s->pairs_n + 1, sizeof *s->up);
	for (size_t i = 0; i < s->pairs_n; i++) {
		s->ids[2 * i] = s->pairs[i].id;
		s->ids[2 * i + 1] = s->pairs[i].keep;
	}
	qsort(s->ids, 2 * s->pairs_n, sizeof *s->ids, by_id);
	for (size_t i = 0; i < 2 * s->pairs_n; i++)
		if (n == 0 || s->ids[n - 1] != s->ids[i])
			s->ids[n++] = s->ids[i];
	s->ids_n = n;
	for (size_t i = 0; i < n; i++)
		s->up[i] = i;
	for (size_t i = 0; i < s->pairs_n; i++) {
		size_t a = find(s, s->pairs[i].id);
		size_t b = find(s, s->pairs[i].keep);

		s->up[a > b ? a : b] = a < b ? a : b;
	}
}

static bool load(struct guard *g, const char *tab, struct groups *s, struct err *ret_err)
{
	const char *sql = "SELECT id, keep FROM temp.same WHERE tab = ?1";
	size_t size = 0;
	sqlite3_stmt *q;
	int rc;

	if (!guard_prepare(g, &sql, &q, ret_err))
		return false;
	MUST(sqlite3_bind_text(q, 1, tab, -1, SQLITE_STATIC) == SQLITE_OK);
	while ((rc = guard_step(g, q, ret_err)) == SQLITE_ROW) {
		if (s->pairs_n == size) {
			size = size > 0 ? size * 2 : 256;
			s->pairs = xreallocarray(s->pairs, size, sizeof *s->pairs);
		}
		s->pairs[s->pairs_n++] =
			(struct pair){ sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1) };
	}
	(void)sqlite3_finalize(q);
	return rc == SQLITE_DONE;
}

static bool save(struct guard *g, const char *tab, struct groups *s, struct err *ret_err)
{
	const char *sql = "INSERT INTO temp.fold VALUES (?1, ?2, ?3, ?2)";
	int rc = SQLITE_DONE;
	sqlite3_stmt *q;

	if (!guard_prepare(g, &sql, &q, ret_err))
		return false;
	MUST(sqlite3_bind_text(q, 1, tab, -1, SQLITE_STATIC) == SQLITE_OK);
	for (size_t i = 0; i < s->ids_n && rc == SQLITE_DONE; i++) {
		size_t root = find(s, s->ids[i]);

		if (root == i)
			continue;
		(void)sqlite3_reset(q);
		MUST(sqlite3_bind_int64(q, 2, s->ids[i]) == SQLITE_OK);
		MUST(sqlite3_bind_int64(q, 3, s->ids[root]) == SQLITE_OK);
		rc = guard_step(g, q, ret_err);
	}
	(void)sqlite3_finalize(q);
	return rc == SQLITE_DONE;
}

static bool group(struct guard *g, sqlite3_stmt *row, struct err *ret_err)
{
	struct groups s = { 0 };
	bool ok = load(g, text_at(row, 0), &s, ret_err);

	if (ok) {
		join_all(&s);
		ok = save(g, text_at(row, 0), &s, ret_err);
	}
	groups_done(&s);
	return ok;
}

/* ---- what belongs to them */

/*
 * Of owners that become one, those with an equal ref: they become the first.  Two of one owner stay
 * two, whatever their ref: the export has them so.
 */
static bool group_owned(struct guard *g, sqlite3_stmt *row, struct err *ret_err)
{
	const char *tab = text_at(row, 0);
	const char *col = text_at(row, 1);
	const char *owner = text_at(row, 2);

	return run(g, ret_err,
		   "WITH one (id, keep) AS MATERIALIZED ("
		   "SELECT id, keep FROM temp.fold WHERE tab = '%s'"
		   " UNION SELECT keep, keep FROM temp.fold WHERE tab = '%s')"
		   "INSERT OR IGNORE INTO temp.fold SELECT '%s', id, keep, turn FROM ("
		   "SELECT c.id, c.%s AS owner, first_value(c.id) OVER w AS keep,"
		   " first_value(c.%s) OVER w AS first_owner, row_number() OVER w AS turn"
		   " FROM one JOIN main.%s AS c ON c.%s = one.id WHERE c.ref IS NOT NULL"
		   " WINDOW w AS (PARTITION BY one.keep, c.ref ORDER BY c.%s, c.id)"
		   ") WHERE owner <> first_owner",
		   owner, owner, tab, col, col, tab, col, col);
}

static bool follow(struct guard *g, sqlite3_stmt *row, struct err *ret_err)
{
	const char *col = text_at(row, 1);
	const char *owner = text_at(row, 2);

	return run(
		g, ret_err,
		"UPDATE main.%s SET %s = (SELECT keep FROM temp.fold WHERE tab = '%s' AND id = %s)"
		" WHERE %s IN (SELECT id FROM temp.fold WHERE tab = '%s')",
		text_at(row, 0), col, owner, col, col, owner);
}

/* ---- a table's rows */

/* "UPDATE tab SET a = coalesce(tab.a, other.a), … " for row ?1 from row ?2. */
static bool fill_sql(struct guard *g, const char *tab, struct buf *to, struct err *ret_err)
{
	const char *sql = "SELECT name FROM pragma_table_info(?1) WHERE pk = 0";
	const char *comma = "";
	sqlite3_stmt *s;
	int rc;

	if (!guard_prepare(g, &sql, &s, ret_err))
		return false;
	MUST(sqlite3_bind_text(s, 1, tab, -1, SQLITE_STATIC) == SQLITE_OK);
	buf_printf(to, "UPDATE main.%s AS kept SET ", tab);
	while ((rc = guard_step(g, s, ret_err)) == SQLITE_ROW) {
		buf_printf(to, "%s%s = coalesce(kept.%s, other.%s)", comma, text_at(s, 0),
			   text_at(s, 0), text_at(s, 0));
		comma = ", ";
	}
	buf_printf(to, " FROM main.%s AS other WHERE kept.id = ?1 AND other.id = ?2", tab);
	(void)sqlite3_finalize(s);
	return rc == SQLITE_DONE;
}

static bool fill(struct guard *g, const char *tab, const char *fill_with, struct err *ret_err)
{
	const char *sql = "SELECT keep, id FROM temp.fold WHERE tab = ?1 ORDER BY keep, turn";
	sqlite3_stmt *pairs, *update = NULL;
	bool ok = guard_prepare(g, &sql, &pairs, ret_err) &&
		  guard_prepare(g, &fill_with, &update, ret_err);
	int rc;

	if (ok)
		MUST(sqlite3_bind_text(pairs, 1, tab, -1, SQLITE_STATIC) == SQLITE_OK);
	while (ok && (rc = guard_step(g, pairs, ret_err)) != SQLITE_DONE) {
		ok = rc == SQLITE_ROW &&
		     sqlite3_bind_int64(update, 1, sqlite3_column_int64(pairs, 0)) == SQLITE_OK &&
		     sqlite3_bind_int64(update, 2, sqlite3_column_int64(pairs, 1)) == SQLITE_OK &&
		     guard_step(g, update, ret_err) == SQLITE_DONE;
		(void)sqlite3_reset(update);
	}
	(void)sqlite3_finalize(pairs);
	(void)sqlite3_finalize(update);
	return ok;
}

static bool fold(struct guard *g, sqlite3_stmt *row, struct err *ret_err)
{
	const char *tab = text_at(row, 0);
	struct buf sql;
	bool ok;

	buf_init(&sql, SQL_BYTES);
	ok = fill_sql(g, tab, &sql, ret_err) && fill(g, tab, buf_text(&sql), ret_err) &&
	     run(g, ret_err,
		 "DELETE FROM main.%s WHERE id IN (SELECT id FROM temp.fold WHERE tab = '%s')", tab,
		 tab);
	buf_done(&sql);
	return ok;
}

bool merge(struct guard *g, struct err *ret_err)
{
	return (guard_run(g, prepare, ret_err) &&
		each(g, "SELECT DISTINCT tab FROM temp.same", group, ret_err) &&
		each(g, owned, group_owned, ret_err) && each(g, owned, follow, ret_err) &&
		each(g, "SELECT DISTINCT tab FROM temp.fold", fold, ret_err) &&
		guard_run(g, finish, ret_err)) ||
	       err_add(ret_err, "merging");
}
