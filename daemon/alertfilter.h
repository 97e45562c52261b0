/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alertfilter.h: which alerts somebody asks for.  Endpoints are named as everywhere; of exact
 * names, first labels and beginnings only the best count that there are among what is watched.
 */
#ifndef DAEMON_ALERTFILTER_H
#define DAEMON_ALERTFILTER_H

#include <jansson.h>
#include <stdbool.h>

#include "daemon/alert.h"
#include "daemon/match.h"

struct exchange;
struct registry;

struct alertfilter {
	struct pattern pattern; /* text "": all */
	enum match least;       /* how well the pattern must name it */
	enum severity severity; /* so severe or more */
	bool any_kind;
	enum alert_kind kind; /* unless any_kind */
};

/*
 * From the parameters match, severity and alertname; false when one of them is wrong, which has
 * been answered then.
 */
__attribute__((warn_unused_result)) bool alertfilter_read(struct exchange *x,
							  const struct registry *registry,
							  struct alertfilter *ret_filter);

/* Everything is asked for. */
bool alertfilter_all(const struct alertfilter *f);

/* labels are the alert's; they say too what it is about. */
bool alertfilter_fits(const struct alertfilter *f, enum alert_kind kind, enum severity severity,
		      const json_t *labels);

/* The same of an alert as the history tells it; false also when it is none. */
bool alertfilter_fits_row(const struct alertfilter *f, const json_t *row);

#endif
