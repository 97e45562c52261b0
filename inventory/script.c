/* SPDX-License-Identifier: Apache-2.0 */
/* script.c: see script.h. */
#include "inventory/script.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/must.h"

enum { HEADER_BYTES = 64 * 1024 };

enum what { WHAT_NONE, WHAT_FORMAT, WHAT_KIND, WHAT_RULE };

static const char *const whats[] = { NULL, "FORMAT", "KIND", "RULE" };

enum header {
	HEADER_TITLE,
	HEADER_LISTS,
	HEADER_MATCH,
	HEADER_SEVERITY,
	HEADER_CATEGORY,
	HEADER_PAGE,
	HEADER_WHY,
	HEADER_REMEDY,
	HEADER_SOURCE,
	HEADER_NOTE,
	HEADER_N
};

enum { IN_FORMAT = 1 << WHAT_FORMAT, IN_KIND = 1 << WHAT_KIND, IN_RULE = 1 << WHAT_RULE };

static const struct {
	const char *name;
	int in, needed;
} headers[] = {
	[HEADER_TITLE] = { "title", IN_FORMAT | IN_RULE, IN_FORMAT | IN_RULE },
	[HEADER_LISTS] = { "lists", IN_FORMAT, 0 },
	[HEADER_MATCH] = { "match", IN_KIND, IN_KIND },
	[HEADER_SEVERITY] = { "severity", IN_RULE, IN_RULE },
	[HEADER_CATEGORY] = { "category", IN_RULE, 0 },
	[HEADER_PAGE] = { "page", IN_RULE, 0 },
	[HEADER_WHY] = { "why", IN_RULE, IN_RULE },
	[HEADER_REMEDY] = { "remedy", IN_RULE, IN_RULE },
	[HEADER_SOURCE] = { "source", IN_RULE, IN_RULE },
	[HEADER_NOTE] = { "note", IN_RULE, 0 },
};

static const char *const severities[RULE_SEVERITY_N] = {
	[RULE_INFO] = "info",
	[RULE_WARNING] = "warning",
	[RULE_BLOCKER] = "blocker",
};

/* A unit as it is read. */
struct unit {
	struct scripts *to;
	const char *place; /* owned by `to` */
	size_t formats_before;
	bool is_builtin;
	unsigned line; /* the one at hand */
	enum what what;
	const char *id;
	unsigned began;              /* its line */
	struct buf values[HEADER_N]; /* data is NULL: not given */
	int last;                    /* the header that may be continued; -1: none */
	const char *sql;             /* where it begins in the text; NULL: not yet */
	unsigned sql_line;
	bool has_sql;
};

/* ---- memory */

static void *own(struct scripts *s, void *p)
{
	s->owned = xreallocarray(s->owned, s->owned_n + 1, sizeof *s->owned);
	s->owned[s->owned_n++] = p;
	return p;
}

void script_free(struct scripts *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < s->owned_n; i++)
		free(s->owned[i]);
	free(s->owned);
	free(s->formats);
	free(s->kinds);
	free(s->rules);
	free(s->lists);
	free(s);
}

/* ---- what a unit becomes */

static const char *value(struct unit *u, enum header h)
{
	return u->values[h].data != NULL ? own(u->to, xstrdup(buf_text(&u->values[h]))) : NULL;
}

static bool bad(const struct unit *u, unsigned line, struct err *ret_err)
{
	return err_add(ret_err, "%s:%u", u->place, line);
}

static bool again(const struct unit *u, const char *other_place, struct err *ret_err)
{
	return err_set(ret_err, 0, "%s %s is already in %s", whats[u->what], u->id, other_place);
}

static void add_lists(struct scripts *s, const char *names)
{
	for (const char *p = names; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, " \t");

		if (n > 0) {
			s->lists = xreallocarray(s->lists, s->lists_n + 1, sizeof *s->lists);
			s->lists[s->lists_n++] = own(s, xstrndup(p, n));
		}
		p += n + strspn(p + n, " \t");
	}
}

static bool add_format(struct unit *u, struct err *ret_err)
{
	struct scripts *s = u->to;

	for (size_t i = 0; i < s->formats_n; i++)
		if (strcmp(s->formats[i].id, u->id) == 0)
			return again(u, "another script", ret_err);
	s->formats = xreallocarray(s->formats, s->formats_n + 1, sizeof *s->formats);
	s->formats[s->formats_n++] = (struct script_format){ u->id, value(u, HEADER_TITLE) };
	add_lists(s, value(u, HEADER_LISTS));
	return true;
}

