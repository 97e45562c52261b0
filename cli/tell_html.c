/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tell_html.c: findings as one page for a browser or a printer; see tell.h.  It refers to nothing
 * outside of itself, and its policy forbids that it ever does.
 */
#include <inttypes.h>
#include <string.h>

#include "base/version.h"
#include "cli/difference.h"
#include "cli/exports.h"
#include "cli/moment.h"
#include "cli/objects.h"
#include "cli/quote.h"
#include "cli/tell.h"

#include "page.inc"

#define POLICY                                                                                     \
	"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "              \
	"base-uri 'none'; form-action 'none'"

static void put_lines(const char *const *lines, struct buf *out)
{
	for (; *lines != NULL; lines++)
		buf_puts(out, *lines);
}

/* "<NAME>text</NAME>"; name may hold attributes. */
static void put_element(const char *name, const char *text, struct buf *out)
{
	buf_printf(out, "<%s>", name);
	quote_markup(text != NULL ? text : "", out);
	buf_printf(out, "</%.*s>", (int)strcspn(name, " "), name);
}

static void put_head(struct buf *out)
{
	buf_puts(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"" POLICY "\">\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		      "<meta name=\"referrer\" content=\"no-referrer\">\n"
		      "<title>Migration check</title>\n<style>\n");
	put_lines(page_style, out);
	buf_puts(out, "</style>\n</head>\n<body>\n");
}

static void put_fact(const char *before, const char *value, struct buf *out)
{
	if (value == NULL)
		return;
	buf_puts(out, before);
	quote_markup(value, out);
}

static void put_about(const struct told *told, struct buf *out)
{
	const struct options *o = told->options;
	char now[MOMENT_TEXT_SIZE];

	moment_format(told->now, now);
	buf_puts(out, "<header>\n<h1>Migration check</h1>\n<p class=\"about\">");
	quote_markup(now, out);
	for (size_t i = 0; i < o->word_count; i++)
		put_fact(i == 0 ? " · from " : ", ", o->words[i], out);
	put_fact(" · plan ", o->ask.plan, out);
	put_fact(" · namespace ", o->ask.target_namespace, out);
	put_fact(" · Forklift ", o->ask.release, out);
	if (o->ask.warm >= 0)
		buf_puts(out, o->ask.warm > 0 ? " · warm" : " · cold");
	buf_puts(out, "</p>\n</header>\n");
}

static void put_tile(const char *kind, uint64_t n, const char *text, struct buf *out)
{
	buf_printf(out, "<div class=\"%s%s\"><b>%" PRIu64 "</b>%s</div>\n", kind,
		   n == 0 ? " none" : "", n, text);
}

static void put_summary(const struct inventory_summary *s, struct buf *out)
{
	uint64_t unknown = 0;

	for (int i = 0; i < RULE_SEVERITY_N; i++)
		unknown += s->unknown[i];
	buf_puts(out, "<section class=\"tiles\" aria-label=\"Summary\">\n");
	put_tile("", s->machines, "machines judged", out);
	put_tile("ready", s->ready, "ready", out);
	put_tile("blocked", s->blocked, "blocked", out);
	put_tile("undetermined", s->undetermined, "not known", out);
	put_tile("blocker", s->failed[RULE_BLOCKER], "blockers", out);
	put_tile("warning", s->failed[RULE_WARNING], "warnings", out);
	put_tile("info", s->failed[RULE_INFO], "remarks", out);
	put_tile("unknown", unknown, "unanswered", out);
	buf_puts(out, "</section>\n");
}

static void put_filter(struct buf *out)
{
	static const char *const kinds[] = { "blocker", "warning", "info", "unknown" };

	buf_puts(out, "<form id=\"filter\" hidden>\n<input type=\"search\" placeholder=\"Filter: a "
		      "machine, a rule, a word\" aria-label=\"Filter\">\n");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		buf_printf(out,
			   "<label><input type=\"checkbox\" value=\"%s\" checked> "
			   "<span class=\"badge %s\">%s</span></label>\n",
			   kinds[i], kinds[i], kinds[i]);
	buf_puts(out, "<span id=\"shown\" class=\"faint\" role=\"status\"></span>\n</form>\n");
}

static void put_link(const struct rule *r, const char *text, const char *behind, struct buf *out)
{
	buf_puts(out, "<a href=\"#rule-");
	quote_markup(r->id, out);
	buf_puts(out, "\">");
	quote_markup(text, out);
	buf_printf(out, "%s</a>\n", behind);
}

static void put_badge(const char *word, struct buf *out)
{
	buf_printf(out, "<span class=\"badge %s\">%s</span>", word, word);
}

