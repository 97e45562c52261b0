/* SPDX-License-Identifier: Apache-2.0 */
/* xmltree.c: see xmltree.h. */
#include "inventory/xmltree.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "inventory/escape.h"

enum {
	OBJECT_BYTES = 64 * 1024 * 1024,
	NAME_BYTES = 1024,
	MEMBER_COUNT = 1024 * 1024,
	KEPT_BYTES = 64 * 1024,
};

void xmltree_init(struct xmltree *t)
{
	t->depth = 0;
	t->held = 0;
	for (size_t i = 0; i < ARRAY_LEN(t->levels); i++) {
		struct xmltree_level *l = &t->levels[i];

		buf_init(&l->name, NAME_BYTES);
		buf_init(&l->names, OBJECT_BYTES);
		buf_init(&l->values, OBJECT_BYTES);
		buf_init(&l->text, OBJECT_BYTES);
		l->members = NULL;
		l->count = l->size = 0;
	}
}

void xmltree_done(struct xmltree *t)
{
	for (size_t i = 0; i < ARRAY_LEN(t->levels); i++) {
		struct xmltree_level *l = &t->levels[i];

		buf_done(&l->name);
		buf_done(&l->names);
		buf_done(&l->values);
		buf_done(&l->text);
		free(l->members);
	}
}

static struct xmltree_level *innermost(struct xmltree *t)
{
	MUST(t->depth > 0);
	return &t->levels[t->depth - 1];
}

static size_t bytes_of(const struct xmltree_level *l)
{
	return l->names.len + l->values.len + l->text.len + l->count * sizeof *l->members;
}

static bool fits(const struct xmltree *t, const struct xmltree_level *l)
{
	return t->held <= OBJECT_BYTES && l->count <= MEMBER_COUNT && !buf_overflowed(&l->name) &&
	       !buf_overflowed(&l->names) && !buf_overflowed(&l->values) &&
	       !buf_overflowed(&l->text);
}

/* A member whose value is appended to l->values next. */
static void add_member(struct xmltree_level *l, const char *name)
{
	if (l->count > MEMBER_COUNT)
		return;
	if (l->count == l->size) {
		l->size = l->size > 0 ? l->size * 2 : 16;
		l->members = xreallocarray(l->members, l->size, sizeof *l->members);
	}
	l->members[l->count++] =
		(struct xmltree_member){ .name_at = l->names.len, .at = l->values.len };
	buf_put(&l->names, name, strlen(name) + 1);
}

/* The member's value is there. */
static void end_member(struct xmltree_level *l)
{
	struct xmltree_member *m = &l->members[l->count - 1];

	m->len = l->values.len - m->at;
}

bool xmltree_open(struct xmltree *t, const char *name, const char **attributes)
{
	struct xmltree_level *l;

	MUST(t->depth < XMLSAFE_DEPTH);
	l = &t->levels[t->depth++];
	buf_clear(&l->name);
	buf_clear(&l->names);
	buf_clear(&l->values);
	buf_clear(&l->text);
	l->count = 0;
	buf_puts(&l->name, name);
	for (; attributes[0] != NULL; attributes += 2) {
		add_member(l, attributes[0]);
		escape_put(&l->values, attributes[1], strlen(attributes[1]));
		end_member(l);
	}
	t->held += bytes_of(l);
	return fits(t, l);
}

bool xmltree_text(struct xmltree *t, const char *text, size_t n)
{
	struct xmltree_level *l = innermost(t);

	buf_put(&l->text, text, n);
	t->held += n;
	return fits(t, l);
}

bool xmltree_is_plural(const char *plural, const char *name)
{
	size_t n = strlen(name);
	char last = n > 0 ? name[n - 1] : '\0';
	const char *rest = plural + n;

	if (n == 0 || strncmp(plural, name, n - 1) != 0)
		return false;
	if (last == 'y' && strcmp(plural + n - 1, "ies") == 0)
		return true;
	if (plural[n - 1] != last)
		return false;
	return strcmp(rest, "s") == 0 ||
	       (strcmp(rest, "es") == 0 &&
		(last == 's' || last == 'x' || (last == 'h' && n > 1 && name[n - 2] == 'c')));
}

