/* SPDX-License-Identifier: Apache-2.0 */
/* confsame.h: what a reload leaves as it is. */
#ifndef DAEMON_CONFSAME_H
#define DAEMON_CONFSAME_H

#include <stdbool.h>

struct conf;
struct conf_target;

/* The same endpoints: host, port and dialect. */
bool conf_same_way(const struct conf_target *a, const struct conf_target *b);

/* Checked in the same manner: provider, role, trust, expectations, intervals. */
bool conf_same_manner(const struct conf_target *a, const struct conf_target *b);

/* The same inventory, judged alike. */
bool conf_same_inventory(const struct conf *a, const struct conf *b);

#endif
