/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys.h: texts, each once, in natural order ("n2" before "n10").
 *
 *	keys_add(&k, text, place);          // any number of times; text is borrowed
 *	keys_sort(&k);                      // of a text that came twice the least place stays
 *	if (keys_find(&k, text, &i))        // k.keys[i]
 *	keys_done(&k);
 */
#ifndef CLI_KEYS_H
#define CLI_KEYS_H

#include <stdbool.h>
#include <stddef.h>

struct key {
	const char *text;
	size_t place;
};

/* Zeroed: of nothing. */
struct keys {
	struct key *keys; /* owned */
	size_t count;
	size_t size; /* allocated */
};

/* "" is no key. */
void keys_add(struct keys *k, const char *text, size_t place);

void keys_sort(struct keys *k);
bool keys_find(const struct keys *k, const char *text, size_t *ret_index);
void keys_done(struct keys *k);

#endif
