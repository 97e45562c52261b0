/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alarms.h: policy: which looks and changes are alerts, and when they end.  No loop, no timer, no
 * input or output: the ledger is the only way out.
 *
 * Alerts follow states, not changes: at every look that leaves no doubt, what ought to be
 * raised is compared with what is.  So nothing is missed over a restart, and nothing outlives
 * its cause.
 *
 *	one endpoint:  PortClosed, ServiceFailing, FingerprintMismatch, CertificateInvalid,
 *	               CertificateExpiring, CertificateChanged, PathDegraded, Flapping
 *	one name:      NameUnresolved
 *	all at once:   ProviderUnreachable, NodeIsolated: while they last, the ports, paths and
 *	               names in them raise nothing of their own
 *	this daemon:   StoreFailing, ConfigurationInvalid
 *
 * An endpoint that flaps has no PortClosed or ServiceFailing but Flapping.  One that comes
 * again within the cooldown ends only when all has been well for as long.
 */
#ifndef DAEMON_ALARMS_H
#define DAEMON_ALARMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "daemon/aspect.h"

struct alarms;
struct cert;
struct change;
struct conf;
struct endpoint;
struct host;
struct ledger;
struct occasion;
struct registry;
struct store_stats;
struct trace_result;

/* What is remembered of an endpoint; zeroed: nothing. */
struct alarm_memory {
	uint16_t raised;      /* bit of each enum alert_kind whose alert lasts */
	uint16_t again;       /* …and came again within the cooldown of its last end */
	struct mono ended[2]; /* the last ends of PortClosed and ServiceFailing; ns 0: none */
	struct mono calm[2];  /* since when their causes are over, and they are not; ns 0: not so */
	uint64_t losses[2];   /* the last looks at the open port, newest in bit 0 of [0]; 1: lost */
	uint8_t looks;        /* in losses */
	uint8_t expiry;       /* which warning of its certificate's end was given */
	struct wall good;     /* when its port was last seen open; ms 0: never */
};

/* Everything is borrowed and outlives the alarms. */
struct alarms_parts {
	struct ledger *ledger;
	void *owner;
	/* Looks at these endpoints' ports are wanted now; NULL: nobody can look. */
	void (*look)(void *owner, struct endpoint *const *list, size_t count);
	/* The way to e is wanted: alarms_traced(); NULL: nobody can tell. */
	void (*trace)(void *owner, struct endpoint *e);
};

struct alarms *alarms_new(const struct alarms_parts *parts);
void alarms_free(struct alarms *a);

/* Borrowed until the next call; registry outlives the alarms. */
void alarms_configure(struct alarms *a, const struct conf *conf, const struct registry *registry);

/* An endpoint or name is watched from now on: its alerts of before are its own again. */
void alarms_began(struct alarms *a, struct endpoint *e);
void alarms_name_began(struct alarms *a, struct host *h);

/* …or not any more: its alerts end. */
void alarms_over(struct alarms *a, struct endpoint *e, struct wall at);
void alarms_name_over(struct alarms *a, struct host *h, struct wall at);

/* One look at e's port, after its state has taken it and e->last says what it found. */
void alarms_reached(struct alarms *a, struct endpoint *e, const struct change *c,
		    const struct occasion *when);

/* A serve check was taken in: service, trust, and how long the certificate lasts. */
void alarms_served(struct alarms *a, struct endpoint *e, const struct occasion *when);

/* Its service is not asked for any more: nothing is known of it, or of its certificate. */
void alarms_unserved(struct alarms *a, struct endpoint *e, struct wall at);

/* A regular check of a port: lost is one that was not answered. */
void alarms_sampled(struct alarms *a, struct endpoint *e, bool lost, const struct occasion *when);

void alarms_name_looked(struct alarms *a, struct host *h, const struct occasion *when);

/* e's certificate is another than before. */
void alarms_certificate(struct alarms *a, struct endpoint *e, const struct cert *before,
			const struct cert *now, const struct occasion *when);

/* The way to e at the moment of its alert. */
void alarms_traced(struct alarms *a, const struct endpoint *e, const struct trace_result *t);

/* Every few seconds: what ends by itself, and how the store is (NULL: there is none). */
void alarms_turn(struct alarms *a, const struct store_stats *store, struct mono now,
		 struct wall at);

/* What of a configuration is not in force, in a sentence; "": all is. */
void alarms_configuration(struct alarms *a, const char *trouble, struct wall at);

#endif