static bool add_kind(struct unit *u, const struct script_sql *sql, struct err *ret_err)
{
	struct scripts *s = u->to;

	if (s->formats_n == u->formats_before)
		return err_set(ret_err, 0, "a KIND before any FORMAT");
	for (size_t i = 0; i < s->kinds_n; i++)
		if (s->kinds[i].format == s->formats_n - 1 && strcmp(s->kinds[i].id, u->id) == 0)
			return again(u, s->kinds[i].sql.place, ret_err);
	s->kinds = xreallocarray(s->kinds, s->kinds_n + 1, sizeof *s->kinds);
	s->kinds[s->kinds_n++] = (struct script_kind){
		.format = s->formats_n - 1,
		.id = u->id,
		.match = value(u, HEADER_MATCH),
		.sql = *sql,
	};
	return true;
}

static bool add_rule(struct unit *u, const struct script_sql *sql, struct err *ret_err)
{
	const char *severity = buf_text(&u->values[HEADER_SEVERITY]);
	struct scripts *s = u->to;
	enum rule_severity level = 0;

	while (level < RULE_SEVERITY_N && strcmp(severities[level], severity) != 0)
		level++;
	if (level == RULE_SEVERITY_N)
		return err_set(ret_err, 0, "severity '%.40s' is none of blocker, warning, info",
			       severity);
	for (size_t i = 0; i < s->rules_n; i++)
		if (strcmp(s->rules[i].rule.id, u->id) == 0)
			return again(u, s->rules[i].sql.place, ret_err);
	s->rules = xreallocarray(s->rules, s->rules_n + 1, sizeof *s->rules);
	s->rules[s->rules_n++] = (struct script_rule){
		.rule = {
			.id = u->id,
			.severity = level,
			.category = value(u, HEADER_CATEGORY),
			.page = value(u, HEADER_PAGE),
			.title = value(u, HEADER_TITLE),
			.why = value(u, HEADER_WHY),
			.remedy = value(u, HEADER_REMEDY),
			.source = value(u, HEADER_SOURCE),
			.note = value(u, HEADER_NOTE),
			.place = u->is_builtin ? "builtin" : u->place,
		},
		.sql = *sql,
	};
	return true;
}

static bool check_unit(const struct unit *u, struct err *ret_err)
{
	for (size_t h = 0; h < HEADER_N; h++) {
		if (u->values[h].len == 0 && (headers[h].needed & 1 << u->what) != 0)
			return err_set(ret_err, 0, "%s %s without '%s:'", whats[u->what], u->id,
				       headers[h].name);
		if (buf_overflowed(&u->values[h]))
			return err_set(ret_err, 0, "'%s:' is longer than %d KiB", headers[h].name,
				       HEADER_BYTES >> 10);
	}
	if (u->has_sql != (u->what != WHAT_FORMAT))
		return err_set(ret_err, 0, "%s %s %s SQL", whats[u->what], u->id,
			       u->has_sql ? "takes no" : "without");
	if (u->to->formats_n + u->to->kinds_n + u->to->rules_n >= SCRIPT_UNITS)
		return err_set(ret_err, 0, "more than %d formats, kinds and rules", SCRIPT_UNITS);
	return true;
}

/* The unit at hand is over: its SQL ends at end. */
static bool unit_end(struct unit *u, const char *end, struct err *ret_err)
{
	struct script_sql sql = { .place = u->place, .line = u->sql_line };
	bool ok = true;

	if (u->what == WHAT_NONE)
		return true;
	if (!check_unit(u, ret_err))
		return bad(u, u->began, ret_err);
	if (u->sql != NULL)
		sql.text = own(u->to, xstrndup(u->sql, (size_t)(end - u->sql)));
	if (u->what == WHAT_FORMAT)
		ok = add_format(u, ret_err);
	else if (u->what == WHAT_KIND)
		ok = add_kind(u, &sql, ret_err);
	else
		ok = add_rule(u, &sql, ret_err);
	return ok || bad(u, u->began, ret_err);
}

/* ---- lines */

static bool id_is_good(const char *id, size_t n)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "0123456789._-";

	return n > 0 && n <= SCRIPT_ID_BYTES && strspn(id, allowed) >= n;
}

