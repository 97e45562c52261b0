/* SPDX-License-Identifier: Apache-2.0 */
/* localise.c: see localise.h. */
#include "cli/localise.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* One endpoint alone does not tell its own fault from the node's. */
enum { EVERYTHING_MIN = 2 };

/* An endpoint that nodes lost which have not lost everything. */
struct loss {
	size_t row;
	bool everybody;
	uint64_t hash; /* of the nodes that lost it */
};

static size_t known(const struct matrix_count *c)
{
	return c->open + c->lost;
}

/* Or most of it, with the rest not known; one that has just begun knows too little for that. */
static bool lost_everything(const struct matrix *m, size_t node)
{
	const struct matrix_count *c = &m->nodes[node].count;

	return c->open == 0 && c->lost >= EVERYTHING_MIN && c->lost > c->unknown;
}

static struct locale *add(struct locales *l)
{
	l->list = xreallocarray(l->list, l->count + 1, sizeof *l->list);
	l->list[l->count] = (struct locale){ 0 };
	return &l->list[l->count++];
}

/* The state that all cells have, if they have one. */
static void find_state(const struct matrix *m, struct locale *l)
{
	enum matrix_state found = MATRIX_NOT_WATCHED;

	for (size_t r = 0; r < l->row_count; r++)
		for (size_t n = 0; n < l->node_count; n++) {
			enum matrix_state s = matrix_at(m, l->rows[r], l->nodes[n]);

			if (!matrix_lost(s))
				continue; /* a node that lost everything may not watch it */
			if (found != MATRIX_NOT_WATCHED && found != s)
				return;
			found = s;
		}
	l->state = found;
}

/* ---- nodes that lost everything */

static void add_nodes(const struct matrix *m, struct locales *l)
{
	struct locale made = { .everything = true };
	struct locale *place;

	made.nodes = xcalloc(m->node_count + 1, sizeof *made.nodes);
	made.rows = xcalloc(m->row_count + 1, sizeof *made.rows);
	for (size_t n = 0; n < m->node_count; n++)
		if (lost_everything(m, n))
			made.nodes[made.node_count++] = n;
	for (size_t r = 0; r < m->row_count; r++)
		for (size_t n = 0; n < made.node_count; n++)
			if (matrix_lost(matrix_at(m, r, made.nodes[n]))) {
				made.rows[made.row_count++] = r;
				break;
			}
	if (made.node_count == 0) {
		free(made.nodes);
		free(made.rows);
		return;
	}
	find_state(m, &made);
	place = add(l);
	*place = made;
}

/* ---- endpoints, by who lost them */

static bool explained(const struct matrix *m, size_t row, const bool *everything)
{
	for (size_t n = 0; n < m->node_count; n++)
		if (!everything[n] && matrix_lost(matrix_at(m, row, n)))
			return false;
	return true;
}

/* FNV-1a over the nodes' numbers. */
static uint64_t hash_of(const struct matrix *m, size_t row)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t n = 0; n < m->node_count; n++)
		if (matrix_lost(matrix_at(m, row, n)))
			for (size_t i = 0; i < sizeof n; i++)
				hash = (hash ^ (n >> 8 * i & 0xff)) * UINT64_C(0x100000001b3);
	return hash;
}

static bool same_nodes(const struct matrix *m, size_t a, size_t b)
{
	for (size_t n = 0; n < m->node_count; n++)
		if (matrix_lost(matrix_at(m, a, n)) != matrix_lost(matrix_at(m, b, n)))
			return false;
	return true;
}

/* Those of one fate together. */
static int by_fate(const void *a, const void *b)
{
	const struct loss *x = a;
	const struct loss *y = b;

	if (x->everybody != y->everybody)
		return x->everybody ? -1 : 1;
	if (!x->everybody && x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static struct loss *find_losses(const struct matrix *m, size_t *ret_count)
{
	struct loss *losses = xcalloc(m->row_count + 1, sizeof *losses);
	bool *everything = xcalloc(m->node_count + 1, sizeof *everything);
	size_t count = 0;

	for (size_t n = 0; n < m->node_count; n++)
		everything[n] = lost_everything(m, n);
	for (size_t r = 0; r < m->row_count; r++) {
		const struct matrix_count *c = &m->rows[r].count;

		if (c->lost == 0 || explained(m, r, everything))
			continue;
		losses[count++] = (struct loss){ .row = r,
						 .everybody = c->open == 0 && known(c) > 1,
						 .hash = hash_of(m, r) };
	}
	free(everything);
	qsort(losses, count, sizeof *losses, by_fate);
	*ret_count = count;
	return losses;
}

static bool same_fate(const struct matrix *m, const struct loss *a, const struct loss *b)
{
	if (a->everybody != b->everybody)
		return false;
	return a->everybody || (a->hash == b->hash && same_nodes(m, a->row, b->row));
}

static void add_rows(const struct matrix *m, const struct loss *losses, size_t count,
		     struct locales *l)
{
	struct locale *made = add(l);

	made->everybody = losses[0].everybody;
	made->rows = xcalloc(count, sizeof *made->rows);
	made->nodes = xcalloc(m->node_count + 1, sizeof *made->nodes);
	for (size_t i = 0; i < count; i++)
		made->rows[made->row_count++] = losses[i].row;
	for (size_t n = 0; n < m->node_count; n++)
		for (size_t i = 0; i < count; i++)
			if (matrix_lost(matrix_at(m, losses[i].row, n))) {
				made->nodes[made->node_count++] = n;
				break;
			}
	find_state(m, made);
}

static size_t weight(const struct locale *l)
{
	return l->node_count * l->row_count;
}

/* Nodes before what everybody lost, that before the rest; of the rest what explains most first. */
static int by_weight(const void *a, const void *b)
{
	const struct locale *x = a;
	const struct locale *y = b;

	if (x->everything != y->everything)
		return x->everything ? -1 : 1;
	if (x->everybody != y->everybody)
		return x->everybody ? -1 : 1;
	if (weight(x) != weight(y))
		return weight(x) > weight(y) ? -1 : 1;
	if (x->node_count != y->node_count)
		return x->node_count > y->node_count ? -1 : 1;
	return (x->rows[0] > y->rows[0]) - (x->rows[0] < y->rows[0]);
}

void localise(const struct matrix *m, struct locales *ret_locales)
{
	struct locales l = { 0 };
	struct loss *losses;
	size_t count;
	size_t first = 0;

	add_nodes(m, &l);
	losses = find_losses(m, &count);
	for (size_t i = 1; i <= count; i++) {
		if (i < count && same_fate(m, &losses[first], &losses[i]))
			continue;
		add_rows(m, &losses[first], i - first, &l);
		first = i;
	}
	free(losses);
	if (l.count > 0)
		qsort(l.list, l.count, sizeof *l.list, by_weight);
	*ret_locales = l;
}

void locales_done(struct locales *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->list[i].nodes);
		free(l->list[i].rows);
	}
	free(l->list);
	*l = (struct locales){ 0 };
}
