/* SPDX-License-Identifier: Apache-2.0 */
/* judge.c: see judge.h. */
#include "inventory/judge.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/must.h"
#include "inventory/guard.h"
#include "inventory/overrun.h"
#include "inventory/script.h"
#include "inventory/statement.h"
#include "inventory/stock.h"
#include "inventory/utf8.h"

enum { RULE_ROWS = 100 * 1000, RULE_BYTES = 64 << 20, NOTICE_SIZE = 160 };

enum column { VERDICT, KIND, ID, NAME, PLAN, MESSAGE, COLUMNS };

static const struct span for_ever;

static const char *const severities[RULE_SEVERITY_N] = {
	[RULE_INFO] = "info",
	[RULE_WARNING] = "warning",
	[RULE_BLOCKER] = "blocker",
};

/* ---- one rule */

static const char *text_at(sqlite3_stmt *s, int column)
{
	return (const char *)sqlite3_column_text(s, column);
}

static bool prepare(const struct judge *j, const struct script_rule *r,
		    sqlite3_stmt **ret_statement, struct err *ret_err)
{
	const char *p = r->sql.text;
	sqlite3_stmt *rest = NULL;

	if (!guard_prepare(j->rules, &p, ret_statement, ret_err))
		return guard_where(&r->sql, p, ret_err);
	if (*ret_statement == NULL || sqlite3_column_count(*ret_statement) != COLUMNS)
		(void)err_set(ret_err, 0,
			      "not the columns verdict, kind, id, name, plan and message");
	else if (!guard_prepare(j->rules, &p, &rest, ret_err) || rest != NULL)
		(void)err_set(ret_err, 0, "more than one SELECT");
	else
		return true;
	(void)sqlite3_finalize(rest);
	(void)sqlite3_finalize(*ret_statement);
	return guard_where(&r->sql, r->sql.text, ret_err);
}

/* One rule at work. */
struct trial {
	size_t rank;
	sqlite3_stmt *put;
	size_t rows, bytes;
	bool broken; /* the engine: nothing goes on */
};

static bool keep(sqlite3_stmt *row, const struct judge *j, struct trial *t, struct err *ret_err)
{
	const struct rule *r = &j->scripts->rules[t->rank].rule;
	const char *verdict = text_at(row, VERDICT);
	bool ok;

	if (verdict == NULL || (strcmp(verdict, "fail") != 0 && strcmp(verdict, "unknown") != 0))
		return err_set(ret_err, 0, "a verdict that is neither 'fail' nor 'unknown'");
	if (text_at(row, KIND) == NULL || text_at(row, MESSAGE) == NULL)
		return err_set(ret_err, 0, "a row without kind or message");
	for (int i = 0; i < COLUMNS; i++) {
		const char *text = text_at(row, i);
		size_t n = text != NULL ? strlen(text) : 0;

		if (!utf8_is(text, n))
			return err_set(ret_err, 0, "a text that is no UTF-8");
		t->bytes += n;
	}
	statement_bind(t->put,
		       "ittttttt"
		       "t",
		       (int64_t)t->rank, r->id, severities[r->severity], verdict,
		       text_at(row, KIND), text_at(row, ID), text_at(row, NAME), text_at(row, PLAN),
		       text_at(row, MESSAGE));
	ok = guard_step(j->engine, t->put, ret_err) == SQLITE_DONE;
	(void)sqlite3_reset(t->put);
	t->broken = !ok;
	t->rows++;
	return ok;
}

static void tell_cut(const struct judge *j, const struct script_rule *r, size_t kept)
{
	char text[NOTICE_SIZE];

	(void)snprintf(text, sizeof text, "rule %s: only the first %zu findings are kept",
		       r->rule.id, kept);
	if (j->ears->notice != NULL)
		j->ears->notice(j->ears->notice_owner, r->sql.place, text);
}

static bool run(const struct judge *j, struct trial *t, struct err *ret_err)
{
	const struct script_rule *r = &j->scripts->rules[t->rank];
	sqlite3_stmt *s = NULL;
	int rc = SQLITE_ROW;
	bool ok = true;

	guard_set(j->rules, GUARD_RULE, j->limit);
	if (!prepare(j, r, &s, ret_err))
		return false;
	while (ok && (rc = guard_step(j->rules, s, ret_err)) == SQLITE_ROW && t->rows < RULE_ROWS &&
	       t->bytes < RULE_BYTES)
		ok = keep(s, j, t, ret_err);
	ok = ok && (rc == SQLITE_ROW || rc == SQLITE_DONE);
	if (ok && rc == SQLITE_ROW)
		tell_cut(j, r, t->rows);
	(void)sqlite3_finalize(s);
	return ok || guard_where(&r->sql, r->sql.text, ret_err);
}

/* Whom the rules shall see, and where maps lead: found once, and not by each of them. */
static bool freeze(const struct judge *j, struct err *ret_err)
{
	static const enum statement_id steps[] = { STATEMENT_JUDGED_PUT, STATEMENT_JUDGED_MARK,
						   STATEMENT_JUDGED_ANALYZE,
						   STATEMENT_WORD_ENTRY_PUT,
						   STATEMENT_WORD_MAPPED_PUT };

	for (size_t i = 0; i < ARRAY_LEN(steps); i++)
		if (!statement_end(j->engine, statement_start(j->engine, steps[i], ""), ret_err))
			return false;
	return true;
}

