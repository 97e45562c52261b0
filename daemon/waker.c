/* SPDX-License-Identifier: Apache-2.0 */
/* waker.c: see waker.h. */
#include "daemon/waker.h"

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"

enum { NS_PER_S = 1000000000 };

struct waker {
	struct event ev;
	int fd; /* owned */
	waker_fn *call;
	void *owner;
};

/* Setting it anew also takes back that it has fired: nothing needs to be read. */
static void set(struct waker *w, struct span wait)
{
	int64_t ns = wait.ns > 0 ? wait.ns : 1; /* 0 would be never */
	struct itimerspec spec = { .it_value = { .tv_sec = ns / NS_PER_S,
						 .tv_nsec = ns % NS_PER_S } };

	MUST(timerfd_settime(w->fd, 0, &spec, NULL) == 0);
}

static void on_time(evutil_socket_t fd, short what, void *data)
{
	struct waker *w = data;

	(void)fd;
	(void)what;
	set(w, w->call(w->owner));
}

struct waker *waker_new(struct event_base *base, waker_fn *call, void *owner)
{
	struct waker *w = xcalloc(1, sizeof *w);

	w->call = call;
	w->owner = owner;
	w->fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w->fd >= 0 &&
	    event_assign(&w->ev, base, w->fd, EV_READ | EV_PERSIST, on_time, w) == 0 &&
	    event_add(&w->ev, NULL) == 0)
		return w;
	waker_free(w);
	return NULL;
}

void waker_free(struct waker *w)
{
	if (w == NULL)
		return;
	if (event_initialized(&w->ev))
		(void)event_del(&w->ev);
	if (w->fd >= 0)
		(void)close(w->fd);
	free(w);
}

void waker_now(struct waker *w)
{
	event_active(&w->ev, EV_READ, 0);
}
