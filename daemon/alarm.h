/* SPDX-License-Identifier: Apache-2.0 */
/* alarm.h: one kind of alert of one endpoint, which remembers that it is raised; see alarms.h. */
#ifndef DAEMON_ALARM_H
#define DAEMON_ALARM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/alert.h"
#include "daemon/aspect.h"

struct alert_draft;
struct cert;
struct conf;
struct endpoint;
struct ledger;

/* The kind's place in struct alarm_memory. */
uint16_t alarm_bit(enum alert_kind kind);
bool alarm_raised(const struct endpoint *e, enum alert_kind kind);

/* Its alert that lasts; NULL: none. */
struct alert *alarm_find(struct ledger *l, const struct endpoint *e, enum alert_kind kind);

/* The lasting alert gives another reason than e's state does now, or there is none. */
bool alarm_differs(struct ledger *l, const struct endpoint *e, enum alert_kind kind,
		   enum aspect aspect);

/* Raises it, or tells it anew; takes the draft's labels and annotations over. */
void alarm_put(struct ledger *l, struct endpoint *e, const struct alert_draft *d);
void alarm_end(struct ledger *l, struct endpoint *e, enum alert_kind kind, struct wall at,
	       const char *why);

/* ---- the certificate: where somebody asked for its trust, its end, and its change */

void alarm_judge_trust(struct ledger *l, const struct conf *conf, struct endpoint *e,
		       struct wall at);

/* Nothing is known of its service or certificate any more: what was raised of them ends. */
void alarm_unserved(struct ledger *l, struct endpoint *e, struct wall at);

/* Warnings at 30, 14, 7 and 1 days; each is told once. */
void alarm_judge_expiry(struct ledger *l, const struct conf *conf, struct endpoint *e,
			struct wall at);
void alarm_certificate(struct ledger *l, const struct conf *conf, struct endpoint *e,
		       const struct cert *before, const struct cert *now, struct wall at);

#endif
