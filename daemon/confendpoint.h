/* SPDX-License-Identifier: Apache-2.0 */
/* confendpoint.h: one endpoint of the configuration, made into a target. */
#ifndef DAEMON_CONFENDPOINT_H
#define DAEMON_CONFENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

struct confsite;

/* Adds the target of endpoints[index]. */
__attribute__((warn_unused_result)) bool confendpoint_read(struct confsite *s, size_t index);

#endif
