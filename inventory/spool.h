/* SPDX-License-Identifier: Apache-2.0 */
/* spool.h: a file's bytes kept until all are there, for libraries that want to seek or to pull. */
#ifndef INVENTORY_SPOOL_H
#define INVENTORY_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct spool {
	int fd; /* of a file without a name, in TMPDIR or /tmp; -1: nothing was put */
	uint64_t bytes;
	uint64_t cap;
};

void spool_init(struct spool *s, uint64_t cap);
void spool_done(struct spool *s);

/* Appends; fails beyond the cap. */
bool spool_put(struct spool *s, const char *bytes, size_t n, struct err *ret_err);

/* Lets s->fd be read from its beginning. */
bool spool_rewind(struct spool *s, struct err *ret_err);

#endif
