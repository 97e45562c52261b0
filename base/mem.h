/* SPDX-License-Identifier: Apache-2.0 */
/* mem.h: memory that is always there (out of memory aborts) and scoped locals. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

__attribute__((malloc, warn_unused_result, returns_nonnull)) void *xcalloc(size_t n, size_t size);

/* Resizes p to n elements of size; the grown part is not cleared.  p may be NULL. */
__attribute__((warn_unused_result, returns_nonnull)) void *xreallocarray(void *p, size_t n,
									 size_t size);

__attribute__((malloc, warn_unused_result, returns_nonnull, nonnull)) char *xstrdup(const char *s);

/* Copies the first n bytes of s and ends them with NUL. */
__attribute__((malloc, warn_unused_result, returns_nonnull)) char *xstrndup(const char *s,
									    size_t n);

__attribute__((malloc, warn_unused_result, returns_nonnull)) void *xmemdup(const void *p, size_t n);

__attribute__((format(printf, 1, 0), warn_unused_result, returns_nonnull)) char *
xvasprintf(const char *format, va_list args);
__attribute__((format(printf, 1, 2), warn_unused_result, returns_nonnull)) char *
xasprintf(const char *format, ...);

/*
 * AUTO(type) on a local's declaration runs type##_autofree(&local) when it goes
 * out of scope.  Never together with goto in one function.
 */
#define AUTO(type) __attribute__((cleanup(type##_autofree)))

void text_autofree(char **p);

#endif
