/* SPDX-License-Identifier: Apache-2.0 */
/* exportwatch.c: see exportwatch.h. */
#include "daemon/exportwatch.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/must.h"

enum { READS_MAX = 16 };

struct exportwatch {
	struct exportwatch_parts parts;
	int fd; /* owned; inotify; -1: none */
	struct event readable, settled, rescan;
	bool unsettled;
	bool once;           /* something was told */
	struct mono waiting; /* since when; while unsettled */
	struct exports seen[EXPORTWATCH_FOLDERS];
	struct exports told[EXPORTWATCH_FOLDERS];
};

/* A folder that was made anew is another one: asked for again and again. */
static void watch_folders(const struct exportwatch *w)
{
	for (size_t i = 0; w->fd >= 0 && i < EXPORTWATCH_FOLDERS; i++)
		if (w->parts.folders[i] != NULL)
			(void)inotify_add_watch(w->fd, w->parts.folders[i],
						IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO |
							IN_CREATE | IN_DELETE | IN_MOVED_FROM |
							IN_ATTRIB);
}

static void arm(struct event *ev, struct span wait)
{
	struct timeval tv = span_timeval(wait);

	MUST(event_add(ev, &tv) == 0);
}

/* Every event puts it off, but not for ever. */
static void await_settling(struct exportwatch *w)
{
	struct mono now = mono_now();
	struct mono when = mono_add(now, w->parts.settle);
	struct mono latest;

	if (!w->unsettled)
		w->waiting = now;
	w->unsettled = true;
	latest = mono_add(w->waiting, w->parts.patience);
	arm(&w->settled, mono_sub(mono_before(latest, when) ? latest : when, now));
}

static void look(const struct exportwatch *w, struct exports *ret_sets)
{
	for (size_t i = 0; i < EXPORTWATCH_FOLDERS; i++) {
		ret_sets[i] = (struct exports){ .count = 0 };
		if (w->parts.folders[i] != NULL)
			exports_look(w->parts.folders[i], &ret_sets[i]);
	}
}

static bool same(const struct exports *a, const struct exports *b)
{
	for (size_t i = 0; i < EXPORTWATCH_FOLDERS; i++)
		if (!exports_same(&a[i], &b[i]))
			return false;
	return true;
}

static void done(struct exports *sets)
{
	for (size_t i = 0; i < EXPORTWATCH_FOLDERS; i++)
		exports_done(&sets[i]);
}

static void on_readable(evutil_socket_t fd, short what, void *data)
{
	struct exportwatch *w = data;
	char events[4096];

	(void)what;
	for (int i = 0; i < READS_MAX && read(fd, events, sizeof events) > 0; i++)
		;
	await_settling(w);
}

/* Takes over now. */
static void tell(struct exportwatch *w, struct exports *now)
{
	w->unsettled = false;
	if (w->once && same(now, w->told)) {
		done(now);
		return;
	}
	w->once = true;
	done(w->told);
	memcpy(w->told, now, sizeof w->told);
	w->parts.changed(w->parts.owner);
}

static void on_settled(evutil_socket_t fd, short what, void *data)
{
	struct exportwatch *w = data;
	struct exports now[EXPORTWATCH_FOLDERS];
	bool late = !mono_before(mono_now(), mono_add(w->waiting, w->parts.patience));
	bool steady;

	(void)fd;
	(void)what;
	watch_folders(w); /* first: what happens behind it is an event */
	look(w, now);
	steady = same(now, w->seen);
	done(w->seen);
	look(w, w->seen);
	if (steady || late) {
		tell(w, now);
		return;
	}
	done(now);
	arm(&w->settled, w->parts.settle);
}

static void on_rescan(evutil_socket_t fd, short what, void *data)
{
	struct exportwatch *w = data;
	struct exports now[EXPORTWATCH_FOLDERS];

	(void)fd;
	(void)what;
	arm(&w->rescan, w->parts.rescan);
	watch_folders(w);
	look(w, now);
	if (!w->unsettled && !same(now, w->told))
		await_settling(w);
	done(now);
}

struct exportwatch *exportwatch_new(const struct exportwatch_parts *parts, struct err *ret_err)
{
	struct exportwatch *w = xcalloc(1, sizeof *w);

	w->parts = *parts;
	ret_err->text[0] = '\0';
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->fd < 0)
		(void)err_set(ret_err, errno, "inotify: %s", strerrordesc_np(errno));
	MUST(evtimer_assign(&w->settled, parts->base, on_settled, w) == 0);
	MUST(evtimer_assign(&w->rescan, parts->base, on_rescan, w) == 0);
	MUST(event_assign(&w->readable, parts->base, w->fd, EV_READ | EV_PERSIST, on_readable, w) ==
	     0);
	if (w->fd >= 0)
		MUST(event_add(&w->readable, NULL) == 0);
	watch_folders(w);
	look(w, w->seen);
	await_settling(w);
	arm(&w->rescan, parts->rescan);
	return w;
}

void exportwatch_free(struct exportwatch *w)
{
	if (w == NULL)
		return;
	if (w->fd >= 0)
		(void)event_del(&w->readable);
	(void)event_del(&w->settled);
	(void)event_del(&w->rescan);
	if (w->fd >= 0)
		(void)close(w->fd);
	done(w->seen);
	done(w->told);
	free(w);
}

const struct exports *exportwatch_told(const struct exportwatch *w, size_t i)
{
	return &w->told[i];
}
