/* SPDX-License-Identifier: Apache-2.0 */
/* table.c: see table.h. */
#include "report/table.h"

#include <stdio.h>

#include "base/must.h"
#include "report/advice.h"
#include "report/finding.h"
#include "report/term.h"

/* The sentence stands beside the columns when it has this much room, else below them. */
enum { BESIDE_MIN = 48, TEXT_BYTES = 8192, UNDER_INDENT = 4 };

enum column {
	COLUMN_MARK,
	COLUMN_HOST,
	COLUMN_ADDRESS,
	COLUMN_PORT,
	COLUMN_STATE,
	COLUMN_RTT,
	COLUMN_N
};

struct line {
	const char *cells[COLUMN_N];
};

struct layout {
	const struct term *term;
	size_t widths[COLUMN_N];
	size_t left; /* columns up to the sentence */
	bool beside;
};

static const char *const titles[COLUMN_N] = { "", "HOST", "ADDRESS", "PORT", "STATE", "RTT" };

static const struct {
	const char *utf8;
	const char *ascii;
	const char *colour;
} marks[] = {
	[MARK_GOOD] = { "✓", "ok", "\033[32m" },
	[MARK_WARNING] = { "!", "warn", "\033[33m" },
	[MARK_BAD] = { "✗", "FAIL", "\033[1;31m" },
	[MARK_UNKNOWN] = { "?", "?", "\033[35m" },
};

void table_format_rtt(int64_t rtt_us, char ret_text[RTT_TEXT_SIZE])
{
	enum { US_PER_MS = 1000, TEN_MS_IN_US = 10000 };
	double ms = (double)rtt_us / US_PER_MS;

	if (rtt_us < 0)
		(void)snprintf(ret_text, RTT_TEXT_SIZE, "-");
	else if (rtt_us < TEN_MS_IN_US)
		(void)snprintf(ret_text, RTT_TEXT_SIZE, "%.2f ms", ms);
	else
		(void)snprintf(ret_text, RTT_TEXT_SIZE, "%.0f ms", ms);
}

/* The cells of one row; texts are kept by the caller. */
struct cells {
	char address[ADDR_TEXT_SIZE];
	char port[sizeof "65535=65535"];
	char rtt[RTT_TEXT_SIZE];
};

static struct line line_of(const struct finding *found, const struct term *t, struct cells *c)
{
	enum mark mark = finding_mark(found);

	addr_format(&found->address, c->address);
	if (found->rule != NULL && found->rule->port != found->port)
		(void)snprintf(c->port, sizeof c->port, "%u=%u", found->rule->port, found->port);
	else
		(void)snprintf(c->port, sizeof c->port, "%u", found->port);
	table_format_rtt(found->verdict.rtt_us, c->rtt);
	return (struct line){ .cells = {
				      [COLUMN_MARK] =
					      t->utf8 ? marks[mark].utf8 : marks[mark].ascii,
				      [COLUMN_HOST] =
					      found->image != NULL ? found->image : found->host,
				      [COLUMN_ADDRESS] = c->address[0] != '\0' ? c->address : "-",
				      [COLUMN_PORT] = c->port,
				      [COLUMN_STATE] =
					      port_state_name(reason_state(found->verdict.reason)),
				      [COLUMN_RTT] = c->rtt,
			      } };
}

static void widen(struct layout *l, const struct line *line)
{
	for (int i = 0; i < COLUMN_N; i++) {
		size_t n = term_columns(line->cells[i]);

		if (n > l->widths[i])
			l->widths[i] = n;
	}
}

static struct layout layout_of(const struct findings *s, const struct term *t)
{
	struct layout l = { .term = t };
	struct line head = { .cells = { 0 } };

	for (int i = 0; i < COLUMN_N; i++)
		head.cells[i] = titles[i];
	widen(&l, &head);
	for (size_t i = 0; i < s->count; i++) {
		struct cells cells;
		struct line line = line_of(s->list[i], t, &cells);

		widen(&l, &line);
	}
	for (int i = 0; i < COLUMN_N; i++)
		l.left += l.widths[i] + (i == COLUMN_MARK ? 1 : 2);
	l.beside = t->width == 0 || l.left + BESIDE_MIN <= t->width;
	return l;
}

