/* SPDX-License-Identifier: Apache-2.0 */
/* summary.c: see summary.h. */
#include "cli/summary.h"

#include "cli/got.h"
#include "cli/mark.h"

enum { LINE_BYTES = 1024, WORD_SIZE = 64 };

void summary_put(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "endpoints");
	size_t counts[MARK_UNKNOWN + 1] = { 0 };
	size_t count = got_count(list);
	char next[WORD_SIZE];
	size_t clear;
	struct buf text;

	for (size_t i = 0; i < count; i++)
		counts[mark_of(got_element(list, i))]++;
	clear = counts[MARK_GOOD] + counts[MARK_WARNING];
	buf_init(&text, LINE_BYTES);
	if (count == 0)
		buf_puts(&text, "No endpoints");
	else if (how->problems)
		buf_printf(&text, "%zu with a problem", count);
	else if (clear == count)
		buf_printf(&text, count == 1 ? "The way is clear" : "All %zu ways are clear",
			   count);
	else
		buf_printf(&text, "%zu of %zu way%s clear", clear, count,
			   count == 1 ? " is" : "s are");
	if (counts[MARK_BAD] > 0)
		buf_printf(&text, "; %zu %s not%s", counts[MARK_BAD],
			   counts[MARK_BAD] == 1 ? "is" : "are", how->problems ? " clear" : "");
	if (counts[MARK_UNKNOWN] > 0)
		buf_printf(&text, "; %zu %s not known", counts[MARK_UNKNOWN],
			   counts[MARK_UNKNOWN] == 1 ? "is" : "are");
	if (counts[MARK_WARNING] > 0)
		buf_printf(&text, "; %zu with a warning", counts[MARK_WARNING]);
	if (got_text(o, "next", next, sizeof next)[0] != '\0')
		buf_puts(&text, "; there are more (--limit)");
	buf_puts(&text, ".");
	term_wrap(out, buf_text(&text), 0, 0, how->term.width);
	buf_done(&text);
}
