/* SPDX-License-Identifier: Apache-2.0 */
/*
 * waker.h: calls somebody when he wants to be called, to the nanosecond as timerfd_create(2)
 * does.  libevent 2.1 can be as precise, but then sets its timer anew before each wait, twice
 * per check, whether anything has changed or not.
 */
#ifndef DAEMON_WAKER_H
#define DAEMON_WAKER_H

#include <stdbool.h>

#include "base/clock.h"

struct event_base;
struct waker;

/* Called from the loop; returns how long until the next call. */
typedef struct span waker_fn(void *owner);

/* base is borrowed and outlives the waker.  NULL: no descriptor or memory for it. */
struct waker *waker_new(struct event_base *base, waker_fn *call, void *owner);

/* NULL is allowed. */
void waker_free(struct waker *w);

/* The next call is wanted now, from the loop, never from inside this call. */
void waker_now(struct waker *w);

#endif
