/* SPDX-License-Identifier: Apache-2.0 */
/* matrixshow.c: see matrixshow.h. */
#include "cli/matrixshow.h"

#include <string.h>

#include "base/must.h"
#include "base/parse.h"
#include "cli/mark.h"
#include "cli/matrixtable.h"
#include "cli/moment.h"
#include "cli/quote.h"
#include "report/json.h"

enum { SENTENCES_SHOWN = 12, NODES_SHOWN = 6, LINE_BYTES = 64 * 1024 };

static const char *const words[] = {
	[MATRIX_HEARD] = "heard", [MATRIX_STALE] = "stale",   [MATRIX_SUMMARY] = "summary",
	[MATRIX_IDLE] = "idle",   [MATRIX_SILENT] = "silent",
};

/* ---- the table's sentences */

/* Counts what is put, and puts the first few alone. */
struct sentences {
	const struct matrixshow *how;
	struct buf *out;
	size_t count;
};

static void say(struct sentences *s, enum mark mark, struct buf *line)
{
	if (s->how->wide || s->count < SENTENCES_SHOWN)
		mark_put_line(mark, &s->how->term, buf_text(line), s->out);
	s->count++;
	buf_clear(line);
}

static void end(struct sentences *s, const char *of)
{
	if (!s->how->wide && s->count > SENTENCES_SHOWN)
		buf_printf(s->out, "and %zu more %s; -o wide has them all\n",
			   s->count - SENTENCES_SHOWN, of);
	s->count = 0;
}

static void put_node(const struct matrixshow *how, const struct matrix_node *n, struct buf *line)
{
	char age[MOMENT_SPAN_SIZE];

	moment_format_span(how->matrix->time.ms - n->seen.ms, age);
	switch (n->word) {
	case MATRIX_STALE:
		buf_printf(line, "the last word of %s is %s old", n->name, age);
		break;
	case MATRIX_SILENT:
		buf_printf(line,
			   "no word of %s for %s: its daemon is down, or Prometheus does not "
			   "reach it",
			   n->name, age);
		break;
	case MATRIX_SUMMARY:
		buf_printf(line,
			   "%s tells counts alone, %.0f of %.0f not open: its daemon needs "
			   "metrics.detail: endpoint",
			   n->name, n->not_open, n->total);
		break;
	case MATRIX_IDLE:
		if (!how->filtered)
			buf_printf(line, "%s watches nothing", n->name);
		break;
	case MATRIX_HEARD:
		break;
	}
}

/* "esx04:902 is open, and what serves there is not as it should be (seen from n1, n3)" */
static void put_failing(const struct matrixshow *how, size_t row, struct buf *line)
{
	const struct matrix *m = how->matrix;
	size_t left = m->rows[row].count.failing;
	const char *before = " (seen from ";

	buf_printf(line, "%s is open, and what serves there is not as it should be",
		   m->rows[row].endpoint);
	for (size_t n = 0, shown = 0; n < m->node_count && left > 0; n++) {
		if (matrix_at(m, row, n) != MATRIX_FAILING)
			continue;
		if (shown++ == NODES_SHOWN) {
			buf_printf(line, " and %zu more", left);
			break;
		}
		buf_printf(line, "%s%s", before, m->nodes[n].name);
		before = ", ";
		left--;
	}
	buf_puts(line, ")");
}

static void put_sentences(const struct matrixshow *how, struct buf *out)
{
	struct sentences s = { .how = how, .out = out };
	struct buf line;

	buf_init(&line, LINE_BYTES);
	for (size_t i = 0; i < how->locales->count; i++) {
		localise_put(how->matrix, &how->locales->list[i], &line);
		say(&s, MARK_BAD, &line);
	}
	end(&s, "such lines");
	for (size_t r = 0; r < how->matrix->row_count; r++) {
		if (how->matrix->rows[r].count.failing == 0)
			continue;
		put_failing(how, r, &line);
		say(&s, MARK_BAD, &line);
	}
	end(&s, "such endpoints");
	for (size_t i = 0; i < how->matrix->node_count; i++) {
		put_node(how, &how->matrix->nodes[i], &line);
		if (line.len > 0)
			say(&s, MARK_UNKNOWN, &line);
	}
	end(&s, "nodes");
	buf_done(&line);
}

static void put_summary(const struct matrixshow *how, struct buf *out)
{
	const struct matrix *m = how->matrix;
	size_t heard = matrix_heard_count(m);
	size_t open = 0;
	size_t failing = 0;
	size_t lost = 0;
	struct buf line;

	for (size_t r = 0; r < m->row_count; r++) {
		const struct matrix_count *c = &m->rows[r].count;

		failing += c->failing > 0 && c->lost == 0;
		open += c->open > 0 && c->lost + c->failing + c->unknown == 0;
		lost += c->lost > 0;
	}
	buf_init(&line, LINE_BYTES);
	buf_printf(&line, "%zu node%s, %zu endpoint%s: %zu open from every node", heard,
		   heard == 1 ? "" : "s", m->row_count, m->row_count == 1 ? "" : "s", open);
	if (lost > 0)
		buf_printf(&line, ", %zu not", lost);
	if (failing > 0)
		buf_printf(&line, ", %zu failing", failing);
	if (m->row_count > open + lost + failing)
		buf_printf(&line, ", %zu not known", m->row_count - open - lost - failing);
	term_wrap(out, buf_text(&line), 0, 0, how->term.width);
	buf_done(&line);
}

