/* SPDX-License-Identifier: Apache-2.0 */
/*
 * alert.h: one alert: what is wrong with what, since when, and who was told.
 *
 * Kind and subject are its identity on this node: there is at most one of them at a time.
 * With its beginning that makes it one instance, which the history keeps for ever.  Every
 * change worth telling adds one to its revision; its end is such a change.
 */
#ifndef DAEMON_ALERT_H
#define DAEMON_ALERT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/list.h"
#include "daemon/match.h"

enum alert_kind {
	ALERT_PORT_CLOSED,
	ALERT_SERVICE_FAILING,
	ALERT_CERTIFICATE_CHANGED,
	ALERT_FINGERPRINT_MISMATCH,
	ALERT_CERTIFICATE_EXPIRING,
	ALERT_CERTIFICATE_INVALID,
	ALERT_NAME_UNRESOLVED,
	ALERT_FLAPPING,
	ALERT_PATH_DEGRADED,
	ALERT_PROVIDER_UNREACHABLE, /* all of one provider at once */
	ALERT_NODE_ISOLATED,        /* all of everything at once */
	ALERT_STORE_FAILING,
	ALERT_CONFIGURATION_INVALID,
	ALERT_INVENTORY_BLOCKED, /* machines of a plan cannot be migrated as they are */
	ALERT_TEST,              /* somebody wants to see whether it arrives */
	ALERT_KIND_N
};

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL, SEVERITY_N };

/* "PortClosed", "critical"; static. */
const char *alert_kind_name(enum alert_kind k);
const char *severity_name(enum severity s);

/* False when there is none of that name. */
__attribute__((warn_unused_result)) bool alert_kind_parse(const char *name,
							  enum alert_kind *ret_kind);
__attribute__((warn_unused_result)) bool severity_parse(const char *name,
							enum severity *ret_severity);

enum { ALERT_SINKS_MAX = 32 };

/* What one sink knows of it. */
struct telling {
	unsigned revision; /* the last that it took; 0: none */
	unsigned refused;  /* the last that it will never take; 0: none */
	struct mono told;  /* when it took one last; of this process: ns 0: not in it */
	struct wall at;    /* the same, for people; ms 0: never */
	bool ended;        /* what it took was the end… */
	struct mono end;   /* …for the first time, then */
};

struct alert {
	struct link link; /* on the ledger's list */
	enum alert_kind kind;
	enum severity severity;
	char *subject;       /* owned: "esx04.example.com:902 10.1.7.14", "dc1", "" for the node */
	int64_t endpoint;    /* in the history: an endpoint's or a name's; 0: neither */
	uint64_t serial;     /* of this process; never used again */
	struct wall starts;  /* of the cause; one identity never has the same twice */
	struct wall ends;    /* ms 0: it lasts */
	unsigned revision;   /* from 1 */
	unsigned coalesced;  /* tellings of earlier instances that somebody missed */
	uint64_t ticket;     /* of what the store was told last */
	struct mono put;     /* …and when */
	bool silenced;       /* nobody is to be told, unless he knows already */
	json_t *labels;      /* owned; an object of texts: what it is about, never why */
	json_t *annotations; /* owned; an object of texts: why, since when, what to do */
	struct telling told[ALERT_SINKS_MAX]; /* by slot of the sink */
};

/* "PortClosed esx04.example.com:902 10.1.7.14": also in the history; owned by the caller. */
char *alert_identity(enum alert_kind kind, const char *subject);

/* Releases what a owns, and a.  It must be on no list.  NULL is allowed. */
void alert_free(struct alert *a);

/* It has not ended. */
bool alert_active(const struct alert *a);

/* The annotation or label; "" when there is none.  Lives as long as a's next change. */
const char *alert_annotation(const struct alert *a, const char *key);
const char *alert_label(const struct alert *a, const char *key);

/*
 * What an alert is about, as a person names it; texts live in its labels.  They are what is left
 * of an endpoint that nobody watches any more.
 */
struct match_subject alert_subject(const json_t *labels);

#endif
