/* SPDX-License-Identifier: Apache-2.0 */
/* findingpast.h: findings of the history, for GET /v1/findings?history=true. */
#ifndef DAEMON_FINDINGPAST_H
#define DAEMON_FINDINGPAST_H

struct exchange;
struct findingfilter;
struct question;
struct store;

/* Answers x; what a page holds that f does not let through is left out of it. */
void findingpast_send(struct store *store, const struct question *q, const struct findingfilter *f,
		      struct exchange *x);

#endif