/* ---- an element's value */

/* By name, then as they came: their values are in that order. */
static int compare_names(const void *a, const void *b)
{
	const struct xmltree_member *x = a;
	const struct xmltree_member *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

/* By where the first of each name stood. */
static int compare_places(const void *a, const void *b)
{
	const struct xmltree_member *x = a;
	const struct xmltree_member *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

/* Appends the values of the n members, all of one name. */
static void put_member(const struct xmltree_level *l, const struct xmltree_member *m, size_t n,
		       struct buf *out)
{
	bool array = n > 1 || xmltree_is_plural(buf_text(&l->name), m->name);

	escape_put(out, m->name, strlen(m->name));
	buf_puts(out, array ? ":[" : ":");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(out, ",");
		buf_put(out, l->values.data + m[i].at, m[i].len);
	}
	if (array)
		buf_puts(out, "]");
}

struct group {
	struct xmltree_member first;
	size_t from;
	size_t n;
};

/* Sorts the members by name; what is of one name is a group. */
static size_t make_groups(struct xmltree_level *l, struct group *groups)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		l->members[i].name = l->names.data + l->members[i].name_at;
	qsort(l->members, l->count, sizeof *l->members, compare_names);
	for (size_t i = 0; i < l->count; i++) {
		if (n > 0 && strcmp(groups[n - 1].first.name, l->members[i].name) == 0)
			groups[n - 1].n++;
		else
			groups[n++] = (struct group){ l->members[i], i, 1 };
	}
	qsort(groups, n, sizeof *groups, compare_places);
	return n;
}

static void put_object(struct xmltree_level *l, struct buf *out)
{
	struct group *groups = xcalloc(l->count, sizeof *groups);
	size_t n = make_groups(l, groups);

	buf_puts(out, "{");
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(out, ",");
		put_member(l, l->members + groups[i].from, groups[i].n, out);
	}
	buf_puts(out, "}");
	free(groups);
}

static bool is_blank(const struct buf *text)
{
	const char *at = buf_text(text);

	return at[strspn(at, " \t\r\n")] == '\0';
}

/* A hundred levels shall not each keep what one of them once needed. */
static void shrink(struct xmltree_level *l)
{
	struct buf *const all[] = { &l->names, &l->values, &l->text };

	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i]->size > KEPT_BYTES)
			buf_done(all[i]);
	if (l->size * sizeof *l->members > KEPT_BYTES) {
		free(l->members);
		l->members = NULL;
		l->count = l->size = 0;
	}
}

bool xmltree_close_into(struct xmltree *t, struct buf *out)
{
	struct xmltree_level *l = innermost(t);
	bool ok = fits(t, l);

	t->held -= bytes_of(l);
	if (ok && l->count > 0 && !is_blank(&l->text)) {
		add_member(l, "content");
		escape_put(&l->values, l->text.data, l->text.len);
		end_member(l);
		ok = fits(t, l);
	}
	if (ok && l->count > 0)
		put_object(l, out);
	else if (ok)
		escape_put(out, buf_text(&l->text), l->text.len);
	shrink(l);
	t->depth--;
	return ok && !buf_overflowed(out);
}

bool xmltree_close(struct xmltree *t)
{
	struct xmltree_level *around;
	size_t before;
	bool ok;

	MUST(t->depth > 1);
	around = &t->levels[t->depth - 2];
	before = bytes_of(around);
	add_member(around, t->levels[t->depth - 1].name.data);
	ok = xmltree_close_into(t, &around->values);
	end_member(around);
	t->held += bytes_of(around) - before;
	return ok && fits(t, around);
}
