/* SPDX-License-Identifier: Apache-2.0 */
/*
 * agenda.h: which endpoint or name is to be checked when: the schedule with what it plans, and
 * with manners (polite.h).
 */
#ifndef DAEMON_AGENDA_H
#define DAEMON_AGENDA_H

#include <stdbool.h>

#include "base/clock.h"
#include "daemon/schedule.h"

struct agenda;
struct conf;
struct endpoint;
struct host;

enum agenda_kind {
	AGENDA_REACH,
	AGENDA_SERVE,
	AGENDA_FORGET, /* what an order told of a service that others ask */
	AGENDA_NAME
};

/* What became due. */
struct agenda_item {
	enum agenda_kind kind;
	struct endpoint *endpoint; /* NULL: a name's */
	struct host *host;         /* NULL: an endpoint's */
	struct due due;
};

struct agenda *agenda_new(void);

/* NULL is allowed. */
void agenda_free(struct agenda *a);

/* Plans for conf from now on; it is borrowed until the next call. */
void agenda_configure(struct agenda *a, const struct conf *conf);

/*
 * Puts e on its grids; who is on them already stays there.  False when e is not to be asked for
 * its service, and no order is under way: then that is not planned any more.
 */
__attribute__((warn_unused_result)) bool agenda_plan(struct agenda *a, struct endpoint *e,
						     struct mono now);
void agenda_plan_name(struct agenda *a, struct host *h, struct mono now);

void agenda_remove(struct agenda *a, struct endpoint *e);
void agenda_remove_name(struct agenda *a, struct host *h);

/* Wanted at t besides the grid; ns INT64_MAX: not wanted. */
void agenda_want(struct agenda *a, struct endpoint *e, struct mono t);
void agenda_want_service(struct agenda *a, struct endpoint *e, struct mono t);
void agenda_want_name(struct agenda *a, struct host *h, struct mono t);

/* Somebody wants to know of e's service now, once, though it may be others that ask it. */
void agenda_order_service(struct agenda *a, struct endpoint *e, struct mono now);

/*
 * …and it was asked: what was learned is to be forgotten after a while, as nobody keeps it up to
 * date.
 */
void agenda_ordered(struct agenda *a, struct endpoint *e, struct mono now);

/*
 * Takes what is due first.  A port that is not open is not asked for its service, and no address
 * too often: such a check is left out, or put off.
 */
bool agenda_take(struct agenda *a, struct mono now, struct agenda_item *ret_item);

/* The next due time; false when nothing is planned. */
bool agenda_next(const struct agenda *a, struct mono *ret_due);

#endif
