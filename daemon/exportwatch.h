/* SPDX-License-Identifier: Apache-2.0 */
/*
 * exportwatch.h: tells when the files of some folders have become other ones and nobody writes any
 * more: copied, replaced, or swapped under a symbolic link as Kubernetes does with a ConfigMap.
 *
 *	quiet -- an event, or a slow look --> unsettled -- two looks alike --> told, if they differ
 *	                                         ^    |                        from what was told
 *	                                         `----'
 */
#ifndef DAEMON_EXPORTWATCH_H
#define DAEMON_EXPORTWATCH_H

#include "base/clock.h"
#include "base/err.h"
#include "daemon/exports.h"

struct event_base;
struct exportwatch;

enum { EXPORTWATCH_FOLDERS = 2 };

/* Copied; base, folders and owner are borrowed and outlive it. */
struct exportwatch_parts {
	struct event_base *base;
	const char *folders[EXPORTWATCH_FOLDERS]; /* NULL: none */
	struct span settle;                       /* between two looks that must be alike */
	struct span rescan;                       /* between looks that no event asks for */
	struct span patience;                     /* what changes all the time is told so often */
	void *owner;
	void (*changed)(void *owner);
};

/*
 * changed runs on the loop, never from inside this call, for the first time when the first look
 * has settled.  Without inotify (ret_err says why; "": there is) only the slow looks are left.
 */
struct exportwatch *exportwatch_new(const struct exportwatch_parts *parts, struct err *ret_err);

/* NULL is allowed. */
void exportwatch_free(struct exportwatch *w);

/* What was told of folder i; lives until the next is. */
const struct exports *exportwatch_told(const struct exportwatch *w, size_t i);

#endif
