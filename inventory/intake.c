/* SPDX-License-Identifier: Apache-2.0 */
/* intake.c: see intake.h. */
#include "inventory/intake.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "inventory/cutter.h"
#include "inventory/guard.h"
#include "inventory/overrun.h"
#include "inventory/reader.h"
#include "inventory/script.h"
#include "inventory/statement.h"
#include "inventory/stock.h"

enum { PIECE_BYTES = 256 * 1024, CLASSIFY_BYTES = 1 << 20 };

/* For the matches of all scripts, on one record. */
#define MATCH_LIMIT_MS INT64_C(10000)

/*
 * A match sees a record's list and body, and no table.  They are columns: parameters would be
 * constants to SQLite, and each match evaluated before any is asked for.
 */
#define CLASSIFY_HEAD "WITH " GUARD_RECORD " (list, body) AS (SELECT ?1, ?2) SELECT "
#define CLASSIFY_TAIL " FROM " GUARD_RECORD

static const struct span for_ever;

struct intake {
	struct guard *guard; /* borrowed, as the next two */
	const struct scripts *scripts;
	const struct stock_ears *ears;
	sqlite3_stmt *classify, *put;
	/* of the file that is read: */
	const char *name;
	char *watched; /* owned; whose match it is that takes too long */
	struct cutter *cutter;
	int64_t source;
	uint64_t records;
	bool broken; /* the database, which has no journal: nothing goes on */
};

/* ---- who knows a record */

static bool prepare_match(struct intake *in, const char *expression, sqlite3_stmt **ret_statement,
			  struct err *ret_err)
{
	char *sql = xasprintf(CLASSIFY_HEAD "%s" CLASSIFY_TAIL, expression);
	const char *p = sql;
	bool ok;

	guard_set(in->guard, GUARD_MATCH, for_ever);
	ok = guard_prepare(in->guard, &p, ret_statement, ret_err);
	if (ok && (*p != '\0' || sqlite3_column_count(*ret_statement) != 1)) {
		ok = err_set(ret_err, 0, "it is not one expression");
		(void)sqlite3_finalize(*ret_statement);
	}
	guard_set(in->guard, GUARD_ENGINE, for_ever);
	free(sql);
	return ok;
}

/* Each by itself, so that an error names the one. */
static bool check_matches(struct intake *in, struct err *ret_err)
{
	for (size_t i = 0; i < in->scripts->kinds_n; i++) {
		const struct script_kind *k = &in->scripts->kinds[i];
		char *alone = xasprintf("(%s)", k->match);
		sqlite3_stmt *s = NULL;
		bool ok;

		overrun_watch(span_of_ms(MATCH_LIMIT_MS), k->sql.place);
		ok = prepare_match(in, alone, &s, ret_err);
		overrun_done();
		free(alone);
		if (!ok)
			return err_add(ret_err, "%s: match of KIND %s", k->sql.place, k->id);
		(void)sqlite3_finalize(s);
	}
	return true;
}

/* One CASE over all matches: the index of the kind, or NULL. */
static bool prepare_classify(struct intake *in, struct err *ret_err)
{
	struct buf cases;
	bool ok;

	buf_init(&cases, CLASSIFY_BYTES);
	buf_puts(&cases, in->scripts->kinds_n > 0 ? "CASE" : "NULL");
	for (size_t i = 0; i < in->scripts->kinds_n; i++)
		buf_printf(&cases, " WHEN (%s) THEN %zu", in->scripts->kinds[i].match, i);
	if (in->scripts->kinds_n > 0)
		buf_puts(&cases, " END");
	overrun_watch(span_of_ms(MATCH_LIMIT_MS), "the matches of all scripts");
	ok = buf_overflowed(&cases) ? err_set(ret_err, 0, "the matches of all scripts are too long")
				    : prepare_match(in, buf_text(&cases), &in->classify, ret_err);
	overrun_done();
	buf_done(&cases);
	return ok;
}

struct intake *intake_new(struct guard *g, const struct scripts *scripts,
			  const struct stock_ears *ears, struct err *ret_err)
{
	struct intake *in = xcalloc(1, sizeof *in);

	*in = (struct intake){ .guard = g, .scripts = scripts, .ears = ears };
	if (check_matches(in, ret_err) && prepare_classify(in, ret_err)) {
		in->put = statement_start(g, STATEMENT_RECORD_PUT, "");
		return in;
	}
	intake_free(in);
	return NULL;
}

