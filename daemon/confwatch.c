/* SPDX-License-Identifier: Apache-2.0 */
/* confwatch.c: see confwatch.h. */
#include "daemon/confwatch.h"

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

enum { SETTLES_MAX = 10 };

struct confwatch {
	struct confwatch_parts parts;
	int fd; /* owned; inotify */
	struct event readable;
	struct event settled;
	struct mono latest;         /* for settled, while it is pending */
	struct confwatch_mark read; /* what was read, or told */
	struct confwatch_mark seen; /* what it was at the last event */
};

struct confwatch_mark confwatch_look(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return (struct confwatch_mark){ 0 };
	return (struct confwatch_mark){
		.device = st.st_dev, .inode = st.st_ino, .size = st.st_size, .modified = st.st_mtim
	};
}

static bool same(const struct confwatch_mark *a, const struct confwatch_mark *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->modified.tv_sec == b->modified.tv_sec &&
	       a->modified.tv_nsec == b->modified.tv_nsec;
}

static bool watch_folder_of(const struct confwatch *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];
	size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

	if (len >= sizeof folder)
		return false;
	memcpy(folder, path, len);
	folder[len] = '\0';
	return inotify_add_watch(w->fd, len > 0 ? folder : ".",
				 IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE |
					 IN_MOVED_FROM | IN_ATTRIB) >= 0;
}

/* Where the path is, and where the file is that it leads to: that may change with every swap. */
static bool watch_folders(const struct confwatch *w)
{
	char target[PATH_MAX];

	if (!watch_folder_of(w, w->parts.path))
		return false;
	return realpath(w->parts.path, target) == NULL || watch_folder_of(w, target);
}

static void await_settling(struct confwatch *w)
{
	struct mono now = mono_now();
	struct mono when = mono_add(now, w->parts.settle);
	struct timeval wait;

	if (event_pending(&w->settled, EV_TIMEOUT, NULL) == 0)
		w->latest = mono_add(now, (struct span){ w->parts.settle.ns * SETTLES_MAX });
	if (mono_before(w->latest, when))
		when = w->latest;
	wait = span_timeval(mono_sub(when, now));
	(void)event_add(&w->settled, &wait);
}

/* Whatever happened in the folders: has it made another file of ours? */
static void look(struct confwatch *w)
{
	struct confwatch_mark before = w->seen;

	w->seen = confwatch_look(w->parts.path);
	if (!same(&w->seen, &before))
		await_settling(w);
}

static void on_readable(evutil_socket_t fd, short what, void *data)
{
	struct confwatch *w = data;
	char events[4096];

	(void)what;
	while (read(fd, events, sizeof events) > 0)
		;
	(void)watch_folders(w); /* first: what happens behind it is an event */
	look(w);
}

static void on_settled(evutil_socket_t fd, short what, void *data)
{
	struct confwatch *w = data;
	struct confwatch_mark now;

	(void)fd;
	(void)what;
	(void)watch_folders(w);
	now = confwatch_look(w->parts.path);
	/* Between two steps of a replacement; and of a folder that is gone no event would tell. */
	if (now.inode == 0) {
		await_settling(w);
		return;
	}
	if (same(&now, &w->read))
		return;
	w->read = now;
	w->parts.changed(w->parts.owner);
}

void confwatch_note(struct confwatch *w)
{
	if (w != NULL)
		w->read = confwatch_look(w->parts.path);
}

struct confwatch *confwatch_new(const struct confwatch_parts *parts, struct err *ret_err)
{
	struct confwatch *w = xcalloc(1, sizeof *w);

	w->parts = *parts;
	w->read = w->seen = parts->read;
	w->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (event_assign(&w->readable, parts->base, w->fd, EV_READ | EV_PERSIST, on_readable, w) !=
		    0 ||
	    event_assign(&w->settled, parts->base, -1, 0, on_settled, w) != 0 || w->fd < 0 ||
	    !watch_folders(w) || event_add(&w->readable, NULL) != 0) {
		(void)err_set(ret_err, errno, "cannot watch %s: %s", parts->path,
			      strerrordesc_np(errno));
		if (w->fd >= 0)
			(void)close(w->fd);
		free(w);
		return NULL;
	}
	look(w); /* it may have changed since it was read */
	return w;
}

void confwatch_free(struct confwatch *w)
{
	if (w == NULL)
		return;
	(void)event_del(&w->readable);
	(void)event_del(&w->settled);
	(void)close(w->fd);
	free(w);
}
