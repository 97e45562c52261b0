/* SPDX-License-Identifier: Apache-2.0 */
/* err.c: see err.h. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool err_set(struct err *e, int code, const char *format, ...)
{
	va_list args;

	e->code = code;
	va_start(args, format);
	(void)vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	return false;
}

bool err_add(struct err *e, const char *format, ...)
{
	char old[sizeof e->text];
	va_list args;
	size_t len;

	memcpy(old, e->text, sizeof old);
	va_start(args, format);
	(void)vsnprintf(e->text, sizeof e->text, format, args);
	va_end(args);
	len = strlen(e->text);
	(void)snprintf(e->text + len, sizeof e->text - len, ": %s", old);
	return false;
}
