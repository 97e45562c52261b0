/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reload.h: when the configuration is read again, and who is told how that went.
 *
 * A reload begins every attempt under way anew.  One that is wanted sooner after the last than an
 * attempt may take waits until then, and all that are wanted meanwhile are that one: else a
 * storm of signals would keep every attempt from its end, and an outage from being seen.
 */
#ifndef DAEMON_RELOAD_H
#define DAEMON_RELOAD_H

#include <stdbool.h>

#include "base/clock.h"
#include "base/err.h"

struct event_base;
struct exchange;
struct reload;

/* How one went; a text of "" says that nothing was wrong. */
struct reload_outcome {
	struct err refused; /* the old configuration stays: why */
	struct err deaf;    /* the new one is in force, but it does not listen as that says: why */
};

/* Copied; base and owner are borrowed and outlive it. */
struct reload_parts {
	struct event_base *base;
	void *owner;
	/* Reads it now. */
	void (*load)(void *owner, struct reload_outcome *ret_outcome);
	/* The file stays as it is, but what was discovered besides is to be taken in. */
	void (*merge)(void *owner);
};

struct reload *reload_new(const struct reload_parts *parts);

/* Every exchange has ended by then.  NULL is allowed. */
void reload_free(struct reload *r);

/* How long after the last one the next may be. */
void reload_set_pause(struct reload *r, struct span pause);

/* At once, inside this call, or when the pause is over. */
void reload_want(struct reload *r);

/* The same, but the file need not be read. */
void reload_want_merge(struct reload *r);

/* As reload_want(); x is answered with the outcome. */
void reload_order(struct reload *r, struct exchange *x);

#endif
