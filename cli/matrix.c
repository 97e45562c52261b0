/* SPDX-License-Identifier: Apache-2.0 */
/* matrix.c: see matrix.h. */
#include "cli/matrix.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/must.h"
#include "base/text.h"
#include "cli/keys.h"
#include "cli/pattern.h"
#include "cli/promreply.h"
#include "report/exit.h"

/* Longer than any interval of scrapes that lets two fit into Prometheus' own look back. */
enum { STALE_MS = 150 * 1000, TEXT_SIZE = 512, CELLS_MAX = 1 << 26 };

static const char *const state_names[MATRIX_STATE_N] = {
	[MATRIX_NOT_WATCHED] = "",          [MATRIX_OPEN] = "open",
	[MATRIX_UNOBSERVED] = "unobserved", [MATRIX_UNKNOWN] = "unknown",
	[MATRIX_FAILING] = "failing",       [MATRIX_CLOSED] = "closed",
	[MATRIX_FILTERED] = "filtered",     [MATRIX_UNREACHABLE] = "unreachable",
	[MATRIX_UNRESOLVED] = "unresolved",
};

const char *matrix_state_name(enum matrix_state s)
{
	return state_names[s];
}

bool matrix_lost(enum matrix_state s)
{
	return s >= MATRIX_CLOSED;
}

/* A word that is not ours is of a newer daemon: not known. */
static enum matrix_state state_of(const char *name)
{
	for (int s = MATRIX_OPEN; s < MATRIX_STATE_N; s++)
		if (strcmp(name, state_names[s]) == 0)
			return (enum matrix_state)s;
	return MATRIX_UNKNOWN;
}

/* ---- names */

static const char *node_of(const struct matrix_told *t, const json_t *sample)
{
	const char *node = promreply_label(sample, t->node_label ? t->node_label : "node");

	return node[0] != '\0' || t->node_label != NULL ? node
							: promreply_label(sample, "instance");
}

static const char *endpoint_of(const json_t *sample)
{
	const char *ours = promreply_label(sample, "exported_endpoint");

	return ours[0] != '\0' ? ours : promreply_label(sample, "endpoint");
}

static char *shown_copy(const char *text)
{
	char field[TEXT_SIZE];

	text_set(field, sizeof field, text, strlen(text));
	return xstrdup(field);
}

static bool wanted(const struct matrix_told *t, const json_t *info, const char *endpoint)
{
	const struct pattern_subject s = {
		.name = endpoint,
		.host = promreply_label(info, "host"),
		.port = promreply_label(info, "port"),
		.provider = promreply_label(info, "provider"),
	};

	if (t->provider != NULL && strcmp(t->provider, s.provider) != 0)
		return false;
	return t->match == NULL || pattern_fits(t->match, &s);
}

/* ---- nodes */

static void find_nodes(const struct matrix_told *t, struct matrix *m, struct keys *k)
{
	const json_t *const lists[] = { t->seen, t->states, t->counts };

	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < json_array_size(lists[l]); i++)
			keys_add(k, node_of(t, json_array_get(lists[l], i)), 0);
	keys_sort(k);
	m->nodes = xcalloc(k->count + 1, sizeof *m->nodes);
	m->node_count = k->count;
	for (size_t i = 0; i < k->count; i++)
		m->nodes[i].name = shown_copy(k->keys[i].text);
}

static struct matrix_node *node_at(const struct matrix_told *t, struct matrix *m,
				   const struct keys *k, const json_t *sample)
{
	size_t node;

	return keys_find(k, node_of(t, sample), &node) ? &m->nodes[node] : NULL;
}

static void take_seen(const struct matrix_told *t, struct matrix *m, const struct keys *k)
{
	for (size_t i = 0; i < json_array_size(t->seen); i++) {
		const json_t *sample = json_array_get(t->seen, i);
		struct matrix_node *n = node_at(t, m, k, sample);
		double seconds;

		if (n != NULL && promreply_value(sample, &seconds) && seconds > 0 &&
		    seconds < 1e12 && (int64_t)(seconds * 1000) > n->seen.ms)
			n->seen.ms = (int64_t)(seconds * 1000);
		(void)promreply_time(sample, &m->time);
	}
}

