/* SPDX-License-Identifier: Apache-2.0 */
/* matrixline.c: see matrixline.h. */
#include "cli/matrixline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static struct matrix_count count_at(const struct matrix *m, const struct matrixline *l, size_t node)
{
	struct matrix_count c = { 0 };

	for (size_t r = l->first; r < l->first + l->count; r++)
		matrix_add(&c, matrix_at(m, r, node));
	return c;
}

static enum mark mark_of_count(const struct matrix_count *c)
{
	if (c->lost + c->failing > 0)
		return MARK_BAD;
	return c->unknown > 0 || c->open == 0 ? MARK_UNKNOWN : MARK_GOOD;
}

enum mark matrixline_cell(const struct matrix *m, const struct matrixline *l, size_t node,
			  char ret_text[MATRIXLINE_CELL_SIZE])
{
	struct matrix_count c = count_at(m, l, node);
	size_t all = c.open + c.lost + c.unknown;

	if (all == 0)
		(void)snprintf(ret_text, MATRIXLINE_CELL_SIZE, "-");
	else if (l->count == 1)
		(void)snprintf(ret_text, MATRIXLINE_CELL_SIZE, "%s",
			       matrix_state_name(matrix_at(m, l->first, node)));
	else
		(void)snprintf(ret_text, MATRIXLINE_CELL_SIZE, "%zu/%zu", c.open - c.failing, all);
	return mark_of_count(&c);
}

static void count_nodes(const struct matrix *m, struct matrixline *l)
{
	struct matrix_count all = { 0 };

	for (size_t n = 0; n < m->node_count; n++) {
		struct matrix_count c = count_at(m, l, n);

		all.open += c.open;
		all.failing += c.failing;
		all.lost += c.lost;
		all.unknown += c.unknown;
		l->watched += c.open + c.lost + c.unknown > 0;
		l->open += c.open > 0 && c.lost + c.failing + c.unknown == 0;
	}
	l->mark = mark_of_count(&all);
}

static struct matrixline line_of(const struct matrix *m, size_t first, bool by_provider)
{
	const struct matrix_row *r = &m->rows[first];
	struct matrixline l = { .name = r->endpoint, .provider = r->provider, .first = first };

	l.count = 1;
	if (by_provider) {
		l.name = r->provider[0] != '\0' ? r->provider : "(no provider)";
		l.provider = "";
		while (first + l.count < m->row_count &&
		       strcmp(m->rows[first + l.count].provider, r->provider) == 0)
			l.count++;
	}
	count_nodes(m, &l);
	return l;
}

void matrixlines_make(const struct matrix *m, bool by_provider, bool problems,
		      struct matrixlines *ret_lines)
{
	struct matrixlines lines = { 0 };

	lines.list = xcalloc(m->row_count + 1, sizeof *lines.list);
	for (size_t r = 0; r < m->row_count;) {
		struct matrixline l = line_of(m, r, by_provider);

		r += l.count;
		if (problems && l.mark == MARK_GOOD)
			lines.left_out++;
		else
			lines.list[lines.count++] = l;
	}
	*ret_lines = lines;
}

void matrixlines_done(struct matrixlines *l)
{
	free(l->list);
	*l = (struct matrixlines){ 0 };
}
