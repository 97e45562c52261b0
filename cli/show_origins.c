/* SPDX-License-Identifier: Apache-2.0 */
/* show_origins.c: what is watched, and where the daemon knows it from; see show.h. */
#include "cli/got.h"
#include "cli/grid.h"
#include "cli/mark.h"
#include "cli/show.h"

enum { TEXT_SIZE = 600 };

static const struct {
	struct grid_column column;
	const char *key;
} columns[] = {
	{ { .title = "ENDPOINT" }, "name" }, { { .title = "ADDRESS" }, "address" },
	{ { .title = "STATE" }, "state" },   { { .title = "PROVIDER" }, "provider" },
	{ { .title = "ROLE" }, "role" },     { { .title = "FROM" }, "origin" },
};

enum { COLUMN_N = sizeof columns / sizeof columns[0] };

void show_origins(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "endpoints");
	struct grid_column titles[COLUMN_N];
	char text[TEXT_SIZE];
	struct grid g;

	if (got_count(list) == 0) {
		buf_puts(out, "Nothing is watched.\n");
		return;
	}
	for (size_t c = 0; c < COLUMN_N; c++)
		titles[c] = columns[c].column;
	grid_init(&g, titles, COLUMN_N);
	for (size_t i = 0; i < got_count(list); i++) {
		const json_t *e = got_element(list, i);

		grid_row(&g, mark_of(e));
		for (size_t c = 0; c < COLUMN_N; c++)
			grid_set(&g, c, got_text(e, columns[c].key, text, sizeof text));
	}
	grid_put(&g, &how->term, out);
	grid_done(&g);
}
