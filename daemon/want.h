/* SPDX-License-Identifier: Apache-2.0 */
/* want.h: does one sink want to be told of an alert now, and if not, when?  Pure but for the store. */
#ifndef DAEMON_WANT_H
#define DAEMON_WANT_H

#include <stdbool.h>

#include "base/clock.h"
#include "daemon/alert.h"

struct store;

/* Who wants. */
struct wanter {
	int slot;            /* in every alert's told[] */
	enum severity least; /* less severe ones are not told */
	bool reminded;       /* forgets what it is not told again and again */
	struct span resend;
	struct store *store; /* borrowed; NULL: no history is kept */
};

enum want {
	WANT_NOTHING,
	WANT_SPARE,    /* a reminder that is due soon, if others are told anyway */
	WANT_REMINDER, /* one that is due */
	WANT_OWED,     /* a revision that the sink does not have */
	WANT_N
};

/* What many answers in one moment have in common. */
struct survey {
	struct mono now;
	bool free;        /* the history need not be waited for */
	struct span wait; /* until one of them may be another by itself */
};

struct survey want_survey(const struct wanter *w, struct mono now);

enum want want_now(const struct wanter *w, const struct alert *a, struct survey *s);

/* The sink does not have a's revision, and is to have it, be it only later. */
bool want_owed(const struct wanter *w, const struct alert *a);

/* It wants nothing of a, nor ever will: a has ended. */
bool want_no_more(const struct wanter *w, const struct alert *a, struct mono now);

#endif
