/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bell.h: the alerts of the simulated daemon: its real alarms and ledger, and somebody who is
 * told of everything at once and remembers it.
 */
#ifndef TESTS_SIM_BELL_H
#define TESTS_SIM_BELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/alert.h"

struct bell;
struct conf;
struct endpoint;
struct registry;
struct round;
struct store;
struct store_pasts;

/* One telling. */
struct ring {
	enum alert_kind kind;
	char subject[120];
	bool ended;
	bool first; /* of its instance */
	struct wall at;
	struct wall starts;
};

/* record is borrowed. */
struct bell *bell_new(struct store *record);
void bell_free(struct bell *b);

/* A process begins, with what the record kept; and ends. */
struct alarms *bell_start(struct bell *b, const struct store_pasts *pasts);
void bell_set_round(struct bell *b, struct round *round);
void bell_stop(struct bell *b);

/* What the daemon does every few seconds. */
void bell_turn(struct bell *b);

/* A configuration was refused, or ("") taken. */
void bell_configuration(struct bell *b, const char *trouble);

const struct ring *bell_rings(const struct bell *b, size_t *ret_count);

/* NULL: none lasts. */
const struct alert *bell_active(const struct bell *b, enum alert_kind kind, const char *subject);
size_t bell_active_count(const struct bell *b);

/* How many traces were wanted. */
size_t bell_traces(const struct bell *b);

#endif