void matrixshow_table(const struct matrixshow *how, struct buf *out)
{
	if (how->lines->count > 0) {
		if (how->wide || matrixshow_fits(how, how->term.width))
			matrixtable_nodes(how, out);
		else
			matrixtable_summed(how, out);
		buf_puts(out, "\n");
	}
	put_sentences(how, out);
	put_summary(how, out);
}

/* ---- JSON */

static void set_counts(json_t *o, const struct matrix_count *c)
{
	report_set_number(o, "open", (long long)c->open);
	report_set_number(o, "failing", (long long)c->failing);
	report_set_number(o, "lost", (long long)c->lost);
	report_set_number(o, "unknown", (long long)c->unknown);
}

static json_t *node_json(const struct matrix_node *n)
{
	json_t *o = report_object();

	report_set_text(o, "node", n->name);
	report_set_text(o, "word", words[n->word]);
	if (n->seen.ms > 0)
		report_set_time(o, "seen", n->seen);
	set_counts(o, &n->count);
	return o;
}

static json_t *row_json(const struct matrix *m, size_t row)
{
	const struct matrix_row *r = &m->rows[row];
	json_t *o = report_object();
	json_t *states = report_object();
	uint16_t port;

	report_set_text(o, "endpoint", r->endpoint);
	report_set_text(o, "provider", r->provider);
	report_set_text(o, "role", r->role);
	report_set_text(o, "host", r->host);
	if (parse_port(r->port, &port))
		report_set_number(o, "port", port);
	report_set_text(o, "severity", r->severity);
	set_counts(o, &r->count);
	for (size_t n = 0; n < m->node_count; n++)
		report_set_text(states, m->nodes[n].name, matrix_state_name(matrix_at(m, row, n)));
	report_set(o, "states", states);
	return o;
}

static json_t *locale_json(const struct matrix *m, const struct locale *l)
{
	json_t *o = report_object();
	json_t *nodes = report_array();
	json_t *rows = report_array();
	struct buf sentence;

	buf_init(&sentence, LINE_BYTES);
	localise_put(m, l, &sentence);
	report_set_text(o, "sentence", buf_text(&sentence));
	buf_done(&sentence);
	for (size_t i = 0; i < l->node_count; i++)
		report_append(nodes, json_string(m->nodes[l->nodes[i]].name));
	for (size_t i = 0; i < l->row_count; i++)
		report_append(rows, json_string(m->rows[l->rows[i]].endpoint));
	report_set(o, "nodes", nodes);
	report_set(o, "endpoints", rows);
	report_set(o, "everything", json_boolean(l->everything));
	report_set(o, "everybody", json_boolean(l->everybody));
	report_set_text(o, "state", matrix_state_name(l->state));
	return o;
}

void matrixshow_json(const struct matrixshow *how, struct buf *out)
{
	const struct matrix *m = how->matrix;
	json_t *o = report_object();
	json_t *nodes = report_array();
	json_t *rows = report_array();
	json_t *locales = report_array();

	if (m->time.ms > 0)
		report_set_time(o, "time", m->time);
	for (size_t n = 0; n < m->node_count; n++)
		report_append(nodes, node_json(&m->nodes[n]));
	for (size_t i = 0; i < how->lines->count; i++) {
		const struct matrixline *l = &how->lines->list[i];

		for (size_t r = l->first; r < l->first + l->count; r++)
			report_append(rows, row_json(m, r));
	}
	for (size_t i = 0; i < how->locales->count; i++)
		report_append(locales, locale_json(m, &how->locales->list[i]));
	report_set(o, "nodes", nodes);
	report_set(o, "endpoints", rows);
	report_set(o, "losses", locales);
	report_put(o, out);
}

/* ---- CSV */

static void put_heads(const struct matrixshow *how, bool endpoints, struct buf *out)
{
	static const char *const heads[] = { "provider", "host", "port", "role", "severity" };
	const struct matrix *m = how->matrix;
	size_t left = matrix_heard_count(m);

	quote_csv(endpoints ? "endpoint" : "provider", !endpoints && left == 0, out);
	for (size_t i = 0; endpoints && i < ARRAY_LEN(heads); i++)
		quote_csv(heads[i], i + 1 == ARRAY_LEN(heads) && left == 0, out);
	for (size_t n = 0; n < m->node_count; n++)
		if (matrix_heard(&m->nodes[n]))
			quote_csv(m->nodes[n].name, --left == 0, out);
}

static void put_csv_line(const struct matrixshow *how, const struct matrixline *l, bool endpoints,
			 struct buf *out)
{
	const struct matrix *m = how->matrix;
	const struct matrix_row *r = &m->rows[l->first];
	size_t left = matrix_heard_count(m);

	quote_csv(l->name, !endpoints && left == 0, out);
	if (endpoints) {
		quote_csv(r->provider, false, out);
		quote_csv(r->host, false, out);
		quote_csv(r->port, false, out);
		quote_csv(r->role, false, out);
		quote_csv(r->severity, left == 0, out);
	}
	for (size_t n = 0; n < m->node_count; n++) {
		char text[MATRIXLINE_CELL_SIZE];

		if (!matrix_heard(&m->nodes[n]))
			continue;
		(void)matrixline_cell(m, l, n, text);
		quote_csv(text[0] == '-' ? "" : text, --left == 0, out);
	}
}

void matrixshow_csv(const struct matrixshow *how, struct buf *out)
{
	put_heads(how, !how->by_provider, out);
	for (size_t i = 0; i < how->lines->count; i++)
		put_csv_line(how, &how->lines->list[i], !how->by_provider, out);
}
