/* SPDX-License-Identifier: Apache-2.0 */
/* confpeers.h: the nodes that share the serve checks.  No input or output. */
#ifndef DAEMON_CONFPEERS_H
#define DAEMON_CONFPEERS_H

struct conf;
struct confpool;
struct discovered;

/* Those of ready pods, and c's own, which is there to ask. */
void confpeers_add(const struct discovered *set, struct confpool *pool, struct conf *c);

#endif
