/* SPDX-License-Identifier: Apache-2.0 */
/*
 * fuzz_cutter.c: JSON text cut into records.  Records must be the same in pieces of any size, JSON
 * to SQLite, and what is JSON to SQLite is never refused.
 */
#include "inventory/cutter.h"
#include "tests/fuzz/reading.h"

enum { RECORDS_BYTES = 64 << 20 };

static const char *const lists[] = { "items", "vm" };

static bool on_record(void *owner, const char *list, const char *place, const char *json, size_t n,
		      struct err *ret_err)
{
	(void)ret_err;
	MUST(is_json(json, n));
	MUST(place[0] == '$' && (list[0] == '\0') == (place[1] != '.'));
	buf_printf((struct buf *)owner, "%s %s %s\n", list, place, json);
	return true;
}

static bool cut(const uint8_t *data, size_t size, size_t piece, struct buf *records)
{
	struct sink sink = { .record = on_record, .owner = records };
	struct cutter *c = cutter_new(lists, ARRAY_LEN(lists), &sink);
	struct err e = { 0 };
	bool ok = true;

	for (size_t at = 0; ok && at < size; at += piece)
		ok = cutter_put(c, (const char *)data + at, size - at < piece ? size - at : piece,
				&e);
	ok = ok && cutter_end(c, &e);
	MUST(ok ||
	     (memchr(e.text, '\0', sizeof e.text) != NULL && strncmp(e.text, "line ", 5) == 0));
	cutter_free(c);
	return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	size_t piece = (size_t)input_byte(&in) % 32 + 1;
	struct buf whole, pieces;
	bool ok;

	buf_init(&whole, RECORDS_BYTES);
	buf_init(&pieces, RECORDS_BYTES);
	ok = cut(in.data, in.len, in.len + 1, &whole);
	MUST(cut(in.data, in.len, piece, &pieces) == ok);
	MUST(strcmp(buf_text(&whole), buf_text(&pieces)) == 0);
	/* What SQLite takes for JSON is refused only where it is too deep. */
	MUST(ok || in.len > CUTTER_DEPTH || !is_json((const char *)in.data, in.len));
	buf_done(&whole);
	buf_done(&pieces);
	return 0;
}
