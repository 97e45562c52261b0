/* SPDX-License-Identifier: Apache-2.0 */
/* verb.h: what the command can do; one verb a file. */
#ifndef CLI_VERB_H
#define CLI_VERB_H

#include <stddef.h>

struct options;

/* Does it all and returns the exit status (report/exit.h). */
typedef int verb_fn(const struct options *o);

struct verb {
	const char *name;
	const char *arguments; /* as the usage line has them */
	const char *summary;
	const char *text; /* of its help */
	unsigned bit;     /* enum verb_bit */
	verb_fn *run;
};

/* All of them, in the order of the help. */
const struct verb *verb_all(size_t *ret_count);

/* NULL: there is no such verb. */
const struct verb *verb_find(const char *name);

verb_fn cmd_probe, cmd_fingerprint, cmd_ca, cmd_trace, cmd_ports;

/* These read exports, or the rules that judge them. */
verb_fn cmd_check, cmd_rules, cmd_endpoints;

/* This asks Prometheus. */
verb_fn cmd_matrix;

/* These ask the daemon. */
verb_fn cmd_status, cmd_explain, cmd_history, cmd_events, cmd_certs, cmd_reload, cmd_alerts,
	cmd_silence, cmd_findings;

#endif
