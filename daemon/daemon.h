/* SPDX-License-Identifier: Apache-2.0 */
/* daemon.h: all parts of banksmand in their order: made, run, reloaded, ended. */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>

#include "base/err.h"

struct conf;
struct confwatch_mark;
struct daemon;

/*
 * Makes everything and listens; takes conf over, which was read from path after read was taken
 * of it.  path is borrowed: a reload reads it again.  NULL when something without which it makes
 * no sense to run cannot be had.
 */
struct daemon *daemon_new(struct conf *conf, const char *path, const struct confwatch_mark *read,
			  struct err *ret_err);

/* Runs until SIGTERM or SIGINT. */
void daemon_run(struct daemon *d);

/* Writes what waits, ends everything.  NULL and half-made ones are allowed. */
void daemon_free(struct daemon *d);

#endif
