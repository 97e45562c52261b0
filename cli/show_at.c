/* SPDX-License-Identifier: Apache-2.0 */
/* show_at.c: everything at a moment; see show.h. */
#include <stdio.h>
#include <string.h>

#include "cli/got.h"
#include "cli/grid.h"
#include "cli/mark.h"
#include "cli/moment.h"
#include "cli/show.h"
#include "cli/span.h"

enum { WORD_SIZE = 64, TEXT_SIZE = 600 };

enum column {
	COLUMN_NAME,
	COLUMN_ADDRESS,
	COLUMN_STATE,
	COLUMN_SINCE,
	COLUMN_SERVICE,
	COLUMN_TRUST,
	COLUMN_DETAIL,
	COLUMN_N
};

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_NAME] = { .title = "ENDPOINT" },
	[COLUMN_ADDRESS] = { .title = "ADDRESS" },
	[COLUMN_STATE] = { .title = "STATE" },
	[COLUMN_SINCE] = { .title = "FOR", .right = true },
	[COLUMN_SERVICE] = { .title = "SERVICE" },
	[COLUMN_TRUST] = { .title = "CERTIFICATE" },
	[COLUMN_DETAIL] = { .title = "DETAIL", .prose = true },
};

/* "filtered (no-answer)" */
static void set_state(struct grid *g, size_t column, const json_t *e, const char *state_key,
		      const char *reason_key)
{
	char state[WORD_SIZE];
	char reason[WORD_SIZE];
	char text[2 * WORD_SIZE + 4];
	bool plain;

	got_text(e, state_key, state, sizeof state);
	got_text(e, reason_key, reason, sizeof reason);
	plain = reason[0] == '\0' || strcmp(reason, "ok") == 0 || strcmp(reason, state) == 0;
	(void)snprintf(text, sizeof text, "%s%s%s%s", state, plain ? "" : " (", plain ? "" : reason,
		       plain ? "" : ")");
	grid_set(g, column, text);
}

static enum mark worse(enum mark a, enum mark b)
{
	static const int ranks[] = {
		[MARK_GOOD] = 0, [MARK_WARNING] = 1, [MARK_UNKNOWN] = 2, [MARK_BAD] = 3
	};

	return ranks[a] >= ranks[b] ? a : b;
}

/* Of port, service and certificate together; what was not asked does not count. */
static enum mark mark_then(const json_t *e)
{
	static const char *const others[] = { "service", "trust" };
	char state[WORD_SIZE];
	enum mark mark = mark_of_state(got_text(e, "state", state, sizeof state));

	if (mark != MARK_GOOD)
		return mark;
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (got_text(e, others[i], state, sizeof state)[0] != '\0' &&
		    strcmp(state, "untried") != 0)
			mark = worse(mark, mark_of_state(state));
	return mark;
}

static void add(struct grid *g, const json_t *e, const struct wall *at)
{
	char text[TEXT_SIZE];
	struct wall since;

	grid_row(g, mark_then(e));
	if (got_text(e, "name", text, sizeof text)[0] == '\0')
		got_text(e, "host", text, sizeof text);
	grid_set(g, COLUMN_NAME, text);
	grid_set(g, COLUMN_ADDRESS, got_text(e, "address", text, sizeof text));
	set_state(g, COLUMN_STATE, e, "state", "reason");
	if (got_text(e, "state", text, sizeof text)[0] == '\0')
		grid_set(g, COLUMN_STATE, "not observed");
	if (at != NULL && got_time(e, "since", &since)) {
		moment_format_span(at->ms > since.ms ? at->ms - since.ms : 0, text);
		grid_set(g, COLUMN_SINCE, text);
	}
	set_state(g, COLUMN_SERVICE, e, "service", "service_reason");
	set_state(g, COLUMN_TRUST, e, "trust", "trust_reason");
	grid_set(g, COLUMN_DETAIL, span_detail(e, text, sizeof text));
}

void show_at(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "endpoints");
	char text[MOMENT_TEXT_SIZE];
	struct wall at;
	bool known = got_time(o, "time", &at);
	struct grid g;

	if (known) {
		moment_format(at, text);
		buf_printf(out, "At %s:\n\n", text);
	}
	if (got_count(list) == 0)
		buf_puts(out, "Nothing was observed.\n");
	grid_init(&g, columns, COLUMN_N);
	for (size_t i = 0; i < got_count(list); i++)
		add(&g, got_element(list, i), known ? &at : NULL);
	grid_put(&g, &how->term, out);
	grid_done(&g);
}
