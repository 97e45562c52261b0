/* SPDX-License-Identifier: Apache-2.0 */
/* notify.h: the service manager is told how we are (sd_notify(3)'s protocol). */
#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

#include <stdbool.h>

#include "base/clock.h"

/* Sends "READY=1\nSTATUS=…" and the like to $NOTIFY_SOCKET; nothing is sent without one. */
void notify_ready(const char *status);
void notify_status(const char *status);
void notify_stopping(void);

/* Before a reload; notify_ready() ends it.  Type=notify-reload wants the time. */
void notify_reloading(struct mono now);

/* A sign of life; only as often as notify_watchdog() says. */
void notify_alive(void);

/* Half of what $WATCHDOG_USEC allows this process between two signs; false: no watchdog. */
bool notify_watchdog(struct span *ret_interval);

#endif
