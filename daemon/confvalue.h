/* SPDX-License-Identifier: Apache-2.0 */
/* confvalue.h: one value of the configuration, from its text to what the program uses. */
#ifndef DAEMON_CONFVALUE_H
#define DAEMON_CONFVALUE_H

#include <stdbool.h>

#include "base/err.h"
#include "daemon/confkeys.h"

struct confpool;

/*
 * Reads text as k's type wants it (see enum conf_type) into *into; texts are kept in pool.
 * Of a list it reads one item: of CONF_WAITS a struct span, of CONF_DAYS an int (0: Sunday), of
 * all others one text.
 * False with the reason, which quotes the text; *into is then as it was.
 */
__attribute__((warn_unused_result)) bool confvalue_parse(const struct conf_key *k, const char *text,
							 struct confpool *pool, void *into,
							 struct err *ret_err);

/* "time", "number", "tcp, tls, http, https or registry"; static. */
const char *confvalue_type_name(enum conf_type t);

#endif
