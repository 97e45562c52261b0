/* SPDX-License-Identifier: Apache-2.0 */
/* mem.c: allocation that aborts when memory is gone; see mem.h. */
#include "base/mem.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/must.h"

void must_fail(const char *file, int line, const char *expr)
{
	(void)fprintf(stderr, "%s:%d: must hold: %s\n", file, line, expr);
	abort();
}

static void *check(void *p)
{
	if (p == NULL) {
		(void)fputs("out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return check(calloc(n > 0 ? n : 1, size > 0 ? size : 1));
}

void *xreallocarray(void *p, size_t n, size_t size)
{
	MUST(size > 0 && n <= SIZE_MAX / size);
	return check(realloc(p, n > 0 ? n * size : 1));
}

void *xmemdup(const void *p, size_t n)
{
	void *copy = xcalloc(1, n);

	if (n > 0)
		memcpy(copy, p, n);
	return copy;
}

char *xstrdup(const char *s)
{
	return xmemdup(s, strlen(s) + 1);
}

char *xstrndup(const char *s, size_t n)
{
	char *copy = xcalloc(1, n + 1);

	if (n > 0)
		memcpy(copy, s, n);
	return copy;
}

char *xvasprintf(const char *format, va_list args)
{
	char *text = NULL;

	return check(vasprintf(&text, format, args) < 0 ? NULL : text);
}

char *xasprintf(const char *format, ...)
{
	char *text;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

void text_autofree(char **p)
{
	free(*p);
}
