/* SPDX-License-Identifier: Apache-2.0 */
/*
 * registry.h: what is watched.  A target of the configuration is a host and a port; each
 * address of its host makes it an endpoint.  Hosts are looked up once for all their targets.
 *
 *	conf_target -- target --+-- endpoint (10.1.7.14:902)
 *	                 |      `-- endpoint ([fd00::14]:902)
 *	               host (esx04.example.com: name, last known addresses)
 *
 * No input or output: the keeper that is told of every beginning and end does that.
 */
#ifndef DAEMON_REGISTRY_H
#define DAEMON_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/limits.h"
#include "base/list.h"
#include "daemon/alarms.h"
#include "daemon/conf.h"
#include "daemon/schedule.h"
#include "daemon/state.h"
#include "daemon/store.h"
#include "probes/reason.h"

struct attempt;
struct cert;
struct lookups;
struct names_lookup;
struct place;
struct provider;
struct registry;
struct served;

enum { HOST_ADDRS_MAX = 2 * LIMIT_ADDRS_PER_NAME };

struct known_addr {
	struct addr addr; /* port 0 */
	uint8_t absent;   /* answers in a row that did not name it */
};

/* A machine by the name that the configuration gives it. */
struct host {
	struct link link; /* on the registry's list */
	char *name;       /* owned; a DNS name or a numeric address */
	bool numeric;
	int64_t id;                  /* of the name in the history; 0 when numeric */
	struct state state;          /* ASPECT_NAME */
	bool span_open;              /* this process has put the state's span */
	struct job job;              /* of its lookups */
	bool regular;                /* …of which the one waiting or under way is on the grid */
	struct link waiting;         /* to be looked up */
	struct lookups *lookups;     /* borrowed; whose lookup is under way */
	struct names_lookup *lookup; /* owned; NULL: none under way */
	struct mono asked;           /* when the lookup under way began */
	struct mono surprised;       /* when the surprise under way began */
	struct wall looked_up;       /* the last answer; ms 0: none yet */
	struct known_addr *addrs;    /* owned; last known ones, at most HOST_ADDRS_MAX */
	size_t addr_count;
	bool alarmed; /* its NameUnresolved lasts */
	struct list targets;
};

struct target {
	struct link link;               /* on the registry's list */
	struct link of_host;            /* on its host's list */
	const struct conf_target *conf; /* borrowed from the configuration in force */
	struct host *host;              /* borrowed */
	struct provider *provider;      /* borrowed; NULL: none */
	struct list endpoints;
};

enum { ENDPOINT_ASPECTS = ASPECT_NAME }; /* port, service, trust */

struct endpoint {
	struct link link;      /* on its target's list */
	struct target *target; /* borrowed */
	struct place *place;   /* borrowed */
	struct addr addr;      /* with the port */
	int64_t id;            /* in the history */
	struct state states[ENDPOINT_ASPECTS];
	bool span_open[ENDPOINT_ASPECTS]; /* this process has put the state's span */
	unsigned touches; /* observations of the port since the history heard of it */
	struct job reach;
	struct job serve;
	bool unserved;            /* its service is not asked for, or by other nodes */
	bool ordered;             /* …but once, for somebody wants to know */
	struct attempt *reaching; /* owned; NULL: none waiting or under way */
	struct attempt *serving;  /* owned */
	struct mono serve_turn;   /* at its place, for its next serve check; ns 0: none given */
	bool serve_owed;          /* …which is one of the grid, put off */
	struct mono surprised[ENDPOINT_ASPECTS]; /* when the surprise under way began */

	struct mono looked;  /* when the last look at the port began */
	struct wall checked; /* the last reach check or the serve check's connect; ms 0: never */
	enum reason last;    /* …and what it found */
	struct icmp icmp;    /* …with the ICMP error behind it */
	int os_error;
	int32_t rtt_us;            /* of the last success; -1: none yet */
	uint64_t checks;           /* reach checks of this process */
	uint64_t losses;           /* …that found the port not open */
	struct wall serve_checked; /* the last serve check; ms 0: never */
	struct wall sighted;       /* when the history was last told of its certificate */
	struct served *served;     /* owned; what it learned; NULL: nothing yet */
	struct cert *shown;        /* owned; to an earlier process, last; NULL: none is known */

	struct alarm_memory alarm; /* what alarms.h remembers of it */

	struct store_samples *chunk; /* owned; NULL: none begun */
	int64_t chunk_slot;          /* grid slot of its first sample */
	struct mono chunk_began;
};

/* Told of every beginning and end; all must be set. */
struct keeper {
	void *owner;
	void (*host_began)(void *owner, struct host *h);
	void (*host_ended)(void *owner, struct host *h);
	void (*endpoint_began)(void *owner, struct endpoint *e);
	void (*endpoint_changed)(void *owner, struct endpoint *e); /* its way of being checked */
	void (*endpoint_ended)(void *owner, struct endpoint *e);
	/* An earlier process watched it, an endpoint or a name, and the first conf does not. */
	void (*past_gone)(void *owner, int64_t id);
};

/* keeper is copied; so is what matters of pasts (NULL: none). */
struct registry *registry_new(const struct keeper *keeper, const struct store_pasts *pasts);

/* Ends everything; the keeper is told. */
void registry_free(struct registry *r);

/*
 * Watches what conf says and nothing else.  What stays keeps its state, its place in the
 * history and its phase; what has another host, port or dialect ends and begins anew.  What
 * begins under a name and address that were there before has the place in the history, and only
 * until the first call with a conf that is not partial perhaps more: former.h.  Addresses that a name has of another
 * family than conf's end.  conf is borrowed until the next call.
 */
void registry_reconcile(struct registry *r, const struct conf *conf);

/*
 * Of those that begin the call above begins REGISTRY_STEP, so that thousands do not hold the loop
 * up; this begins so many more of them.  False: all have begun.
 */
enum { REGISTRY_STEP = 200 };
bool registry_go_on(struct registry *r, size_t most);

/*
 * h's name was answered with these addresses (port 0), for the families asked and answered.
 * New ones of the family that conf asks for begin at once; one that ANSWERS_TO_FORGET answers in a row did not name ends.
 * True when the set changed.
 */
enum { ANSWERS_TO_FORGET = 3 };
bool registry_addresses(struct registry *r, struct host *h, const struct addr *addrs, size_t count,
			bool v4_answered, bool v6_answered);

/* Iteration: NULL begins, NULL ends; nothing may begin or end on the way. */
struct host *registry_next_host(const struct registry *r, const struct host *h);
struct target *registry_next_target(const struct registry *r, const struct target *t);
struct endpoint *registry_next_endpoint(const struct registry *r, const struct endpoint *e);

size_t registry_endpoint_count(const struct registry *r);

/* NULL when there is none. */
struct endpoint *registry_find(const struct registry *r, int64_t id);
struct host *registry_find_host(const struct registry *r, int64_t id);

/* Of the same host and address, spoken to in dialect; NULL: none. */
struct endpoint *registry_sibling(const struct endpoint *e, enum dialect dialect);

/* How the history knows it; texts are borrowed, address from the caller's room. */
struct store_endpoint endpoint_identity(const struct endpoint *e, char ret_address[ADDR_TEXT_SIZE]);
struct store_endpoint host_identity(const struct host *h);

#endif
