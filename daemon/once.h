/* SPDX-License-Identifier: Apache-2.0 */
/* once.h: everything that the configuration names probed once, as the daemon would. */
#ifndef DAEMON_ONCE_H
#define DAEMON_ONCE_H

#include <stdbool.h>

struct conf;

/* Prints a table or JSON; takes conf over.  Returns the exit status, as of banksman probe. */
int once_run(struct conf *conf, bool json);

#endif
