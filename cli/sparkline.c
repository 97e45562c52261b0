/* SPDX-License-Identifier: Apache-2.0 */
/* sparkline.c: see sparkline.h. */
#include "cli/sparkline.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/must.h"
#include "report/term.h"

/* What varies less than this is noise, and shall look like it. */
#define STEADY 1.5

enum { LEVELS = 8 };

static const char *const utf8_levels[LEVELS] = { "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" };
static const char ascii_levels[LEVELS + 1] = "_.-:=+*#";

struct cell {
	int64_t count;
	int64_t lost;
	double sum;
};

static struct cell *cells_of(const struct sparkline *s, size_t width)
{
	struct cell *cells = xcalloc(width, sizeof *cells);
	double length = (double)(s->to.ms - s->from.ms);

	MUST(width > 0 && s->from.ms < s->to.ms);
	for (size_t i = 0; i < s->count; i++) {
		const struct sparkline_point *p = &s->points[i];
		size_t at;

		if (p->at.ms < s->from.ms || p->at.ms >= s->to.ms)
			continue;
		at = (size_t)((double)(p->at.ms - s->from.ms) / length * (double)width);
		if (at >= width)
			at = width - 1;
		if (p->value < 0) {
			cells[at].lost++;
		} else {
			cells[at].count++;
			cells[at].sum += (double)p->value;
		}
	}
	return cells;
}

static double mean(const struct cell *c)
{
	return c->sum / (double)c->count;
}

static void find_scale(const struct cell *cells, size_t width, double *ret_low, double *ret_high)
{
	bool found = false;

	for (size_t i = 0; i < width; i++) {
		if (cells[i].count == 0)
			continue;
		if (!found || mean(&cells[i]) < *ret_low)
			*ret_low = mean(&cells[i]);
		if (!found || mean(&cells[i]) > *ret_high)
			*ret_high = mean(&cells[i]);
		found = true;
	}
}

static void put_height(const struct term *t, double share, struct buf *out)
{
	int level = (int)(share * (LEVELS - 1) + 0.5);

	if (t->utf8)
		buf_puts(out, utf8_levels[level]);
	else
		buf_put(out, &ascii_levels[level], 1);
}

static void put_lost(const struct term *t, struct buf *out)
{
	buf_printf(out, "%s%s%s", t->colour ? "\033[1;31m" : "", t->utf8 ? "×" : "x",
		   t->colour ? "\033[0m" : "");
}

void sparkline_put(const struct sparkline *s, const struct term *t, size_t width, struct buf *out,
		   int64_t *ret_low, int64_t *ret_high)
{
	struct cell *cells = cells_of(s, width);
	double low = 0;
	double high = 0;
	size_t blanks = 0; /* not yet put */

	find_scale(cells, width, &low, &high);
	*ret_low = (int64_t)low;
	*ret_high = (int64_t)high;
	if (high < low * STEADY)
		high = low * STEADY;
	for (size_t i = 0; i < width; i++) {
		if (cells[i].count > 0 || cells[i].lost > 0) {
			buf_printf(out, "%*s", (int)blanks, "");
			blanks = 0;
		}
		if (cells[i].count > 0)
			put_height(t, high > low ? (mean(&cells[i]) - low) / (high - low) : 0, out);
		else if (cells[i].lost > 0)
			put_lost(t, out);
		else
			blanks++;
	}
	free(cells);
}
