/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c: see keys.h. */
#include "cli/keys.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void keys_add(struct keys *k, const char *text, size_t place)
{
	if (text[0] == '\0')
		return;
	if (k->count == k->size) {
		k->size = k->size > 0 ? k->size * 2 : 64;
		k->keys = xreallocarray(k->keys, k->size, sizeof *k->keys);
	}
	k->keys[k->count++] = (struct key){ .text = text, .place = place };
}

static int by_text(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;

	return strverscmp(x->text, y->text);
}

static int by_text_and_place(const void *a, const void *b)
{
	const struct key *x = a;
	const struct key *y = b;
	int order = by_text(a, b);

	return order != 0 ? order : (x->place > y->place) - (x->place < y->place);
}

void keys_sort(struct keys *k)
{
	size_t kept = 0;

	if (k->count > 0)
		qsort(k->keys, k->count, sizeof *k->keys, by_text_and_place);
	for (size_t i = 0; i < k->count; i++)
		if (kept == 0 || strcmp(k->keys[kept - 1].text, k->keys[i].text) != 0)
			k->keys[kept++] = k->keys[i];
	k->count = kept;
}

bool keys_find(const struct keys *k, const char *text, size_t *ret_index)
{
	struct key wanted = { .text = text };
	const struct key *found;

	if (k->count == 0)
		return false;
	found = bsearch(&wanted, k->keys, k->count, sizeof *k->keys, by_text);
	if (found == NULL)
		return false;
	*ret_index = (size_t)(found - k->keys);
	return true;
}

void keys_done(struct keys *k)
{
	free(k->keys);
	*k = (struct keys){ 0 };
}
