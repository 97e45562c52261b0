/* SPDX-License-Identifier: Apache-2.0 */
/* caught.c: see caught.h. */
#include "tests/unit/caught.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "tests/unit/unit.h"

enum { CAUGHT_BYTES = 512 * 1024 * 1024 };

static bool counted(struct caught *c, struct err *e)
{
	c->pieces++;
	return c->refuse_from == 0 || c->pieces < c->refuse_from || err_set(e, 0, "refused");
}

static bool on_put(void *owner, const char *json, size_t n, struct err *e)
{
	struct caught *c = owner;

	buf_put(&c->text, json, n);
	return counted(c, e);
}

static bool on_record(void *owner, const char *list, const char *place, const char *json, size_t n,
		      struct err *e)
{
	struct caught *c = owner;

	buf_printf(&c->records, "%s|%s|", list, place);
	buf_put(&c->records, json, n);
	buf_puts(&c->records, "\n");
	return counted(c, e);
}

static void on_notice(void *owner, const char *text)
{
	struct caught *c = owner;

	buf_printf(&c->notices, "%s\n", text);
}

void caught_init(struct caught *c)
{
	*c = (struct caught){ 0 };
	c->sink = (struct sink){ on_put, on_record, on_notice, c, "a \"file\"" };
	buf_init(&c->text, CAUGHT_BYTES);
	buf_init(&c->records, CAUGHT_BYTES);
	buf_init(&c->notices, CAUGHT_BYTES);
}

void caught_done(struct caught *c)
{
	buf_done(&c->text);
	buf_done(&c->records);
	buf_done(&c->notices);
}

bool caught_read_pieces(struct caught *c, reader_maker *make, const char *bytes, size_t n,
			size_t piece)
{
	struct reader *r = make(&c->sink);
	bool ok = true;

	for (size_t i = 0; ok && i < n; i += piece) {
		size_t len = n - i < piece ? n - i : piece;
		/* sized to the byte: sanitizers see a read beyond */
		char *copy = xmemdup(bytes + i, len);

		ok = r->put(r, copy, len, &c->err);
		free(copy);
	}
	ok = ok && r->end(r, &c->err);
	r->free(r);
	return ok;
}

bool caught_read(struct caught *c, reader_maker *make, const char *bytes, size_t n)
{
	struct caught again;
	bool ok = caught_read_pieces(c, make, bytes, n, n > 0 ? n : 1);

	caught_init(&again);
	assert_int_equal(caught_read_pieces(&again, make, bytes, n, n < 64 * 1024 ? 1 : 997), ok);
	assert_string_equal(buf_text(&again.text), buf_text(&c->text));
	assert_string_equal(buf_text(&again.records), buf_text(&c->records));
	assert_string_equal(buf_text(&again.notices), buf_text(&c->notices));
	assert_string_equal(again.err.text, c->err.text);
	caught_done(&again);
	return ok;
}
