/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cutter.c: see cutter.h.
 *
 * Bytes are looked at one by one: within a token (enum token), else by what may come next (enum
 * want).  A record begins with a value at depth `cut` and ends with it.  An object at the top is
 * taken for a record until a list shows up in it.
 */
#include "inventory/cutter.h"

#include <inttypes.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"
#include "inventory/scalar.h"

enum { KEY_BYTES = 256, PLACE_SIZE = KEY_BYTES + 48 };

#define NOWHERE UINT_MAX

enum want { WANT_VALUE, WANT_ELEMENT, WANT_KEY, WANT_MEMBER, WANT_COLON, WANT_NEXT };

struct cutter {
	struct sink out;
	const char *const *lists; /* borrowed */
	size_t lists_n;

	enum want want;
	bool object[CUTTER_DEPTH + 1]; /* what is open at each depth, from 1 on */
	unsigned depth;
	struct scalar scalar; /* the token at hand */
	bool is_key;          /* a string that is a member's name */

	unsigned cut;           /* depth at which records begin, or NOWHERE */
	bool keep;              /* what comes belongs to the record */
	bool whole;             /* the object at the top is a record, no list is cut from it */
	uint64_t index;         /* of the next record in its list */
	struct buf record, key; /* key: of the object at the top, as it is written */
	char list[KEY_BYTES + 1];

	uint64_t lines, offset; /* before the piece at hand */
	unsigned bom;           /* bytes of one that were seen */
	bool told_utf8, told_null;
};

struct cutter *cutter_new(const char *const *lists, size_t n, const struct sink *out)
{
	struct cutter *c = xcalloc(1, sizeof *c);

	*c = (struct cutter){ .out = *out, .lists = lists, .lists_n = n };
	buf_init(&c->record, CUTTER_RECORD_BYTES);
	buf_init(&c->key, KEY_BYTES);
	return c;
}

void cutter_free(struct cutter *c)
{
	if (c == NULL)
		return;
	buf_done(&c->record);
	buf_done(&c->key);
	free(c);
}

/* ---- records */

static void place_format(const struct cutter *c, char ret_place[PLACE_SIZE])
{
	if (c->cut == 1)
		(void)snprintf(ret_place, PLACE_SIZE, "$[%" PRIu64 "]", c->index);
	else if (c->cut == 2)
		(void)snprintf(ret_place, PLACE_SIZE, "$.%s[%" PRIu64 "]", c->list, c->index);
	else
		(void)snprintf(ret_place, PLACE_SIZE, "$");
}

static bool record_end(struct cutter *c, struct err *ret_err)
{
	char place[PLACE_SIZE];
	bool ok;

	if (buf_overflowed(&c->record))
		return err_set(ret_err, 0, "a record of more than %d MiB",
			       CUTTER_RECORD_BYTES >> 20);
	place_format(c, place);
	ok = c->out.record(c->out.owner, c->list, place, buf_text(&c->record), c->record.len,
			   ret_err);
	c->index += ok;
	buf_clear(&c->record);
	c->keep = false;
	return ok;
}

static void keep(struct cutter *c, char ch)
{
	if (c->keep)
		buf_put(&c->record, &ch, 1);
}

static bool key_among(const struct cutter *c, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(buf_text(&c->key), names[i]) == 0)
			return !buf_overflowed(&c->key);
	return false;
}

/* A member of the object at the top begins: with an array, or with something else. */
static void member_begin(struct cutter *c, bool is_array)
{
	static const char *const beside[] = { "apiVersion", "kind", "metadata" };

	if (c->whole)
		return;
	if (is_array && key_among(c, c->lists, c->lists_n)) {
		buf_clear(&c->record);
		c->keep = false;
		c->cut = 2;
		c->index = 0;
		(void)snprintf(c->list, sizeof c->list, "%s", buf_text(&c->key));
	} else if (c->cut != NOWHERE && !key_among(c, beside, ARRAY_LEN(beside))) {
		c->whole = true;
	}
}

/* ---- structure */

static void value_begin(struct cutter *c, char first)
{
	if (c->depth == 0)
		c->cut = first == '[' ? 1 : 0;
	else if (c->depth == 1 && c->object[1])
		member_begin(c, first == '[');
	if (c->depth == c->cut)
		c->keep = true;
}

static bool value_end(struct cutter *c, struct err *ret_err)
{
	if (c->keep && c->depth == c->cut && !record_end(c, ret_err))
		return false;
	if (c->depth == 1 && c->cut == 2) {
		c->cut = NOWHERE;
		c->list[0] = '\0';
	}
	c->want = WANT_NEXT;
	if (c->depth == 0) {
		c->whole = false;
		c->cut = 0;
		c->index = 0;
		c->want = WANT_VALUE;
	}
	return true;
}

static bool container_begin(struct cutter *c, char ch, struct err *ret_err)
{
	if (c->depth == CUTTER_DEPTH)
		return err_set(ret_err, 0, "nested more than %d deep", CUTTER_DEPTH);
	value_begin(c, ch);
	keep(c, ch);
	c->object[++c->depth] = ch == '{';
	c->want = ch == '{' ? WANT_MEMBER : WANT_ELEMENT;
	return true;
}

