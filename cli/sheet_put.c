/* SPDX-License-Identifier: Apache-2.0 */
/* sheet_put.c: a firewall request as a table, CSV and JSON; see sheet.h. */
#include <stdio.h>
#include <string.h>

#include "base/must.h"
#include "cli/grid.h"
#include "cli/quote.h"
#include "cli/sheet.h"
#include "report/json.h"

enum field {
	FIELD_SOURCE,
	FIELD_SOURCE_ADDRESS,
	FIELD_DESTINATION,
	FIELD_DESTINATION_ADDRESS,
	FIELD_PROTOCOL,
	FIELD_PORT,
	FIELD_PURPOSE,
	FIELD_SEVERITY,
	FIELD_REQUIREMENT,
	FIELD_N
};

static const char *const names[FIELD_N] = {
	"source", "source_address", "destination", "destination_address", "protocol",
	"port",   "purpose",        "severity",    "requirement",
};

struct row {
	char source_address[ADDR_TEXT_SIZE];
	char destination_address[ADDR_TEXT_SIZE];
	char port[sizeof "65535"];
	const char *fields[FIELD_N];
};

static void fill(const struct sheet_source *from, const struct sheet_need *to, struct row *r)
{
	addr_format(&from->address, r->source_address);
	addr_format(&to->address, r->destination_address);
	(void)snprintf(r->port, sizeof r->port, "%u", to->port);
	r->fields[FIELD_SOURCE] = from->name;
	r->fields[FIELD_SOURCE_ADDRESS] = r->source_address;
	r->fields[FIELD_DESTINATION] = to->name;
	r->fields[FIELD_DESTINATION_ADDRESS] = r->destination_address;
	r->fields[FIELD_PROTOCOL] = "TCP";
	r->fields[FIELD_PORT] = r->port;
	r->fields[FIELD_PURPOSE] = to->purpose;
	r->fields[FIELD_SEVERITY] = "";
	if (to->purpose[0] != '\0')
		r->fields[FIELD_SEVERITY] = to->blocker ? "blocker" : "warning";
	r->fields[FIELD_REQUIREMENT] = to->requirement;
}

/* Everything, source by source. */
typedef void put_row_fn(void *owner, const struct sheet_need *to, const struct row *r);

static void each_row(const struct sheet *s, put_row_fn *put, void *owner)
{
	struct row r;

	for (size_t i = 0; i < s->source_count; i++)
		for (size_t k = 0; k < s->need_count; k++)
			if (sheet_row(&s->sources[i], &s->needs[k])) {
				fill(&s->sources[i], &s->needs[k], &r);
				put(owner, &s->needs[k], &r);
			}
}

/* ---- CSV */

static void put_csv_row(void *owner, const struct sheet_need *to, const struct row *r)
{
	(void)to;
	for (int f = 0; f < FIELD_N; f++)
		quote_csv(r->fields[f], f == FIELD_N - 1, owner);
}

void sheet_put_csv(const struct sheet *s, struct buf *out)
{
	for (int f = 0; f < FIELD_N; f++)
		quote_csv(names[f], f == FIELD_N - 1, out);
	each_row(s, put_csv_row, out);
}

/* ---- JSON */

static void put_json_row(void *owner, const struct sheet_need *to, const struct row *r)
{
	json_t *o = report_object();

	for (int f = 0; f < FIELD_N; f++)
		if (f != FIELD_PORT)
			report_set_text(o, names[f], r->fields[f]);
		else
			report_set_number(o, names[f], to->port);
	report_append(owner, o);
}

void sheet_put_json(const struct sheet *s, struct buf *out)
{
	json_t *o = report_object();
	json_t *list = report_array();

	each_row(s, put_json_row, list);
	report_set(o, "connections", list);
	report_put(o, out);
}

/* ---- a table */

static const enum field shown[] = { FIELD_SOURCE,      FIELD_SOURCE_ADDRESS,
				    FIELD_DESTINATION, FIELD_DESTINATION_ADDRESS,
				    FIELD_PORT,        FIELD_PURPOSE };

static const struct grid_column columns[ARRAY_LEN(shown)] = {
	{ .title = "SOURCE" },
	{ .title = "ADDRESS" },
	{ .title = "DESTINATION" },
	{ .title = "ADDRESS" },
	{ .title = "PORT", .right = true },
	{ .title = "PURPOSE", .prose = true },
};

static void put_table_row(void *owner, const struct sheet_need *to, const struct row *r)
{
	bool known = r->source_address[0] != '\0' && r->destination_address[0] != '\0';

	(void)to;
	grid_row(owner, known ? MARK_GOOD : MARK_UNKNOWN);
	for (size_t i = 0; i < ARRAY_LEN(shown); i++)
		grid_set(owner, i, r->fields[shown[i]]);
}

void sheet_put_table(const struct sheet *s, const struct term *t, struct buf *out)
{
	size_t rows = sheet_rows(s);
	struct grid g;

	grid_init(&g, columns, ARRAY_LEN(columns));
	each_row(s, put_table_row, &g);
	grid_put(&g, t, out);
	grid_done(&g);
	buf_printf(out,
		   "\n%zu connection%s, all TCP.  -o csv has them as network teams want them.\n",
		   rows, rows == 1 ? "" : "s");
}
