/* SPDX-License-Identifier: Apache-2.0 */
/* alertjson.h: alerts as programs outside read them; docs/alerts.md is their reference. */
#ifndef DAEMON_ALERTJSON_H
#define DAEMON_ALERTJSON_H

#include <jansson.h>
#include <stddef.h>

#include "base/clock.h"

struct alert;

/* "alerts" of a webhook's and a command's message: the same for the same revisions. */
json_t *alertjson_list(const struct alert *const *alerts, size_t count);

/* The whole message; takes list over.  Text, owned by the caller. */
char *alertjson_message(const char *node, struct wall now, json_t *list);

/*
 * What Alertmanager's POST /api/v2/alerts takes: an alert that lasts is to be forgotten at `until`
 * unless it is told again.  Text, owned by the caller.
 */
char *alertjson_manager(const struct alert *const *alerts, size_t count, struct wall now,
			struct wall until);

#endif
