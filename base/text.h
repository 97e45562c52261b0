/* SPDX-License-Identifier: Apache-2.0 */
/* text.h: outside bytes made fit to be shown. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Copies len bytes into a field of size bytes, cut between characters and ended with
 * NUL.  What is neither printable ASCII nor well-formed UTF-8, or would turn or break the
 * line that it is shown in, becomes "?".
 */
void text_set(char *field, size_t size, const char *text, size_t len);

/*
 * The bytes of the character that text, of len > 0 bytes, begins with, and whether it is fit to
 * be shown as text_set() has it.
 */
size_t text_next(const char *text, size_t len, bool *ret_fit);

/* The same as text_set() with what format makes; the arguments may be outside text. */
__attribute__((format(printf, 3, 4))) void text_printf(char *field, size_t size, const char *format,
						       ...);

#endif