static void take_counts(const struct matrix_told *t, struct matrix *m, const struct keys *k)
{
	for (size_t i = 0; i < json_array_size(t->counts); i++) {
		const json_t *sample = json_array_get(t->counts, i);
		struct matrix_node *n = node_at(t, m, k, sample);
		double value;

		if (n == NULL || !promreply_value(sample, &value) || value < 0)
			continue;
		n->word = MATRIX_SUMMARY;
		n->total += value;
		if (matrix_lost(state_of(promreply_label(sample, "state"))))
			n->not_open += value;
	}
}

/* What is known of a node beyond its cells. */
static void judge_node(const struct matrix *m, struct matrix_node *n, bool told, bool any)
{
	bool counted = n->word == MATRIX_SUMMARY;

	if (any)
		n->word = m->time.ms - n->seen.ms > STALE_MS && n->seen.ms > 0 ? MATRIX_STALE
									       : MATRIX_HEARD;
	else if (told || (counted && !(n->total > 0)))
		n->word = MATRIX_IDLE; /* what it watches, if anything, was not asked for */
	else if (!counted)
		n->word = MATRIX_SILENT;
}

/* ---- rows */

static int by_provider(const void *a, const void *b)
{
	const struct matrix_row *x = a;
	const struct matrix_row *y = b;
	int order = strverscmp(x->provider, y->provider);

	/* Those of no provider come last. */
	if ((x->provider[0] == '\0') != (y->provider[0] == '\0'))
		return x->provider[0] == '\0' ? 1 : -1;
	return order != 0 ? order : strverscmp(x->key, y->key);
}

static void add_row(struct matrix *m, const char *endpoint, const json_t *info)
{
	m->rows[m->row_count++] = (struct matrix_row){
		.endpoint = shown_copy(endpoint),
		.key = endpoint,
		.provider = shown_copy(promreply_label(info, "provider")),
		.role = shown_copy(promreply_label(info, "role")),
		.host = shown_copy(promreply_label(info, "host")),
		.port = shown_copy(promreply_label(info, "port")),
		.severity = shown_copy(promreply_label(info, "severity")),
	};
}

/* The rows that are wanted; k leads from endpoints to them. */
static void find_rows(const struct matrix_told *t, struct matrix *m, struct keys *k)
{
	const json_t *const lists[] = { t->infos, t->states };
	struct keys all = { 0 };

	for (size_t l = 0; l < ARRAY_LEN(lists); l++)
		for (size_t i = 0; i < json_array_size(lists[l]); i++) {
			const json_t *sample = json_array_get(lists[l], i);

			keys_add(&all, endpoint_of(sample), l == 0 ? i : SIZE_MAX);
		}
	keys_sort(&all);
	m->rows = xcalloc(all.count + 1, sizeof *m->rows);
	for (size_t i = 0; i < all.count; i++) {
		const json_t *info = json_array_get(t->infos, all.keys[i].place);

		if (wanted(t, info, all.keys[i].text))
			add_row(m, all.keys[i].text, info);
	}
	keys_done(&all);
	qsort(m->rows, m->row_count, sizeof *m->rows, by_provider);
	for (size_t i = 0; i < m->row_count; i++)
		keys_add(k, m->rows[i].key, i);
	keys_sort(k);
}

/* ---- cells */

void matrix_add(struct matrix_count *c, enum matrix_state s)
{
	c->open += s == MATRIX_OPEN || s == MATRIX_FAILING;
	c->failing += s == MATRIX_FAILING;
	c->unknown += s == MATRIX_UNOBSERVED || s == MATRIX_UNKNOWN;
	c->lost += matrix_lost(s);
}

static void count_all(struct matrix *m)
{
	for (size_t r = 0; r < m->row_count; r++)
		for (size_t n = 0; n < m->node_count; n++) {
			matrix_add(&m->rows[r].count, matrix_at(m, r, n));
			matrix_add(&m->nodes[n].count, matrix_at(m, r, n));
		}
}

static bool any_cell(const struct matrix *m, size_t node)
{
	const struct matrix_count *c = &m->nodes[node].count;

	return c->open + c->lost + c->unknown > 0;
}