static bool container_end(struct cutter *c, char ch, struct err *ret_err)
{
	if (c->depth == 0 || c->object[c->depth] != (ch == '}'))
		return err_set(ret_err, 0, "'%c' closes nothing", ch);
	if (c->want != WANT_NEXT && c->want != (ch == '}' ? WANT_MEMBER : WANT_ELEMENT))
		return err_set(ret_err, 0, "'%c' where a value or a name is missing", ch);
	keep(c, ch);
	c->depth--;
	return value_end(c, ret_err);
}

static bool token_begin(struct cutter *c, char ch, struct err *ret_err)
{
	value_begin(c, ch);
	return scalar_begin(&c->scalar, ch, c->keep ? &c->record : NULL, NULL, ret_err);
}

static bool key_begin(struct cutter *c, char ch, struct err *ret_err)
{
	bool at_top = c->depth == 1 && !c->whole;

	if (ch != '"')
		return err_set(ret_err, 0, "a member's name in quotation marks is missing");
	c->is_key = true;
	if (at_top)
		buf_clear(&c->key);
	return scalar_begin(&c->scalar, ch, c->keep ? &c->record : NULL, at_top ? &c->key : NULL,
			    ret_err);
}

static bool token_end(struct cutter *c, struct err *ret_err)
{
	if (!c->is_key)
		return value_end(c, ret_err);
	c->is_key = false;
	c->want = WANT_COLON;
	return true;
}

static bool punctuation(struct cutter *c, char ch, char wanted, enum want next, struct err *ret_err)
{
	if (ch != wanted)
		return err_set(ret_err, 0, "a %s is missing", wanted == ':' ? "colon" : "comma");
	c->want = next;
	keep(c, ch);
	return true;
}

static bool structure(struct cutter *c, char ch, struct err *ret_err)
{
	if (c->bom != 0)
		return err_set(ret_err, 0, "half a byte order mark");
	if (ch == '}' || ch == ']')
		return container_end(c, ch, ret_err);
	switch (c->want) {
	case WANT_VALUE:
	case WANT_ELEMENT:
		if (ch == '{' || ch == '[')
			return container_begin(c, ch, ret_err);
		return token_begin(c, ch, ret_err);
	case WANT_KEY:
	case WANT_MEMBER:
		return key_begin(c, ch, ret_err);
	case WANT_COLON:
		return punctuation(c, ch, ':', WANT_VALUE, ret_err);
	case WANT_NEXT:
		return punctuation(c, ch, ',', c->object[c->depth] ? WANT_KEY : WANT_VALUE,
				   ret_err);
	}
	return true;
}

/* White space and byte order marks in front of a value, which files put together have. */
static bool between(struct cutter *c, char ch)
{
	static const char bom[] = "\xef\xbb\xbf";

	if (c->depth == 0 && ch == bom[c->bom]) {
		c->bom = (c->bom + 1) % 3;
		return true;
	}
	return c->bom == 0 && (ch == ' ' || ch == '\n' || ch == '\r' || ch == '\t');
}

/* ---- all */

static void tell(struct cutter *c, bool now, bool *told, const char *text)
{
	if (now && !*told && c->out.notice != NULL)
		c->out.notice(c->out.owner, text);
	*told |= now;
}

/* Takes at least a byte, or leaves a number; NULL: a failure. */
static const char *step(struct cutter *c, const char *p, const char *end, struct err *ret_err)
{
	bool ok;

	if (c->scalar.token == TOKEN_NONE) {
		ok = between(c, *p) || structure(c, *p, ret_err);
		p++;
	} else {
		p = scalar_step(&c->scalar, p, end, ret_err);
		ok = p != NULL && (c->scalar.token != TOKEN_NONE || token_end(c, ret_err));
	}
	if (ok && buf_overflowed(&c->record))
		ok = err_set(ret_err, 0, "a record of more than %d MiB", CUTTER_RECORD_BYTES >> 20);
	return ok ? p : NULL;
}

static uint64_t lines(const char *p, const char *end)
{
	uint64_t n = 0;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

static bool where(const struct cutter *c, const char *json, const char *p, struct err *ret_err)
{
	char place[PLACE_SIZE];

	place_format(c, place);
	return err_add(ret_err, "line %" PRIu64 ", byte %" PRIu64 ", in %s",
		       c->lines + lines(json, p) + 1, c->offset + (uint64_t)(p - json) + 1, place);
}

bool cutter_put(struct cutter *c, const char *json, size_t n, struct err *ret_err)
{
	const char *end = json + n;

	for (const char *p = json; p < end;) {
		const char *next = step(c, p, end, ret_err);

		if (next == NULL)
			return where(c, json, p, ret_err);
		p = next;
	}
	c->lines += lines(json, end);
	c->offset += n;
	tell(c, c->scalar.bad_utf8, &c->told_utf8, "is not all UTF-8: such bytes became U+FFFD");
	tell(c, c->scalar.bad_null, &c->told_null, "has characters U+0000: they became U+FFFD");
	return true;
}

bool cutter_end(struct cutter *c, struct err *ret_err)
{
	if (c->scalar.token == TOKEN_NUMBER &&
	    (!scalar_end(&c->scalar, ret_err) || !token_end(c, ret_err)))
		return where(c, "", "", ret_err);
	if (c->depth == 0 && c->scalar.token == TOKEN_NONE && c->bom == 0)
		return true;
	(void)err_set(ret_err, 0, "the file ends within a value");
	return where(c, "", "", ret_err);
}
