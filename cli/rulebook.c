/* SPDX-License-Identifier: Apache-2.0 */
/* rulebook.c: see rulebook.h. */
#include "cli/rulebook.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "cli/quote.h"
#include "cli/score.h"
#include "report/json.h"
#include "report/term.h"

enum { LINE_BYTES = 64 * 1024, FIELDS = 9, FIELD_INDENT = 12 };

/* What is known of a rule besides its id and severity, in the order in which it is shown. */
static const char *field(const struct rule *r, size_t i, const char **ret_key)
{
	const struct {
		const char *key;
		const char *text;
	} fields[FIELDS] = {
		{ "title", r->title }, { "severity", score_severity(r->severity) },
		{ "why", r->why },     { "remedy", r->remedy },
		{ "note", r->note },   { "forklift", r->category },
		{ "page", r->page },   { "source", r->source },
		{ "place", r->place },
	};

	*ret_key = fields[i].key;
	return fields[i].text;
}

void rulebook_add(void *owner, const struct rule *r)
{
	struct rulebook *b = owner;

	if (b->count == b->size) {
		b->size = b->size > 0 ? b->size * 2 : 64;
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
		b->rules = xreallocarray(b->rules, b->size, sizeof *b->rules);
	}
	b->rules[b->count++] = r;
}

static int compare(const void *a, const void *b)
{
	const struct rule *const *x = a;
	const struct rule *const *y = b;

	if ((*x)->severity != (*y)->severity)
		return (*x)->severity > (*y)->severity ? -1 : 1;
	return strcmp((*x)->id, (*y)->id);
}

void rulebook_sort(struct rulebook *b)
{
	if (b->count > 0)
		/* NOLINTNEXTLINE(bugprone-sizeof-expression): an array of pointers */
		qsort(b->rules, b->count, sizeof *b->rules, compare);
}

/* "Blockers", "Warnings", "Remarks" */
static const char *heading(enum rule_severity s)
{
	static const char *const names[RULE_SEVERITY_N] = {
		[RULE_INFO] = "Remarks", [RULE_WARNING] = "Warnings", [RULE_BLOCKER] = "Blockers"
	};

	return names[s];
}

static size_t count_of(const struct rulebook *b, enum rule_severity s)
{
	size_t n = 0;

	for (size_t i = 0; i < b->count; i++)
		n += b->rules[i]->severity == s;
	return n;
}

void rulebook_put_table(const struct rulebook *b, const struct term *t, struct buf *out)
{
	size_t width = 0;

	for (size_t i = 0; i < b->count; i++) {
		size_t n = strlen(b->rules[i]->id);

		if (n > width)
			width = n;
	}
	for (size_t i = 0; i < b->count; i++) {
		const struct rule *r = b->rules[i];
		struct buf line;

		if (i == 0 || r->severity != b->rules[i - 1]->severity)
			buf_printf(out, "%s%s (%zu):\n", i > 0 ? "\n" : "", heading(r->severity),
				   count_of(b, r->severity));
		buf_init(&line, LINE_BYTES);
		quote_plain(r->title, &line);
		buf_printf(out, "  %-*s  ", (int)width, r->id);
		term_wrap(out, buf_text(&line), width + 4, width + 4, t->width);
		buf_done(&line);
	}
	buf_printf(out, "\n%zu rules.  More of one: banksman rules explain RULE\n", b->count);
}

static json_t *json_of(const struct rule *r)
{
	json_t *o = report_object();

	report_set_text(o, "id", r->id);
	for (size_t i = 0; i < FIELDS; i++) {
		const char *key;
		const char *text = field(r, i, &key);

		report_set_text(o, strcmp(key, "forklift") == 0 ? "forklift_category" : key, text);
	}
	return o;
}

void rulebook_put_rule_json(const struct rule *r, struct buf *out)
{
	report_put(json_of(r), out);
}

void rulebook_put_json(const struct rulebook *b, struct buf *out)
{
	json_t *o = report_object();
	json_t *list = report_array();

	for (size_t i = 0; i < b->count; i++)
		report_append(list, json_of(b->rules[i]));
	report_set(o, "rules", list);
	report_put(o, out);
}

void rulebook_put_rule(const struct rule *r, const struct term *t, struct buf *out)
{
	struct buf line;

	buf_init(&line, LINE_BYTES);
	buf_printf(out, "%-*s%s\n", FIELD_INDENT, "rule", r->id);
	for (size_t i = 0; i < FIELDS; i++) {
		const char *key;
		const char *text = field(r, i, &key);

		if (text == NULL)
			continue;
		quote_plain(text, &line);
		buf_printf(out, "%-*s", FIELD_INDENT, key);
		term_wrap(out, buf_text(&line), FIELD_INDENT, FIELD_INDENT, t->width);
		buf_clear(&line);
	}
	buf_done(&line);
}

static void put_paragraph(const char *word, const char *text, struct buf *out)
{
	if (text == NULL)
		return;
	buf_printf(out, "\n%s", word);
	quote_markdown(text, out);
	buf_puts(out, "\n");
}

void rulebook_put_rule_markdown(const struct rule *r, struct buf *out)
{
	buf_printf(out, "### `%s`\n\n**", r->id);
	quote_markdown(r->title, out);
	buf_printf(out, "** (%s", score_severity(r->severity));
	if (r->category != NULL) {
		buf_puts(out, "; Forklift: ");
		quote_markdown(r->category, out);
	}
	if (r->page != NULL) {
		buf_puts(out, "; documented prerequisite ");
		quote_markdown(r->page, out);
	}
	buf_puts(out, ")\n");
	put_paragraph("", r->why, out);
	put_paragraph("What to do: ", r->remedy, out);
	put_paragraph("Note: ", r->note, out);
	put_paragraph("Source: ", r->source, out);
}

void rulebook_put_markdown(const struct rulebook *b, struct buf *out)
{
	for (size_t i = 0; i < b->count; i++) {
		enum rule_severity s = b->rules[i]->severity;

		if (i == 0 || s != b->rules[i - 1]->severity)
			buf_printf(out, "%s## %s\n", i > 0 ? "\n" : "", heading(s));
		buf_puts(out, "\n");
		rulebook_put_rule_markdown(b->rules[i], out);
	}
}

void rulebook_done(struct rulebook *b)
{
	free(b->rules);
	*b = (struct rulebook){ 0 };
}
