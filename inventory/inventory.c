/* SPDX-License-Identifier: Apache-2.0 */
/*
 * inventory.c: see inventory.h.
 *
 *	files    -> now     (stock) --+
 *	baseline -> before  (stock) --+-> rules, read-only (now is main, before is base) -> finding
 *
 * Both databases lie in a folder of ours that is gone before anything is read: what is open stays.
 */
#include "inventory/inventory.h"

#include <errno.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"
#include "inventory/guard.h"
#include "inventory/judge.h"
#include "inventory/rows.h"
#include "inventory/script.h"
#include "inventory/statement.h"
#include "inventory/stock.h"

enum { COLUMNS_MAX = 32 };

#define RULE_LIMIT_MS INT64_C(10000)

struct inventory {
	struct scripts *scripts; /* owned, as all */
	struct stock *now, *before;
	struct guard *rules;
	struct stock_ears ears;
	struct inventory_summary summary;
};

/* ---- its files */

static bool open_all(struct inventory *inv, const char *folder, struct err *ret_err)
{
	char *now = xasprintf("%s/now", folder);
	char *before = xasprintf("%s/before", folder);
	char *attach = sqlite3_mprintf("ATTACH %Q AS base", before);

	inv->now = stock_new(now, inv->scripts, &inv->ears, ret_err);
	if (inv->now != NULL)
		inv->before = stock_new(before, inv->scripts, &inv->ears, ret_err);
	if (inv->before != NULL)
		inv->rules = guard_open(now, true, ret_err);
	if (inv->rules != NULL && !guard_run(inv->rules, attach, ret_err)) {
		guard_close(inv->rules);
		inv->rules = NULL;
	}
	(void)unlink(now);
	(void)unlink(before);
	sqlite3_free(attach);
	free(before);
	free(now);
	return inv->rules != NULL;
}

/* Who presses Ctrl-C while the files have names must not find them afterwards. */
static void hold_signals(sigset_t *ret_before)
{
	sigset_t ending;

	(void)sigemptyset(&ending);
	(void)sigaddset(&ending, SIGINT);
	(void)sigaddset(&ending, SIGTERM);
	(void)sigaddset(&ending, SIGHUP);
	MUST(pthread_sigmask(SIG_BLOCK, &ending, ret_before) == 0);
}

static bool open_folder(struct inventory *inv, struct err *ret_err)
{
	const char *where = secure_getenv("TMPDIR");
	char *folder;
	sigset_t before;
	bool ok;

	if (where == NULL || where[0] == '\0')
		where = "/tmp";
	folder = xasprintf("%s/banksman-XXXXXX", where);
	hold_signals(&before);
	if (mkdtemp(folder) == NULL) {
		ok = err_set(ret_err, errno, "cannot make a temporary folder in %s: %s", where,
			     strerrordesc_np(errno));
	} else {
		ok = open_all(inv, folder, ret_err);
		(void)rmdir(folder);
	}
	MUST(pthread_sigmask(SIG_SETMASK, &before, NULL) == 0);
	free(folder);
	return ok;
}

struct inventory *inventory_new(const char *rules_folder, struct err *ret_err)
{
	struct inventory *inv = xcalloc(1, sizeof *inv);

	inv->scripts = script_load(rules_folder, ret_err);
	if (inv->scripts != NULL && open_folder(inv, ret_err))
		return inv;
	inventory_free(inv);
	return NULL;
}

void inventory_free(struct inventory *inv)
{
	if (inv == NULL)
		return;
	guard_close(inv->rules);
	stock_free(inv->before);
	stock_free(inv->now);
	script_free(inv->scripts);
	free(inv);
}

void inventory_on_notice(struct inventory *inv, notice_fn *fn, void *owner)
{
	inv->ears.notice = fn;
	inv->ears.notice_owner = owner;
}

void inventory_on_progress(struct inventory *inv, progress_fn *fn, void *owner)
{
	inv->ears.progress = fn;
	inv->ears.progress_owner = owner;
}

void inventory_on_lapse(struct inventory *inv, notice_fn *unread, notice_fn *unjudged, void *owner)
{
	inv->ears.unread = unread;
	inv->ears.unjudged = unjudged;
	inv->ears.lapse_owner = owner;
}

/* ---- use */

bool inventory_read(struct inventory *inv, const char *path, struct err *ret_err)
{
	return stock_read(inv->now, path, ret_err);
}

bool inventory_read_baseline(struct inventory *inv, const char *path, struct err *ret_err)
{
	return stock_read(inv->before, path, ret_err);
}

static struct judge judge_of(const struct inventory *inv)
{
	return (struct judge){
		.rules = inv->rules,
		.engine = stock_guard(inv->now),
		.scripts = inv->scripts,
		.ears = &inv->ears,
		.limit = span_of_ms(RULE_LIMIT_MS),
	};
}

bool inventory_judge(struct inventory *inv, const struct inventory_ask *ask, struct err *ret_err)
{
	struct judge j = judge_of(inv);

	return stock_settle(inv->now, ret_err) &&
	       (stock_settle(inv->before, ret_err) || err_add(ret_err, "baseline")) &&
	       statement_end(j.engine,
			     statement_start(j.engine, STATEMENT_ASKED_PUT, "tntt", ask->plan,
					     ask->warm, ask->target_namespace, ask->release),
			     ret_err) &&
	       judge_run(&j, ret_err) && judge_count(&j, &inv->summary, ret_err);
}

bool inventory_rulings(struct inventory *inv, ruling_fn *fn, void *owner, struct err *ret_err)
{
	struct judge j = judge_of(inv);

	return judge_tell(&j, fn, owner, ret_err);
}

void inventory_rules(const struct inventory *inv, rule_fn *fn, void *owner)
{
	for (size_t i = 0; i < inv->scripts->rules_n; i++)
		fn(owner, &inv->scripts->rules[i].rule);
}

struct inventory_summary inventory_summary(const struct inventory *inv)
{
	return inv->summary;
}

bool inventory_rows(struct inventory *inv, const char *sql, row_fn *fn, void *owner,
		    struct err *ret_err)
{
	struct guard *g = stock_guard(inv->now);
	const char *texts[COLUMNS_MAX];
	sqlite3_stmt *s;
	int rc;

	if (!stock_settle(inv->now, ret_err) || !guard_prepare(g, &sql, &s, ret_err))
		return false;
	MUST(sqlite3_column_count(s) <= COLUMNS_MAX);
	while ((rc = guard_step(g, s, ret_err)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(s); i++)
			texts[i] = (const char *)sqlite3_column_text(s, i);
		fn(owner, texts);
	}
	(void)sqlite3_finalize(s);
	return rc == SQLITE_DONE;
}
