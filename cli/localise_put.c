/* SPDX-License-Identifier: Apache-2.0 */
/* localise_put.c: a locale as a sentence; see localise.h. */
#include <string.h>

#include "cli/localise.h"

enum { NODES_SHOWN = 6, EXCEPTIONS_SHOWN = 3, ROWS_SHOWN = 4 };

static bool among(const struct locale *l, size_t node)
{
	for (size_t i = 0; i < l->node_count; i++)
		if (l->nodes[i] == node)
			return true;
	return false;
}

/* ---- who */

/* "n7, n9", and how many more there are than are shown; except: all heard nodes but these. */
static void put_name(const struct matrix *m, size_t node, struct buf *out)
{
	const char *name = m->nodes[node].name;

	buf_put(out, name, strlen(name) - matrix_suffix(m));
}

static void put_names(const struct matrix *m, const struct locale *l, bool except, struct buf *out)
{
	size_t count = except ? matrix_heard_count(m) - l->node_count : l->node_count;
	size_t shown = 0;

	for (size_t n = 0; n < m->node_count && shown < NODES_SHOWN; n++)
		if (matrix_heard(&m->nodes[n]) && among(l, n) != except) {
			buf_puts(out, shown++ > 0 ? ", " : "");
			put_name(m, n, out);
		}
	if (count > shown)
		buf_printf(out, " and %zu more", count - shown);
}

static void put_who(const struct matrix *m, const struct locale *l, struct buf *out)
{
	size_t heard = matrix_heard_count(m);
	size_t others = heard - l->node_count;

	if (l->everybody && others > 0) {
		buf_printf(out, "all %zu nodes that can tell", l->node_count);
	} else if (l->node_count == 1) {
		buf_puts(out, "node ");
		put_name(m, l->nodes[0], out);
	} else if (others == 0) {
		buf_printf(out, "all %zu nodes", heard);
	} else if (others <= EXCEPTIONS_SHOWN && l->node_count > EXCEPTIONS_SHOWN) {
		buf_printf(out, "%zu of %zu nodes (all but ", l->node_count, heard);
		put_names(m, l, true, out);
		buf_puts(out, ")");
	} else {
		buf_printf(out, "%zu of %zu nodes (", l->node_count, heard);
		put_names(m, l, false, out);
		buf_puts(out, ")");
	}
}

/* ---- what */

typedef const char *row_word_fn(const struct matrix_row *r);

static const char *provider_of(const struct matrix_row *r)
{
	return r->provider;
}

static const char *host_of(const struct matrix_row *r)
{
	return r->host;
}

static const char *port_of(const struct matrix_row *r)
{
	return r->port;
}

/* How many rows there are with the word that all of these have; 0: they differ. */
static size_t rows_with(const struct matrix *m, const struct locale *l, row_word_fn *word)
{
	const char *first = word(&m->rows[l->rows[0]]);
	size_t count = 0;

	if (l->row_count < 2 || first[0] == '\0')
		return 0;
	for (size_t i = 1; i < l->row_count; i++)
		if (strcmp(word(&m->rows[l->rows[i]]), first) != 0)
			return 0;
	for (size_t r = 0; r < m->row_count; r++)
		count += strcmp(word(&m->rows[r]), first) == 0;
	return count;
}

static void put_list(const struct matrix *m, const struct locale *l, struct buf *out)
{
	size_t shown = 0;

	for (; shown < l->row_count && shown < ROWS_SHOWN; shown++)
		buf_printf(out, "%s%s", shown > 0 ? ", " : "", m->rows[l->rows[shown]].endpoint);
	if (l->row_count > shown)
		buf_printf(out, " and %zu more", l->row_count - shown);
}

static void put_what(const struct matrix *m, const struct locale *l, struct buf *out)
{
	const struct matrix_row *first = &m->rows[l->rows[0]];
	size_t on_port = rows_with(m, l, port_of);

	if (l->row_count > 1)
		buf_printf(out, "%zu of %zu: ", l->row_count, m->row_count);
	if (rows_with(m, l, host_of) == l->row_count)
		buf_printf(out, "every port of %s", first->host);
	else if (rows_with(m, l, provider_of) == l->row_count)
		buf_printf(out, "everything of provider %s", first->provider);
	else if (on_port == l->row_count)
		buf_printf(out, "port %s everywhere", first->port);
	else if (on_port > 0 && l->row_count > ROWS_SHOWN)
		buf_printf(out, "port %s at %zu of %zu hosts", first->port, l->row_count, on_port);
	else
		put_list(m, l, out);
}

/* "41 of 41", when the nodes agree in that. */
static void put_everything(const struct matrix *m, const struct locale *l, struct buf *out)
{
	const struct matrix_count *first = &m->nodes[l->nodes[0]].count;
	bool agree = true;

	for (size_t i = 1; i < l->node_count; i++) {
		const struct matrix_count *c = &m->nodes[l->nodes[i]].count;

		agree = agree && c->lost == first->lost && c->unknown == first->unknown;
	}
	if (agree)
		buf_printf(out, "%zu of %zu%s", first->lost, first->lost + first->unknown,
			   l->node_count > 1 ? " each" : "");
	else
		buf_puts(out, "all that they watch");
}

void localise_put(const struct matrix *m, const struct locale *l, struct buf *out)
{
	put_who(m, l, out);
	buf_puts(out, " lost ");
	if (l->everything)
		put_everything(m, l, out);
	else
		put_what(m, l, out);
	if (l->state != MATRIX_NOT_WATCHED)
		buf_printf(out, " (%s)", matrix_state_name(l->state));
}
