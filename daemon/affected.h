/* SPDX-License-Identifier: Apache-2.0 */
/* affected.h: which of Forklift's Plans need a machine, in words.  No input or output. */
#ifndef DAEMON_AFFECTED_H
#define DAEMON_AFFECTED_H

#include "base/buf.h"

struct conf_target;
struct discovered;

/*
 * "plan mtv/wave-1 (12 machines) will fail", "plans mtv/wave-1 (12 machines) and mtv/wave-2 (1
 * machine) will fail", of a host "what of plan mtv/wave-1 (12 machines) is on this host will fail":
 * appended, nothing when no Plan is known to need it.  set may be NULL.
 */
void affected_put(const struct discovered *set, const struct conf_target *t, struct buf *out);

/* The same of all machines of a provider, as targets call it. */
void affected_put_provider(const struct discovered *set, const char *provider, struct buf *out);

#endif
