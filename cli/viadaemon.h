/* SPDX-License-Identifier: Apache-2.0 */
/* viadaemon.h: probe --via-daemon: the daemon makes its checks now, and tells as probe does. */
#ifndef CLI_VIADAEMON_H
#define CLI_VIADAEMON_H

#include <jansson.h>

struct options;

/* Returns the exit status. */
int viadaemon_probe(const struct options *o);

/* {"results":[…]} with the facts that `banksman probe` would tell, of {"endpoints":[…]}; owned. */
json_t *viadaemon_results(const json_t *reply);

#endif
