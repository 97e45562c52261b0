/* SPDX-License-Identifier: Apache-2.0 */
/* mark.c: see mark.h. */
#include "cli/mark.h"

#include <string.h>

#include "base/must.h"
#include "cli/got.h"
#include "report/exit.h"
#include "report/term.h"

static const struct {
	const char *name;
	const char *utf8;
	const char *ascii;
	const char *colour;
} marks[] = {
	[MARK_GOOD] = { "good", "✓", "ok", "\033[32m" },
	[MARK_WARNING] = { "warning", "!", "warn", "\033[33m" },
	[MARK_BAD] = { "bad", "✗", "FAIL", "\033[1;31m" },
	[MARK_UNKNOWN] = { "unknown", "?", "?", "\033[35m" },
};

static const struct {
	const char *state;
	enum mark mark;
} states[] = {
	{ "open", MARK_GOOD },         { "serving", MARK_GOOD },    { "trusted", MARK_GOOD },
	{ "resolved", MARK_GOOD },     { "steady", MARK_GOOD },     { "flapping", MARK_WARNING },
	{ "untrusted", MARK_WARNING }, { "failing", MARK_BAD },     { "closed", MARK_BAD },
	{ "filtered", MARK_BAD },      { "unreachable", MARK_BAD }, { "unresolved", MARK_BAD },
};

enum mark mark_of_state(const char *state)
{
	for (size_t i = 0; i < ARRAY_LEN(states); i++)
		if (strcmp(state, states[i].state) == 0)
			return states[i].mark;
	return MARK_UNKNOWN;
}

enum mark mark_of(const json_t *endpoint)
{
	for (size_t i = 0; i < ARRAY_LEN(marks); i++)
		if (got_is(endpoint, "mark", marks[i].name))
			return (enum mark)i;
	return MARK_UNKNOWN;
}

const char *mark_sign(enum mark m, const struct term *t)
{
	return t->utf8 ? marks[m].utf8 : marks[m].ascii;
}

const char *mark_colour(enum mark m)
{
	return marks[m].colour;
}

void mark_put_line(enum mark m, const struct term *t, const char *text, struct buf *out)
{
	const char *sign = mark_sign(m, t);
	size_t indent = term_columns(sign) + 1;

	buf_printf(out, "%s%s%s ", t->colour ? mark_colour(m) : "", sign,
		   t->colour ? "\033[0m" : "");
	term_wrap(out, text, indent, indent, t->width);
}

int mark_status(const json_t *endpoints)
{
	size_t count = got_count(endpoints);

	for (size_t i = 0; i < count; i++) {
		enum mark m = mark_of(got_element(endpoints, i));

		if (m == MARK_BAD || m == MARK_UNKNOWN)
			return STATUS_NOT_CLEAR;
	}
	return count > 0 ? STATUS_CLEAR : STATUS_NOT_CLEAR;
}
