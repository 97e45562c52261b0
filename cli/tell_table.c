/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell_table.c: findings for people, the worst rule first; see tell.h.
 *
 *	✗ The name is taken in the target namespace: 12 blockers (page.name.taken)
 *	    erp-db-01: vm-prod has a machine erp-db-01 already.
 *	    … and 7 more (-o wide)
 *	  → Rename the machine, or choose another namespace.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/difference.h"
#include "cli/exports.h"
#include "cli/mark.h"
#include "cli/quote.h"
#include "cli/tell.h"

enum { LINE_BYTES = 64 * 1024, SHOWN = 5, DIFFERENCES_SHOWN = 20 };
enum { OBJECT_INDENT = 4, REMEDY_INDENT = 2 };

static bool wide(const struct tell *t)
{
	return t->told->options->output == OUTPUT_WIDE;
}

/* line, wrapped behind indent blanks; further lines stand two deeper.  Clears line. */
static void put_line(const struct tell *t, size_t indent, struct buf *line)
{
	buf_printf(t->out, "%*s", (int)indent, "");
	term_wrap(t->out, buf_text(line), indent, indent + 2, t->told->term.width);
	buf_clear(line);
}

/* text behind the sign of its severity, or of what is not known. */
static void put_heading(struct tell *t, enum rule_severity s, const char *text)
{
	const struct term *term = &t->told->term;
	enum mark mark = t->pass > 0 ? MARK_UNKNOWN : s == RULE_BLOCKER ? MARK_BAD : MARK_WARNING;

	if (t->pass > 0 || s != RULE_INFO) {
		mark_put_line(mark, term, text, t->out);
	} else { /* no mark means so little */
		buf_puts(t->out, "- ");
		term_wrap(t->out, text, 2, 2, term->width);
	}
}

static void rule(struct tell *t, const struct score_rule *r)
{
	static const char *const one[RULE_SEVERITY_N] = { "remark", "warning", "blocker" };
	static const char *const many[RULE_SEVERITY_N] = { "remarks", "warnings", "blockers" };
	enum rule_severity s = r->rule->severity;
	struct buf line;

	buf_init(&line, LINE_BYTES);
	quote_plain(r->rule->title, &line);
	if (t->pass > 0) {
		buf_printf(&line, ": not known of %" PRIu64, r->unknown);
	} else {
		buf_puts(&line, ": ");
		tell_put_count(r->failed, one[s], many[s], &line);
	}
	buf_puts(&line, " (");
	quote_plain(r->rule->id, &line);
	buf_puts(&line, ")");
	put_heading(t, s, buf_text(&line));
	buf_done(&line);
}

/* "erp-db-01", "host esx01 (host-88, plan openshift-mtv/wave-1)" */
static void put_object(const struct tell *t, const struct ruling *f, struct buf *line)
{
	const char *name = tell_name(f);
	bool id = f->id != NULL && f->id[0] != '\0' && f->id != name && wide(t);

	if (strcmp(f->kind, "vm") != 0 && name != f->kind) {
		quote_plain(f->kind, line);
		buf_puts(line, " ");
	}
	quote_plain(name, line);
	if (!id && f->plan == NULL)
		return;
	buf_puts(line, " (");
	if (id)
		quote_plain(f->id, line);
	if (f->plan != NULL) {
		buf_puts(line, id ? ", plan " : "plan ");
		quote_plain(f->plan, line);
	}
	buf_puts(line, ")");
}

static void add(struct tell *t, const struct ruling *f)
{
	struct buf line;

	if (t->number >= (t->pass > 0 ? 1 : SHOWN) && !wide(t))
		return;
	buf_init(&line, LINE_BYTES);
	put_object(t, f, &line);
	buf_puts(&line, ": ");
	quote_plain(f->message, &line);
	put_line(t, OBJECT_INDENT, &line);
	buf_done(&line);
}

static void rule_end(struct tell *t, const struct score_rule *r)
{
	size_t shown = wide(t) ? t->number : t->pass > 0 ? 1 : SHOWN;
	bool utf8 = t->told->term.utf8;
	struct buf line;

	buf_init(&line, LINE_BYTES);
	if (t->number > shown) {
		buf_printf(&line, "%s and %zu more (-o wide)", utf8 ? "…" : "...",
			   t->number - shown);
		put_line(t, OBJECT_INDENT, &line);
	}
	if (t->pass == 0 && r->rule->remedy != NULL) {
		buf_puts(&line, utf8 ? "→ " : "-> ");
		quote_plain(r->rule->remedy, &line);
		put_line(t, REMEDY_INDENT, &line);
	}
	buf_puts(t->out, "\n");
	buf_done(&line);
}

static void put_difference(struct tell *t, const struct difference_kept *d)
{
	const char *name = d->name != NULL ? d->name : d->id;
	struct buf line;

	buf_init(&line, LINE_BYTES);
	quote_plain(name != NULL ? name : "(no name)", &line);
	buf_puts(&line, d->forklift ? ": only Forklift: " : ": only here: ");
	quote_plain(d->text, &line);
	if (d->rule != NULL) {
		buf_puts(&line, " (");
		quote_plain(d->rule, &line);
		buf_puts(&line, ")");
	}
	buf_puts(&line, ": ");
	quote_plain(d->reason, &line);
	put_line(t, OBJECT_INDENT, &line);
	buf_done(&line);
}

