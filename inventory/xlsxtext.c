/* SPDX-License-Identifier: Apache-2.0 */
/* xlsxtext.c: see xlsxtext.h. */
#include "inventory/xlsxtext.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "inventory/utf8.h"
#include "inventory/xlsxzip.h"

enum { TEXTS_BYTES = 256 * 1024 * 1024 };

void xlsxtext_open(struct xlsxtext_place *p, const char *local)
{
	p->t += strcmp(local, "t") == 0;
	p->phonetic += strcmp(local, "rPh") == 0;
}

void xlsxtext_close(struct xlsxtext_place *p, const char *local)
{
	p->t -= strcmp(local, "t") == 0;
	p->phonetic -= strcmp(local, "rPh") == 0;
}

bool xlsxtext_counts(const struct xlsxtext_place *p)
{
	return p->t > 0 && p->phonetic == 0;
}

/* The character that the n bytes begin with as "_xHHHH_"; -1: they do not. */
static int32_t escaped(const char *text, size_t n)
{
	int32_t c = 0;

	if (n < 7 || text[0] != '_' || text[1] != 'x' || text[6] != '_')
		return -1;
	for (size_t i = 2; i < 6; i++) {
		static const char digits[] = "0123456789abcdefABCDEF";
		const char *found = text[i] != '\0' ? strchr(digits, text[i]) : NULL;
		int32_t value;

		if (found == NULL)
			return -1;
		value = (int32_t)(found - digits);
		c = c << 4 | (value < 16 ? value : value - 6);
	}
	return c;
}

void xlsxtext_put(struct buf *out, const char *text, size_t n)
{
	while (n > 0) {
		const char *found = memchr(text, '_', n);
		size_t plain = found != NULL ? (size_t)(found - text) : n;
		int32_t c;

		buf_put(out, text, plain);
		text += plain;
		n -= plain;
		if (n == 0)
			return;
		c = escaped(text, n);
		plain = c >= 0 ? 7 : 1;
		if (c >= 0)
			utf8_put(out, (uint32_t)c);
		else
			buf_put(out, text, 1);
		text += plain;
		n -= plain;
	}
}

/* ---- shared texts */

struct reading {
	struct xlsxtexts *all;
	struct xlsxtext_place place;
	struct buf raw; /* of the text that is open */
};

static bool on_open(void *owner, const char *name, const char **attributes, struct err *e)
{
	struct reading *r = owner;

	(void)attributes;
	(void)e;
	xlsxtext_open(&r->place, xmlsafe_local(name));
	return true;
}

static bool on_text(void *owner, const char *text, size_t n, struct err *e)
{
	struct reading *r = owner;

	(void)e;
	if (xlsxtext_counts(&r->place))
		buf_put(&r->raw, text, n);
	return true;
}

static bool add(struct xlsxtexts *all, const struct buf *raw, struct err *e)
{
	if (all->count == all->size) {
		all->size = all->size > 0 ? all->size * 2 : 1024;
		all->ends = xreallocarray(all->ends, all->size, sizeof *all->ends);
	}
	xlsxtext_put(&all->text, buf_text(raw), raw->len);
	all->ends[all->count++] = all->text.len;
	if (buf_overflowed(&all->text) || buf_overflowed(raw) ||
	    all->text.len + all->count * sizeof *all->ends > TEXTS_BYTES)
		return err_set(e, E2BIG, "more than 256 MiB of texts");
	return true;
}

static bool on_close(void *owner, const char *name, struct err *e)
{
	struct reading *r = owner;
	const char *local = xmlsafe_local(name);
	bool ok = true;

	xlsxtext_close(&r->place, local);
	if (strcmp(local, "si") == 0) {
		ok = add(r->all, &r->raw, e);
		buf_clear(&r->raw);
	}
	return ok;
}

bool xlsxtexts_read(struct xlsxtexts *all, struct xlsxzip *z, const char *part, struct err *e)
{
	static const struct xmlsafe_calls calls = { on_open, on_close, on_text };
	struct reading r = { .all = all };
	bool ok;

	*all = (struct xlsxtexts){ 0 };
	buf_init(&all->text, TEXTS_BYTES);
	buf_init(&r.raw, TEXTS_BYTES);
	ok = part == NULL || xlsxzip_parse(z, part, &calls, &r, e);
	buf_done(&r.raw);
	return ok;
}

void xlsxtexts_done(struct xlsxtexts *all)
{
	buf_done(&all->text);
	free(all->ends);
}

const char *xlsxtexts_find(const struct xlsxtexts *all, size_t number, size_t *ret_n)
{
	size_t at;

	if (number >= all->count)
		return NULL;
	at = number > 0 ? all->ends[number - 1] : 0;
	*ret_n = all->ends[number] - at;
	return buf_text(&all->text) + at;
}
