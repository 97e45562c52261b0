/* SPDX-License-Identifier: Apache-2.0 */
/*
 * surveypast.h: the findings in force and those in the history, brought together: what lasted when
 * an earlier process ended is read, what began, changed or ended is written, a bounded part at a
 * time.
 *
 *	adopting -- all pages ----> WRITING, as long as the two differ
 *	   | skip()                    ^  | the history has lost something
 *	   `--> waiting -- changed() --+  v
 *	                       comparing
 */
#ifndef DAEMON_SURVEYPAST_H
#define DAEMON_SURVEYPAST_H

#include <jansson.h>
#include <stdbool.h>

#include "base/clock.h"

struct event_base;
struct remark;
struct remarks;
struct store;
struct store_judgement;
struct surveypast;

/* Everything is borrowed and outlives it. */
struct surveypast_parts {
	struct event_base *base;
	struct store *store;
	struct remarks *remarks;
	void *owner;
	/*
	 * What the history knows is known; last: its last judgement as QUESTION_JUDGEMENTS has it, NULL:
	 * none.  Not after surveypast_skip().
	 */
	void (*read)(void *owner, const json_t *last);
	/* It cannot be read now: it is tried again by itself. */
	void (*unread)(void *owner, const char *why);
};

struct surveypast *surveypast_new(const struct surveypast_parts *parts);

/* Whatever still waits is put now.  NULL is allowed. */
void surveypast_free(struct surveypast *p);

/*
 * At a start: what lasts in the history are the findings in force, unless surveypast_skip() comes
 * before read() has run.
 */
void surveypast_read(struct surveypast *p);

/*
 * This process judges without them: once it has, what lasts in the history and is not in force has
 * ended.  Nothing when they were read.
 */
void surveypast_skip(struct surveypast *p);

/* m was found last at `last`, and no more at `at`; it is taken over. */
void surveypast_end(struct surveypast *p, struct remark *m, struct wall last, struct wall at);

/* Other findings are in force; j, which is copied, is to be written when they are. */
void surveypast_changed(struct surveypast *p, const struct store_judgement *j);

/* The history is a new one. */
void surveypast_fresh(struct surveypast *p);

#endif