static void put_rule(const struct score_rule *r, struct buf *out)
{
	buf_puts(out, "<tr class=\"of-rule\" data-rule=\"rule-");
	quote_markup(r->rule->id, out);
	buf_puts(out, "\"><td class=\"tight\">");
	put_badge(r->failed > 0 ? score_severity(r->rule->severity) : "unknown", out);
	buf_puts(out, "</td><td>");
	put_link(r->rule, r->rule->title, "", out);
	buf_puts(out, "</td><td class=\"wide\">");
	put_element("code", r->rule->id, out);
	buf_printf(out,
		   "</td><td class=\"number\">%" PRIu64 "</td><td class=\"number\">%" PRIu64
		   "</td></tr>\n",
		   r->failed, r->unknown);
}

/* What was found comes before what could not be told. */
static void put_rules(const struct told *told, struct buf *out)
{
	buf_puts(out, "<section>\n<h2>What was found</h2>\n<table>\n<thead><tr><th>Severity</th>"
		      "<th>Rule</th><th class=\"wide\">Name</th><th class=\"number\">Found</th>"
		      "<th class=\"number\">Unanswered</th></tr></thead>\n<tbody>\n");
	for (unsigned pass = 0; pass < 2; pass++)
		for (size_t i = 0; i < told->score->count; i++) {
			const struct score_rule *r = &told->score->rules[i];

			if ((r->failed > 0) == (pass == 0) && r->failed + r->unknown > 0 &&
			    tell_wanted(told->options, r->rule))
				put_rule(r, out);
		}
	buf_puts(out, "</tbody>\n</table>\n</section>\n");
}

static void put_mentions(const struct told *told, const struct object *e, struct buf *out)
{
	for (size_t i = 0; i < e->count; i++) {
		const struct rule *r = told->score->rules[e->mentions[i].rule].rule;

		put_link(r, r->id, e->mentions[i].unknown ? " ?" : "", out);
	}
}

/* Only machines are ready or not; of what else there is, the worst that was found. */
static const char *state_of(const struct object *e)
{
	if (strcmp(e->kind, "vm") == 0)
		return objects_state(e);
	for (int i = RULE_SEVERITY_N; i-- > 0;)
		if (e->failed[i])
			return score_severity((enum rule_severity)i);
	return "unknown";
}

static void put_entry(const struct told *told, const struct object *e, struct buf *out)
{
	const char *state = state_of(e);
	bool unknown = false;

	buf_puts(out, "<tr data-of=\"");
	for (int i = RULE_SEVERITY_N; i-- > 0;) {
		if (e->failed[i])
			buf_printf(out, "%s ", score_severity((enum rule_severity)i));
		unknown = unknown || e->unknown[i];
	}
	buf_printf(out, "%s\"><td class=\"tight\">", unknown ? "unknown" : "");
	put_badge(state, out);
	buf_puts(out, "</td>");
	put_element("td", e->name[0] != '\0' ? e->name : e->id, out);
	put_element("td class=\"wide\"", e->kind, out);
	buf_puts(out, "<td class=\"wide\">");
	put_element("code", e->id, out);
	buf_puts(out, "</td><td class=\"links\">");
	put_mentions(told, e, out);
	buf_puts(out, "</td></tr>\n");
}

static void put_objects(const struct told *told, struct buf *out)
{
	const struct objects *objects = told->objects;
	uint64_t named = 0;

	buf_puts(out, "<section>\n<h2>Machines and other objects</h2>\n");
	if (objects->count > 0)
		buf_puts(out, "<table>\n<thead><tr><th>State</th><th>Name</th><th class=\"wide\">"
			      "Kind</th><th class=\"wide\">Id</th><th>Rules</th></tr></thead>\n"
			      "<tbody>\n");
	for (size_t i = 0; i < objects->count; i++) {
		put_entry(told, &objects->list[i], out);
		named += strcmp(objects->list[i].kind, "vm") == 0;
	}
	if (objects->count > 0)
		buf_puts(out, "</tbody>\n</table>\n");
	if (named < told->summary->machines) {
		buf_puts(out, "<p class=\"faint\">Of ");
		tell_put_count(told->summary->machines - named, "machine", "machines", out);
		buf_puts(out, named > 0 ? " more there is nothing to say.</p>\n"
					: " there is nothing to say.</p>\n");
	}
	buf_puts(out, "</section>\n");
}

