/* SPDX-License-Identifier: Apache-2.0 */
/* timeline.c: see timeline.h. */
#include "cli/timeline.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "report/term.h"

/* What a cell looks like: a phase, or bad for a part of its time. */
enum { GLYPH_PARTLY = PHASE_N, GLYPH_N };

static const struct {
	const char *utf8;
	const char *ascii;
	const char *colour;
} glyphs[GLYPH_N] = {
	[PHASE_UNSEEN] = { "·", ".", "\033[2m" },   [PHASE_GOOD] = { "█", "=", "\033[32m" },
	[PHASE_WARNING] = { "▆", "~", "\033[33m" }, [PHASE_UNKNOWN] = { "░", "?", "\033[35m" },
	[PHASE_BAD] = { "▁", "_", "\033[1;31m" },   [GLYPH_PARTLY] = { "▄", "x", "\033[1;31m" },
};

/* How long each phase lasted within a cell. */
struct cell {
	double ms[PHASE_N]; /* spans may overlap without end */
	bool seen[PHASE_N]; /* spans of no length at all count as well */
};

/* The first moment of cell i; that of cell `width` is the end. */
static int64_t edge(const struct timeline *l, size_t width, size_t i)
{
	int64_t length = l->to.ms - l->from.ms;

	return l->from.ms + length / (int64_t)width * (int64_t)i +
	       length % (int64_t)width * (int64_t)i / (int64_t)width;
}

/* The cell that holds the moment t of the window. */
static size_t cell_at(const struct timeline *l, size_t width, int64_t t)
{
	size_t low = 0;
	size_t high = width - 1;

	while (low < high) {
		size_t middle = (low + high + 1) / 2;

		if (edge(l, width, middle) <= t)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

static void fill(const struct timeline *l, size_t width, const struct timeline_span *span,
		 struct cell *cells)
{
	int64_t from = span->from.ms > l->from.ms ? span->from.ms : l->from.ms;
	int64_t to = span->to.ms < l->to.ms ? span->to.ms : l->to.ms;

	if (from > to || from >= l->to.ms || to < l->from.ms)
		return;
	for (size_t i = cell_at(l, width, from); i < width; i++) {
		int64_t a = edge(l, width, i);
		int64_t b = edge(l, width, i + 1);

		if (a >= to && a > from)
			return;
		cells[i].seen[span->phase] = true;
		cells[i].ms[span->phase] += (double)((to < b ? to : b) - (from > a ? from : a));
	}
}

static int glyph_of(const struct cell *c)
{
	double observed = 0;
	int worst = PHASE_UNSEEN;

	for (int p = PHASE_GOOD; p < PHASE_N; p++) {
		observed += c->ms[p];
		if (c->seen[p])
			worst = p;
	}
	if (worst == PHASE_BAD && c->ms[PHASE_BAD] < observed)
		return GLYPH_PARTLY;
	return worst;
}

static struct cell *cells_of(const struct timeline *l, size_t width)
{
	struct cell *cells = xcalloc(width, sizeof *cells);

	MUST(width > 0 && l->from.ms < l->to.ms);
	for (size_t i = 0; i < l->count; i++)
		fill(l, width, &l->spans[i], cells);
	return cells;
}

static void put_glyph(int glyph, const struct term *t, struct buf *out)
{
	buf_puts(out, t->utf8 ? glyphs[glyph].utf8 : glyphs[glyph].ascii);
}

void timeline_put(const struct timeline *l, const struct term *t, size_t width, struct buf *out)
{
	struct cell *cells = cells_of(l, width);
	int before = -1;

	for (size_t i = 0; i < width; i++) {
		int glyph = glyph_of(&cells[i]);

		if (t->colour && (before < 0 || glyphs[glyph].colour != glyphs[before].colour))
			buf_printf(out, "%s%s", before < 0 ? "" : "\033[0m", glyphs[glyph].colour);
		put_glyph(glyph, t, out);
		before = glyph;
	}
	buf_puts(out, t->colour ? "\033[0m" : "");
	free(cells);
}

void timeline_put_legend(const struct timeline *l, const struct term *t, size_t width,
			 struct buf *out)
{
	static const char *const words[GLYPH_N] = {
		[PHASE_UNSEEN] = "not observed",    [PHASE_GOOD] = "clear",
		[PHASE_WARNING] = "with a warning", [PHASE_UNKNOWN] = "unknown",
		[PHASE_BAD] = "not clear",          [GLYPH_PARTLY] = "partly not clear",
	};
	static const int order[] = { PHASE_GOOD, PHASE_WARNING, GLYPH_PARTLY,
				     PHASE_BAD,  PHASE_UNKNOWN, PHASE_UNSEEN };
	struct cell *cells = cells_of(l, width);
	bool there[GLYPH_N] = { false };
	bool first = true;

	for (size_t i = 0; i < width; i++)
		there[glyph_of(&cells[i])] = true;
	for (size_t i = 0; i < ARRAY_LEN(order); i++) {
		if (!there[order[i]])
			continue;
		buf_puts(out, first ? "" : "  ");
		put_glyph(order[i], t, out);
		buf_printf(out, " %s", words[order[i]]);
		first = false;
	}
	free(cells);
}