static bool right_aligned(int column)
{
	return column == COLUMN_PORT || column == COLUMN_RTT;
}

static void put_cells(const struct layout *l, const struct line *line, const char *colour,
		      struct buf *out)
{
	for (int i = 0; i < COLUMN_N; i++) {
		int pad = (int)(l->widths[i] - term_columns(line->cells[i]));
		bool painted = i == COLUMN_MARK && l->term->colour && colour != NULL;
		bool last = i == COLUMN_RTT && !l->beside;

		if (right_aligned(i))
			buf_printf(out, "%*s", pad, "");
		buf_printf(out, "%s%s%s", painted ? colour : "", line->cells[i],
			   painted ? "\033[0m" : "");
		if (!right_aligned(i))
			buf_printf(out, "%*s", pad, "");
		if (!last)
			buf_puts(out, i == COLUMN_MARK ? " " : "  ");
	}
}

static void put_finding(const struct layout *l, const struct finding *found, struct wall now,
			struct buf *out)
{
	struct cells cells;
	struct line line = line_of(found, l->term, &cells);
	struct buf text;

	buf_init(&text, TEXT_BYTES);
	advice_put(found, now, &text);
	put_cells(l, &line, marks[finding_mark(found)].colour, out);
	if (l->beside) {
		term_wrap(out, buf_text(&text), l->left, l->left, l->term->width);
	} else {
		buf_printf(out, "\n%*s", UNDER_INDENT, "");
		term_wrap(out, buf_text(&text), UNDER_INDENT, UNDER_INDENT, l->term->width);
	}
	buf_done(&text);
}

static void put_head(const struct layout *l, struct buf *out)
{
	struct line head = { .cells = { 0 } };

	for (int i = 0; i < COLUMN_N; i++)
		head.cells[i] = titles[i];
	put_cells(l, &head, NULL, out);
	buf_puts(out, l->beside ? "WHAT\n" : "\n");
}

/* "11 of 13 ways are clear; 2 are not." */
static void put_summary(const struct findings *s, const struct term *t, struct buf *out)
{
	size_t counts[ARRAY_LEN(marks)] = { 0 };
	size_t minor = 0;
	struct buf text;
	size_t bad;

	for (size_t i = 0; i < s->count; i++) {
		counts[finding_mark(s->list[i])]++;
		minor += finding_mark(s->list[i]) == MARK_WARNING && !finding_clear(s->list[i]);
	}
	bad = counts[MARK_BAD] + minor;
	buf_init(&text, TEXT_BYTES);
	if (bad == 0 && counts[MARK_UNKNOWN] == 0 && s->count > 0 && !s->interrupted)
		buf_printf(&text, s->count == 1 ? "The way is clear" : "All %zu ways are clear",
			   s->count);
	else
		buf_printf(&text, "%zu of %zu way%s clear",
			   counts[MARK_GOOD] + counts[MARK_WARNING] - minor, s->count,
			   s->count == 1 ? " is" : "s are");
	if (bad > 0)
		buf_printf(&text, "; %zu %s not", bad, bad == 1 ? "is" : "are");
	if (minor > 0)
		buf_printf(&text, " (%zu of them not needed everywhere)", minor);
	if (counts[MARK_UNKNOWN] > 0)
		buf_printf(&text, "; %zu could not be checked", counts[MARK_UNKNOWN]);
	if (counts[MARK_WARNING] > minor)
		buf_printf(&text, "; %zu with a warning", counts[MARK_WARNING] - minor);
	if (s->interrupted)
		buf_printf(&text, "; interrupted before %zu more %s asked", s->left_out,
			   s->left_out == 1 ? "was" : "were");
	buf_puts(&text, ".");
	buf_puts(out, "\n");
	term_wrap(out, buf_text(&text), 0, 0, t->width);
	buf_done(&text);
}

void table_put(const struct findings *s, const struct term *t, struct wall now, struct buf *out)
{
	struct layout l = layout_of(s, t);

	if (s->count > 0)
		put_head(&l, out);
	for (size_t i = 0; i < s->count; i++)
		put_finding(&l, s->list[i], now, out);
	put_summary(s, t, out);
}