void intake_free(struct intake *in)
{
	if (in == NULL)
		return;
	(void)sqlite3_finalize(in->classify);
	(void)sqlite3_finalize(in->put);
	free(in);
}

/* ---- a record */

/* A match that breaks out of its parentheses can make any number of the row. */
static bool kind_of(const struct intake *in, sqlite3_stmt *row, const struct script_kind **ret_kind,
		    struct err *ret_err)
{
	sqlite3_int64 i = sqlite3_column_int64(row, 0);

	*ret_kind = NULL;
	if (sqlite3_column_type(row, 0) == SQLITE_NULL)
		return true;
	if (i < 0 || (size_t)i >= in->scripts->kinds_n)
		return err_set(ret_err, 0, "a match in a script is more than an expression");
	*ret_kind = &in->scripts->kinds[i];
	return true;
}

/* The script that knows it; NULL: none. */
static bool classify(struct intake *in, const char *list, const char *json, size_t n,
		     const struct script_kind **ret_kind, struct err *ret_err)
{
	sqlite3_stmt *s = in->classify;
	bool ok;

	(void)sqlite3_reset(s);
	MUST(sqlite3_bind_text(s, 1, list, -1, SQLITE_STATIC) == SQLITE_OK);
	MUST(sqlite3_bind_text64(s, 2, json, n, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
	guard_set(in->guard, GUARD_ENGINE, span_of_ms(MATCH_LIMIT_MS));
	overrun_watch(span_of_ms(MATCH_LIMIT_MS), in->watched);
	ok = guard_step(in->guard, s, ret_err) == SQLITE_ROW && kind_of(in, s, ret_kind, ret_err);
	overrun_done();
	guard_set(in->guard, GUARD_ENGINE, for_ever);
	(void)sqlite3_reset(s);
	return ok;
}

static bool on_record(void *owner, const char *list, const char *place, const char *json, size_t n,
		      struct err *ret_err)
{
	struct intake *in = owner;
	const struct script_kind *k;
	bool ok;

	if (!classify(in, list, json, n, &k, ret_err))
		return false;
	in->records++;
	statement_bind(in->put, "itttt", in->source, place, list,
		       k != NULL ? in->scripts->formats[k->format].id : NULL,
		       k != NULL ? k->id : NULL);
	/* What nobody knows nobody reads. */
	MUST(sqlite3_bind_text64(in->put, 6, json, k != NULL ? n : 0, SQLITE_STATIC, SQLITE_UTF8) ==
	     SQLITE_OK);
	ok = guard_step(in->guard, in->put, ret_err) == SQLITE_DONE;
	in->broken = in->broken || !ok;
	(void)sqlite3_reset(in->put);
	return ok;
}

static bool on_json(void *owner, const char *json, size_t n, struct err *ret_err)
{
	struct intake *in = owner;

	return cutter_put(in->cutter, json, n, ret_err);
}

static void on_notice(void *owner, const char *text)
{
	const struct intake *in = owner;

	if (in->ears->notice != NULL)
		in->ears->notice(in->ears->notice_owner, in->name, text);
}

/* ---- a file */

static bool pump(struct intake *in, int fd, struct reader *r, uint64_t *ret_bytes,
		 struct err *ret_err)
{
	char *piece = xcalloc(1, PIECE_BYTES);
	struct stat st;
	uint64_t total = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
	bool ok = true;
	ssize_t n = 1;

	while (ok && n > 0) {
		n = read(fd, piece, PIECE_BYTES);
		if (n < 0 && errno == EINTR) {
			n = 1;
			continue;
		}
		if (n < 0)
			ok = err_set(ret_err, errno, "%s", strerrordesc_np(errno));
		if (n > 0)
			ok = r->put(r, piece, (size_t)n, ret_err);
		*ret_bytes += n > 0 ? (uint64_t)n : 0;
		if (ok && in->ears->progress != NULL)
			in->ears->progress(in->ears->progress_owner, in->name, *ret_bytes, total);
	}
	free(piece);
	return ok && r->end(r, ret_err);
}

static bool take(struct intake *in, int fd, struct err *ret_err)
{
	struct sink sink = { .put = on_json,
			     .record = on_record,
			     .notice = on_notice,
			     .owner = in,
			     .name = in->name };
	struct reader *r = reader_new(&sink);
	uint64_t bytes = 0;
	bool ok;

	in->watched = xasprintf("%s: the match of a script", in->name);
	in->cutter = cutter_new(in->scripts->lists, in->scripts->lists_n, &sink);
	in->records = 0;
	ok = pump(in, fd, r, &bytes, ret_err) && cutter_end(in->cutter, ret_err);
	r->free(r);
	cutter_free(in->cutter);
	in->cutter = NULL;
	free(in->watched);
	in->watched = NULL;
	if (!ok)
		return false;
	in->broken =
		!statement_end(in->guard,
			       statement_start(in->guard, STATEMENT_SOURCE_DONE, "iii", in->source,
					       (int64_t)bytes, (int64_t)in->records),
			       ret_err);
	return !in->broken;
}

/* Without a journal nothing rolls back. */
static void forget(struct intake *in)
{
	struct err ignored;

	in->broken =
		in->broken ||
		!statement_end(in->guard,
			       statement_start(in->guard, STATEMENT_RECORD_DROP, "i", in->source),
			       &ignored) ||
		!statement_end(in->guard,
			       statement_start(in->guard, STATEMENT_SOURCE_DROP, "i", in->source),
			       &ignored);
}

static bool begin_source(struct intake *in, const char *name, struct err *ret_err)
{
	in->name = name;
	in->broken = !guard_run(in->guard, "BEGIN", ret_err) ||
		     !statement_end(in->guard,
				    statement_start(in->guard, STATEMENT_SOURCE_PUT, "t", name),
				    ret_err) ||
		     !guard_number(in->guard, "SELECT last_insert_rowid()", &in->source, ret_err);
	return !in->broken;
}

/* An error does not name it. */
static bool read_fd(struct intake *in, int fd, const char *name, struct err *ret_err)
{
	struct err ignored;
	bool ok;

	if (!begin_source(in, name, ret_err))
		return false;
	ok = take(in, fd, ret_err);
	if (!ok)
		forget(in);
	if (!in->broken && !guard_run(in->guard, "COMMIT", ok ? ret_err : &ignored)) {
		in->broken = true;
		ok = false;
	}
	if (ok && in->records == 0)
		on_notice(in, "holds nothing");
	return ok;
}

/* ---- a folder */

static int not_hidden(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static bool read_file(struct intake *in, const char *path, struct err *ret_err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool ok;

	if (fd < 0)
		return err_set(ret_err, errno, "%s", strerrordesc_np(errno));
	ok = read_fd(in, fd, path, ret_err);
	(void)close(fd);
	return ok;
}

/* Whether the others can be read all the same. */
static bool pass_over(const struct intake *in, const char *path, const struct err *err)
{
	if (in->broken || in->ears->unread == NULL)
		return false;
	in->ears->unread(in->ears->lapse_owner, path, err->text);
	return true;
}

static bool read_entry(struct intake *in, const char *folder, const char *name, struct err *ret_err)
{
	bool slash = folder[strlen(folder) - 1] == '/';
	char *path = xasprintf("%s%s%s", folder, slash ? "" : "/", name);
	struct stat st;
	bool ok = true;

	if (stat(path, &st) != 0)
		ok = err_set(ret_err, errno, "%s", strerrordesc_np(errno));
	else if (S_ISREG(st.st_mode))
		ok = read_file(in, path, ret_err);
	ok = ok || pass_over(in, path, ret_err) || err_add(ret_err, "%s", path);
	free(path);
	return ok;
}

static bool read_folder(struct intake *in, const char *folder, struct err *ret_err)
{
	struct dirent **entries;
	int n = scandir(folder, &entries, not_hidden, by_name);
	bool ok = true;

	if (n < 0)
		return err_set(ret_err, errno, "%s: %s", folder, strerrordesc_np(errno));
	for (int i = 0; i < n; i++) {
		ok = ok && read_entry(in, folder, entries[i]->d_name, ret_err);
		free(entries[i]);
	}
	free(entries);
	return ok;
}

bool intake_read(struct intake *in, const char *path, struct err *ret_err)
{
	struct stat st;
	int fd;
	bool ok;

	if (strcmp(path, "-") == 0)
		return read_fd(in, STDIN_FILENO, path, ret_err) || err_add(ret_err, "%s", path);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		ok = err_set(ret_err, errno, "%s: %s", path, strerrordesc_np(errno));
	else if (S_ISDIR(st.st_mode))
		ok = read_folder(in, path, ret_err);
	else
		ok = read_fd(in, fd, path, ret_err) || err_add(ret_err, "%s", path);
	if (fd >= 0)
		(void)close(fd);
	return ok;
}
