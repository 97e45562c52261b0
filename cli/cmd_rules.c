/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_rules.c: banksman rules: what check judges by. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/suggest.h"
#include "cli/options.h"
#include "cli/rulebook.h"
#include "cli/shown.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/term.h"

/* NULL, having said so: there is no such rule. */
static const struct rule *find(const struct rulebook *book, const char *id)
{
	const char **names = xcalloc(book->count + 1, sizeof *names);
	const struct rule *found = NULL;
	char shown[SHOWN_SIZE];
	const char *near;

	for (size_t i = 0; i < book->count; i++) {
		names[i] = book->rules[i]->id;
		if (strcmp(id, names[i]) == 0)
			found = book->rules[i];
	}
	if (found == NULL) {
		near = suggest_word(id, names, book->count);
		shown_text(id, shown);
		if (near != NULL)
			term_complain("no rule is called '%s' (did you mean '%s'?)", shown, near);
		else
			term_complain("no rule is called '%s'; 'banksman rules' lists them", shown);
	}
	free(names);
	return found;
}

static int explain(const struct rulebook *book, const struct options *o, const struct term *term,
		   struct buf *out)
{
	const struct rule *r = find(book, o->words[1]);

	if (r == NULL)
		return STATUS_USAGE;
	if (o->output == OUTPUT_JSON)
		rulebook_put_rule_json(r, out);
	else if (o->output == OUTPUT_MARKDOWN)
		rulebook_put_rule_markdown(r, out);
	else
		rulebook_put_rule(r, term, out);
	return STATUS_CLEAR;
}

static void list(const struct rulebook *book, const struct options *o, const struct term *term,
		 struct buf *out)
{
	if (o->output == OUTPUT_JSON)
		rulebook_put_json(book, out);
	else if (o->output == OUTPUT_MARKDOWN)
		rulebook_put_markdown(book, out);
	else
		rulebook_put_table(book, term, out);
}

int cmd_rules(const struct options *o)
{
	bool explains = o->word_count == 2 && strcmp(o->words[0], "explain") == 0;
	struct term term = term_find();
	struct rulebook book = { 0 };
	struct inventory *inv;
	struct err err;
	struct buf out;
	int status = STATUS_CLEAR;

	if (o->word_count > 0 && !explains) {
		term_complain("rules takes no argument, or: explain RULE");
		return STATUS_USAGE;
	}
	inv = inventory_new(o->rules, &err);
	if (inv == NULL) {
		term_complain("%s", err.text);
		return STATUS_LOCAL;
	}
	inventory_rules(inv, rulebook_add, &book);
	rulebook_sort(&book);
	buf_init(&out, TERM_OUTPUT_BYTES);
	if (explains)
		status = explain(&book, o, &term, &out);
	else
		list(&book, o, &term, &out);
	if (status == STATUS_CLEAR)
		status = term_write(&out, status);
	buf_done(&out);
	rulebook_done(&book);
	inventory_free(inv);
	return status;
}
