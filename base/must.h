/* SPDX-License-Identifier: Apache-2.0 */
/* must.h: assertions about our own code.  Always compiled in, never about outside data. */
#ifndef BASE_MUST_H
#define BASE_MUST_H

#include <stddef.h>

__attribute__((noreturn)) void must_fail(const char *file, int line, const char *expr);

/* Aborts with file, line and expression when cond does not hold: a bug of ours. */
#define MUST(cond) ((cond) ? (void)0 : must_fail(__FILE__, __LINE__, #cond))

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
