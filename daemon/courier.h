/* SPDX-License-Identifier: Apache-2.0 */
/* courier.h: one outbox for each sink of the configuration, and the loop's clock for them. */
#ifndef DAEMON_COURIER_H
#define DAEMON_COURIER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "daemon/outbox.h"

struct conf;
struct courier;
struct event_base;
struct ledger;
struct prober;
struct store;

/* Everything is borrowed and outlives the courier. */
struct courier_parts {
	struct event_base *base;
	struct prober *prober;
	struct store *store; /* NULL: no history is kept */
	struct ledger *ledger;
};

struct courier *courier_new(const struct courier_parts *parts);
void courier_free(struct courier *c);

/* Which slot a sink of conf with that name has or would have; -1: there is none. */
int courier_slot(void *courier, const char *sink);

/*
 * The sinks of conf (copied) from now on.  One whose settings stay goes on as it is; one that
 * changes is opened anew and keeps its slot and what it was told.  Must run before
 * ledger_restore().  False when a file of conf cannot be read: then nothing changed.
 */
__attribute__((warn_unused_result)) bool
courier_configure(struct courier *c, const struct conf *conf, struct err *ret_err);

/* Something is to be told: soon, but never from inside this call. */
void courier_wake(struct courier *c);

/* Whose slot it is; NULL: nobody's.  Lives until the next courier_configure(). */
const char *courier_name(const struct courier *c, int slot);

/* Sinks: one for each URL. */
size_t courier_count(const struct courier *c);
void courier_stats(const struct courier *c, size_t i, struct outbox_stats *ret_stats);
void courier_owed(const struct courier *c, size_t i, struct outbox_owed *ret_owed);

/* How one of them is, as /v1/alerts says it: an object. */
json_t *courier_json(const struct courier *c, size_t i);

/*
 * Tells one test alert, and its end, through every sink apart from everything else.  done runs
 * once, from the loop, when all have answered (each has its time limit): results is an array of
 * {"sink","type","ok","detail","ms"}, borrowed for the call.  NULL: a test is under way already.
 */
struct courier_test;
typedef void courier_test_fn(void *owner, const json_t *results);
struct courier_test *courier_test(struct courier *c, courier_test_fn *done, void *owner);
void courier_test_cancel(struct courier_test *t);

#endif