/* Fills the cells; tells says of which nodes there are any, wanted or not. */
static void take_states(const struct matrix_told *t, struct matrix *m, const struct keys *nodes,
			const struct keys *rows, bool *tells)
{
	for (size_t i = 0; i < json_array_size(t->states); i++) {
		const json_t *sample = json_array_get(t->states, i);
		enum matrix_state s = state_of(promreply_label(sample, "state"));
		uint8_t *cell;
		size_t node;
		size_t row;

		if (!keys_find(nodes, node_of(t, sample), &node))
			continue;
		tells[node] = true;
		if (!keys_find(rows, endpoint_of(sample), &row))
			continue;
		cell = &m->cells[rows->keys[row].place * m->node_count + node];
		if (s > *cell) /* of several addresses the worst counts */
			*cell = (uint8_t)s;
		(void)promreply_time(sample, &m->time);
	}
}

/* Whether the service that fails is the open port's: of a lost one nothing is said. */
static void take_failing(const struct matrix_told *t, struct matrix *m, const struct keys *nodes,
			 const struct keys *rows)
{
	for (size_t i = 0; i < json_array_size(t->failing); i++) {
		const json_t *sample = json_array_get(t->failing, i);
		uint8_t *cell;
		size_t node;
		size_t row;

		if (!keys_find(nodes, node_of(t, sample), &node) ||
		    !keys_find(rows, endpoint_of(sample), &row))
			continue;
		cell = &m->cells[rows->keys[row].place * m->node_count + node];
		if (*cell == MATRIX_OPEN)
			*cell = MATRIX_FAILING;
	}
}

bool matrix_make(const struct matrix_told *told, struct matrix *ret_matrix, struct err *ret_err)
{
	struct matrix m = { 0 };
	struct keys nodes = { 0 };
	struct keys rows = { 0 };
	bool *tells;

	find_nodes(told, &m, &nodes);
	find_rows(told, &m, &rows);
	if (m.row_count > 0 && m.node_count > CELLS_MAX / m.row_count) {
		(void)err_set(ret_err, E2BIG, "%zu nodes and %zu endpoints are too many",
			      m.node_count, m.row_count);
		keys_done(&nodes);
		keys_done(&rows);
		matrix_done(&m);
		return false;
	}
	take_seen(told, &m, &nodes);
	take_counts(told, &m, &nodes);
	m.cells = xcalloc(m.node_count * m.row_count + 1, sizeof *m.cells);
	tells = xcalloc(m.node_count + 1, sizeof *tells);
	take_states(told, &m, &nodes, &rows, tells);
	take_failing(told, &m, &nodes, &rows);
	count_all(&m);
	for (size_t i = 0; i < m.node_count; i++)
		judge_node(&m, &m.nodes[i], tells[i], any_cell(&m, i));
	free(tells);
	keys_done(&nodes);
	keys_done(&rows);
	*ret_matrix = m;
	return true;
}

enum matrix_state matrix_at(const struct matrix *m, size_t row, size_t node)
{
	return (enum matrix_state)m->cells[row * m->node_count + node];
}

bool matrix_heard(const struct matrix_node *n)
{
	return n->word == MATRIX_HEARD || n->word == MATRIX_STALE;
}

size_t matrix_heard_count(const struct matrix *m)
{
	size_t heard = 0;

	for (size_t i = 0; i < m->node_count; i++)
		heard += matrix_heard(&m->nodes[i]);
	return heard;
}

int matrix_status(const struct matrix *m)
{
	bool unknown = m->row_count == 0;

	for (size_t i = 0; i < m->node_count; i++) {
		const struct matrix_node *n = &m->nodes[i];

		if (n->count.lost + n->count.failing > 0)
			return STATUS_NOT_CLEAR;
		unknown = unknown || n->count.unknown > 0 || n->word == MATRIX_STALE ||
			  n->word == MATRIX_SUMMARY || n->word == MATRIX_SILENT;
	}
	return unknown ? STATUS_LOCAL : STATUS_CLEAR;
}

void matrix_done(struct matrix *m)
{
	for (size_t i = 0; i < m->node_count; i++)
		free(m->nodes[i].name);
	for (size_t i = 0; i < m->row_count; i++) {
		free(m->rows[i].endpoint);
		free(m->rows[i].provider);
		free(m->rows[i].role);
		free(m->rows[i].host);
		free(m->rows[i].port);
		free(m->rows[i].severity);
	}
	free(m->nodes);
	free(m->rows);
	free(m->cells);
	*m = (struct matrix){ 0 };
}
