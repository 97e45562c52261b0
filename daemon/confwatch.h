/* SPDX-License-Identifier: Apache-2.0 */
/*
 * confwatch.h: tells when the configuration's file has become another one: written, replaced
 * by an editor, or swapped under a symbolic link as Kubernetes does with a ConfigMap.
 */
#ifndef DAEMON_CONFWATCH_H
#define DAEMON_CONFWATCH_H

#include <sys/types.h>
#include <time.h>

#include "base/clock.h"
#include "base/err.h"

struct confwatch;
struct event_base;

/* Which file it is, and as of when; all zero: it is not there. */
struct confwatch_mark {
	dev_t device;
	ino_t inode;
	off_t size;
	struct timespec modified;
};

/* To be taken before the file is read: what changes while it is read then is a change. */
struct confwatch_mark confwatch_look(const char *path);

/* Copied; base, path and owner are borrowed and outlive it. */
struct confwatch_parts {
	struct event_base *base;
	const char *path;
	struct confwatch_mark read; /* of what has been read */
	struct span settle;
	void *owner;
	/* The file differs from what was read: see confwatch_new(). */
	void (*changed)(void *owner);
};

/*
 * changed runs on the loop, when settle has passed since the last of a burst of changes of the file
 * (what else happens in its folder does not count), or ten times that since the first of them.
 * NULL: cannot watch.
 */
struct confwatch *confwatch_new(const struct confwatch_parts *parts, struct err *ret_err);
void confwatch_free(struct confwatch *w);

/* The file is about to be read, unasked: as it is now it is no change.  NULL is allowed. */
void confwatch_note(struct confwatch *w);

#endif
