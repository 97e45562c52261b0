/* SPDX-License-Identifier: Apache-2.0 */
/* hashset.h: a set of pointers to what stays where it is, for a number known beforehand. */
#ifndef BASE_HASHSET_H
#define BASE_HASHSET_H

#include <stddef.h>
#include <stdint.h>

struct hashset {
	const void **slots; /* owned */
	size_t mask;
};

/* With room for that many. */
void hashset_init(struct hashset *h, size_t most);
void hashset_done(struct hashset *h);

typedef int hashset_compare_fn(const void *a, const void *b);

/*
 * The slot of what equals key, which has that hash; NULL in it: it is not there, and may be put
 * there.  Alive until the next call.
 */
const void **hashset_slot(struct hashset *h, const void *key, uint64_t hash,
			  hashset_compare_fn *compare);

#endif
