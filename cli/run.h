/* SPDX-License-Identifier: Apache-2.0 */
/* run.h: hosts and their plans in, results out; the only file of the command with a loop of probes. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct host;
struct options;
struct plan;
struct results;
struct truststore;

/* What to ask.  Everything is borrowed and outlives the results, plans apart. */
struct run_ask {
	const struct host *hosts;
	const struct plan *plans; /* one for each host */
	size_t count;
	const struct options *options;
	const struct truststore *trust; /* NULL: the system's authorities */
	bool progress;                  /* a line on standard error while it lasts */
};

/*
 * Looks the names up, probes every address, and returns when all is known or a
 * signal came.  False when this machine cannot probe at all.
 */
__attribute__((warn_unused_result)) bool run_all(const struct run_ask *ask,
						 struct results *ret_results, struct err *ret_err);

#endif
