/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ledger.h: every alert that lasts, and every ended one of whose end somebody is still to be told.
 * What changes here goes to the history at once, and then to whoever delivers it.
 *
 *	raise --> active --> ended --> settled: gone from here, kept by the history
 *	            ^          |
 *	            `- raised again: a new instance takes the place of the ended one
 *
 * Its size is bounded by the number of identities, however long nobody can be told.  No input
 * or output; the store's queue is the only way out.
 */
#ifndef DAEMON_LEDGER_H
#define DAEMON_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/alert.h"

struct ledger;
struct mutes;
struct store;
struct store_pasts;

/* Everything is borrowed and outlives the ledger. */
struct ledger_parts {
	struct store *store; /* NULL: no history is kept */
	struct mutes *mutes; /* who is not to be told of what */
	void *owner;
	/* Something is to be told; NULL: nobody wants to know. */
	void (*changed)(void *owner);
};

struct ledger *ledger_new(const struct ledger_parts *parts);
void ledger_free(struct ledger *l);

/* Takes up what earlier processes left unsettled.  slot: a sink's, by its name; -1: none. */
void ledger_restore(struct ledger *l, const struct store_pasts *pasts,
		    int (*slot)(void *owner, const char *sink), void *owner);

/*
 * The slots that sinks are in from now on (bit 0: slot 0); what was told in another is forgotten.
 * Nobody misses what no slot is for.
 */
void ledger_use_slots(struct ledger *l, uint32_t slots);

/* What is wrong.  Texts are copied, labels and annotations taken over. */
struct alert_draft {
	enum alert_kind kind;
	enum severity severity;
	const char *subject;
	int64_t endpoint;
	struct wall starts;
	json_t *labels;
	json_t *annotations;
};

/*
 * Begins an alert.  When it lasts already, what is told of it changes where it differs, and its
 * beginning stays.  Never NULL.
 */
struct alert *ledger_raise(struct ledger *l, const struct alert_draft *d);

/* Something more is known of it: annotations, in pairs of key and value; "": none; ended by NULL. */
void ledger_annotate(struct ledger *l, struct alert *a, const char *const pairs[]);

/* The cause ended at `at`; why: a sentence.  Nothing happens when it has ended before. */
void ledger_end(struct ledger *l, struct alert *a, struct wall at, const char *why);

/* NULL: there is none; it may have ended. */
struct alert *ledger_find(const struct ledger *l, enum alert_kind kind, const char *subject);

/* The same, and it lasts. */
struct alert *ledger_active(const struct ledger *l, enum alert_kind kind, const char *subject);

/* By ascending serial: NULL begins, NULL ends; only the alert just returned may be settled. */
struct alert *ledger_next(const struct ledger *l, const struct alert *a);

size_t ledger_count(const struct ledger *l);
size_t ledger_active_count(const struct ledger *l, enum severity severity);

/* Silences or windows may have changed, or the time has: who is silenced now? */
void ledger_mute_again(struct ledger *l, struct wall now);

/* A sink took or refused a's revision; kept by the history. */
void ledger_told(struct ledger *l, struct alert *a, int slot, const char *sink);

/* It has ended and everybody knows: a is gone. */
void ledger_settle(struct ledger *l, struct alert *a);

/* A new database: everything is put again. */
void ledger_put_all(struct ledger *l);

#endif
