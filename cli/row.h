/* SPDX-License-Identifier: Apache-2.0 */
/* row.h: one line of a result while the call makes it. */
#ifndef CLI_ROW_H
#define CLI_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "base/list.h"
#include "cli/plan.h"
#include "probes/probe.h"
#include "report/finding.h"

struct host;
struct site;

struct row {
	struct link link;        /* on the run's waiting or active list */
	struct site *site;       /* the run's; borrowed */
	struct probe *probe;     /* while under way */
	const struct host *host; /* borrowed */
	size_t host_order;       /* position on the command line */
	struct probe_spec spec;  /* borrowed by the probe */
	bool finished;
	struct finding finding; /* its texts are the host's; its verdict counts once finished */
};

/* All the results of one call, in their final order. */
struct results {
	struct row **rows; /* owned */
	size_t count;
	size_t left_out; /* attempts that an interruption prevented */
	bool interrupted;
};

struct row *row_new(const struct host *h, size_t host_order, const struct addr *address,
		    const struct plan_item *item);
void row_free(struct row *r);

/* How r is asked, and the way to ask it otherwise at the same port. */
struct plan_item row_item(const struct row *r);
void row_set_item(struct row *r, const struct plan_item *item);

/* The command line's order, then address (IPv4 first), then port; for qsort(). */
int row_compare(const void *a, const void *b);

/* The findings of all rows, which they stay in; findings_done(). */
void results_findings(const struct results *s, struct findings *ret_findings);

void results_done(struct results *s);

#endif
