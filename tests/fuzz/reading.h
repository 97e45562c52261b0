/* SPDX-License-Identifier: Apache-2.0 */
/* reading.h: what holds for every reader of exports, whatever the file. */
#ifndef TESTS_FUZZ_READING_H
#define TESTS_FUZZ_READING_H

#include <sqlite3.h>

#include "base/buf.h"
#include "inventory/reader.h"
#include "inventory/utf8.h"
#include "tests/fuzz/fuzz.h"

enum { READING_BYTES = 256 * 1024 * 1024 };

typedef struct reader *reading_maker(struct sink *sink);

struct reading {
	struct sink sink;
	struct buf text;
	struct buf records; /* lines */
	struct err err;
};

/* As SQLite judges, which has to read it. */
static inline bool is_json(const char *text, size_t n)
{
	static sqlite3 *db;
	static sqlite3_stmt *stmt;
	bool valid;

	if (db == NULL) {
		MUST(sqlite3_open(":memory:", &db) == SQLITE_OK);
		MUST(sqlite3_prepare_v2(db, "SELECT json_valid(?)", -1, &stmt, NULL) == SQLITE_OK);
	}
	MUST(sqlite3_bind_text64(stmt, 1, text, n, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
	MUST(sqlite3_step(stmt) == SQLITE_ROW);
	valid = sqlite3_column_int(stmt, 0) == 1;
	(void)sqlite3_reset(stmt);
	return valid && utf8_is(text, n) && memchr(text, '\0', n) == NULL;
}

static inline bool reading_on_put(void *owner, const char *json, size_t n, struct err *e)
{
	struct reading *r = owner;

	(void)e;
	buf_put(&r->text, json, n);
	return true;
}

static inline bool reading_on_record(void *owner, const char *list, const char *place,
				     const char *json, size_t n, struct err *e)
{
	struct reading *r = owner;

	(void)e;
	MUST(fuzz_shown(place) && memchr(json, '\n', n) == NULL);
	MUST(is_json(json, n) && json[0] == '{');
	buf_printf(&r->records, "%s %s ", list, place);
	buf_put(&r->records, json, n);
	buf_puts(&r->records, "\n");
	return true;
}

static inline void reading_on_notice(void *owner, const char *text)
{
	(void)owner;
	MUST(fuzz_shown(text));
}

static inline bool reading_run(struct reading *r, reading_maker *make, const uint8_t *data,
			       size_t n, size_t piece)
{
	struct reader *reader;
	bool ok = true;

	*r = (struct reading){ .sink = { reading_on_put, reading_on_record, reading_on_notice, r,
					 "file" } };
	buf_init(&r->text, READING_BYTES);
	buf_init(&r->records, READING_BYTES);
	reader = make(&r->sink);
	for (size_t i = 0; ok && i < n; i += piece) {
		size_t len = n - i < piece ? n - i : piece;
		char *copy = xmemdup(data + i, len);

		ok = reader->put(reader, copy, len, &r->err);
		free(copy);
	}
	ok = ok && reader->end(reader, &r->err);
	reader->free(reader);
	MUST(ok || r->err.text[0] != '\0');
	return ok;
}

static inline void reading_done(struct reading *r)
{
	buf_done(&r->text);
	buf_done(&r->records);
}

/* Each line of a complete text is a value. */
static inline void reading_must_be_lines(const struct reading *r)
{
	const char *at = buf_text(&r->text);
	const char *end = at + r->text.len;

	while (at < end) {
		const char *line = memchr(at, '\n', (size_t)(end - at));

		MUST(line != NULL && is_json(at, (size_t)(line - at)));
		at = line + 1;
	}
}

/* Reads data at once and in pieces, which must not differ; what comes out is JSON. */
static inline void reading_must_be_sound(reading_maker *make, const uint8_t *data, size_t n,
					 size_t piece)
{
	struct reading whole;
	struct reading parts;
	bool ok = reading_run(&whole, make, data, n, n > 0 ? n : 1);

	MUST(sniff((const char *)data, n) < SYNTAX_N);
	MUST(reading_run(&parts, make, data, n, piece) == ok);
	MUST(strcmp(buf_text(&whole.records), buf_text(&parts.records)) == 0);
	if (ok) {
		MUST(strcmp(buf_text(&whole.text), buf_text(&parts.text)) == 0);
		reading_must_be_lines(&whole);
	}
	reading_done(&whole);
	reading_done(&parts);
}

#endif
