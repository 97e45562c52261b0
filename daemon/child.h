/* SPDX-License-Identifier: Apache-2.0 */
/*
 * child.h: a command run once, without a shell, on the event loop.  It is given bytes on its
 * standard input and may say something on the other two; it has a process group of its own, no
 * descriptor of ours, and a time limit.  Whoever wants all of its standard output listens.
 *
 *	running -- ends ----------------------------------> answered
 *	   |timeout                                            ^
 *	   `--> SIGTERM -- 2 s --> SIGKILL -- ends, or 1 s ----'
 *
 * What the command leaves behind in its group is killed when it has ended.
 */
#ifndef DAEMON_CHILD_H
#define DAEMON_CHILD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/clock.h"
#include "base/err.h"

struct child;
struct event_base;

enum { CHILD_SAID_BYTES = 1024, CHILD_OUTPUT_BYTES = 64 * 1024 };

struct child_end {
	bool ended;       /* false: not even SIGKILL ends it (it waits for a dead disk, say) */
	bool timed_out;   /* we ended it, or tried to */
	int status;       /* as wait() has it; when ended */
	const char *said; /* the beginning of what it said; NUL-terminated, lives for the call */
};

typedef void child_done_fn(void *owner, const struct child_end *end);

/* Some of its standard output; false: no more is wanted, and it dies of writing any. */
typedef bool child_heard_fn(void *owner, const char *data, size_t len);

/* Borrowed for the call, but for base and owner. */
struct child_parts {
	struct event_base *base; /* this process must ignore SIGPIPE */
	char *const *argv;       /* ended by NULL; [0] is an absolute path */
	char *const *env;        /* "NAME=value", ended by NULL: all that there is */
	const char *input;
	struct span timeout;
	child_done_fn *done;
	child_heard_fn *heard; /* NULL: its standard output goes to `said`, as the other does */
	void *owner;
};

/*
 * done runs once, from the loop, never from inside this call; the child is then still to be
 * freed.  NULL: it cannot be run, for the reason in ret_err.
 */
struct child *child_start(const struct child_parts *parts, struct err *ret_err);

/* It has ended and was waited for. */
bool child_gone(const struct child *c);

/* Kills it, and its group, when it has not ended.  NULL is allowed. */
void child_free(struct child *c);

#endif
