/* SPDX-License-Identifier: Apache-2.0 */
/* show_probe.c: endpoints as `banksman probe` shows what it found; see show.h. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/got.h"
#include "cli/grid.h"
#include "cli/mark.h"
#include "cli/show.h"
#include "cli/summary.h"
#include "report/table.h"

enum { TEXT_SIZE = 1024 };

enum column {
	COLUMN_HOST,
	COLUMN_ADDRESS,
	COLUMN_PORT,
	COLUMN_STATE,
	COLUMN_RTT,
	COLUMN_WHAT,
	COLUMN_N
};

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_HOST] = { .title = "HOST" },
	[COLUMN_ADDRESS] = { .title = "ADDRESS" },
	[COLUMN_PORT] = { .title = "PORT", .right = true },
	[COLUMN_STATE] = { .title = "STATE" },
	[COLUMN_RTT] = { .title = "RTT", .right = true },
	[COLUMN_WHAT] = { .title = "WHAT", .prose = true },
};

static void set_port(struct grid *g, const json_t *e)
{
	int64_t port = got_number(e, "port", 0);
	int64_t documented = got_number(e, "documented_port", port);
	char text[TEXT_SIZE];

	if (documented != port)
		(void)snprintf(text, sizeof text, "%" PRId64 "=%" PRId64, documented, port);
	else
		(void)snprintf(text, sizeof text, "%" PRId64, port);
	grid_set(g, COLUMN_PORT, text);
}

static void add_endpoint(struct grid *g, const json_t *e)
{
	char text[TEXT_SIZE];
	char rtt[RTT_TEXT_SIZE];

	grid_row(g, mark_of(e));
	if (got_text(e, "image", text, sizeof text)[0] == '\0')
		got_text(e, "host", text, sizeof text);
	grid_set(g, COLUMN_HOST, text);
	grid_set(g, COLUMN_ADDRESS, got_text(e, "address", text, sizeof text));
	set_port(g, e);
	grid_set(g, COLUMN_STATE, got_text(e, "state", text, sizeof text));
	table_format_rtt(got_number(e, "rtt_us", -1), rtt);
	grid_set(g, COLUMN_RTT, rtt);
	grid_set(g, COLUMN_WHAT, got_text(e, "sentence", text, sizeof text));
}

void show_probe(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "endpoints");
	struct grid g;

	grid_init(&g, columns, COLUMN_N);
	for (size_t i = 0; i < got_count(list); i++)
		add_endpoint(&g, got_element(list, i));
	grid_put(&g, &how->term, out);
	grid_done(&g);
	buf_puts(out, "\n");
	summary_put(how, o, out);
}

void show_choice(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "endpoints");
	size_t count = got_count(list);
	size_t shown = how->limit > 0 && how->limit < count ? how->limit : count;

	for (size_t i = 0; i < shown; i++) {
		const json_t *e = got_element(list, i);
		char name[TEXT_SIZE];
		char address[TEXT_SIZE];

		got_text(e, "name", name, sizeof name);
		got_text(e, "address", address, sizeof address);
		buf_printf(out, "  %s%s%s\n", name, address[0] != '\0' ? "  " : "", address);
	}
	if (shown < count)
		buf_printf(out, "  and %zu more\n", count - shown);
}
