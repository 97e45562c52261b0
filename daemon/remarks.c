/* SPDX-License-Identifier: Apache-2.0 */
/* remarks.c: see remarks.h. */
#include "daemon/remarks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

enum { TEXTS = 6 };

/* Of one of the set in force: what the next set makes of it. */
enum fate { FATE_ENDED, FATE_SHARED, FATE_REPLACED };

struct pile {
	struct remark **list; /* owned array */
	size_t count, size;
};

struct remarks {
	struct pile now;
	struct pile next; /* FATE_SHARED ones are those of now */
	uint8_t *fates;   /* of now, while a next one is begun; owned */
	bool *shared;     /* of next; owned */
	size_t shared_size;
	size_t cursor; /* in now: all before it are behind in the order */
	size_t bytes;  /* of texts in next */
	uint64_t number;
};

struct remark *remark_copy(const struct remark *m)
{
	const char *from[TEXTS] = { m->rule, m->kind, m->id, m->name, m->plan, m->message };
	const char *to[TEXTS];
	size_t size = sizeof *m;
	struct remark *copy;
	char *at;

	for (size_t i = 0; i < TEXTS; i++)
		size += strlen(from[i]) + 1;
	copy = xcalloc(1, size);
	at = (char *)(copy + 1);
	for (size_t i = 0; i < TEXTS; i++) {
		size_t len = strlen(from[i]) + 1;

		memcpy(at, from[i], len);
		to[i] = at;
		at += len;
	}
	*copy = *m;
	copy->rule = to[0];
	copy->kind = to[1];
	copy->id = to[2];
	copy->name = to[3];
	copy->plan = to[4];
	copy->message = to[5];
	return copy;
}

void remark_free(struct remark *m)
{
	free(m);
}

static int compare(const struct remark *a, const struct remark *b)
{
	int way = strcmp(a->rule, b->rule);

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

/* ---- piles */

static void pile_add(struct pile *p, struct remark *m)
{
	if (p->count == p->size) {
		p->size = p->size > 0 ? p->size * 2 : 64;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
		p->list = xreallocarray(p->list, p->size, sizeof *p->list);
	}
	p->list[p->count++] = m;
}

static void pile_done(struct pile *p)
{
	free(p->list);
	*p = (struct pile){ .count = 0 };
}

/* ---- life */

struct remarks *remarks_new(void)
{
	return xcalloc(1, sizeof(struct remarks));
}

static void forget_next(struct remarks *r)
{
	pile_done(&r->next);
	free(r->fates);
	free(r->shared);
	r->fates = NULL;
	r->shared = NULL;
	r->shared_size = r->cursor = r->bytes = 0;
}

void remarks_drop(struct remarks *r)
{
	for (size_t i = 0; i < r->next.count; i++)
		if (!r->shared[i])
			remark_free(r->next.list[i]);
	forget_next(r);
}

void remarks_free(struct remarks *r)
{
	if (r == NULL)
		return;
	remarks_drop(r);
	for (size_t i = 0; i < r->now.count; i++)
		remark_free(r->now.list[i]);
	pile_done(&r->now);
	free(r);
}

/* ---- the next set */

void remarks_begin(struct remarks *r)
{
	remarks_drop(r);
	r->fates = xcalloc(r->now.count + 1, sizeof *r->fates);
}

static void take(struct remarks *r, struct remark *m, bool shared)
{
	pile_add(&r->next, m);
	if (r->shared_size < r->next.size) {
		r->shared_size = r->next.size;
		r->shared = xreallocarray(r->shared, r->shared_size, sizeof *r->shared);
	}
	r->shared[r->next.count - 1] = shared;
}

/* The one of now with m's identity; NULL: none. */
static struct remark *former_of(struct remarks *r, const struct remark *m)
{
	int way = -1;

	while (r->cursor < r->now.count && (way = compare(r->now.list[r->cursor], m)) < 0)
		r->cursor++;
	return way == 0 ? r->now.list[r->cursor] : NULL;
}

bool remarks_add(struct remarks *r, const struct remark *m, struct err *ret_err)
{
	struct remark *former, *fresh;

	MUST(r->fates != NULL);
	if (r->next.count > 0 && compare(r->next.list[r->next.count - 1], m) >= 0)
		return err_set(ret_err, EINVAL, "the findings are in no order");
	r->bytes += strlen(m->name) + strlen(m->message);
	if (r->next.count == REMARKS_MAX || r->bytes > REMARKS_BYTES)
		return err_set(ret_err, E2BIG, "more than %d findings, or %d MiB of them",
			       REMARKS_MAX, REMARKS_BYTES >> 20);
	former = former_of(r, m);
	if (former != NULL && former->severity == m->severity &&
	    strcmp(former->message, m->message) == 0) {
		r->fates[r->cursor] = FATE_SHARED;
		take(r, former, true);
		return true;
	}
	fresh = remark_copy(m);
	fresh->put = false;
	if (former != NULL) {
		r->fates[r->cursor] = FATE_REPLACED;
		fresh->first = former->first;
	}
	take(r, fresh, false);
	return true;
}

void remarks_commit(struct remarks *r, remark_ended_fn *ended, void *owner)
{
	struct pile before = r->now;

	MUST(r->fates != NULL);
	for (size_t i = 0; i < before.count; i++)
		if (r->fates[i] == FATE_ENDED)
			ended(owner, before.list[i]);
		else if (r->fates[i] == FATE_REPLACED)
			remark_free(before.list[i]);
	r->now = r->next;
	r->next = (struct pile){ .count = 0 };
	r->number++;
	forget_next(r);
	pile_done(&before);
}

/* ---- those of before */

void remarks_adopt(struct remarks *r, const struct remark *m)
{
	MUST(r->fates != NULL);
	take(r, remark_copy(m), false);
}

static int compare_places(const void *a, const void *b)
{
	return compare(*(struct remark *const *)a, *(struct remark *const *)b);
}

void remarks_adopted(struct remarks *r)
{
	MUST(r->now.count == 0);
	if (r->next.count > 0) /* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers */
		qsort(r->next.list, r->next.count, sizeof *r->next.list, compare_places);
	remarks_commit(r, NULL, NULL);
}

/* ---- the set in force */

size_t remarks_count(const struct remarks *r)
{
	return r->now.count;
}

uint64_t remarks_number(const struct remarks *r)
{
	return r->number;
}

struct remark *remarks_at(const struct remarks *r, size_t i)
{
	MUST(i < r->now.count);
	return r->now.list[i];
}

struct remark *remarks_find(const struct remarks *r, const struct remark *like)
{
	size_t low = 0;
	size_t high = r->now.count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int way = compare(r->now.list[mid], like);

		if (way == 0)
			return r->now.list[mid];
		if (way < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return NULL;
}

/* ---- words */

static const char *const severities[RULE_SEVERITY_N] = {
	[RULE_INFO] = "info",
	[RULE_WARNING] = "warning",
	[RULE_BLOCKER] = "blocker",
};

const char *remark_severity(enum rule_severity s)
{
	MUST(s < RULE_SEVERITY_N);
	return severities[s];
}

const char *remark_verdict(bool unknown)
{
	return unknown ? "unknown" : "fail";
}

bool remark_parse_severity(const char *name, enum rule_severity *ret_severity)
{
	for (int s = 0; s < RULE_SEVERITY_N; s++)
		if (strcmp(severities[s], name) == 0) {
			*ret_severity = (enum rule_severity)s;
			return true;
		}
	return false;
}
