/* SPDX-License-Identifier: Apache-2.0 */
/* verb.h: what the command can do; one verb a file. */
#ifndef CLI_VERB_H
#define CLI_VERB_H

struct options;

/* Does it all and returns the exit status (report/exit.h). */
typedef int verb_fn(const struct options *o);

verb_fn cmd_probe, cmd_fingerprint, cmd_ca, cmd_trace, cmd_ports;

#endif
