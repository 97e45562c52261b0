/* SPDX-License-Identifier: Apache-2.0 */
/* known.c: see known.h. */
#include "daemon/known.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"

enum { MAP_FIRST_SIZE = 64 };

/* Numbers to endpoints: open addressing, at most half full; to take some out is to make it anew. */
struct map {
	struct slot {
		int64_t key;
		struct known_endpoint *value; /* NULL: free */
	} * slots;                            /* owned */
	size_t size;                          /* a power of two, or 0 */
	size_t used;
};

struct undo {
	struct known_endpoint *endpoint;
	struct known_now before;
};

struct known {
	struct map by_id;  /* owns the endpoints */
	struct map by_row; /* those whose row is another number than their id */
	struct undo *undo; /* owned: what the transaction changed */
	size_t undo_count;
	size_t undo_size;
	uint64_t transaction; /* number of the one under way */
};

static struct slot *map_slot(const struct map *m, int64_t key)
{
	uint64_t hash = (uint64_t)key * UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = (size_t)(hash >> 20);; i++) {
		struct slot *s = &m->slots[i & (m->size - 1)];

		if (s->value == NULL || s->key == key)
			return s;
	}
}

static struct known_endpoint *map_find(const struct map *m, int64_t key)
{
	return m->size > 0 ? map_slot(m, key)->value : NULL;
}

static void map_put(struct map *m, int64_t key, struct known_endpoint *value)
{
	struct slot *s;

	if (m->used * 2 >= m->size) {
		struct map bigger = { .size = m->size > 0 ? m->size * 2 : MAP_FIRST_SIZE };

		bigger.slots = xcalloc(bigger.size, sizeof *bigger.slots);
		bigger.used = m->used;
		for (size_t i = 0; i < m->size; i++)
			if (m->slots[i].value != NULL)
				*map_slot(&bigger, m->slots[i].key) = m->slots[i];
		free(m->slots);
		*m = bigger;
	}
	s = map_slot(m, key);
	m->used += s->value == NULL;
	*s = (struct slot){ key, value };
}

static void map_clear(struct map *m)
{
	free(m->slots);
	*m = (struct map){ 0 };
}

struct known *known_new(void)
{
	return xcalloc(1, sizeof(struct known));
}

static void endpoint_free(struct known_endpoint *e)
{
	free(e->memory);
	free(e);
}

void known_free(struct known *k)
{
	size_t at = 0;

	if (k == NULL)
		return;
	for (struct known_endpoint *e; (e = known_next(k, &at)) != NULL;)
		endpoint_free(e);
	map_clear(&k->by_id);
	map_clear(&k->by_row);
	free(k->undo);
	free(k);
}

struct known_endpoint *known_find(const struct known *k, int64_t id)
{
	return map_find(&k->by_id, id);
}

char *known_describe(const struct store_endpoint *e, struct store_endpoint *ret_copy)
{
	const char *const texts[] = {
		e->provider, e->role, e->name, e->host, e->address, e->check
	};
	const char *copies[ARRAY_LEN(texts)];
	size_t len = 0;
	char *memory;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++)
		len += strlen(texts[i]) + 1;
	memory = xcalloc(1, len);
	len = 0;
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		size_t n = strlen(texts[i]) + 1;

		memcpy(memory + len, texts[i], n);
		copies[i] = memory + len;
		len += n;
	}
	*ret_copy = (struct store_endpoint){
		.id = e->id,
		.provider = copies[0],
		.role = copies[1],
		.name = copies[2],
		.host = copies[3],
		.address = copies[4],
		.port = e->port,
		.check = copies[5],
	};
	return memory;
}

struct known_endpoint *known_put(struct known *k, int64_t id,
				 const struct store_endpoint *described)
{
	struct known_endpoint *e = known_find(k, id);
	char *old;

	if (e == NULL) {
		e = xcalloc(1, sizeof *e);
		e->id = id;
		map_put(&k->by_id, id, e);
	}
	if (described != NULL) {
		old = e->memory;
		e->memory = known_describe(described, &e->described);
		free(old);
	}
	return e;
}

int64_t known_id(const struct known *k, int64_t row)
{
	const struct known_endpoint *e = map_find(&k->by_row, row);

	if (e != NULL && e->now.row == row)
		return e->id;
	e = known_find(k, row);
	return e == NULL || e->now.row == 0 || e->now.row == row ? row : -row;
}

int64_t known_row(const struct known *k, int64_t id)
{
	const struct known_endpoint *e = known_find(k, id);

	if (id < 0)
		return id > INT64_MIN ? -id : 0;
	return e != NULL && e->now.row != 0 ? e->now.row : id;
}

void known_begin(struct known *k)
{
	k->undo_count = 0;
	k->transaction++;
}

struct known_now *known_change(struct known *k, struct known_endpoint *e)
{
	if (e->stamp == k->transaction)
		return &e->now;
	if (k->undo_count == k->undo_size) {
		k->undo_size = k->undo_size > 0 ? k->undo_size * 2 : MAP_FIRST_SIZE;
		k->undo = xreallocarray(k->undo, k->undo_size, sizeof *k->undo);
	}
	k->undo[k->undo_count++] = (struct undo){ e, e->now };
	e->stamp = k->transaction;
	return &e->now;
}

void known_set_row(struct known *k, struct known_endpoint *e, int64_t row)
{
	known_change(k, e)->row = row;
	if (row != e->id)
		map_put(&k->by_row, row, e);
}

void known_commit(struct known *k)
{
	known_begin(k);
}

void known_rollback(struct known *k)
{
	while (k->undo_count > 0) {
		const struct undo *u = &k->undo[--k->undo_count];

		u->endpoint->now = u->before;
	}
	known_begin(k);
}

void known_forget(struct known *k)
{
	size_t at = 0;

	map_clear(&k->by_row);
	for (struct known_endpoint *e; (e = known_next(k, &at)) != NULL;)
		e->now = (struct known_now){ .retired = e->now.retired };
	known_begin(k);
}

struct known_endpoint *known_next(const struct known *k, size_t *at)
{
	while (*at < k->by_id.size) {
		struct known_endpoint *e = k->by_id.slots[(*at)++].value;

		if (e != NULL)
			return e;
	}
	return NULL;
}

/* ---- dropping */

static bool has_news(const struct known_now *now)
{
	for (unsigned a = 0; a < ASPECT_N; a++)
		if (now->touch[a].count > 0)
			return true;
	return now->sighting;
}

static bool is_done_with(const struct known_endpoint *e)
{
	return (e->now.retired || e->described.id == 0) && !has_news(&e->now) &&
	       (e->now.row == 0 || e->now.row == e->id);
}

/* Rows that a rollback has taken back may still be there, and lead to who is dropped now. */
static void tidy_rows(struct known *k)
{
	struct map old = k->by_row;

	k->by_row = (struct map){ 0 };
	for (size_t i = 0; i < old.size; i++)
		if (old.slots[i].value != NULL && old.slots[i].value->now.row == old.slots[i].key)
			map_put(&k->by_row, old.slots[i].key, old.slots[i].value);
	map_clear(&old);
}

void known_tidy(struct known *k)
{
	struct map old = k->by_id;

	MUST(k->undo_count == 0);
	tidy_rows(k);
	k->by_id = (struct map){ 0 };
	for (size_t i = 0; i < old.size; i++) {
		struct known_endpoint *e = old.slots[i].value;

		if (e == NULL)
			continue;
		if (is_done_with(e))
			endpoint_free(e);
		else
			map_put(&k->by_id, e->id, e);
	}
	map_clear(&old);
}