/* "FORMAT id", "KIND id", "RULE id" begins a unit; anything else is left alone. */
static bool unit_begin(struct unit *u, const char *line, const char *text, size_t n,
		       bool *ret_begun, struct err *ret_err)
{
	enum what what = WHAT_NONE;
	size_t word = 0;

	for (enum what w = WHAT_FORMAT; w <= WHAT_RULE; w++) {
		word = strlen(whats[w]);
		if (n > word && strncmp(text, whats[w], word) == 0 && text[word] == ' ') {
			what = w;
			break;
		}
	}
	*ret_begun = what != WHAT_NONE;
	if (what == WHAT_NONE)
		return true;
	if (!unit_end(u, line, ret_err))
		return false;
	if (!id_is_good(text + word + 1, n - word - 1)) {
		(void)err_set(ret_err, 0,
			      "an id of at most %d letters, digits and '._-' is wanted behind %s",
			      SCRIPT_ID_BYTES, whats[what]);
		return bad(u, u->line, ret_err);
	}
	u->what = what;
	u->id = own(u->to, xstrndup(text + word + 1, n - word - 1));
	u->began = u->line;
	for (size_t h = 0; h < HEADER_N; h++)
		buf_done(&u->values[h]);
	u->last = -1;
	u->sql = NULL;
	u->has_sql = false;
	return true;
}

static bool header_begin(struct unit *u, const char *text, size_t name, size_t n,
			 struct err *ret_err)
{
	for (size_t h = 0; h < HEADER_N; h++) {
		if (strlen(headers[h].name) != name || strncmp(headers[h].name, text, name) != 0)
			continue;
		if ((headers[h].in & 1 << u->what) == 0)
			break;
		if (u->values[h].data != NULL)
			return err_set(ret_err, 0, "'%s:' a second time", headers[h].name);
		text += name + 1;
		n -= name + 1;
		while (n > 0 && *text == ' ') {
			text++;
			n--;
		}
		buf_put(&u->values[h], text, n);
		u->last = (int)h;
		return true;
	}
	return err_set(ret_err, 0, "%s has no '%.*s:'", whats[u->what], (int)name, text);
}

/* What stands behind "--" before the SQL: a header, what continues one, or a remark. */
static bool remark(struct unit *u, const char *text, size_t n, struct err *ret_err)
{
	size_t blanks = strspn(text, " \t");
	size_t name;

	if (blanks > n)
		blanks = n;
	text += blanks;
	n -= blanks;
	name = strspn(text, "abcdefghijklmnopqrstuvwxyz");
	if (blanks == 1 && name > 0 && name < n && text[name] == ':' &&
	    (name + 1 == n || text[name + 1] == ' '))
		return header_begin(u, text, name, n, ret_err) || bad(u, u->line, ret_err);
	if (blanks >= 2 && n > 0) {
		if (u->last < 0) {
			(void)err_set(ret_err, 0, "this line continues nothing");
			return bad(u, u->line, ret_err);
		}
		buf_puts(&u->values[u->last], " ");
		buf_put(&u->values[u->last], text, n);
		return true;
	}
	u->last = -1;
	return true;
}

static bool take_line(struct unit *u, const char *line, size_t n, struct err *ret_err)
{
	bool begun = false;

	while (n > 0 && strchr(" \t\r", line[n - 1]) != NULL)
		n--;
	if (n > 3 && strncmp(line, "-- ", 3) == 0 &&
	    !unit_begin(u, line, line + 3, n - 3, &begun, ret_err))
		return false;
	if (begun || n == 0)
		return true;
	if (u->sql == NULL && n >= 2 && strncmp(line, "--", 2) == 0)
		return u->what == WHAT_NONE || remark(u, line + 2, n - 2, ret_err);
	if (u->what == WHAT_NONE) {
		(void)err_set(ret_err, 0, "SQL before any FORMAT, KIND or RULE");
		return bad(u, u->line, ret_err);
	}
	if (u->sql == NULL) {
		u->sql = line;
		u->sql_line = u->line;
	}
	u->has_sql |= strncmp(line, "--", 2) != 0;
	return true;
}

bool script_parse(struct scripts *s, const char *place, const char *text, bool is_builtin,
		  struct err *ret_err)
{
	struct unit u = {
		.to = s, .formats_before = s->formats_n, .is_builtin = is_builtin, .last = -1
	};
	bool ok = true;

	u.place = own(s, xstrdup(place));
	for (size_t h = 0; h < HEADER_N; h++)
		buf_init(&u.values[h], HEADER_BYTES);
	while (ok && *text != '\0') {
		size_t n = strcspn(text, "\n");

		u.line++;
		ok = take_line(&u, text, n, ret_err);
		text += n + (text[n] == '\n');
	}
	ok = ok && unit_end(&u, text, ret_err);
	for (size_t h = 0; h < HEADER_N; h++)
		buf_done(&u.values[h]);
	return ok;
}
