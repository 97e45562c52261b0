/* SPDX-License-Identifier: Apache-2.0 */
/* confwindow.h: maintenance windows as they stand in the file. */
#ifndef DAEMON_CONFWINDOW_H
#define DAEMON_CONFWINDOW_H

#include <stdbool.h>

#include "daemon/confread.h"

/* Fills c->windows and c->window_count.  A window is either once, or comes again and again. */
__attribute__((warn_unused_result)) bool confwindow_read(const struct confread *r, struct conf *c);

#endif
