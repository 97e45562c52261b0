/* SPDX-License-Identifier: Apache-2.0 */
/* term.c: see term.h. */
#include "report/term.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "report/exit.h"

enum { WIDTH_DEFAULT = 80, WIDTH_MIN = 40, COMPLAINT_SIZE = 1024 };

/* Set, and not to nothing. */
static bool wanted(const char *variable)
{
	const char *value = getenv(variable); /* NOLINT(concurrency-mt-unsafe): one thread */

	return value != NULL && value[0] != '\0';
}

static bool dumb(void)
{
	const char *value = getenv("TERM"); /* NOLINT(concurrency-mt-unsafe): one thread */

	return value == NULL || value[0] == '\0' || strcmp(value, "dumb") == 0;
}

static bool utf8_locale(void)
{
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	if (setlocale(LC_CTYPE, "") == NULL)
		return false;
	/* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

struct term term_find(void)
{
	struct term t = { .terminal = isatty(STDOUT_FILENO) == 1 };
	struct winsize size = { 0 };

	t.utf8 = utf8_locale();
	t.colour = t.terminal && !wanted("NO_COLOR") && !dumb();
	t.progress = isatty(STDERR_FILENO) == 1 && !dumb();
	if (t.terminal) {
		bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;

		t.width = known ? size.ws_col : WIDTH_DEFAULT;
		if (t.width < WIDTH_MIN)
			t.width = WIDTH_MIN;
	}
	return t;
}

void term_complain(const char *format, ...)
{
	char shown[COMPLAINT_SIZE];
	char *text;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	/* Names come from lists and from peers: they must not drive the terminal. */
	text_set(shown, sizeof shown, text, strlen(text));
	(void)fprintf(stderr, "banksman: %s\n", shown);
	free(text);
}

static bool starts_character(char c)
{
	return ((unsigned char)c & 0xc0U) != 0x80U;
}

size_t term_columns(const char *text)
{
	size_t columns = 0;

	for (; *text != '\0'; text++)
		columns += starts_character(*text);
	return columns;
}

/* How many bytes of text fit into room columns, ending before a blank if there is one. */
static size_t fitting(const char *text, size_t room)
{
	size_t columns = 0;
	size_t blank = 0;
	size_t i;

	for (i = 0; text[i] != '\0'; i++) {
		if (text[i] == ' ' && columns <= room)
			blank = i;
		columns += starts_character(text[i]);
	}
	if (columns <= room)
		return i;
	if (blank > 0)
		return blank;
	return strcspn(text, " "); /* a long word stays whole, so that it can be copied */
}

void term_wrap(struct buf *out, const char *text, size_t column, size_t indent, size_t width)
{
	if (width == 0) {
		buf_puts(out, text);
		buf_puts(out, "\n");
		return;
	}
	for (bool first = true; first || *text != '\0'; first = false) {
		size_t start = first ? column : indent;
		size_t len = fitting(text, width > start ? width - start : 1);

		buf_printf(out, "%*s%.*s\n", first ? 0 : (int)indent, "", (int)len, text);
		text += len;
		text += strspn(text, " ");
	}
}

int term_write(const struct buf *b, int status)
{
	const char *text = buf_text(b);

	errno = 0;
	if (!buf_overflowed(b) && fwrite(text, 1, b->len, stdout) == b->len && fflush(stdout) == 0)
		return status;
	if (errno != EPIPE) /* whoever reads has had enough: head(1), a pager */
		term_complain("standard output: %s", buf_overflowed(b) ? "the result is too large"
								       : strerrordesc_np(errno));
	return STATUS_LOCAL;
}
