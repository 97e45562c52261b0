/* SPDX-License-Identifier: Apache-2.0 */
/* term.h: what standard output and standard error can show, and writing to them. */
#ifndef REPORT_TERM_H
#define REPORT_TERM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

enum { TERM_OUTPUT_BYTES = 1 << 30 };

struct term {
	bool terminal; /* standard output is one */
	bool colour;
	bool utf8;     /* the locale's characters */
	size_t width;  /* columns; 0: do not wrap (a pipe or a file) */
	bool progress; /* standard error is a terminal */
};

/* Looks at the environment and the two streams. */
struct term term_find(void);

/* "banksman: …" on standard error, as one line. */
__attribute__((format(printf, 1, 2))) void term_complain(const char *format, ...);

/* The columns that UTF-8 text takes (combining and wide characters apart). */
size_t term_columns(const char *text);

/*
 * Appends text and a line end: wrapped at blanks to width columns (0: not at all), the first
 * line beginning at column `column`, the others behind indent blanks.
 */
void term_wrap(struct buf *out, const char *text, size_t column, size_t indent, size_t width);

/* Writes all of b to standard output; returns status, or STATUS_LOCAL when that fails. */
int term_write(const struct buf *b, int status);

#endif
