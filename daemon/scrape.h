/* SPDX-License-Identifier: Apache-2.0 */
/* scrape.h: GET /metrics: one family after another, as fast as the client reads. */
#ifndef DAEMON_SCRAPE_H
#define DAEMON_SCRAPE_H

struct exchange;
struct status_facts;

/* Answers x.  f is copied; what it borrows outlives the exchange, conf aside. */
void scrape_send(const struct status_facts *f, struct exchange *x);

#endif
