/* SPDX-License-Identifier: Apache-2.0 */
/* show_certs.c: certificates and where they were seen; see show.h. */
#include <stdio.h>

#include "base/text.h"
#include "cli/got.h"
#include "cli/grid.h"
#include "cli/moment.h"
#include "cli/show.h"

#define DAY_MS (INT64_C(24) * 60 * 60 * 1000)

enum { TEXT_SIZE = 600, EXPIRY_WARNING_DAYS = 30 };

enum column {
	COLUMN_NAME,
	COLUMN_ADDRESS,
	COLUMN_SUBJECT,
	COLUMN_ISSUER,
	COLUMN_EXPIRES,
	COLUMN_FIRST,
	COLUMN_LAST,
	COLUMN_SHA256,
	COLUMN_SHA1,
	COLUMN_BRIEF,
	COLUMN_N
};

static const struct grid_column columns[COLUMN_N] = {
	[COLUMN_NAME] = { .title = "ENDPOINT" },
	[COLUMN_ADDRESS] = { .title = "ADDRESS" },
	[COLUMN_SUBJECT] = { .title = "SUBJECT" },
	[COLUMN_ISSUER] = { .title = "ISSUER" },
	[COLUMN_EXPIRES] = { .title = "EXPIRES" },
	[COLUMN_FIRST] = { .title = "FIRST SEEN" },
	[COLUMN_LAST] = { .title = "LAST SEEN" },
	[COLUMN_SHA256] = { .title = "SHA-256" },
	[COLUMN_SHA1] = { .title = "SHA-1" },
	[COLUMN_BRIEF] = { .title = "CERTIFICATE", .prose = true },
};

static enum mark mark_of_expiry(const struct show *how, const json_t *c)
{
	struct wall end;
	struct wall begin;

	if (!got_time(c, "not_after", &end))
		return MARK_UNKNOWN;
	if (end.ms <= how->now.ms || (got_time(c, "not_before", &begin) && begin.ms > how->now.ms))
		return MARK_BAD;
	return end.ms - how->now.ms < EXPIRY_WARNING_DAYS * DAY_MS ? MARK_WARNING : MARK_GOOD;
}

/* "in 200 d", "3 d ago": a date says little, and wide has it. */
static void set_expiry(const struct show *how, struct grid *g, const json_t *c)
{
	char span[MOMENT_SPAN_SIZE];
	char text[MOMENT_TEXT_SIZE];
	struct wall end;

	if (!got_time(c, "not_after", &end))
		return;
	if (how->wide) {
		moment_format(end, text);
	} else if (end.ms > how->now.ms) {
		moment_format_span(end.ms - how->now.ms, span);
		(void)snprintf(text, sizeof text, "in %s", span);
	} else {
		moment_format_span(how->now.ms - end.ms, span);
		(void)snprintf(text, sizeof text, "%s ago", span);
	}
	grid_set(g, COLUMN_EXPIRES, text);
}

static void set_time(const struct show *how, struct grid *g, size_t column, const json_t *c,
		     const char *key)
{
	char text[MOMENT_TEXT_SIZE];
	char span[MOMENT_SPAN_SIZE];
	struct wall t;

	if (!got_time(c, key, &t))
		return;
	if (how->wide) {
		moment_format(t, text);
	} else {
		moment_format_span(how->now.ms > t.ms ? how->now.ms - t.ms : 0, span);
		(void)snprintf(text, sizeof text, "%s ago", span);
	}
	grid_set(g, column, text);
}

/* "CN=esx04.example.com; SHA-1 01:02…": so long that it goes below on a narrow terminal. */
static void set_brief(struct grid *g, const json_t *c)
{
	char subject[TEXT_SIZE];
	char sha1[TEXT_SIZE];
	char text[2 * TEXT_SIZE];

	got_text(c, "subject", subject, sizeof subject);
	got_text(c, "sha1", sha1, sizeof sha1);
	text_printf(text, sizeof text, "%s%s%s", subject, sha1[0] != '\0' ? "; SHA-1 " : "", sha1);
	grid_set(g, COLUMN_BRIEF, text);
}

static void add(const struct show *how, struct grid *g, const json_t *c)
{
	char text[TEXT_SIZE];

	grid_row(g, mark_of_expiry(how, c));
	grid_set(g, COLUMN_NAME, got_text(c, "name", text, sizeof text));
	set_expiry(how, g, c);
	set_time(how, g, COLUMN_FIRST, c, "first_seen");
	set_time(how, g, COLUMN_LAST, c, "last_seen");
	if (!how->wide) {
		set_brief(g, c);
		return;
	}
	grid_set(g, COLUMN_SUBJECT, got_text(c, "subject", text, sizeof text));
	grid_set(g, COLUMN_SHA1, got_text(c, "sha1", text, sizeof text));
	grid_set(g, COLUMN_ADDRESS, got_text(c, "address", text, sizeof text));
	grid_set(g, COLUMN_ISSUER, got_text(c, "issuer", text, sizeof text));
	grid_set(g, COLUMN_SHA256, got_text(c, "sha256", text, sizeof text));
}

void show_certs(const struct show *how, const json_t *o, struct buf *out)
{
	const json_t *list = got_list(o, "certificates");
	size_t count = got_count(list);
	struct grid g;

	if (count == 0) {
		buf_puts(out, "No certificate was seen.\n");
		return;
	}
	grid_init(&g, columns, COLUMN_N);
	for (size_t i = 0; i < count; i++)
		add(how, &g, got_element(list, i));
	grid_put(&g, &how->term, out);
	grid_done(&g);
}
