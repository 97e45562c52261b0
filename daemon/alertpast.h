/* SPDX-License-Identifier: Apache-2.0 */
/* alertpast.h: alerts as the history has them. */
#ifndef DAEMON_ALERTPAST_H
#define DAEMON_ALERTPAST_H

struct alertfilter;
struct exchange;
struct question;
struct store;

/*
 * Answers x with {"alerts":[…],"next":…}: a page of q, of which those are left out that f does
 * not want, so that it may be shorter than its limit.  store NULL: no history is kept.
 */
void alertpast_send(struct store *store, const struct question *q, const struct alertfilter *f,
		    struct exchange *x);

#endif
