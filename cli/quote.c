/* SPDX-License-Identifier: Apache-2.0 */
/* quote.c: see quote.h. */
#include "cli/quote.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/must.h"
#include "base/text.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* The bytes of the character at text; fit: whether it may be shown. */
static size_t next(const char *text, bool *ret_fit)
{
	return text_next(text, strnlen(text, 4), ret_fit);
}

void quote_plain(const char *text, struct buf *out)
{
	while (*text != '\0') {
		bool fit;
		size_t n = next(text, &fit);

		buf_put(out, fit ? text : "?", fit ? n : 1);
		text += n;
	}
}

void quote_markup(const char *text, struct buf *out)
{
	static const char *const entities[] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
	};

	while (*text != '\0') {
		unsigned char c = (unsigned char)*text;
		bool fit;
		size_t n = next(text, &fit);

		if (!fit)
			buf_puts(out, c == '\n' || c == '\t' ? " " : REPLACEMENT);
		else if (c < ARRAY_LEN(entities) && entities[c] != NULL)
			buf_puts(out, entities[c]);
		else
			buf_put(out, text, n);
		text += n;
	}
}

void quote_csv(const char *text, bool last, struct buf *out)
{
	bool formula = text[0] != '\0' && strchr("=+-@\t\r\n", text[0]) != NULL;
	bool quoted = strpbrk(text, ",\"\r\n") != NULL;

	buf_puts(out, quoted ? "\"" : "");
	buf_puts(out, formula ? "'" : "");
	while (*text != '\0') {
		bool fit;
		size_t n = next(text, &fit);

		if (*text == '"')
			buf_puts(out, "\"\"");
		else if (fit || *text == '\n' || *text == '\r' || *text == '\t')
			buf_put(out, text, n);
		else
			buf_puts(out, REPLACEMENT);
		text += n;
	}
	buf_puts(out, quoted ? "\"" : "");
	buf_puts(out, last ? "\r\n" : ",");
}

void quote_markdown(const char *text, struct buf *out)
{
	bool code = false;

	while (*text != '\0') {
		bool fit;
		size_t n = next(text, &fit);

		if (*text == '`')
			code = !code;
		else if (!code && strchr("<>*_|\\[]", *text) != NULL)
			buf_puts(out, "\\");
		buf_put(out, fit ? text : "?", fit ? n : 1);
		text += n;
	}
}

/* Outside of strings JSON is ASCII, so that a character that is not stands in one. */
static void put_character(const char *text, size_t n, struct buf *out)
{
	const unsigned char *p = (const unsigned char *)text;

	if (n == 2)
		buf_printf(out, "\\u%04x", (unsigned)((p[0] & 0x1f) << 6 | (p[1] & 0x3f)));
	else
		buf_printf(out, "\\u%04x",
			   (unsigned)((p[0] & 0x0f) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f)));
}

void quote_json(json_t *o, struct buf *out)
{
	char *dumped = json_dumps(o, 0);

	MUST(dumped != NULL);
	for (const char *p = dumped; *p != '\0';) {
		bool fit;
		size_t n = next(p, &fit);

		if (!fit && (unsigned char)p[0] == 0xc2 && n == 1) /* U+0080 to U+009F */
			n = 2;
		if (!fit && *p == 0x7f)
			buf_puts(out, "\\u007f");
		else if (!fit && n > 1)
			put_character(p, n, out);
		else
			buf_put(out, p, n);
		p += n;
	}
	free(dumped);
	json_decref(o);
}
