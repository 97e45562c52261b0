/* SPDX-License-Identifier: Apache-2.0 */
/* surveyrun.h: one judgement: the process that makes it, started, listened to, and ended in time. */
#ifndef DAEMON_SURVEYRUN_H
#define DAEMON_SURVEYRUN_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"

struct conf;
struct event_base;
struct exports;
struct heard;
struct remarks;
struct surveyrun;

enum { SURVEYRUN_WHY_SIZE = 320 };

/* heard: all that it said, the callee's now; NULL: it failed, for the reason in why. */
typedef void surveyrun_done_fn(void *owner, struct heard *heard, const char *why);

/* Borrowed: base, remarks and owner outlive the run, the others the call. */
struct surveyrun_parts {
	struct event_base *base;
	const struct conf *conf;
	const char *folder;
	const struct exports *files; /* in it */
	struct remarks
		*remarks; /* a next set is begun in it, and left to be committed or dropped */
	struct wall at;
	void *owner;
	surveyrun_done_fn *done;
};

/*
 * done runs once, from the loop, never from inside this call; the run is then still to be freed.
 * NULL: it cannot be run, for the reason in ret_err.
 */
struct surveyrun *surveyrun_start(const struct surveyrun_parts *parts, struct err *ret_err);

/* Its process has ended. */
bool surveyrun_gone(const struct surveyrun *r);

/* Kills it when it has not ended.  NULL is allowed. */
void surveyrun_free(struct surveyrun *r);

#endif
