/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.c: see sheet.h. */
#include "cli/sheet.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "cli/addressbook.h"
#include "cli/hosts.h"
#include "cli/plan.h"
#include "cli/sources.h"

/* The addresses of a name: those that are listed, else itself, else what DNS said, else an empty one. */
struct addresses {
	const struct addr *list;
	size_t count;
	struct addr own;
};

static void find_addresses(const char *name, const struct addr *listed, size_t count,
			   const struct addressbook *book, struct addresses *ret)
{
	const struct addressbook_entry *e = addressbook_find(book, name);

	*ret = (struct addresses){ .list = listed, .count = count };
	if (count > 0)
		return;
	if (e != NULL && e->count > 0) {
		ret->list = e->addrs;
		ret->count = e->count;
		return;
	}
	if (!addr_parse(name, 0, &ret->own))
		ret->own = (struct addr){ 0 };
	ret->list = &ret->own;
	ret->count = 1;
}

/* What tells a place: its address, or where none is known its name.  Owned. */
static char *key_of(const char *name, const struct addr *address, uint16_t port)
{
	char text[ADDR_TEXT_SIZE];

	addr_format(address, text);
	return xasprintf("%s %u", text[0] != '\0' ? text : name, (unsigned)port);
}

/* Something that may be there twice. */
struct entry {
	char *key; /* owned */
	size_t order;
	struct sheet_source source;
	struct sheet_need need;
};

struct entries {
	struct entry *list; /* owned */
	size_t count;
	size_t size; /* allocated */
};

static struct entry *add_entry(struct entries *e, const char *name, const struct addr *address,
			       uint16_t port)
{
	if (e->count == e->size) {
		e->size = e->size > 0 ? e->size * 2 : 64;
		e->list = xreallocarray(e->list, e->size, sizeof *e->list);
	}
	e->list[e->count] = (struct entry){ .key = key_of(name, address, port), .order = e->count };
	return &e->list[e->count++];
}

static int by_order(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

static int by_key(const void *a, const void *b)
{
	const struct entry *x = a;
	const struct entry *y = b;
	int order = strcasecmp(x->key, y->key);

	return order != 0 ? order : by_order(a, b);
}

/* Appends to a text what it does not have yet. */
static void join(char **text, const char *more)
{
	char *joined;

	if (more[0] == '\0' || strstr(*text, more) != NULL)
		return;
	joined = xasprintf("%s%s%s", *text, (*text)[0] != '\0' ? "; " : "", more);
	free(*text);
	*text = joined;
}

static void merge_need(struct sheet_need *into, struct sheet_need *n)
{
	if (n->purpose == NULL)
		return;
	into->blocker = into->blocker || n->blocker;
	join(&into->purpose, n->purpose);
	join(&into->requirement, n->requirement);
	free(n->purpose);
	free(n->requirement);
}

/* Each once, in the order in which they came. */
static void fold(struct entries *e)
{
	size_t kept = 0;

	if (e->count == 0)
		return;
	qsort(e->list, e->count, sizeof *e->list, by_key);
	for (size_t i = 0; i < e->count; i++) {
		if (kept > 0 && strcasecmp(e->list[kept - 1].key, e->list[i].key) == 0) {
			merge_need(&e->list[kept - 1].need, &e->list[i].need);
			free(e->list[i].key);
		} else {
			e->list[kept++] = e->list[i];
		}
	}
	e->count = kept;
	qsort(e->list, e->count, sizeof *e->list, by_order);
}

static void entries_done(struct entries *e)
{
	for (size_t i = 0; i < e->count; i++)
		free(e->list[i].key);
	free(e->list);
}

/* ---- sources */

static void find_sources(const struct sources *sources, const struct addressbook *book,
			 struct sheet *s)
{
	struct entries e = { 0 };
	struct addresses a;

	for (size_t i = 0; i < sources->count; i++) {
		const struct source *from = &sources->list[i];

		find_addresses(from->name, from->addrs, from->addr_count, book, &a);
		for (size_t k = 0; k < a.count; k++)
			add_entry(&e, from->name, &a.list[k], 0)->source =
				(struct sheet_source){ from->name, a.list[k] };
	}
	fold(&e);
	s->sources = xcalloc(e.count + 1, sizeof *s->sources);
	for (; s->source_count < e.count; s->source_count++)
		s->sources[s->source_count] = e.list[s->source_count].source;
	entries_done(&e);
}

/* ---- needs */

static char *requirement_of(const struct port_rule *r)
{
	if (r->until[0] != '\0')
		return xasprintf("%s, %s to %s", r->document, r->since, r->until);
	return xasprintf("%s, since %s", r->document, r->since);
}

static void add_needs(struct entries *e, const char *name, const struct addr *address,
		      const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct port_rule *r = plan->items[i].rule;
		struct sheet_need *n = &add_entry(e, name, address, plan->items[i].port)->need;

		n->name = name;
		n->address = *address;
		n->port = plan->items[i].port;
		n->blocker = r != NULL && strcmp(r->severity, "blocker") == 0;
		n->purpose = xstrdup(r != NULL ? r->purpose : "");
		n->requirement = r != NULL ? requirement_of(r) : xstrdup("");
	}
}

static void find_needs(const struct hosts *hosts, const struct plan *plans,
		       const struct addressbook *book, struct sheet *s)
{
	struct entries e = { 0 };
	struct addresses a;

	for (size_t i = 0; i < hosts->count; i++) {
		find_addresses(hosts->host[i].name, NULL, 0, book, &a);
		for (size_t k = 0; k < a.count; k++)
			add_needs(&e, hosts->host[i].name, &a.list[k], &plans[i]);
	}
	fold(&e);
	s->needs = xcalloc(e.count + 1, sizeof *s->needs);
	for (; s->need_count < e.count; s->need_count++)
		s->needs[s->need_count] = e.list[s->need_count].need;
	entries_done(&e);
}

/* ---- all */

void sheet_make(const struct sources *sources, const struct hosts *hosts, const struct plan *plans,
		const struct addressbook *book, struct sheet *ret_sheet)
{
	struct sheet s = { 0 };

	find_sources(sources, book, &s);
	find_needs(hosts, plans, book, &s);
	*ret_sheet = s;
}

bool sheet_row(const struct sheet_source *from, const struct sheet_need *to)
{
	if (!addr_present(&from->address) || !addr_present(&to->address))
		return strcasecmp(from->name, to->name) != 0;
	return addr_family(&from->address) == addr_family(&to->address) &&
	       !addr_same_host(&from->address, &to->address);
}

size_t sheet_rows(const struct sheet *s)
{
	size_t rows = 0;

	for (size_t i = 0; i < s->source_count; i++)
		for (size_t k = 0; k < s->need_count; k++)
			rows += sheet_row(&s->sources[i], &s->needs[k]);
	return rows;
}

void sheet_done(struct sheet *s)
{
	for (size_t i = 0; i < s->need_count; i++) {
		free(s->needs[i].purpose);
		free(s->needs[i].requirement);
	}
	free(s->needs);
	free(s->sources);
	*s = (struct sheet){ 0 };
}