static void put_differences(struct tell *t, const struct differences *s)
{
	size_t shown = s->count;
	struct buf line;

	if (!wide(t) && shown > DIFFERENCES_SHOWN)
		shown = DIFFERENCES_SHOWN;
	buf_init(&line, LINE_BYTES);
	if (s->count == 0)
		buf_puts(&line, "Forklift's concerns, where the exports have them, and these "
				"findings are the same.");
	else
		buf_printf(&line,
			   "Forklift's concerns differ from these findings %zu time%s:", s->count,
			   s->count == 1 ? "" : "s");
	put_line(t, 0, &line);
	for (size_t i = 0; i < shown; i++)
		put_difference(t, &s->list[i]);
	if (s->count > shown) {
		buf_printf(&line, "%s and %zu more (-o wide)", t->told->term.utf8 ? "…" : "...",
			   s->count - shown);
		put_line(t, OBJECT_INDENT, &line);
	}
	buf_puts(t->out, "\n");
	buf_done(&line);
}

/* "37 of 60 machines are ready; 12 are blocked; 11 could not be judged to the end." */
static void put_machines(const struct inventory_summary *s, struct buf *line)
{
	if (s->machines == 0) {
		buf_puts(line, "No machine was judged.");
		return;
	}
	if (s->ready == s->machines)
		buf_printf(line,
			   s->machines == 1 ? "The machine is ready"
					    : "All %" PRIu64 " machines are ready",
			   s->machines);
	else
		buf_printf(line, "%" PRIu64 " of %" PRIu64 " machine%s ready", s->ready,
			   s->machines, s->machines == 1 ? " is" : "s are");
	if (s->blocked > 0)
		buf_printf(line, "; %" PRIu64 " %s blocked", s->blocked,
			   s->blocked == 1 ? "is" : "are");
	if (s->undetermined > 0)
		buf_printf(line, "; of %" PRIu64 " it is not known", s->undetermined);
	buf_puts(line, ".");
}

static void put_counts(const struct inventory_summary *s, struct buf *line)
{
	uint64_t unknown = 0;

	for (int i = 0; i < RULE_SEVERITY_N; i++)
		unknown += s->unknown[i];
	buf_puts(line, " ");
	tell_put_count(s->failed[RULE_BLOCKER], "blocker, ", "blockers, ", line);
	tell_put_count(s->failed[RULE_WARNING], "warning, ", "warnings, ", line);
	tell_put_count(s->failed[RULE_INFO], "remark, ", "remarks, ", line);
	buf_printf(line, "%" PRIu64 " not known, by ", unknown);
	tell_put_count(s->rules, "rule.", "rules.", line);
}

/* The first rule with failures, or with unknowns; NULL: there is none. */
static const struct rule *first(const struct score *score, bool unknown)
{
	for (size_t i = 0; i < score->count; i++)
		if ((unknown ? score->rules[i].unknown : score->rules[i].failed) > 0)
			return score->rules[i].rule;
	return NULL;
}

static void put_next(const struct tell *t, struct buf *line)
{
	const struct inventory_summary *s = t->told->summary;
	const struct rule *failed = first(t->told->score, false);
	const struct rule *unknown = first(t->told->score, true);

	if (s->machines == 0) {
		buf_puts(line, "Next: name the exports that hold the machines");
		buf_puts(line, s->plans > 0 ? ", or those with the machines of the plan." : ".");
	} else if (failed != NULL && failed->severity > RULE_INFO) {
		buf_puts(line, "Next: banksman rules explain ");
		quote_plain(failed->id, line);
	} else if (unknown != NULL) {
		buf_puts(line, "Next: name a further export that answers what is not known: "
			       "banksman rules explain ");
		quote_plain(unknown->id, line);
	} else {
		buf_puts(line, "Next: is the way to the machines clear? banksman endpoints FILE... "
			       "writes the daemon's configuration");
	}
}

static void put_unreadable(struct tell *t, const struct lapses *l)
{
	struct buf line;

	if (l == NULL || l->count == 0)
		return;
	buf_init(&line, LINE_BYTES);
	for (size_t i = 0; i < l->count; i++) {
		quote_plain(l->files[i].file, &line);
		buf_puts(&line, " could not be read: ");
		quote_plain(l->files[i].reason, &line);
		mark_put_line(MARK_UNKNOWN, &t->told->term, buf_text(&line), t->out);
		buf_clear(&line);
	}
	buf_puts(t->out, "\n");
	buf_done(&line);
}

static void end(struct tell *t)
{
	struct buf line;

	if (t->told->differences != NULL)
		put_differences(t, t->told->differences);
	put_unreadable(t, t->told->lapses);
	buf_init(&line, LINE_BYTES);
	put_machines(t->told->summary, &line);
	put_counts(t->told->summary, &line);
	term_wrap(t->out, buf_text(&line), 0, 0, t->told->term.width);
	buf_clear(&line);
	put_next(t, &line);
	term_wrap(t->out, buf_text(&line), 0, 0, t->told->term.width);
	buf_done(&line);
}

const struct teller *tell_table(void)
{
	static const struct teller teller = { .rule = rule,
					      .add = add,
					      .rule_end = rule_end,
					      .end = end,
					      .passes = 2,
					      .compares = true };

	return &teller;
}
