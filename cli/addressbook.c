/* SPDX-License-Identifier: Apache-2.0 */
/* addressbook.c: see addressbook.h. */
#include "cli/addressbook.h"

#include <stdlib.h>
#include <strings.h>

#include "base/mem.h"
#include "cli/loop.h"
#include "cli/options.h"
#include "probes/names.h"
#include "probes/prober.h"

enum { IN_LOOKUP = 32 };

/* Lookups under way; each knows its entry. */
struct asking {
	struct loop loop;
	struct addressbook *book; /* borrowed */
	const struct options *options;
	struct waiting *waiting; /* owned; one for each entry */
	size_t next;
	size_t under_way;
};

struct waiting {
	struct asking *asking;
	struct names_lookup *lookup;
	size_t entry;
};

void addressbook_add(struct addressbook *b, const char *name)
{
	if (b->count == b->size) {
		b->size = b->size > 0 ? b->size * 2 : 64;
		b->list = xreallocarray(b->list, b->size, sizeof *b->list);
	}
	b->list[b->count++] = (struct addressbook_entry){ .name = name };
}

static int by_name(const void *a, const void *b)
{
	const struct addressbook_entry *x = a;
	const struct addressbook_entry *y = b;

	return strcasecmp(x->name, y->name);
}

/* Sorts, each name once. */
static void settle(struct addressbook *b)
{
	size_t kept = 0;

	if (b->count > 0)
		qsort(b->list, b->count, sizeof *b->list, by_name);
	for (size_t i = 0; i < b->count; i++)
		if (kept == 0 || by_name(&b->list[kept - 1], &b->list[i]) != 0)
			b->list[kept++] = b->list[i];
	b->count = kept;
}

static void pump(struct asking *a);

static void on_names(void *owner, const struct names_result *result)
{
	struct waiting *w = owner;
	struct asking *a = w->asking;
	struct addressbook_entry *e = &a->book->list[w->entry];

	w->lookup = NULL;
	a->under_way--;
	e->reason = result->reason;
	if (result->count > 0) {
		e->addrs = xmemdup(result->addrs, result->count * sizeof *e->addrs);
		e->count = result->count;
	}
	pump(a);
}

static void pump(struct asking *a)
{
	while (a->next < a->book->count && a->under_way < IN_LOOKUP) {
		struct waiting *w = &a->waiting[a->next];

		*w = (struct waiting){ .asking = a, .entry = a->next };
		a->under_way++;
		w->lookup =
			names_start(prober_resolver(a->loop.prober), a->book->list[a->next++].name,
				    a->options->family, a->options->timeout, on_names, w);
	}
	if (a->next == a->book->count && a->under_way == 0)
		loop_stop(&a->loop);
}

bool addressbook_look_up(struct addressbook *b, const struct options *o, struct err *ret_err)
{
	struct asking a = { .book = b, .options = o };

	settle(b);
	if (b->count == 0)
		return true;
	if (!loop_init(&a.loop, o->resolver, ret_err))
		return false;
	a.waiting = xcalloc(b->count, sizeof *a.waiting);
	pump(&a);
	loop_run(&a.loop);
	for (size_t i = 0; i < a.next; i++)
		names_cancel(a.waiting[i].lookup);
	b->interrupted = a.loop.interrupted;
	loop_done(&a.loop);
	free(a.waiting);
	return true;
}

const struct addressbook_entry *addressbook_find(const struct addressbook *b, const char *name)
{
	struct addressbook_entry wanted = { .name = name };

	return b->count > 0 ? bsearch(&wanted, b->list, b->count, sizeof *b->list, by_name) : NULL;
}

void addressbook_done(struct addressbook *b)
{
	for (size_t i = 0; i < b->count; i++)
		free(b->list[i].addrs);
	free(b->list);
	*b = (struct addressbook){ 0 };
}
