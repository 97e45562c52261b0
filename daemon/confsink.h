/* SPDX-License-Identifier: Apache-2.0 */
/* confsink.h: whom alerts are told, as it stands in the file. */
#ifndef DAEMON_CONFSINK_H
#define DAEMON_CONFSINK_H

#include <stdbool.h>

#include "daemon/confread.h"

/*
 * Fills c->sinks and c->sink_count.  Without a list of sinks there is one, the journal; an
 * empty list means none.
 */
__attribute__((warn_unused_result)) bool confsink_read(const struct confread *r, struct conf *c);

#endif
