/* SPDX-License-Identifier: Apache-2.0 */
/* confenv.h: the environment's variables in values of the configuration. */
#ifndef DAEMON_CONFENV_H
#define DAEMON_CONFENV_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends text to out, which is empty, with "${NAME}" replaced by the variable's value,
 * "${NAME:-word}" by word when it is unset or empty, and "$$" by "$".  False with the reason
 * when a variable is unset, or when a "$" is none of these.  What is put in is not looked at
 * again.
 */
__attribute__((warn_unused_result)) bool confenv_expand(const char *text, struct buf *out,
							struct err *ret_err);

#endif
