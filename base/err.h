/* SPDX-License-Identifier: Apache-2.0 */
/* err.h: a failure that a person will read; each layer puts its context in front. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include <stdbool.h>

struct err {
	int code; /* an errno value, or 0 when none applies */
	char text[320];
};

/* Sets e and returns false, so that a caller can write: return err_set(e, EINVAL, "…"). */
__attribute__((format(printf, 3, 4))) bool err_set(struct err *e, int code, const char *format,
						   ...);

/* Puts "context: " in front of the text; a text too long is cut at its end.  Returns false. */
__attribute__((format(printf, 2, 3))) bool err_add(struct err *e, const char *format, ...);

#endif
