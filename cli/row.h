/* SPDX-License-Identifier: Apache-2.0 */
/* row.h: one line of a result: what was asked, and what was found. */
#ifndef CLI_ROW_H
#define CLI_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/addr.h"
#include "base/list.h"
#include "cli/plan.h"
#include "probes/probe.h"
#include "probes/role.h"
#include "probes/verdict.h"

struct host;
struct site;

struct row {
	struct link link;        /* on the run's waiting or active list */
	struct site *site;       /* the run's; borrowed */
	struct probe *probe;     /* while under way */
	const struct host *host; /* borrowed */
	size_t host_order;       /* position on the command line */
	struct addr address;     /* empty: the name has none */
	struct plan_item item;
	struct probe_spec spec; /* borrowed by the probe */
	enum role role;         /* as told or as found */
	bool finished;
	bool same_as_443;       /* the certificate was compared with that of 443, and is the same */
	struct verdict verdict; /* owned; once finished */
};

/* What a person must know first. */
enum mark { MARK_GOOD, MARK_WARNING, MARK_BAD, MARK_UNKNOWN };

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

/* Open, serving, and trusted as asked. */
bool row_clear(const struct row *r);

/* The check could not be run: nothing is known about the other side. */
bool row_unknown(const struct row *r);

enum mark row_mark(const struct row *r);

/* The command line's order, then address (IPv4 first), then port; for qsort(). */
int row_compare(const void *a, const void *b);

void results_done(struct results *s);

/* Exit status (cli/exit.h) of all rows together. */
int results_status(const struct results *s);

#endif
