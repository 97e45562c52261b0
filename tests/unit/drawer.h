/* SPDX-License-Identifier: Apache-2.0 */
/* drawer.h: a folder of small files that a test makes. */
#ifndef TESTS_UNIT_DRAWER_H
#define TESTS_UNIT_DRAWER_H

#include <stddef.h>

struct drawer {
	char path[32];
};

void drawer_init(struct drawer *d);

/* Writes a file. */
void drawer_put(const struct drawer *d, const char *name, const char *text);
void drawer_put_bytes(const struct drawer *d, const char *name, const void *bytes, size_t n);

/* Its path; valid until the next call. */
const char *drawer_path(const struct drawer *d, const char *name);

/* Removes all. */
void drawer_done(struct drawer *d);

#endif
