/* SPDX-License-Identifier: Apache-2.0 */
/* lastknown.c: see lastknown.h. */
#include "daemon/lastknown.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "daemon/discovered.h"
#include "daemon/kuberow.h"
#include "daemon/store.h"

/* That nothing has changed is not worth a row more often. */
enum { HEARD_MS = 300000 };

/* Objects, written in one go: thousands would hold the loop up. */
enum { STEP = 100 };

/* Of one kind. */
struct shelf {
	char *source;  /* owned; of objects */
	char *objects; /* owned; NULL: nothing is to be restored */
	struct wall heard;
	bool kept;
	bool too_much;       /* that was said */
	uint64_t number;     /* of the set when it was kept */
	struct wall kept_at; /* heard then */
	bool writing;        /* it is under way: */
	struct buf text;
	size_t written; /* objects */
};

struct lastknown {
	struct discovered *set; /* borrowed */
	struct store *store;    /* borrowed; NULL: none */
	struct shelf shelves[KUBE_KIND_N];
};

static void copy(struct lastknown *l, const struct store_past_discovered *p)
{
	for (int k = 0; k < KUBE_KIND_N; k++) {
		struct shelf *s = &l->shelves[k];

		if (strcmp(p->kind, kube_kind_name((enum kube_kind)k)) != 0 || s->source != NULL ||
		    p->objects == NULL)
			continue;
		s->source = xstrdup(p->source);
		s->objects = xstrdup(p->objects);
		s->heard = p->heard;
	}
}

struct lastknown *lastknown_new(struct discovered *set, struct store *store,
				const struct store_pasts *pasts)
{
	struct lastknown *l = xcalloc(1, sizeof *l);

	for (int k = 0; k < KUBE_KIND_N; k++)
		buf_init(&l->shelves[k].text, STORE_DISCOVERED_BYTES);
	l->set = set;
	l->store = store;
	for (size_t i = 0; i < pasts->discovered_count; i++)
		copy(l, &pasts->discovered[i]);
	return l;
}

static void forget(struct shelf *s)
{
	free(s->source);
	free(s->objects);
	s->source = s->objects = NULL;
}

static void abandon(struct shelf *s)
{
	forget(s);
	buf_done(&s->text);
}

void lastknown_free(struct lastknown *l)
{
	if (l == NULL)
		return;
	for (int k = 0; k < KUBE_KIND_N; k++)
		abandon(&l->shelves[k]);
	free(l);
}

size_t lastknown_restore(struct lastknown *l, enum kube_kind kind, const char *source)
{
	struct shelf *s = &l->shelves[kind];
	size_t before = discovered_count(l->set, kind);
	char at[WHEN_TEXT_SIZE];
	size_t count;

	/* Of this source nothing is kept yet, nor is what was being written. */
	s->kept = s->writing = false;
	buf_done(&s->text);
	if (s->objects == NULL || strcmp(s->source, source) != 0) {
		forget(s);
		return 0;
	}
	if (!kuberow_read(kind, s->objects, s->heard, l->set))
		log_warn("what was known of each %s cannot be read, continuing without it",
			 kube_kind_name(kind));
	forget(s);
	count = discovered_count(l->set, kind) - before;
	when_format(s->heard, at);
	if (count > 0)
		log_notice("last known, until the Kubernetes API tells: kind=%s count=%zu of=%s",
			   kube_kind_name(kind), count, at);
	return count;
}

/* objects NULL: they are as they were. */
static void put(struct lastknown *l, enum kube_kind kind, const char *source, struct wall heard,
		const char *objects)
{
	(void)store_put_discovered(l->store,
				   &(struct store_discovered){ .kind = kube_kind_name(kind),
							       .source = source,
							       .heard = heard,
							       .objects = objects });
	l->shelves[kind].kept_at = heard;
}

static void begin(struct shelf *s, uint64_t number)
{
	s->kept = s->writing = true;
	s->number = number;
	s->written = 0;
}

static bool write_on(struct lastknown *l, enum kube_kind kind, const char *source,
		     struct wall heard)
{
	struct shelf *s = &l->shelves[kind];
	bool too_much;

	if (!kuberow_put(l->set, kind, STEP, &s->written, &s->text))
		return false;
	s->writing = false;
	too_much = buf_overflowed(&s->text);
	if (!too_much)
		put(l, kind, source, heard, buf_text(&s->text));
	else if (!s->too_much)
		log_warn("too much is known of each %s to be kept over a restart, continuing",
			 kube_kind_name(kind));
	s->too_much = too_much;
	buf_done(&s->text);
	return true;
}

bool lastknown_keep(struct lastknown *l, enum kube_kind kind, const char *source, struct wall heard)
{
	struct shelf *s = &l->shelves[kind];
	uint64_t number = discovered_number(l->set, kind);

	if (l->store == NULL)
		return true;
	if (s->writing)
		return write_on(l, kind, source, heard);
	if (!s->kept || s->number != number) {
		begin(s, number);
		return write_on(l, kind, source, heard);
	}
	if (heard.ms - s->kept_at.ms >= HEARD_MS)
		put(l, kind, source, heard, NULL);
	return true;
}

void lastknown_fresh(struct lastknown *l)
{
	for (int k = 0; k < KUBE_KIND_N; k++)
		l->shelves[k].kept = false;
}
