/* SPDX-License-Identifier: Apache-2.0 */
/*
 * roster.h: endpoints in the order of their numbers, a page of them, sent in pieces so that
 * neither a long list nor a slow client takes the loop's time.
 */
#ifndef DAEMON_ROSTER_H
#define DAEMON_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/match.h"

struct exchange;
struct registry;

/*
 * An endpoint (n 0), or the n-th target, from 1, of a host name that has no address; id is
 * the endpoint's or the name's in the history.
 */
struct place_in_roster {
	int64_t id;
	unsigned n;
};

/* Which. */
struct roster_filter {
	struct pattern pattern; /* text "": any */
	const char *state;      /* NULL: any; else one of roster_states */
	const char *provider;   /* NULL: any */
	bool problems;          /* those alone */
	struct place_in_roster after;
	size_t limit;
};

enum { ROSTER_STATES = 10 };
extern const char *const roster_states[ROSTER_STATES];

struct roster;

/* Those that fit now; texts of the filter are borrowed for the call. */
struct roster *roster_new(const struct registry *registry, const struct roster_filter *f);
void roster_free(struct roster *r);

size_t roster_count(const struct roster *r);
const struct place_in_roster *roster_places(const struct roster *r);

/* How many there are without the limit. */
size_t roster_total(const struct roster *r);

/* Answers x with {"endpoints":[…],"next":…}; takes r over. */
void roster_send(struct roster *r, struct exchange *x);

/* "12" or "12.1"; false when it is neither. */
__attribute__((warn_unused_result)) bool roster_parse_place(const char *text,
							    struct place_in_roster *ret_place);

#endif
