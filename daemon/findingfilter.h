/* SPDX-License-Identifier: Apache-2.0 */
/* findingfilter.h: which findings are asked for. */
#ifndef DAEMON_FINDINGFILTER_H
#define DAEMON_FINDINGFILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "inventory/inventory.h"

struct exchange;
struct remark;

/* Texts with * and ?; ""s are any. */
struct findingfilter {
	enum rule_severity least;
	bool any_verdict, unknown; /* else this one */
	char rule[128], kind[64], name[256], plan[256];
};

/* From the parameters; false: one is wrong, and x was answered. */
__attribute__((warn_unused_result)) bool findingfilter_read(struct exchange *x,
							    struct findingfilter *ret_filter);

bool findingfilter_fits(const struct findingfilter *f, const struct remark *m);

/* The same of a row of the history. */
bool findingfilter_fits_row(const struct findingfilter *f, const json_t *row);

#endif
