/* SPDX-License-Identifier: Apache-2.0 */
/*
 * follow.h: events as they come.  Each follower asks the history for what is newer than the last
 * event it was told of, so what it is told is committed, complete and in order.
 */
#ifndef DAEMON_FOLLOW_H
#define DAEMON_FOLLOW_H

struct event_base;
struct exchange;
struct follows;
struct registry;
struct store;

enum { FOLLOWERS_MAX = 16 };

/* Everything is borrowed; store is not NULL. */
struct follows *follows_new(struct event_base *base, const struct registry *registry,
			    struct store *store);

/* Every follower's connection must have ended.  NULL is allowed. */
void follows_free(struct follows *f);

/*
 * Answers x (GET /v1/events?follow=true) with one event a line, from now on or behind after=,
 * and an empty line now and then, until the client goes away.  An after= that is above the newest
 * event is of another history: all events of this one are told.
 */
void follows_add(struct follows *f, struct exchange *x);

/*
 * Another history has begun, whose events are numbered from 1 again: everybody is told all of
 * them.  Without this call it is noticed within about 15 s, if the new numbers are below the old.
 */
void follows_fresh(struct follows *f);

#endif
