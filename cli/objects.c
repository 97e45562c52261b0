/* SPDX-License-Identifier: Apache-2.0 */
/* objects.c: see objects.h. */
#include "cli/objects.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

enum { SLOTS_MIN = 256 };

static const char *given(const char *text)
{
	return text != NULL ? text : "";
}

/* FNV-1a, the text's NUL included. */
static uint64_t hash(uint64_t h, const char *text)
{
	for (;; text++) {
		h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
		if (*text == '\0')
			return h;
	}
}

static uint64_t hash_of(const char *kind, const char *id, const char *name)
{
	return hash(hash(hash(UINT64_C(0xcbf29ce484222325), kind), id), name);
}

/* The slot of the object, or the free one where it belongs. */
static uint32_t *slot_of(const struct objects *r, const char *kind, const char *id,
			 const char *name)
{
	size_t i = (size_t)hash_of(kind, id, name) & (r->slot_count - 1);

	for (;; i = (i + 1) & (r->slot_count - 1)) {
		const struct object *e = &r->list[r->slots[i] - 1];

		if (r->slots[i] == 0 || (strcmp(e->id, id) == 0 && strcmp(e->name, name) == 0 &&
					 strcmp(e->kind, kind) == 0))
			return &r->slots[i];
	}
}

/* Keeps half of the slots free. */
static void make_room(struct objects *r)
{
	if (r->count == r->size) {
		r->size = r->size > 0 ? r->size * 2 : 64;
		r->list = xreallocarray(r->list, r->size, sizeof *r->list);
	}
	if ((r->count + 1) * 2 <= r->slot_count)
		return;
	free(r->slots);
	r->slot_count = r->slot_count > 0 ? r->slot_count * 2 : SLOTS_MIN;
	r->slots = xcalloc(r->slot_count, sizeof *r->slots);
	for (size_t i = 0; i < r->count; i++) {
		const struct object *e = &r->list[i];

		*slot_of(r, e->kind, e->id, e->name) = (uint32_t)i + 1;
	}
}

static struct object *entry_of(struct objects *r, const struct ruling *f)
{
	const char *kind = given(f->kind);
	const char *id = given(f->id);
	const char *name = given(f->name);
	uint32_t *slot;

	make_room(r);
	slot = slot_of(r, kind, id, name);
	if (*slot == 0) {
		MUST(r->count < UINT32_MAX);
		r->list[r->count++] = (struct object){ .kind = xstrdup(kind),
						       .id = xstrdup(id),
						       .name = xstrdup(name) };
		*slot = (uint32_t)r->count;
	}
	return &r->list[*slot - 1];
}

void objects_add(struct objects *r, const struct ruling *f, size_t place)
{
	struct object *e = entry_of(r, f);

	(f->unknown ? e->unknown : e->failed)[f->rule->severity] = true;
	for (size_t i = 0; i < e->count; i++)
		if (e->mentions[i].rule == place && e->mentions[i].unknown == f->unknown)
			return;
	if (e->count == e->size) {
		e->size = e->size > 0 ? e->size * 2 : 4;
		e->mentions = xreallocarray(e->mentions, e->size, sizeof *e->mentions);
	}
	e->mentions[e->count++] =
		(struct object_mention){ .rule = (uint32_t)place, .unknown = f->unknown };
}

/* Above is worse. */
static int badness(const struct object *e)
{
	if (e->failed[RULE_BLOCKER])
		return 4;
	if (e->unknown[RULE_BLOCKER])
		return 3;
	if (e->failed[RULE_WARNING])
		return 2;
	return e->unknown[RULE_WARNING] ? 1 : 0;
}

static int compare(const void *a, const void *b)
{
	const struct object *x = a;
	const struct object *y = b;
	int order = badness(y) - badness(x);

	if (order == 0)
		order = strcmp(x->kind, y->kind);
	if (order == 0)
		order = strcmp(x->name, y->name);
	return order != 0 ? order : strcmp(x->id, y->id);
}

void objects_sort(struct objects *r)
{
	if (r->count > 0)
		qsort(r->list, r->count, sizeof *r->list, compare);
}

const char *objects_state(const struct object *e)
{
	if (e->failed[RULE_BLOCKER])
		return "blocked";
	return e->unknown[RULE_BLOCKER] ? "undetermined" : "ready";
}

void objects_done(struct objects *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->list[i].kind);
		free(r->list[i].id);
		free(r->list[i].name);
		free(r->list[i].mentions);
	}
	free(r->list);
	free(r->slots);
	*r = (struct objects){ 0 };
}
