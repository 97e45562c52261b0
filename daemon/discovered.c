/* SPDX-License-Identifier: Apache-2.0 */
/* discovered.c: see discovered.h. */
#include "daemon/discovered.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

struct entry {
	struct kubeobject object;
	bool named;           /* by the list under way */
	struct wall restored; /* ms 0: it was heard of */
};

struct shelf {
	struct entry **entries; /* owned; in order */
	size_t count;
	size_t size;
	size_t left_out;
	uint64_t number; /* of changes */
};

struct discovered {
	struct shelf shelves[KUBE_KIND_N];
};

struct discovered *discovered_new(void)
{
	return xcalloc(1, sizeof(struct discovered));
}

void discovered_free(struct discovered *d)
{
	if (d == NULL)
		return;
	for (size_t k = 0; k < KUBE_KIND_N; k++) {
		for (size_t i = 0; i < d->shelves[k].count; i++)
			free(d->shelves[k].entries[i]);
		free(d->shelves[k].entries);
	}
	free(d);
}

/* Where o is (*ret_there), or belongs. */
static size_t place(const struct shelf *s, const struct kubeobject *o, bool *ret_there)
{
	size_t low = 0;
	size_t high = s->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = kubeobject_compare(&s->entries[middle]->object, o);

		if (order == 0) {
			*ret_there = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_there = false;
	return low;
}

static struct entry *insert(struct shelf *s, size_t at, const struct kubeobject *o)
{
	struct entry *e = xcalloc(1, sizeof *e);

	e->object = *o;
	e->named = true;
	if (s->count == s->size) {
		s->size = s->size > 0 ? 2 * s->size : 16;
		s->entries = xreallocarray(s->entries, s->size, sizeof(struct entry *));
	}
	memmove(&s->entries[at + 1], &s->entries[at], (s->count - at) * sizeof(struct entry *));
	s->entries[at] = e;
	s->count++;
	s->number++;
	return e;
}

static void take_out(struct shelf *s, size_t at)
{
	free(s->entries[at]);
	s->count--;
	s->number++;
	memmove(&s->entries[at], &s->entries[at + 1], (s->count - at) * sizeof(struct entry *));
}

bool discovered_put(struct discovered *d, const struct kubeobject *o)
{
	struct shelf *s = &d->shelves[o->kind];
	bool there;
	size_t at = place(s, o, &there);
	struct entry *e;
	bool same, restored;

	if (!there && s->count == DISCOVERED_MAX) {
		s->left_out++;
		return false;
	}
	if (!there) {
		(void)insert(s, at, o);
		return true;
	}
	e = s->entries[at];
	same = kubeobject_same(&e->object, o);
	restored = e->restored.ms != 0;
	*e = (struct entry){ .object = *o, .named = true };
	s->number += !same;
	return !same || restored;
}

void discovered_restore(struct discovered *d, const struct kubeobject *o, struct wall heard)
{
	struct shelf *s = &d->shelves[o->kind];
	bool there;
	size_t at = place(s, o, &there);

	if (!there && s->count < DISCOVERED_MAX)
		insert(s, at, o)->restored = heard;
}

bool discovered_drop(struct discovered *d, const struct kubeobject *o)
{
	struct shelf *s = &d->shelves[o->kind];
	bool there;
	size_t at = place(s, o, &there);

	if (there)
		take_out(s, at);
	return there;
}

static bool belongs(const struct kubeobject *o, const struct kube_ref *provider)
{
	return provider == NULL || (strcmp(o->host.provider.name, provider->name) == 0 &&
				    strcmp(o->host.provider.namespace, provider->namespace) == 0);
}

void discovered_begin(struct discovered *d, enum kube_kind kind, const struct kube_ref *provider)
{
	struct shelf *s = &d->shelves[kind];

	s->left_out = 0;
	for (size_t i = 0; i < s->count; i++)
		if (belongs(&s->entries[i]->object, provider))
			s->entries[i]->named = false;
}

bool discovered_end(struct discovered *d, enum kube_kind kind, const struct kube_ref *provider)
{
	struct shelf *s = &d->shelves[kind];
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++)
		if (s->entries[i]->named || !belongs(&s->entries[i]->object, provider))
			s->entries[kept++] = s->entries[i];
		else
			free(s->entries[i]);
	if (kept == s->count)
		return false;
	s->count = kept;
	s->number++;
	return true;
}

size_t discovered_count(const struct discovered *d, enum kube_kind kind)
{
	return d->shelves[kind].count;
}

const struct kubeobject *discovered_get(const struct discovered *d, enum kube_kind kind, size_t i)
{
	return &d->shelves[kind].entries[i]->object;
}

struct wall discovered_restored(const struct discovered *d, const struct kubeobject *o)
{
	const struct shelf *s = &d->shelves[o->kind];
	bool there;
	size_t at = place(s, o, &there);

	return there ? s->entries[at]->restored : (struct wall){ 0 };
}

struct wall discovered_last_known(const struct discovered *d, enum kube_kind kind)
{
	const struct shelf *s = &d->shelves[kind];
	struct wall last = { 0 };

	for (size_t i = 0; i < s->count; i++)
		if (s->entries[i]->restored.ms > last.ms)
			last = s->entries[i]->restored;
	return last;
}

uint64_t discovered_number(const struct discovered *d, enum kube_kind kind)
{
	return d->shelves[kind].number;
}

const struct kubeobject *discovered_find(const struct discovered *d, enum kube_kind kind,
					 const struct kube_ref *ref)
{
	const struct shelf *s = &d->shelves[kind];
	struct kubeobject key = { .kind = kind, .ref = *ref };
	bool there;
	size_t at = place(s, &key, &there);

	return there ? &s->entries[at]->object : NULL;
}

size_t discovered_left_out(const struct discovered *d, enum kube_kind kind)
{
	return d->shelves[kind].left_out;
}