static void put_unreadable(const struct lapses *l, struct buf *out)
{
	if (l == NULL || l->count == 0)
		return;
	buf_puts(out, "<section>\n<h2>What could not be read</h2>\n<table>\n<thead><tr>"
		      "<th>File</th><th>Why</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < l->count; i++) {
		buf_puts(out, "<tr>");
		put_element("td", l->files[i].file, out);
		put_element("td", l->files[i].reason, out);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody>\n</table>\n</section>\n");
}

static void begin(struct tell *t)
{
	put_head(t->out);
	put_about(t->told, t->out);
	put_summary(t->told->summary, t->out);
	put_filter(t->out);
	buf_puts(t->out, "<main>\n");
	put_unreadable(t->told->lapses, t->out);
	put_rules(t->told, t->out);
	put_objects(t->told, t->out);
	buf_puts(t->out, "<section>\n<h2>Rules and remedies</h2>\n");
}

static void put_paragraph(const char *word, const char *text, struct buf *out)
{
	if (text == NULL)
		return;
	buf_printf(out, "<p><b>%s</b> ", word);
	quote_markup(text, out);
	buf_puts(out, "</p>\n");
}

static void rule(struct tell *t, const struct score_rule *r)
{
	buf_printf(t->out, "<article class=\"%s\" id=\"rule-", score_severity(r->rule->severity));
	quote_markup(r->rule->id, t->out);
	buf_puts(t->out, "\">\n<div>");
	put_element("h3", r->rule->title, t->out);
	buf_puts(t->out, " ");
	put_badge(score_severity(r->rule->severity), t->out);
	buf_puts(t->out, " ");
	put_element("code", r->rule->id, t->out);
	if (r->rule->category != NULL) {
		buf_puts(t->out, " <span class=\"faint\">Forklift: ");
		quote_markup(r->rule->category, t->out);
		buf_puts(t->out, "</span>");
	}
	buf_puts(t->out, "</div>\n");
	put_paragraph("Why.", r->rule->why, t->out);
	put_paragraph("What to do.", r->rule->remedy, t->out);
	buf_puts(t->out, "<table>\n<tbody>\n");
}

static void add(struct tell *t, const struct ruling *f)
{
	const char *kind = f->unknown ? "unknown" : score_severity(f->rule->severity);
	const char *name = tell_name(f);

	/* What the filter's boxes choose it by. */
	buf_printf(t->out, "<tr data-of=\"%s\"><td class=\"tight\">", kind);
	put_badge(kind, t->out);
	buf_puts(t->out, "</td><td>");
	quote_markup(name, t->out);
	buf_puts(t->out, " <span class=\"faint\">");
	if (strcmp(f->kind, "vm") != 0 && name != f->kind)
		quote_markup(f->kind, t->out);
	buf_puts(t->out, " ");
	if (f->id != NULL && f->id != name)
		quote_markup(f->id, t->out);
	buf_puts(t->out, "</span></td>");
	put_element("td class=\"wide\"", f->plan, t->out);
	put_element("td", f->message, t->out);
	buf_puts(t->out, "</tr>\n");
}

static void rule_end(struct tell *t, const struct score_rule *r)
{
	(void)r;
	buf_puts(t->out, "</tbody>\n</table>\n</article>\n");
}

static void put_differences(const struct differences *s, struct buf *out)
{
	buf_puts(out,
		 "<section>\n<h2>Where Forklift's concerns differ</h2>\n<table>\n<thead><tr>"
		 "<th>Said by</th><th>Machine</th><th>Rule</th><th>What</th><th>Why that may be"
		 "</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->count; i++) {
		const struct difference_kept *d = &s->list[i];

		buf_puts(out, "<tr>");
		put_element("td class=\"tight\"", d->forklift ? "Forklift" : "Banksman", out);
		put_element("td", d->name != NULL ? d->name : d->id, out);
		put_element("td", d->rule, out);
		put_element("td", d->text, out);
		put_element("td", d->reason, out);
		buf_puts(out, "</tr>\n");
	}
	buf_puts(out, "</tbody>\n</table>\n</section>\n");
}

static void end(struct tell *t)
{
	buf_puts(t->out, "</section>\n");
	if (t->told->differences != NULL)
		put_differences(t->told->differences, t->out);
	buf_puts(t->out, "</main>\n<footer>banksman " VERSION_TEXT "</footer>\n<script>\n");
	put_lines(page_script, t->out);
	buf_puts(t->out, "</script>\n</body>\n</html>\n");
}

const struct teller *tell_html(void)
{
	static const struct teller teller = { .begin = begin,
					      .rule = rule,
					      .add = add,
					      .rule_end = rule_end,
					      .end = end,
					      .passes = 1,
					      .objects = true,
					      .compares = true };

	return &teller;
}
