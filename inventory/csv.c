/* SPDX-License-Identifier: Apache-2.0 */
/* csv.c: comma-separated values, or semicolons or tabs, to records; read by libcsv. */
#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "inventory/charset.h"
#include "inventory/table.h"
#include "inventory/utf8.h"

enum {
	SLICE_BYTES = 64 * 1024,
	HEAD_BYTES = 64 * 1024, /* of the first line, to find the delimiter in */
	CELL_BYTES = 1024 * 1024,
};

static const char delimiters[] = ",;\t";

struct csv {
	struct reader reader;
	struct charset charset;
	struct csv_parser parser;
	struct table table;
	struct buf text; /* of one slice, as UTF-8 or as it is */
	struct buf head; /* the first line, until its end is there */
	struct buf cell; /* one from Windows-1252 */
	size_t scanned;  /* of head */
	bool quoted;     /* at scanned */
	size_t seen[sizeof delimiters - 1];
	bool begun;   /* the delimiter is known */
	bool foreign; /* a cell was not UTF-8 */
	size_t row;
	size_t column;
	bool ok;
	struct err *err; /* borrowed, during put() and end() */
};

static void complain(struct csv *c)
{
	c->ok = false;
	(void)err_add(c->err, "row %zu", c->row);
}

/* Per cell: a file may have been made of several. */
static void to_utf8(struct csv *c, const char **text, size_t *n)
{
	if (utf8_is(*text, *n))
		return;
	if (!c->foreign)
		c->table.sink->notice(c->table.sink->owner, "is not UTF-8; read as Windows-1252");
	c->foreign = true;
	buf_clear(&c->cell);
	charset_put_1252(&c->cell, *text, *n);
	*text = c->cell.data;
	*n = c->cell.len;
}

static void on_cell(void *bytes, size_t n, void *data)
{
	struct csv *c = data;
	const char *text = bytes;

	if (!c->ok)
		return;
	if (n > CELL_BYTES) {
		(void)err_set(c->err, E2BIG, "a cell is longer than 1 MiB");
		complain(c);
		return;
	}
	to_utf8(c, &text, &n);
	if (!table_cell(&c->table, c->column++, text, n, c->err))
		complain(c);
}

static void on_row(int end, void *data)
{
	struct csv *c = data;
	char place[32];

	(void)end;
	if (!c->ok)
		return;
	(void)snprintf(place, sizeof place, "row %zu", c->row);
	if (table_end_row(&c->table, place, c->err))
		c->row++;
	else
		complain(c);
	c->column = 0;
}

static void parse(struct csv *c, const char *text, size_t n)
{
	while (n > 0 && c->ok) {
		size_t len = n < SLICE_BYTES ? n : SLICE_BYTES;

		if (csv_parse(&c->parser, text, len, on_cell, on_row, c) != len)
			abort(); /* no memory, all else is well to a lenient parser */
		if (c->ok && csv_get_buffer_size(&c->parser) > CELL_BYTES + 2 * SLICE_BYTES) {
			(void)err_set(c->err, E2BIG, "a cell is longer than 1 MiB");
			complain(c);
		}
		text += len;
		n -= len;
	}
}

/* ---- the first line */

/* Counts delimiters outside of quotes, up to the end of the first line; true: it is there. */
static bool scan(struct csv *c)
{
	for (; c->scanned < c->head.len; c->scanned++) {
		char at = c->head.data[c->scanned];
		const char *found = at != '\0' ? strchr(delimiters, at) : NULL;

		if (at == '"')
			c->quoted = !c->quoted;
		else if (!c->quoted && (at == '\n' || at == '\r'))
			return true;
		else if (!c->quoted && found != NULL)
			c->seen[found - delimiters]++;
	}
	return buf_overflowed(&c->head) || c->head.len == HEAD_BYTES;
}

static void begin(struct csv *c)
{
	size_t most = 0;
	size_t skip = 0;
	char delimiter;

	for (size_t i = 1; i < ARRAY_LEN(c->seen); i++)
		if (c->seen[i] > c->seen[most])
			most = i;
	delimiter = delimiters[most];
	/* Excel's own way to say it, "sep=;" on a line of its own. */
	if (c->scanned == 5 && strncmp(c->head.data, "sep=", 4) == 0) {
		delimiter = c->head.data[4];
		skip = 5;
	}
	csv_set_delim(&c->parser, (unsigned char)delimiter);
	c->begun = true;
	parse(c, buf_text(&c->head) + skip, c->head.len - skip);
	buf_done(&c->head);
}

static void take(struct csv *c, const char *text, size_t n)
{
	size_t room = HEAD_BYTES - c->head.len;
	size_t len = n < room ? n : room;

	if (!c->begun) {
		buf_put(&c->head, text, len);
		text += len;
		n -= len;
		if (scan(c))
			begin(c);
	}
	if (c->begun)
		parse(c, text, n);
}

/* ---- the reader */

static bool put(struct reader *r, const char *bytes, size_t n, struct err *e)
{
	struct csv *c = container_of(r, struct csv, reader);

	c->err = e;
	while (n > 0 && c->ok) {
		size_t len = n < SLICE_BYTES ? n : SLICE_BYTES;

		buf_clear(&c->text);
		charset_put(&c->charset, bytes, len, &c->text);
		take(c, buf_text(&c->text), c->text.len);
		bytes += len;
		n -= len;
	}
	return c->ok;
}

static bool end(struct reader *r, struct err *e)
{
	struct csv *c = container_of(r, struct csv, reader);

	c->err = e;
	buf_clear(&c->text);
	charset_end(&c->charset, &c->text);
	take(c, buf_text(&c->text), c->text.len);
	if (!c->begun)
		begin(c);
	/* Lenient until here: a quote within a cell is text, one without end is a file cut off. */
	(void)csv_set_opts(&c->parser, CSV_STRICT | CSV_STRICT_FINI);
	if (c->ok && csv_fini(&c->parser, on_cell, on_row, c) != 0) {
		(void)err_set(e, EINVAL, "a quote is never closed");
		complain(c);
	}
	return c->ok;
}

static void done(struct reader *r)
{
	struct csv *c = container_of(r, struct csv, reader);

	csv_free(&c->parser);
	table_done(&c->table);
	buf_done(&c->text);
	buf_done(&c->head);
	buf_done(&c->cell);
	free(c);
}

struct reader *csv_reader_new(struct sink *sink)
{
	struct csv *c = xcalloc(1, sizeof *c);

	c->reader = (struct reader){ .put = put, .end = end, .free = done };
	c->ok = true;
	c->row = 1;
	table_init(&c->table, sink);
	buf_init(&c->text, (size_t)4 * SLICE_BYTES);
	buf_init(&c->head, HEAD_BYTES);
	buf_init(&c->cell, (size_t)3 * CELL_BYTES);
	if (csv_init(&c->parser, 0) != 0)
		abort();
	csv_set_blk_size(&c->parser, 4096);
	return &c->reader;
}
