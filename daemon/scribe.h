/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scribe.h: keeps the history database open and written, through all trouble: the store thread's
 * work.  Everything but scribe_stats() belongs to one thread at a time.
 */
#ifndef DAEMON_SCRIBE_H
#define DAEMON_SCRIBE_H

#include "base/clock.h"

struct scribe;
struct queue;
struct store_conf;
struct store_pasts;
struct store_stats;

/* conf is copied, queue borrowed. */
struct scribe *scribe_new(const struct store_conf *conf, struct queue *queue);
void scribe_free(struct scribe *k);

/* Tries to open the database, once. */
void scribe_open(struct scribe *k);

/* What earlier lives left; empty when the database is not open. */
void scribe_past(struct scribe *k, struct store_pasts *ret_pasts);

/* Works until the queue says stop, then writes what is left and ends this life in order. */
void scribe_run(struct scribe *k);

/* From any thread. */
void scribe_stats(struct scribe *k, struct store_stats *ret_stats);

#endif
