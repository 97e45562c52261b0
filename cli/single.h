/* SPDX-License-Identifier: Apache-2.0 */
/* single.h: hosts asked on one port each, for the verbs that want one fact. */
#ifndef CLI_SINGLE_H
#define CLI_SINGLE_H

#include <stdint.h>

#include "cli/hosts.h"
#include "cli/row.h"

struct options;

/* How to ask a documented port. */
typedef enum dialect single_dialect_fn(uint16_t documented);

struct single {
	struct hosts hosts;
	struct results results; /* its rows point into hosts */
};

/*
 * Asks each host of o->words on its own port, else on --port, else on 443.
 * Returns STATUS_CLEAR when there are results, else the exit status, having said
 * why.  single_done() in either case.
 */
int single_ask(const struct options *o, single_dialect_fn *dialect, size_t max_hosts,
	       struct single *ret_single);

void single_done(struct single *s);

/* "banksman: host (address) port: sentence" on standard error. */
void single_complain(const struct row *r);

#endif
