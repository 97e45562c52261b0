/* SPDX-License-Identifier: Apache-2.0 */
/* sniff.c: which syntax a file's first bytes are of; see reader.h. */
#include <string.h>

#include "base/must.h"
#include "inventory/reader.h"

struct text {
	const char *at;
	size_t n;
};

static const struct {
	size_t at;
	const char *bytes;
	size_t n;
	enum syntax syntax;
} magics[] = {
	{ 0, "\x1f\x8b", 2, SYNTAX_GZIP },
	{ 0, "PK\3\4", 4, SYNTAX_ZIP },
	{ 0, "PK\5\6", 4, SYNTAX_ZIP },
	{ 0,
	  "\xfd"
	  "7zXZ\0",
	  6, SYNTAX_ARCHIVE },
	{ 4, "1AY&SY", 6, SYNTAX_ARCHIVE }, /* bzip2, after "BZh9" */
	{ 0, "\x28\xb5\x2f\xfd", 4, SYNTAX_ARCHIVE },
	{ 257, "ustar", 5, SYNTAX_ARCHIVE },
};

static enum syntax by_magic(const char *head, size_t n)
{
	for (size_t i = 0; i < ARRAY_LEN(magics); i++)
		if (n >= magics[i].at + magics[i].n &&
		    memcmp(head + magics[i].at, magics[i].bytes, magics[i].n) == 0)
			return magics[i].syntax;
	return SYNTAX_UNKNOWN;
}

/* UTF-16 to what of it is ASCII, NUL for the rest; true when there was a byte order mark. */
static bool narrow(const char *head, size_t n, char *ret_text, size_t *ret_n)
{
	bool little = n >= 2 && memcmp(head, "\xff\xfe", 2) == 0;

	if (!little && (n < 2 || memcmp(head, "\xfe\xff", 2) != 0))
		return false;
	*ret_n = n / 2 - 1;
	for (size_t i = 0; i < *ret_n; i++) {
		char high = head[2 * i + (little ? 3 : 2)];
		char low = head[2 * i + (little ? 2 : 3)];

		ret_text[i] = high != '\0' ? '?' : low;
	}
	return true;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct text *t)
{
	while (t->n > 0 && is_blank(*t->at)) {
		t->at++;
		t->n--;
	}
}

/* Beyond blanks, and lines that are comments of YAML. */
static void skip_comments(struct text *t)
{
	skip_blanks(t);
	while (t->n > 0 && *t->at == '#') {
		const char *end = memchr(t->at, '\n', t->n);
		size_t len = end != NULL ? (size_t)(end - t->at) : t->n;

		t->at += len;
		t->n -= len;
		skip_blanks(t);
	}
}

static bool is_blank_at(const struct text *t, size_t i)
{
	return i >= t->n || is_blank(t->at[i]);
}

/* The quote that is open after c; a line may begin with a single one. */
static char quote_after(char quote, char c, bool first)
{
	if (quote != '\0')
		return c == quote ? '\0' : quote;
	return c == '"' || (c == '\'' && first) ? c : '\0';
}

/* The first line: a mapping's key, or columns, whichever shows first outside of quotes. */
static enum syntax by_line(const struct text *t)
{
	char quote = '\0';

	for (size_t i = 0; i < t->n && t->at[i] != '\n'; i++) {
		char c = t->at[i];

		quote = quote_after(quote, c, i == 0);
		if (quote != '\0')
			continue;
		if (c == ':' && is_blank_at(t, i + 1))
			return SYNTAX_YAML;
		if (c == ',' || c == ';' || c == '\t')
			return SYNTAX_CSV;
	}
	return SYNTAX_UNKNOWN;
}

static bool begins_yaml(const struct text *t)
{
	return (t->n >= 3 && memcmp(t->at, "---", 3) == 0 && is_blank_at(t, 3)) ||
	       (t->n >= 6 && memcmp(t->at, "%YAML ", 6) == 0) ||
	       (t->n >= 2 && t->at[0] == '-' && is_blank_at(t, 1));
}

static enum syntax by_text(struct text t)
{
	struct text first = t;

	skip_blanks(&first);
	if (memchr(t.at, '\0', t.n) != NULL || first.n == 0)
		return SYNTAX_UNKNOWN;
	if (*first.at == '<')
		return SYNTAX_XML;
	if (*first.at == '{' || *first.at == '[')
		return SYNTAX_JSON;
	skip_comments(&first);
	return begins_yaml(&first) ? SYNTAX_YAML : by_line(&first);
}

enum syntax sniff(const char *head, size_t n)
{
	char narrowed[SNIFF_BYTES / 2];
	enum syntax found;
	size_t len;

	n = n < SNIFF_BYTES ? n : SNIFF_BYTES;
	if (n >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
		return by_text((struct text){ head + 3, n - 3 });
	/* JSON in UTF-16 is what "> file" makes on Windows, and a subset of YAML. */
	if (narrow(head, n, narrowed, &len)) {
		found = by_text((struct text){ narrowed, len });
		return found == SYNTAX_JSON ? SYNTAX_YAML : found;
	}
	found = by_magic(head, n);
	return found != SYNTAX_UNKNOWN ? found : by_text((struct text){ head, n });
}
