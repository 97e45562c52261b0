/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_ports.c: banksman ports: what the documentation asks for. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "cli/options.h"
#include "cli/quote.h"
#include "cli/request.h"
#include "cli/verb.h"
#include "probes/role.h"
#include "report/exit.h"
#include "report/json.h"
#include "report/term.h"

enum field {
	FIELD_ROLE,
	FIELD_PORT,
	FIELD_PROTOCOL,
	FIELD_SOURCE,
	FIELD_DESTINATION,
	FIELD_PURPOSE,
	FIELD_SINCE,
	FIELD_UNTIL,
	FIELD_SEVERITY,
	FIELD_DOCUMENT,
	FIELD_N
};

static const char *const names[FIELD_N] = {
	"role",    "port",  "protocol", "source",   "destination",
	"purpose", "since", "until",    "severity", "document",
};

struct line {
	uint16_t number;
	char port[sizeof "65535"];
	const char *fields[FIELD_N];
};

static struct line *line_fill(const struct port_rule *r, struct line *l)
{
	(void)snprintf(l->port, sizeof l->port, "%u", r->port);
	l->number = r->port;
	l->fields[FIELD_ROLE] = role_name(r->role);
	l->fields[FIELD_PORT] = l->port;
	l->fields[FIELD_PROTOCOL] = r->protocol;
	l->fields[FIELD_SOURCE] = r->source;
	l->fields[FIELD_DESTINATION] = r->destination;
	l->fields[FIELD_PURPOSE] = r->purpose;
	l->fields[FIELD_SINCE] = r->since;
	l->fields[FIELD_UNTIL] = r->until;
	l->fields[FIELD_SEVERITY] = r->severity;
	l->fields[FIELD_DOCUMENT] = r->document;
	return l;
}

/* The rows of role (ROLE_NONE: all); an owned array. */
static struct line *lines_make(enum role role, size_t *ret_count)
{
	size_t total;
	const struct port_rule *rules = port_rules(&total);
	struct line *lines = xcalloc(total, sizeof *lines);
	size_t count = 0;

	for (size_t i = 0; i < total; i++)
		if (role == ROLE_NONE || rules[i].role == role)
			(void)line_fill(&rules[i], &lines[count++]);
	*ret_count = count;
	return lines;
}

static const char *first_word(enum field f)
{
	static const char *const titles[FIELD_N] = {
		[FIELD_ROLE] = "ROLE",       [FIELD_PORT] = "PORT",   [FIELD_DESTINATION] = "AT",
		[FIELD_PURPOSE] = "PURPOSE", [FIELD_SINCE] = "SINCE", [FIELD_UNTIL] = "UNTIL",
	};

	return titles[f];
}

static void put_table(const struct line *lines, size_t count, const struct term *t, struct buf *out)
{
	static const enum field shown[] = { FIELD_ROLE,  FIELD_PORT,        FIELD_SINCE,
					    FIELD_UNTIL, FIELD_DESTINATION, FIELD_PURPOSE };
	size_t widths[FIELD_N] = { 0 };
	size_t left = 0;

	for (size_t s = 0; s < ARRAY_LEN(shown) - 1; s++) {
		widths[s] = strlen(first_word(shown[s]));
		for (size_t i = 0; i < count; i++) {
			size_t len = strlen(lines[i].fields[shown[s]]);

			if (len > widths[s])
				widths[s] = len;
		}
		buf_printf(out, "%-*s  ", (int)widths[s], first_word(shown[s]));
		left += widths[s] + 2;
	}
	buf_printf(out, "%s\n", first_word(FIELD_PURPOSE));
	for (size_t i = 0; i < count; i++) {
		for (size_t s = 0; s < ARRAY_LEN(shown) - 1; s++) {
			const char *text = lines[i].fields[shown[s]];

			buf_printf(out, "%-*s  ", (int)widths[s], text[0] != '\0' ? text : "-");
		}
		term_wrap(out, lines[i].fields[FIELD_PURPOSE], left, left, t->width);
	}
	buf_puts(out, "\nAll TCP, opened from the OpenShift nodes.  SINCE, UNTIL: the first and "
		      "the last\n"
		      "release whose documentation asks for it.\n");
}

static void put_json(const struct line *lines, size_t count, struct buf *out)
{
	json_t *o = report_object();
	json_t *list = report_array();

	for (size_t i = 0; i < count; i++) {
		json_t *row = report_object();

		for (int f = 0; f < FIELD_N; f++)
			if (f != FIELD_PORT)
				report_set_text(row, names[f], lines[i].fields[f]);
			else
				report_set_number(row, names[f], lines[i].number);
		report_append(list, row);
	}
	report_set(o, "ports", list);
	report_put(o, out);
}

static void put_csv(const struct line *lines, size_t count, struct buf *out)
{
	for (int f = 0; f < FIELD_N; f++)
		quote_csv(names[f], f == FIELD_N - 1, out);
	for (size_t i = 0; i < count; i++)
		for (int f = 0; f < FIELD_N; f++)
			quote_csv(lines[i].fields[f], f == FIELD_N - 1, out);
}

int cmd_ports(const struct options *o)
{
	struct term term = term_find();
	struct line *lines;
	struct buf out;
	size_t count;
	int status;

	if (o->nodes_file != NULL)
		return request_sheet(o);
	lines = lines_make(o->role, &count);
	buf_init(&out, TERM_OUTPUT_BYTES);
	if (o->output == OUTPUT_JSON)
		put_json(lines, count, &out);
	else if (o->output == OUTPUT_CSV)
		put_csv(lines, count, &out);
	else
		put_table(lines, count, &term, &out);
	free(lines);
	status = term_write(&out, STATUS_CLEAR);
	buf_done(&out);
	return status;
}