static bool run_watched(const struct judge *j, struct trial *t, struct err *ret_err)
{
	const struct script_rule *r = &j->scripts->rules[t->rank];
	char *what = xasprintf("rule %s: %s:%u", r->rule.id, r->sql.place, r->sql.line);
	bool ok;

	overrun_watch(j->limit, what);
	ok = run(j, t, ret_err);
	overrun_done();
	free(what);
	return ok;
}

/* What it found before it failed is no answer: an unknown stands in for all that it would say. */
static bool stand_in(const struct judge *j, const struct trial *t, const struct err *why,
		     struct err *ret_err)
{
	const struct rule *r = &j->scripts->rules[t->rank].rule;
	bool sound = utf8_is(why->text, strlen(why->text));
	char *message = xasprintf("The rule could not be judged%s%s", sound ? ": " : "",
				  sound ? why->text : "");
	bool ok;

	statement_bind(t->put,
		       "ittttttt"
		       "t",
		       (int64_t)t->rank, r->id, severities[r->severity], "unknown", "rule", r->id,
		       NULL, NULL, message);
	ok = statement_end(
		     j->engine,
		     statement_start(j->engine, STATEMENT_FINDING_DROP, "i", (int64_t)t->rank),
		     ret_err) &&
	     guard_step(j->engine, t->put, ret_err) == SQLITE_DONE;
	(void)sqlite3_reset(t->put);
	free(message);
	return ok;
}

static bool try_rule(const struct judge *j, size_t rank, sqlite3_stmt *put, struct err *ret_err)
{
	const struct rule *r = &j->scripts->rules[rank].rule;
	struct trial t = { .rank = rank, .put = put };
	struct err why;

	if (run_watched(j, &t, &why))
		return true;
	if (!t.broken && j->ears->unjudged != NULL) {
		j->ears->unjudged(j->ears->lapse_owner, r->id, why.text);
		return stand_in(j, &t, &why, ret_err);
	}
	*ret_err = why;
	return err_add(ret_err, "rule %s", r->id);
}

/* Committed rule by rule: a rule that reads would wait for what is not. */
bool judge_run(const struct judge *j, struct err *ret_err)
{
	sqlite3_stmt *put = statement_start(j->engine, STATEMENT_FINDING_PUT, "");
	bool ok = freeze(j, ret_err);

	for (size_t i = 0; ok && i < j->scripts->rules_n; i++)
		ok = guard_run(j->engine, "BEGIN", ret_err) && try_rule(j, i, put, ret_err) &&
		     guard_run(j->engine, "COMMIT", ret_err);
	guard_set(j->rules, GUARD_ENGINE, for_ever);
	(void)sqlite3_finalize(put);
	return ok &&
	       statement_end(j->engine, statement_start(j->engine, STATEMENT_FINDING_MACHINES, ""),
			     ret_err) &&
	       statement_end(j->engine, statement_start(j->engine, STATEMENT_FINDING_ORDER, ""),
			     ret_err);
}

/* ---- what came of it */

bool judge_tell(const struct judge *j, ruling_fn *fn, void *owner, struct err *ret_err)
{
	sqlite3_stmt *s = statement_start(j->engine, STATEMENT_FINDINGS, "");
	int rc;

	while ((rc = guard_step(j->engine, s, ret_err)) == SQLITE_ROW) {
		struct ruling r = {
			.rule = &j->scripts->rules[sqlite3_column_int64(s, 0)].rule,
			.unknown = sqlite3_column_int(s, 1) != 0,
			.kind = text_at(s, 2),
			.id = text_at(s, 3),
			.name = text_at(s, 4),
			.plan = text_at(s, 5),
			.message = text_at(s, 6),
		};

		fn(owner, &r);
	}
	(void)sqlite3_finalize(s);
	return rc == SQLITE_DONE;
}

static bool count_rulings(const struct judge *j, struct inventory_summary *t, struct err *ret_err)
{
	sqlite3_stmt *s = statement_start(j->engine, STATEMENT_FINDING_COUNTS, "");
	int rc;

	while ((rc = guard_step(j->engine, s, ret_err)) == SQLITE_ROW)
		for (size_t i = 0; i < RULE_SEVERITY_N; i++) {
			uint64_t n = (uint64_t)sqlite3_column_int64(s, 2);

			if (strcmp(text_at(s, 0), severities[i]) != 0)
				continue;
			if (sqlite3_column_int(s, 1) != 0)
				t->unknown[i] = n;
			else
				t->failed[i] = n;
		}
	(void)sqlite3_finalize(s);
	return rc == SQLITE_DONE;
}

static bool count_machines(const struct judge *j, struct inventory_summary *t, struct err *ret_err)
{
	sqlite3_stmt *s = statement_start(j->engine, STATEMENT_MACHINE_COUNTS, "");
	int rc = guard_step(j->engine, s, ret_err);

	if (rc == SQLITE_ROW) {
		t->machines = (uint64_t)sqlite3_column_int64(s, 0);
		t->blocked = (uint64_t)sqlite3_column_int64(s, 1);
		t->undetermined = (uint64_t)sqlite3_column_int64(s, 2);
		t->ready = t->machines - t->blocked - t->undetermined;
	}
	(void)sqlite3_finalize(s);
	return rc == SQLITE_ROW;
}

bool judge_count(const struct judge *j, struct inventory_summary *ret_summary, struct err *ret_err)
{
	struct inventory_summary t = { .rules = j->scripts->rules_n };
	int64_t plans = 0;

	if (!count_rulings(j, &t, ret_err) || !count_machines(j, &t, ret_err) ||
	    !guard_number(j->engine, statement_sql(STATEMENT_PLAN_COUNT), &plans, ret_err))
		return false;
	t.plans = (uint64_t)plans;
	*ret_summary = t;
	return true;
}
