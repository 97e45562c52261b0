/* SPDX-License-Identifier: Apache-2.0 */
/* machine.h: the inside of an attempt, for the files that make it up (probe, step, service, conclude). */
#ifndef PROBES_MACHINE_H
#define PROBES_MACHINE_H

#include <event2/event.h>
#include <event2/event_struct.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/limits.h"
#include "probes/dialect.h"
#include "probes/probe.h"
#include "probes/tls.h"
#include "probes/verdict.h"

struct names_lookup;
struct prober;
struct sock_outcome;

enum stage {
	STAGE_RESOLVE,
	STAGE_CONNECT,
	STAGE_BANNER,
	STAGE_TLS,
	STAGE_SERVICE,
	STAGE_DONE,
	STAGE_N
};

enum need { NEED_STEP, NEED_LOOKUP, NEED_READ, NEED_WRITE, NEED_FINISH };

/* What only a serve check has; a reach check goes without. */
struct serve {
	const struct dialect_traits *traits; /* static */
	struct tls *tls;                     /* owned */
	struct talk talk;
	struct buf banner;
	struct buf out;                  /* the request under way … */
	size_t out_pos;                  /* … and how much of it is sent */
	struct http_parser_state *reply; /* owned; the reply under way */
	bool asking;                     /* a request is under way */
	bool reused;                     /* this connection has served a reply before */
	bool again; /* not the first connection: its trouble is the service's, not the port's */
	const char *host; /* of this connection; borrowed from the spec or talk.elsewhere */
	struct names_lookup *lookup; /* a side trip's name; NULL: none under way */
	struct addr addrs[LIMIT_ADDRESS_TRIES];
	size_t addr_count;
	size_t addr_next;
};

struct probe {
	unsigned magic;
	int fd; /* owned; -1: none */
	enum stage stage;
	struct prober *prober;         /* borrowed: outlives the probe */
	const struct probe_spec *spec; /* borrowed: outlives the probe */
	probe_done_fn *done;
	void *owner;
	struct event io; /* both the socket and the deadline */
	struct mono started;
	struct mono deadline;
	bool overdue;       /* past the deadline, and looked at once more */
	struct addr target; /* of the connection under way */
	struct verdict verdict;
	struct serve *serve; /* owned; NULL for a reach check */
};

/* Every step returns what it needs next; none touches the loop. */
typedef enum need step_fn(struct probe *p);
step_fn step_resolve, step_connect, step_banner, step_tls; /* step.c */
step_fn step_service;                                      /* service.c */

/* Moves p to a stage that its present one may lead to; NEED_STEP. */
enum need probe_advance(struct probe *p, enum stage next);

/* Ends the connection under way at once. */
void probe_disconnect(struct probe *p);

/* The attempt goes on with a side trip's server, not with its target. */
bool probe_on_side_trip(const struct probe *p);

/* Each of these writes the verdict and returns NEED_FINISH. */
enum need conclude_port(struct probe *p, enum reason r, int os_error);

/* detail NULL: what the facts say already stays. */
enum need conclude_service(struct probe *p, enum service s, const char *detail);

/* This machine could not go on: never a finding about the peer. */
enum need conclude_local(struct probe *p, int os_error);

/*
 * The connection that stood broke with os_error.  heard: the peer had said something
 * before; a reset before that is the port's finding, all else is the service's, s.
 */
enum need conclude_broken(struct probe *p, int os_error, bool heard, enum service s);

/*
 * The time is up: what was being waited for is the finding, unless this machine
 * was so late itself that the peer hardly had a chance.
 */
enum need conclude_deadline(struct probe *p, struct span late);

/* Records what TLS showed, however the handshake ended; the target's only, not a side trip's. */
void conclude_tls(struct probe *p);

#endif
