/* SPDX-License-Identifier: Apache-2.0 */
/* digest.c: see digest.h. */
#include "daemon/digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "inventory/inventory.h"

struct said {
	struct ruling ruling;
	char *memory; /* owned: its texts */
};

struct digest {
	struct said *list; /* owned */
	size_t count, size, most;
};

struct digest *digest_new(size_t most)
{
	struct digest *d = xcalloc(1, sizeof *d);

	d->most = most;
	return d;
}

void digest_free(struct digest *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->count; i++)
		free(d->list[i].memory);
	free(d->list);
	free(d);
}

/* How much of text is kept: no character is cut in two. */
static size_t kept_bytes(const char *text, size_t most)
{
	size_t len = strnlen(text, most + 1);

	if (len <= most)
		return len;
	len = most;
	while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
		len--;
	return len;
}

bool digest_add(struct digest *d, const struct ruling *r)
{
	const char *texts[] = { r->kind, r->id, r->name, r->plan, r->message };
	const char *copies[5];
	size_t lens[5];
	size_t size = 0;
	char *memory, *at;

	if (d->count == d->most)
		return false;
	for (size_t i = 0; i < 5; i++) {
		texts[i] = texts[i] != NULL ? texts[i] : "";
		lens[i] = kept_bytes(texts[i], i < 4 ? DIGEST_NAME_BYTES : DIGEST_MESSAGE_BYTES);
		size += lens[i] + 1;
	}
	memory = at = xcalloc(1, size);
	for (size_t i = 0; i < 5; i++) {
		memcpy(at, texts[i], lens[i]);
		copies[i] = at;
		at += lens[i] + 1;
	}
	if (d->count == d->size) {
		d->size = d->size > 0 ? d->size * 2 : 256;
		d->list = xreallocarray(d->list, d->size, sizeof *d->list);
	}
	d->list[d->count++] = (struct said){ .ruling = { .rule = r->rule,
							 .unknown = r->unknown,
							 .kind = copies[0],
							 .id = copies[1],
							 .name = copies[2],
							 .plan = copies[3],
							 .message = copies[4] },
					     .memory = memory };
	return true;
}

static int compare_identities(const struct ruling *a, const struct ruling *b)
{
	int way = a->rule != b->rule ? strcmp(a->rule->id, b->rule->id) : 0;

	if (way == 0)
		way = (int)a->unknown - (int)b->unknown;
	if (way == 0)
		way = strcmp(a->kind, b->kind);
	if (way == 0)
		way = strcmp(a->id, b->id);
	if (way == 0)
		way = strcmp(a->name, b->name);
	return way != 0 ? way : strcmp(a->plan, b->plan);
}

static int compare(const void *a, const void *b)
{
	const struct ruling *x = &((const struct said *)a)->ruling;
	const struct ruling *y = &((const struct said *)b)->ruling;
	int way = compare_identities(x, y);

	return way != 0 ? way : strcmp(x->message, y->message);
}

/* All that is said of one object, as far as there is room. */
static void tell_group(const struct said *group, size_t count, digest_fn *fn, void *owner)
{
	struct ruling one = group[0].ruling;
	struct buf all;
	size_t more = 0;

	if (count == 1) {
		fn(owner, &one);
		return;
	}
	buf_init(&all, 2 * (size_t)DIGEST_MESSAGE_BYTES);
	buf_puts(&all, one.message);
	for (size_t i = 1; i < count; i++) {
		const char *message = group[i].ruling.message;

		if (strcmp(message, group[i - 1].ruling.message) == 0)
			continue;
		if (all.len + strlen(message) > DIGEST_MESSAGE_BYTES)
			more++;
		else
			buf_printf(&all, "; %s", message);
	}
	if (more > 0)
		buf_printf(&all, "; and %zu more", more);
	one.message = buf_text(&all);
	fn(owner, &one);
	buf_done(&all);
}

void digest_tell(struct digest *d, digest_fn *fn, void *owner)
{
	size_t end;

	if (d->count > 0)
		qsort(d->list, d->count, sizeof *d->list, compare);
	for (size_t i = 0; i < d->count; i = end) {
		end = i + 1;
		while (end < d->count &&
		       compare_identities(&d->list[i].ruling, &d->list[end].ruling) == 0)
			end++;
		tell_group(&d->list[i], end - i, fn, owner);
	}
}
