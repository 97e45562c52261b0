/* SPDX-License-Identifier: Apache-2.0 */
/* exports.c: see exports.h. */
#include "cli/exports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "cli/options.h"
#include "cli/shown.h"
#include "inventory/inventory.h"
#include "report/term.h"

struct reading {
	bool progress;         /* may be shown */
	bool shown;            /* a line of progress stands there */
	struct lapses *lapses; /* NULL: none are borne */
};

static void erase(struct reading *in)
{
	if (in->shown)
		(void)fputs("\r\033[K", stderr);
	in->shown = false;
}

/* "reading vms.json: 34 of 75 MiB"; total 0: nobody knows. */
static void on_progress(void *owner, const char *file, uint64_t done, uint64_t total)
{
	enum { MIB = 1024 * 1024 };
	struct reading *in = owner;
	char shown[SHOWN_SIZE];

	if (!in->progress)
		return;
	shown_text(file, shown);
	(void)fprintf(stderr, "\r\033[Kreading %s: %.1f", shown, (double)done / MIB);
	if (total > 0)
		(void)fprintf(stderr, " of %.1f", (double)total / MIB);
	(void)fputs(" MiB", stderr);
	(void)fflush(stderr);
	in->shown = true;
}

/* owner: NULL once nothing is read any more. */
static void on_notice(void *owner, const char *file, const char *text)
{
	if (owner != NULL)
		erase(owner);
	if (file != NULL)
		term_complain("%s: %s", file, text);
	else
		term_complain("%s", text);
}

static void on_unread(void *owner, const char *file, const char *reason)
{
	struct reading *in = owner;
	struct lapses *l = in->lapses;

	if (l->count == l->size) {
		l->size = l->size > 0 ? l->size * 2 : 16;
		l->files = xreallocarray(l->files, l->size, sizeof *l->files);
	}
	l->files[l->count++] = (struct lapse){ .file = xstrdup(file), .reason = xstrdup(reason) };
	on_notice(in, file, reason);
}

static void on_unjudged(void *owner, const char *rule, const char *reason)
{
	struct lapses *l = owner;

	l->rules++;
	term_complain("rule %s: %s", rule, reason);
}

void lapses_done(struct lapses *l)
{
	for (size_t i = 0; i < l->count; i++) {
		free(l->files[i].file);
		free(l->files[i].reason);
	}
	free(l->files);
	*l = (struct lapses){ .count = 0 };
}

static bool read_all(struct inventory *inv, const struct options *o, struct err *ret_err)
{
	for (size_t i = 0; i < o->word_count; i++)
		if (!inventory_read(inv, o->words[i], ret_err))
			return false;
	for (size_t i = 0; i < o->baseline_count; i++)
		if (!inventory_read_baseline(inv, o->baselines[i], ret_err))
			return err_add(ret_err, "--baseline");
	return true;
}

struct inventory *exports_read(const struct options *o, const struct term *t, struct lapses *lapses)
{
	struct reading in = { .progress = t->progress, .lapses = lapses };
	struct err err;
	struct inventory *inv = inventory_new(o->rules, &err);

	if (inv == NULL) {
		term_complain("%s", err.text);
		return NULL;
	}
	inventory_on_notice(inv, on_notice, &in);
	inventory_on_progress(inv, on_progress, &in);
	if (lapses != NULL && o->baseline_count == 0)
		inventory_on_lapse(inv, on_unread, NULL, &in);
	if (!read_all(inv, o, &err)) {
		erase(&in);
		term_complain("%s", err.text);
		inventory_free(inv);
		return NULL;
	}
	erase(&in);
	inventory_on_notice(inv, on_notice, NULL);
	inventory_on_progress(inv, NULL, NULL);
	inventory_on_lapse(inv, NULL, lapses != NULL ? on_unjudged : NULL, lapses);
	return inv;
}
