/* SPDX-License-Identifier: Apache-2.0 */
/* cmd_matrix.c: banksman matrix: every node and every endpoint, as Prometheus has them. */
#include <string.h>

#include "base/err.h"
#include "cli/localise.h"
#include "cli/matrix.h"
#include "cli/matrixask.h"
#include "cli/matrixline.h"
#include "cli/matrixshow.h"
#include "cli/moment.h"
#include "cli/options.h"
#include "cli/prometheus.h"
#include "cli/promreply.h"
#include "cli/shown.h"
#include "cli/verb.h"
#include "report/exit.h"
#include "report/term.h"

enum { QUERY_BYTES = 64 * 1024 };

/* ---- asking */

static bool ask_all(const struct options *o, struct prometheus *p,
		    struct promreply replies[MATRIXASK_N], struct err *ret_err)
{
	bool ok = true;

	for (int i = 0; ok && i < MATRIXASK_N; i++) {
		struct buf query;

		buf_init(&query, QUERY_BYTES);
		matrixask_put((enum matrixask)i, o->matrix.node_label, o->matrix.labels,
			      o->matrix.label_count, &query);
		ok = buf_overflowed(&query)
			     ? err_set(ret_err, 0, "the values of --label are too long")
			     : prometheus_ask(p, buf_text(&query), &replies[i], ret_err);
		buf_done(&query);
	}
	return ok;
}

/* STATUS_CLEAR with all replies, else the exit status, having said why. */
static int fetch(const struct options *o, struct promreply replies[MATRIXASK_N])
{
	const struct prometheus_conf conf = { .url = o->matrix.url,
					      .token_file = o->matrix.token_file,
					      .ca_file = o->ca_file,
					      .timeout = o->timeout };
	struct err err;
	struct prometheus *p = prometheus_new(&conf, &err);
	int status = STATUS_CLEAR;

	if (p == NULL)
		status = STATUS_USAGE;
	else if (!ask_all(o, p, replies, &err))
		status = STATUS_LOCAL;
	if (status != STATUS_CLEAR)
		term_complain("%s", err.text);
	prometheus_free(p);
	return status;
}

/* ---- what is missing */

static size_t count_word(const struct matrix *m, enum matrix_word word)
{
	size_t count = 0;

	for (size_t i = 0; i < m->node_count; i++)
		count += m->nodes[i].word == word;
	return count;
}

static void no_node(const struct options *o)
{
	char shown[SHOWN_SIZE];

	if (o->matrix.node_label == NULL) {
		term_complain("Prometheus has no series of a banksmand%s (banksman_build_info): "
			      "does it scrape the daemons?",
			      o->matrix.label_count > 0 ? " with these labels" : "");
		return;
	}
	shown_text(o->matrix.node_label, shown);
	term_complain("no series of a banksmand has a label '%s'; --node-label names the one that "
		      "tells the node",
		      shown);
}

/* Nothing can be shown: says why. */
static void nothing(const struct options *o, const struct matrix *m)
{
	if (m->node_count == 0)
		no_node(o);
	else if (count_word(m, MATRIX_SUMMARY) > 0)
		term_complain("the daemons tell Prometheus counts alone, and no endpoints: the "
			      "matrix needs 'metrics: {detail: endpoint}' in their configuration");
	else if (count_word(m, MATRIX_SILENT) == m->node_count)
		term_complain("no word of any of the %zu nodes that Prometheus knew within the "
			      "hour: are the daemons down, or not reached?",
			      m->node_count);
	else if (o->matrix.match != NULL || o->matrix.provider != NULL)
		term_complain("no endpoint is as --match and --provider say");
	else
		term_complain("the daemons watch no endpoint");
}

/* ---- showing */

static int show(const struct options *o, const struct matrix *m, int status)
{
	struct matrixlines lines;
	struct locales locales;
	struct matrixshow how = {
		.matrix = m,
		.locales = &locales,
		.lines = &lines,
		.term = term_find(),
		.wide = o->output == OUTPUT_WIDE,
		.filtered = o->matrix.match != NULL || o->matrix.provider != NULL,
		.by_provider = o->matrix.by_provider,
	};
	struct buf out;

	localise(m, &locales);
	matrixlines_make(m, o->matrix.by_provider, o->problems, &lines);
	buf_init(&out, TERM_OUTPUT_BYTES);
	if (o->output == OUTPUT_JSON)
		matrixshow_json(&how, &out);
	else if (o->output == OUTPUT_CSV)
		matrixshow_csv(&how, &out);
	else
		matrixshow_table(&how, &out);
	status = term_write(&out, status);
	buf_done(&out);
	matrixlines_done(&lines);
	locales_done(&locales);
	return status;
}

/* What Prometheus itself says to lack may be what is closed. */
static bool complete(const struct promreply replies[MATRIXASK_N])
{
	bool all = true;

	for (int i = 0; all && i < MATRIXASK_N; i++)
		if (replies[i].warning[0] != '\0') {
			term_complain("warning: Prometheus: %s", replies[i].warning);
			all = false;
		}
	return all;
}

static int make(const struct options *o, const struct promreply replies[MATRIXASK_N])
{
	const struct matrix_told told = {
		.states = replies[MATRIXASK_STATES].samples,
		.failing = replies[MATRIXASK_FAILING].samples,
		.infos = replies[MATRIXASK_INFOS].samples,
		.seen = replies[MATRIXASK_SEEN].samples,
		.counts = replies[MATRIXASK_COUNTS].samples,
		.node_label = o->matrix.node_label,
		.match = o->matrix.match,
		.provider = o->matrix.provider,
	};
	struct matrix m;
	struct err err;
	int status = STATUS_LOCAL;

	if (!matrix_make(&told, &m, &err)) {
		term_complain("%s", err.text);
		return STATUS_LOCAL;
	}
	if (m.row_count > 0 && matrix_heard_count(&m) > 0) {
		status = matrix_status(&m);
		if (!complete(replies) && status == STATUS_CLEAR)
			status = STATUS_LOCAL;
		status = show(o, &m, status);
	} else {
		nothing(o, &m);
	}
	matrix_done(&m);
	return status;
}

int cmd_matrix(const struct options *o)
{
	struct promreply replies[MATRIXASK_N] = { 0 };
	int status = fetch(o, replies);

	if (status == STATUS_CLEAR)
		status = make(o, replies);
	for (int i = 0; i < MATRIXASK_N; i++)
		promreply_done(&replies[i]);
	return status;
}
