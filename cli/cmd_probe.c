/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_probe.c: banksman probe: every address of every host, on every port that matters. */
#include "base/err.h"
#include "base/mem.h"
#include "cli/hosts.h"
#include "cli/judge.h"
#include "cli/options.h"
#include "cli/plan.h"
#include "cli/row.h"
#include "cli/run.h"
#include "cli/verb.h"
#include "cli/viadaemon.h"
#include "report/exit.h"
#include "report/json.h"
#include "report/table.h"
#include "report/term.h"

static bool make_plans(const struct hosts *hosts, const struct options *o, struct plan *plans,
		       struct err *ret_err)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (!plan_make(&hosts->host[i], o, &plans[i], ret_err))
			return false;
	return true;
}

static int show(const struct options *o, const struct results *results, const struct term *term)
{
	struct findings findings;
	struct buf out;
	int status;

	results_findings(results, &findings);
	buf_init(&out, TERM_OUTPUT_BYTES);
	if (o->output == OUTPUT_JSON)
		report_put_findings(&findings, &out);
	else
		table_put(&findings, term, wall_now(), &out);
	status = term_write(&out, findings_status(&findings));
	buf_done(&out);
	findings_done(&findings);
	return status;
}

static int probe(const struct run_ask *ask)
{
	struct term term = term_find();
	struct run_ask with_progress = *ask;
	struct results results;
	struct err err;
	int status;

	with_progress.progress = term.progress;
	if (!run_all(&with_progress, &results, &err)) {
		term_complain("%s", err.text);
		return STATUS_LOCAL;
	}
	judge_all(&results, ask->trust != NULL);
	status = show(ask->options, &results, &term);
	results_done(&results);
	return status;
}

int cmd_probe(const struct options *o)
{
	struct truststore *trust = NULL;
	struct hosts hosts = { 0 };
	struct plan *plans = NULL;
	struct err err;
	int status = STATUS_USAGE;
	bool ok;

	if (o->via_daemon)
		return viadaemon_probe(o);
	ok = hosts_add_all(&hosts, o->words, o->role, o->family, &err);
	if (ok) {
		plans = xcalloc(hosts.count, sizeof *plans);
		ok = make_plans(&hosts, o, plans, &err);
	}
	if (ok && o->ca_file != NULL) {
		trust = truststore_new_file(o->ca_file, &err);
		ok = trust != NULL || err_add(&err, "--ca");
	}
	if (ok)
		status = probe(&(struct run_ask){ .hosts = hosts.host,
						  .plans = plans,
						  .count = hosts.count,
						  .options = o,
						  .trust = trust });
	else
		term_complain("%s", err.text);
	truststore_free(trust);
	for (size_t i = 0; plans != NULL && i < hosts.count; i++)
		plan_done(&plans[i]);
	free(plans);
	hosts_done(&hosts);
	return status;
}
