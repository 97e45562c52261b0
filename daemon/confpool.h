/* SPDX-License-Identifier: Apache-2.0 */
/* confpool.h: memory for the many small things of one configuration, freed all at once. */
#ifndef DAEMON_CONFPOOL_H
#define DAEMON_CONFPOOL_H

#include <stddef.h>

struct confpool;

struct confpool *confpool_new(void);

/* NULL is allowed. */
void confpool_free(struct confpool *p);

/* Zeroed, aligned for pointers, and alive as long as p. */
__attribute__((malloc, warn_unused_result, returns_nonnull)) void *
confpool_alloc(struct confpool *p, size_t bytes);

/* A copy of the text. */
__attribute__((malloc, warn_unused_result, returns_nonnull)) char *confpool_text(struct confpool *p,
										 const char *text);

#endif
