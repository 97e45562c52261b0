/* SPDX-License-Identifier: Apache-2.0 */
/* confprovider.h: one provider of the configuration, made into targets. */
#ifndef DAEMON_CONFPROVIDER_H
#define DAEMON_CONFPROVIDER_H

#include <stdbool.h>
#include <stddef.h>

struct confsite;

/* Adds the targets of providers[index]. */
__attribute__((warn_unused_result)) bool confprovider_read(struct confsite *s, size_t index);

#endif
